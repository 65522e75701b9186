"""Every metric, in one visible table. A new metric is a function and a line."""

from collections.abc import Callable
from typing import Any, NamedTuple

from parley.scoring import clusters, coreference, entities, events, fillers, opinions, spans, stance
from parley.scoring.coreference import Contingency, conll_counts
from parley.scoring.counts import Counts, Figure, Tally, accuracy, f1, macro_f1
from parley.scoring.pairs import Pair

# Layer -> the field of a prediction that says whether it was attempted: absent means it was not.
LAYERS = {
    "entities": "mentions",
    "events": "events",
    "stance": "stances",
    "stance classification": "stance_pairs",
}


class Metric(NamedTuple):
    """A metric: count each article, add the counts over articles, divide once.

    ``joined`` marks a metric on all articles joined into one: its counts are contingencies, which add by cluster
    name, and it turns their sum into the tally that is divided. Such a metric has no value of one article.
    """

    layer: str  # key of LAYERS
    title: str  # in words for someone who does not know the metric
    count: Callable[[Pair], Any]  # a tally, or a contingency where ``joined`` is
    figure: Callable[[Tally], Figure]
    settings: str  # part of the signature
    joined: Callable[[Contingency], Tally] | None = None

    @property
    def is_average(self) -> bool:
        """Whether the labels of its tally are the components of an average, not labels of items."""
        return self.figure in (coreference.conll, coreference.blanc)


def _entities(component: str) -> Callable[[Pair], Tally]:
    return lambda pair: Tally({"": pair.entity_scores.by_label[component]})


def _event_clusters(component: str) -> Callable[[Pair], Tally]:
    return lambda pair: Tally({"": pair.event_cluster_scores.by_label[component]})


def _of(component: Callable[[Contingency], Counts]) -> Callable[[Contingency], Tally]:
    """Return a metric on contingencies as one that counts without labels."""
    return lambda table: Tally({"": component(table)})


def _entity_table(count: Callable[[Contingency], Tally]) -> Callable[[Pair], Tally]:
    return lambda pair: count(pair.entities)


def _event_cluster_table(count: Callable[[Contingency], Tally]) -> Callable[[Pair], Tally]:
    return lambda pair: count(pair.event_clusters)


def _repeated_entities(count: Callable[[Contingency], Tally]) -> Callable[[Pair], Tally]:
    return lambda pair: count(pair.repeated_entities)


def _repeated_event_clusters(count: Callable[[Contingency], Tally]) -> Callable[[Pair], Tally]:
    return lambda pair: count(pair.repeated_event_clusters)


_CLUSTERS = "match:exact|singletons:yes|version:conll-8.01"
_AVERAGE = _CLUSTERS + "|empty:left-out"  # a part with nothing to count is left out of the average
_LEA = "match:exact|singletons:yes|version:moosavi-strube-2016"
_LUO = "match:exact|singletons:yes|version:luo-2014|empty:left-out"  # left out where neither side has such links
_MULTIPLE = "match:exact|singletons:no|version:conll-8.01|empty:left-out"
_COMMON = _AVERAGE + "|mentions:common"
_JOINED = "|articles:joined"

METRICS: dict[str, Metric] = {
    "entities.typed_f1": Metric("entities", "mentions and values found: exact words, right type", lambda pair: pair.once(entities.typed), f1, "match:exact|nested:yes"),
    "entities.span_f1": Metric("entities", "mentions and values found: exact words, whatever the type", spans.untyped, f1, "match:exact|nested:yes|type:no"),
    "entities.form_f1": Metric("entities", "mentions found with the right type and form (name, nominal, pronoun)", spans.by_form, f1, "match:exact|nested:yes|form:yes"),
    "entities.flat_f1": Metric("entities", "outermost mentions and values of each sentence, as tags of words have them", spans.flat, f1, "match:exact|nested:outermost|version:seqeval-1.2.2-strict-iob2"),
    "entities.semeval_strict": Metric("entities", "SemEval-2013: right with the same words and type", spans.strict, f1, "match:exact|matching:one-to-one"),
    "entities.semeval_exact": Metric("entities", "… right with the same words", spans.exact, f1, "match:exact|matching:one-to-one|type:no"),
    "entities.semeval_type": Metric("entities", "… right with a word in common and the same type", spans.same_type, f1, "match:overlap|matching:one-to-one"),
    "entities.semeval_partial": Metric("entities", "… half right with a word in common", spans.partial, f1, "match:overlap-half|matching:one-to-one|type:no"),
    "entities.nervaluate_strict": Metric("entities", "… strict, as the scorer nervaluate matches", spans.nervaluate_strict, f1, "match:exact|matching:in-order|version:nervaluate-1.2.1"),
    "entities.nervaluate_exact": Metric("entities", "… exact, as the scorer nervaluate matches", spans.nervaluate_exact, f1, "match:exact|matching:in-order|type:no|version:nervaluate-1.2.1"),
    "entities.conll": Metric("entities", "mentions put together that mean the same (mean of MUC, B³, CEAFe)", lambda pair: pair.entity_scores, coreference.conll, _AVERAGE),
    "entities.muc": Metric("entities", "… by links (MUC)", _entities("muc"), f1, _CLUSTERS),
    "entities.b_cubed": Metric("entities", "… by mentions (B³)", _entities("b_cubed"), f1, _CLUSTERS),
    "entities.ceaf_e": Metric("entities", "… by entities (CEAFe)", _entities("ceaf_e"), f1, _CLUSTERS),
    "entities.ceaf_m": Metric("entities", "… by mentions of matched entities (CEAFm)", lambda pair: Tally({"": coreference.ceaf_m(pair.entities)}), f1, _CLUSTERS),
    "entities.blanc": Metric("entities", "… by pairs of mentions (BLANC)", lambda pair: pair.entity_links, coreference.blanc, _AVERAGE),
    "entities.blanc_luo": Metric("entities", "… by pairs of mentions, links that only the system has counted too (BLANC)", lambda pair: pair.entity_links, macro_f1, _LUO),
    "entities.lea": Metric("entities", "… by links, each entity weighing as many as its mentions (LEA)", _entity_table(_of(clusters.lea)), f1, _LEA),
    "entities.conll_multiple": Metric("entities", "mentions put together, entities of one mention left out (CoNLL average)", _repeated_entities(conll_counts), coreference.conll, _MULTIPLE),
    "entities.lea_multiple": Metric("entities", "… by links, entities of one mention left out (LEA)", _repeated_entities(_of(clusters.lea)), f1, _LEA.replace("singletons:yes", "singletons:no")),
    "entities.cross_conll": Metric("entities", "mentions put together across articles too (CoNLL average)", entities.joined_entities, coreference.conll, _AVERAGE + "|articles:joined", conll_counts),
    "entities.cross_detection": Metric("entities", "mentions of any entity found, whatever they are put together with", _entity_table(_of(clusters.detection)), f1, "match:exact|type:no"),
    "entities.cross_linking": Metric("entities", "of the mentions found, put together across articles (CoNLL average)", entities.joined_entities, coreference.conll, _COMMON + _JOINED, clusters.conll_of_common),
    "entities.linking": Metric("entities", "registry entry named rightly (or rightly none), of mentions with right words and type", entities.linking, accuracy, "match:exact|nil:yes"),
    "events.ti": Metric("events", "event words found (TI)", events.triggers, f1, "match:exact"),
    "events.tc": Metric("events", "event words found with the right event type (TC)", events.typed_triggers, f1, "match:exact"),
    "events.ai": Metric("events", "arguments found, whatever their role and trigger (AI)", events.arguments, f1, "match:exact"),
    "events.ac": Metric("events", "arguments found in the right role, whatever their trigger (AC)", events.arguments_in_role, f1, "match:exact"),
    "events.ai_plus": Metric("events", "arguments found at the right trigger (AI+)", events.attached_arguments, f1, "match:exact|attached:yes"),
    "events.ac_plus": Metric("events", "who, what and where of events: right trigger, role and words (AC+)", events.attached_arguments_in_role, f1, "match:exact|attached:yes"),
    "events.ac_plus_by_type": Metric("events", "the same as AC+, told by event type", fillers.attached_by_type, f1, "match:exact|attached:yes"),
    "events.entity_arguments": Metric("events", "who, what and where of events: right trigger, role and entity, whichever its mention", fillers.by_entity, f1, "match:entity|attached:yes|plural:expanded"),
    "events.entity_arguments_by_type": Metric("events", "the same, told by event type", fillers.by_entity_and_type, f1, "match:entity|attached:yes|plural:expanded"),
    "events.conll": Metric("events", "event words put together that tell of one event cluster (CoNLL average)", lambda pair: pair.event_cluster_scores, coreference.conll, _AVERAGE),
    "events.muc": Metric("events", "… by links (MUC)", _event_clusters("muc"), f1, _CLUSTERS),
    "events.b_cubed": Metric("events", "… by triggers (B³)", _event_clusters("b_cubed"), f1, _CLUSTERS),
    "events.ceaf_e": Metric("events", "… by event clusters (CEAFe)", _event_clusters("ceaf_e"), f1, _CLUSTERS),
    "events.ceaf_m": Metric("events", "… by triggers of matched event clusters (CEAFm)", _event_cluster_table(_of(coreference.ceaf_m)), f1, _CLUSTERS),
    "events.blanc": Metric("events", "… by pairs of triggers (BLANC)", lambda pair: pair.event_cluster_links, coreference.blanc, _AVERAGE),
    "events.blanc_luo": Metric("events", "… by pairs of triggers, links that only the system has counted too (BLANC)", lambda pair: pair.event_cluster_links, macro_f1, _LUO),
    "events.lea": Metric("events", "… by links, each event cluster weighing as many as its triggers (LEA)", _event_cluster_table(_of(clusters.lea)), f1, _LEA),
    "events.conll_multiple": Metric("events", "event words put together, event clusters told once left out (CoNLL average)", _repeated_event_clusters(conll_counts), coreference.conll, _MULTIPLE),
    "events.lea_multiple": Metric("events", "… by links, event clusters told once left out (LEA)", _repeated_event_clusters(_of(clusters.lea)), f1, _LEA.replace("singletons:yes", "singletons:no")),
    "events.cross_conll": Metric("events", "event words put together across articles too (CoNLL average)", events.joined_event_clusters, coreference.conll, _AVERAGE + "|articles:joined", conll_counts),
    "events.cross_linking": Metric("events", "of the event words found, put together across articles (CoNLL average)", events.joined_event_clusters, coreference.conll, _COMMON + _JOINED, clusters.conll_of_common),
    "events.factuality": Metric("events", "events with type, status and the voice they come through all right", events.factuality, f1, "match:exact"),
    "events.status": Metric("events", "status (actual, planned, …) of the events found with the right type, each status weighing the same", fillers.status, macro_f1, "match:exact|triggers:common|average:macro"),
    "events.via": Metric("events", "voice named rightly (or rightly none) of the events found with the right type", fillers.via, accuracy, "match:exact|triggers:common"),
    "stance.tuple_f1": Metric("stance", "who is for or against what: holder, target and polarity all right", stance.tuples, f1, "clusters:aligned|plural:expanded|facet:no"),
    "stance.facet_f1": Metric("stance", "the same with the facet (blame, demand, trust, …) right too", opinions.facets, f1, "clusters:aligned|plural:expanded|facet:yes"),
    "stance.evidence_f1": Metric("stance", "words that show the stances found", opinions.evidence, f1, "match:token|tuples:common"),
    "stance.sf1_repaired": Metric("stance", "the same by the words that show it, with part credit (SF1, repaired)", stance.sentiment_graph_overlap, f1, "match:overlap|matching:one-to-one|polarity:same"),
    "stance.nsf1_repaired": Metric("stance", "… whatever the polarity (NSF1, repaired)", opinions.nsf1_repaired, f1, "match:overlap|matching:one-to-one|polarity:no"),
    "stance.sf1_semeval": Metric("stance", "… as SemEval-2022 counts it (SF1)", opinions.sf1_semeval, f1, "match:overlap|matching:any|polarity:any-match|version:semeval-2022-10"),
    "stance.nsf1_semeval": Metric("stance", "… as SemEval-2022 counts it, whatever the polarity (NSF1)", opinions.nsf1_semeval, f1, "match:overlap|matching:any|polarity:no|version:semeval-2022-10"),
    "stance.classification": Metric("stance classification", "for, against, both or none, of given pairs (macro-F1)", lambda pair: pair.once(stance.classification), macro_f1, "average:macro"),
    "stance.f_avg": Metric("stance classification", "for and against alone, of given pairs (F_avg of SemEval-2016)", opinions.for_and_against, macro_f1, "average:support-oppose|version:semeval-2016-6"),
}  # fmt: skip

# Counted on many articles at once (``scoring.block``): on articles set one behind the other they count the sum of what
# they count on each, which the tests try on every line above. A metric that is added at run time is counted article by
# article.
IN_BLOCKS = frozenset(METRICS)

# Part of the overall score -> the metrics it is the mean of.
OVERALL = {
    "entities": ("entities.typed_f1", "entities.conll"),
    "events": ("events.tc", "events.ac_plus", "events.conll"),
    "stance": ("stance.tuple_f1", "stance.sf1_repaired"),
}

HEADLINES = (
    "entities.typed_f1",
    "entities.conll",
    "entities.cross_conll",
    "entities.linking",
    "events.tc",
    "events.ac_plus",
    "events.conll",
    "events.factuality",
    "stance.tuple_f1",
    "stance.sf1_repaired",
    "stance.classification",
)

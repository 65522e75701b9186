"""Every metric, in one visible table. A new metric is a function and a line."""

from collections.abc import Callable
from typing import Any, NamedTuple

from parley.scoring import coreference, entities, events, stance
from parley.scoring.coreference import Contingency, conll_counts
from parley.scoring.counts import Figure, Tally, accuracy, f1, macro_f1
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
    count: Callable[[Pair], Any]
    figure: Callable[[Tally], Figure]
    settings: str  # part of the signature
    joined: Callable[[Contingency], Tally] | None = None

    @property
    def is_average(self) -> bool:
        """Whether the labels of its tally are the components of an average, not labels of items."""
        return self.figure in (coreference.conll, coreference.blanc)


def _entities(component: str) -> Callable[[Pair], Tally]:
    return lambda pair: Tally({"": pair.entity_scores.by_label[component]})


def _happenings(component: str) -> Callable[[Pair], Tally]:
    return lambda pair: Tally({"": pair.happening_scores.by_label[component]})


_CLUSTERS = "match:exact|singletons:yes|version:conll-8.01"
_AVERAGE = _CLUSTERS + "|empty:left-out"  # a part with nothing to count is left out of the average

METRICS: dict[str, Metric] = {
    "entities.typed_f1": Metric("entities", "mentions and values found: exact words, right type", entities.typed, f1, "match:exact|nested:yes"),
    "entities.conll": Metric("entities", "mentions put together that mean the same (mean of MUC, B³, CEAFe)", lambda pair: pair.entity_scores, coreference.conll, _AVERAGE),
    "entities.muc": Metric("entities", "… by links (MUC)", _entities("muc"), f1, _CLUSTERS),
    "entities.b_cubed": Metric("entities", "… by mentions (B³)", _entities("b_cubed"), f1, _CLUSTERS),
    "entities.ceaf_e": Metric("entities", "… by entities (CEAFe)", _entities("ceaf_e"), f1, _CLUSTERS),
    "entities.ceaf_m": Metric("entities", "… by mentions of matched entities (CEAFm)", lambda pair: Tally({"": coreference.ceaf_m(pair.entities)}), f1, _CLUSTERS),
    "entities.blanc": Metric("entities", "… by pairs of mentions (BLANC)", lambda pair: coreference.blanc_links(pair.entities), coreference.blanc, _AVERAGE),
    "entities.cross_conll": Metric("entities", "mentions put together across articles too (CoNLL average)", entities.joined_entities, coreference.conll, _AVERAGE + "|articles:joined", conll_counts),
    "entities.linking": Metric("entities", "registry entry named rightly (or rightly none), of mentions with right words and type", entities.linking, accuracy, "match:exact|nil:yes"),
    "events.ti": Metric("events", "event words found (TI)", events.triggers, f1, "match:exact"),
    "events.tc": Metric("events", "event words found with the right event type (TC)", events.typed_triggers, f1, "match:exact"),
    "events.ai": Metric("events", "arguments found, whatever their role and trigger (AI)", events.arguments, f1, "match:exact"),
    "events.ac": Metric("events", "arguments found in the right role, whatever their trigger (AC)", events.arguments_in_role, f1, "match:exact"),
    "events.ai_plus": Metric("events", "arguments found at the right trigger (AI+)", events.attached_arguments, f1, "match:exact|attached:yes"),
    "events.ac_plus": Metric("events", "who, what and where of events: right trigger, role and words (AC+)", events.attached_arguments_in_role, f1, "match:exact|attached:yes"),
    "events.conll": Metric("events", "event words put together that tell of one happening (CoNLL average)", lambda pair: pair.happening_scores, coreference.conll, _AVERAGE),
    "events.muc": Metric("events", "… by links (MUC)", _happenings("muc"), f1, _CLUSTERS),
    "events.b_cubed": Metric("events", "… by triggers (B³)", _happenings("b_cubed"), f1, _CLUSTERS),
    "events.ceaf_e": Metric("events", "… by happenings (CEAFe)", _happenings("ceaf_e"), f1, _CLUSTERS),
    "events.cross_conll": Metric("events", "event words put together across articles too (CoNLL average)", events.joined_happenings, coreference.conll, _AVERAGE + "|articles:joined", conll_counts),
    "events.factuality": Metric("events", "events with type, status and the voice they come through all right", events.factuality, f1, "match:exact"),
    "stance.tuple_f1": Metric("stance", "who is for or against what: holder, target and polarity all right", stance.tuples, f1, "clusters:aligned|plural:expanded|facet:no"),
    "stance.sf1_repaired": Metric("stance", "the same by the words that show it, with part credit (SF1, repaired)", stance.sentiment_graph_overlap, f1, "match:overlap|matching:one-to-one|polarity:same"),
    "stance.classification": Metric("stance classification", "for, against, both or none, of given pairs (macro-F1)", stance.classification, macro_f1, "average:macro"),
}  # fmt: skip

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

"""Every metric, in one table: what it counts and how it is averaged. A new metric is a function and a line here."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from parley.scoring import coreference as c
from parley.scoring import entities, events, stance
from parley.scoring.coreference import Contingency
from parley.scoring.counts import Counts, Score, Tally, accuracy, add_up, f1, macro_f1
from parley.scoring.pair import Pair


class Metric(NamedTuple):
    """A metric: count each article, add the counts over articles, divide once.

    ``score`` is given numbers or numpy arrays of numbers: make it of ``f1``, ``divide`` and ``mean`` in
    ``parley.scoring.counts``, and ask for no truth value.

    ``joined`` marks a metric across articles: those of a story are joined into one. Its counts of an article are
    contingencies, which add up by cluster name over the articles of a story; ``joined`` turns their sum into the
    story's tally, which adds up like any other. Such a metric has no value of one article.
    """

    layer: str  # key of ``model.LAYERS``
    title: str  # in words for someone who does not know the metric
    count: Callable[[Pair], Any]  # a tally, or a contingency where ``joined`` is given
    score: Callable[[Tally], Score]
    settings: str  # part of the signature
    joined: Callable[[Contingency], Tally] | None = None

    @property
    def is_average(self) -> bool:
        """Whether the labels of its tally are the components of an average (MUC, B³, …) rather than labels of items."""
        return self.score in (c.conll, c.blanc)

    def of_story(self, counts: Iterable[Any]) -> Tally:
        """Return the counts of a story from those of its articles: added up, or of the articles joined into one."""
        total = add_up(counts)
        tally: Tally = total if self.joined is None else self.joined(total)
        return tally


def _unlabelled(count: Callable[[Contingency], Counts]) -> Callable[[Contingency], Tally]:
    return lambda table: Tally({"": table.once(count)})


def _multiple(count: Callable[[Contingency], Tally]) -> Callable[[Contingency], Tally]:
    return lambda table: count(table.once(c.without_singletons))


def _on_shared_mentions(table: Contingency) -> Tally:
    return c.conll_counts(table.once(c.on_shared_mentions))


_CONLL, _MANY = "match:exact|singletons:yes|version:conll-8.01", "match:exact|singletons:no"
_AVERAGE = f"{_CONLL}|empty:left-out"  # a part with nothing to count is left out of the average
_LUO = "match:exact|singletons:yes|version:luo-2014|empty:left-out"  # left out where neither side has such links
_LEA = "match:exact|singletons:yes|version:moosavi-strube-2016"

# On clusters of mentions and of triggers alike: name -> title, function of a contingency, score, settings.
_COREFERENCE: dict[str, tuple[str, Callable[[Contingency], Tally], Callable[[Tally], Score], str]] = {
    "conll": ("{items} of the same {cluster} grouped (mean of MUC, B³, CEAFe)", c.conll_counts, c.conll, _AVERAGE),
    "muc": ("… by links (MUC)", _unlabelled(c.muc), f1, _CONLL),
    "b_cubed": ("… by {items} (B³)", _unlabelled(c.b_cubed), f1, _CONLL),
    "ceaf_e": ("… by {cluster} (CEAFe)", _unlabelled(c.ceaf_e), f1, _CONLL),
    "ceaf_m": ("… by {items} of matched clusters (CEAFm)", _unlabelled(c.ceaf_m), f1, _CONLL),
    "blanc": ("… by pairs of {items} (BLANC)", c.blanc_links, c.blanc, _AVERAGE),
    "blanc_luo": ("… by pairs, links of the system alone counted too (BLANC)", c.blanc_links, macro_f1, _LUO),
    "lea": ("… by links, each {cluster} weighted by its size (LEA)", _unlabelled(c.lea), f1, _LEA),
    "conll_multiple": (
        "{items} of the same {cluster} grouped, without singletons (CoNLL average)",
        _multiple(c.conll_counts),
        c.conll,
        f"{_MANY}|version:conll-8.01|empty:left-out",
    ),
    "lea_multiple": (
        "… by links, without singletons (LEA)",
        _multiple(_unlabelled(c.lea)),
        f1,
        f"{_MANY}|version:moosavi-strube-2016",
    ),
}  # fmt: skip


def _coreference(layer: str, table: Callable[[Pair], Contingency], items: str, cluster: str) -> dict[str, Metric]:
    """Return the metrics of ``_COREFERENCE`` for entities or for event clusters."""

    def of_table(count: Callable[[Contingency], Tally]) -> Callable[[Pair], Tally]:
        return lambda pair: table(pair).once(count)

    return {
        f"{layer}.{name}": Metric(layer, title.format(items=items, cluster=cluster), of_table(count), score, settings)
        for name, (title, count, score, settings) in _COREFERENCE.items()
    }


def _across(layer: str, title: str, count: Callable[[Pair], Contingency], *, common: bool = False) -> Metric:
    """Return the CoNLL average on the articles of each story joined, over all spans or those on both sides (``common``)."""
    settings = f"{_AVERAGE}{'|mentions:common' if common else ''}|articles:joined-by-story"
    joined = _on_shared_mentions if common else c.conll_counts
    return Metric(layer, title, count, c.conll, settings, joined)


METRICS: dict[str, Metric] = {
    "entities.typed_f1": Metric(
        "entities", "mentions and values with the exact span and type", entities.typed, f1, "match:exact|nested:yes"
    ),
    "entities.span_f1": Metric(
        "entities",
        "mentions and values with the exact span, whatever the type",
        entities.untyped,
        f1,
        "match:exact|nested:yes|type:no",
    ),
    "entities.form_f1": Metric(
        "entities",
        "mentions with the exact span, type and form (name, nominal, pronoun)",
        entities.by_form,
        f1,
        "match:exact|nested:yes|form:yes",
    ),
    "entities.flat_f1": Metric(
        "entities",
        "outermost mentions and values of each sentence, as in sequence tagging",
        entities.flat,
        f1,
        "match:exact|nested:outermost|version:seqeval-1.2.2-strict-iob2",
    ),
    "entities.semeval_strict": Metric(
        "entities", "SemEval-2013: same span and type", entities.strict, f1, "match:exact|matching:one-to-one"
    ),
    "entities.semeval_exact": Metric(
        "entities", "… same span", entities.exact, f1, "match:exact|matching:one-to-one|type:no"
    ),
    "entities.semeval_type": Metric(
        "entities", "… overlap and same type", entities.same_type, f1, "match:overlap|matching:one-to-one"
    ),
    "entities.semeval_partial": Metric(
        "entities",
        "… half credit for an overlap",
        entities.partial,
        f1,
        "match:overlap-half|matching:one-to-one|type:no",
    ),
    "entities.nervaluate_strict": Metric(
        "entities",
        "… strict, matched as in nervaluate",
        entities.nervaluate_strict,
        f1,
        "match:exact|matching:in-order|version:nervaluate-1.2.1",
    ),
    "entities.nervaluate_exact": Metric(
        "entities",
        "… exact, matched as in nervaluate",
        entities.nervaluate_exact,
        f1,
        "match:exact|matching:in-order|type:no|version:nervaluate-1.2.1",
    ),
    **_coreference("entities", lambda pair: pair.entities, "mentions", "entity"),
    "entities.cross_conll": _across(
        "entities", "mentions grouped across the articles of a story (CoNLL average)", entities.joined_entities
    ),
    "entities.cross_detection": Metric(
        "entities",
        "mentions of any entity found, however they are grouped",
        lambda pair: Tally({"": c.detection(pair.entities)}),
        f1,
        "match:exact|type:no",
    ),
    "entities.cross_linking": _across(
        "entities",
        "of the mentions found, those grouped correctly across the articles of a story (CoNLL average)",
        entities.joined_entities,
        common=True,
    ),
    "entities.linking": Metric(
        "entities",
        "correct registry entry (or none) of mentions with the right span and type",
        entities.linking,
        accuracy,
        "match:exact|nil:yes",
    ),
    "events.ti": Metric("events", "triggers found (TI)", events.ti, f1, "match:exact"),
    "events.tc": Metric("events", "triggers found with the right event type (TC)", events.tc, f1, "match:exact"),
    "events.ai": Metric("events", "arguments of the right event type (AI)", events.ai, f1, "match:exact"),
    "events.ac": Metric("events", "arguments of the right event type and role (AC)", events.ac, f1, "match:exact"),
    "events.ai_plus": Metric(
        "events", "arguments of the right trigger (AI+)", events.ai_plus, f1, "match:exact|attached:yes"
    ),
    "events.ac_plus": Metric(
        "events",
        "arguments of the right trigger and role (AC+)",
        events.ac_plus,
        f1,
        "match:exact|attached:yes",
    ),
    "events.ac_plus_by_type": Metric(
        "events", "AC+ by event type", events.ac_plus_by_type, f1, "match:exact|attached:yes"
    ),
    "events.entity_arguments": Metric(
        "events",
        "arguments of the right trigger and role, any mention of the entity counts",
        events.by_entity,
        f1,
        "match:entity|attached:yes|plural:expanded",
    ),
    "events.entity_arguments_by_type": Metric(
        "events", "… by event type", events.by_entity_and_type, f1, "match:entity|attached:yes|plural:expanded"
    ),
    "events.propositions": Metric(
        "events",
        "propositions with at least half of their words in common",
        events.propositions,
        f1,
        "match:jaccard-half|matching:one-to-one",
    ),
    **_coreference("events", lambda pair: pair.event_clusters, "triggers", "event cluster"),
    "events.cross_conll": _across(
        "events", "triggers grouped across the articles of a story (CoNLL average)", events.joined_event_clusters
    ),
    "events.cross_linking": _across(
        "events",
        "of the triggers found, those grouped correctly across the articles of a story (CoNLL average)",
        events.joined_event_clusters,
        common=True,
    ),
    "events.factuality": Metric(
        "events", "events with the right type, status and source", events.factuality, f1, "match:exact"
    ),
    "events.status": Metric(
        "events",
        "status of the events found with the right type (macro-F1)",
        events.status,
        macro_f1,
        "match:exact|triggers:common|average:macro",
    ),
    "events.via": Metric(
        "events",
        "correct source (or none) of the events found with the right type",
        events.via,
        accuracy,
        "match:exact|triggers:common",
    ),
    "events.harm": Metric(
        "events",
        "correct harm (killed, injured, missing, …) of the Casualty events found",
        events.harm,
        accuracy,
        "match:exact|triggers:common",
    ),
    "stance.tuple_f1": Metric(
        "stance",
        "stances with the right holder, target and polarity",
        stance.tuples,
        f1,
        "clusters:aligned|plural:expanded|facet:no",
    ),
    "stance.facet_f1": Metric(
        "stance",
        "… and the right facet (blame, demand, trust, …)",
        stance.facets,
        f1,
        "clusters:aligned|plural:expanded|facet:yes",
    ),
    "stance.evidence_f1": Metric(
        "stance", "evidence tokens of the stances found", stance.evidence, f1, "match:token|tuples:common"
    ),
    "stance.sf1_repaired": Metric(
        "stance",
        "stances as sentiment graphs, partial credit for overlap (SF1, repaired)",
        stance.sf1_repaired,
        f1,
        "match:overlap|matching:one-to-one|polarity:same",
    ),
    "stance.nsf1_repaired": Metric(
        "stance",
        "… whatever the polarity (NSF1, repaired)",
        stance.nsf1_repaired,
        f1,
        "match:overlap|matching:one-to-one|polarity:no",
    ),
    "stance.sf1_semeval": Metric(
        "stance",
        "… as in SemEval-2022 (SF1)",
        stance.sf1_semeval,
        f1,
        "match:overlap|matching:any|polarity:any-match|version:semeval-2022-10",
    ),
    "stance.nsf1_semeval": Metric(
        "stance",
        "… as in SemEval-2022, whatever the polarity (NSF1)",
        stance.nsf1_semeval,
        f1,
        "match:overlap|matching:any|polarity:no|version:semeval-2022-10",
    ),
    "stance.classification": Metric(
        "stance classification",
        "support, oppose, mixed or none on given pairs (macro-F1)",
        stance.classification,
        macro_f1,
        "average:macro",
    ),
    "stance.f_avg": Metric(
        "stance classification",
        "support and oppose on given pairs (F_avg of SemEval-2016)",
        stance.for_and_against,
        macro_f1,
        "average:support-oppose|version:semeval-2016-6",
    ),
}

_SHIPPED = dict(METRICS)


def added_metrics() -> dict[str, Metric]:
    """Return the metrics that a user has added or replaced."""
    return {name: metric for name, metric in METRICS.items() if _SHIPPED.get(name) is not metric}


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

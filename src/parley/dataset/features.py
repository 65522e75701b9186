"""The columns of the configs: type, labels and meaning. Labels come from the ontology.

A label that does not apply (the role in context of a mention that is not a GPE, the form of a value) is null. Label
lists are in the order of the ontology. Polarities have the same numbers in all configs, ``none`` first.
"""

from typing import Any, NamedTuple

from datasets import ClassLabel, Features, List, Value

from parley.claims import ASPECTS, UNCONFIRMED
from parley.corpus import CONTRASTS, FACT_STATUSES, ORIGINS, OUTLET_KINDS, PHENOMENA, WORLD_KINDS
from parley.ontology import Ontology, load_ontology

Type = Any  # a type of ``datasets``: Value, ClassLabel, List or a dictionary of them
NO_STANCE = "none"  # polarity of a pair without a stance


class Column(NamedTuple):
    """A column: its type and its meaning in a sentence."""

    type: Type
    meaning: str


class Config(NamedTuple):
    """A config: what its rows are, and its columns by name."""

    row: str
    columns: dict[str, Column]

    @property
    def features(self) -> Features:
        """The columns' types, as ``datasets`` wants them."""
        return Features({name: column.type for name, column in self.columns.items()})


def tag_names(ontology: Ontology) -> list[str]:
    """Return the BIO tags of all mention types: O, B-PER, I-PER and so on."""
    return ["O", *(f"{place}-{name}" for name in ontology.names("mention_types") for place in "BI")]


def _label(ontology: Ontology, kind: str) -> ClassLabel:
    return ClassLabel(names=ontology.names(kind))


_TEXT, _OFFSET = Value("string"), Value("int32")
_SPAN = {"start": _OFFSET, "end": _OFFSET, "text": _TEXT}


def _value_fields(ontology: Ontology) -> dict[str, Type]:
    """Fields of a TIME (value, mod) and a QTY (number, unit, qualifier); null for all other mentions."""
    return {
        "value": _TEXT,
        "mod": _label(ontology, "time_mods"),
        "number": Value("float64"),
        "unit": _TEXT,
        "qualifier": _label(ontology, "qty_qualifiers"),
    }


def _stance(ontology: Ontology) -> dict[str, Type]:
    return {
        "polarity": ClassLabel(names=[NO_STANCE, *ontology.names("polarities")]),
        "facet": _label(ontology, "facets"),
        "explicit": Value("bool"),
        "via": _TEXT,
        "evidence": List(_SPAN),
    }


def _about() -> dict[str, Column]:
    """What rows say of the article that they are from."""
    return {
        "story": Column(_TEXT, "Story that the article tells: a row of stories if it is invented."),
        "origin": Column(ClassLabel(names=ORIGINS), "found: published elsewhere; authored: written for this dataset."),
        "outlet_kind": Column(ClassLabel(names=OUTLET_KINDS), "Kind of the outlet; null where it is not known."),
    }


def _zones(ontology: Ontology) -> Column:
    scored = ", ".join(zone.name for zone in ontology.zones if zone.scored)
    return Column(
        List({"zone": _label(ontology, "zones"), "start": _OFFSET, "end": _OFFSET}),
        f"The zones of the text, without gap or overlap; only {scored} are annotated.",
    )


def _documents(ontology: Ontology) -> Config:
    mention_type = _label(ontology, "mention_types")
    argument = {
        "role": _label(ontology, "argument_roles"),
        "entity": _TEXT,
        "mention": _TEXT,
        "event": _TEXT,
        "proposition": _TEXT,
    }
    event = {
        "id": _TEXT,
        **_SPAN,
        "type": _label(ontology, "event_types"),
        "status": _label(ontology, "statuses"),
        "harm": _label(ontology, "harms"),
        "via": _TEXT,
        "same_as": _TEXT,
        "registry": _TEXT,
        "arguments": List(argument),
    }
    mention = {
        "id": _TEXT,
        **_SPAN,
        "form": _label(ontology, "forms"),
        "entity": _TEXT,
        "type": mention_type,
        "role": _label(ontology, "gpe_roles"),
        **_value_fields(ontology),
    }
    entity = {
        "id": _TEXT,
        "type": _label(ontology, "entity_types"),
        "name": _TEXT,
        "registry": _TEXT,
        "wikidata": _TEXT,
        "side": _TEXT,
        "members": List(_TEXT),
    }
    sentence = {"number": _OFFSET, "zone": _label(ontology, "zones"), "start": _OFFSET, "end": _OFFSET}
    return Config(
        "an article, with its complete record",
        {
            "id": Column(_TEXT, "Article."),
            **_about(),
            "outlet_name": Column(_TEXT, "Name of the outlet, as far as is known."),
            "outlet_side": Column(_TEXT, "Name of the state or body that the outlet speaks for; null for none."),
            "phenomena": Column(
                List(ClassLabel(names=PHENOMENA)), "What makes the article hard to read; empty where nobody looked."
            ),
            "title": Column(_TEXT, "The headline; null where the text has none."),
            "language": Column(_TEXT, "BCP 47 tag."),
            "text": Column(_TEXT, "The article, verbatim; all offsets count its code points."),
            "sha256": Column(_TEXT, "SHA-256 of the text in UTF-8."),
            "date": Column(_TEXT, "Day of publication (ISO 8601) that relative times are resolved against."),
            "date_basis": Column(_TEXT, "Whether that day was stated with the article or inferred."),
            "canary": Column(_TEXT, "A string that must never be in training data."),
            "ontology": Column(_TEXT, "Version of the ontology that the annotation was made under."),
            "annotator": Column(_TEXT, "Who or what made the annotation."),
            "zones": _zones(ontology),
            "sentences": Column(List(sentence), "Sentences of the annotated zones, numbered from 1."),
            "mentions": Column(
                List(mention), "Mentions of entities, with form and entity, and values (TIME, QTY); they may nest."
            ),
            "entities": Column(
                List(entity),
                "What the mentions refer to. wikidata and side come from the registry. members is null unless the "
                "entity is plural.",
            ),
            "events": Column(List(event), "Event mentions with status, source (via), coreference and arguments."),
            "propositions": Column(
                List({"id": _TEXT, **_SPAN, "mentions": List(_SPAN)}),
                "What is said, demanded or agreed and is no event or entity: the span that states it, and later "
                "expressions for it (mentions).",
            ),
            "stances": Column(
                List({"id": _TEXT, "holder": _TEXT, "target": _TEXT, **_stance(ontology)}),
                "Stances: the holder is an entity or AUTHOR, the target an entity, event or proposition.",
            ),
        },
    )


def _entities(ontology: Ontology) -> Config:
    mention = {
        "id": _TEXT,
        **_SPAN,
        "token_start": _OFFSET,
        "token_end": _OFFSET,
        "type": _label(ontology, "mention_types"),
        "form": _label(ontology, "forms"),
        "role": _label(ontology, "gpe_roles"),
        "entity": _TEXT,
        "registry": _TEXT,
        **_value_fields(ontology),
        "outermost": Value("bool"),
    }
    return Config(
        "a sentence of an annotated zone",
        {
            "id": Column(_TEXT, "Article and sentence number."),
            "article": Column(_TEXT, "Article."),
            **_about(),
            "number": Column(_OFFSET, "Number of the sentence in the article, from 1."),
            "zone": Column(_label(ontology, "zones"), "Zone that the sentence is in."),
            "text": Column(_TEXT, "The sentence, verbatim."),
            "start": Column(_OFFSET, "Start of the sentence in the article."),
            "end": Column(_OFFSET, "End of the sentence in the article."),
            "tokens": Column(List(_TEXT), "Tokens of the sentence."),
            "token_starts": Column(List(_OFFSET), "Start of each token in the article."),
            "token_ends": Column(List(_OFFSET), "End of each token in the article."),
            "ner_tags": Column(
                List(ClassLabel(names=tag_names(ontology))),
                "BIO tag of each token, of the outermost mentions, values included.",
            ),
            "mentions": Column(
                List(mention),
                "All mentions, nested ones too. start and end are offsets in the article, token_start and token_end "
                "in the sentence's tokens. The same entity means coreference, the same registry also across articles.",
            ),
        },
    )


def _events(ontology: Ontology) -> Config:
    role, event_type = _label(ontology, "argument_roles"), _label(ontology, "event_types")
    argument = {
        "role": role,
        "kind": _TEXT,
        "entity": _TEXT,
        "name": _TEXT,
        "type": _TEXT,
        "registry": _TEXT,
        "sides": List(_TEXT),
        "event": _TEXT,
        "proposition": _TEXT,
        "mention": _TEXT,
        **_SPAN,
        "members": List(_TEXT),
        "member_names": List(_TEXT),
    }
    source = {
        "event": _TEXT,
        "type": event_type,
        "speakers": List(_TEXT),
        "speaker_ids": List(_TEXT),
        "speaker_registries": List(_TEXT),
        "sides": List(_TEXT),
    }
    return Config(
        "a mention of an event",
        {
            "id": Column(_TEXT, "Article and event."),
            "article": Column(_TEXT, "Article."),
            **_about(),
            "event": Column(_TEXT, "Event mention, unique in the article."),
            "number": Column(_OFFSET, "Number of the sentence, from 1."),
            "sentence": Column(_TEXT, "The sentence, verbatim."),
            "sentence_start": Column(_OFFSET, "Start of the sentence in the article."),
            "trigger": Column(_TEXT, "The word or words that name the event."),
            "start": Column(_OFFSET, "Start of the trigger in the article."),
            "end": Column(_OFFSET, "End of the trigger in the article."),
            "type": Column(event_type, "Type."),
            "group": Column(_label(ontology, "event_groups"), "Group of the type."),
            "status": Column(_label(ontology, "statuses"), "How the text presents it."),
            "harm": Column(_label(ontology, "harms"), "What happened to the people of a Casualty; else null."),
            "via": Column(_TEXT, "Speech event that presents it; null: the article itself does."),
            "sources": Column(
                List(source),
                "That speech event and those that embed it, the nearest first, with speakers. sides: whom the speakers "
                "act for.",
            ),
            "event_cluster": Column(_TEXT, "First mention of the same event cluster; equal values mean coreference."),
            "cluster": Column(_TEXT, "Row of event_clusters: the same event cluster in any article of the split."),
            "registry": Column(_TEXT, "Registry entry of an event cluster that occurs in several articles."),
            "contested": Column(
                Value("bool"),
                "Whether claims about the event cluster contradict each other: see event_clusters (derived).",
            ),
            "plover_type": Column(_TEXT, "PLOVER event type (derived); null where PLOVER does not code it."),
            "plover_mode": Column(_TEXT, "PLOVER mode (derived); null where none follows."),
            "times": Column(
                List({"value": _TEXT, "mod": _label(ontology, "time_mods")}), "Values of the Time arguments."
            ),
            "arguments": Column(
                List(argument),
                "Fillers by role. kind: entity, event, proposition or value. name: of the entity, the trigger of the "
                "event, the words of the proposition, the value of the TIME or the number of the QTY. sides: whom the "
                "entity acts for. start, end, text: where the article shows it. members: of a plural entity, members "
                "of members included.",
            ),
        },
    )


def _stances(ontology: Ontology) -> Config:
    stance = _stance(ontology)
    return Config(
        "a pair of a holder and a target of the article, with or without a stance",
        {
            "id": Column(_TEXT, "Article, holder and target."),
            "article": Column(_TEXT, "Article."),
            **_about(),
            "holder": Column(_TEXT, "Entity, or AUTHOR for the writer."),
            "holder_name": Column(_TEXT, "Its name, or AUTHOR."),
            "holder_type": Column(_TEXT, "Entity type, or AUTHOR."),
            "holder_registry": Column(_TEXT, "Its registry entry: the same holder in other articles."),
            "holder_sides": Column(
                List(_TEXT), "Whom it acts for: registry ids, or article and entity; several for a plural entity."
            ),
            "holder_mentions": Column(List(_SPAN), "Its mentions, in the order of the text; empty for AUTHOR."),
            "target": Column(_TEXT, "Entity, event (its first mention) or proposition."),
            "target_kind": Column(_TEXT, "entity, event or proposition."),
            "target_name": Column(_TEXT, "Name of the entity; trigger of the event; words of the proposition."),
            "target_type": Column(_TEXT, "Entity type or event type; null for a proposition."),
            "target_registry": Column(_TEXT, "Registry entry of the entity or the event cluster."),
            "target_sides": Column(List(_TEXT), "Whom the entity acts for; empty for an event or a proposition."),
            "target_mentions": Column(
                List(_SPAN),
                "Mentions of the entity, triggers of all mentions of the event cluster, or expressions of the "
                "proposition.",
            ),
            "polarity": Column(
                stance["polarity"], "Polarity of the pair: none without a stance, mixed where its stances differ."
            ),
            "stances": Column(List({"id": _TEXT, **stance}), "The stances of the pair: one for each facet."),
            "evidence": Column(
                List({"stance": _TEXT, "number": _OFFSET, **_SPAN}),
                "The evidence of all of them in one list, each with its stance and the number of its sentence.",
            ),
            "sentences": Column(List(_TEXT), "The sentences of the evidence: rows of entities."),
        },
    )


def _stance_pairs(ontology: Ontology) -> Config:
    return Config(
        "a pair of stance as a multiple-choice question, for harnesses that know nothing of Parley",
        {
            "id": Column(_TEXT, "The same pair in stance."),
            "article": Column(_TEXT, "Article."),
            "question": Column(_TEXT, "The numbered sentences of the article, the holder and the target."),
            "choices": Column(List(_TEXT), "The four answers, in the order of the numbers of answer."),
            "answer": Column(_stance(ontology)["polarity"], "Polarity of the pair: the number of the right choice."),
        },
    )


def _event_clusters(ontology: Ontology) -> Config:
    event_type, status, harm = (_label(ontology, kind) for kind in ("event_types", "statuses", "harms"))
    claim_status = ClassLabel(names=[*ontology.names("statuses"), UNCONFIRMED])
    aspect = ClassLabel(names=[*ASPECTS])
    mention = {
        "id": _TEXT,
        "article": _TEXT,
        "event": _TEXT,
        "number": _OFFSET,
        "trigger": _TEXT,
        "type": event_type,
        "status": status,
        "harm": harm,
        "via": _TEXT,
        "speakers": List(_TEXT),
    }
    argument = {
        "role": _label(ontology, "argument_roles"),
        "kind": _TEXT,
        "name": _TEXT,
        "type": _TEXT,
        "registry": _TEXT,
        "sides": List(_TEXT),
        "ids": List(_TEXT),
    }
    time = {"value": _TEXT, "mod": _label(ontology, "time_mods")}
    claim = {
        "number": _OFFSET,
        "article": _TEXT,
        "event": _TEXT,
        "source": _TEXT,
        "speakers": List(_TEXT),
        "sides": List(_TEXT),
        "type": event_type,
        "status": claim_status,
        "harm": harm,
        "agents": List(_TEXT),
        "agent_sides": List(_TEXT),
        "patients": List(_TEXT),
        "patient_sides": List(_TEXT),
        "participants": List(_TEXT),
        "participant_sides": List(_TEXT),
        "times": List(_TEXT),
    }
    number = {
        "claim": _OFFSET,
        "text": _TEXT,
        "number": Value("float64"),
        "unit": _TEXT,
        "qualifier": _label(ontology, "qty_qualifiers"),
        "harm": harm,
        "status": claim_status,
        "speakers": List(_TEXT),
        "sides": List(_TEXT),
    }
    return Config(
        "an event cluster, joined across the articles of its split",
        {
            "id": Column(_TEXT, "Registry entry; without one, article and first mention."),
            "registry": Column(_TEXT, "Registry entry; null for an event cluster of one article."),
            "name": Column(_TEXT, "Name of the entry; without one, the first trigger."),
            "articles": Column(List(_TEXT), "Articles that report it."),
            **{name: column for name, column in _about().items() if name != "outlet_kind"},
            "outlet_kinds": Column(
                List(ClassLabel(names=OUTLET_KINDS)), "Kinds of their outlets, each once, as far as they are known."
            ),
            "type": Column(List(event_type), "Types of its mentions, each once."),
            "harm": Column(List(harm), "What happened to the people of a Casualty, each once."),
            "mentions": Column(List(mention), "Its mentions: rows of events, with their speakers."),
            "arguments": Column(
                List(argument),
                "Fillers of all mentions by role, each once, plural entities replaced by their members. kind: entity, "
                "event or proposition. ids: article and entity (or event, or proposition) wherever it fills the role.",
            ),
            "participants": Column(
                List({"side": _TEXT, "names": List(_TEXT)}), "The Participants among them, grouped by side."
            ),
            "times": Column(List(time), "Values of the Time arguments, each once."),
            "claims": Column(
                List(claim),
                "What each source says of it, numbered from 1. source: the speech event; null for the article itself. "
                "status: unconfirmed where the source itself is negated. agent_sides and patient_sides are those that "
                "are compared: empty where a filler is too vague.",
            ),
            "numbers": Column(
                List(number), "Quantities that claims give, with the number of the claim, its harm, status and source."
            ),
            "contested": Column(Value("bool"), "Whether two claims contradict each other."),
            "contradictions": Column(
                List({"what": aspect, "one": _OFFSET, "other": _OFFSET}),
                "Which claims contradict each other (their numbers), and in what.",
            ),
        },
    )


def _stories() -> Config:
    outlet_kind = ClassLabel(names=OUTLET_KINDS)
    world = {
        "id": _TEXT,
        "kind": ClassLabel(names=WORLD_KINDS),
        "name": _TEXT,
        "variants": List(_TEXT),
        "office": _TEXT,
        "side": _TEXT,
        "registry": List(_TEXT),
    }
    event = {
        "id": _TEXT,
        "what": _TEXT,
        **{name: List(_TEXT) for name in ("who", "to_whom", "where")},
        "when": _TEXT,
        "numbers": _TEXT,
        "status": ClassLabel(names=FACT_STATUSES),
        **{name: List(_TEXT) for name in ("claimed_by", "denied_by")},
        "part_of": _TEXT,
        "registry": List(_TEXT),
    }
    position = dict.fromkeys(("holder", "target", "attitude", "shown_by"), _TEXT)
    outlet = {
        "article": _TEXT,
        "name": _TEXT,
        "kind": outlet_kind,
        **dict.fromkeys(("side", "date", "knows", "leaves_out", "slant"), _TEXT),
    }
    return Config(
        "an invented story: what its articles were written from",
        {
            "id": Column(_TEXT, "Story."),
            "title": Column(_TEXT, "What it is about."),
            "kind": Column(_TEXT, "Kind of conflict."),
            "stage": Column(_TEXT, "Stage of the conflict."),
            "calendar": Column(_TEXT, "Which weekday a date is."),
            "canary": Column(_TEXT, "A string that must never be in training data."),
            "articles": Column(List(_TEXT), "Articles that tell it, annotated or not."),
            "world": Column(
                List(world),
                "Who and what it is about, with other names (variants). side: whom it belongs to. registry: registry "
                "entries that are it.",
            ),
            "events": Column(
                List(event),
                "What happened, or is said to have happened. who, to_whom, where, claimed_by and denied_by are ids of "
                "world, part_of is one of events. registry: registry entries of event clusters that are it.",
            ),
            "positions": Column(List(position), "Where holders (of world) stand toward targets (of world or events)."),
            "outlets": Column(List(outlet), "Who reports, in which article, and what was planned for it."),
        },
    )


def _contrast(ontology: Ontology) -> Config:
    told = {
        "id": Column(_TEXT, "Pair and side: the article that predictions are of."),
        "pair": Column(_TEXT, "Pair."),
        "side": Column(_TEXT, "a or b."),
        "phenomenon": Column(ClassLabel(names=CONTRASTS), "In what the two sides differ."),
        "differs": Column(_TEXT, "What the one says and what the other."),
    }
    left_out = ("id", *_about(), "outlet_name", "outlet_side", "phenomena", "title", "language", "date_basis")
    record = {name: column for name, column in _documents(ontology).columns.items() if name not in left_out}
    return Config("a side of a contrast pair, with its complete record", told | record)


def configs(ontology: Ontology | None = None) -> dict[str, Config]:
    """Return the configs by name, in the order of the card; labels from ``ontology`` (default: Parley's)."""
    ontology = ontology or load_ontology()
    return {
        "documents": _documents(ontology),
        "entities": _entities(ontology),
        "events": _events(ontology),
        "event_clusters": _event_clusters(ontology),
        "stance": _stances(ontology),
        "stance_pairs": _stance_pairs(ontology),
        "stories": _stories(),
        "contrast": _contrast(ontology),
    }

"""Every rule a check can report, in one visible table.

``corpus`` and ``predictions`` are the severity of a breach in the project's own data and in a system's output;
None where the rule is not applied. A guideline that a system merely follows badly costs it score and is no error.
"""

from typing import NamedTuple

E, W = "error", "warning"


class Rule(NamedTuple):
    """What a rule demands and how grave a breach is, by where it is found."""

    demands: str
    corpus: str | None
    predictions: str | None


RULES: dict[str, Rule] = {
    # reading
    "missing-file": Rule("A file that is needed is there and can be read.", E, E),
    "not-utf8": Rule("Files are UTF-8 and strings hold whole characters.", E, E),
    "byte-order-mark": Rule("Files begin without a byte-order mark.", E, E),
    "bad-json": Rule("JSON is JSON.", E, E),
    "duplicate-key": Rule("A key stands once in an object.", E, E),
    "not-a-number": Rule("Numbers are finite and of bounded length.", E, E),
    "too-deep": Rule("JSON is not nested beyond reason.", E, E),
    "too-large": Rule("A line, and a file when unpacked, is of a size that annotations of articles can have.", None, E),
    "bad-gzip": Rule("A gzip file is whole.", None, E),
    "file-changed": Rule("A file stays as it is while it is read.", None, E),
    "control-character": Rule("No string holds a character that a terminal would obey.", None, E),
    "bad-system-name": Rule("The name of a system is one that submission.schema.json allows.", None, E),
    "wrong-hash": Rule("The predictions of a submission are those its submission.json was written for.", None, E),
    "other-data-version": Rule("A submission predicts the dataset as it is.", None, E),
    "duplicate-submission": Rule("A system stands on the leaderboard once, and so do predictions.", None, E),
    "edited-report": Rule("A report is what scoring the predictions beside it gives.", None, E),
    "interrupted-add": Rule("No submission was left aside by an addition that was cut short.", None, E),
    "too-many-findings": Rule("Findings can be listed; what is beyond the limit is counted.", None, E),
    # shape
    "missing-field": Rule("A required field is there.", E, E),
    "unknown-field": Rule("There is no field that the schema does not have.", E, E),
    "wrong-type": Rule("A value is of the JSON type the schema names; an offset is an integer, not 3.0 or '3'.", E, E),
    "unknown-label": Rule("A label is one of the ontology's.", E, E),
    "bad-value": Rule("A value keeps the schema's pattern and limits.", E, E),
    "field-not-here": Rule("A field stands only on the kind of item it belongs to.", E, E),
    # the folder
    "article-changed": Rule("An article is byte for byte what its checksum says.", E, None),
    "bad-zones": Rule("Zones cover an article without gap or overlap.", E, None),
    "bad-date": Rule("A date is a day of the calendar.", E, None),
    "duplicate-article": Rule("An article is listed once.", E, E),
    "unknown-article": Rule("An annotation belongs to a listed article.", E, E),
    "missing-article": Rule("Every article has its annotation.", E, E),
    "partial-layer": Rule("A layer is attempted in every article or in none; an empty list says that none was found.", None, E),
    "empty-split": Rule("The split that is scored has articles.", None, E),
    "wrong-file-name": Rule("A record stands in the file that its id names.", E, None),
    "unlisted-pass": Rule("Every folder under raw/ is described in raw/passes.json, and only those.", E, None),
    "other-text": Rule("A record was made over the article as it is.", E, None),
    "other-ontology": Rule("A record was made under this major version of the ontology, and under none that is newer.", E, None),
    "other-canary": Rule("Every file carries the dataset's canary.", E, None),
    "registry-order": Rule("The registry is sorted by id, each id once.", E, None),
    "registry-kind": Rule("A registry entry has a type of its kind; only entities have a side or a Wikidata id.", E, None),
    # ids and references
    "duplicate-id": Rule("An id stands for one thing in an article.", E, E),
    "dangling-id": Rule("An id that is referred to exists.", E, E),
    "wrong-kind": Rule("A reference is to the kind of thing the field takes.", E, E),
    "unused-entity": Rule("An entity is mentioned or is a member of a plural one.", E, W),
    # spans
    "span-out-of-range": Rule("A span lies inside the text, and its end is after its start.", E, E),
    "text-mismatch": Rule("The text given with a span is the text at its offsets.", E, E),
    "outside-zones": Rule("A span lies in a scored zone.", E, None),
    "zone-edge": Rule("No span crosses the edge of a scored zone.", E, E),
    "sentence-edge": Rule("Mentions and triggers lie inside one sentence.", E, None),
    "inside-word": Rule("A span begins and ends at the edge of a token.", E, W),
    "crossing-spans": Rule("Mentions nest or are apart; they never cross. Neither do triggers.", E, E),
    "inside-name": Rule("Nothing is annotated inside a name.", E, None),
    # entities
    "duplicate-mention": Rule("A stretch of text is a mention once: of one entity, or one value.", E, E),
    "gpe-role": Rule("Mentions of GPE entities carry a role in context, and no others do.", E, W),
    "bad-time-value": Rule("A TIME has an ISO 8601 or TIMEX3 value.", E, W),
    "vague-number": Rule("A QTY has a number, or is vague and has none.", E, W),
    "bad-members": Rule("A plural entity has two members or more and is not among them.", E, E),
    "registry-unknown": Rule("A registry id is in registry.json (or, in predictions, begins with NIL).", E, E),
    "registry-type": Rule("What refers to a registry entry has its kind and type.", E, W),
    "registry-twice": Rule("In one article a registry entry stands for one entity or one event cluster.", E, E),
    # events
    "duplicate-event": Rule("A stretch of text triggers one event.", E, E),
    "role-not-allowed": Rule("An event type has the roles the ontology lists for it.", E, W),
    "filler-not-allowed": Rule("A role is filled by what the ontology allows.", E, W),
    "duplicate-argument": Rule("A filler fills a role of an event once.", E, E),
    "argument-mention": Rule("An argument is shown by the nearest mention of its entity.", E, None),
    "foreign-mention": Rule("The mention that shows an argument is one of its entity.", E, E),
    "via-not-speech": Rule("'via' names a speech event.", E, E),
    "via-circular": Rule("No event reaches the reader through itself.", E, E),
    "same-as-chain": Rule("'same_as' names the first mention of the event cluster.", E, E),
    "same-as-type": Rule("Mentions of one event cluster have one type.", E, W),
    "registry-not-first": Rule("The registry id of an event cluster stands on its first mention.", E, E),
    # stance
    "duplicate-stance": Rule("There is one stance for a holder, target and facet.", E, E),
    "holder-type": Rule("A holder is a person, group, state, organisation or armed force, or AUTHOR.", E, W),
    "stance-self": Rule("Holder and target differ.", E, W),
    "target-not-first": Rule("A target event is the first mention of the event cluster.", E, W),
    "unknown-pair": Rule("An answered pair is a row of the stance config, answered once.", None, E),
}  # fmt: skip

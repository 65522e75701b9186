"""Adjudication of a dataset folder: what is undecided, recording decisions, the gold that follows."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from parley.adjudication.decisions import (
    Decision,
    Disagreement,
    append,
    changes,
    disagreements,
    facts_like,
    merge,
    possible_items,
    read_log,
    same,
    shared_facts,
)
from parley.adjudication.facts import Fact, Facts, from_facts, parse_place
from parley.adjudication.reasons import Reason, place_of, reason_for
from parley.checks import Corpus, check_annotation
from parley.files import parse_json, read_lines, to_lines_json, write_whole
from parley.findings import Finding, FindingsError, finding, shorten
from parley.model import Document
from parley.reading import AnnotatedArticle, annotated

ANNOTATOR = "adjudicated"  # who a gold record says it is by

_PLACE = re.compile(r"(?<![\w.])(\d+)-(\d+)(?![\w])")


class Followed(NamedTuple):
    """What following a record recorded: the number of decisions by the ``why`` of ``Change``, and reasons unused."""

    by_why: Counter[str]
    unused: list[Reason]


class Outcome(NamedTuple):
    """How the decisions of one kind ended.

    ``against_all``: otherwise than every pass; of challenges, otherwise than the gold had it before.
    """

    kind: str
    decisions: int
    as_pass: dict[str, int]  # decisions that are as this pass has it, by annotator
    against_all: int


class OnlyOne(NamedTuple):
    """Items of one kind that only one pass has, and how many of them are not in the gold."""

    annotator: str
    kind: str
    items: int
    dropped: int


class Adjudication:
    """Adjudication of one dataset folder. ``corpus`` needs its passes (``raw``) only."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.log = corpus.folder / "adjudication.jsonl"
        self.decisions = read_log(self.log)

    @property
    def _annotators(self) -> list[str]:
        return [name for name in self.corpus.raw if self.corpus.passes[name].role == "pass"]

    @cached_property
    def passes(self) -> dict[str, dict[str, AnnotatedArticle]]:
        """The passes over each article that has any, by annotator.

        Raises ``FindingsError`` where a pass that a decision was made on is gone.
        """
        raw = {name: self.corpus.raw[name] for name in self._annotators}
        decided_on = dict.fromkeys(
            (name, decision.article) for decision in self.decisions for name in decision.readings
        )
        gone = [f"raw/{name}/{article}.json" for name, article in decided_on if article not in raw.get(name, ())]
        if gone:
            raise FindingsError([finding("missing-article/pass", file=file) for file in gone])
        return {
            article: passes
            for article in self.corpus.articles
            if (
                passes := {n: annotated(self.corpus, article, own[article]) for n, own in raw.items() if article in own}
            )
        }

    @property
    def ready(self) -> list[str]:
        """The articles whose gold can be made: those with two passes or more, or with one and a reader's decisions.

        Raises ``FindingsError`` where there are none, naming the passes that are missing.
        """
        decided = {decision.article for decision in self.decisions}
        ready = [article for article, passes in self.passes.items() if len(passes) > 1 or article in decided]
        if not ready:
            by_article = self.passes.items()
            missing = [f"raw/{n}/{a}.json" for n in self._annotators for a, passes in by_article if n not in passes]
            raise FindingsError([finding("missing-article/passes", file=file) for file in missing or ["raw"]])
        return ready

    @cached_property
    def facts(self) -> dict[str, dict[str, Facts]]:
        """Facts of each article in ``passes``, by annotator, under shared entity keys."""
        return {article: shared_facts(own) for article, own in self.passes.items()}

    @cached_property
    def disagreements(self) -> dict[str, Disagreement]:
        """Every disagreement by its id, article by article in the order of the text."""
        return {d.id: d for article, facts in self.facts.items() for d in disagreements(article, facts)}

    def undecided(self) -> list[Disagreement]:
        """Return the disagreements without a decision, but for those on what is dropped with another item."""
        ready = self.ready
        decided: dict[str, dict[Fact, Any]] = {article: {} for article in ready}
        for decision in self.decisions:
            decided.setdefault(decision.article, {})[decision.about] = decision.decision
        items = {article: possible_items(self.facts[article], decided[article]) for article in ready}
        return [
            found
            for found in self.disagreements.values()
            if found.about not in decided[found.article]
            and {found.about.item, *found.about.refers_to} <= items[found.article]
        ]

    def describe(self, found: Disagreement) -> str:
        """Return a disagreement for people: article, fact and every reading with their words, the sentence."""
        read = next(iter(self.passes[found.article].values()))
        lines = [f"{found.article}  {found.kind}  {with_words(found.fact, read)}"]
        lines += [f"{name}: {with_words(value, read)}" for name, value in found.readings.items()]
        sentence = found.about.place and read.article_text.sentence_of(*parse_place(found.about.place))
        if sentence:
            lines.append(f"[{sentence.number}] {read.words(sentence.start, sentence.end)}")
        return "\n    ".join(lines)

    # deciding -------------------------------------------------------------------------------------------

    def _record(self, decisions: list[Decision]) -> None:
        append(self.log, decisions)
        self.decisions += decisions

    def decide(self, found: Disagreement, value: Any, rule: str, note: str = "") -> None:
        """Record one decision: on the disk when this returns."""
        self._record([Decision(**msgspec.structs.asdict(found), decision=value, rule=rule, note=note)])

    def read_decisions(self, path: Path) -> int:
        """Record the decisions of a file, one JSON object a line with article, fact, decision, rule and note.

        A decision on a fact that all passes share is a cold reading (``kind`` ``cold-reading``). Where the file says
        ``challenge``, it is how an objection to the gold ended. Decisions that the log has already in the same words
        are left out. Return how many were recorded. Raises ``FindingsError``, and records nothing, if a line is not of
        that form.
        """
        new: list[Decision] = []
        wrong: list[Finding] = []
        known = {_in_words(decision) for decision in self.decisions}
        for line, data in read_lines(path):
            value, findings = parse_json(data, path.name, line)
            if not findings:
                try:
                    decision = self._completed(value)
                except (KeyError, TypeError, ValueError) as error:
                    why = shorten(str(error), 120)
                    findings = [finding("wrong-type/decision", file=path.name, line=line, why=why)]
                else:
                    if _in_words(decision) not in known:
                        new.append(decision)
            wrong += findings
        if wrong:
            raise FindingsError(wrong)
        self._record(new)
        return len(new)

    def follow(
        self,
        name: str,
        documents: Mapping[str, Document],
        *,
        reasons: Sequence[Reason] = (),
        rule: str | None = None,
        note: str = "",
    ) -> Followed:
        """Record a decision for every fact in which the gold differs from the records of an adjudicator.

        ``documents`` are the records by article, ``name`` is whose they are. Each decision has the rule and the note of
        the most exact reason that covers it; where none does, ``rule`` and ``note``. Earlier decisions stay in the log;
        the later of two on one fact holds. Raises ``FindingsError``, and records nothing, where there is no record of an
        article that has passes, a decision has no reason, or the gold cannot become like a record.
        """
        records = {a: annotated(self.corpus, a, d) for a, d in documents.items() if a in self.facts}
        if not records:
            names = [*self.corpus.raw]
            raise FindingsError([finding("missing-article/adjudicator", file="raw", name=name, names=names)])
        new, by_why, used, wrong = list[Decision](), Counter[str](), list[Reason](), list[Finding]()
        for article, record in records.items():
            facts, wanted = self.facts[article], facts_like(record, self.passes[article])
            before = [decision for decision in self.decisions if decision.article == article]
            added = []
            for fact, value, why in changes(facts, before, wanted):
                by_why[why] += 1
                sentence = sentence_number(fact, record, [wanted, *facts.values()])
                reason = reason_for(article, fact, sentence, reasons)
                if reason is None and rule is None:
                    shown = with_words(str(fact), record)
                    wrong.append(finding("undecided/reason", file=f"{article}.json", fact=shown, sentence=sentence))
                    continue
                if reason is not None:
                    used.append(reason)
                by = {"rule": reason.rule, "note": reason.note} if reason else {"rule": rule, "note": note}
                added.append(self._completed({"article": article, "fact": str(fact), "decision": value, **by}))
            if wrong:
                continue
            new += added
            given = merge(article, facts, [*before, *added])
            for fact in sorted(given.keys() | wanted.keys(), key=str):
                if not same(given.get(fact), wanted.get(fact)):
                    wording = "not-adjudicated/" + ("entity" if fact.kind == "entity" else "record")
                    wrong.append(finding(wording, file=f"{article}.json", fact=shorten(str(fact), 120)))
        if wrong:
            raise FindingsError(wrong)
        self._record(new)
        return Followed(by_why, [reason for reason in reasons if reason not in used])

    # what came of it ------------------------------------------------------------------------------------

    def outcomes(self) -> list[Outcome]:
        """Return how the decisions of each kind ended, the most frequent kind first."""
        kinds = Counter(decision.kind for decision in self.decisions)
        against, before = Counter[str](), dict[str, Any]()
        for d in self.decisions:
            had = [before[d.id]] if d.kind == "challenge" and d.id in before else d.readings.values()
            against[d.kind] += not any(same(value, d.decision) for value in had)
            before[d.id] = d.decision
        found = []
        for kind, number in kinds.most_common():
            own = [decision for decision in self.decisions if decision.kind == kind]
            as_pass = Counter(name for d in own for name, reading in d.readings.items() if same(reading, d.decision))
            names = dict.fromkeys(name for d in own for name in d.readings)
            found.append(Outcome(kind, number, {name: as_pass[name] for name in names}, against[kind]))
        return found

    def only_one(self) -> list[OnlyOne]:
        """Return how many items only one of two passes or more has, and how many of them the gold has not.

        Raises ``FindingsError`` where something is undecided.
        """
        items, dropped = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for article in self.ready:
            facts = self.facts[article]
            if len(facts) < 2:
                continue
            gold = merge(article, facts, self.decisions)
            having = Counter(fact for own in facts.values() for fact in own if not fact.field)
            for name, own in facts.items():
                for fact in own:
                    if having[fact] == 1 and fact.kind != "entity":
                        items[name, fact.kind] += 1
                        dropped[name, fact.kind] += fact not in gold
        return [OnlyOne(*key, items[key], dropped[key]) for key in sorted(items)]

    def _completed(self, value: Mapping[str, Any]) -> Decision:
        """Return a decision from a file with kind and readings as the passes have them."""
        article, fact = value["article"], value["fact"]
        found = self.disagreements.get(f"{article}/{fact}")
        if found and value.get("kind") != "challenge":
            kind, readings = found.kind, found.readings
        else:
            about = Fact.parse(str(fact))
            kind = value.get("kind", "registry" if about.field in ("name", "registry") else "cold-reading")
            readings = {name: own.get(about, False) for name, own in self.facts[article].items()}
        return msgspec.convert({"readings": readings, **value, "kind": kind}, Decision)

    # gold -----------------------------------------------------------------------------------------------

    def gold(self) -> dict[str, Document]:
        """Return the gold that passes and decisions give, by article.

        Raises ``FindingsError`` naming what is undecided, or what in the result breaks a rule of the checks.
        """
        documents: dict[str, Document] = {}
        wrong: list[Finding] = []
        canary = self.corpus.info.canary
        for article in self.ready:
            facts = self.facts[article]
            described, text = self.corpus.articles[article], self.corpus.texts[article]
            try:
                gold = merge(article, facts, self.decisions)
                made = from_facts(gold, described, text, annotator=ANNOTATOR, canary=canary)
                documents[article] = msgspec.structs.replace(made, ontology=self._ontology(article))
            except FindingsError as error:
                wrong += error.findings
            except KeyError as error:
                wrong.append(finding("dangling-id/fact", file=self.log.name, article=article, item=str(error)))
            else:
                read = annotated(self.corpus, article, documents[article])
                wrong += [f for f in check_annotation(read, "corpus", f"gold/{article}.json") if f.is_error]
        if wrong:
            raise FindingsError(wrong)
        return documents

    def _ontology(self, article: str) -> str:
        """Return the version of the ontology that the passes over an article were made under, the newest of several.

        A label that was added later was not looked for, so the gold keeps the version of its passes.
        """
        versions = {self.corpus.raw[name][article].ontology for name in self.passes[article]}
        return max(versions, key=lambda version: [int(part) for part in version.split(".")])

    def _differing(self) -> dict[Path, str]:
        """Return what the gold files that are not as passes and decisions give them should hold."""
        files = {self.corpus.folder / "gold" / f"{a}.json": to_lines_json(d) for a, d in self.gold().items()}
        return {p: text for p, text in files.items() if not p.is_file() or p.read_text("utf-8") != text}

    def apply(self) -> list[Path]:
        """Write the gold that passes and decisions give; return the files that changed."""
        changed = self._differing()
        for path, content in changed.items():
            write_whole(path, content)
        return [*changed]

    def differences(self) -> list[Finding]:
        """Return a finding for every gold file that is not what passes and decisions give."""
        return [finding("not-adjudicated", file=str(path)) for path in self._differing()]


def sentence_number(fact: Fact, read: AnnotatedArticle, known: Sequence[Facts]) -> int | None:
    """Return the number of the sentence that a fact is in, as ``place_of`` finds it; None if it has no place."""
    place = place_of(fact, known)
    sentence = read.article_text.sentence_of(*parse_place(place)) if place else None
    return sentence.number if sentence else None


def with_words(value: object, read: AnnotatedArticle) -> str:
    """Return a fact or a value as it is written, with the words of the text beside each place.

    A place starts before it ends, which a year and its month do not.
    """

    def worded(place: re.Match[str]) -> str:
        start, end = int(place[1]), int(place[2])
        return f"{place[0]}«{read.words(start, end)}»" if start < end else place[0]

    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _PLACE.sub(worded, written)


def _in_words(decision: Decision) -> tuple[str, ...]:
    """What makes two decisions the same in words."""
    return decision.id, json.dumps(decision.decision), decision.rule, decision.note

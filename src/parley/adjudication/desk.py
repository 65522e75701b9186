"""The adjudicator's desk: a corpus, its passes and its log; what is open, what was decided, the gold that follows."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from parley.adjudication.facts import Facts, field_of, from_facts
from parley.adjudication.like import changes, check_outcome, facts_like
from parley.adjudication.log import append, read_log
from parley.adjudication.merge import Decision, Disagreement, disagreements, merge, shared_facts
from parley.checks import Corpus, check_annotation
from parley.files import parse_json, read_lines, shorten, to_lines_json, write_whole
from parley.findings import Finding, FindingsError
from parley.model import Document
from parley.reading import annotated
from parley.segment import sentence_at, split_sentences

ANNOTATOR = "adjudicated"  # who a gold record says it is by

_PLACE = re.compile(r"(?<![\w.])(\d+)-(\d+)(?![\w])")


class Desk:
    """Adjudication of one dataset folder. ``corpus`` needs its passes (``raw``) only."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.log = corpus.folder / "adjudication.jsonl"
        self.decisions = read_log(self.log)

    @cached_property
    def passes(self) -> dict[str, dict[str, Document]]:
        """The passes over each article that has two or more, by annotator.

        Raises ``FindingsError`` where no article has two, and where a pass that a decision was made on is gone.
        """
        raw = {name: own for name, own in self.corpus.raw.items() if self.corpus.passes[name].role == "pass"}
        if len(raw) < 2:
            message, mend = f"there are {len(raw)} passes", "adjudication needs two or more under raw/"
            raise FindingsError([Finding(rule="missing-article", message=message, file="raw", suggestion=mend)])
        found = {a: {name: own[a] for name, own in raw.items() if a in own} for a in self.corpus.articles}
        read = {(name, d.article) for d in self.decisions for name in d.readings}
        ready = {article: own for article, own in found.items() if len(own) > 1}
        wrong = [
            Finding(rule="missing-article", message="the annotator has no annotation of it", file=f"raw/{name}/{article}.json", suggestion="add the pass, or take the annotator away")
            for name in raw
            for article, own in found.items()
            if name not in own and ((name, article) in read or not ready)
        ]  # fmt: skip
        if wrong:
            raise FindingsError(wrong)
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
        """Return the disagreements without a decision."""
        decided = {decision.id for decision in self.decisions}
        return [found for identifier, found in self.disagreements.items() if identifier not in decided]

    # what people see ------------------------------------------------------------------------------------

    def words(self, article: str, value: object) -> str:
        """Return a fact or reading with the words at every place in it."""
        text = self.corpus.texts[article]

        def word(match: re.Match[str]) -> str:
            return f"{match[0]}«{text[int(match[1]) : int(match[2])]}»"

        written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return _PLACE.sub(word, written)

    def sentence(self, article: str, fact: str) -> str:
        """Return number and text of the sentence that a fact is in; empty for one that names no place."""
        place = _PLACE.search(fact.replace(":", " ").replace("=", " "))
        text = self.corpus.texts[article]
        found = place and sentence_at(
            split_sentences(text, self.corpus.articles[article].zones), int(place[1]), int(place[2])
        )
        return f"[{found.number}] {text[found.start : found.end]}" if found else ""

    def shown(self, found: Disagreement) -> str:
        """Return a disagreement in words: article, fact, every reading, sentence."""
        readings = "".join(
            f"\n    {name}: {self.words(found.article, value)}" for name, value in found.readings.items()
        )
        sentence = self.sentence(found.article, found.fact)
        return f"{found.article}  {found.kind}  {self.words(found.article, found.fact)}{readings}" + (
            f"\n    {sentence}" if sentence else ""
        )

    # deciding -------------------------------------------------------------------------------------------

    @staticmethod
    def parse(written: str) -> Any:
        """Return a value typed by a person: JSON if it is, else the words themselves."""
        try:
            return json.loads(written)
        except ValueError:
            return written

    def decide(self, found: Disagreement, value: Any, rule: str, note: str = "") -> None:
        """Record one decision: on the disk when this returns."""
        decision = Decision(article=found.article, fact=found.fact, kind=found.kind, readings=found.readings, decision=value, rule=rule, note=note)  # fmt: skip
        append(self.log, [decision])
        self.decisions.append(decision)

    def take(self, path: Path) -> int:
        """Record the decisions of a file, one JSON object a line with article, fact, decision, rule and note.

        A decision on a fact that all passes share is a cold reading (``kind`` ``cold-reading``, or ``challenge`` where
        the file says so). Decisions that the log has already in the same words are left out. Return how many were
        recorded. Raises ``FindingsError``, and records nothing, if a line is not of that form.
        """
        new: list[Decision] = []
        wrong: list[Finding] = []
        known = {(d.id, json.dumps(d.decision), d.rule) for d in self.decisions}
        for line, data in read_lines(path):
            value, findings = parse_json(data, path.name, line)
            if not findings:
                try:
                    decision = self._completed(value)
                except (KeyError, TypeError, msgspec.ValidationError) as error:
                    findings = [Finding(rule="wrong-type", message=f"not a decision: {shorten(str(error))}", file=path.name, line=line, suggestion="write article, fact, decision and rule")]  # fmt: skip
                else:
                    if (decision.id, json.dumps(decision.decision), decision.rule) not in known:
                        new.append(decision)
            wrong += findings
        if wrong:
            raise FindingsError(wrong)
        append(self.log, new)
        self.decisions += new
        return len(new)

    def like(self, name: str, rule: str, note: str = "") -> Counter[str]:
        """Record, for every fact in which the gold is not as the record of an adjudicator has it, a decision that it is.

        ``name`` is a folder under raw/; its records are taken one by one. Earlier decisions stay in the log; of two on one
        fact the later holds. Return how many were recorded, by the ``why`` of ``Change``. Raises ``FindingsError``, and records
        nothing, where there is no such record or the gold could not become as it is.
        """
        records = {a: d for a, d in self.corpus.raw.get(name, {}).items() if a in self.facts}
        if not records:
            message = f"{shorten(name)} has no record of an article that has two passes"
            mend = "name one of " + ", ".join(self.corpus.raw)
            raise FindingsError([Finding(rule="missing-article", message=message, file="raw", suggestion=mend)])
        new, told = list[Decision](), Counter[str]()
        for article, record in records.items():
            facts, wanted = self.facts[article], facts_like(record, self.passes[article])
            before = [decision for decision in self.decisions if decision.article == article]
            found = changes(facts, before, wanted)
            added = [self._completed({"article": article, "fact": c.fact, "decision": c.value, "rule": rule, "note": note}) for c in found]  # fmt: skip
            check_outcome(article, facts, [*before, *added], wanted)
            new += added
            told.update(change.why for change in found)
        append(self.log, new)
        self.decisions += new
        return told

    def _completed(self, value: Mapping[str, Any]) -> Decision:
        """Return a decision from a file with kind and readings as the passes have them."""
        article, fact = value["article"], value["fact"]
        own = self.facts[article]
        found = self.disagreements.get(f"{article}/{fact}")
        usual = "registry" if field_of(fact) in ("name", "registry") else "cold-reading"
        kind = found.kind if found else value.get("kind", usual)
        readings = found.readings if found else {name: facts.get(fact, False) for name, facts in own.items()}
        return msgspec.convert(
            {"kind": kind, "readings": readings, **{k: v for k, v in value.items() if k != "kind"}}, Decision
        )

    # gold -----------------------------------------------------------------------------------------------

    def gold(self) -> dict[str, Document]:
        """Return the gold that passes and decisions give, by article.

        Raises ``FindingsError`` naming what is undecided, or what in the result breaks a rule of the checks.
        """
        documents: dict[str, Document] = {}
        wrong: list[Finding] = []
        for article, facts in self.facts.items():
            try:
                merged = merge(article, facts, self.decisions)
                document = from_facts(merged, self.corpus.articles[article], self.corpus.texts[article], annotator=ANNOTATOR, canary=self.corpus.info.canary)  # fmt: skip
            except FindingsError as error:
                wrong += error.findings
                continue
            except KeyError as error:
                wrong.append(Finding(rule="dangling-id", message=f"a fact of {article} refers to {error}, which is not in the gold", file=self.log.name, suggestion="decide on it too"))  # fmt: skip
                continue
            documents[article] = document
            wrong += [
                f
                for f in check_annotation(annotated(self.corpus, article, document), "corpus", f"gold/{article}.json")
                if f.is_error
            ]
        if wrong:
            raise FindingsError(wrong)
        return documents

    def _files(self) -> dict[Path, str]:
        return {self.corpus.folder / "gold" / f"{a}.json": to_lines_json(d) for a, d in self.gold().items()}

    def apply(self) -> list[Path]:
        """Write the gold that passes and decisions give; return the files that changed."""
        changed = []
        for path, content in self._files().items():
            if not path.is_file() or path.read_text("utf-8") != content:
                write_whole(path, content)
                changed.append(path)
        return changed

    def differences(self) -> list[Finding]:
        """Return a finding for every gold file that is not what passes and decisions give."""
        return [
            Finding(rule="not-adjudicated", message="the gold is not what the passes and the log give", file=str(path), suggestion="record the decision, then parley adjudicate --apply")
            for path, content in self._files().items()
            if not path.is_file() or path.read_text("utf-8") != content
        ]  # fmt: skip

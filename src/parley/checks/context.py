"""What the checks on one annotation share."""

from collections.abc import Collection, Iterator
from functools import cached_property
from typing import NamedTuple

from parley.corpus import Article, RegistryEntry
from parley.derive import Links
from parley.files import shorten
from parley.findings import RULES, Finding
from parley.model import Annotation
from parley.ontology import Ontology, load_ontology
from parley.segment import Sentence, split_sentences, split_tokens


class Context(NamedTuple):
    """What an annotation is checked against: its article, the text, the registry, and where it comes from."""

    article: Article
    text: str
    registry: dict[str, RegistryEntry]
    scope: str  # "corpus" or "predictions"
    file: str = ""
    line: int | None = None


class Check:
    """One annotation under check: what it is checked against, its references resolved, and how to report."""

    def __init__(self, annotation: Annotation, context: Context) -> None:
        self.annotation, self.context = annotation, context
        self.article, self.text, self.registry, self.scope = context[:4]
        self.ontology: Ontology = load_ontology()
        self.links = Links(annotation)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Sentences of the scored zones."""
        return split_sentences(self.text, self.article.zones)

    @cached_property
    def token_edges(self) -> tuple[frozenset[int], frozenset[int]]:
        """Code points where a token begins, and where one ends."""
        spans = list(split_tokens(self.text))
        return frozenset(start for start, _ in spans), frozenset(end for _, end in spans)

    def found(self, rule: str, path: str, message: str, suggestion: str | None = None) -> Iterator[Finding]:
        """Yield a finding with the severity the rule has here; none where the rule is not applied."""
        severity = RULES[rule].corpus if self.scope == "corpus" else RULES[rule].predictions
        if severity is not None:
            yield Finding(
                rule=rule,
                message=message,
                file=self.context.file,
                line=self.context.line,
                path=path,
                suggestion=suggestion,
                severity=severity,
            )

    def _kind(self, identifier: str) -> str | None:
        tables: dict[str, Collection[str]] = {
            "entity": self.links.entities,
            "event": self.links.events,
            "mention": self.links.mentions,
        }
        return next((kind for kind, table in tables.items() if identifier in table), None)

    def refers(self, path: str, identifier: str, *kinds: str) -> Iterator[Finding]:
        """Yield a finding unless ``identifier`` is that of an item of one of ``kinds``."""
        kind = self._kind(identifier)
        wanted = " or ".join(kinds)
        if kind is None:
            mend = "add it, or name one that is there"
            yield from self.found("dangling-id", path, f"there is no {wanted} {shorten(identifier)}", mend)
        elif kind not in kinds:
            mend = f"name one of kind {wanted}"
            yield from self.found("wrong-kind", path, f"{shorten(identifier)} is of kind {kind}", mend)

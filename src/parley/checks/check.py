"""One annotation being checked: what all checks read and how they report."""

from collections.abc import Collection, Sequence
from typing import Any

from parley.findings import RULES, Finding, finding
from parley.model import Event, Mention, Proposition
from parley.ontology import Ontology, load_ontology
from parley.reading import AnnotatedArticle, Offsets


class Check:
    """An annotated article in a scope ("corpus" or "predictions"), and what was found on it so far.

    ``file`` and ``line`` are where findings say that it comes from.
    """

    def __init__(self, item: AnnotatedArticle, scope: str, file: str = "", line: int | None = None) -> None:
        self.item, self.record = item, item.record
        self.scope, self.file, self.line = scope, file, line
        self.ontology: Ontology = load_ontology()
        self.findings: list[Finding] = []

    def found(self, rule: str, path: str, fix: str | None = None, **values: Any) -> None:
        """Add a finding, unless its rule is not applied in this scope; see ``parley.findings.finding``."""
        if RULES[rule.partition("/")[0]].severity(self.scope) is not None:
            place: dict[str, Any] = {"file": self.file, "line": self.line, "path": path, "scope": self.scope}
            self.findings.append(finding(rule, fix=fix, **place, **values))

    def refers(self, path: str, identifier: str, *kinds: str) -> None:
        """Check that ``identifier`` is the id of an item of one of ``kinds`` (entity, event, proposition, mention)."""
        tables: dict[str, Collection[str]] = {
            "entity": self.item.entities,
            "event": self.item.events,
            "proposition": self.item.propositions,
            "mention": self.item.mentions,
        }
        found = next((kind for kind, table in tables.items() if identifier in table), None)
        if found is None:
            self.found("dangling-id", path, kind=" or ".join(kinds), id=identifier)
        elif found not in kinds:
            self.found("wrong-kind", path, kind=" or ".join(kinds), id=identifier, found=found)

    def repeated(self, rule: str, layer: str, items: Sequence[Mention | Event | Proposition] | None) -> None:
        """Report every item of a layer that has the span of an earlier one."""
        seen: dict[Offsets, int] = {}
        for i, item in enumerate(items or ()):
            first = seen.setdefault(item.span, i)
            if first != i:
                self.found(rule, f"$.{layer}[{i}]", start=item.start, end=item.end, first=f"$.{layer}[{first}]")

    def registered(self, path: str, identifier: str, kind: str, *types: str) -> None:
        """Check the registry id of an item of a kind (entity, event) at ``path``: its entry has one of ``types``."""
        entry = self.item.registry.get(identifier)
        values = {"id": identifier, "own_kind": kind, "own_type": " or ".join(sorted(types))}
        if entry is None and self.scope == "corpus":
            self.found("registry-unknown", f"{path}.registry", **values)
        elif entry is None and not identifier.startswith("NIL"):
            self.found("registry-unknown/predicted", f"{path}.registry", **values)
        elif entry is not None and (entry.kind != kind or entry.type not in types):
            self.found("registry-type", f"{path}.registry", kind=entry.kind, type=entry.type, **values)

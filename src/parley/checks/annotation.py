"""Meaning: what no schema can say about one article's annotation."""

from parley.checks.check import Check
from parley.checks.entities import check_entities, check_mentions
from parley.checks.events import check_arguments, check_event_clusters, check_events
from parley.checks.spans import check_nesting, check_spans
from parley.checks.stances import check_stances
from parley.findings import Finding
from parley.model import AUTHOR
from parley.reading import AnnotatedArticle


def check_ids(check: Check) -> None:
    """Check that no two items have the same id."""
    seen: dict[str, str] = {AUTHOR: "the author"}
    for layer in ("mentions", "entities", "events", "propositions", "stances"):
        for i, item in enumerate(getattr(check.record, layer) or ()):
            place = f"$.{layer}[{i}]"
            first = seen.setdefault(item.id, place)
            if first != place:
                check.found("duplicate-id", f"{place}.id", id=item.id, first=first)


CHECKS = [
    check_ids,
    check_spans,
    check_nesting,
    check_mentions,
    check_entities,
    check_events,
    check_arguments,
    check_event_clusters,
    check_stances,
]


def check_annotation(
    item: AnnotatedArticle, scope: str = "corpus", file: str = "", line: int | None = None
) -> list[Finding]:
    """Return all findings on the meaning of one article's annotation, in the order of ``CHECKS``.

    ``scope`` is "corpus" or "predictions". The shape must have been checked before (``check_shape``). Layers that are
    None are not checked.
    """
    check = Check(item, scope, file, line)
    for part in CHECKS:
        part(check)
    return check.findings

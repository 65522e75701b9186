"""Contrast pairs: short passages in pairs that differ in one thing, both sides fully annotated.

``contrast/pairs.jsonl`` holds the passages, ``contrast/<id>-a.lines`` and ``contrast/<id>-b.lines`` their annotations
in line notation. Each side is an article of the split ``contrast``; the two of a pair are a story. What a metric
compares is in ``parley.scoring.contrast``.
"""

import hashlib
from difflib import SequenceMatcher
from typing import Any

import msgspec

from parley.checks.corpus import check_article_id
from parley.checks.quoted import read_quoted, resolve_checked
from parley.checks.shape import check_shape, check_strings
from parley.corpus import Article, ArticleDate, ContrastPair, Corpus, Registry, ZoneSpan
from parley.files import parse_json, read_lines
from parley.findings import Finding, FindingsError, finding
from parley.reading import ArticleText

FOLDER = "contrast"  # in the dataset folder
LISTING = f"{FOLDER}/pairs.jsonl"
SPLIT = "contrast"
MOST_WORDS = 12  # of a side that the other side does not have


def read_pairs(corpus: Corpus) -> tuple[list[ContrastPair], list[Finding]]:
    """Return the pairs of a dataset, none if it has none, and what is wrong with their file."""
    path, pairs, findings = corpus.folder / LISTING, dict[str, ContrastPair](), list[Finding]()
    for line, data in read_lines(path) if path.is_file() else ():
        value, wrong = parse_json(data, LISTING, line)
        wrong = (
            wrong or check_shape(value, "pair", file=LISTING, line=line) or check_strings(value, data, LISTING, line)
        )
        findings += wrong
        if wrong:
            continue
        pair = msgspec.convert(value, ContrastPair)
        if pair.id in pairs:
            findings.append(finding("faulty-pair", file=LISTING, line=line, path="$.id", id=pair.id))
        findings += check_article_id(pair.id, (other for other in pairs if other != pair.id), LISTING, line)
        for side, number in zip("ab", words_apart(pair), strict=True):
            if number > MOST_WORDS:
                wide: dict[str, Any] = {"side": side, "number": number, "most": MOST_WORDS}
                findings.append(finding("faulty-pair/words", file=LISTING, line=line, path=f"$.{side}", **wide))
        pairs[pair.id] = pair
    return list(pairs.values()), findings


def check_contrast(corpus: Corpus) -> tuple[Corpus, list[Finding]]:
    """Return a dataset of the sides of the contrast pairs, the split ``contrast``, with all findings on it.

    It has no articles where there are no pairs.
    """
    pairs, findings = read_pairs(corpus)
    articles = {name: _article(pair, name, text) for pair in pairs for name, text in pair.sides.items()}
    texts = {name: text for pair in pairs for name, text in pair.sides.items()}
    registry = Registry(canary=corpus.info.canary, entries=[])
    made = Corpus(corpus.folder, corpus.info, registry, articles, texts, {}, {}, {})
    for name in articles:
        file = corpus.folder / FOLDER / f"{name}.lines"
        value, lines, wrong = read_quoted(file)
        if not wrong and value["id"] != name:
            wrong = [finding("wrong-file-name/lines", file=str(file), path="$.id", id=value["id"])]
        document, found = (None, wrong) if wrong else resolve_checked(value, lines, made, "adjudicated", file)
        findings += found
        if document is not None:
            made.gold[name] = document
    return made, findings


def contrast(corpus: Corpus) -> Corpus:
    """Return ``check_contrast`` of a dataset. Raises ``FindingsError`` if there is an error."""
    made, findings = check_contrast(corpus)
    if any(each.is_error for each in findings):
        raise FindingsError(findings)
    return made


def _article(pair: ContrastPair, name: str, text: str) -> Article:
    return Article(
        id=name,
        source_name=LISTING,
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        split=SPLIT,
        language="en",
        title=None,
        date=ArticleDate(value=pair.date, basis="stated", reason=f"Stated in {LISTING}."),
        provenance="Invented for this dataset.",
        licence="CC-BY-4.0",
        zones=[ZoneSpan(zone="body", start=0, end=len(text))],
        story=pair.id,
        origin="authored",
    )


# what differs between the texts ------------------------------------------------------------------------------

Places = list[int]  # of each token


def places(a: ArticleText, b: ArticleText) -> tuple[Places, Places]:
    """Return the place of each token of two texts. Tokens that correspond have the same place.

    The tokens of a stretch that is replaced have one place in both texts, below 0; of the others it is their number in
    the first text.

    >>> places(text("The army shelled Harrow."), text("The army will soon shell Harrow."))
    ([0, 1, -2, 3, 4], [0, 1, -2, -2, -2, 3, 4])
    """
    tokens = [[each.text[start:end] for start, end in zip(*each.token_edges, strict=True)] for each in (a, b)]
    first, second = list(range(len(tokens[0]))), [0] * len(tokens[1])
    blocks = SequenceMatcher(a=tokens[0], b=tokens[1], autojunk=False).get_opcodes()
    for number, (kind, start, end, other_start, other_end) in enumerate(blocks, 1):
        if kind != "equal":
            first[start:end] = [-number] * (end - start)
        second[other_start:other_end] = range(start, end) if kind == "equal" else [-number] * (other_end - other_start)
    return first, second


def words_apart(pair: ContrastPair) -> tuple[int, int]:
    """Return how many tokens of each side the other side does not have."""
    found = places(*(ArticleText(_article(pair, name, text), text) for name, text in pair.sides.items()))
    return tuple(sum(place < 0 for place in own) for own in found)  # type: ignore[return-value]

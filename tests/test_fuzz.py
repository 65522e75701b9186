"""Fuzzing of what reads a submission: lines of tests/fuzz/, damaged as JSON and as bytes, seeded.

``tests/fuzz/*.jsonl`` is the corpus the damage begins with: valid lines, and every input that once broke something,
which is also tried as it is. The number of inputs tried stands in the summary at the end of the test run.
"""

import gzip
import json
import math
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conftest import TESTS
from parley.checks import RULES, check_predictions
from parley.files import to_json
from parley.findings import FindingsError
from parley.scoring import score_file
from scoring_help import small_corpus

SEEDS = {path.name: path.read_bytes() for path in sorted((TESTS / "fuzz").glob("*.jsonl"))}
VALID = [json.loads(line) for name, data in SEEDS.items() if name.startswith("valid") for line in data.splitlines()]
SECONDS = 8.0  # for each of the two tests: what has not been tried by then is left out, and the count says so
EXAMPLES = 1500
# Values that stand for kinds of harm: borders of offsets, wrong types, text that is obeyed somewhere, other items' ids.
VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2, 333, 334, 335, 10**17, 10**19, -(10**30), 0.0, 1.5, 1e308, "", "a", "e1", "harbour-talks", "AUTHOR",
    "NIL", "NIL-1", "e1\n", "\x00", "\x1b[31m", "\u202e", "\u2028", "<b>", "[red]", "😀", "é" * 70, "x" * 300, [], {}, [[]], [None], [{}], {"id": "x"},
]  # fmt: skip
BYTES = [b"\x00", b"\xff", b"\xef\xbb\xbf", b"\n", b"\r", b'"', b"\\", b"\\ud800", b"NaN", b"1e999", b"[" * 70, b"{", b"}", b",", b"9" * 30, b"\xe2\x80\xa8", b"\x1f\x8b"]  # fmt: skip


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every container of a record with each of its keys or indexes."""
    found = []
    nodes = [node]
    while nodes:
        at = nodes.pop()
        keys = list(at) if isinstance(at, dict) else range(len(at))
        for key in keys:
            found.append((at, key))
            if isinstance(at[key], (dict, list)):
                nodes.append(at[key])
    return found


def damage_record(record: Any, draw: random.Random) -> None:
    """Change one place of a record: another value, another place's value, twice, gone, renamed, shifted."""
    everywhere = places(record)
    if not everywhere:
        return
    (at, key), (other, name) = draw.choice(everywhere), draw.choice(everywhere)
    kind = draw.randrange(8)
    if kind == 0:
        at[key] = json.loads(json.dumps(draw.choice(VALUES)))
    elif kind == 1:
        at[key] = json.loads(json.dumps(other[name]))
    elif kind == 2 and isinstance(at, list):
        at.insert(draw.randrange(len(at) + 1), json.loads(json.dumps(at[key])))
    elif kind == 3:
        del at[key]
    elif kind == 4 and isinstance(at, dict):
        at[str(draw.choice([name, *VALUES]))] = at.pop(key)
    elif kind == 5 and isinstance(at[key], int):
        at[key] += draw.choice([-1, 1, 2, 10, 100])
    elif kind == 6 and isinstance(at, list):
        draw.shuffle(at)
    elif isinstance(at, dict) and isinstance(other, dict) and "id" in other:
        at[key] = other["id"]


def damage_bytes(data: bytes, draw: random.Random) -> bytes:
    """Change one place of some bytes: overwritten, put in, cut out, cut off, repeated."""
    start = draw.randrange(len(data) + 1)
    end = min(len(data), start + draw.choice([0, 1, 1, 2, 8, 100]))
    kind = draw.randrange(5)
    if kind == 0:
        return data[:start] + draw.choice(BYTES) + data[end:]
    if kind == 1:
        return data[:start] + bytes([draw.randrange(256)]) + data[end:]
    if kind == 2:
        return data[:start] + data[end:]
    if kind == 3:
        return data[:start]
    return data[:end] + data[start:]


def try_input(content: bytes, file: Path) -> bool:
    """Check and score some bytes. Whatever they are: findings that are whole, or a report that is."""
    file.write_bytes(content)
    corpus = small_corpus()
    found, findings = check_predictions(file, corpus)
    for finding in findings:
        assert finding.rule in RULES
        assert finding.message and finding.suggestion and finding.file == str(file)
        assert str(finding).isprintable()
        assert len(str(finding)) < 2000
        assert finding.severity == RULES[finding.rule].predictions or finding.rule == "too-many-findings"
    assert set(found) <= {"harbour-talks"}
    is_refused = any(finding.is_error for finding in findings)
    try:
        report = score_file(corpus, file)
    except FindingsError as error:
        assert is_refused
        assert error.findings == findings
        return False
    assert not is_refused
    assert found
    for score in report.metrics.values():
        assert score.value is None or (math.isfinite(score.value) and 0 <= score.value <= 1)
    to_json(report)
    return True


def fuzz(make: Callable[[random.Random], bytes], file: Path, record: Callable[[str, object], None]) -> None:
    """Try what ``make`` makes of seeded random numbers, until all examples or the seconds are used up."""
    tried = scored = 0
    end = time.monotonic() + SECONDS

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.integers(0, 2**64 - 1))
    def attempt(seed: int) -> None:
        nonlocal tried, scored
        if time.monotonic() > end:
            return
        content = make(random.Random(seed))
        scored += try_input(content, file)
        tried += 1

    attempt()
    record("inputs tried", f"{tried} ({scored} of them were fit to be scored)")
    assert tried > 20


def test_seeds_as_they_are(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    for name, data in SEEDS.items():
        is_fit = try_input(data, tmp_path / "predictions.jsonl")
        assert is_fit == name.startswith("valid"), name
    record_property("inputs tried", len(SEEDS))


def test_damaged_records(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """One to six places of a valid record changed: most reach the checks of meaning, some the metrics."""

    def make(draw: random.Random) -> bytes:
        record = json.loads(json.dumps(draw.choice(VALID)))
        for _ in range(draw.randrange(1, 7)):
            damage_record(record, draw)
        return json.dumps(record).encode()

    fuzz(make, tmp_path / "predictions.jsonl", record_property)


def test_damaged_bytes(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """One to four places of any seed's bytes changed, plain or packed, before or after packing."""
    seeds = list(SEEDS.values())

    def make(draw: random.Random) -> bytes:
        data = draw.choice(seeds)
        packing = draw.randrange(6)  # 0 packed and then damaged, 1 damaged and then packed, else plain
        if packing == 0:
            data = gzip.compress(data, mtime=0)
        for _ in range(draw.randrange(1, 5)):
            data = damage_bytes(data, draw)
        return gzip.compress(data, mtime=0) if packing == 1 else data

    fuzz(make, tmp_path / "predictions.jsonl", record_property)

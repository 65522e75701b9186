"""Reading and writing files: strict in, whole out."""

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from parley.findings import Finding

_BOM = b"\xef\xbb\xbf"


class _RejectError(ValueError):
    """A JSON value that the standard library would accept and we do not."""

    def __init__(self, rule: str, message: str, suggestion: str) -> None:
        super().__init__(message)
        self.rule, self.suggestion = rule, suggestion


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        seen: set[str] = set()
        key = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        raise _RejectError("duplicate-key", f"the key {shorten(key)} stands twice in one object", "keep one of the two")
    return record


def _no_constant(name: str) -> Any:
    raise _RejectError("not-a-number", f"{name} is no JSON number", "write a finite number or leave the field out")


def _integer(digits: str) -> int:
    if len(digits) > 18:
        raise _RejectError("not-a-number", f"an integer of {len(digits)} digits", "no field needs more than 18 digits")
    return int(digits)


def _decimal(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _RejectError("not-a-number", f"{shorten(digits)} is too large a number", "write a finite number")
    return number


def shorten(value: object, limit: int = 60) -> str:
    """Return ``value`` quoted, safe to print and cut to ``limit`` characters: control characters are escaped."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return "'" + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text) + "'"


def parse_json(data: bytes, file: str, line: int | None = None) -> tuple[Any, list[Finding]]:
    """Return the JSON value in ``data``, or None and what is wrong with it.

    Stricter than the standard library: UTF-8 without byte-order mark, no duplicate keys, no NaN or Infinity,
    no lone surrogates, no nesting beyond the interpreter's limit.
    """

    def wrong(rule: str, message: str, suggestion: str) -> tuple[None, list[Finding]]:
        return None, [Finding(rule=rule, message=message, file=file, line=line, suggestion=suggestion)]

    if data.startswith(_BOM):
        return wrong("byte-order-mark", "the file begins with a byte-order mark", "save it as UTF-8 without one")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return wrong("not-utf8", f"byte {error.start} is not UTF-8", "save the file as UTF-8")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_decimal,
        )
        msgspec.json.encode(value)  # refuses lone surrogates
    except _RejectError as error:
        return wrong(error.rule, str(error), error.suggestion)
    except json.JSONDecodeError as error:
        where = f"column {error.colno}" if line is not None else f"line {error.lineno}, column {error.colno}"
        return wrong("bad-json", f"not JSON at {where}: {error.msg}", "mend the syntax there")
    except RecursionError:
        return wrong("too-deep", "nested too deep to be read", "a record needs five levels")
    except UnicodeEncodeError:
        return wrong("not-utf8", "a string holds half of a surrogate pair", "write the character itself, not \\ud8..")
    return value, []


def read_json(path: Path, file: str | None = None) -> tuple[Any, list[Finding]]:
    """Return the JSON value of a file, or None and what is wrong; ``file`` is how findings name it."""
    data, findings = read_bytes(path, file)
    return (None, findings) if data is None else parse_json(data, file or str(path))


def read_bytes(path: Path, file: str | None = None) -> tuple[bytes | None, list[Finding]]:
    """Return the bytes of a file, or None and why it cannot be read."""
    name = file or str(path)
    try:
        return path.read_bytes(), []
    except FileNotFoundError:
        message, mend = "there is no such file", "check the path"
    except IsADirectoryError:
        message, mend = "this is a folder, not a file", "name a file in it"
    except OSError as error:
        message, mend = f"cannot be read: {error.strerror}", "check its permissions"
    return None, [Finding(rule="missing-file", message=message, file=name, suggestion=mend)]


def read_lines(path: Path, limit: int = -1) -> Iterator[tuple[int, bytes]]:
    """Yield number (from 1) and bytes of every line of a file that is not blank.

    Of a line longer than ``limit`` bytes, its end included, the first ``limit`` + 1 are yielded and the rest is passed
    over, so that no line fills the memory. A negative limit is none.
    """
    size = limit + 1 if limit >= 0 else -1
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(size):
            number += 1
            if line.strip():
                yield number, line
            while size > 0 and len(line) == size and not line.endswith(b"\n"):
                line = stream.readline(size)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is whole or as it was: beside it first, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("wb") as stream:
            stream.write(content.encode("utf-8") if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def to_json(record: object) -> str:
    """Return a record or value as indented JSON with a final newline, keys in the order of the record."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2).decode("utf-8") + "\n"


def to_lines_json(record: object) -> str:
    """Return a record as JSON to be read and compared by people: each item of its lists on a line of its own.

    Ids come first, then single values, then lists.
    """

    def arranged(node: Any) -> Any:
        if isinstance(node, list):
            return [arranged(item) for item in node]
        if not isinstance(node, dict):
            return node
        keys = sorted(node, key=lambda key: (key != "id", isinstance(node[key], list)))
        return {key: arranged(node[key]) for key in keys}

    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    fields = []
    for key, value in arranged(msgspec.to_builtins(record)).items():
        items = ",\n".join("    " + line(item) for item in value) if isinstance(value, list) else ""
        fields.append(f"  {line(key)}: " + (f"[\n{items}\n  ]" if items else line(value)))
    return "{\n" + ",\n".join(fields) + "\n}\n"

"""Reading and writing files: strict in, whole out. What is read may be hostile: size and depth have limits."""

import errno
import gzip
import hashlib
import json
import math
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any

import msgspec

from parley.findings import Finding
from parley.findings import printable as printable  # others still import the two from here
from parley.findings import shorten as shorten

MAX_DEPTH = 64  # of nested JSON; a record needs five levels

_BOM = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"  # what a packed file begins with


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


def _is_deeper(value: Any, limit: int) -> bool:
    """Whether lists and objects are nested more than ``limit`` deep; by levels, because recursion has a limit too."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(limit):
        level = [
            item
            for node in level
            for item in (node.values() if isinstance(node, dict) else node)
            if isinstance(item, (dict, list))
        ]
        if not level:
            return False
    return True


def parse_json(data: bytes, file: str, line: int | None = None) -> tuple[Any, list[Finding]]:
    """Return the JSON value in ``data``, or None and what is wrong with it.

    Stricter than the standard library: UTF-8 without byte-order mark, no duplicate keys, no NaN or Infinity,
    no integer of more than 18 digits, no lone surrogates, no nesting beyond ``MAX_DEPTH``.
    """

    def wrong(rule: str, message: str, suggestion: str) -> tuple[None, list[Finding]]:
        return None, [Finding(rule=rule, message=message, file=file, line=line, suggestion=suggestion)]

    if data.startswith(_BOM):
        what = "the line" if line is not None and line > 1 else "the file"
        return wrong("byte-order-mark", f"{what} begins with a byte-order mark", "save it as UTF-8 without one")
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
        return wrong("too-deep", f"nested more than {MAX_DEPTH} deep", "a record needs five levels")
    except UnicodeEncodeError:
        return wrong("not-utf8", "a string holds half of a surrogate pair", "write the character itself, not \\ud8..")
    if _is_deeper(value, MAX_DEPTH):
        return wrong("too-deep", f"nested more than {MAX_DEPTH} deep", "a record needs five levels")
    return value, []


def _open(path: Path) -> BufferedReader:
    """Open a regular file for reading, without ever waiting for the other end of a pipe. Raises ``OSError``."""
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as error:  # a null character
        raise FileNotFoundError(errno.ENOENT, str(error)) from None
    mode = os.fstat(number).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(number, "rb")
    os.close(number)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    raise OSError(errno.EINVAL, "it is a pipe, a device or a socket")


def _unreadable(error: OSError, file: str) -> Finding:
    if isinstance(error, FileNotFoundError):
        message, mend = "there is no such file", "check the path"
    elif isinstance(error, IsADirectoryError):
        message, mend = "this is a folder, not a file", "name a file in it"
    elif error.errno == errno.EINVAL:
        message, mend = f"cannot be read: {error.strerror}", "name a regular file"
    else:
        message, mend = f"cannot be read: {error.strerror or type(error).__name__}", "check its permissions"
    return Finding(rule="missing-file", message=message, file=file, suggestion=mend)


def read_json(path: Path, file: str | None = None, limit: int = -1) -> tuple[Any, list[Finding]]:
    """Return the JSON value of a file, or None and what is wrong; ``file`` is how findings name it.

    A file of more than ``limit`` bytes is refused; a negative limit is none.
    """
    data, findings = read_bytes(path, file, limit)
    return (None, findings) if data is None else parse_json(data, file or str(path))


def read_bytes(path: Path, file: str | None = None, limit: int = -1) -> tuple[bytes | None, list[Finding]]:
    """Return the bytes of a file, or None and why it cannot be read.

    A file of more than ``limit`` bytes is refused; a negative limit is none.
    """
    name = file or str(path)
    try:
        with _open(path) as stream:
            data = stream.read(limit + 1 if limit >= 0 else -1)
    except OSError as error:
        return None, [_unreadable(error, name)]
    if 0 <= limit < len(data):
        message, mend = f"the file is longer than {limit:,} bytes", "leave out what does not belong into it"
        return None, [Finding(rule="too-large", message=message, file=name, suggestion=mend)]
    return data, []


def read_lines(path: Path, limit: int = -1) -> Iterator[tuple[int, bytes]]:
    """Yield number (from 1) and bytes of every line of a file that is not blank.

    Of a line longer than ``limit`` bytes, its end included, the first ``limit`` + 1 are yielded and the rest is passed
    over, so that no line fills the memory. A negative limit is none.
    """
    with path.open("rb") as stream:
        yield from _number_lines(stream.readline, limit)


def _number_lines(readline: Callable[[int], bytes], limit: int) -> Iterator[tuple[int, bytes]]:
    size = limit + 1 if limit >= 0 else -1
    number = 0
    while line := readline(size):
        number += 1
        is_cut = len(line) == size and not line.endswith(b"\n")
        if is_cut or line.strip():
            yield number, line
        while is_cut:
            line = readline(size)
            is_cut = len(line) == size and not line.endswith(b"\n")


class _SpentError(Exception):
    """More bytes came than there may be."""


class LineFile:
    """The lines of a file that somebody else wrote, plain or gzip, in bounded memory and time.

    Iterate once, as over ``read_lines``. Afterwards ``findings`` says what ended the reading early and ``sha256`` is
    the checksum of the file's bytes as they are on disk, None if they could not all be read. ``unpacked`` limits how
    many bytes a gzip file may unpack to, and how many it may have packed.
    """

    def __init__(self, path: Path, file: str, *, line: int, unpacked: int) -> None:
        self.path, self.file, self.line, self.unpacked = path, file, line, unpacked
        self.findings: list[Finding] = []
        self.sha256: str | None = None

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield number (from 1) and bytes of every line that is not blank; of one that is too long, its beginning."""
        try:
            with _open(self.path) as stream:
                before = os.fstat(stream.fileno())
                is_packed = self.path.suffix == ".gz" or stream.read(len(GZIP)) == GZIP
                stream.seek(0)
                try:
                    yield from self._unpack(stream, before.st_size) if is_packed else self._read(stream, before.st_size)
                except _SpentError:
                    pass
                else:
                    stream.seek(0)
                    self.sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
                after = os.fstat(stream.fileno())
                if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                    self._found(
                        "file-changed", "the file changed while it was read", "let it be finished, then try again"
                    )
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            what = "it ends too early" if isinstance(error, EOFError) else "what it holds is damaged, or no gzip at all"
            self._found("bad-gzip", f"the gzip file cannot be unpacked: {what}", "pack it again")
        except OSError as error:
            self.findings.append(_unreadable(error, self.file))
        if self.findings:
            self.sha256 = None

    def _found(self, rule: str, message: str, suggestion: str) -> None:
        self.findings.append(Finding(rule=rule, message=message, file=self.file, suggestion=suggestion))

    def _read(self, stream: BufferedReader, size: int) -> Iterator[tuple[int, bytes]]:
        """Read no further than to where the file ended at first: one that grows for ever is not read for ever."""
        return _number_lines(_limited(stream.readline, size), self.line)

    def _unpack(self, stream: BufferedReader, size: int) -> Iterator[tuple[int, bytes]]:
        mend = "write one article a line, each item once"
        if size > self.unpacked:
            self._found("too-large", f"the gzip file is longer than {self.unpacked:,} bytes", mend)
            raise _SpentError
        with gzip.GzipFile(fileobj=stream) as content:
            try:
                yield from _number_lines(_limited(content.readline, self.unpacked), self.line)
            except _SpentError:
                self._found("too-large", f"the gzip file unpacks to more than {self.unpacked:,} bytes", mend)
                raise


def _limited(readline: Callable[[int], bytes], left: int) -> Callable[[int], bytes]:
    """Return ``readline`` that raises ``_SpentError`` once it has read more than ``left`` bytes."""

    def limited(size: int) -> bytes:
        nonlocal left
        line = readline(size)
        left -= len(line)
        if left < 0:
            raise _SpentError
        return line

    return limited


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is whole or as it was: beside it first, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    beside.unlink(missing_ok=True)
    try:
        with beside.open("xb") as stream:  # never through a link that somebody laid there
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

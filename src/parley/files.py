"""Reading and writing files: strict reading, atomic writing. Input may be hostile: size and depth have limits."""

import errno
import gzip
import hashlib
import json
import math
import os
import re
import shutil
import stat
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import Any

import msgspec

from parley.findings import Finding, FindingsError, finding

MAX_DEPTH = 64  # of nested JSON; a record needs five levels

BOM = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"  # the first bytes of a gzip file


class _RejectError(ValueError):
    """A JSON value that the standard library would accept and we do not."""

    def __init__(self, rule: str, **values: object) -> None:
        super().__init__(rule)
        self.rule, self.values = rule, values


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        counted = Counter(key for key, _ in pairs)
        raise _RejectError("duplicate-key", key=next(key for key, number in counted.items() if number > 1))
    return record


def _no_constant(name: str) -> Any:
    raise _RejectError("not-a-number", value=name)


def _integer(digits: str) -> int:
    if len(digits) > 18:
        raise _RejectError("not-a-number/long", digits=len(digits))
    return int(digits)


def _decimal(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _RejectError("not-a-number/large", value=digits)
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
    """Return the JSON value in ``data``, or None and the findings.

    Stricter than the standard library: UTF-8 without byte-order mark, no duplicate keys, no NaN or Infinity,
    no integer of more than 18 digits, no lone surrogates, no nesting beyond ``MAX_DEPTH``.
    """

    def wrong(rule: str, **values: Any) -> tuple[None, list[Finding]]:
        return None, [finding(rule, file=file, line=line, **values)]

    if data.startswith(BOM):
        return wrong("byte-order-mark", what="the line" if line is not None and line > 1 else "the file")
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_decimal,
        )
        msgspec.json.encode(value)  # refuses lone surrogates
    except UnicodeDecodeError as error:
        return wrong("not-utf8", at=error.start)
    except UnicodeEncodeError:
        return wrong("not-utf8/surrogate")
    except _RejectError as error:
        return wrong(error.rule, **error.values)
    except json.JSONDecodeError as error:
        where = f"column {error.colno}" if line is not None else f"line {error.lineno}, column {error.colno}"
        return wrong("bad-json", where=where, why=error.msg)
    except RecursionError:
        return wrong("too-deep", limit=MAX_DEPTH)
    return wrong("too-deep", limit=MAX_DEPTH) if _is_deeper(value, MAX_DEPTH) else (value, [])


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
        return finding("missing-file", file=file)
    if isinstance(error, IsADirectoryError):
        return finding("missing-file/folder", file=file)
    rule = "missing-file/not-regular" if error.errno == errno.EINVAL else "missing-file/unreadable"
    return finding(rule, file=file, why=error.strerror or type(error).__name__)


def read_json(path: Path, file: str | None = None, limit: int = -1) -> tuple[Any, list[Finding]]:
    """Return the JSON value of a file, or None and the findings; ``file`` is the name in findings.

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
        return None, [finding("too-large/file", file=name, limit=limit)]
    return data, []


def read_lines(path: Path, limit: int = -1) -> Iterator[tuple[int, bytes]]:
    """Yield number (from 1) and bytes of every line of a file that is not blank.

    Of a line longer than ``limit`` bytes, its end included, the first ``limit`` + 1 are yielded and the rest is passed
    over, so that no line fills the memory. A negative limit is none.
    """
    with path.open("rb") as stream:
        yield from _bounded_lines(stream.readline, limit)


class _SpentError(Exception):
    """More bytes came than there may be."""


def _bounded_lines(readline: Callable[[int], bytes], limit: int, total: int = -1) -> Iterator[tuple[int, bytes]]:
    """Yield lines as ``read_lines`` does; raise ``_SpentError`` once more than ``total`` bytes came."""
    size = limit + 1 if limit >= 0 else -1
    number = spent = 0
    is_cut = False
    while data := readline(size):
        spent += len(data)
        if 0 <= total < spent:
            raise _SpentError
        goes_on, is_cut = is_cut, len(data) == size and not data.endswith(b"\n")
        if not goes_on:
            number += 1
            if is_cut or data.strip():
                yield number, data


class LineFile:
    """The lines of a file that somebody else wrote, plain or gzip, in bounded memory and time.

    Iterate once, as over ``read_lines``. Afterwards ``findings`` says what ended the reading early and ``sha256`` is
    the checksum of the file's bytes as they are on disk, None if they could not all be read. ``line`` limits the bytes
    of a line, ``unpacked`` how many bytes a gzip file may unpack to, and how many it may have packed.
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
                if is_packed:
                    yield from self._unpacked_lines(stream, before.st_size)
                else:  # no further than to where it ended at first: a file that grows for ever is not read for ever
                    with suppress(_SpentError):
                        yield from _bounded_lines(stream.readline, self.line, before.st_size)
                stream.seek(0)
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
                after = os.fstat(stream.fileno())
                if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                    self._add("file-changed")
                self.sha256 = None if self.findings else sha256
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            is_short = isinstance(error, EOFError)
            self._add(
                "bad-gzip", why="it ends too early" if is_short else "what it holds is damaged, or no gzip at all"
            )
        except OSError as error:
            self.findings.append(_unreadable(error, self.file))

    def _add(self, rule: str, **values: Any) -> None:
        self.findings.append(finding(rule, file=self.file, **values))

    def _unpacked_lines(self, stream: BufferedReader, size: int) -> Iterator[tuple[int, bytes]]:
        if size > self.unpacked:
            self._add("too-large", what="the gzip file", limit=self.unpacked)
            return
        with gzip.GzipFile(fileobj=stream) as content:
            try:
                yield from _bounded_lines(content.readline, self.line, self.unpacked)
            except _SpentError:
                self._add("too-large/unpacked", limit=self.unpacked)


@contextmanager
def scratch_folder(path: Path) -> Iterator[Path]:
    """Give an empty hidden folder beside ``path``, on the same disk; it is removed at the end if it is still there."""
    beside = _beside(path)
    beside.mkdir(parents=True)
    try:
        with _named(path):
            yield beside
    finally:
        remove(beside)


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside ``out`` to write into; it becomes ``out`` at the end, and is removed if anything fails.

    Raises ``FindingsError`` if ``out`` exists and is not an empty folder.
    """
    _refuse_if_there(out)
    with scratch_folder(out) as beside:
        yield beside
        _refuse_if_there(out)
        beside.replace(out)


def _refuse_if_there(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir()))):
        raise FindingsError([finding("already-there", file=str(out))])


def _beside(path: Path) -> Path:
    """Return where the contents of ``path`` are written before they are renamed.

    What commands that were killed have left there is removed: names hold the process, and theirs no longer runs.
    """
    path = path.absolute()
    name = re.compile(rf"\.{re.escape(path.name)}\.(\d+)\.tmp")
    for left in path.parent.iterdir() if path.parent.is_dir() else ():
        if (found := name.fullmatch(left.name)) and (int(found[1]) == os.getpid() or not _runs(int(found[1]))):
            remove(left)
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Let an error of the system that names no file, as that of a full disk, name this one."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def _runs(process: int) -> bool:
    if os.name == "nt":  # where a signal of 0 would end it
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with all that is in it, unless another command has done so."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is whole or as it was: beside it first, then renamed.

    Raises ``IsADirectoryError`` that names ``path`` if it is a folder.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "this is a folder; name a file", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _beside(path)
    try:
        with _named(path), beside.open("xb") as stream:  # never through a link that somebody laid there
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

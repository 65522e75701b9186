"""A folder and an archive that appear whole or not at all, and are the same to the byte for the same files."""

import gzip
import io
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from parley.files import write_whole
from parley.findings import Finding, FindingsError
from parley.release.standoff import digest

SUMS = "SHA256SUMS"


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside ``out`` to write into; it becomes ``out`` at the end, and goes away if anything fails.

    Raises ``FindingsError`` if ``out`` is there and not an empty folder.
    """
    _refuse_if_there(out)
    beside = out.absolute().with_name(f".{out.absolute().name}.{os.getpid()}.tmp")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield beside
        _refuse_if_there(out)
        beside.replace(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _refuse_if_there(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir()))):
        message = "it is there already, and nothing is overwritten"
        raise FindingsError([Finding(rule="already-there", message=message, file=str(out), suggestion="name a new folder")])  # fmt: skip


def checksums(files: Mapping[str, bytes]) -> str:
    """Return a line for each file as ``sha256sum`` writes and checks them, sorted by path."""
    return "".join(f"{digest(data)}  {path}\n" for path, data in sorted(files.items()))


def to_archive(files: Mapping[str, bytes], name: str) -> bytes:
    """Return the bytes of a ``.tar.gz`` with ``files`` in the folder ``name``: sorted, without times and owners."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        folders = {parent.as_posix() for path in files for parent in Path(name, path).parents} - {"."}
        members: list[tuple[str, bytes | None]] = [(folder, None) for folder in folders]
        members += [(f"{name}/{path}", data) for path, data in files.items()]
        for path, data in sorted(members, key=lambda member: member[0]):
            entry = tarfile.TarInfo(path)
            entry.mode, entry.mtime = (0o755, 0) if data is None else (0o644, 0)
            entry.type = tarfile.DIRTYPE if data is None else tarfile.REGTYPE
            entry.size = len(data or b"")
            archive.addfile(entry, io.BytesIO(data or b""))
    return packed.getvalue()


def _tree(place: Path) -> dict[str, bytes] | None:
    """Return what is at a place, path -> bytes (a file's path is empty); None if nothing is there."""
    if place.is_dir():
        return {p.relative_to(place).as_posix(): p.read_bytes() for p in place.rglob("*") if p.is_file()}
    return {"": place.read_bytes()} if place.exists() else None


def _differing(name: str, there: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> list[str]:
    paths = sorted(path for path in {*there, *wanted} if there.get(path) != wanted.get(path))
    return [f"{name}/{path}" if path else name for path in paths]


def publish(files: Mapping[str, bytes], archive: bytes, out: Path, name: str) -> list[str]:
    """Write the release ``name`` into ``out``: its folder, archive and the archive's checksum; return what is new.

    ``archive`` is ``to_archive(files, name)``.

    What is there already with the same content stays. Each of the three is written beside its place first and appears
    whole. Raises ``FindingsError``, having written nothing, if one of them is there with other content.
    """
    pack = f"{name}.tar.gz"
    wanted: dict[str, Mapping[str, bytes]] = {
        pack: {"": archive},
        f"{pack}.sha256": {"": f"{digest(archive)}  {pack}\n".encode()},
        name: files,
    }
    there = {target: _tree(out / target) for target in wanted}
    if other := [path for target, content in wanted.items() if (own := there[target]) is not None for path in _differing(target, own, content)]:  # fmt: skip
        message = f"another release of this version is there, and {len(other)} of its files differ, this one first"
        mend = "raise the version in dataset.json, or remove the old release if nobody has it"
        raise FindingsError([Finding(rule="already-there", message=message, file=str(out / other[0]), suggestion=mend)])
    missing = [target for target, own in there.items() if own is None]
    for target in missing:
        if target == name:
            with new_folder(out / name) as folder:
                for path, data in files.items():
                    write_whole(folder / path, data)
        else:
            write_whole(out / target, wanted[target][""])
    return missing

"""Writing the files of a pass: never over one without keeping what it was, and not at all where nothing changed."""

from pathlib import Path

from parley.files import write_whole

ORIGINAL, FAULTY, PREVIOUS = "labelstudio", "faulty", "previous"  # folders beside the records of a pass
UNKNOWN = "not stated yet"  # of a pass, in passes.json


def _number(kept: Path, path: Path) -> str:
    """Return the number of a kept version of ``path``; no digits if it is one of another file."""
    return kept.name.removeprefix(f"{path.stem}.").removesuffix(path.suffix)


def previous(path: Path) -> dict[int, Path]:
    """Return the earlier versions of a file that were kept, by number, the oldest first."""
    found = [kept for kept in (path.parent / PREVIOUS).glob(f"{path.stem}.*{path.suffix}") if _number(kept, path).isdigit()]  # fmt: skip
    return dict(sorted((int(_number(kept, path)), kept) for kept in found))


def keep_and_write(path: Path, content: bytes) -> bool:
    """Write a file unless it is so already; what stood there goes to ``previous/<name>.<n>.<suffix>`` first.

    Return whether it was written. Whatever interrupts this, the file is whole, as it was or as it is to be; done again it
    keeps no version twice.
    """
    before = path.read_bytes() if path.is_file() else None
    if before == content:
        return False
    if before is not None:
        kept = previous(path)
        last = max(kept, default=0)
        if not kept or kept[last].read_bytes() != before:
            number = last + 1
            write_whole(path.parent / PREVIOUS / f"{path.stem}.{number}{path.suffix}", before)
    write_whole(path, content)
    return True

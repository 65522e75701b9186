"""Names: of rows, by which the parts of the dataset refer to each other, and of files."""

import re

# Names that Windows keeps for devices, with any extension.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def is_file_name(name: str) -> bool:
    """Whether a name can be that of a file or folder on any machine: no device, no '.' or blank at its end."""
    return not (_DEVICE.fullmatch(name) or name.endswith((".", " ")))


def pair_id(article: str, holder: str, target: str) -> str:
    """Return the id of a row of the stance config: article, holder and target."""
    return f"{article}:{holder}:{target}"


def sentence_id(article: str, number: int) -> str:
    """Return the id of a row of the entities config: article and sentence number, from 1."""
    return f"{article}:{number:03d}"


def event_id(article: str, event: str) -> str:
    """Return the id of a row of the events config: article and event."""
    return f"{article}:{event}"

"""Names: of rows, by which the parts of the dataset refer to each other, and of files."""

import re
import unicodedata

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


def slug(name: str) -> str:
    """Return a name as a key: ASCII letters and digits in lower case, joined by hyphens; ``x`` if none is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)) or "x"

"""Names of rows: how the parts of the dataset refer to each other."""


def pair_id(article: str, holder: str, target: str) -> str:
    """Return the id of a row of the stance config: article, holder and target."""
    return f"{article}:{holder}:{target}"


def sentence_id(article: str, number: int) -> str:
    """Return the id of a row of the entities config: article and sentence number, from 1."""
    return f"{article}:{number:03d}"


def event_id(article: str, event: str) -> str:
    """Return the id of a row of the events config: article and event."""
    return f"{article}:{event}"

"""Where the package's data are: in the wheel beside the code, in a checkout at the top."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _bundled(name: str) -> Path:
    """Return the folder ``name``: inside the installed package, else at the top of the checkout."""
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent.parent / name


DATA = _bundled("data")  # the dataset: a Hub dataset repository by itself
SCHEMA = _bundled("schema")  # the published contract: ontology and JSON Schemas
ANNOTATION = _bundled("annotation")  # in the wheel only the worked examples, which prompts show

"""What pages that hold everything in themselves share: their style sheet and script, and a policy that allows no other."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

TEMPLATES = "templates"


@cache
def static(name: str, package: str = "parley.show") -> str:
    """Return a file of a package's templates folder."""
    return (files(package) / TEMPLATES / name).read_text(encoding="utf-8")


def page_environment(package: str = "parley.show") -> Environment:
    """Return the templates of the pages: every value is escaped, an unknown name is an error, ``exact`` is a filter."""
    environment = Environment(
        loader=PackageLoader(package, TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["exact"] = exact
    return environment


def _digest(content: str) -> str:
    """Return the source expression by which a Content-Security-Policy allows exactly this inline content."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii") + "'"


def policy(styles: str, script: str) -> str:
    """Return the Content-Security-Policy of a page with this one style sheet and this one script, and nothing else."""
    return (
        f"default-src 'none'; style-src {_digest(styles)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def exact(text: str) -> Markup:
    """Return text escaped so that a browser gives it back to the character.

    HTML reads a bare CR as LF, so it is written as a reference; NUL does not exist in HTML and becomes U+FFFD.
    """
    return Markup(str(escape(text)).replace("\r", "&#13;").replace("\0", "\N{REPLACEMENT CHARACTER}"))

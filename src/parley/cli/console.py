"""What the commands share: consoles, printing of findings, exits."""

import difflib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.segment import Segment

from parley.findings import Finding, FindingsError
from parley.paths import DATA
from parley.words import count as count
from parley.words import printable


class SafeConsole(Console):
    """A console on which nothing that is printed can steer the terminal: whatever a table or a line was made of."""

    def _render_buffer(self, buffer: Iterable[Segment]) -> str:
        return super()._render_buffer(
            segment if segment.control else Segment("\n".join(map(printable, segment.text.split("\n"))), segment.style)
            for segment in buffer
        )


out = SafeConsole(highlight=False, soft_wrap=True, emoji=False)  # data
err = SafeConsole(stderr=True, highlight=False, soft_wrap=True, emoji=False)  # messages

FINE, FINDINGS, USAGE = 0, 1, 2  # exit codes
MAX_LISTED = {"error": 20, "warning": 5}  # of one rule that are printed
MAX_NAMES = 12  # that a message lists

DataFolder = Annotated[
    Path, typer.Option("--data", help="Dataset folder (default: the one that came with parley).", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
DEFAULT_DATA = DATA


def plain(message: str) -> str:
    """Return a message with markup and control characters escaped; line breaks stay."""
    return escape("\n".join(map(printable, message.split("\n"))))


def say(message: str) -> None:
    """Print a message for people on standard error; markup in it is escaped."""
    err.print(plain(message))


def print_json(value: object) -> None:
    """Print a value as indented JSON on standard output."""
    print_written(msgspec.json.format(msgspec.json.encode(value), indent=2).decode("utf-8") + "\n")


def print_written(json: str) -> None:
    """Print JSON on standard output; control characters are written as JSON escapes, so the value is unchanged."""

    def escaped(character: str) -> str:
        units = character.encode("utf-16-be").hex()
        return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))

    if not json.replace("\n", "").isprintable():
        json = "".join(c if c == "\n" or c.isprintable() else escaped(c) for c in json)
    sys.stdout.write(json)


def print_findings(findings: Sequence[Finding], *, as_json: bool, console: Console = out) -> None:
    """Print findings, a line each: errors, then warnings, of each rule the first few. As JSON, a list of all objects."""
    if as_json:
        print_json(findings)
        return
    number = Counter[tuple[str, str]]()
    for finding in sorted(findings, key=lambda finding: not finding.is_error):
        number[finding.severity, finding.rule] += 1
        if number[finding.severity, finding.rule] > MAX_LISTED[finding.severity]:
            continue
        color = "red" if finding.is_error else "yellow"
        place = finding.file if finding.line is None else f"{finding.file}:{finding.line}"
        where = " ".join(part for part in (place, finding.path) if part)
        label = finding.rule if finding.is_error else f"{finding.rule} (warning)"
        fix = f"; {finding.suggestion}" if finding.suggestion else ""
        console.print(f"{plain(where)}  [{color}]{plain(label)}[/]  {plain(finding.message + fix)}")
    for (severity, rule), total in number.items():
        if (more := total - MAX_LISTED[severity]) > 0:
            console.print(f"… and {plain(count(more, f'more {severity}'))} {plain(rule)}")


def summary(findings: Sequence[Finding]) -> str:
    """Return how many errors and warnings there are, in words; "more than" where not all are listed."""
    unlisted = [finding for finding in findings if finding.rule == "too-many-findings"]

    def counted(is_error: bool, noun: str) -> str:
        number = sum(finding.is_error == is_error and finding not in unlisted for finding in findings)
        if any(f"more {noun}s" in finding.message for finding in unlisted):
            return f"more than {count(number, noun)} (the first {number} are listed)"
        return count(number, noun)

    return f"{counted(True, 'error')}, {counted(False, 'warning')}"


def or_close(name: str, known: Sequence[str]) -> str:
    """Return what to write instead of a name that is unknown: the closest, or all that there are, if they are few."""
    close = difflib.get_close_matches(name, known, 3, cutoff=0.8)
    if close:
        return f"did you mean {' or '.join(repr(one) for one in close)}?"
    more = f" and {len(known) - MAX_NAMES} more" if len(known) > MAX_NAMES else ""
    return f"there are: {', '.join(known[:MAX_NAMES]) or 'none'}{more}"


def stop(message: str, code: int = USAGE) -> NoReturn:
    """Print a message and exit."""
    err.print(f"[red]parley:[/] {plain(message)}")
    raise typer.Exit(code)


@contextmanager
def findings_end_it() -> Iterator[None]:
    """Print the findings of a ``FindingsError`` and exit with 1: input that cannot be used ends a command."""
    try:
        yield
    except FindingsError as error:
        print_findings(error.findings, as_json=False, console=err)
        say(summary(error.findings))
        raise typer.Exit(FINDINGS) from None

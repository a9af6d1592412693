"""What a person sees in the terminal: Rich on a screen, plain text in a pipe, JSON for programs."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from io import TextIOWrapper
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bot import contract
from bot.types import Delta, Event, Searching, Writing
from retrieval.types import Found, Source

if TYPE_CHECKING:
    from bot.doctor import Finding
    from bot.evaluate import Grade
    from bot.models.failover import VendorState

__all__ = ["contract"]

# What a terminal would obey, and a name or a title could bring: controls, line ends, changes of direction.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Text from a document or a file name with its control characters written out, for one line."""
    return _OBEYED.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def place(uri: str) -> str:
    """Where a document lies, as a person would type it: below the working directory the path from there."""
    path = PurePath(uri.removeprefix("file://"))
    try:
        here = Path.cwd()
    except OSError:  # it was deleted under us
        return uri
    return str(path.relative_to(here)) if uri.startswith("file://") and path.is_relative_to(here) else uri


def console(stderr: bool = False) -> Console:
    """A screen to print on; a pipe gets neither colour nor breaks."""
    # Width: a pipe gets long lines rather than lines broken at 80 columns.
    plain = not (sys.stderr if stderr else sys.stdout).isatty()
    return Console(
        stderr=stderr, width=10_000 if plain else None, highlight=False, markup=False, soft_wrap=plain
    )


def say(text: str) -> None:
    """One line for a person."""
    console().print(visible(text))


def complain(text: str) -> None:
    """One line about what went wrong, on standard error."""
    console(stderr=True).print(visible(text), style="yellow")


def plainly() -> None:
    """Let no letter stop us that the terminal's encoding lacks: it becomes a question mark.

    Who has closed one of the two streams (>&-, a service without a terminal) wants nothing from it.
    """
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def as_json(value: object, indent: int | None = 2) -> None:
    """One JSON object on standard output, in UTF-8 wherever it goes (RFC 8259)."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    print(json.dumps(value, ensure_ascii=False, indent=indent), flush=True)


def as_json_line(value: object) -> None:
    """One JSON object on a line of its own."""
    as_json(value, indent=None)


def prompt(label: str) -> str:
    """A line from the person; nothing at the end of input."""
    try:
        return input(f"{label}: " if sys.stdin.isatty() else "").strip()
    except (EOFError, KeyboardInterrupt):
        return ""


@contextmanager
def busy(label: str) -> Iterator[None]:
    """A spinner on a screen; the label alone in a pipe, so that nobody waits without a word."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        screen.print(label)
    with screen.status(label):
        yield


@contextmanager
def drafting() -> Iterator[Callable[[Event], None]]:
    """Shows on a screen what is searched, who writes, and the draft as it grows; it goes when it is done.

    A pipe gets the answer only: what was not checked yet has no place in it.
    """
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield lambda _: None
        return
    draft = Draft()
    with Live(console=screen, transient=True, refresh_per_second=8) as live:

        def listen(event: Event) -> None:
            draft.hear(event)
            live.update(Text(visible_lines(draft.text), style="dim"))

        yield listen


class Draft:
    """What a reader sees before the answer is checked. A new writer begins with an empty page."""

    def __init__(self) -> None:
        self.text = ""

    def hear(self, event: Event) -> None:
        """Take in what happened."""
        match event:
            case Searching(searches):
                self.text = f"Searching: {'; '.join(searches)}"
            case Writing(backend, reason):
                self.text = f"{backend} writes" + (f" ({reason})" if reason else "") + "\n"
            case Delta(text):
                self.text += text


def visible_lines(text: str) -> str:
    """Text of several lines with its other control characters written out."""
    return "\n".join(visible(line) for line in text.split("\n"))


def show_hits(found: Found) -> None:
    """Passages with their scores, and whether they look like an answer."""
    screen = console()
    for number, hit in enumerate(found.hits, 1):
        place = visible(f"{hit.source.title}, {hit.passage.locator}")
        screen.print(f"{number:2}. {hit.score:.3f}  {place}", style="bold")
        screen.print(visible(f"    {' '.join(hit.passage.text.split())}"))
    screen.print(f"answerable: {'yes' if found.answerable else 'no'} ({found.confidence:.2f})", style="dim")


def show_sources(listed: Sequence[Source]) -> None:
    """One row for each document."""
    table = Table("title", "published", "lang", "visible to", "confidentiality", "passages", "uri", box=None)
    for each in listed:
        state = "" if each.state == "active" else " (gone)"
        published = each.published.isoformat() if isinstance(each.published, date) else "-"
        labels = (each.language, each.visibility, each.confidentiality, str(each.passages))
        table.add_row(Text(visible(each.title + state)), published, *labels, Text(visible(place(each.uri))))
    console().print(table)
    say(f"{len(listed)} documents")


def show_grades(grades: Sequence["Grade"], summary: dict[str, Any]) -> None:
    """One row for each question that was not right, then the table of figures."""
    screen = console()
    for each in grades:
        if not each.right:
            screen.print(f"- {visible(each.question)}\n    {visible(each.explanation)}")
    table = Table("figure", "value", box=None)
    for key, value in summary.items():
        table.add_row(key, f"{value:.3f}" if isinstance(value, float) else str(value))
    screen.print(table)


def show_findings(findings: Sequence["Finding"]) -> None:
    """One line for each thing examined, with the next step where it is needed."""
    screen = console()
    for each in findings:
        screen.print(f"{'ok  ' if each.good else 'todo'} {each.subject}: {each.state}")
        if each.step:
            screen.print(f"     -> {each.step}", style="yellow")


def show_vendors(states: Sequence["VendorState"]) -> None:
    """One row for each model that may write, in the order in which they are asked, and who is always last."""
    table = Table(
        *("vendor", "via", "model", "owner", "hears up to", "regions", "price in/out", "state"), box=None
    )
    for each in states:
        price = f"${each.price.input:f}/{each.price.output:f}" if each.price else "unknown"
        labels = (each.via, visible(each.model), each.owner, each.may_hear, ", ".join(each.regions), price)
        table.add_row(each.name, *map(Text, labels), Text(visible(_standing(each))))
    table.add_row(
        "extractive", *("-", "quotes the sources", "-", "secret", "local", "$0/0", "ready, always last")
    )
    console().print(table)


def _standing(state: "VendorState") -> str:
    seconds = f", {state.seconds:.0f} s more" if state.state == "resting" else ""
    return f"{state.state}{seconds}" + (f" ({state.last})" if state.last else "")

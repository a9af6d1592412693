"""What to search for: one to four searches that a model makes of a question and its conversation.

A plain question is searched as it stands. A plan is a help, never a condition: one that is late, broken or
that nobody may write is dropped, and the question itself is searched.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from bot.errors import Cancelled, StrategistError
from bot.followup import leans
from bot.models import Prompt
from bot.models.policy import Need
from bot.models.vendor import Vendor
from bot.outline import spoken
from bot.prompts import Template
from bot.sheet import Sheet, earlier, escape
from bot.types import Attempt, Brief, Event
from retrieval.language import words
from retrieval.vocabulary import Named

if TYPE_CHECKING:
    from bot.models.failover import Written

MOST_SEARCHES = 4
_MOST_TOKENS = 400
_LONGEST = 4_000  # characters of a plan
_LONGEST_SEARCH = 300
_SHORT = 14  # words of a plain question
_TICK = 0.05  # seconds between two looks at the clock and at the reader's stop
_LINGER = 0.25  # seconds in which a plan that was told to stop says what it has cost
_SEVERAL = re.compile(
    r"[,;:–—]|\?\s*\S|\b(?:and|or|versus|vs|compare|difference|than|since|between|und|oder|als|sowie|"
    r"vergleich\w*|unterschied\w*|seit|zwischen|gegenüber)\b",
    re.IGNORECASE | re.DOTALL,
)
_FENCE = re.compile(r"\s*```(?:json)?\s*\n(.*)\n\s*```\s*", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Search:
    """One search: its words, and which documents are preferred: since a day, of these vendors (keys)."""

    text: str
    since: date | None = None
    vendors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The searches, none if there is no plan, and what the plan cost."""

    searches: tuple[Search, ...] = ()
    attempts: tuple[Attempt, ...] = ()


class Writer(Protocol):
    """What is needed of bot.models.failover.Gateway."""

    def write(
        self,
        prompt: Callable[[Vendor], Prompt],
        need: Need,
        listen: Callable[[Event], None],
        stop: threading.Event | None = None,
    ) -> "Written":
        """A whole text of the first vendor that brings one; Cancelled when `stop` is set."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Has plans made. One that takes longer than `seconds` is dropped."""

    writer: Writer
    template: Template
    seconds: float = 4.0

    def plan(
        self, brief: Brief, need: Need, vendors: Collection[Named], stop: threading.Event | None = None
    ) -> Plan:
        """The plan for a question; an empty one when it needs none or gets none."""
        if plain(brief.question, brief.thread):
            return Plan()
        prompt = self._prompt(brief, vendors)
        text, attempts = _within(
            self.seconds, stop, lambda own: self.writer.write(prompt, need, _ignore, own)
        )
        return Plan(read(text, brief.as_of, vendors), attempts)

    def _prompt(self, brief: Brief, vendors: Collection[Named]) -> Callable[[Vendor], Prompt]:
        mark = Sheet.of(brief).mark
        values = {
            "vendors": ", ".join(each.key for each in vendors) or "none",
            "mark": mark,
            "today": brief.as_of.isoformat(),
            "thread": earlier(brief.thread, mark),
            "question": escape(brief.question),
        }
        prompt = self.template.prompt(_MOST_TOKENS, **values)
        return lambda _: prompt


def _ignore(_: Event) -> None:
    """A reader need not see a plan being written."""


def plain(question: str, thread: Sequence[str]) -> bool:
    """Whether a question can be searched as it stands: short, in one piece, and not leaning on another."""
    several = _SEVERAL.search(question.rstrip(" ?!."))
    return not several and len(words(question)) <= _SHORT and not (thread and leans(question))


def _within(
    seconds: float, stop: threading.Event | None, work: Callable[[threading.Event], "Written"]
) -> tuple[str, tuple[Attempt, ...]]:
    """The text of some work, if it is there in time, else none and the work is told to stop; and its cost."""
    own = threading.Event()
    results: list[tuple[str, tuple[Attempt, ...]]] = []

    def run() -> None:
        try:
            written = work(own)
            results.append((written.text, written.attempts))
        except Cancelled as stopped:
            results.append(("", stopped.attempts))
        except StrategistError:
            own.set()  # there is no plan, for whatever reason; the question is searched as it stands

    thread = threading.Thread(target=run, name="plan", daemon=True)
    thread.start()
    end = time.monotonic() + seconds
    while thread.is_alive() and time.monotonic() < end and not (stop and stop.is_set()):
        thread.join(_TICK)
    late = thread.is_alive()
    own.set()
    thread.join(_LINGER)
    text, attempts = results[0] if results else ("", ())
    return "" if late else text, attempts


def read(text: str, today: date, vendors: Collection[Named]) -> tuple[Search, ...]:
    """The searches of a model's plan. Strict: one that is not in the form asked for is no plan."""
    said = spoken(text)[:_LONGEST]
    fenced = _FENCE.fullmatch(said)
    try:
        plan = json.loads(fenced[1] if fenced else said)
        rows = plan["searches"]
        if plan.keys() != {"searches"} or not 1 <= len(rows) <= MOST_SEARCHES:
            return ()
        return tuple(dict.fromkeys(_search(row, today, vendors) for row in rows))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ()


def _search(row: dict[str, Any], today: date, vendors: Collection[Named]) -> Search:
    if not row.keys() <= {"text", "since", "vendors"}:
        raise ValueError("a search has other keys")
    text, since, named = row["text"], row.get("since"), row.get("vendors") or []
    if not isinstance(text, str) or not words(text) or not isinstance(named, list):
        raise ValueError("a search has no text, or no list of vendors")
    known = {each.key for each in vendors}
    asked = tuple(each for each in named if isinstance(each, str) and each in known)
    return Search(" ".join(text.split())[:_LONGEST_SEARCH], _since(since, today), asked)


def _since(value: object, today: date) -> date | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError("a day is no text")
    day = date.fromisoformat(value)
    return day if day <= today else None

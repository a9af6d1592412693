"""The values that travel from a question to an answer. Frozen; dicts begin at the JSON edge."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from retrieval.types import Hit, Language

Status = Literal["answered", "unknown"]
Verdict = Literal["supported", "unsupported"]


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a backend gets: the question, its language, the evidence, and today's date."""

    question: str
    language: Language
    hits: tuple[Hit, ...]
    as_of: date


@dataclass(frozen=True, slots=True)
class Citation:
    """One literal quote and where it stands. `age_days` counts from publication to `as_of`."""

    n: int
    uri: str
    title: str
    publisher: str
    published: date | None
    age_days: int | None
    locator: str
    language: Language
    quote: str
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing the answer says, whether its citations bear it out, and which they are."""

    text: str
    verdict: Verdict
    citations: tuple[int, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A backend that was not used for this answer, and why."""

    backend: str
    reason: str


@dataclass(frozen=True, slots=True)
class Nearest:
    """A source that is near the question without answering it."""

    title: str
    uri: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, on what grounds, by whom, and how old the grounds are."""

    status: Status
    language: Language
    as_of: date
    headline: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    backend: str = ""
    skipped: tuple[Skipped, ...] = ()
    seconds: float = 0.0
    cautions: tuple[str, ...] = ()  # stale sources, sample data: sentences in the answer's language
    nearest: tuple[Nearest, ...] = ()

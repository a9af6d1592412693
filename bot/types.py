"""The values that travel from a question to an answer. Frozen; dicts begin at the JSON edge."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from retrieval.types import Hit, Language

Status = Literal["answered", "unknown"]
Verdict = Literal["supported", "unsupported"]
Kind = Literal["fact", "inference", "assumption"]


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a backend gets: the question, its language, the evidence, and today's date.

    `thread` holds the questions asked before in the same conversation, oldest first.
    """

    question: str
    language: Language
    hits: tuple[Hit, ...]
    as_of: date
    thread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """One literal quote and where it stands. `age_days` counts from publication to `as_of`.

    `link` is the one address a reader may be sent to, http or https; empty when the source has none.
    """

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
    link: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing the answer says, whether its citations bear it out, and which they are."""

    text: str
    verdict: Verdict
    citations: tuple[int, ...]
    problems: tuple[str, ...] = ()
    kind: Kind = "fact"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A backend that was not used for this answer, and why."""

    backend: str
    reason: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of a vendor's model: how it ended ("complete" or a fault), how long, how much.

    Tokens and dollars are None where nobody knows: never 0 for unknown.
    """

    vendor: str
    model: str
    outcome: str
    seconds: float
    tokens_in: int | None = None
    tokens_out: int | None = None
    usd: Decimal | None = None
    detail: str = ""


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
    missing: tuple[str, ...] = ()  # what the writer says the sources do not tell
    model: str = ""  # the id of the model that wrote it; empty for the extractive backend
    owner: str = ""  # whose model it is: a key of vendors.yaml
    attempts: tuple[Attempt, ...] = ()
    id: str = ""  # under which it is kept; empty when it is not

    @property
    def usd(self) -> Decimal | None:
        """What all attempts cost together; None when one of them has no known price."""
        costs = [each.usd for each in self.attempts]
        return None if None in costs else sum((each for each in costs if each is not None), Decimal(0))

    @property
    def tokens(self) -> int | None:
        """Tokens in and out of all attempts; None when one of them did not say."""
        counts = [(each.tokens_in, each.tokens_out) for each in self.attempts]
        if any(None in each for each in counts):
            return None
        return sum((before or 0) + (after or 0) for before, after in counts)


@dataclass(frozen=True, slots=True)
class Searching:
    """The library is being searched for these."""

    searches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Writing:
    """A backend begins to write. What was shown of an earlier one is void, for this `reason`."""

    backend: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delta:
    """More text of a draft, not checked yet: to be shown as provisional, and replaced by the answer."""

    text: str


Event = Searching | Writing | Delta

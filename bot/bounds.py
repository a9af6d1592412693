"""Whether a figure is the most, the least, or just that: "up to 50" is not 50, nor 50 "more than 50". Pure.

Only a bound right before the digits is held against a text; any word of the kind near by excuses one.
"""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["", "over", "least", "under", "most"]

_WORDS: tuple[tuple[Kind, str], ...] = (
    ("most", r"no more than|not more than|nicht mehr als|up to|at most|bis zu|höchstens|maximal"),
    ("least", r"no less than|no fewer than|nicht weniger als|at least|mindestens"),
    ("over", r"more than|over|in excess of|mehr als|über"),
    ("under", r"less than|fewer than|under|weniger als|unter"),
)
_BEFORE = re.compile(
    r"\b(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _WORDS)
    + r")(?: the| a| der| die| den)?[\s\u00a0]*(?:US-?\$|\$|€|£|USD|EUR)?[\s\u00a0]*$",
    re.IGNORECASE,
)
_NEAR = re.compile(
    r"\b(?:above|exceed\w*|upwards?|more|minimum|mindest\w*|mehr|not less|fewer|surpass\w*|"
    r"topp?(?:ed|s|ing)?|übersteig\w*|überschreit\w*|über\w*|ab|maxim\w*|höchst\w*|cap|caps|"
    r"capped|limit\w*|within|below|younger|older|unterhalb|oberhalb|until|less|weniger|bis|"
    r"to|through|obergrenze|untergrenze|begrenz\w*|over|under|unter|plus|nearly|almost|"
    r"knapp|fast|gut|around|about|rund|etwa|circa|ca|approximately|roughly|some|least|"
    r"most|between|zwischen|nahezu|beinahe|close|ungefähr|annähernd|deckel\w*|ceiling|floor|"
    r"few|many|allenfalls|age|alter|alt|alten|threshold|schwelle|innerhalb|binnen|further|"
    r"as (?:high|many|much|long|far|low|few))\b|"
    r"[+~≈<>≤≥]|\d ?[–-] ?\d?",
    re.IGNORECASE,
)
_PHRASAL = re.compile(  # losses add up to, takes over
    r"\b(?:add|sum|lead|led|liv|build|built|com|came|mak|made|run|ran|tak|took|hand|step|set|keep|going|goes|went)\w*\s$",
    re.IGNORECASE,
)
_AMBIGUOUS = frozenset("over under über unter".split())  # a survey unter 1,000 people, über Kanal 7
_TIMES = frozenset("hour day week month year minute second".split())  # over a year: during it


@dataclass(frozen=True, slots=True)
class Limits:
    """A bound right before a figure, as written, and whether any word of the kind stands near it."""

    kind: Kind = ""
    word: str = ""
    near: bool = False


NONE = Limits()


def read(text: str, start: int, end: int, unit: str, bare: bool) -> Limits:
    """The bound of the figure at a place."""
    near = bool(_NEAR.search(text[max(0, start - 30) : start]) or _NEAR.search(text[end : end + 15]))
    match = _BEFORE.search(text, max(0, start - 30), start)
    if match is None or not match.lastgroup:
        return Limits(near=near)
    word = match[match.lastgroup]
    loose = word.lower() in _AMBIGUOUS and (bare or unit in _TIMES)
    if loose or phrasal(text, match.start()):
        return Limits(near=near)
    kind = next(kind for kind, _ in _WORDS if match[kind])
    return Limits(kind, word, near)


def phrasal(text: str, start: int) -> bool:
    """Whether the words at a place belong to a verb before them, and bound nothing."""
    return _PHRASAL.search(text, max(0, start - 12), start) is not None


def fits(claimed: Limits, value: float, source: Limits, amount: float) -> bool:
    """Whether a source's amount allows the statement to put its value so."""
    if not claimed.kind:
        return claimed.near or source.kind not in ("most", "under")
    if source.near or source.kind:
        return True  # which of two bounds holds is asked elsewhere
    return {
        "over": amount > value,
        "least": amount >= value,
        "under": amount < value,
        "most": amount < value,
    }[claimed.kind]

"""By what time something is counted: per month, a year, täglich, pro Quartal. Pure."""

import re
from collections.abc import Iterator

_PER: dict[str, tuple[str, str]] = {  # period: as a noun, as one word
    "hour": ("hour|Stunde", r"hourly|stündlich\w*"),
    "day": ("day|Tag", r"daily|täglich\w*"),
    "week": ("week|Woche", r"weekly|wöchentlich\w*"),
    "month": ("month|Monat", r"monthly|monatlich\w*|Monats\w+"),
    "quarter": ("quarter|Quartal|Vierteljahr", r"quarterly|vierteljährlich\w*|quartalsweise|Quartals\w+"),
    "year": ("year|annum|Jahr", r"annual|annually|annualised|annualized|yearly|jährlich\w*|Jahres\w+|p\.a\."),
}
_BY = r"\b(?:per|an?|each|every|pro|je|jede[nrs]?|im|am|in der)[\s-]"
_RATE = re.compile(
    "|".join(
        rf"(?P<{period}>(?:{_BY}|/)(?:{noun})\b|\b(?:{word})(?!\w))" for period, (noun, word) in _PER.items()
    ),
    re.IGNORECASE,
)


def find(text: str) -> Iterator[tuple[str, str]]:
    """The periods of a text, each with its words."""
    for match in _RATE.finditer(text):
        yield str(match.lastgroup), match.group()


def exchanged(claim: str, sentence: str, everything: str) -> Iterator[str]:
    """What counts by a time that stands nowhere, where the sentence it rests on counts by another."""
    there = {period for period, _ in find(sentence)}
    known = {period for period, _ in find(everything)}
    mine = list(find(claim))
    left_out = there - {period for period, _ in mine}
    if left_out:
        yield from (words for period, words in mine if period not in known)

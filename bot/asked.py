"""What kind of thing a question asks for, and whether a text holds one: a person, a date, money. Pure.

Question typing as in question answering since TREC-8 (Voorhees 1999): "who" wants a person, "wann" a date.
A question may ask for two things at once; one that asks for none is open ("what's our risk if ...").
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from bot import dates, figures
from retrieval.types import Language

Kind = Literal["person", "date", "money", "number", "length"]

_ASKS: dict[Kind, re.Pattern[str]] = {
    "person": re.compile(
        r"\b(?:who|whom|whose|wer|wem|wen|wessen)\b|\b(?:owner|contact person|in charge|responsible|"
        r"zuständig|verantwortlich|besitzer|ansprechpartner|inhaber)(?:in|e[rn]?|in?nen)?\b",
        re.IGNORECASE,
    ),
    "date": re.compile(
        r"(?:^|[,:;]|\b(?:and|or|since|until|till|by|und|oder|bis|seit|ab|für))\s*(?:when|wann)\b|"
        r"\b(?:(?:what|which) (?:date|day|month|year)|(?:last|first) day|deadline|datum|stichtag|"
        r"(?:welche[mnrs]?) (?:tag|monat|jahr|datum)|läuft .{0,60}\baus|laufzeit)\b",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"\b(?:costs?|pays?|paid|price[sd]?|expensive|spend(?:ing)?|revenue|profit|loss(?:es)?|lose|budget|fees?|"
        r"kosten|kostet|zahlen|zahlt|bezahl\w*|preis\w*|teuer|ausgaben|umsatz|gewinn|verlust\w*|gebühr\w*|"
        r"how much .{0,40}\bmoney|wie ?viel geld)\b",
        re.IGNORECASE,
    ),
    "length": re.compile(
        r"\b(?:how (?:long|fast|quickly|soon)|notice period|delivery time|wie (?:lange|schnell|bald)|"
        r"kündigungs?frist|lieferzeit|dauer|dauert)\b",
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"\b(?:how (?:many|much|big|large|high|ac+urate|often)|what (?:percentage|share|proportion|number)|"
        r"wie ?viele?n?|wie (?:hoch|groß|gross|genau|oft)|anzahl|prozentsatz)\b",
        re.IGNORECASE,
    ),
}
_COUNTED = re.compile(r"\b(?:how many|wie ?viele[rn]?|what (?:percentage|share|proportion))\b", re.IGNORECASE)
_MONEY = frozenset({"eur", "usd", "gbp", "chf"})
_TIMES = frozenset({"minute", "hour", "day", "week", "month", "year", "second", "quarter"})
_WORKING = re.compile(
    r"\d[ \u00a0](?:business|working|calendar|vollen?|ganzen?) (?:hours?|days?|weeks?|stunden|tagen?|wochen)",
    re.IGNORECASE,
)
# "laut dem Artikel vom Februar 2026" tells whose words they are, not when something happens.
_ATTRIBUTE = re.compile(r"\b(?:vom|of)\s$", re.IGNORECASE)
_NAME = r"[A-ZÄÖÜ][\w’'-]*[a-zäöüßéèëïçñšž]"
_PERSON = re.compile(rf"(?<![\w-]){_NAME}(?: (?:von|van|de|der|zu|[A-Z]\.))* {_NAME}(?![\w-])")
_GLUED = re.compile(r"[A-ZÄÖÜ]\w*[ \u00a0-]$")  # "Tier 1", "Llama 3.3": part of a name

Known = Callable[[str], bool]


def asked(question: str) -> frozenset[Kind]:
    """The kinds of thing that a question asks for; none for an open one."""
    found = {kind for kind, pattern in _ASKS.items() if pattern.search(question)}
    if _COUNTED.search(question):
        found -= {"money", "length"}  # "how many seats do we pay for", "wie viele Tage"
    elif found & {"money", "length"}:
        found -= {"number"}  # "how much does it cost"
    return frozenset(found)


def held(kinds: frozenset[Kind], text: str, language: Language, ordinary: Known) -> frozenset[Kind]:
    """Those of the kinds that a text holds; `ordinary` knows the words that are no part of a name."""
    if not kinds:
        return kinds
    moments = dates.find(text, language)
    found = figures.find(text, language, [each.span for each in moments]) if kinds - {"person"} else ()
    units = {unit for each in found for _, unit in each.readings}
    holds: dict[Kind, Callable[[], bool]] = {
        "person": lambda: any(_people(text, ordinary)),
        "date": lambda: any(_tells(text, each) for each in moments),
        "money": lambda: bool(units & _MONEY),
        "length": lambda: bool(units & _TIMES or _WORKING.search(text)) or any(e.bound for e in moments),
        "number": lambda: any(_counts(text, found)),
    }
    return frozenset(kind for kind in kinds if holds[kind]())


def _tells(text: str, moment: dates.Moment) -> bool:
    return bool(moment.day) or not _ATTRIBUTE.search(text, max(0, moment.span[0] - 5), moment.span[0])


def _counts(text: str, found: Sequence[figures.Figure]) -> Iterator[bool]:
    return (not _GLUED.search(text, max(0, each.span[0] - 30), each.span[0]) for each in found)


def _people(text: str, ordinary: Known) -> Iterator[bool]:
    """Two capitalised words side by side, the first of which is no ordinary word: Miriam Osterkamp."""
    return (not ordinary(match[0].split()[0]) for match in _PERSON.finditer(text))

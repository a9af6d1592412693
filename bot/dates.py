"""Dates in running text, German and English, also partial ones: a quarter, a month, a year. Pure.

A date that says less is borne out by one that says more (February 2026 by 16 February 2026), never the
other way round. Weekdays are not read.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot import bounds
from retrieval.types import Language

Span = tuple[int, int]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "January Jan Januar Jänner",
            "February Feb Februar Feber",
            "March Mar März Mrz Maerz",
            "April Apr",
            "May Mai",
            "June Jun Juni",
            "July Jul Juli",
            "August Aug",
            "September Sep Sept",
            "October Oct Oktober Okt",
            "November Nov",
            "December Dec Dezember Dez",
        ),
        start=1,
    )
    for name in names.lower().split()
}
MONTH_WORDS = frozenset(_MONTHS)
_MONTH = "(?:" + "|".join(sorted((m.capitalize() for m in _MONTHS), key=len, reverse=True)) + r")(?!\w)\.?"
_NUMBERED = {
    **dict.fromkeys(("first", "1st", "1.", "erst"), 1),
    **dict.fromkeys(("second", "2nd", "2.", "zweit"), 2),
    **dict.fromkeys(("third", "3rd", "3.", "dritt"), 3),
    **dict.fromkeys(("fourth", "4th", "4.", "viert"), 4),
}
_TENS = {
    word: str(tens)
    for tens, word in zip(
        range(20, 100, 10),
        "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(),
        strict=True,
    )
}
_NTH = (
    r"(first|second|third|fourth|1st|2nd|3rd|4th|[1-4]\.|(?:erst|zweit|dritt|viert)(?=e[nrms]?\b))"
    r"(?:e[nrms]?)?"
)
_YEAR = r"(1[0-9]{3}|20[0-9]{2})(?!\d)"
_OF = r"(?:,?\s+(?:of\s+|des\s+Jahres\s+|im\s+Jahr\s+|in\s+)?)"
_SINCE = (
    r"(?:in|im|by|bis|of|since|seit|until|from|ab|early|late|mid|last|next|anfang|ende|mitte|"
    r"vom|for|für|und|and|this)"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as far as the text gives it; `part` is Q1..Q4, H1, H2, or "decade" of the year."""

    text: str
    span: Span
    year: int | None = None
    month: int | None = None
    day: int | None = None
    part: str = ""
    bound: str = ""  # "from" or "until", if the text says that something begins or ends then
    said: str = ""  # in which word


_FROM = re.compile(
    r"\b(?P<said>after|from|since|starting|beginning|ab|nach|seit|frühestens)"
    r"(?: dem| am| on)?\s$",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?P<said>until|till|through|before|by|up to|no later than|bis|vor|spätestens)"
    r"(?: zum| dem| am)?(?: the end of| ende)?\s$",
    re.IGNORECASE,
)


def _bounded(text: str, moment: Moment) -> Moment:
    """The same with its bound; none where it may be over then: prices that hold until May rise after May."""
    start = moment.span[0]
    if bounds.lapses(text, *moment.span):
        return moment
    for bound, pattern in (("from", _FROM), ("until", _UNTIL)):
        match = pattern.search(text, max(0, start - 30), start)
        # "In use by 1851" is no deadline, and is put into German as "ab 1851".
        if match and (moment.day or match["said"].lower() != "by"):
            return replace(moment, bound=bound, said=match["said"].lower())
    return moment


def find(text: str, language: Language) -> tuple[Moment, ...]:
    """The dates of a text in order; what one reading has taken is not read again."""
    found: list[Moment] = []
    covered = bytearray(len(text))
    for pattern, read in _FORMS:
        for match in pattern.finditer(text):
            if not any(covered[match.start() : match.end()]):
                moments = list(read(match, language))
                found.extend(moments)
                for start, end in (each.span for each in moments):
                    covered[start:end] = b"\1" * (end - start)
    bounded = (_bounded(text, each) for each in found)
    return tuple(sorted(bounded, key=lambda each: each.span))


def supports(source: Moment, claimed: Moment, years: Iterable[int] = ()) -> bool:
    """Whether the source's date is the claimed one or a fuller one; `years` complete one without year."""
    if claimed.part == "decade":
        return _same_decade(source, claimed)
    pairs = ((claimed.day, source.day), (claimed.month, source.month), (claimed.part or None, source.part))
    if any(ours is not None and ours != theirs for ours, theirs in pairs) or source.part == "decade":
        return False
    if source.year is None and source.month is not None and claimed.month is not None:
        return claimed.year is None or claimed.year in years
    return claimed.year is None or claimed.year == source.year


def _same_decade(source: Moment, claimed: Moment) -> bool:
    if source.year is None or claimed.year is None:
        return False
    return source.year // 10 == claimed.year // 10


def _month(name: str) -> int:
    return _MONTHS[name.lower().rstrip(".")]


def _number(text: str | None) -> int | None:
    return int(text) if text else None


_Reader = Callable[[re.Match[str], Language], Iterator[Moment]]


def _iso(match: re.Match[str], _: Language) -> Iterator[Moment]:
    yield from _valid(match, int(match[1]), int(match[2]), int(match[3]))


def _valid(match: re.Match[str], year: int | None, month: int, day: int | None) -> Iterator[Moment]:
    if 1 <= month <= 12 and (day is None or 1 <= day <= 31):
        yield Moment(match.group().strip(), match.span(), year, month, day)


def _dotted(match: re.Match[str], _: Language) -> Iterator[Moment]:
    yield from _valid(match, _full_year(match[3]), int(match[2]), int(match[1]))


def _slashed(match: re.Match[str], language: Language) -> Iterator[Moment]:
    """Month first in English, unless only day first is possible."""
    first, second = int(match[1]), int(match[2])
    month, day = (second, first) if language == "de" or first > 12 else (first, second)
    yield from _valid(match, _full_year(match[3]), month, day)


def _full_year(digits: str) -> int:
    return int(digits) + 2000 if len(digits) == 2 else int(digits)


def _day_first(match: re.Match[str], _: Language) -> Iterator[Moment]:
    month, year = _month(match["month"]), _number(match["year"])
    yield from _valid(match, year, month, int(match["day"]))
    if match["from"]:
        yield from _valid(match, year, month, int(match["from"]))


def _month_first(match: re.Match[str], _: Language) -> Iterator[Moment]:
    month, year = _month(match["month"]), _number(match["year"])
    yield from _valid(match, year, month, int(match["day"]))
    if match["to"]:
        yield from _valid(match, year, month, int(match["to"]))


def _month_only(match: re.Match[str], _: Language) -> Iterator[Moment]:
    yield from _valid(match, _number(match["year"]), _month(match["month"]), None)


def _quarter(match: re.Match[str], _: Language) -> Iterator[Moment]:
    year = match["before"] or match["after"]
    yield Moment(
        match.group().strip(), match.span(), _number(year), part=f"{match['kind'].upper()}{match['n']}"
    )


def _quarter_in_words(match: re.Match[str], _: Language) -> Iterator[Moment]:
    kind = "Q" if match["kind"].lower().startswith("quart") else "H"
    nth = _NUMBERED[match[1].lower()]
    yield Moment(match.group().strip(), match.span(), _number(match["year"]), part=f"{kind}{nth}")


def _decade(match: re.Match[str], _: Language) -> Iterator[Moment]:
    digits = match[1] or match[2] or match[3] or _TENS[match[4].lower()]
    year = int(digits) if len(digits) == 4 else 1900 + int(digits)
    yield Moment(match.group().strip(), match.span(), year, part="decade")


def _years(match: re.Match[str], _: Language) -> Iterator[Moment]:
    first = int(match[1])
    last = int(match[2]) if len(match[2]) == 4 else first - first % 100 + int(match[2])
    if last < first:
        yield Moment(match[1], match.span(1), first)
        return
    yield Moment(match.group(), match.span(), first)
    yield Moment(match.group(), match.span(), last)


def _year(match: re.Match[str], _: Language) -> Iterator[Moment]:
    yield Moment(match[1], match.span(1), int(match[1]))


def _forms(*pairs: tuple[str, _Reader]) -> tuple[tuple[re.Pattern[str], _Reader], ...]:
    return tuple((re.compile(pattern), read) for pattern, read in pairs)


_FORMS: Sequence[tuple[re.Pattern[str], _Reader]] = _forms(
    (r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])", _iso),
    (r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?!\d|\.\d)", _dotted),
    (r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?![\d/])", _slashed),
    (
        rf"(?<![\d.,])(?:(?P<from>\d{{1,2}})(?:st|nd|rd|th|\.)?\s?(?:-|–|/|bis|to|and|und)\s?(?:zum\s)?)?"
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s(?:of\s)?(?P<month>{_MONTH})(?:{_OF}(?P<year>{_YEAR}))?",
        _day_first,
    ),
    (
        rf"\b(?P<month>{_MONTH})\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\w|[.,]\d|\s?%)"
        rf"(?:\s?(?:-|–|to|and)\s?(?P<to>\d{{1,2}})(?!\w|[.,]\d))?(?:,?\s(?P<year>{_YEAR}))?",
        _month_first,
    ),
    (rf"\b(?P<month>{_MONTH}){_OF}(?P<year>{_YEAR})", _month_only),
    (
        rf"(?:(?P<before>{_YEAR})[\s/-]*)?\b(?P<kind>[QH])(?P<n>[1-4])(?![\d\w])(?:[\s/-]*(?:of\s)?(?P<after>{_YEAR}))?",
        _quarter,
    ),
    (
        rf"(?i:(?<!\w){_NTH}\s(?:fiscal\s|calendar\s)?(?P<kind>quarter|quartals?|halbjahre?s?))\b"
        rf"(?:{_OF}(?:fiscal\s)?(?P<year>{_YEAR}))?",
        _quarter_in_words,
    ),
    (rf"(?i:{_NTH}\s(?P<kind>half|hälfte|jahreshälfte)){_OF}(?P<year>{_YEAR})", _quarter_in_words),
    (
        r"(?<!\d)(\d{3}0)(?:s|ern?)\b(?:[\s-]Jahren?)?|(?<!\d)([2-9]0)er[\s-]?Jahren?|(?<!\w)['’]?([2-9]0)s\b|(?i:\b("
        + "|".join(_TENS)
        + r")er[\s-]?jahren?)",
        _decade,
    ),
    (rf"(?<![\w$€£.,-]){_YEAR}\s?[/–-]\s?(\d{{4}}|\d{{2}})(?![\w%]|[.,]\d)", _years),
    (rf"(?i:\b{_SINCE}[\s-])(?P<month>{_MONTH})(?P<year>(?!))?", _month_only),
    (
        rf"\b(?P<month>(?!May\b|March\b|Mar\b|Jan\b|Dec\b|Mai\b|August\b|June\b|April\b){_MONTH})(?P<year>(?!))?",
        _month_only,
    ),
    (rf"(?<![\w$€£])(?<![A-Z]-)(?<!\d[.,:])(?:(?i:mid)-)?{_YEAR}(?!\w|[.,]\d|\s?%|:\d)", _year),
)

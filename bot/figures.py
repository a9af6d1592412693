"""Figures in running text: amounts, percentages, counts, in German and English notation. Pure.

"14 Mrd. $", "$14 billion", "14 Milliarden Dollar" and "14bn" read the same; "37,5" in German is "37.5"
in English, and "15.000" is "15,000". Dates are not figures: see `bot.dates`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot import bounds, fractions, numerals
from retrieval.types import Language

Span = tuple[int, int]
Bound = Literal["", "above", "below"]
TOLERANCE = 0.05  # of a figure that the statement itself calls approximate
_EXACT = 1e-6
ANY = "*"  # the unit of a table cell: it stands in a heading somewhere else

_DIGITS = re.compile(
    r"(?<![\w$€£])(?<!\d[.,:])(?<![A-Za-zÄÖÜäöü]-)"
    r"(?:\d{1,3}(?:[\u00a0\u202f\u2009 '’]\d{3})+(?:[.,]\d+)?"
    r"|\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\d)|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)"
    r"|\d+(?:\.\d+){2,}|\d+(?:[.,]\d+)?|(?<!\w)[.,]\d+)"
)
_HOUR = re.compile(
    r"(?<![\d:.,])(?:(?P<h>\d{1,2}):(?P<m>\d{2})(?![\d:])|(?P<hour>\d{1,2})(?:[.](?P<minute>\d{2}))?"
    r"(?=\s?(?:Uhr|[ap]\.?m\b)))(?:\s?(?P<half>[ap]\.?m\b\.?)|\s?(?:Uhr|h)\b)?",
    re.IGNORECASE,
)
_CURRENCY_BEFORE = re.compile(r"(US-?\$|US-Dollar|\$|€|£|\bUSD|\bEUR|\bGBP|\bCHF)[\s\u00a0]?$")
_PRICED = re.compile(r"(?:US-?\$|\$|€|£|USD|EUR|GBP|CHF)[\s\u00a0]?(?=\d)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HALF_A = re.compile(rf"\s+an?(?=\s(?:{numerals.SCALE}))", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:st|nd|rd|th)\b")
_SCALE = re.compile(rf"(?:[\s\u00a0]|-)?({numerals.SCALE})", re.IGNORECASE)
_LETTER_SCALE = re.compile(r"([kKMB]|m|b)\b(?!\s?[²³])")
_UNIT = re.compile(
    r"(?:[\s\u00a0]|-)?(?:(?P<share>%|percent\b|per cent\b|prozent|v\. ?H\.)"
    r"(?P<points>[- ]?p(?:oints?|unkt))?"
    r"|(?P<usd>\$|(?:US[- ]?)?dollar|usd\b)"
    r"|(?P<eur>€|euros?\b|eur\b)|(?P<gbp>£|pounds sterling|gbp\b|pfund sterling)"
    r"|(?P<hour>hours?\b|stunden?\b|stündig)|(?P<day>days?\b|tage?n?\b|tägig)"
    r"|(?P<week>weeks?\b|wochen?\b|wöchig)"
    r"|(?P<month>months?\b|monate?n?\b|monatig)|(?P<year>years?\b|jahre?n?\b|jährig)"
    r"|(?P<minute>minutes?\b|minuten?\b|minütig)|(?P<second>seconds?\b|sekunden?\b)"
    r"|(?P<km>km\b|kilometers?\b|kilometres?\b|kilometern?\b)|(?P<mile>miles?\b|meilen?\b)"
    r"|(?P<gw>gw\b|gigawatts?\b)|(?P<mw>mw\b|megawatts?\b)|(?P<kw>kw\b|kilowatts?\b)"
    r"|(?P<tb>tb\b|terabytes?\b)|(?P<gb>gb\b|gigabytes?\b)|(?P<mb>mb\b|megabytes?\b))",
    re.IGNORECASE,
)
_SYMBOLS = {"$": "usd", "€": "eur", "£": "gbp"}
_CONNECTED = re.compile(
    r"[\s\u00a0]*(?:-|–|—|to|bis(?: zu)?|and|und|or|oder|,|/)[\s\u00a0]*(?:US-?\$|\$|€|£)?[\s\u00a0]*",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:about|around|some|roughly|approximately|approx\.|circa|ca\.|close to|nearly|almost|over|under|"
    r"more than|less than|up to|at least|in excess of|rund|etwa|ungefähr|zirka|circa|fast|knapp|nahezu|gut|"
    r"beinahe|annähernd|über|unter|mehr als|weniger als|bis zu|gegen|mindestens|an die"
    r")(?: the| der| die| den)?[\s\u00a0]*(?:~|US-?\$|\$|€|£|USD|EUR)?[\s\u00a0]*$|[~≈][\s\u00a0]?[$€£]?$",
    re.IGNORECASE,
)

_ABOVE = re.compile(r"more than|over|excess|at least|mehr als|über|mindestens|gut\b", re.IGNORECASE)
_BELOW = re.compile(
    r"less than|under|up to|nearly|almost|close to|weniger als|unter|bis zu|fast|knapp|nahezu|beinahe",
    re.IGNORECASE,
)
# A length of time that decides what is meant: after a day, für eine Woche. Other "a day" are no figures.
_LASTING = re.compile(
    r"\b(?:after|for|within|in|nach|für|binnen|innerhalb|während)(?: von)?[\s\u00a0]$", re.IGNORECASE
)
# What it is in the next smaller unit; nobody wrote the 24, so it bears out no 24 of anything else.
_SAME_TIME = {
    "year": (12.0, "=month"),
    "week": (7.0, "=day"),
    "day": (24.0, "=hour"),
    "hour": (60.0, "=minute"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it may mean as (value, unit), and how it stands in the text."""

    readings: tuple[tuple[float, str], ...]
    text: str
    span: Span
    hedged: bool = False
    bare: bool = False  # neither scale nor unit of its own
    scale: float = 1.0
    bound: Bound = ""  # whether it is said to be more than that, or less
    limits: bounds.Limits = bounds.NONE


def find(text: str, language: Language, taken: Sequence[Span] = ()) -> tuple[Figure, ...]:
    """The figures of a text in order, without those inside the spans that are `taken` (dates)."""
    first = [*_hours(text), *_fractions(text)]
    others = sorted((*_from_digits(text, language), *_from_words(text, language)), key=lambda each: each.span)
    covered = bytearray(len(text))  # one byte a character: a long list of numbers must not take n^2
    free: list[Figure] = []
    for start, end in taken:
        covered[start:end] = b"\1" * (end - start)
    for each in (*first, *others):
        start, end = each.span
        if not any(covered[start:end]):
            free.append(each)
            covered[start:end] = b"\1" * (end - start)
    return tuple(_share_units(text, sorted(free, key=lambda each: each.span)))


def supporting(text: str, language: Language, taken: Sequence[Span] = ()) -> tuple[Figure, ...]:
    """The figures of a source: also those that a word implies (both), and table cells of any unit."""
    table = "|" in text
    found = [_as_cell(each) if table and each.bare else each for each in find(text, language, taken)]
    return (*found, *_implied(text, language))


def _implied(text: str, language: Language) -> Iterator[Figure]:
    for match in _WORD.finditer(text):
        word = match.group().lower()
        value = numerals.implied(word)
        if value is not None:
            yield Figure(((value, ""),), match.group(), match.span(), bare=True)
        elif word in numerals.ARTICLES and _UNIT.match(text, match.end()):
            yield _complete(text, match.start(), match.end(), 1.0, language)


def _as_cell(figure: Figure) -> Figure:
    return replace(figure, readings=tuple((value, ANY) for value, _ in figure.readings))


def supports(source: Figure, claimed: Figure) -> bool:
    """Whether the source's figure bears out the claimed one."""
    if claimed.bound and source.bound and claimed.bound != source.bound:
        return False  # nearly 20 is not more than 20
    return any(
        _same_unit(unit, other) and _same_value(value, amount, claimed.hedged)
        for value, unit in claimed.readings
        for amount, other in source.readings
    )


def bounded(source: Figure, claimed: Figure) -> bool:
    """Whether the source's figure, which bears out the claimed one, is as much bounded or unbounded."""
    return any(
        bounds.fits(claimed.limits, value, source.limits, amount)
        for value, unit in claimed.readings
        for amount, other in source.readings
        if _same_unit(unit, other) and _same_value(value, amount, claimed.hedged)
    )


def _same_unit(claimed: str, source: str) -> bool:
    if source == ANY or claimed == source:
        return True
    if claimed[:1] == "=" or source[:1] == "=":
        return claimed.lstrip("=") == source.lstrip("=")
    return "%" not in (claimed, source) and (not claimed or not source)


def _same_value(claimed: float, source: float, hedged: bool) -> bool:
    room = TOLERANCE if hedged else _EXACT
    return abs(claimed - source) <= room * max(abs(claimed), abs(source))


def _hours(text: str) -> Iterator[Figure]:
    """Times of day in minutes: 06:00, 14.30 Uhr, 8 pm."""
    for match in _HOUR.finditer(text):
        hour, minute = int(match["h"] or match["hour"]), int(match["m"] or match["minute"] or 0)
        half = (match["half"] or "").lower()
        hour = hour % 12 + 12 * (half[0] == "p") if half else hour
        yield Figure(((60.0 * hour + minute, "time"),), match.group().strip(), match.span())


def _fractions(text: str) -> Iterator[Figure]:
    """Two-thirds, also as a percentage, rounded or cut off."""
    for value, span in fractions.find(text):
        share = 100 * value
        shares = dict.fromkeys((share, float(int(share)), float(round(share))))
        yield replace(_figure(text, span, ((value, ""), *((each, "%") for each in shares))), bare=False)


def _from_digits(text: str, language: Language) -> Iterator[Figure]:
    # A price has its currency before the digits, where a figure otherwise may not have a letter.
    plain = _PRICED.sub(lambda match: " " * len(match.group()), text)
    for match in _DIGITS.finditer(plain):
        end = match.end()
        suffix = _SUFFIX.match(text, end)
        if suffix:
            yield _figure(text, (match.start(), suffix.end()), ((read(match.group(), language), ""),))
        elif not _glued(text, end):
            yield _complete(text, match.start(), end, read(match.group(), language), language)


def _glued(text: str, end: int) -> bool:
    """Whether letters follow that are neither scale nor unit, as in 5G or 3D: part of a name."""
    follows = text[end : end + 1]
    if not follows.isalpha():
        return False
    return not (_LETTER_SCALE.match(text, end) or _SCALE.match(text, end) or _UNIT.match(text, end))


def read(digits: str, language: Language) -> float:
    """The value of digits with separators, by the language's own notation where both are possible."""
    plain = re.sub(r"[\u00a0\u202f\u2009 '’]", "", digits)
    if plain.count(".") + plain.count(",") > 1 and not re.fullmatch(
        r"[\d]{1,3}(?:([.,])\d{3})+(?:[.,]\d+)?", plain
    ):
        plain = plain.replace(",", "").replace(".", "")  # a version, 4.1.2: equal only to itself
    decimal = _decimal_mark(plain, language)
    whole = "".join(c for c in plain if c.isdigit() or c == decimal)
    return float(whole.replace(",", "."))


def _decimal_mark(plain: str, language: Language) -> str:
    marks = [c for c in plain if c in ".,"]
    if not marks or (len(marks) > 1 and len(set(marks)) == 1):
        return ""
    if len(marks) > 1:
        return marks[-1]
    thousands = "." if language == "de" else ","
    tail = len(plain) - plain.index(marks[0]) - 1
    grouped = tail == 3 and marks[0] == thousands and 1 <= plain.index(marks[0]) <= 3 and plain[0] != "0"
    return "" if grouped else marks[0]


def _from_words(text: str, language: Language) -> Iterator[Figure]:
    for match in _WORD.finditer(text):
        word = match.group().lower()
        value = numerals.cardinal(word, language)
        if value is not None and word not in numerals.ARTICLES:
            article = _HALF_A.match(text, match.end()) if value == 0.5 else None
            yield _complete(text, match.start(), (article or match).end(), value, language)
        elif word in numerals.ARTICLES:
            yield from _article(text, match, language)
        else:
            yield from _other_word(text, match, language)


def _article(text: str, match: re.Match[str], language: Language) -> Iterator[Figure]:
    """A number only before a scale, or as a length of time: a million, eine Milliarde, after a day."""
    if _SCALE.match(text, match.end()):
        yield _complete(text, match.start(), match.end(), 1.0, language)
    elif _LASTING.search(text, max(0, match.start() - 20), match.start()):
        found = _complete(text, match.start(), match.end(), 1.0, language)
        if found.readings[0][1] in _SAME_TIME:
            yield replace(found, readings=(*found.readings, _SAME_TIME[found.readings[0][1]]))


def _other_word(text: str, match: re.Match[str], language: Language) -> Iterator[Figure]:
    """Ordinals, and numbers with a hyphen behind them: the third, zwei-stufig, five-year."""
    head, hyphen, _ = match.group().partition("-")
    value = numerals.cardinal(head.lower(), language) if hyphen else None
    if value is not None and head.lower() not in numerals.ARTICLES:
        yield _complete(text, match.start(), match.start() + len(head), value, language)
    nth = numerals.ordinal(match.group().lower(), language)
    if nth is not None:
        yield _figure(text, match.span(), ((nth, ""),))


def _complete(text: str, start: int, end: int, value: float, language: Language) -> Figure:
    """The figure with the scale and the unit that follow it or stand before it."""
    before = _CURRENCY_BEFORE.search(text, max(0, start - 12), start)
    scale, after = _scaled(text, end, language, priced=before is not None)
    unit = _UNIT.match(text, after)
    name = _unit(unit) if unit else ""
    if before:
        name = _SYMBOLS.get(before[1][-1], before[1][:3].lower().replace("us-", "usd"))
    span = (before.start() if before else start, unit.end() if unit else after)
    bare = span == (start, end)
    return replace(
        _figure(text, span, _readings(value * scale, name), priced=not bare), bare=bare, scale=scale
    )


def _scaled(text: str, end: int, language: Language, priced: bool) -> tuple[float, int]:
    """The scale behind a number, and where it ends; "14m" is millions only of a currency."""
    scale = 1.0
    letter = _LETTER_SCALE.match(text, end) if text[end - 1].isdigit() else None
    if letter and (priced or letter[1] not in "mb"):
        return numerals.scale(letter[1], language), letter.end()
    for _ in range(2):
        match = _SCALE.match(text, end)
        if match:
            scale, end = scale * numerals.scale(match[1], language), match.end()
    return scale, end


def _unit(match: re.Match[str]) -> str:
    if match["points"]:
        return "points"
    return "%" if match["share"] else str(match.lastgroup)


def _readings(value: float, unit: str) -> tuple[tuple[float, str], ...]:
    return ((0.5, ""), (50.0, "%")) if value == 0.5 and not unit else ((value, unit),)


def _figure(text: str, span: Span, readings: tuple[tuple[float, str], ...], priced: bool = False) -> Figure:
    hedge = _HEDGE.search(text, max(0, span[0] - 40), span[0])
    hedge = None if hedge and bounds.phrasal(text, hedge.start()) else hedge
    said = text[span[0] : span[1]].strip()
    limits = bounds.read(text, *span, readings[0][1], not priced)
    return Figure(
        readings, said, span, hedge is not None, bare=True, bound=_bound(hedge, limits), limits=limits
    )


def _bound(hedge: re.Match[str] | None, limits: bounds.Limits) -> Bound:
    if limits.kind in ("over", "least", "under", "most"):  # no less than is above, for all its less than
        return "above" if limits.side == "up" else "below"
    if hedge and _ABOVE.match(hedge.group()):
        return "above"
    return "below" if hedge and _BELOW.match(hedge.group()) else ""


def _share_units(text: str, found: Sequence[Figure]) -> Iterable[Figure]:
    """In "20 to 25 percent" and "2, 3 or 4 billion" the last one's scale and unit may hold for all."""
    shared: list[Figure] = []
    following: Figure | None = None
    for figure in reversed(found):
        if following and figure.bare and _CONNECTED.fullmatch(text, figure.span[1], following.span[0]):
            figure = _with_unit_of(figure, following)
        shared.append(figure)
        following = figure
    return reversed(shared)


def _with_unit_of(figure: Figure, following: Figure) -> Figure:
    value = figure.readings[0][0] * following.scale
    extra = [(value, unit) for _, unit in following.readings]
    hedged = figure.hedged or following.hedged
    return replace(figure, readings=tuple(dict.fromkeys((*figure.readings, *extra))), hedged=hedged)

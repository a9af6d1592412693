"""Errors of one small word: a bound, an extent, a certainty, a rate, a direction, two facts exchanged.

All words of the statement stand in its source, or nearly all: what is wrong is how they are put. Rules that
share no code with the checker.
"""

import random
import re
from collections.abc import Callable, Sequence

from retrieval.types import Language

Twist = Callable[[str, Language, random.Random], str | None]
_Swaps = dict[Language, tuple[tuple[str, str], ...]]  # pattern, what it becomes

_COUNTED = re.compile(  # 12 months, $5 billion, 7 %: neither a date nor the number of a thing
    r"(?<![\w.,/$€-])(?:[$€] ?)?(?!(?:1[0-9]{3}|20[0-9]{2})\b(?![.,]\d))\d+(?:[.,]\d+)*"
    r"(?= ?%| (?:[a-zäöü]{4,}"
    r"|(?!Jan|Feb|Mar|Mär|Apr|May|Mai|Jun|Jul|Aug|Sep|Oct|Okt|Nov|De[cz])[A-ZÄÖÜ][a-zäöü]{3,}))"
)
_NO_COUNT = re.compile(  # Article 11, the 148, roughly 500, from 3 to 5
    r"(?:[A-Z]\w+|about|around|some|roughly|approximately|rund|etwa|ca\.|ungefähr|circa|beinahe|article|to|"
    r"bis|and|und|the|der|die|das|den|dem|letzten|ersten|first|last|between|zwischen|von|from|-|–|weitere|"
    r"additional) ?\(?$"
)
_ADDED: dict[Language, tuple[str, ...]] = {
    "en": ("more than", "up to", "less than"),
    "de": ("mehr als", "bis zu", "weniger als"),
}
_BOUND: _Swaps = {
    "en": (
        (r"\b(?:more than|at least|over)(?= (?:[$€] ?)?\d)", "less than"),
        (r"\b(?:less than|fewer than|under|up to|nearly|almost)(?= (?:[$€] ?)?\d)", "more than"),
    ),
    "de": (
        (r"\b(?:mehr als|mindestens|über)(?= \d)", "weniger als"),
        (r"\b(?:weniger als|höchstens|unter|bis zu|knapp|fast)(?= \d)", "mehr als"),
    ),
}
_UPPER: _Swaps = {
    "en": ((r"\b(?:less than|fewer than|under|up to|at most) (?=(?:[$€] ?)?\d)", ""),),
    "de": ((r"\b(?:weniger als|höchstens|unter|bis zu|maximal) (?=\d)", ""),),
}
_EXTENT: _Swaps = {
    "en": (
        (r"\b(?:some|many|several|most) of (?=the\b|these\b|its\b)", "all of "),
        (r"\b(?:[Ss]ome|[Mm]any|[Ss]everal|(?<!the )[Mm]ost) (?=[a-z]+s\b)", "all "),
        (r"\b(?:almost|nearly) (?=all\b|every\b)", ""),
        (r"\b(?:often|usually|sometimes|frequently|typically|generally|rarely)\b", "always"),
        (r"\b(?:partly|partially|largely|mostly|mainly)\b", "completely"),
    ),
    "de": (
        (r"\b(?:[Ee]inige|[Vv]iele|[Mm]anche|[Mm]ehrere|[Dd]ie meisten) (?=\w)", "alle "),
        (r"\b(?:fast|nahezu) (?=alle[nr]?\b|jede[nrs]?\b)", ""),
        (r"\b(?:oft|häufig|meist|meistens|manchmal|gewöhnlich|üblicherweise|selten)\b", "immer"),
        (r"\b(?:teilweise|teils|größtenteils|weitgehend)\b", "vollständig"),
    ),
}
_ONLY: _Swaps = {
    "en": ((r"(?<=[a-z] )(?=(?:in|on|for|by|with|from|to) (?:the |a |an )?[A-Za-z]{4,})", "only "),),
    "de": ((r"(?<=[a-z] )(?=(?:in|im|auf|für|mit|durch|bei) (?:der |dem |den )?[A-ZÄÖÜ])", "nur "),),
}
_CERTAINTY: _Swaps = {
    "en": (
        (r"\b(?:may|might|could)(?= (?:not )?(?:be|have|[a-z]{3,})\b)", "will"),
        (r"\b(?:is|are) (?:expected|likely|planned|supposed) (?=to\b)", "has "),
        (r"\b(?:expects|expect|plans|intends|hopes) to (?=[a-z])", "will "),
        (r"\b(?:possibly|probably|perhaps|potentially|likely|presumably) (?=[a-z])", ""),
    ),
    "de": (
        (r"\b(?:könnte|dürfte)\b", "wird"),
        (r"\b(?:könnten|dürften)\b", "werden"),
        (r"\b(?:möglicherweise|vielleicht|wahrscheinlich|voraussichtlich|vermutlich|wohl) (?=\w)", ""),
    ),
}
_RATE: _Swaps = {
    "en": (
        (r"\b(?<=per )year\b|(?<=per )annum\b", "month"),
        (r"\b(?<=per )(?:month|quarter|day|week)\b", "year"),
        (r"\b(?<=[\w%] a )(?:month|day|week)\b", "year"),
        (r"\b(?:annually|yearly|annual)\b", "monthly"),
        (r"\b(?:monthly|weekly|daily|quarterly)\b", "annual"),
    ),
    "de": (
        (r"\b(?<=pro )Jahr\b", "Monat"),
        (r"\b(?<=pro )(?:Monat|Quartal|Tag|Woche)\b", "Jahr"),
        (r"\bjährlich(?=e?[nrms]?\b)", "monatlich"),
        (r"\b(?:monatlich|wöchentlich|täglich)(?=e?[nrms]?\b)", "jährlich"),
    ),
}
_UNIT: _Swaps = {
    "en": (
        (r"(?<=\d )million\b", "billion"),
        (r"(?<=\d )billion\b", "million"),
        (r"(?<=\d)(?:%| percent\b)", " percentage points"),
        (r"(?<=\d )(?:hours|minutes|days)\b", "weeks"),
        (r"(?<=\d )(?:weeks|months|years)\b", "days"),
    ),
    "de": (
        (r"(?<=\d )Mill?ionen\b|(?<=\d )Mio\.", "Milliarden"),
        (r"(?<=\d )Milliarden\b|(?<=\d )Mrd\.", "Millionen"),
        (r"(?<=\d)(?: ?%| Prozent\b)", " Prozentpunkte"),
        (r"(?<=\d )(?:Stunden|Minuten|Tagen?)\b", "Wochen"),
        (r"(?<=\d )(?:Wochen|Monaten?|Jahren?)\b", "Tage"),
    ),
}
_TURNS: dict[Language, str] = {
    "en": "rose/fell increased/decreased increase/decrease rising/falling higher/lower more/fewer "
    "above/below before/after grew/shrank gained/lost won/lost largest/smallest larger/smaller best/worst "
    "growth/decline growing/shrinking faster/slower stronger/weaker highest/lowest "
    "earlier/later first/last "
    "majority/minority north/south east/west older/younger longer/shorter better/worse",
    "de": "stieg/sank stiegen/sanken steigt/sinkt gestiegen/gesunken steigen/sinken höher/niedriger "
    "mehr/weniger "
    "über/unter vor/nach größte/kleinste größten/kleinsten größer/kleiner bevor/nachdem Anstieg/Rückgang "
    "gewann/verlor Wachstum/Rückgang schneller/langsamer stärker/schwächer höchste/niedrigste "
    "höchsten/niedrigsten ersten/letzten Mehrheit/Minderheit nördlich/südlich östlich/westlich "
    "älter/jünger länger/kürzer besser/schlechter",
}


def _swap(swaps: _Swaps) -> Twist:
    """One place where one of the patterns matches, chosen by chance, becomes something else."""

    def twist(text: str, language: Language, chance: random.Random) -> str | None:
        spots = [(m, new) for pattern, new in swaps[language] for m in re.finditer(pattern, text)]
        if not spots:
            return None
        spot, new = chance.choice(spots)
        twisted = text[: spot.start()] + new + text[spot.end() :]
        return twisted if spot.start() else twisted[0].upper() + twisted[1:]

    return twist


def _turn(text: str, language: Language, chance: random.Random) -> str | None:
    """A word of direction for its opposite."""
    pairs = [pair.split("/") for pair in _TURNS[language].split()]
    opposite = {a: b for one, other in pairs for a, b in ((one, other), (other, one))}
    spots = [m for m in re.finditer(r"\b\w+\b", text) if m.group() in opposite]
    spots = [m for m in spots if language == "en" or m.group() not in ("vor", "nach", "über", "unter")]
    if not spots:
        return None
    spot = chance.choice(spots)
    return text[: spot.start()] + opposite[spot.group()] + text[spot.end() :]


def _add_bound(text: str, language: Language, chance: random.Random) -> str | None:
    """A plain count becomes one with a bound."""
    bounds = "|".join(pattern for pattern, _ in (*_BOUND[language], *_UPPER[language]))
    bounded = {m.end() for m in re.finditer(rf"(?:{bounds}) ?", text)}
    spots = [m for m in _COUNTED.finditer(text) if m.start() and m.start() not in bounded]
    spots = [m for m in spots if not _NO_COUNT.search(text[: m.start()])]
    if not spots:
        return None
    spot = chance.choice(spots)
    return f"{text[: spot.start()]}{chance.choice(_ADDED[language])} {text[spot.start() :]}"


TWISTS: dict[str, Twist] = {
    "added bound": _add_bound,
    "turned bound": _swap(_BOUND),
    "dropped bound": _swap(_UPPER),
    "extent": _swap(_EXTENT),
    "added only": _swap(_ONLY),
    "certainty": _swap(_CERTAINTY),
    "rate": _swap(_RATE),
    "unit": _swap(_UNIT),
    "direction": _turn,
}

_NAME = re.compile(
    r"(?<![\w-])[^\W\d_a-zäöüß]\w*(?: [^\W\d_a-zäöüß]\w*)*(?![\w-])"
)  # a whole run of capitals
_PLAIN_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?![\w/])")
_JOINS = re.compile(
    r"(?:[\W\d_]|\b(?:and|or|und|oder|sowie|to|bis|the|der|die|das|als|of|den|dem|[A-ZÄÖÜ]\w*)\b)*"
)


def exchange_names(text: str, chance: random.Random, pool: Sequence[str]) -> str | None:
    """Two names that more than a list joins, each in the other's place."""
    known = frozenset(pool)
    spots = [m for m in _NAME.finditer(text) if all(word in known for word in m.group().split())]
    return _exchange(text, spots, chance)


def exchange_numbers(text: str, chance: random.Random) -> str | None:
    """Two numbers that are no years, each in the other's place."""
    spots = [m for m in _PLAIN_NUMBER.finditer(text) if not _calendar(text, m)]
    return _exchange(text, spots, chance)


def _calendar(text: str, match: re.Match[str]) -> bool:
    months = r"(?:Jan|Feb|Mar|Mär|Apr|May|Mai|Jun|Jul|Aug|Sep|Oct|Okt|Nov|De[cz])"
    around = text[max(0, match.start() - 12) : match.end() + 14]
    return bool(re.fullmatch(r"1[0-9]{3}|20[0-9]{2}", match.group()) or re.search(months, around))


def _exchange(text: str, spots: Sequence[re.Match[str]], chance: random.Random) -> str | None:
    pairs = [
        (one, other)
        for place, one in enumerate(spots)
        for other in spots[place + 1 :]
        if one.group() != other.group() and not _JOINS.fullmatch(text[one.end() : other.start()])
    ]
    if not pairs:
        return None
    one, other = chance.choice(pairs)
    between = text[one.end() : other.start()]
    return f"{text[: one.start()]}{other.group()}{between}{one.group()}{text[other.end() :]}"

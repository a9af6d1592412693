"""Faithful statements, and the same with one error planted, for measuring the statement checker.

Faithful statements are sentences of our corpus and of XQuAD, as they stand and with their clauses
reordered; parallel paragraphs give faithful statements in the other language. The errors are planted by
rules that share no code with the checker.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import SHARED, DataMissing, Paragraph, xquad
from benchmarks.twisting import TWISTS, Twist, exchange_names, exchange_numbers
from retrieval.language import sentences
from retrieval.types import Language

SEED = 20261122
CORPUS = Path(__file__).resolve().parents[1] / "corpus"
_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?![\w/])")
_YEAR = re.compile(r"(?<![\w.,/-])(?:1[0-9]{3}|20[0-9]{2})(?![\w/])(?![.,]\d)")
_MONTHS: dict[Language, str] = {
    "en": "January February March April June July August September October November December",
    "de": "Januar Februar März April Juni Juli August September Oktober November Dezember",
}
_VERB: dict[Language, str] = {
    "en": r"\b(?:is|was|are|were|has|have|had|can|will|would|could|should|must|may)\b",
    "de": r"\b(?:ist|war|sind|waren|wird|wurde|wurden|werden|kann|können|darf|muss|müssen|soll|sollen)\b",
}
_NOT: dict[Language, str] = {"en": "not", "de": "nicht"}
_HEDGED_CHANGE = 0.06  # a smaller change of a rounded figure is no error by the checker's own rule


@dataclass(frozen=True, slots=True)
class Case:
    """A statement, the text it is checked against, and what was planted in it ("" for nothing)."""

    text: str
    language: Language
    source: str
    source_language: Language
    planted: str = ""
    context: str = ""


Plant = Callable[[Case, random.Random], str | None]


def faithful(shared: Path = SHARED) -> tuple[Case, ...]:
    """Sentences of the corpus and of XQuAD against their own paragraph, and reordered copies of them."""
    cases = [*_corpus_cases(), *_xquad_cases(shared)]
    reordered = (_with_text(case, _reorder(case.text)) for case in cases)
    return (*cases, *(case for case in reordered if case is not None))


def across(shared: Path = SHARED) -> tuple[Case, ...]:
    """XQuAD sentences against the parallel paragraph in the other language."""
    paragraphs = xquad(shared).paragraphs
    other = {(each.language, each.id[3:]): each for each in paragraphs}
    return tuple(
        Case(text, each.language, twin.text, twin.language)
        for each in paragraphs
        for twin in [other["de" if each.language == "en" else "en", each.id[3:]]]
        for text in _sentences(each.text, each.language)
    )


def _paragraphs(shared: Path) -> tuple[Paragraph, ...]:
    try:
        return xquad(shared).paragraphs
    except DataMissing:
        return ()


def _xquad_cases(shared: Path) -> Iterator[Case]:
    for each in _paragraphs(shared):
        for text in _sentences(each.text, each.language):
            yield Case(text, each.language, each.text, each.language)


def _corpus_cases() -> Iterator[Case]:
    for path in sorted(CORPUS.rglob("*.md")):
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        language: Language = "de" if "language: de" in front else "en"
        known = "\n".join(re.findall(r"^(?:title|source|publisher|published): (.*)", front, re.MULTILINE))
        for block in re.split(r"\n\s*\n", body):
            if block.strip() and not block.lstrip().startswith(("#", "|")):
                for text in _sentences(block, language):
                    yield Case(text, language, block, language, context=known)


def _sentences(text: str, language: Language) -> Iterator[str]:
    for start, end in sentences(text, language):
        if len(text[start:end].split()) >= 4:
            yield text[start:end]


def _reorder(text: str) -> str | None:
    """The clause before the first comma put last; None if there is nothing to move."""
    match = re.fullmatch(r"([^,;:()]{12,}), ([^,;:()]{12,})([.!?])", text)
    return f"{match[2]}, {match[1]}{match[3]}" if match else None


def _with_text(case: Case, text: str | None, planted: str = "") -> Case | None:
    if text is None or text == case.text:
        return None
    return Case(text, case.language, case.source, case.source_language, planted, case.context)


TWISTED = (*TWISTS, "exchanged names", "exchanged numbers")
KINDS = ("number", "date", "name", "swapped name", "negation", *TWISTED)


def plant(cases: Sequence[Case], kind: str, seed: int = SEED) -> tuple[Case, ...]:
    """Each statement with one changed number, date, name or negation, where it has such a thing."""
    chance = random.Random(f"{seed}/{kind}")
    change = _plants(cases)[kind]
    planted = (_with_text(case, change(case, chance), kind) for case in cases)
    return tuple(case for case in planted if case is not None)


def _plants(cases: Sequence[Case]) -> dict[str, Plant]:
    pool = _name_pool(cases)
    return {
        "number": _change_number,
        "date": _change_date,
        "name": lambda case, chance: _change_name(case, chance, pool),
        "swapped name": lambda case, chance: _change_name(case, chance, pool, present=True),
        "negation": lambda case, chance: _change_negation(case),
        **{kind: _twisting(twist) for kind, twist in TWISTS.items()},
        "exchanged names": lambda case, chance: exchange_names(case.text, chance, pool),
        "exchanged numbers": lambda case, chance: exchange_numbers(case.text, chance),
    }


def _twisting(twist: Twist) -> Plant:
    return lambda case, chance: twist(case.text, case.language, chance)


def _change_number(case: Case, chance: random.Random) -> str | None:
    spots = [m for m in _NUMBER.finditer(case.text) if not _in_date(case, m)]
    if not spots:
        return None
    spot = chance.choice(spots)
    return case.text[: spot.start()] + _other_digits(spot.group(), chance) + case.text[spot.end() :]


def _in_date(case: Case, match: re.Match[str]) -> bool:
    around = case.text[max(0, match.start() - 12) : match.end() + 14]
    months = _MONTHS[case.language].split()
    return bool(_YEAR.fullmatch(match.group())) or any(month in around for month in (*months, "Mai", "May"))


def _other_digits(number: str, chance: random.Random) -> str:
    places = [i for i, c in enumerate(number) if c.isdigit()]
    changed = _at(number, chance.choice(places), chance)
    old, new = (float("".join(c for c in each if c.isdigit())) for each in (number, changed))
    return changed if abs(new - old) > _HEDGED_CHANGE * max(old, new) else _at(number, places[0], chance)


def _at(number: str, place: int, chance: random.Random) -> str:
    digit = chance.choice([d for d in "123456789" if d != number[place]])
    return number[:place] + digit + number[place + 1 :]


def _change_date(case: Case, chance: random.Random) -> str | None:
    ways = [way(case, chance) for way in (_change_year, _change_month, _change_day)]
    possible = [text for text in ways if text is not None]
    return chance.choice(possible) if possible else None


def _change_year(case: Case, chance: random.Random) -> str | None:
    spots = list(_YEAR.finditer(case.text))
    if not spots:
        return None
    spot = chance.choice(spots)
    year = int(spot.group()) + chance.choice([-30, -7, -3, -2, -1, 1, 2, 3, 7, 30])
    return f"{case.text[: spot.start()]}{year}{case.text[spot.end() :]}"


def _change_month(case: Case, chance: random.Random) -> str | None:
    months = _MONTHS[case.language].split()
    spot = re.search(rf"\b(?:{'|'.join(months)})\b(?= \d)|(?<=\d )(?:{'|'.join(months)})\b", case.text)
    if spot is None:
        return None
    month = chance.choice([each for each in months if each != spot.group()])
    return case.text[: spot.start()] + month + case.text[spot.end() :]


def _change_day(case: Case, chance: random.Random) -> str | None:
    months = "|".join(_MONTHS[case.language].split())
    spot = re.search(
        rf"(?<!\d)(\d{{1,2}})(?=\.? (?:{months}) \d{{4}})|\b(?:{months}) (\d{{1,2}})(?=, \d{{4}})", case.text
    )
    if spot is None:
        return None
    group = 1 if spot[1] else 2
    day = chance.choice([each for each in range(1, 29) if each != int(spot[group])])
    return f"{case.text[: spot.start(group)]}{day}{case.text[spot.end(group) :]}"


def _name_pool(cases: Sequence[Case]) -> tuple[str, ...]:
    """Capitalised words from inside English sentences: names by a rule that needs no lexicon."""
    english = (case.text for case in cases if case.language == "en")
    found = (name for text in english for name in re.findall(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b", text))
    lower = {word for case in cases for word in re.findall(r"\b[a-zäöüß]+\b", case.text)}
    return tuple(sorted({name for name in found if name.lower() not in lower and name not in _NO_NAMES}))


_NO_NAMES = frozenset(
    f"{_MONTHS['en']} {_MONTHS['de']} Monday Tuesday Wednesday Thursday Friday Sunday".split()
)


def _change_name(
    case: Case, chance: random.Random, pool: tuple[str, ...], present: bool = False
) -> str | None:
    """Another name in its place: one that is foreign to the source, or one of the source itself."""
    known = frozenset(pool)
    spots = [m for m in re.finditer(r"(?<=[\w,] )[A-ZÄÖÜ]\w{3,}\b", case.text) if m.group() in known]
    if not spots:
        return None
    spot = chance.choice(spots)
    there = case.source + case.context
    others = [each for each in pool if (each in there) == present and each not in case.text]
    if not others:
        return None
    other = chance.choice(others)
    return case.text[: spot.start()] + other + case.text[spot.end() :]


def _change_negation(case: Case) -> str | None:
    """A "not" taken away, or one put behind the first auxiliary verb."""
    word = _NOT[case.language]
    there = re.search(rf" {word}\b(?! (?:only|nur))", case.text)
    if there:
        return case.text[: there.start()] + case.text[there.end() :]
    verb = re.search(_VERB[case.language], case.text)
    return f"{case.text[: verb.end()]} {word}{case.text[verb.end() :]}" if verb else None

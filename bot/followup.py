"""Questions that lean on the one before: "And Anthropic?", "Und nach einer Woche?", "Who owns it?". Pure.

Without a model the two are joined: what changed is put in the place of what it changes, where that can be
seen (a vendor for a vendor, a time span for a time span), or else one question follows the other.
"""

import re
from collections.abc import Collection, Sequence

from retrieval.language import detect, stop_words, words
from retrieval.types import Language
from retrieval.vocabulary import Named

_REMEMBERED = 4  # earlier questions that a chain of follow-ups may lean on
_SHORT = 7  # content words from which a question is thought to stand alone, pronoun or not
_FEW = 1  # content words with which it cannot

_OPENING = re.compile(
    r"(?:and|or|but|so|then|also|what about|how about|and what about|und|oder|aber|also|dann|sondern|"
    r"was ist mit|und was ist mit|wie steht es (?:mit|um)|wie sieht es (?:mit|bei)|wie ist es (?:mit|bei)|"
    r"wie wäre es mit|gilt das auch|same for|the same for|dasselbe für|das gleiche für)\b[\s,]*",
    re.IGNORECASE,
)
_SAME: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|those|these|this(?! (?:year|month|week|"
        r"quarter|morning|afternoon))|the same|the former|the latter|that(?=\s*[?.!]|$))\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:sie|ihn|ihm|ihnen|ihre[mnrs]?|ihr|er|deren|dessen|"
        r"diese[mnrs]?(?! (?:Jahr|Monat|Woche|Quartal))|"
        r"jene[mnrs]?|das(?! [A-ZÄÖÜ])|es(?=\s*[?.!]|$)|davon|dafür|damit|dagegen|darüber|daran|dabei|dazu|"
        r"dadurch|danach|davor|dort|derselbe|dieselbe|dasselbe|denen)\b"
    ),
}
_SPAN = re.compile(
    r"\b(?:after|for|within|in|during|nach|für|seit|in|innerhalb|binnen|während)\s+"
    r"(?:an?|one|two|three|\d+|einer|einem|eines|einen|eine|ein|zwei|drei|mehreren|several|some|einigen)?\s*"
    r"(?:minutes?|hours?|days?|weeks?|months?|quarters?|years?|minuten?|stunden?|tag(?:e[ns]?|s)?|wochen?|"
    r"monat(?:e[ns]?|s)?|quartal(?:en?|s)?|jahr(?:e[ns]?|s)?)\b",
    re.IGNORECASE,
)


def stand_alone(question: str, thread: Sequence[str], vendors: Collection[Named] = ()) -> str:
    """The question in words that need no conversation, as far as rules can tell."""
    before = ""
    for each in [*thread[-_REMEMBERED:], question]:
        before = join(each, before, vendors) if before and leans(each) else each
    return before


def language(question: str, thread: Sequence[str]) -> Language:
    """A question's language; one too short to tell has that of the conversation."""
    return detect(question, detect(thread[-1]) if thread else "en")


def leans(question: str) -> bool:
    """Whether a question can hardly be understood without the one before it."""
    told = detect(question)
    content = [each for each in words(question) if not _says_nothing(each)]
    if len(content) <= _FEW or _OPENING.match(question.strip()):
        return True
    return len(content) < _SHORT and bool(_SAME[told].search(_without_start(question, told)))


def _says_nothing(word: str) -> bool:
    return word in stop_words("en") or word in stop_words("de")


def _without_start(question: str, told: Language) -> str:
    """A German pronoun at the start ("Das kostet was?") written as one inside, where "Sie" is an address."""
    return question[:1].lower() + question[1:] if told == "de" else question


def join(question: str, before: str, vendors: Collection[Named] = ()) -> str:
    """One question of two."""
    rest = _OPENING.sub("", question.strip(), count=1)
    swapped, left = before, rest
    for found in (_names(vendors), _SPAN):
        swapped, left = _swap(swapped, left, found)
    said = [each for each in words(left) if not _says_nothing(each)]
    if swapped != before and not said:
        return swapped
    return f"{before.strip()} {question.strip()}"


def _swap(before: str, rest: str, pattern: re.Pattern[str] | None) -> tuple[str, str]:
    """The one thing of a kind in the new question put where the old one has one; else both as they are."""
    if pattern is None:
        return before, rest
    old, new = list(pattern.finditer(before)), list(pattern.finditer(rest))
    if len(old) != 1 or len(new) != 1 or old[0].group().lower() == new[0].group().lower():
        return before, rest
    put = new[0].group()
    put = put[0].lower() + put[1:] if old[0].group()[0].islower() else put
    swapped = before[: old[0].start()] + put + before[old[0].end() :]
    return swapped, rest[: new[0].start()] + rest[new[0].end() :]


def _names(vendors: Collection[Named]) -> re.Pattern[str] | None:
    names = sorted({name for each in vendors for name in (each.name, *each.aliases)}, key=len, reverse=True)
    return (
        re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE) if names else None
    )

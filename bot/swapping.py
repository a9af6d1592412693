"""A question asked again with one thing changed: a vendor for a vendor, a time span for a time span. Pure."""

import re
from collections.abc import Sequence

from bot.subjects import Mention
from retrieval.language import stop_words, words

_SPAN = re.compile(
    r"\b(?:after|for|within|in|during|nach|für|seit|in|innerhalb|binnen|während)\s+"
    r"(?:an?|one|two|three|\d+|einer|einem|eines|einen|eine|ein|zwei|drei|mehreren|several|some|einigen)?\s*"
    r"(?:minutes?|hours?|days?|weeks?|months?|quarters?|years?|minuten?|stunden?|tag(?:e[ns]?|s)?|wochen?|"
    r"monat(?:e[ns]?|s)?|quartal(?:en?|s)?|jahr(?:e[ns]?|s)?)\b",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"[\s?!.\u2026]*\Z")
_FUNCTION = stop_words("en") | stop_words("de")


def content(text: str) -> list[str]:
    """The words of a text that say something, in lower case."""
    return [each for each in words(text) if each not in _FUNCTION]


def without(text: str, mentions: Sequence[Mention]) -> str:
    """A text without some of its names."""
    for each in reversed(mentions):
        text = text[: each.start] + text[each.end :]
    return text


def changed(rest: str, before: str, own: Sequence[Mention], known: Sequence[Mention]) -> str:
    """The question before with another name or span; nothing if the new one says more, or changes nothing.

    `own` and `known`: the names in the new question and in the one before.
    """
    renamed = _renamed(rest, before, own, known)
    if own and renamed == before:
        return ""
    spanned, left = _spanned(renamed, without(rest, own))
    said = set(content(left)) - set(content(before))
    return "" if said or spanned == before else spanned


def _renamed(rest: str, before: str, own: Sequence[Mention], known: Sequence[Mention]) -> str:
    if not own or content(rest[own[0].start : own[-1].end]) != content(" ".join(each.text for each in own)):
        return before
    alike = [each for each in known if each.kind == own[0].kind]
    old = alike if len({each.key for each in alike}) == 1 else known
    if len({each.key for each in old}) != 1 or {each.key for each in own} == {old[0].key}:
        return before
    put = rest[own[0].start : own[-1].end]
    for each in reversed(old):
        before = before[: each.start] + put + before[each.end :]
    return before


def _spanned(before: str, rest: str) -> tuple[str, str]:
    """The new question's span put where the old one has one, else at its end; and what else is said."""
    new, old = _SPAN.search(rest), list(_SPAN.finditer(before))
    if not new or len(old) > 1:
        return before, rest
    left = rest[: new.start()] + rest[new.end() :]
    if not old:
        end = len(before) - len(_TRAILING.findall(before)[0])
        return f"{before[:end]} {_lowered(new[0])}{before[end:]}", left
    put = _lowered(new[0]) if old[0][0][0].islower() else new[0]
    return before[: old[0].start()] + put + before[old[0].end() :], left


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:]

"""Citation markers in a model's answer: [p3], [p3, p5], [p3][p5]. Text in, sentences with keys out. Pure."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from retrieval.language import sentences
from retrieval.types import Language

_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_HEADING = re.compile(r"\s*#{1,6}\s|\s*\*\*[^*]+\*\*:?\s*$")
_RULE = re.compile(r"[\s|:\-=_*]*$")
_BRACKETS = re.compile(r"\s*\[([^\[\]\n]{1,80})\](?!\()")
_LIKE_KEY = re.compile(r"[A-Za-z]{0,2}\d{1,4}")
_AFTER_STOP = re.compile(r"([.!?…]+[\"“”»’)*]*)((?:\s*\[[^\[\]\n]{1,80}\](?!\())+)")
_MARKUP = re.compile(r"(?<!\w)(?:\*\*|__|\*|`)(?=\S)|(?<=\S)(?:\*\*|__|\*|`)(?!\w)")


@dataclass(frozen=True, slots=True)
class Cited:
    """One sentence of an answer without its markers, and the keys they named, known or not."""

    text: str
    keys: tuple[str, ...]


def read(text: str, known: Collection[str], language: Language) -> tuple[Cited, ...]:
    """The statements of an answer. Headings and lines that only lead to a list are none.

    A sentence without a marker takes those of the next marked sentence of its own list item, or else
    of the one before it; in prose it takes none.
    """
    names = {key.lower(): key for key in known}
    return tuple(
        each for block, listed in _blocks(text) for each in _statements(block, listed, names, language)
    )


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Paragraphs and list items, each joined to one line, and whether it is a list item."""
    lines: list[str] = []
    listed = False
    for line in [*text.splitlines(), ""]:
        starts = _ITEM.match(line)
        if lines and (starts or not line.strip() or _HEADING.match(line) or line.lstrip().startswith("|")):
            yield " ".join(lines), listed
            lines = []
        if not _RULE.fullmatch(line) and not _HEADING.match(line):
            listed = bool(starts) if not lines else listed
            lines.append(_plain(line[starts.end() :] if starts else line))


def _plain(line: str) -> str:
    cells = line.strip().strip("|").replace(" | ", "; ") if line.lstrip().startswith("|") else line.strip()
    return _MARKUP.sub("", cells)


def _statements(block: str, listed: bool, names: dict[str, str], language: Language) -> Iterator[Cited]:
    moved = _AFTER_STOP.sub(lambda match: f"{match[2]}{match[1]}", block)
    found = [_cited(moved[start:end], names) for start, end in sentences(moved, language)]
    found = [each for each in found if re.search(r"\w", each.text) and not _leads(each)]
    yield from _inherit(found) if listed else found


def _leads(each: Cited) -> bool:
    """A line like "The risks are:" says nothing by itself."""
    return each.text.endswith(":") and not each.keys


def _cited(sentence: str, names: dict[str, str]) -> Cited:
    keys: list[str] = []

    def take(match: re.Match[str]) -> str:
        parts = [part for part in re.split(r"\s*[,;]\s*|\s+(?:and|und)\s+|\s+", match[1].strip()) if part]
        if not all(part.lower() in names or _LIKE_KEY.fullmatch(part) for part in parts):
            return match.group()
        keys.extend(names.get(part.lower(), part) for part in parts)
        return ""

    text = _BRACKETS.sub(take, sentence)
    return Cited(re.sub(r"\s+([.,;:!?])", r"\1", text).strip(), tuple(dict.fromkeys(keys)))


def _inherit(found: list[Cited]) -> Iterator[Cited]:
    for place, each in enumerate(found):
        around = [*found[place + 1 :], *reversed(found[:place])]
        keys = each.keys or next((other.keys for other in around if other.keys), ())
        yield Cited(each.text, keys)

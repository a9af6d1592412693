"""What a model wrote, taken apart: its first line, its points, what it says is missing. Pure.

Whatever could act on a reader goes: links, mentions, HTML, control and invisible characters. What is left
is plain text with citation markers in one form, [p3] or [p1, p3].
"""

import html
import json
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.phrases import say
from bot.types import Kind
from retrieval.language import sentences
from retrieval.types import Language

_LONGEST = 20_000  # characters of a whole answer; what comes after was not asked for
_LONGEST_MISSING = 300  # characters of one line that says what is missing
_MOST_MISSING = 4

_THOUGHT = re.compile(r"<(think(?:ing)?|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_CLOSED = re.compile(r"\A.*</(?:think(?:ing)?|reasoning)>", re.DOTALL | re.IGNORECASE)
_FENCED = re.compile(r"\A\s*```\w*\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)
_KEY = re.compile(r"(?:passages?\s*)?p?\s?(\d{1,3})(?:†.*)?", re.IGNORECASE)
_RANGE = re.compile(r"p?(\d{1,2})\s?[-–]\s?p?(\d{1,2})", re.IGNORECASE)
_BRACKETS = re.compile(r"[\[【(]([^\[\]【】()\n]{1,80})[\])】]")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]{1,80}\]: *\S*[:/.]\S*(?: +[\"'(].*)?$", re.MULTILINE)
_LINKED = re.compile(
    r"!?\[((?:[^\[\]\n]|\[[^\[\]\n]*\]){0,300})\]"
    r"(?:\([^)\n]*\)|\s?\[(?!p?\d{1,3}\])[^\]\n]{0,80}\](?=\W|$))"
)
_PIPED = re.compile(r"<(?![!@#])[^<>|\n]{1,2000}\|([^<>\n]{0,300})>")
_MENTION = re.compile(r"<\s*[!@#][^<>\n]{0,300}>?|@(?:channel|here|everyone)\b", re.IGNORECASE)
_TAG = re.compile(r"<(?:!--[^\n]*?--|/?[a-z][a-z0-9-]*(?:[\s/][^<>\n]{0,2000})?)>", re.IGNORECASE)
_ADDRESS = re.compile(
    r"<?\b(?:[a-z][a-z0-9+.\-]{1,20}:/+|www\.|(?:javascript|vbscript|data|mailto|file|slack|tel):"
    r"|(?:[\w-]{1,63}[.。]){1,8}[a-z]{2,20}[/?])"
    r"[^\s\[\]<>()]+>?",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_NO_TEXT = re.compile(r"\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*:?\s*|[\s|:\-=_*`~]*|```.*)$")
_LABEL = re.compile(
    r"\W{0,3}(?:(?P<inference>inference|conclusion|schlussfolgerung|folgerung)"
    r"|(?P<assumption>assumption|annahme)|(?P<fact>fact|fakt|tatsache|answer|antwort)"
    r"|(?P<missing>missing|es fehlt|es fehlen|fehlt|fehlend|not in the passages|nicht in den passagen)"
    r")\W{0,3}:\W{0,3}(?=[\w\"“„»(\[$€<])",
    re.IGNORECASE,
)
_MARKS = re.compile(r"\s*\[(?:p\d{1,3}(?:, )?)+\]")
_FINISHED = re.compile(r"[.!?…][\"“”»’)*]*(?:\s*\[[^\[\]\n]{1,80}\])*\s*$")


@dataclass(frozen=True, slots=True)
class Point:
    """One thing said, perhaps in several sentences, with its markers; listed: as a list item."""

    kind: Kind
    text: str
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Outline:
    """An answer's parts in order. `headline` is its first line unless that is a list item already."""

    headline: Point | None
    points: tuple[Point, ...]
    missing: tuple[str, ...]


def read(text: str, keys: Collection[str], language: Language, cut_off: bool = False) -> Outline:
    """The parts of an answer that may cite these keys; a cut-off one loses its unfinished last sentence."""
    plain = clean(_unpacked(spoken(text)[:_LONGEST]), keys, language)
    if cut_off:
        plain = finished(plain, language)
    points: list[Point] = []
    missing: list[str] = []
    for block, listed in _blocks(plain):
        label = _LABEL.match(block)
        said = block[label.end() :] if label else block
        if label and label["missing"]:
            missing.append(_MARKS.sub("", said)[:_LONGEST_MISSING].strip())
        elif re.search(r"\w", said):
            points.append(Point(_kind(label), said, listed))
    headline = points.pop(0) if points and not points[0].listed and points[0].kind == "fact" else None
    return Outline(headline, tuple(points), tuple(dict.fromkeys(missing))[:_MOST_MISSING])


def _kind(label: re.Match[str] | None) -> Kind:
    if label and label["inference"]:
        return "inference"
    return "assumption" if label and label["assumption"] else "fact"


def spoken(text: str) -> str:
    """A text without what a model thought aloud before it.

    Some servers put the mark that opens the thought into the prompt: then only the closing one comes.
    """
    return _CLOSED.sub("", _THOUGHT.sub("", text))


def _unpacked(text: str) -> str:
    """The sentences of an answer that came as JSON, which nobody has asked for, one a line."""
    bare = _FENCED.sub(r"\1", text).strip()
    if bare[:1] not in ("{", "["):
        return text
    try:
        told = [each for each in _leaves(json.loads(bare)) if " " in each]
    except (ValueError, RecursionError):
        return text
    return "\n".join(f"- {each}" for each in told)


def _leaves(value: object) -> Iterator[str]:
    """The texts in a JSON value, each with the ids that stand in a list beside it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        parts = value if isinstance(value, list) else list(value.values())
        beside = [key for part in parts if isinstance(part, list) for key in part if _names_passage(key)]
        mark = f" [{', '.join(beside)}]" if beside else ""
        for part in parts:
            yield from (f"{leaf}{mark if isinstance(part, str) else ''}" for leaf in _leaves(part))


def _names_passage(value: object) -> bool:
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def clean(text: str, keys: Collection[str], language: Language) -> str:
    """Plain text: nothing in it is a link, a mention, markup or invisible."""
    text = _visible(html.unescape(_visible(text)))
    text = _REFERENCE.sub("", text)
    text = _LINKED.sub(lambda found: _label(found[1]), text)
    text = _PIPED.sub(lambda found: found[1], text)
    text = _MENTION.sub("", text)
    text = _TAG.sub("", text)
    text = _ADDRESS.sub(say("link", language), text)
    return _BRACKETS.sub(lambda found: _marker(found, keys), text)


def _visible(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in lines if c == "\n" or unicodedata.category(c)[0] != "C")


def _label(text: str) -> str:
    """What a link showed; a number in brackets stays a marker."""
    bare = text.strip()
    return f"[{bare}]" if _KEY.fullmatch(bare) else bare


def _marker(found: re.Match[str], keys: Collection[str]) -> str:
    """Brackets that name passages in one way or another, in the one form; all others as they are."""
    inside = found[1].strip()
    parts = [part for part in re.split(r"\s*[,;&]\s*|\s+(?:and|und)\s+", inside) if part]
    cited = [key for part in parts for key in _keys(part)]
    round_brackets = found[0].startswith("(")
    if not cited or len(cited) < len(parts) or (round_brackets and not _all_known(parts, keys)):
        return found[0]
    return f"[{', '.join(dict.fromkeys(cited))}]"


def _keys(part: str) -> tuple[str, ...]:
    span = _RANGE.fullmatch(part)
    if span and int(span[1]) < int(span[2]) < int(span[1]) + 20:
        return tuple(f"p{n}" for n in range(int(span[1]), int(span[2]) + 1))
    one = _KEY.fullmatch(part)
    return (f"p{int(one[1])}",) if one else ()


def _all_known(parts: Collection[str], keys: Collection[str]) -> bool:
    return all(part.lower() in keys for part in parts)


def finished(text: str, language: Language) -> str:
    """Without the last sentence, if that has no end."""
    body = text.rstrip()
    if _FINISHED.search(body):
        return body
    head, line = body[: body.rfind("\n") + 1], body[body.rfind("\n") + 1 :]
    spans = sentences(line, language)
    kept = line[: spans[-1][0]] if spans else ""
    return head + (kept if re.search(r"[^\W\d_]", kept) else "")


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Paragraphs and list items, each joined to one line, and whether it is a list item."""
    lines: list[str] = []
    listed = False
    for line in [*text.splitlines(), ""]:
        starts = _ITEM.match(line)
        if lines and (starts or _NO_TEXT.match(line) or _LABEL.match(line) or line.lstrip()[:1] == "|"):
            yield " ".join(lines), listed
            lines = []
        if not _NO_TEXT.match(line):
            listed = bool(starts) if not lines else listed
            lines.append(line[starts.end() :].strip() if starts else line.strip())

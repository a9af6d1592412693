"""Cuts what is too long for one message at safe places: between blocks, rows, lines, sentences, words. Pure.

Slack's limits, with a margin: 12,000 characters of Markdown and about 13,200 rendered ones in a message,
about 100 for each heading, and 50 blocks, into which one `markdown` block is taken apart.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from bot.slack.kit import Block

MOST_MARKDOWN = 11_000
MOST_RENDERED = 12_300
MOST_BLOCKS = 44
_HEADING = 120
_FENCE = re.compile(r" *(`{3,}|~{3,})")
_RULE_ROW = re.compile(r"\s*\|(?:\s*:?-+:?\s*\|)+\s*")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_WORD = re.compile(r"\[(?:[^\[\]\n\\]|\\.)*\]\([^()\s]*\)\S*|\S+")
_FRAGILE = re.compile(r"(?:\\|&[a-z]{0,4}|[\ud800-\udbff])$")


def split(markdown: str, most: int = MOST_MARKDOWN) -> tuple[str, ...]:
    """Markdown as one or more pieces of at most `most` characters. Nothing is lost; fences and tables stay
    whole where they fit, and where not, each piece is a fence or a table of its own.
    """
    parts = [part for chunk in chunks(markdown) for part in _fitting(chunk, most)]
    return tuple(_packed(parts, most, "\n\n"))


def chunks(markdown: str) -> list[str]:
    """The top-level blocks: fences, tables, paragraphs and lists."""
    found: list[list[str]] = [[]]
    fence = ""
    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if not line.strip() and not fence:
            found.append([])
            continue
        found[-1].append(line)
        if fence:
            fence = "" if mark and line.strip() == fence else fence
        elif mark:
            fence = mark[1]
    return ["\n".join(lines) for lines in found if lines]


def pack(blocks: Sequence[Block], together: int = 0) -> list[list[Block]]:
    """The blocks in as few messages as Slack's limits allow. The last `together` blocks are not parted."""
    groups = [[each] for each in blocks[: len(blocks) - together]]
    groups += [list(blocks[len(blocks) - together :])] if together else []
    messages: list[list[Block]] = []
    for group in groups:
        if messages and _fits([*messages[-1], *group]):
            messages[-1] += group
        else:
            messages.append(group)
    return messages


def _fits(blocks: Sequence[Block]) -> bool:
    markdown = sum(len(each["text"]) for each in blocks if each["type"] == "markdown")
    return (
        markdown <= MOST_MARKDOWN
        and sum(map(cost, blocks)) <= MOST_RENDERED
        and sum(map(count, blocks)) <= MOST_BLOCKS
    )


def cost(block: Block) -> int:
    """Characters that Slack counts for a block, its headings included."""
    if block["type"] == "markdown":
        headings = len(re.findall(r"^#{1,6} ", block["text"], re.M))
        return len(block["text"]) + _HEADING * headings
    return sum(map(len, texts_of(block)))


def count(block: Block) -> int:
    """Blocks that Slack counts for a block: a `markdown` block is taken apart, a container has children."""
    if block["type"] == "markdown":
        return len(chunks(block["text"]))
    return 1 + len(block.get("child_blocks", ()))


def texts_of(value: object) -> Iterator[str]:
    """All texts of blocks, in order."""
    if isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, str) and key in ("text", "title"):
                yield each
            yield from texts_of(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts_of(each)


def _packed(parts: Sequence[str], most: int, joint: str) -> Iterator[str]:
    held = ""
    for part in parts:
        if held and len(held) + len(joint) + len(part) > most:
            yield held
            held = part
        else:
            held = f"{held}{joint}{part}" if held else part
    if held:
        yield held


def _fitting(chunk: str, most: int) -> Iterator[str]:
    if len(chunk) <= most:
        yield chunk
    elif _FENCE.match(chunk):
        yield from _fences(chunk, most)
    elif _is_table(chunk):
        yield from _tables(chunk, most)
    else:
        yield from _lines(chunk, most)


def _fences(chunk: str, most: int) -> Iterator[str]:
    first, *inner, last = chunk.split("\n")
    room = most - len(first) - len(last) - 2
    lines = [part for line in inner for part in (_hard(line, room) if len(line) > room else [line])]
    for piece in _packed_lines(lines, room):
        yield f"{first}\n{piece}\n{last}"


def _packed_lines(lines: Sequence[str], most: int) -> Iterator[str]:
    """As _packed, yet an empty line is a line."""
    held: list[str] = []
    size = 0
    for line in lines:
        if held and size + len(line) + 1 > most:
            yield "\n".join(held)
            held, size = [], 0
        held.append(line)
        size += len(line) + 1
    if held:
        yield "\n".join(held)


def _is_table(chunk: str) -> bool:
    lines = chunk.split("\n", 2)
    return len(lines) > 1 and _RULE_ROW.fullmatch(lines[1]) is not None


def _tables(chunk: str, most: int) -> Iterator[str]:
    """The rows under the same head; a row that is too long becomes text."""
    head, rule, *rows = chunk.split("\n")
    top = f"{head}\n{rule}"
    room = most - len(top) - 1
    if room < most // 2:
        yield from _lines("\n".join([head, *rows]).replace("|", "·"), most)
        return
    held: list[str] = []
    for row in rows:
        if len(row) > room:
            yield from ([f"{top}\n" + "\n".join(held)] if held else [])
            yield from _lines(row.replace("|", "·"), most)
            held = []
            continue
        if held and sum(map(len, held)) + len(held) + len(row) > room:
            yield f"{top}\n" + "\n".join(held)
            held = []
        held.append(row)
    yield from ([f"{top}\n" + "\n".join(held)] if held else [])


def _lines(text: str, most: int) -> Iterator[str]:
    yield from _cut(text, most, "\n", lambda part: part.split("\n"), _sentences)


def _sentences(text: str, most: int) -> Iterator[str]:
    yield from _cut(text, most, " ", _SENTENCE.split, _words)


def _words(text: str, most: int) -> Iterator[str]:
    yield from _cut(text, most, " ", _WORD.findall, _hard)


def _cut(
    text: str,
    most: int,
    joint: str,
    apart: Callable[[str], list[str]],
    finer: Callable[[str, int], Iterator[str]],
) -> Iterator[str]:
    parts: list[str] = []
    for part in apart(text):
        parts += [part] if len(part) <= most else finer(part, most)
    yield from _packed([part for part in parts if part.strip()], most, joint)


def _hard(word: str, most: int) -> Iterator[str]:
    """Somewhere, if there is no better place; never within an escape or an entity."""
    while len(word) > most:
        end = most - len(found.group()) if (found := _FRAGILE.search(word[:most])) else most
        yield word[:end]
        word = word[end:]
    yield word

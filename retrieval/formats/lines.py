"""Lines that a page or an editor wrapped, joined again into paragraphs. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

_ITEM = re.compile(r"\s*(?:[-*•–▪◦]|\(?\d{1,3}[.)]|[a-z]\))\s")
_COLUMNS = re.compile(r"\t| {3,}")
ENDS = (".", "!", "?", "…", '"', "”", "“", "«", "»", ")")  # not ":", it belongs to what follows
_NARROW = 40  # characters; shorter lines are verses, addresses, receipts, not wrapped prose


def width(lines: Sequence[str]) -> int:
    """The length that full lines have here: the 90th percentile, in characters."""
    lengths = sorted(len(line) for line in lines if line)
    return lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0


def reflow(lines: Sequence[str], full: int) -> str:
    """Join lines: a space after a full line, a line end after a short one and before a list item."""
    out = list(lines[:1])
    for previous, line in pairwise(lines):
        out.append(" " if _continues(previous, line, full) else "\n")
        out.append(line)
    return "".join(out)


def paragraphs(lines: Sequence[str], full: int) -> Iterator[list[str]]:
    """Group lines: an empty line ends a paragraph, and so does a short line that ends a sentence."""
    group: list[str] = []
    for line in lines:
        if line:
            group.append(line)
        if group and (not line or (len(line) < 0.75 * full and line.endswith(ENDS))):
            yield group
            group = []
    if group:
        yield group


def unfinished(lines: Sequence[str], full: int) -> bool:
    """Whether a paragraph stops in the middle of a sentence, as at the foot of a page."""
    return bool(lines) and full >= _NARROW and len(lines[-1]) >= 0.6 * full and not lines[-1].endswith(ENDS)


def _continues(previous: str, line: str, full: int) -> bool:
    columns = _COLUMNS.search(previous) or _COLUMNS.search(line)
    wrapped = full >= _NARROW and len(previous) >= 0.6 * full
    return wrapped and not columns and not _ITEM.match(line)

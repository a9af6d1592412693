"""Plain text: paragraphs between blank lines. Headings are not guessed."""

from itertools import groupby

from retrieval.formats.clean import clean, describe_removed
from retrieval.formats.decode import decode
from retrieval.formats.lines import reflow, width
from retrieval.types import Block, Fetched, Parsed


def parse(fetched: Fetched) -> Parsed:
    """One prose block for each paragraph; a line of any length stays whole. ParseFailed if binary."""
    raw, notes = decode(fetched.data, fetched.uri)
    text, removed = clean(raw)
    groups = groupby((line.rstrip() for line in text.split("\n")), key=bool)
    paragraphs = [list(lines) for filled, lines in groups if filled]
    blocks = tuple(Block("prose", reflow(lines, width(lines))) for lines in paragraphs)
    return Parsed(blocks, notes=notes + describe_removed(removed))

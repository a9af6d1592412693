"""Plain text: paragraphs between blank lines, and front matter. Headings are not guessed."""

from itertools import groupby

from retrieval.formats.clean import clean, describe_removed
from retrieval.formats.decode import decode
from retrieval.formats.front import split_front_matter
from retrieval.formats.lines import reflow, width
from retrieval.types import Block, Fetched, Parsed


def parse(fetched: Fetched) -> Parsed:
    """One prose block for each paragraph; a line of any length stays whole.

    Raises ParseFailed for binary data and for broken front matter.
    """
    raw, decoded = decode(fetched.data, fetched.uri)
    text, removed = clean(raw)
    metadata, body, notes = split_front_matter(text, fetched.uri)
    groups = groupby((line.rstrip() for line in body.split("\n")), key=bool)
    paragraphs = [list(lines) for filled, lines in groups if filled]
    blocks = tuple(Block("prose", reflow(lines, width(lines))) for lines in paragraphs)
    return Parsed(blocks, metadata, decoded + notes + describe_removed(removed))

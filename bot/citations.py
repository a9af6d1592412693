"""What a statement points to: a literal quote, where it stands, and the one address to look it up. Pure."""

import re
from datetime import date

from bot.types import Citation
from retrieval.types import Hit, Source

_ADDRESS = re.compile(r"https?://[^\s<>|\"]+", re.IGNORECASE)


def cite(hit: Hit, quote: str, n: int, as_of: date) -> Citation:
    """The citation of a quote from a passage."""
    source, passage = hit.source, hit.passage
    return Citation(
        n=n,
        uri=source.uri,
        title=source.title,
        publisher=source.publisher,
        published=source.published,
        age_days=(as_of - source.published).days if source.published else None,
        locator=passage.locator,
        language=passage.language,
        quote=quote,
        sample=source.sample,
        link=link(source),
    )


def link(source: Source) -> str:
    """Where a reader may go: the document's own address, or the one it names as its source, on the web."""
    return next((each for each in (source.uri, source.source) if _ADDRESS.fullmatch(each)), "")

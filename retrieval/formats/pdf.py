"""PDF: text page by page (PDFium), lines joined into paragraphs, bookmarks as headings.

PDFium takes 3 ms a page with the best word recall of the permissive libraries (measured on 117 German
pages: .971). It finds no tables; their rows survive as lines. Text drawn invisibly is read like any
other: scanned pages carry their recognised text that way.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any, TypeAlias

from retrieval.errors import ParseFailed
from retrieval.formats.lines import paragraphs, reflow, unfinished, width
from retrieval.formats.outline import Outline, plausible_title
from retrieval.types import Fetched, Parsed

MAX_PAGES = 2_000
_MAX_BOOKMARKS = 10_000
_MARK = re.compile("[\x02\ufffe]")  # what PDFium puts where a line ended in a hyphen
_HYPHEN = re.compile("[\x02\ufffe]\\s*(\\w?)")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"})
_RULE = re.compile(r"[-=_*.~–—]{3,}")
_DIGITS = re.compile(r"\d+")
Page: TypeAlias = list[str]
Bookmarks: TypeAlias = dict[int, list[tuple[int, str]]]  # page index -> (level, title)


def parse(fetched: Fetched) -> Parsed:
    """Blocks with page numbers. Raises ParseFailed: encrypted, damaged, too long, or without text."""
    with closing(_open(fetched)) as document:
        pages, unreadable = _pages(document)
        bookmarks = _bookmarks(document)
        metadata = _metadata(document)
    _refuse_textless(pages, unreadable, fetched.uri)
    full = width([part for page in pages for line in page for part in _MARK.split(line)])
    pages, dropped = _without_furniture([[_HYPHEN.sub(_join, line) for line in page] for page in pages])
    reader = _Reader(full)
    for index, page in enumerate(pages):
        reader.read(index + 1, page, bookmarks.get(index, []))
    reader.flush()
    return Parsed(reader.outline.finish(), metadata, _notes(pages, unreadable, dropped))


def _open(fetched: Fetched) -> Any:  # noqa: ANN401 (pypdfium2 has no types)
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(fetched.data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            advice = "Save a copy without password"
            raise ParseFailed(fetched.uri, "is encrypted", advice) from None
        raise ParseFailed(fetched.uri, "is a damaged or truncated PDF", "Fetch or export it again") from None
    if len(document) > MAX_PAGES:
        problem = f"has {len(document):,} pages; the limit is {MAX_PAGES:,}"
        document.close()
        raise ParseFailed(fetched.uri, problem, "Split it into parts")
    return document


def _pages(document: Any) -> tuple[list[Page], int]:  # noqa: ANN401
    """The lines of every page, and how many pages could not be read."""
    import pypdfium2

    pages: list[Page] = []
    unreadable = 0
    for index in range(len(document)):
        try:
            pages.append(_lines(document, index))
        except pypdfium2.PdfiumError:
            pages.append([])
            unreadable += 1
    return pages, unreadable


def _lines(document: Any, index: int) -> Page:  # noqa: ANN401
    with closing(document[index]) as page, closing(page.get_textpage()) as text:
        found = text.get_text_bounded().translate(_LIGATURES)
    lines = (" ".join(line.split()) for line in found.splitlines())
    return ["" if _RULE.fullmatch(line) else line for line in lines]


def _join(match: re.Match[str]) -> str:
    """A word broken at a line end: "Lieferket\\x02ten" is one word, "KI\\x02Strategie" keeps its hyphen."""
    following = match.group(1)
    return following if following.islower() else "-" + following


def _bookmarks(document: Any) -> Bookmarks:  # noqa: ANN401
    """The table of contents by page; a broken one is no reason to lose the text."""
    import pypdfium2

    found: Bookmarks = {}
    try:
        for count, entry in enumerate(document.get_toc()):
            target = entry.get_dest()
            index = target.get_index() if target else None
            if index is not None and count < _MAX_BOOKMARKS:
                found.setdefault(index, []).append((entry.level + 1, entry.get_title()))
    except pypdfium2.PdfiumError:
        return {}
    return found


def _metadata(document: Any) -> dict[str, str]:  # noqa: ANN401
    """Title and author as the file names them; its dates say when it was printed, not published."""
    values = {key: document.get_metadata_value(key.capitalize()) for key in ("title", "author")}
    return {key: value for key, value in values.items() if plausible_title(value)}


def _refuse_textless(pages: list[Page], unreadable: int, uri: str) -> None:
    if any(line for page in pages for line in page):
        return
    if unreadable == len(pages):
        raise ParseFailed(uri, "is a damaged PDF: no page can be read", "Fetch or export it again")
    problem = f"has no text layer (pages: {len(pages)}); it is probably a scan"
    raise ParseFailed(uri, problem, "Run text recognition (OCR) on it, then ingest the result")


def _without_furniture(pages: list[Page]) -> tuple[list[Page], int]:
    """Drop first and last lines that recur on most pages, digits aside: running heads, page numbers."""
    edges = Counter(key for page in pages for key in {_key(page[i]) for i in (0, -1) if page})
    threshold = max(4, 0.6 * len(pages))
    recurring = {key for key, count in edges.items() if key and count >= threshold}
    kept = [_trim(page, recurring) for page in pages]
    return kept, sum(map(len, pages)) - sum(map(len, kept))


def _trim(page: Page, recurring: set[str]) -> Page:
    start = 1 if page and _key(page[0]) in recurring else 0
    end = len(page) - 1 if len(page) > start and _key(page[-1]) in recurring else len(page)
    return page[start:end]


def _key(line: str) -> str:
    return _DIGITS.sub("#", line).casefold()


class _Reader:
    """Fills an outline page by page; a sentence that runs over the page break stays whole."""

    def __init__(self, full: int) -> None:
        self.outline = Outline()
        self.full = full
        self.held: list[str] = []  # the unfinished paragraph at the foot of the page before

    def read(self, number: int, page: Page, bookmarks: list[tuple[int, str]]) -> None:
        """Add a page. A bookmark opens its heading at the line that repeats it, else at the top."""
        places = dict(_places(page, bookmarks))
        labels = [each for each in bookmarks if each not in places.values()]
        if labels:
            self.flush()
        self.outline.page = self.outline.page if self.held else number
        for level, title in labels:
            self.outline.heading(level, title, printed=False)
        start = 0
        for at in sorted(places):
            self.lines(page[start:at], number)
            self.flush()
            self.outline.page = number
            self.outline.heading(*places[at])
            start = at + 1
        self.lines(page[start:], number)

    def lines(self, lines: list[str], number: int) -> None:
        """Add paragraphs. The last one is held back while its sentence is not finished, for one page."""
        groups = list(paragraphs(lines, self.full))
        for count, group in enumerate(groups, 1):
            self.held.extend(group)
            begun_here = self.outline.page == number
            if count < len(groups) or not begun_here or not unfinished(group, self.full):
                self.flush()
                self.outline.page = number

    def flush(self) -> None:
        """Add what was held back."""
        self.outline.add("prose", reflow(self.held, self.full))
        self.held = []


def _places(page: Page, bookmarks: list[tuple[int, str]]) -> Iterator[tuple[int, tuple[int, str]]]:
    """Line numbers of the bookmarks that a line of the page repeats, each below the one before."""
    lines = [_letters(line) for line in page]
    at = 0
    for bookmark in bookmarks:
        wanted = _letters(bookmark[1])
        if wanted and wanted in lines[at:]:
            at = lines.index(wanted, at)
            yield at, bookmark
            at += 1


def _letters(text: str) -> str:
    """Letters only: "2.1 Ziele" in the bookmarks is "Ziele" on the page, or the other way round."""
    return "".join(filter(str.isalpha, text.casefold()))


def _notes(pages: list[Page], unreadable: int, dropped: int) -> tuple[str, ...]:
    empty = sum(not any(page) for page in pages) - unreadable
    counts = (
        ("pages without text (images only?)", empty, f" of {len(pages)}"),
        ("pages that could not be read", unreadable, f" of {len(pages)}"),
        ("running heads, feet and page numbers dropped", dropped, ""),
    )
    return tuple(f"{what}: {count}{total}" for what, count, total in counts if count)

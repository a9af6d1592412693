"""The values that travel through the library: uri -> Fetched -> Parsed -> Document -> Passage -> Hit."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Language = Literal["de", "en"]
Result = Literal["new", "changed", "unchanged", "refused", "failed", "gone"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes behind a uri, with what the outside said of them."""

    uri: str
    data: bytes
    media_type: str
    digest: str  # sha256 of `data`, hex


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of structure: a paragraph, a list, a table (whole, as Markdown), or code."""

    kind: Literal["prose", "table", "code"]
    text: str
    headings: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser found: blocks in reading order and the document's own words about itself."""

    blocks: tuple[Block, ...]
    metadata: dict[str, str] = field(default_factory=dict)  # lower-case keys; lists joined by ", "
    notes: tuple[str, ...] = ()  # what was left out, for the admin: "3 hidden runs dropped"


@dataclass(frozen=True, slots=True)
class Document:
    """A vetted source: its blocks, and what the catalogue must know of it."""

    id: str
    uri: str
    title: str
    blocks: tuple[Block, ...]
    digest: str
    language: Language
    visibility: str  # normal form, see retrieval.visibility
    confidentiality: str
    source: str = ""
    publisher: str = ""
    published: date | None = None
    review: date | None = None
    vendors: tuple[str, ...] = ()
    sample: bool = False
    regions: tuple[str, ...] = ()  # where its text may be worked on; none: anywhere


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable stretch of one document: whole sentences under one heading path, or a whole table.

    `sentences` are half-open character spans in `text`. `start` is the offset in the document's text.
    """

    id: str
    document_id: str
    ordinal: int
    text: str
    sentences: tuple[tuple[int, int], ...]
    language: Language
    headings: tuple[str, ...] = ()
    page: int | None = None
    start: int = 0
    kind: Literal["prose", "table", "code"] = "prose"

    @property
    def locator(self) -> str:
        """Where in the document: page and heading path, for a reader who wants to look it up."""
        page = [f"p. {self.page}"] if self.page is not None else []
        return ", ".join([*page, " > ".join(self.headings)]).strip(", ")

    def sentence_texts(self) -> tuple[str, ...]:
        """The passage's sentences, in order."""
        return tuple(self.text[start:end] for start, end in self.sentences)


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a document without its text: a line in a list of sources."""

    id: str
    uri: str
    title: str
    language: Language
    visibility: str
    confidentiality: str
    source: str
    publisher: str
    published: date | None
    review: date | None
    vendors: tuple[str, ...]
    sample: bool
    passages: int
    state: Literal["active", "gone"] = "active"
    regions: tuple[str, ...] = ()  # where its text may be worked on; none: anywhere


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may answer, its document, and how sure each side is (all scores 0..1)."""

    passage: Passage
    source: Source
    score: float
    sentence_scores: tuple[float, ...] = ()  # cosine to the question, one for each of passage.sentences

    @property
    def above(self) -> str:
        """What stands above each of its sentences: the document's title and the headings."""
        return f"{self.source.title}\n{' '.join(self.passage.headings)}"


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of one search: hits, best first, and whether they are likely to hold the answer."""

    hits: tuple[Hit, ...]
    answerable: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What happened to one item of a batch."""

    uri: str
    result: Result
    passages: int = 0
    reason: str = ""
    seconds: float = 0.0
    visibility: str = ""

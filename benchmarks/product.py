"""Our side of every comparison: a library in a folder that vanishes, filled with given passages."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from retrieval.embed import Embedder, export, load_embedder
from retrieval.language import sentences
from retrieval.library import Library
from retrieval.pooling import Parted
from retrieval.types import Block, Document, Language, Passage
from retrieval.visibility import Audience

MODEL = "all-MiniLM-L6-v2"  # the packaged one, for us and for every peer
EVERYONE = Audience.of("employees")
Vectors = NDArray[np.float32]
T = TypeVar("T")
Item = tuple[Document, Sequence[Passage]]


def embedder(cache: Path, threads: int = 2) -> Embedder:
    """The default embedder through ONNX Runtime, exported on first use into the cache folder."""
    models = cache / "models"
    models.mkdir(parents=True, exist_ok=True)
    export(MODEL, models)
    return load_embedder(MODEL, models, threads=threads)


class Remembering:
    """An embedder that never embeds a text twice, between runs neither. Not for tables about speed."""

    def __init__(self, real: Embedder, folder: Path) -> None:
        self.name, self.dimension, self.languages = real.name, real.dimension, real.languages
        self._real = real
        folder.mkdir(parents=True, exist_ok=True)
        self._known = sqlite3.connect(folder / "vectors.sqlite", timeout=120)
        self._known.execute("CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB)")

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, d) of passages."""
        known = self._remembered("passage", texts, lambda missing: list(self._real.passages(missing)))
        return np.array(known, np.float32).reshape(len(texts), self.dimension)

    def parted(self, texts: Sequence[Parted]) -> list[Vectors]:
        """Vectors (1 + parts, d) of passages and their sentences."""
        known = self._remembered("parted", texts, self._real.parted)
        return [each.reshape(-1, self.dimension) for each in known]

    def query(self, text: str) -> Vectors:
        """Vector (d,) of a question."""
        return self._remembered("query", [text], lambda missing: [self._real.query(missing[0])])[0]

    def _remembered(
        self, kind: str, texts: Sequence[T], make: Callable[[list[T]], Sequence[Vectors]]
    ) -> list[Vectors]:
        keys = [hashlib.sha256(f"{self.name}\0{kind}\0{text}".encode()).digest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if self._get(key) is None}
        if missing:
            fresh = zip(missing, make(list(missing.values())), strict=True)
            with self._known:
                rows = ((key, vectors.tobytes()) for key, vectors in fresh)
                self._known.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        return [found for key in keys if (found := self._get(key)) is not None]

    def _get(self, key: bytes) -> Vectors | None:
        row = self._known.execute("SELECT vector FROM vectors WHERE text = ?", (key,)).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Options:
    """What a table may use: where the data and the caches lie, and a limit for a quick look."""

    data: Path
    cache: Path
    limit: int | None = None
    _made: dict[str, Embedder] = field(default_factory=dict)

    def embedder(self) -> Embedder:
        """The real embedder, loaded once."""
        if "real" not in self._made:
            self._made["real"] = embedder(self.cache)
        return self._made["real"]

    def remembering(self) -> Embedder:
        """The same with a memory."""
        if "remembering" not in self._made:
            self._made["remembering"] = Remembering(self.embedder(), self.cache)
        return self._made["remembering"]


@dataclass(frozen=True, slots=True)
class Label:
    """What the catalogue is told of a document besides its text."""

    title: str = ""
    publisher: str = ""
    published: date | None = None
    visibility: str = "public"


NO_LABEL = Label()


def document(id: str, text: str, language: Language, label: Label = NO_LABEL) -> Document:
    """A document of one block of prose."""
    return Document(
        id=id,
        uri=f"benchmark://{id}",
        title=label.title,
        blocks=(Block("prose", text),),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        language=language,
        visibility=label.visibility,
        confidentiality="public",
        publisher=label.publisher,
        published=label.published,
    )


def passage(document_id: str, ordinal: int, text: str, language: Language) -> Passage:
    """A given stretch of text as a passage, sentences found as the splitter does."""
    return Passage(
        id=f"{document_id}#{ordinal}",
        document_id=document_id,
        ordinal=ordinal,
        text=text,
        sentences=sentences(text, language),
        language=language,
    )


def single(id: str, text: str, language: Language, label: Label = NO_LABEL) -> Item:
    """A document that is one passage."""
    return document(id, text, language, label), [passage(id, 0, text, language)]


@contextmanager
def library(embedder: Embedder, items: Iterable[Item]) -> Iterator[Library]:
    """A library with these passages, owned by us, in a folder that vanishes afterwards."""
    with TemporaryDirectory(prefix="bench-") as folder, Library.open(Path(folder), embedder) as opened:
        opened.put_many(items)
        opened.try_to_own()
        yield opened

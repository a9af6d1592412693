"""Texts to vectors, whatever the embedder's languages: what it cannot read is glossed for it first."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue import Embedded
from retrieval.embed import Embedder
from retrieval.lexicon import Lexicon
from retrieval.pooling import Parted, joined
from retrieval.types import Language, Passage

Vectors = NDArray[np.float32]
_SENTENCES = "+pooled"  # how a sentence's vector comes about
Titled = tuple[str, Sequence[Passage]]  # a document's title and its passages


@dataclass(frozen=True, slots=True)
class Bridge:
    """An embedder with a lexicon beside it."""

    embedder: Embedder
    lexicon: Lexicon

    @property
    def name(self) -> str:
        """Names the vectors: another embedder, or other glosses, make other vectors."""
        glossed = "" if self.embedder.languages >= {"de", "en"} else f"+{self.lexicon.version}"
        return f"{self.embedder.name}{glossed}{_SENTENCES}"

    def reads(self, language: Language) -> bool:
        """Whether the embedder understands the language without a gloss."""
        return language in self.embedder.languages

    def query(self, text: str, language: Language) -> Vectors:
        """One question's vector."""
        return self.embedder.query(self._readable(text, language))

    def texts(self, texts: Sequence[tuple[str, Language]]) -> Vectors:
        """Vectors (n, d) of texts of which nothing but the language is known."""
        return self.embedder.passages([self._readable(text, language) for text, language in texts])

    def passages(self, items: Sequence[Titled]) -> list[Embedded]:
        """Vectors of every passage and every sentence of several documents, embedded together.

        One call for many documents keeps the embedder's batches full of equal lengths.
        """
        texts = [self._parted(title, passage) for title, passages in items for passage in passages]
        vectors = iter(self.embedder.parted(texts))
        return [self._embedded(list(islice(vectors, len(passages)))) for _, passages in items]

    def _parted(self, title: str, passage: Passage) -> Parted:
        lead = context(title, passage)
        if self.reads(passage.language):
            spans = tuple((start + len(lead), end + len(lead)) for start, end in passage.sentences)
            return Parted(lead + passage.text, spans)
        read = [self._readable(each, passage.language) for each in passage.sentence_texts()]
        return joined(f"{self._readable(lead, passage.language)} ".lstrip(), read)

    def _embedded(self, vectors: Sequence[Vectors]) -> Embedded:
        whole = np.array([each[0] for each in vectors], np.float32).reshape(
            len(vectors), self.embedder.dimension
        )
        return Embedded(self.name, whole, tuple(each[1:] for each in vectors))

    def _readable(self, text: str, language: Language) -> str:
        return text if self.reads(language) else self.lexicon.gloss(text, language)


def context(title: str, passage: Passage) -> str:
    """What a passage's text leaves unsaid: its document and its headings, as a first line."""
    line = " - ".join(dict.fromkeys([title, *passage.headings]))
    return f"{line}\n" if line.strip() else ""

"""Texts to vectors, whatever the embedder's languages: what it cannot read is glossed for it first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue import Embedded
from retrieval.embed import Embedder
from retrieval.lexicon import Lexicon
from retrieval.types import Language, Passage

Vectors = NDArray[np.float32]
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
        return f"{self.embedder.name}{glossed}"

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
        flat = [(title, passage) for title, passages in items for passage in passages]
        texts = [self._readable(context(title, p) + p.text, p.language) for title, p in flat]
        sentences = [self._readable(each, p.language) for _, p in flat for each in p.sentence_texts()]
        vectors = self.embedder.passages([*texts, *sentences])
        return list(self._distribute(items, vectors[: len(texts)], vectors[len(texts) :]))

    def _distribute(self, items: Sequence[Titled], whole: Vectors, single: Vectors) -> list[Embedded]:
        embedded, at, sentence = [], 0, 0
        for _, passages in items:
            parts = []
            for passage in passages:
                parts.append(single[sentence : sentence + len(passage.sentences)])
                sentence += len(passage.sentences)
            embedded.append(Embedded(self.name, whole[at : at + len(passages)], tuple(parts)))
            at += len(passages)
        return embedded

    def _readable(self, text: str, language: Language) -> str:
        return text if self.reads(language) else self.lexicon.gloss(text, language)


def context(title: str, passage: Passage) -> str:
    """What a passage's text leaves unsaid: its document and its headings, as a first line."""
    line = " - ".join(dict.fromkeys([title, *passage.headings]))
    return f"{line}\n" if line.strip() else ""

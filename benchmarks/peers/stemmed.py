"""BM25S with Snowball stems and stop words: the lexical floor."""

from collections.abc import Sequence
from typing import Any

from benchmarks.peers import SNOWBALL, Vectors, need
from retrieval.types import Language


class Stemmed:
    """BM25 alone (k1 1.5, b 0.75: the library's defaults)."""

    def __init__(self, language: Language, query_stops: Language | None = None) -> None:
        self.name = "BM25S (stems, stop words)"
        self._bm25s = need("bm25s")
        self._stemmer = need("Stemmer").Stemmer(SNOWBALL[language])
        self._stops, self._query_stops = language, query_stops or language

    def _tokens(self, texts: Sequence[str], stops: Language) -> Any:  # noqa: ANN401 (bm25s has no types)
        return self._bm25s.tokenize(list(texts), stopwords=stops, stemmer=self._stemmer, show_progress=False)

    def index(self, ids: Sequence[str], texts: Sequence[str], vectors: Vectors | None = None) -> None:
        """Index the texts; vectors are not used."""
        self._ids = list(ids)
        self._engine = self._bm25s.BM25()
        self._engine.index(self._tokens(texts, self._stops), show_progress=False)

    def search(self, query: str, vector: Vectors | None, k: int) -> list[str]:
        """The k best by BM25."""
        return [self._ids[place] for place, _ in self.scored(query, k)]

    def scored(self, query: str, k: int) -> list[tuple[int, float]]:
        """(place, score) of the k best, for peers that fuse by score."""
        tokens = self._tokens([query], self._query_stops)
        places, scores = self._engine.retrieve(tokens, k=min(k, len(self._ids)), show_progress=False)
        return [(int(place), float(score)) for place, score in zip(places[0], scores[0], strict=True)]

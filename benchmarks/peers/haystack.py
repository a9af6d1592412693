"""Haystack's in-memory BM25 and embedding retrievers, joined by DocumentJoiner."""

from collections.abc import Sequence

from benchmarks.peers import Vectors, need
from retrieval.types import Language


class Joined:
    """Hybrid with one of DocumentJoiner's modes; `depth` hits are asked of each side (default: 10)."""

    def __init__(self, language: Language, mode: str, depth: int = 10) -> None:
        self.name = f"Haystack joiner, {mode}, k={depth}"
        self._document = need("haystack").Document
        self._store = need("haystack.document_stores.in_memory").InMemoryDocumentStore()
        self._retrievers = need("haystack.components.retrievers.in_memory")
        self._joiner = need("haystack.components.joiners").DocumentJoiner(join_mode=mode)
        self._depth = depth

    def index(self, ids: Sequence[str], texts: Sequence[str], vectors: Vectors) -> None:
        """Write all passages with their vectors into the store."""
        self._store.write_documents(
            [
                self._document(id=each, content=text, embedding=vector)
                for each, text, vector in zip(ids, texts, vectors.tolist(), strict=True)
            ]
        )
        self._words = self._retrievers.InMemoryBM25Retriever(self._store, top_k=self._depth)
        self._dense = self._retrievers.InMemoryEmbeddingRetriever(self._store, top_k=self._depth)

    def search(self, query: str, vector: Vectors, k: int) -> list[str]:
        """The joined list."""
        words = self._words.run(query=query)["documents"]
        dense = self._dense.run(query_embedding=vector.tolist())["documents"]
        joined = self._joiner.run(documents=[words, dense])["documents"]
        return [str(document.id) for document in joined][:k]

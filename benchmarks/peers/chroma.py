"""Plain Chroma: embedded, in memory, cosine distance, default index settings."""

from collections.abc import Sequence
from uuid import uuid4

from benchmarks.peers import Vectors, need
from retrieval.types import Language


class Chroma:
    """Dense retrieval alone."""

    def __init__(self, language: Language) -> None:
        self.name = "Chroma (dense)"
        chromadb = need("chromadb")
        self._client = chromadb.EphemeralClient(chromadb.Settings(anonymized_telemetry=False))

    def index(self, ids: Sequence[str], texts: Sequence[str], vectors: Vectors) -> None:
        """Add all passages, in batches that Chroma takes."""
        configuration = {"hnsw": {"space": "cosine"}}
        # Ephemeral clients of one process share their collections: the name must be new each time.
        self._collection = self._client.create_collection(
            f"peer-{uuid4().hex}", configuration=configuration, embedding_function=None
        )
        for start in range(0, len(ids), 2_000):
            batch = slice(start, start + 2_000)
            self._collection.add(
                ids=list(ids[batch]), documents=list(texts[batch]), embeddings=vectors[batch].tolist()
            )

    def search(self, query: str, vector: Vectors, k: int) -> list[str]:
        """The k nearest."""
        found = self._collection.query(query_embeddings=[vector.tolist()], n_results=k, include=[])
        return [str(each) for each in found["ids"][0]]

"""LangChain's EnsembleRetriever over BM25 and a vector store, as its documentation shows it."""

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever

from benchmarks.peers import Vectors, need
from retrieval.types import Language


class Given(Embeddings):
    """Answers with vectors that were computed before."""

    def __init__(self) -> None:
        self.known: dict[str, list[float]] = {}

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The passages' vectors."""
        return [self.known[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """The question's vector."""
        return self.known[text]


class SplitWordsBM25(BaseRetriever):
    """langchain-community's BM25Retriever, which is archived: rank_bm25 over text.split(), nothing else."""

    documents: list[Document]
    engine: Any
    k: int

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        best: list[Document] = self.engine.get_top_n(query.split(), self.documents, n=self.k)
        return best


class Ensemble:
    """Weighted reciprocal rank fusion, half and half; `depth` hits are asked of each side (default: 4)."""

    def __init__(self, language: Language, depth: int = 4) -> None:
        note = "default k=4" if depth == 4 else f"k={depth}"
        self.name = f"LangChain EnsembleRetriever, {note}"
        self._fusion = need("langchain_classic.retrievers").EnsembleRetriever
        self._bm25 = need("rank_bm25").BM25Okapi
        self._depth = depth

    def index(self, ids: Sequence[str], texts: Sequence[str], vectors: Vectors) -> None:
        """Index both sides over the same documents."""
        documents = [
            Document(page_content=text, metadata={"id": each}) for each, text in zip(ids, texts, strict=True)
        ]
        self._given = Given()
        self._given.known = dict(zip(texts, vectors.tolist(), strict=True))
        store = need("langchain_core.vectorstores").InMemoryVectorStore(self._given)
        store.add_documents(documents)
        words = SplitWordsBM25(
            documents=documents, engine=self._bm25([text.split() for text in texts]), k=self._depth
        )
        dense = store.as_retriever(search_kwargs={"k": self._depth})
        self._retriever = self._fusion(retrievers=[words, dense], weights=[0.5, 0.5], id_key="id")

    def search(self, query: str, vector: Vectors, k: int) -> list[str]:
        """The fused list, at most 2 x depth long."""
        self._given.known[query] = vector.tolist()
        return [document.metadata["id"] for document in self._retriever.invoke(query)][:k]

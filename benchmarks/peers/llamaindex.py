"""LlamaIndex's QueryFusionRetriever over BM25 and a vector index, no query generation."""

from collections.abc import Sequence
from typing import Any

from benchmarks.peers import Vectors, need
from benchmarks.peers.stemmed import Stemmed
from retrieval.types import Language


class Fusion:
    """Hybrid with `mode` reciprocal_rerank or relative_score; `depth` hits are asked of each side."""

    def __init__(self, language: Language, mode: str, depth: int = 10) -> None:
        self.name = f"LlamaIndex QueryFusion, {mode}, k={depth}"
        self._core = need("llama_index.core")
        self._schema = need("llama_index.core.schema")
        self._words = Stemmed(language, query_stops="en")  # llama-index-retrievers-bm25 0.8 does so, always
        self._mode, self._depth = mode, depth

    def index(self, ids: Sequence[str], texts: Sequence[str], vectors: Vectors) -> None:
        """Index both sides over the same nodes."""
        nodes = [
            self._schema.TextNode(id_=each, text=text, embedding=vector)
            for each, text, vector in zip(ids, texts, vectors.tolist(), strict=True)
        ]
        model = self._core.MockEmbedding(embed_dim=vectors.shape[1])  # never asked: vectors are given
        depth = min(self._depth, len(nodes))
        dense = self._core.VectorStoreIndex(nodes, embed_model=model).as_retriever(similarity_top_k=depth)
        self._words.index(ids, texts)
        self._retriever = need("llama_index.core.retrievers").QueryFusionRetriever(
            [self._lexical(nodes, depth), dense],
            llm=need("llama_index.core.llms").MockLLM(),
            mode=self._mode,
            similarity_top_k=depth,
            num_queries=1,
            use_async=False,
        )

    def _lexical(self, nodes: list[Any], depth: int) -> Any:  # noqa: ANN401 (absent without the extra)
        # llama-index-retrievers-bm25 wants PyStemmer < 3 and cannot be installed beside the product. This
        # is the same engine (bm25s, stems, stop words); measured on XQuAD: the same hits as with it.
        base, scored = need("llama_index.core.retrievers").BaseRetriever, self._schema.NodeWithScore
        words = self._words

        class Lexical(base):  # type: ignore[misc, valid-type]
            def _retrieve(self, bundle: Any) -> list[Any]:  # noqa: ANN401
                found = words.scored(bundle.query_str, depth)
                return [scored(node=nodes[place], score=score) for place, score in found]

        return Lexical()

    def search(self, query: str, vector: Vectors, k: int) -> list[str]:
        """The fused list."""
        bundle = self._schema.QueryBundle(query, embedding=vector.tolist())
        return [str(hit.node.node_id) for hit in self._retriever.retrieve(bundle)][:k]

"""Embedding on ONNX Runtime: the quick start and the quick ingest. The only home of onnxruntime, tokenizers.

Measured (all-MiniLM-L6-v2, two busy cores, per second of processor time):
- A graph optimised at export, weights beside it, is loaded in 0.07 s and 110 MB; one file optimised at
  load in 0.31 s and 198 MB. Saved ORT format: 0.34 s and 282 MB.
- Without the memory arena: 5-20 % slower, and 250-480 MB instead of 235 MB.
- Chunks of 125 words: 22 /s one at a time, 18 in batches of 8, 15 in batches of 32: padding, and
  intermediate results that leave the processor's cache. Sentences gain 25 % from batches of 128 to 512 tokens.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.embed_manifest import GRAPH, TOKENIZER, WEIGHTS, Manifest
from retrieval.errors import ModelDamaged
from retrieval.models import ModelSpec

BUDGET = 256  # padded tokens in one batch
_MOST_THREADS = 4


class OnnxEmbedder:
    """An exported model; vectors agree with the source model's (cosine >= 0.9999, checked at export)."""

    def __init__(
        self,
        spec: ModelSpec,
        manifest: Manifest,
        folder: Path,
        threads: int | None = None,
        budget: int = BUDGET,
    ) -> None:
        self.name = spec.name
        self.languages = spec.languages
        self.dimension = manifest.dimension
        self._spec = spec
        self._pad = manifest.pad_id
        self._budget = budget
        self._tokenizer = _tokenizer(folder / TOKENIZER, manifest.max_tokens)
        self._session = _session(folder / GRAPH, threads)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text, shape (n, dimension), each of length 1. Rows do not depend on their neighbours."""
        return self._embed([self._spec.as_passage(text) for text in texts])

    def query(self, text: str) -> NDArray[np.float32]:
        """The question's vector, shape (dimension,), of length 1."""
        vector: NDArray[np.float32] = self._embed([self._spec.as_query(text)])[0]
        return vector

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        # one by one: encode_batch is parallel, and then warns on stderr at every fork of a parser's process
        tokens = [self._tokenizer.encode(text).ids or [self._pad] for text in texts]
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for rows in batches([len(ids) for ids in tokens], self._budget):
            vectors[rows] = self._run([tokens[row] for row in rows])
        return vectors

    def _run(self, tokens: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        ids = np.full((len(tokens), max(map(len, tokens))), self._pad, np.int64)
        mask = np.zeros_like(ids)
        for row, own in enumerate(tokens):
            ids[row, : len(own)] = own
            mask[row, : len(own)] = 1
        vectors: NDArray[np.float32] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


def batches(lengths: Sequence[int], budget: int = BUDGET) -> Iterator[list[int]]:
    """Positions grouped by like length, longest first, each group at most `budget` tokens when padded.

    A text longer than the budget stands alone.
    """
    order = sorted(range(len(lengths)), key=lambda position: -lengths[position])
    start = 0
    while start < len(order):
        size = max(1, budget // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size


def _tokenizer(file: Path, max_tokens: int) -> Any:  # noqa: ANN401 (imported when used)
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # tokenizers raises nothing narrower
        raise ModelDamaged(str(file), f"is no tokenizer ({error})", "Run `make setup` again") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _session(file: Path, threads: int | None) -> Any:  # noqa: ANN401 (onnxruntime has no types)
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or min(_MOST_THREADS, os.cpu_count() or 1)
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads eat a shared core
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # done at export
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises nothing narrower
        raise ModelDamaged(str(file), f"cannot be loaded ({error})", "Run `make setup` again") from error


def optimise(raw: Path, folder: Path) -> None:
    """Write the graph `raw`, fused for any CPU, into `folder`, its weights in a file of their own.

    Not ORT_ENABLE_ALL: that would bind the file to the processor it was made on, and gains nothing here.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(folder / GRAPH)
    for key, value in (("file_name", WEIGHTS), ("min_size_in_bytes", "1024")):
        options.add_session_config_entry(f"session.optimized_model_external_initializers_{key}", value)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(raw), options, providers=["CPUExecutionProvider"])

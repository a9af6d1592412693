"""Texts to vectors: sentence-transformers models, through ONNX Runtime where an export stands ready.

Measured (facts, MiniLM): importing torch and loading take 6 s, ONNX Runtime .4 s; vectors agree to 1.0000.
Never int8 for an index: its vectors change with the batch they were made in (cosine down to .977).
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from retrieval import onnx_model
from retrieval.errors import ModelMissing
from retrieval.models import ModelSpec, location, spec
from retrieval.onnx_model import Manifest, export, verify
from retrieval.pooling import Parted, Span, Vectors, apart, encodable, pooled, weights
from retrieval.types import Language

__all__ = ["Embedder", "export", "load_embedder", "verify"]

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_TOKENS_PER_BATCH = 256  # padded; measured per CPU second: 15 passages against 13 with 2,048
_MOST_PER_BATCH = 32


class Embedder(Protocol):
    """Vectors are float32 and L2-normalised, so that a dot product is the cosine."""

    @property
    def name(self) -> str:
        """Names the vectors: those of another name cannot be compared with them."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    @property
    def languages(self) -> frozenset[Language]:
        """The languages it understands."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, d) of texts that will be found."""

    def parted(self, texts: Sequence[Parted]) -> list[Vectors]:
        """For each text that will be found (1 + parts, d): its own vector, then those of its parts."""

    def query(self, text: str) -> Vectors:
        """The vector (d,) of a text that will be asked."""


def load_embedder(
    model: str, folder: Path, languages: frozenset[Language] | None = None, threads: int = 2
) -> Embedder:
    """The embedder of a model: its export in `folder` if there is a whole one, else sentence-transformers."""
    known = spec(model, languages)
    manifest = onnx_model.manifest(model, folder)
    if manifest is None:
        return TorchEmbedder(known)
    return OnnxEmbedder(known, manifest, onnx_model.home(model, folder), threads)


class OnnxEmbedder:
    """The exported model. Nothing is loaded before the first text comes."""

    def __init__(self, known: ModelSpec, manifest: Manifest, folder: Path, threads: int) -> None:
        self._spec = known
        self._folder = folder
        self._threads = threads
        self._manifest = manifest
        self.name = known.name
        self.dimension = manifest.dimension
        self.languages = known.languages

    @cached_property
    def _session(self) -> Any:  # noqa: ANN401 (onnxruntime has no types)
        return onnx_model.session(self._folder)

    @cached_property
    def _tokenizer(self) -> Any:  # noqa: ANN401
        return onnx_model.tokenizer(self._folder, self._manifest.max_tokens)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, d) of texts that will be found."""
        return self._embed([self._spec.passage_prefix + text for text in texts])

    def parted(self, texts: Sequence[Parted]) -> list[Vectors]:
        """For each text that will be found (1 + parts, d): its own vector, then those of its parts."""
        return pooled(texts, self._spec.passage_prefix, self._tokenizer, self._run, self.passages)

    def query(self, text: str) -> Vectors:
        """The vector (d,) of a text that will be asked."""
        vector: Vectors = self._embed([self._spec.query_prefix + text])[0]
        return vector

    def _embed(self, texts: Sequence[str]) -> Vectors:
        # One by one: the parallel form takes no less time here, and warns on standard error after a fork.
        tokens = [self._tokenizer.encode(encodable(text)).ids for text in texts]
        vectors = self._run(tokens, [[(0, len(each))] for each in tokens])
        return np.concatenate(vectors) if vectors else np.zeros((0, self.dimension), np.float32)

    def _run(self, tokens: Sequence[Sequence[int]], ranges: Sequence[Sequence[Span]]) -> list[Vectors]:
        """For each text (ranges, d)."""
        found: dict[int, Vectors] = {}

        def fill(batch: list[int]) -> None:
            made = onnx_model.run(
                self._session, [tokens[each] for each in batch], [ranges[each] for each in batch]
            )
            found.update((each, made[row, : len(ranges[each])]) for row, each in enumerate(batch))

        parts = batches([len(each) for each in tokens])
        if len(parts) < 2 or self._threads < 2:
            for part in parts:
                fill(part)
        else:
            assert self._session  # loaded once, before the threads want it
            with ThreadPoolExecutor(self._threads) as pool:
                list(pool.map(fill, parts))
        return [found[place] for place in range(len(tokens))]


class TorchEmbedder:
    """Any sentence-transformers model, as it comes. Slow to load; `strategist setup` exports it once."""

    def __init__(self, known: ModelSpec) -> None:
        self._spec = known
        self.name = known.name
        self.languages = known.languages

    @cached_property
    def _model(self) -> "SentenceTransformer":
        return load_torch(self._spec)

    @property
    def dimension(self) -> int:
        """Numbers in a vector; from the model's own files where they lie here, as loading takes seconds."""
        place = Path(location(self._spec.name))
        for name, key in (
            ("1_Pooling/config.json", "word_embedding_dimension"),
            ("config.json", "hidden_size"),
        ):
            if (place / name).is_file() and not (place / "2_Dense").exists():
                found = json.loads((place / name).read_text(encoding="utf-8")).get(key)
                if isinstance(found, int):
                    return found
        return int(self._model.get_embedding_dimension() or 0)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors (n, d) of texts that will be found."""
        return self._embed([self._spec.passage_prefix + encodable(text) for text in texts])

    def parted(self, texts: Sequence[Parted]) -> list[Vectors]:
        """For each text that will be found (1 + parts, d): its own vector, then those of its parts."""
        if not onnx_model.pools_by_mean(self._model):
            return apart(self.passages, texts)
        return pooled(texts, self._spec.passage_prefix, self._tokenizer, self._run, self.passages)

    @cached_property
    def _tokenizer(self) -> Any:  # noqa: ANN401
        window = self._model.max_seq_length or self._model.tokenizer.model_max_length
        return onnx_model.cutting(self._model.tokenizer.backend_tokenizer.to_str(), window)

    def _run(self, tokens: Sequence[Sequence[int]], ranges: Sequence[Sequence[Span]]) -> list[Vectors]:
        """For each text (ranges, d)."""
        return [self._states(ids, parts) for ids, parts in zip(tokens, ranges, strict=True)]

    def _states(self, ids: Sequence[int], ranges: Sequence[Span]) -> Vectors:
        import torch

        transformer: Any = self._model[0].auto_model
        with torch.inference_mode():
            states = transformer(torch.tensor([ids]))[0][0].numpy()
        means: Vectors = weights([ranges], len(ids))[0] @ states
        unit: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit

    def query(self, text: str) -> Vectors:
        """The vector (d,) of a text that will be asked."""
        vector: Vectors = self._embed([self._spec.query_prefix + encodable(text)])[0]
        return vector

    def _embed(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        encoded = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(encoded, dtype=np.float32)


def load_torch(known: ModelSpec) -> "SentenceTransformer":
    """The model in sentence-transformers; code that comes with a model is never run."""
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as error:
        raise ModelMissing(known.name, "sentence-transformers is not installed", "Run make setup") from error
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(location(known.name), device="cpu", trust_remote_code=False)
    except (OSError, ValueError) as error:
        advice = "Name the packaged model, a folder with a model, or a hub name that can be reached"
        raise ModelMissing(known.name, f"cannot be loaded ({error})", advice) from error
    if known.max_tokens:
        model.max_seq_length = known.max_tokens
    return model


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indices in batches of nearly equal length: padding a short text to a long one is wasted work."""
    order = sorted(range(len(lengths)), key=lambda index: lengths[index])
    found: list[list[int]] = []
    for index in order:
        room = found and len(found[-1]) < _MOST_PER_BATCH
        if room and (len(found[-1]) + 1) * lengths[index] <= _TOKENS_PER_BATCH:
            found[-1].append(index)
        else:
            found.append([index])
    return found

"""Embedding with sentence-transformers: any model, also those without an export. The only home of that package.

Loading costs seconds (imports alone 8 s on two busy cores); see retrieval.embed_onnx for the quick way.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelError, ModelMissing
from retrieval.models import LONGEST, ModelSpec

_BATCH = 8  # texts; sentence-transformers sorts by length, and 32 are slower than 8 on a CPU


class TorchEmbedder:
    """A sentence-transformers model on the CPU, in float32 whatever its files hold: batches must not matter."""

    def __init__(self, spec: ModelSpec, folder: Path) -> None:
        self.name = spec.name
        self.languages = spec.languages
        self._spec = spec
        self._model = load(spec, folder)
        self.dimension = int(self._encode([""]).shape[1])

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text, shape (n, dimension), each of length 1."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._encode([self._spec.as_passage(text) for text in texts])

    def query(self, text: str) -> NDArray[np.float32]:
        """The question's vector, shape (dimension,), of length 1."""
        vector: NDArray[np.float32] = self._encode([self._spec.as_query(text)])[0]
        return vector

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        return encode(self._model, texts)


def encode(model: Any, texts: list[str]) -> NDArray[np.float32]:  # noqa: ANN401 (imported when used)
    """Unit vectors of texts that carry their prefix already, shape (n, dimension)."""
    vectors = model.encode(
        texts, prompt="", batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
    )
    return np.asarray(vectors, dtype=np.float32)


def load(spec: ModelSpec, folder: Path) -> Any:  # noqa: ANN401 (imported when used)
    """The SentenceTransformer in `folder`, limited to the tokens that `spec` allows.

    Attention is the plain ("eager") one: the fused kinds cannot be exported with masks of every shape.

    Raises:
        ModelMissing: the packages are not installed.
        ModelError: the model cannot be loaded, for example because it wants to run code of its own.
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ModelMissing(spec.name, f"{error.name} is not installed", "Run `make setup`") from error
    try:
        with quiet():
            model = SentenceTransformer(
                str(folder),
                device="cpu",
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"attn_implementation": "eager"},
            ).float()
    except Exception as error:  # transformers raises whatever the model's files make it raise
        advice = "Choose another model in the settings, or fetch this one again"
        raise ModelError(spec.name, f"cannot be loaded from {folder} ({error})", advice) from error
    model.max_seq_length = min(model.max_seq_length or LONGEST, spec.max_tokens)
    return model


@contextmanager
def quiet() -> Iterator[None]:
    """Without the foreign packages' warnings and progress bars, which are not for our users."""
    from transformers.utils import logging

    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if bars:
            logging.enable_progress_bar()

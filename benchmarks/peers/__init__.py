"""The other ways to retrieve, each as its documentation shows it, one file for each framework.

A peer gets the same passages and the same vectors as everyone, and brings its own ranking. Its lexical
side is set to the language of the passages, as a careful user would. All are of the extra `bench`.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from typing import Any, Protocol

from numpy import float32
from numpy.typing import NDArray

from retrieval.types import Language

Vectors = NDArray[float32]  # (n, d), L2-normalised
SNOWBALL: dict[Language, str] = {"de": "german", "en": "english"}


class PeerMissing(Exception):
    """A peer's package is not installed."""


class Peer(Protocol):
    """A retriever under comparison."""

    name: str

    def index(self, ids: Sequence[str], texts: Sequence[str], vectors: Vectors) -> None:
        """Take in all passages."""

    def search(self, query: str, vector: Vectors, k: int) -> list[str]:
        """The ids of the best k passages, best first; `vector` is the query's embedding, (d,)."""


def need(module: str) -> Any:  # noqa: ANN401 (the peers are untyped or absent; nothing else depends on them)
    """Import a peer's module, or say what is missing."""
    try:
        return import_module(module)
    except ImportError as error:
        raise PeerMissing(f"{module} is not installed ({error}); pip install -e '.[bench]'") from error


def _kinds() -> Iterable[tuple[str, str, dict[str, Any]]]:
    yield "chroma", "Chroma", {}
    yield "stemmed", "Stemmed", {}
    yield from (("ensemble", "Ensemble", {"depth": depth}) for depth in (4, 10))
    for mode in ("reciprocal_rerank", "relative_score"):
        yield from (("llamaindex", "Fusion", {"mode": mode, "depth": depth}) for depth in (10, 50))
    for mode in ("concatenate", "merge", "reciprocal_rank_fusion", "distribution_based_rank_fusion"):
        yield "haystack", "Joined", {"mode": mode}  # deeper lists take .2 s a question and gain nothing


def peers(language: Language) -> Iterable[Callable[[], Peer]]:
    """Makers of all peers; a maker raises PeerMissing where the package is absent."""
    return [partial(_make, *kind, language=language) for kind in _kinds()]


def _make(module: str, name: str, settings: dict[str, Any], language: Language) -> Peer:
    maker: Callable[..., Peer] = getattr(import_module(f"benchmarks.peers.{module}"), name)
    return maker(language=language, **settings)

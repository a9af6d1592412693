"""Embedding runtimes, one model: sentence-transformers in torch, our ONNX export, and the same in int8.

What int8 brings is speed; what it costs is in the last columns: its vectors leave the original's, and they
change with the batch they were made in, so an index that grows piece by piece must not be made of them.
"""

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import SHARED, DataMissing, xquad
from benchmarks.product import MODEL, Options
from benchmarks.report import Table, markdown
from retrieval import onnx_model
from retrieval.embed import OnnxEmbedder, export
from retrieval.models import location, slug, spec
from retrieval.types import Language

ROOT = Path(__file__).resolve().parents[1]
_COUNT, _ROUNDS, _COLD, _QUERIES = 48, 3, 3, 40
_WORDS = (100, 125, 150)  # of a passage, in turn
_QUESTION = "What is our risk if OpenAI falters?"
_THREADS = 2
_LANGUAGES: tuple[Language, ...] = ("en", "de")
_TORCH_COLD = """
from sentence_transformers import SentenceTransformer
SentenceTransformer({location!r}, device="cpu").encode([{question!r}])
"""
_ONNX_COLD = """
from pathlib import Path
from retrieval import onnx_model
from retrieval.embed import OnnxEmbedder
from retrieval.models import spec
manifest = onnx_model.manifest({model!r}, Path({models!r}))
OnnxEmbedder(spec({model!r}), manifest, Path({folder!r}), {threads}).query({question!r})
"""
Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Runtime:
    """One way to run the model, and the script that starts it cold and embeds one question."""

    name: str
    encode: Encode
    cold: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one runtime; `cosines` are to torch, `apart`: a text alone to itself batched."""

    cold: float  # seconds, a new process
    query: float  # milliseconds, median
    rates: dict[Language, float]  # passages/s, median of the rounds
    cosines: dict[Language, Vectors]
    apart: float  # lowest cosine


def run(options: Options) -> list[Table]:
    """The three runtimes on the same passages, rounds in turn, so that a busy moment hits all."""
    return [_measure(options.data, options.limit or _COUNT)]


def table(count: int = _COUNT) -> str:
    """The same as Markdown, with XQuAD beside the repository or else the repository's own corpus."""
    return markdown(_measure(SHARED, count))


def _measure(data: Path, count: int) -> Table:
    texts = {language: _texts(data, language, count) for language in _LANGUAGES}
    with TemporaryDirectory(prefix="bench-") as folder:
        runtimes = _runtimes(Path(folder))
        return _table(runtimes, [*_figures(runtimes, texts)], texts)


def _texts(data: Path, language: Language, count: int) -> list[str]:
    try:
        sources = [each.text for each in xquad(data).paragraphs if each.language == language]
    except DataMissing:
        where = ROOT / "corpus" / ("vendors" if language == "en" else "sources")
        sources = [file.read_text(encoding="utf-8") for file in sorted(where.glob("*.md"))]
    words = [word for text in random.Random(3).sample(sources, len(sources)) for word in text.split()]
    cut: list[str] = []
    while len(cut) < count and words:
        size = _WORDS[len(cut) % len(_WORDS)]
        cut.append(" ".join(words[:size]))
        words = words[size:]
    return cut


def _runtimes(folder: Path) -> list[Runtime]:
    export(MODEL, folder)
    exported, small = folder / slug(MODEL), folder / "int8"
    _quantise(exported, small)
    onnx = [("ONNX Runtime fp32 (ours)", exported), ("ONNX Runtime int8, dynamic", small)]
    return [_torch(), *(_onnx(name, folder, place) for name, place in onnx)]


def _quantise(exported: Path, small: Path) -> None:
    """The kindest int8 of four tried: lowest cosine .98 in German, against .76 with the defaults."""
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    small.mkdir()
    copy(exported / "tokenizer.json", small)
    files = exported / "model.onnx", small / "model.onnx"
    # The fused graph has operators whose output types no shape inference knows.
    known = {"DefaultTensorType": TensorProto.FLOAT}
    options = {"per_channel": True, "reduce_range": True, "extra_options": known}
    quantize_dynamic(*files, weight_type=QuantType.QInt8, **options)


def _torch() -> Runtime:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(location(MODEL), device="cpu")

    def encode(texts: Sequence[str]) -> Vectors:
        vectors = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    cold = _TORCH_COLD.format(location=location(MODEL), question=_QUESTION)
    return Runtime("torch fp32 (sentence-transformers, its defaults)", encode, cold)


def _onnx(name: str, models: Path, folder: Path) -> Runtime:
    manifest = onnx_model.manifest(MODEL, models)
    assert manifest is not None
    embedder = OnnxEmbedder(spec(MODEL), manifest, folder, _THREADS)
    values = {"model": MODEL, "models": str(models), "folder": str(folder), "threads": _THREADS}
    return Runtime(name, embedder.passages, _ONNX_COLD.format(question=_QUESTION, **values))


def _figures(runtimes: Sequence[Runtime], texts: dict[Language, list[str]]) -> list[Figures]:
    vectors = [{own: each.encode(texts[own]) for own in _LANGUAGES} for each in runtimes]
    rounds = [[_rates(each.encode, texts) for each in runtimes] for _ in range(_ROUNDS)]
    colds = [[_cold(each.cold) for each in runtimes] for _ in range(_COLD)]
    return [
        Figures(
            cold=statistics.median(each[place] for each in colds),
            query=_query(runtime.encode),
            rates={own: statistics.median(each[place][own] for each in rounds) for own in _LANGUAGES},
            cosines={own: (vectors[place][own] * vectors[0][own]).sum(axis=1) for own in _LANGUAGES},
            apart=_apart(runtime.encode, [text for own in _LANGUAGES for text in texts[own]]),
        )
        for place, runtime in enumerate(runtimes)
    ]


def _rates(encode: Encode, texts: dict[Language, list[str]]) -> dict[Language, float]:
    return {own: len(texts[own]) / _seconds(lambda own=own: encode(texts[own])) for own in _LANGUAGES}  # type: ignore[misc]


def _cold(script: str) -> float:
    return _seconds(
        lambda: subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True)
    )


def _query(encode: Encode) -> float:
    encode([_QUESTION])
    return statistics.median(_seconds(lambda: encode([_QUESTION])) for _ in range(_QUERIES)) * 1000


def _apart(encode: Encode, texts: Sequence[str]) -> float:
    some = [" ".join(text.split()[: 4 + 9 * place]) for place, text in enumerate(texts[::6])]
    alone = np.concatenate([encode([text]) for text in some])
    return float((alone * encode(some)).sum(axis=1).min())


def _seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _table(
    runtimes: Sequence[Runtime], figures: Sequence[Figures], texts: dict[Language, list[str]]
) -> Table:
    columns = (
        "",
        "cold start, s",
        "query p50, ms",
        *(f"{own} passages/s (ratio to torch)" for own in _LANGUAGES),
        *(f"cosine to torch {own}, lowest / mean" for own in _LANGUAGES),
        "a text alone to itself in a batch, lowest cosine",
    )
    rows = tuple(_row(each.name, own, figures[0]) for each, own in zip(runtimes, figures, strict=True))
    notes = (
        f"{len(texts['en'])} English and {len(texts['de'])} German passages of {_WORDS[0]} to {_WORDS[-1]} "
        f"words; median of {_ROUNDS} rounds in turn; ONNX Runtime with {_THREADS} threads. A cold start is a "
        f"new process to the vector of one question, median of {_COLD}. int8: per channel, reduced range.",
    )
    return Table("Embedding runtimes", columns, rows, notes)


def _row(name: str, own: Figures, torch: Figures) -> tuple[str, ...]:
    return (
        name,
        f"{own.cold:.2f} ({own.cold / torch.cold:.2f})",
        f"{own.query:.1f} ({own.query / torch.query:.2f})",
        *(f"{own.rates[each]:.1f} ({own.rates[each] / torch.rates[each]:.2f})" for each in _LANGUAGES),
        *(f"{own.cosines[each].min():.4f} / {own.cosines[each].mean():.4f}" for each in _LANGUAGES),
        f"{own.apart:.6f}",
    )


if __name__ == "__main__":
    print(table())

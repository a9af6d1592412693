"""An embedding model exported to ONNX: made once, checked against the original, and run without torch."""

import contextlib
import io
import json
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelDamaged
from retrieval.models import check_weights, file_digest, slug, spec
from retrieval.pooling import Span, weights

Vectors = NDArray[np.float32]
AGREEMENT = 0.9999  # least cosine between the export and the original
_VERSION = 3
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_POOL = "pool"  # which tokens' states make which vector
_PROBES = (
    "What happens to us if OpenAI falters?",
    "Was passiert, wenn ein Anbieter ausfällt?",
    "MAI-1",
    "",
    "Microsoft turns to its own models, and the contract ends on 28 February 2027. " * 3,
    "Die Kündigungsfrist beträgt neunzig Tage zum Quartalsende, sofern nichts anderes vereinbart ist. " * 30,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A file as it was when it was made. Times in nanoseconds, the hash hex."""

    name: str
    size: int
    modified: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export is: of which weights, by which version of this code, and how its files lie."""

    version: int
    weights: str  # sha256 of the source weights that were checked, or nothing
    dimension: int
    max_tokens: int
    files: tuple[Mark, ...]


def home(model: str, folder: Path) -> Path:
    """The folder of one model's export."""
    return folder / slug(model)


def manifest(model: str, folder: Path) -> Manifest | None:
    """The manifest of a whole export, or None: absent, half-made, of an older version, or touched since."""
    place = home(model, folder)
    try:
        found = _read(place)
        whole = all(_lies(place, each) for each in found.files)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found if found.version == _VERSION and whole else None


def _read(place: Path) -> Manifest:
    raw = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    return Manifest(**{**raw, "files": tuple(Mark(**each) for each in raw["files"])})


def _lies(place: Path, mark: Mark) -> bool:
    state = (place / mark.name).stat()
    return (state.st_size, state.st_mtime_ns) == (mark.size, mark.modified)


def _mark(path: Path) -> Mark:
    state = path.stat()
    return Mark(path.name, state.st_size, state.st_mtime_ns, file_digest(path))


def verify(model: str, folder: Path) -> str:
    """What is wrong with the export, in words; nothing if all is well. Reads every byte; for `doctor`."""
    known = spec(model)
    check_weights(known)
    found = manifest(model, folder)
    if found is None:
        return "not exported yet: questions start slowly"
    if known.sha256 not in (None, found.weights):
        return "the export was made of other weights"
    damaged = [
        each.name for each in found.files if file_digest(home(model, folder) / each.name) != each.sha256
    ]
    return f"{', '.join(damaged)}: damaged since the export" if damaged else ""


def export(model: str, folder: Path) -> str:
    """Export a model if it is not there yet; says in words what was done. Imports torch.

    Models other than transformer + mean pooling stay on sentence-transformers, which is slower to start.
    """
    if manifest(model, folder) is not None:
        return f"{model} is ready."
    from retrieval.embed import load_torch

    known = spec(model)
    check_weights(known)
    original = load_torch(known)
    if not pools_by_mean(original):
        return f"{model} is not a transformer with mean pooling: it runs on sentence-transformers."
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        made = Path(scratch) / "export"
        made.mkdir()
        _write(original, made, known.sha256 or "")
        _check(original, made, model)
        shutil.rmtree(home(model, folder), ignore_errors=True)
        made.rename(home(model, folder))
    return f"{model} is exported and agrees with the original."


def pools_by_mean(original: Any) -> bool:  # noqa: ANN401 (a SentenceTransformer)
    """Whether a model's vector is the mean of its tokens' states, so that it can be exported, and parted."""
    kinds = [type(module).__name__ for module in original]
    pooling = original[1] if len(kinds) > 1 and kinds[1] == "Pooling" else None
    return bool(
        kinds[:2] == ["Transformer", "Pooling"]
        and set(kinds[2:]) <= {"Normalize"}
        and pooling is not None
        and pooling.pooling_mode == "mean"
    )


def _write(original: Any, made: Path, weights: str) -> None:  # noqa: ANN401
    transformer = original[0].auto_model
    transformer.set_attn_implementation("eager")  # the tracing exporter knows no fused attention
    inputs = tuple(name for name in _INPUTS if name in original.tokenizer.model_input_names)
    _trace(transformer, inputs, made / "traced.onnx")
    _fuse(made / "traced.onnx", made)
    original.tokenizer.backend_tokenizer.save(str(made / "tokenizer.json"))
    found = Manifest(
        version=_VERSION,
        weights=weights,
        dimension=int(original.get_embedding_dimension()),
        max_tokens=int(original.max_seq_length),
        files=tuple(_mark(each) for each in sorted(made.iterdir())),
    )
    (made / "manifest.json").write_text(json.dumps(asdict(found)), encoding="utf-8")


def _fuse(traced: Path, made: Path) -> None:
    """Fuse the graph once and keep the weights beside it.

    Measured (MiniLM, CPU seconds of a session's start): .25 to .33 as traced, .08 so; memory 198 and 110 MB.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(made / "model.onnx")
    prefix = "session.optimized_model_external_initializers_"
    options.add_session_config_entry(f"{prefix}file_name", "model.weights")
    options.add_session_config_entry(f"{prefix}min_size_in_bytes", "1024")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(traced), options, providers=["CPUExecutionProvider"])
    traced.unlink()


def _trace(transformer: Any, inputs: Sequence[str], path: Path) -> None:  # noqa: ANN401
    import torch

    class Pooled(torch.nn.Module):
        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            *named, pool = tensors
            states = transformer(**dict(zip(inputs, named, strict=True)))[0]
            return torch.nn.functional.normalize(pool @ states, dim=2)

    example = (*(torch.ones(2, 8, dtype=torch.long) for _ in inputs), torch.ones(2, 3, 8))
    axes = {name: {0: "batch", 1: "tokens"} for name in inputs}
    axes |= {_POOL: {0: "batch", 1: "parts", 2: "tokens"}, "vectors": {0: "batch", 1: "parts"}}
    module = Pooled()
    module.add_module("transformer", transformer)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            example,
            str(path),
            dynamo=False,
            input_names=[*inputs, _POOL],
            output_names=["vectors"],
            dynamic_axes=axes,
            opset_version=17,
        )


def _check(original: Any, made: Path, model: str) -> None:  # noqa: ANN401
    found = _read(made)
    running, words = session(made), tokenizer(made, found.max_tokens)
    expected = np.asarray(original.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False))
    tokens = [words.encode(text).ids for text in _PROBES]
    got = np.concatenate([run(running, [each], [[(0, len(each))]])[0] for each in tokens])
    least = float((expected * got).sum(axis=1).min())
    if least < AGREEMENT:
        raise ModelDamaged(model, f"the export agrees only to {least:.5f} with the original", "Report this")


def session(folder: Path) -> Any:  # noqa: ANN401 (onnxruntime has no types)
    """An ONNX Runtime session of one thread: batches side by side use two cores better than one batch."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # done at export
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime raises classes of its own for each fault
        raise ModelDamaged(str(folder), f"does not load ({error})", "Run strategist setup") from error


def tokenizer(folder: Path, max_tokens: int) -> Any:  # noqa: ANN401
    """The export's tokenizer, cutting at its window, without padding."""
    return cutting((folder / "tokenizer.json").read_text(encoding="utf-8"), max_tokens)


def cutting(written: str, max_tokens: int) -> Any:  # noqa: ANN401
    """A tokenizer out of its JSON, cutting at a window, without padding."""
    from tokenizers import Tokenizer

    words = Tokenizer.from_str(written)
    words.no_padding()
    words.enable_truncation(max_tokens)
    return words


def run(running: Any, tokens: Sequence[Sequence[int]], ranges: Sequence[Sequence[Span]]) -> Vectors:  # noqa: ANN401
    """Vectors (n, parts, d) of token ids, padded to the longest: one for each range of tokens.

    A text with fewer ranges than another has vectors of no meaning in their places.
    """
    longest = max(len(each) for each in tokens)
    ids = np.zeros((len(tokens), longest), np.int64)
    mask = np.zeros_like(ids)
    for row, each in enumerate(tokens):
        ids[row, : len(each)] = each
        mask[row, : len(each)] = 1
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    wanted = {each.name for each in running.get_inputs()}
    given = {name: value for name, value in feed.items() if name in wanted}
    vectors: Vectors = running.run(None, given | {_POOL: weights(ranges, longest)})[0]
    return vectors

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
from retrieval.models import check_weights, file_digest, location, slug, spec

Vectors = NDArray[np.float32]
AGREEMENT = 0.9999  # least cosine between the export and the original
_VERSION = 1
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_PROBES = (
    "What happens to us if OpenAI falters?",
    "Was passiert, wenn ein Anbieter ausfällt?",
    "MAI-1",
    "",
    "Microsoft turns to its own models, and the contract ends on 28 February 2027. " * 3,
    "Die Kündigungsfrist beträgt neunzig Tage zum Quartalsende, sofern nichts anderes vereinbart ist. " * 30,
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export is: of which weights, by which version of this code, and how its file lies."""

    version: int
    weights: str
    onnx: str  # sha256 of the file
    size: int
    modified: int
    dimension: int
    max_tokens: int
    inputs: tuple[str, ...]


def home(model: str, folder: Path) -> Path:
    """The folder of one model's export."""
    return folder / slug(model)


def manifest(model: str, folder: Path) -> Manifest | None:
    """The manifest of a whole export, or None: absent, half-made, of an older version, or touched since."""
    place = home(model, folder)
    try:
        raw = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        found = Manifest(**{**raw, "inputs": tuple(raw["inputs"])})
        state = (place / "model.onnx").stat()
    except (OSError, ValueError, TypeError, KeyError):
        return None
    untouched = (state.st_size, state.st_mtime_ns) == (found.size, found.modified)
    return found if found.version == _VERSION and untouched else None


def verify(model: str, folder: Path) -> str:
    """What is wrong with the export, in words; nothing if all is well. Reads every byte; for `doctor`."""
    known = spec(model)
    check_weights(known)
    found = manifest(model, folder)
    if found is None:
        return "not exported yet: questions start slowly"
    if known.sha256 not in (None, found.weights):
        return "the export was made of other weights"
    if file_digest(home(model, folder) / "model.onnx") != found.onnx:
        return "the exported file is damaged"
    return ""


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
    if not _exportable(original):
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


def _exportable(original: Any) -> bool:  # noqa: ANN401 (a SentenceTransformer)
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
    _trace(transformer, inputs, made / "model.onnx")
    original.tokenizer.backend_tokenizer.save(str(made / "tokenizer.json"))
    state = (made / "model.onnx").stat()
    found = Manifest(
        version=_VERSION,
        weights=weights,
        onnx=file_digest(made / "model.onnx"),
        size=state.st_size,
        modified=state.st_mtime_ns,
        dimension=int(original.get_embedding_dimension()),
        max_tokens=int(original.max_seq_length),
        inputs=inputs,
    )
    (made / "manifest.json").write_text(json.dumps(asdict(found)), encoding="utf-8")


def _trace(transformer: Any, inputs: Sequence[str], path: Path) -> None:  # noqa: ANN401
    import torch

    class Pooled(torch.nn.Module):
        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            named = dict(zip(inputs, tensors, strict=True))
            states = transformer(**named)[0]
            mask = named["attention_mask"].unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    example = tuple(torch.ones(2, 8, dtype=torch.long) for _ in inputs)
    axes = {name: {0: "batch", 1: "tokens"} for name in inputs} | {"vectors": {0: "batch"}}
    module = Pooled()
    module.add_module("transformer", transformer)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            example,
            str(path),
            dynamo=False,
            input_names=list(inputs),
            output_names=["vectors"],
            dynamic_axes=axes,
            opset_version=17,
        )


def _check(original: Any, made: Path, model: str) -> None:  # noqa: ANN401
    found = Manifest(**json.loads((made / "manifest.json").read_text(encoding="utf-8")))
    running, words = session(made, found, 1), tokenizer(made, found.max_tokens)
    expected = np.asarray(original.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False))
    got = np.concatenate([run(running, [words.encode(text).ids]) for text in _PROBES])
    least = float((expected * got).sum(axis=1).min())
    if least < AGREEMENT:
        raise ModelDamaged(model, f"the export agrees only to {least:.5f} with the original", "Report this")


def session(folder: Path, found: Manifest, threads: int) -> Any:  # noqa: ANN401 (onnxruntime has no types)
    """An ONNX Runtime session. Spinning is off: idle threads would eat the cores of everything else."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime raises classes of its own for each fault
        raise ModelDamaged(str(folder), f"does not load ({error})", "Run strategist setup") from error


def tokenizer(folder: Path, max_tokens: int) -> Any:  # noqa: ANN401
    """The model's tokenizer, cutting at its window, without padding."""
    from tokenizers import Tokenizer

    words = Tokenizer.from_file(str(folder / "tokenizer.json"))
    words.no_padding()
    words.enable_truncation(max_tokens)
    return words


def run(running: Any, tokens: Sequence[Sequence[int]]) -> Vectors:  # noqa: ANN401
    """Vectors (n, d) of token ids, padded to the longest."""
    longest = max(len(each) for each in tokens)
    ids = np.zeros((len(tokens), longest), np.int64)
    mask = np.zeros_like(ids)
    for row, each in enumerate(tokens):
        ids[row, : len(each)] = each
        mask[row, : len(each)] = 1
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    wanted = {each.name for each in running.get_inputs()}
    vectors: Vectors = running.run(None, {name: value for name, value in feed.items() if name in wanted})[0]
    return vectors

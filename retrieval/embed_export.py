"""Once, at set-up: an embedding model becomes an ONNX graph that starts in a fraction of the time.

    locate -> vet -> load (sentence-transformers) -> trace (torch) -> optimise (onnxruntime) -> try -> publish

Mean pooling and normalisation are part of the graph. The only home of torch's exporter.
"""

import errno
import json
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval import embed_manifest, models
from retrieval.embed_manifest import GRAPH, MANIFEST, TOKENIZER, WEIGHTS, Manifest
from retrieval.embed_onnx import OnnxEmbedder, optimise
from retrieval.embed_torch import encode, load, quiet
from retrieval.embed_trial import TRIAL
from retrieval.errors import DiskFull, ModelDamaged, StoreError, StoreReadOnly
from retrieval.models import ModelSpec

OPSET = 17
LOWEST_COSINE = 0.9999
_MADE_WITH = ("torch", "transformers", "sentence-transformers", "onnx", "onnxruntime")
_log = logging.getLogger(__name__)


def export(model: str, folder: Path) -> Path | None:
    """Export `model` into `folder`, unless a sound export stands there. Downloads the model where needed.

    Returns:
        The graph's file; None where the model stays on sentence-transformers (the log says why).

    Raises:
        ModelMissing, ModelDamaged, ModelError: the model's own files are the problem.
        DiskFull, StoreReadOnly, StoreError: `folder` is.
    """
    spec = models.specify(model)
    source = models.locate(spec, online=True)
    models.vet(spec, source)
    if reason := obstacle(source):
        _log.info("%s stays on sentence-transformers: %s", spec.name, reason)
        return None
    with _storage(folder):
        return folder / GRAPH if _keep(spec, source, folder) else _replace(spec, source, folder)


def obstacle(source: Path) -> str:
    """Why the model in `source` cannot be exported; empty where it can.

    It must be a Transformer, mean pooling over all its tokens and, perhaps, normalisation: nothing else is
    in our graph.
    """
    try:
        modules = json.loads((source / "modules.json").read_text(encoding="utf-8"))
        kinds = [module["type"].rpartition(".")[2] for module in modules]
        if kinds[:2] != ["Transformer", "Pooling"] or kinds[2:] not in ([], ["Normalize"]):
            return f"it is made of {', '.join(kinds)}"
        pooling = json.loads((source / modules[1]["path"] / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        return f"its files do not say how it is made ({error})"
    return "" if _mean(pooling) else "it does not use plain mean pooling"


def _mean(pooling: dict[str, object]) -> bool:
    old = [key for key, value in pooling.items() if key.startswith("pooling_mode_") and value is True]
    mean = pooling.get("pooling_mode") in ("mean", ["mean"]) or old == ["pooling_mode_mean_tokens"]
    return mean and pooling.get("include_prompt", True) is True


def _keep(spec: ModelSpec, source: Path, folder: Path) -> bool:
    """Whether the export in `folder` is whole and of this model; its times are noted anew."""
    try:
        found = embed_manifest.read(folder)
        if found is None or found.model != spec.name or found.versions != _versions():
            return False
        embed_manifest.check(found, folder, full=True)
        now = embed_manifest.renewed(found, folder, models.weights(source))
    except ModelDamaged as damage:
        _log.warning("%s; it is exported again", damage)
        return False
    if [mark.sha256 for mark in now.sources] != [mark.sha256 for mark in found.sources]:
        return False
    if now != found:
        embed_manifest.write(now, folder)
    return True


def _replace(spec: ModelSpec, source: Path, folder: Path) -> Path | None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as name:
        work = Path(name)
        manifest = _make(spec, source, work)
        if manifest.cosine < LOWEST_COSINE:
            reason = "the export is not accepted: its vectors differ (cosine %.6f)"
            _log.warning(f"%s stays on sentence-transformers: {reason}", spec.name, manifest.cosine)
            (folder / MANIFEST).unlink(missing_ok=True)
            return None
        (folder / MANIFEST).unlink(missing_ok=True)
        for file in (GRAPH, WEIGHTS, TOKENIZER):
            if (work / file).exists():
                (work / file).replace(folder / file)
    embed_manifest.write(manifest, folder)
    return folder / GRAPH


def _make(spec: ModelSpec, source: Path, work: Path) -> Manifest:
    sources = tuple(embed_manifest.mark(file) for file in models.weights(source))
    model = load(spec, source)
    (work / "raw").mkdir()
    with quiet():
        _trace(model[0].auto_model, work / "raw" / GRAPH)
    optimise(work / "raw" / GRAPH, work)
    shutil.rmtree(work / "raw")
    model.tokenizer.backend_tokenizer.save(str(work / TOKENIZER))
    expected = encode(model, [spec.as_passage(text) for text in TRIAL])
    draft = Manifest(
        model=spec.name,
        dimension=expected.shape[1],
        max_tokens=model.max_seq_length,
        pad_id=int(model.tokenizer.pad_token_id or 0),
        opset=OPSET,
        cosine=0.0,
        versions=_versions(),
        files=(),
        sources=sources,
    )
    return _tried(draft, expected, OnnxEmbedder(spec, draft, work), work)

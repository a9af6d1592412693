"""The record beside an exported model: what it was made from, and how to tell that nothing changed since.

    folder/manifest.json  model.onnx  model.weights  tokenizer.json

The manifest is written last and removed first: where it stands, the export is whole.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from retrieval import models
from retrieval.errors import ModelDamaged, ModelMissing

GRAPH, WEIGHTS, TOKENIZER, MANIFEST = "model.onnx", "model.weights", "tokenizer.json", "manifest.json"
RECIPE = 1  # another number: exports made before are made again
_AGAIN = "Run `make setup` to make it again"


@dataclass(frozen=True, slots=True)
class Mark:
    """A file as it was when we hashed it. `path` is relative to the export's folder, or absolute."""

    path: str
    size: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """An exported model: how to run it, what it is made of (`files`) and from (`sources`)."""

    model: str
    dimension: int
    max_tokens: int
    pad_id: int
    opset: int
    cosine: float  # the lowest to the source model over the trial texts
    versions: dict[str, str]
    files: tuple[Mark, ...]
    sources: tuple[Mark, ...]
    recipe: int = RECIPE


def mark(file: Path, name: str | None = None) -> Mark:
    """Hash a file now, to recognise it later; `name` is the path to record."""
    stat = file.stat()
    return Mark(name or str(file.resolve()), stat.st_size, stat.st_mtime_ns, models.digest(file))


def write(manifest: Manifest, folder: Path) -> None:
    """Put the manifest into `folder` in one step."""
    draft = folder / f".{MANIFEST}.new"
    draft.write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
    draft.replace(folder / MANIFEST)


def read(folder: Path) -> Manifest | None:
    """The manifest in `folder`, or None where no export of this recipe stands.

    Raises:
        ModelDamaged: the manifest cannot be understood.
    """
    try:
        record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if record["recipe"] != RECIPE:
            return None
        marks = {key: tuple(Mark(**item) for item in record[key]) for key in ("files", "sources")}
        return Manifest(**(record | marks))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelDamaged(str(folder / MANIFEST), f"cannot be read ({error})", _AGAIN) from error


def check(manifest: Manifest, folder: Path, full: bool = False) -> None:
    """Make sure that the export and the weights it came from are as recorded.

    A file of the recorded size and time is believed unless `full`: hashing costs 70 ms per model of 90 MB,
    a quarter of what loading it costs. Source weights that are gone are no fault: the export needs them not.

    Raises:
        ModelDamaged: a file is missing or is another one.
    """
    _compare(manifest.files, folder, full)
    _compare((source for source in manifest.sources if Path(source.path).exists()), folder, full)


def _compare(marks: Iterable[Mark], folder: Path, full: bool) -> None:
    for expected in marks:
        if not _same(folder / expected.path, expected, full):
            problem = f"is not the file that {expected.path} was when {folder.name} was exported"
            raise ModelDamaged(str(folder / expected.path), problem, _AGAIN)


def _same(file: Path, expected: Mark, full: bool) -> bool:
    try:
        stat = file.stat()
        if stat.st_size != expected.size:
            return False
        untouched = stat.st_mtime_ns == expected.mtime_ns
        return (untouched and not full) or models.digest(file) == expected.sha256
    except OSError:
        return False


def verify(folder: Path) -> Manifest:
    """Hash everything the export in `folder` is made of and from: for set-up and `doctor`.

    Raises:
        ModelMissing: there is no export.
        ModelDamaged: a file is not the one recorded.
    """
    manifest = read(folder)
    if manifest is None:
        raise ModelMissing(str(folder), "holds no exported model", "Run `make setup`")
    check(manifest, folder, full=True)
    return manifest


def renewed(manifest: Manifest, folder: Path, sources: Iterable[Path]) -> Manifest:
    """The same export with today's sizes and times, so that files copied or reinstalled load quickly again."""
    files = tuple(mark(folder / file.path, file.path) for file in manifest.files)
    return replace(manifest, files=files, sources=tuple(mark(source) for source in sources))

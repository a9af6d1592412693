"""The company's own words: its glossary and the vendors' names, kept as the admins wrote them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.atomic import write_bytes
from retrieval.errors import ParseFailed, StoreDamaged
from retrieval.faults import translated
from retrieval.language import words
from retrieval.lexicon import read_glossary, read_meanings
from retrieval.types import IngestResult, Result

NAMES = ("glossary.tsv", "vendors.yaml")
Mark = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A vendor of vendors.yaml: its key there, its name, and every other name that means it."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()  # other spellings, products and models


class Vocabulary:
    """The vocabulary files of one library; `ingest` replaces them, a search reads them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listed: tuple[tuple[int, int, int], tuple[Named, ...]] | None = None
        self._run: tuple[Mark, tuple[Named, ...]] | None = None

    def owns(self, path: Path) -> bool:
        """Whether a file that is being ingested is vocabulary rather than a document."""
        return path.name in NAMES

    def take(self, path: Path, uri: str) -> IngestResult:
        """Put a vocabulary file in use, after reading it once to see that it can be."""
        count = len((_meanings if path.name == NAMES[0] else _handed_in)(path))
        kept, data = self._folder / path.name, path.read_bytes()
        known = kept.read_bytes() if kept.exists() else None
        result: Result = "new" if known is None else "unchanged" if known == data else "changed"
        if result != "unchanged":
            self._folder.mkdir(parents=True, exist_ok=True)
            write_bytes(kept, data)
        return IngestResult(uri, result, reason=f"{count} entries")

    def mark(self) -> Mark:
        """What changes when a file is replaced, by whichever process. Measured: 10 microseconds."""
        return tuple(_mark(self._folder / name) for name in NAMES)

    def vendors(self) -> tuple[Named, ...]:
        """The vendors that the admins listed, in their order."""
        path = self._folder / NAMES[1]
        mark = _mark(path)
        if self._listed is None or self._listed[0] != mark:  # YAML takes 20 ms, each question asks
            with _kept(path):
                self._listed = (mark, _vendors(path) if path.exists() else ())
        return self._listed[1]

    def systems(self) -> tuple[Named, ...]:
        """The glossary's terms for what runs on a vendor: those whose meaning names one, as Greta's does."""
        mark, path = self.mark(), self._folder / NAMES[0]
        if self._run is None or self._run[0] != mark:  # 44 terms take 20 ms, each question of a thread asks
            with _kept(path):
                meanings = _meanings(path) if path.exists() else {}
            vendors = self.vendors()
            run = tuple(Named(t.lower(), t) for t, meaning in meanings.items() if mentioned(meaning, vendors))
            self._run = (mark, run)
        return self._run[1]

    def synonyms(self) -> dict[str, tuple[str, ...]]:
        """Lower-case term -> other words for it: the glossary, and vendors' products under their names."""
        glossary = self._folder / NAMES[0]
        with _kept(glossary):
            found = dict(_glossary(glossary)) if glossary.exists() else {}
        for vendor in self.vendors():
            for each in vendor.aliases:
                found[each.lower()] = (*found.get(each.lower(), ()), vendor.name)
        return found


@contextmanager
def _kept(path: Path) -> Iterator[None]:
    """Around reading what `take` has put in use: it could be read then, so now the file is damaged."""
    try:
        with translated(str(path)):
            yield
    except ParseFailed as error:
        advice = f"Ingest {path.name} again, or remove this copy of it"
        raise StoreDamaged(error.resource, error.problem, advice) from error


def mentioned(text: str, vendors: Iterable[Named]) -> frozenset[str]:
    """Keys of the vendors that a text names, by any of their names as whole words, "OpenAIs" too. Pure."""
    padded = f" {' '.join(words(text))} "
    return frozenset(each.key for each in vendors if any(_stands_in(name, padded) for name in _all(each)))


def _all(vendor: Named) -> tuple[str, ...]:
    return (vendor.name, *vendor.aliases)


def _stands_in(name: str, padded: str) -> bool:
    wanted = " ".join(words(name))
    # The s of a German genitive or a plural; after a digit it would be another model's name.
    inflected = wanted[-1:].isalpha() and f" {wanted}s " in padded
    return bool(wanted) and (f" {wanted} " in padded or inflected)


def _mark(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0, 0
    return status.st_size, status.st_mtime_ns, status.st_ino


def _glossary(path: Path) -> Mapping[str, tuple[str, ...]]:
    try:
        return read_glossary(path)
    except UnicodeDecodeError as error:
        raise ParseFailed(str(path), "is not UTF-8 text", "Save the glossary as UTF-8") from error


def _meanings(path: Path) -> Mapping[str, str]:
    """One for each line of the glossary, which maps each of a line's names."""
    return read_meanings(path) if _glossary(path) else {}


def _handed_in(path: Path) -> tuple[Named, ...]:
    """The vendors of a file that somebody hands in: to list none is taken for a slip, not for a wish."""
    found = _vendors(path)
    if not found:
        advice = "Write a key for each vendor, with a name below it; remove the file from the data folder's "
        advice += "vocabulary to list none"
        raise ParseFailed(str(path), "lists no vendor", advice)
    return found


def _vendors(path: Path) -> tuple[Named, ...]:
    import yaml

    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        rows = raw.get("vendors", raw) if isinstance(raw, dict) else {}
        return tuple(Named(str(key).lower(), str(row["name"]), _aliases(row)) for key, row in rows.items())
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        advice = "Each vendor needs a name, and may have aliases, products and models"
        raise ParseFailed(str(path), f"cannot be read as a list of vendors ({error})", advice) from error


def _aliases(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(each) for key in ("aliases", "products", "models") for each in row.get(key) or ())

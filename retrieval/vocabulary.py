"""The company's own words: its glossary and the vendors' names, kept as the admins wrote them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retrieval.atomic import write_bytes
from retrieval.errors import ParseFailed
from retrieval.lexicon import read_glossary
from retrieval.types import IngestResult, Result

NAMES = ("glossary.tsv", "vendors.yaml")


class Vocabulary:
    """The vocabulary files of one library; `ingest` replaces them, a search reads them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def owns(self, path: Path) -> bool:
        """Whether a file that is being ingested is vocabulary rather than a document."""
        return path.name in NAMES

    def take(self, path: Path, uri: str) -> IngestResult:
        """Put a vocabulary file in use, after reading it once to see that it can be."""
        count = len((_glossary if path.name == NAMES[0] else _vendors)(path))
        kept, data = self._folder / path.name, path.read_bytes()
        known = kept.read_bytes() if kept.exists() else None
        result: Result = "new" if known is None else "unchanged" if known == data else "changed"
        if result != "unchanged":
            self._folder.mkdir(parents=True, exist_ok=True)
            write_bytes(kept, data)
        return IngestResult(uri, result, reason=f"{count} entries")

    def synonyms(self) -> dict[str, tuple[str, ...]]:
        """Lower-case term -> other words for it: the glossary, and vendors' products under their names."""
        glossary, vendors = self._folder / NAMES[0], self._folder / NAMES[1]
        found = dict(_glossary(glossary)) if glossary.exists() else {}
        for name, also in (_vendors(vendors) if vendors.exists() else {}).items():
            for each in also:
                found[each.lower()] = (*found.get(each.lower(), ()), name)
        return found


def _glossary(path: Path) -> Mapping[str, tuple[str, ...]]:
    try:
        return read_glossary(path)
    except UnicodeDecodeError as error:
        raise ParseFailed(str(path), "is not UTF-8 text", "Save the glossary as UTF-8") from error


def _vendors(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Vendor name -> its aliases and products."""
    import yaml

    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        rows = list((raw.get("vendors", raw) if isinstance(raw, dict) else {}).values())
        return {str(row["name"]): _names(row) for row in rows}
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        advice = "Each vendor needs a name, and may have aliases, products and models"
        raise ParseFailed(str(path), f"cannot be read as a list of vendors ({error})", advice) from error


def _names(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(each) for key in ("aliases", "products") for each in row.get(key) or ())

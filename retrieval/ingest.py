"""Takes documents in, item by item; whatever happens to one, it is reported and the others go on.

vanished --> gone
path --> fetch --> same bytes? unchanged
              --> parse in a child --> describe --> twin? unchanged
                                                --> decide --> split, embed, catalogue.replace
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from retrieval.bridge import Bridge
from retrieval.catalogue import Catalogue, Known
from retrieval.changes import Change, decide, fingerprint
from retrieval.documents import Defaults, describe, doubts
from retrieval.errors import IngestError, Refused, StrategistError
from retrieval.fetch import MAX_BYTES, confine, expand, fetch, uri_of
from retrieval.formats.sniff import misnamed
from retrieval.sandbox import Limits, Sandbox
from retrieval.split import LIMIT, split
from retrieval.types import Document, Fetched, IngestResult, Parsed, Source
from retrieval.visibility import Audience
from retrieval.vocabulary import Vocabulary

_SCHEME = "file://"


@dataclass(frozen=True, slots=True)
class Rules:
    """How far an ingest may go. `relabel`: the defaults were named by the admin, so apply them anew."""

    limits: Limits = field(default_factory=Limits)
    bytes: int = MAX_BYTES
    passage_characters: int = LIMIT
    relabel: bool = False
    today: Callable[[], date] = date.today


class Ingest:
    """One batch. The caller owns the library's folder and lets the caches follow afterwards."""

    def __init__(
        self, catalogue: Catalogue, bridge: Bridge, vocabulary: Vocabulary, defaults: Defaults, rules: Rules
    ) -> None:
        self._catalogue = catalogue
        self._bridge = bridge
        self._vocabulary = vocabulary
        self._defaults = defaults
        self._rules = rules

    def run(self, paths: Sequence[str]) -> Iterator[IngestResult]:
        """One result for each item: files named, files in folders named, and files that vanished there."""
        yield from self._withdraw_vanished(paths)
        with Sandbox(self._rules.limits) as sandbox:
            folders = _folders(paths)
            for given in paths:
                roots = folders if _is_folder(_place(given)) else ()
                for path in expand([given]):
                    yield self._timed(path, roots, sandbox)

    def _withdraw_vanished(self, paths: Sequence[str]) -> Iterator[IngestResult]:
        # Before anything is taken in: a renamed file is then no twin of the one that it was.
        sources = self._catalogue.sources(Audience.whole_library())
        for source in vanished(paths, sources):
            yield self._withdrawn(source)

    def _withdrawn(self, source: Source) -> IngestResult:
        try:
            self._catalogue.mark_gone([source.id])
        except StrategistError as error:
            return IngestResult(source.uri, "failed", reason=f"could not be marked as gone: {error}")
        return IngestResult(source.uri, "gone", reason="the file is no longer there")

    def _timed(self, path: str, roots: Sequence[Path], sandbox: Sandbox) -> IngestResult:
        started = time.perf_counter()
        result = self._reported(path, roots, sandbox)
        return replace(result, seconds=round(time.perf_counter() - started, 3))

    def _reported(self, path: str, roots: Sequence[Path], sandbox: Sandbox) -> IngestResult:
        uri = _printable(path)
        try:
            return _under(uri, self._take(path, uri, roots, sandbox))
        except Refused as error:
            return IngestResult(uri, "refused", reason=_reason(error))
        except (StrategistError, OSError) as error:
            return IngestResult(uri, "failed", reason=_reason(error))
        except Exception as error:
            # Not ours, so a bug, here or in a package; the other documents must not pay for it.
            return IngestResult(uri, "failed", reason=f"{type(error).__name__}: {error}")

    def _take(self, path: str, uri: str, roots: Sequence[Path], sandbox: Sandbox) -> IngestResult:
        if self._vocabulary.owns(_place(path)):
            if roots:
                confine(path, roots)
            return self._vocabulary.take(_place(path), uri)
        fetched = fetch(path, roots, self._rules.bytes)
        known = self._catalogue.known(fetched.uri)
        if known and self._as_before(known, fetched):
            return IngestResult(fetched.uri, "unchanged", known.passages)
        parsed = sandbox.parse(fetched)
        return self._store(fetched, parsed, describe(fetched, parsed, self._defaults), known)

    def _as_before(self, known: Known, fetched: Fetched) -> bool:
        return known.digest == fetched.digest and known.state == "active" and not self._rules.relabel

    def _store(
        self, fetched: Fetched, parsed: Parsed, document: Document, known: Known | None
    ) -> IngestResult:
        twin = self._twin(document) if known is None or known.state == "gone" else None
        if twin:
            return IngestResult(fetched.uri, "unchanged", reason=f"same content as {twin.uri}, kept once")
        change = decide(fingerprint(document), known.fingerprint if known else None)
        misread = misnamed(fetched.uri, fetched.media_type)
        notes = "; ".join(misread + doubts(document, self._rules.today()) + parsed.notes)
        seen = document.visibility
        if change in (Change.NEW, Change.CHANGED):
            count = self._replace(document)
            return IngestResult(
                fetched.uri, "new" if change is Change.NEW else "changed", count, notes, 0.0, seen
            )
        passages = known.passages if known else 0
        if change is Change.UNCHANGED and known and known.state == "active":
            return IngestResult(fetched.uri, "unchanged", passages, notes, 0.0, seen)
        self._catalogue.relabel(document)
        reason = "; ".join(filter(None, ("only its labels changed", notes)))
        return IngestResult(fetched.uri, "changed", passages, reason, 0.0, seen)

    def _twin(self, document: Document) -> Source | None:
        """Another document with the same bytes, now as then, that the same people may see."""
        for other in self._catalogue.same_content(document.digest):
            labels = (other.visibility, other.confidentiality)
            same_people = labels == (document.visibility, document.confidentiality)
            if other.uri != document.uri and same_people and self._holds(other.uri, document.digest):
                return other
        return None

    def _holds(self, uri: str, digest: str) -> bool:
        # The catalogue tells what a file held when it was last taken in: it may come later in this batch.
        try:
            return fetch(uri, limit=self._rules.bytes).digest == digest
        except IngestError:
            return False

    def _replace(self, document: Document) -> int:
        passages = split(document, self._rules.passage_characters)
        [embedded] = self._bridge.passages([(document.title, passages)])
        self._catalogue.replace(document, passages, embedded)
        return len(passages)


def vanished(paths: Sequence[str], sources: Sequence[Source]) -> list[Source]:
    """Documents that lay in one of the folders named, and whose file is no longer there.

    A folder that is itself missing says nothing of its files: a disk may not be mounted.
    """
    folders = _folders(paths)
    return [each for each in sources if each.uri.startswith(_SCHEME) and _missing_in(folders, each)]


def refusals(paths: Sequence[str], error: StrategistError) -> Iterator[IngestResult]:
    """One result for each item of a batch that cannot even begin."""
    return (IngestResult(_printable(path), "failed", reason=str(error)) for path in expand(paths))


def _missing_in(folders: Sequence[Path], source: Source) -> bool:
    path = Path(source.uri.removeprefix(_SCHEME))
    try:
        return any(map(path.is_relative_to, folders)) and not path.is_file()
    except PermissionError:
        return False  # it cannot be seen, which is not to say that it is gone


def _place(path: str) -> Path:
    return Path(path.removeprefix(_SCHEME))


def _folders(paths: Sequence[str]) -> list[Path]:
    return [place.resolve() for place in map(_place, paths) if _is_folder(place)]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _printable(path: str) -> str:
    """The item's uri for a report, whatever its name is: not UTF-8, a loop of links, a NUL.

    A link is reported as itself: its target may not exist, or be nothing that the folder may tell of.
    """
    place = _place(path)
    try:
        uri = _uri_of_link(place) if place.is_symlink() else uri_of(path)
    except (OSError, ValueError, RuntimeError):
        uri = path
    return uri.encode("utf-8", "backslashreplace").decode("utf-8")


def _uri_of_link(link: Path) -> str:
    return f"{uri_of(str(link.parent)).removesuffix('/')}/{link.name}"


def _under(uri: str, result: IngestResult) -> IngestResult:
    """The result under the item's own uri, which for a link is not that of the document."""
    if result.uri == uri:
        return result
    reason = "; ".join(filter(None, (f"a link to {result.uri}", result.reason)))
    return replace(result, uri=uri, reason=reason)


def _reason(error: Exception) -> str:
    if isinstance(error, IngestError):
        return f"{error.problem}. {error.advice}" if error.advice else error.problem
    return str(error)

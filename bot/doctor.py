"""`strategist doctor`: what is configured, what is missing, and the next step for each."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.app import build, models_folder, writers
from bot.operations import probed, probes
from bot.settings import Settings
from retrieval.embed import load_embedder, verify
from retrieval.errors import StrategistError
from retrieval.library import Library
from retrieval.visibility import Audience

_LOW_SPACE = 500 * 1024 * 1024
_PACKAGES = ("chromadb", "tantivy", "onnxruntime", "tokenizers", "sentence_transformers", "langchain_core")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: whether it is good, how it stands, and what to do if it is not."""

    subject: str
    good: bool
    state: str
    step: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at the folder, the packages, the embedding model, the library, and the models that write."""
    yield _home(settings.home)
    yield from _packages()
    yield _model(settings)
    yield from _library(settings)
    yield from _writers(settings)


def _writers(settings: Settings) -> Iterator[Finding]:
    """Each vendor is asked one tiny question: a key in the right place is not yet a model that answers."""
    if not settings.vendors:
        yield Finding("models", True, "none configured: answers are quoted from the sources")
        return
    try:
        with writers(settings) as gateway:
            attempts = probes(gateway, [each.name for each in settings.ordered()])
    except StrategistError as error:
        yield Finding("models", False, f"{error.resource}: {error.problem}", error.advice)
        return
    for each in attempts:
        good = each.outcome == "complete"
        step = "" if good else "The others and the sources answer meanwhile; see strategist models"
        yield Finding(f"model {each.vendor}", good, probed(each), step)


def _home(home: Path) -> Finding:
    place = next(each for each in (home, *home.parents) if each.exists())
    if not place.is_dir():
        step = "Set STRATEGIST_HOME to a folder"
        return Finding("data folder", False, f"{place} is a file, not a folder", step)
    if not os.access(place, os.W_OK):
        return Finding(
            "data folder", False, f"{home} cannot be written", "Set STRATEGIST_HOME to a folder that can"
        )
    free = shutil.disk_usage(place).free
    state = f"{home}, {free // (1024 * 1024):,} MB free"
    if free < _LOW_SPACE:
        return Finding("data folder", False, state, "Free some space: an ingest would stop half-way")
    return Finding("data folder", True, state)


def _packages() -> Iterator[Finding]:
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        yield Finding("packages", False, f"missing: {', '.join(missing)}", "Run make setup")
    else:
        yield Finding("packages", True, "all installed")


def _model(settings: Settings) -> Finding:
    try:
        embedder = load_embedder(settings.model, models_folder(settings), threads=settings.threads)
        problem = verify(settings.model, models_folder(settings))
    except StrategistError as error:
        return Finding("embedding model", False, f"{error.resource}: {error.problem}", error.advice)
    if problem:
        return Finding("embedding model", False, problem, "Run strategist setup")
    return Finding(
        "embedding model", True, f"{embedder.name}, {embedder.dimension} dimensions, checksum verified"
    )


def _library(settings: Settings) -> Iterator[Finding]:
    if not settings.database and Library.orphaned(settings.home):
        step = "Restore it from a backup, or take the documents in again: strategist ingest"
        yield Finding("library", False, "catalogue.db is missing, though indexes made of it are there", step)
        return
    try:
        with build(settings) as app:
            app.library.check()
            sources = app.library.sources(Audience.whole_library())
            behind = not app.library.catch_up()
            waiting = app.library.unembedded(counted=True)
            lost = app.library.self_check()
            known = frozenset(each.key for each in app.library.vocabulary.vendors())
    except StrategistError as error:
        yield Finding("library", False, f"{error.resource}: {error.problem}", error.advice)
        return
    if not sources:
        yield Finding("library", False, "no documents", "Take some in: strategist ingest corpus")
        return
    state = f"{len(sources)} documents, {sum(each.passages for each in sources)} passages"
    yield Finding("library", True, state)
    yield _indexes(behind, waiting, lost)
    hidden = sum(each.visibility == "admins" for each in sources)
    if hidden:
        step = "Give them a visibility in their front matter, or ingest with --visibility employees"
        yield Finding("visibility", True, f"{hidden} documents are visible to admins only", step)
    yield from _owners(settings, known)


def _owners(settings: Settings, known: frozenset[str]) -> Iterator[Finding]:
    """An owner that vendors.yaml does not have would never count as concerned by a question."""
    for vendor in settings.ordered():
        if vendor.owner not in known:
            state = f"{vendor.owner!r} is no vendor of vendors.yaml ({', '.join(sorted(known)) or 'none'})"
            step = "Correct the owner, or add the vendor and ingest vendors.yaml"
            yield Finding(f"owner of {vendor.name}", False, state, step)


def _indexes(behind: bool, waiting: int, lost: int) -> Finding:
    if behind:
        return Finding(
            "indexes", False, "another process is writing; they follow when it ends", "Wait, and ask again"
        )
    if waiting:
        state = f"{waiting:,} passages have no vector of the current model: they are found by words only"
        return Finding("indexes", False, state, "Run strategist rebuild: it embeds them")
    if lost:
        return Finding("indexes", False, f"{lost} passages do not find themselves", "Run strategist rebuild")
    return Finding("indexes", True, "every passage probed finds itself")

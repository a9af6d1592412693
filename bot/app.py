"""The composition root: the only module that knows all the others."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.assistant import Assistant
from bot.settings import Settings
from retrieval import onnx_model
from retrieval.documents import Defaults
from retrieval.embed import Embedder, export, load_embedder
from retrieval.ingest import Rules
from retrieval.library import Library
from retrieval.sandbox import Limits

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class App:
    """Everything a command needs, made from settings once."""

    settings: Settings
    library: Library
    assistant: Assistant
    defaults: Defaults
    rules: Rules

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.library.close()


def build(
    settings: Settings, embedder: Embedder | None = None, today: Callable[[], date] = date.today
) -> App:
    """Put the product together; tests pass fakes for what they do not want to be real."""
    embedder = embedder or load_embedder(settings.model, models_folder(settings), threads=settings.threads)
    library = Library.open(settings.home, embedder, settings.database, settings.exact_limit, today)
    return App(
        settings=settings,
        library=library,
        assistant=Assistant(library, settings.review_days, today),
        defaults=Defaults(settings.visibility, settings.confidentiality, settings.publisher),
        rules=rules(settings),
    )


def prepare(settings: Settings) -> str:
    """Export the embedding model unless that was done before; says what was done."""
    return export(settings.model, models_folder(settings))


def prepared(settings: Settings) -> bool:
    """Whether a whole export stands ready, so that a question need not wait for torch."""
    return onnx_model.manifest(settings.model, models_folder(settings)) is not None


def models_folder(settings: Settings) -> Path:
    """Where exported embedding models lie."""
    return settings.home / "models"


def rules(settings: Settings) -> Rules:
    """How far an ingest may go."""
    limits = Limits(settings.parse_seconds, settings.parse_megabytes, settings.document_characters)
    return Rules(limits, settings.file_megabytes * _MEGABYTE, settings.passage_characters)

"""The composition root: the only module that knows all the others."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot.assistant import Assistant
from bot.errors import StateError
from bot.prompts import load_all
from bot.settings import Settings, load
from retrieval import onnx_model
from retrieval.documents import Defaults
from retrieval.embed import Embedder, export, load_embedder
from retrieval.ingest import Rules
from retrieval.library import Library
from retrieval.sandbox import Limits

if TYPE_CHECKING:
    from bot.models import Backend
    from bot.models.failover import Gateway
    from bot.models.vendor import Vendor
    from bot.state import State

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class App:
    """Everything a command needs, made from settings once. Without vendors there is no gateway to them."""

    settings: Settings
    library: Library
    assistant: Assistant
    defaults: Defaults
    rules: Rules
    gateway: "Gateway | None"
    state: "State | None"
    closing: ExitStack
    unkept: str = ""  # why the state cannot be used, where it should have been

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.close()


def build(
    settings: Settings,
    embedder: Embedder | None = None,
    today: Callable[[], date] = date.today,
    connect: "Callable[[Vendor], Backend] | None" = None,
    keep: bool = False,
) -> App:
    """Put the product together; tests pass fakes for what they do not want to be real.

    The state is opened where something is kept in it: with vendors, whose spending is counted, or to `keep`.
    Only to `keep` it must be there: without it vendors are asked all the same; with a budget, the free ones.
    """
    embedder = embedder or load_embedder(settings.model, models_folder(settings), threads=settings.threads)
    with ExitStack() as stack:
        library = Library.open(settings.home, embedder, settings.database, settings.exact_limit, today)
        stack.callback(library.close)
        kept = _opened(settings, stack, keep) if keep or settings.vendors else None
        gateway = _gateway(settings, kept, stack, connect) if kept and settings.vendors else None
        return App(
            settings=settings,
            library=library,
            assistant=_assistant(settings, library, gateway, today),
            defaults=Defaults(settings.visibility, settings.confidentiality, settings.publisher),
            rules=rules(settings),
            gateway=gateway,
            state=None if isinstance(kept, StateError) else kept,
            closing=stack.pop_all(),
            unkept=f"{kept}" if isinstance(kept, StateError) else "",
        )


def _assistant(
    settings: Settings, library: Library, gateway: "Gateway | None", today: Callable[[], date]
) -> Assistant:
    return Assistant(
        library,
        settings.review_days,
        today,
        gateway=gateway,
        prompts=load_all(Path(settings.prompts) if settings.prompts else None) if gateway else None,
        unsupported=settings.unsupported,
        question_confidentiality=settings.question_confidentiality,
    )


def _state(settings: Settings, stack: ExitStack) -> "State":
    from bot.state import State

    settings.home.mkdir(parents=True, exist_ok=True)
    state = State.open(settings.state_url())
    stack.callback(state.close)
    return state


def _opened(settings: Settings, stack: ExitStack, keep: bool) -> "State | StateError":
    """The state, or why it cannot be had."""
    try:
        return _state(settings, stack)
    except StateError as error:
        if keep:
            raise
        return error


def _gateway(
    settings: Settings,
    state: "State | StateError",
    stack: ExitStack,
    connect: "Callable[[Vendor], Backend] | None",
) -> "Gateway":
    from bot.models import failover, vendors
    from bot.models.ledger import Unopened

    ledger = Unopened(state) if isinstance(state, StateError) else state
    budget = settings.daily_budget_usd
    if budget and isinstance(ledger, Unopened):
        budget = Decimal(0)  # what nobody can count must not cost anything
    limits = failover.Limits(settings.deadline_s, budget, settings.conflict_of_interest)
    gateway = failover.Gateway(settings.ordered(), connect or vendors.connect, limits, ledger)
    stack.callback(gateway.close)
    return gateway


@contextmanager
def writers(settings: Settings | None = None) -> "Iterator[Gateway]":
    """The configured vendors alone, without a library."""
    settings = settings or load()
    with ExitStack() as stack:
        yield _gateway(settings, _state(settings, stack), stack, None)


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

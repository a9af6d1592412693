"""`strategist ingest`: runs a batch and reports every item, to a person or to a program."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot import contract, terminal
from retrieval.errors import StoreReadOnly
from retrieval.types import IngestResult

if TYPE_CHECKING:
    from bot.app import App

_BAD = ("refused", "failed")


def take_in(app: "App", paths: Sequence[str], *, relabel: bool, quiet: bool, as_json: bool) -> bool:
    """Ingest and report; True when every item is in."""
    results = _results(app, paths, relabel)
    report = _as_lines if as_json else _failures if quiet else _as_progress
    return not any(each.result in _BAD for each in list(report(results)))


def _results(app: "App", paths: Sequence[str], relabel: bool) -> Iterator[IngestResult]:
    try:
        yield from app.library.ingest(paths, app.defaults, replace(app.rules, relabel=relabel))
    except StoreReadOnly as error:
        for path in paths:  # nothing can be written: each path named still gets its line
            yield IngestResult(path, "failed", reason=str(error))


def _as_lines(results: Iterator[IngestResult]) -> Iterator[IngestResult]:
    for each in results:
        terminal.as_json_line(contract.ingested(each))
        yield each


def _failures(results: Iterator[IngestResult]) -> Iterator[IngestResult]:
    for each in results:
        if each.result in _BAD:
            terminal.complain(f"{each.result}: {terminal.place(each.uri)}: {each.reason}")
        yield each


def _as_progress(results: Iterator[IngestResult]) -> Iterator[IngestResult]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("documents", total=None)
        for each in results:
            progress.advance(task)
            print(line(each), flush=True)
            yield each


def line(result: IngestResult) -> str:
    """One item's outcome as a line."""
    passages = f", {result.passages} passages" if result.passages else ""
    seen = f", visible to {result.visibility}" if result.visibility else ""
    reason = f" ({result.reason})" if result.reason else ""
    return terminal.visible(f"{result.result:9} {terminal.place(result.uri)}{passages}{seen}{reason}")

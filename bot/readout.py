"""An answer, or several side by side, as they are read in the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from bot import quiet
from bot.phrases import age, language_name, long_date
from bot.terminal import console, place, visible
from bot.types import Answer, Citation, Statement
from retrieval.types import Language

if TYPE_CHECKING:
    from bot.compare import Comparison

_LABELS: dict[Language, dict[str, str]] = {
    "en": {
        "sources": "Sources",
        "nearest": "Nearest in our sources",
        "undated": "no date",
        "missing": "Not in the sources",
        "inference": "Inference",
        "assumption": "Assumption",
        "agreed": "They agree",
        "differing": "Only some say",
    },
    "de": {
        "sources": "Quellen",
        "nearest": "Am nächsten in unseren Quellen",
        "undated": "ohne Datum",
        "missing": "Nicht in den Quellen",
        "inference": "Schlussfolgerung",
        "assumption": "Annahme",
        "agreed": "Darin sind sie sich einig",
        "differing": "Nur einige sagen",
    },
}


def show_answer(answer: Answer) -> None:
    """Headline, statements, what is missing, cautions, sources, and one quiet line."""
    screen = console()
    labels = _LABELS[answer.language]
    screen.print(visible(answer.headline), style="bold")
    for line in statements(answer):
        screen.print(line)
    for each in answer.missing:
        screen.print(visible(f"- {labels['missing']}: {each}"))
    for near in answer.nearest:
        screen.print(visible(f"  {labels['nearest']}: {near.title}"))
    for caution in answer.cautions:
        screen.print(visible(f"! {caution}"), style="yellow")
    _show_sources(answer)
    screen.print("\n" + visible(" · ".join(filter(None, quiet.parts(answer)))), style="dim")


def statements(answer: Answer) -> list[Text]:
    """The statements as lines, each with its numbers, and what is wrong with it."""
    citations = {each.n: each for each in answer.citations}
    return [_statement(each, citations, answer) for each in answer.statements]


def _statement(statement: Statement, citations: dict[int, Citation], answer: Answer) -> Text:
    foreign = {citations[n].language for n in statement.citations} - {answer.language}
    quoted = answer.model == ""  # a model writes in the reader's language, a quote is as it is
    note = "".join(f" ({language_name(each, answer.language)})" for each in sorted(foreign) if quoted)
    marks = "".join(f"[{n}]" for n in statement.citations)
    doubted = statement.verdict == "unsupported" and statement.problems
    warning = f" ?? {'; '.join(statement.problems)}" if doubted else ""
    label = "" if statement.kind == "fact" else f"{_LABELS[answer.language][statement.kind]}: "
    return Text(visible(f"- {label}{statement.text}{note} {marks}".rstrip() + warning))


def _show_sources(answer: Answer) -> None:
    from bot.assistant import by_source  # brings the library with it: a second that --help need not wait

    if answer.citations:
        console().print(f"\n{_LABELS[answer.language]['sources']}", style="bold")
    for cited in by_source(answer).values():
        console().print(_source(cited, answer))


def _source(cited: Sequence[Citation], answer: Answer) -> Text:
    first = cited[0]
    marks = "".join(f"[{each.n}]" for each in cited)
    text = Text(visible(f"{marks} {first.title}"))
    text.append(visible(f", {first.publisher}") if first.publisher else "")
    text.append(f", {_dated(first, answer)}")
    for locator in dict.fromkeys(each.locator for each in cited if each.locator):
        text.append(f"\n    {visible(locator)}", style="dim")
    text.append(f"\n    {visible(first.link or place(first.uri))}", style="dim")
    return text


def _dated(citation: Citation, answer: Answer) -> str:
    if citation.published is None or citation.age_days is None:
        return _LABELS[answer.language]["undated"]
    return f"{long_date(citation.published, answer.language)} ({age(citation.age_days, answer.language)})"


def show_comparison(comparison: "Comparison") -> None:
    """What several models made of the same passages: where they agree, where not, and each answer."""
    screen = console()
    for answer in comparison.answers:
        screen.print(f"\n=== {answer.backend} ===", style="bold")
        show_answer(answer)
    if len(comparison.answers) > 1:
        labels = _LABELS[comparison.answers[0].language]
        _show_groups(labels["agreed"], comparison.agreed)
        _show_groups(labels["differing"], comparison.differing)


def _show_groups(label: str, groups: Sequence[object]) -> None:
    console().print(f"\n{label}", style="bold")
    for each in groups:
        console().print(Text(visible(f"- {each}")))
    if not groups:
        console().print("-", style="dim")

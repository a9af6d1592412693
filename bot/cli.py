"""The command line: parse, call, print. Exit codes: 0 done, 1 something failed, 2 wrong use, 3 the store."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot import operations, terminal
from bot.errors import EvaluationError, QuestionError, SettingsError
from retrieval.errors import Refused, StoreError, StrategistError
from retrieval.visibility import Audience, normalise

if TYPE_CHECKING:
    from bot.app import App
    from bot.settings import Settings

FAILED, WRONG_USE, NO_LIBRARY = 1, 2, 3

cli = typer.Typer(
    name="strategist",
    help="Answers AI-strategy questions from your own vetted sources: every statement cited and dated.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

cli.add_typer(operations.models, name="models")
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="PRINCIPALS",
        help="See only what these may see, e.g. public, employees, group:legal. Default: all that is here.",
    ),
]


def main() -> None:
    """Run a command; what was raised on purpose becomes one line on standard error and an exit code."""
    terminal.plainly()
    try:
        cli(prog_name="strategist")
    except StrategistError as error:
        _fail(error)
    except OSError as error:  # the library's own are StrategistErrors: this is our output
        terminal.complain(f"The output could not be written: {error}")
        sys.exit(FAILED)


def _fail(error: StrategistError) -> NoReturn:
    terminal.complain(str(error))
    code = FAILED
    if isinstance(error, SettingsError | QuestionError):
        code = WRONG_USE
    elif isinstance(error, StoreError):
        code = NO_LIBRARY
    sys.exit(code)


@contextmanager
def _app(settings: "Settings | None" = None) -> Iterator["App"]:
    from bot.app import build
    from retrieval.library import Library

    settings = settings or _settings()
    if not settings.database and Library.orphaned(settings.home):
        terminal.complain("catalogue.db is missing, though indexes made of it are there: a new one is begun")
    with build(settings) as app:
        yield app


def _settings(**overrides: str) -> "Settings":
    from bot.settings import load

    return load(**overrides)


def audience(principals: str | None) -> Audience:
    """The reader that --as stands for; without --as it is the operator, who owns the files anyway.

    An empty --as is refused: a script whose variable is empty must not see everything.
    """
    if principals is None:
        return Audience.whole_library()
    try:
        return Audience.of(*(normalise(each) for each in principals.split(",")))
    except Refused as error:
        raise SettingsError("--as", error.problem, error.advice) from error


@cli.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in German or English.")],
    as_json: Json = False,
    readers: As = None,
    model: Annotated[
        str, typer.Option(help="Ask this vendor and no other; extractive quotes the sources.")
    ] = "",
    compare: Annotated[
        str, typer.Option(metavar="NAMES", help="Give several the same passages, e.g. claude,gpt,extractive.")
    ] = "",
) -> None:
    """Answer one question with cited, dated statements."""
    from bot.asking import compared, told

    with _app() as app:
        names, only = chosen(app.settings, compare, model)
        ready(app)
        if names:
            compared(app, question, audience(readers), names, as_json=as_json)
        else:
            told(app, question, audience(readers), only=only, as_json=as_json)


def chosen(settings: "Settings", compare: str, model: str) -> tuple[tuple[str, ...], str]:
    """Whom --compare names, and whom --model does; at most one of the two is given."""
    if compare and model:
        raise SettingsError("--compare", "cannot go with --model", "Give one of the two")
    names = tuple(known_vendor(settings, each) for each in compare.split(",") if each.strip())
    if compare and not names:
        raise SettingsError("--compare", "names nobody", "Name two or more, e.g. --compare claude,extractive")
    return names, known_vendor(settings, model) if model else ""


def known_vendor(settings: "Settings", name: str) -> str:
    """The name of a configured vendor, or of the backend that quotes."""
    from bot.settings import EXTRACTIVE

    known = (*(each.name for each in settings.ordered()), EXTRACTIVE)
    if name.strip() not in known:
        raise SettingsError(
            "--model, --compare", f"there is no vendor {name.strip()!r}", f"There are: {', '.join(known)}"
        )
    return name.strip()


@cli.command()
def chat(readers: As = None) -> None:
    """Ask question after question, each in the light of those before; an empty line or Ctrl-D ends."""
    from bot.asking import told

    with _app() as app:
        ready(app)
        thread: tuple[str, ...] = ()
        while question := terminal.prompt("Question"):
            try:
                told(app, question, audience(readers), thread=thread)
                thread = (*thread, question)
            except QuestionError as error:
                terminal.complain(str(error))


@cli.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")] = "",
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Hits for each query.")] = 10,
    batch: Annotated[
        Path | None, typer.Option(help='JSON Lines of {"id", "query"}; one line out for each.')
    ] = None,
    as_json: Json = False,
    readers: As = None,
) -> None:
    """Find passages, without an answer."""
    if bool(query) == bool(batch):
        raise SettingsError("search", "takes either a query or --batch FILE", "See strategist search --help")
    with _app() as app:
        ready(app)
        if batch:
            _search_batch(app, batch, k, audience(readers))
            return
        found = app.library.search(query, audience(readers), k)
    if as_json:
        terminal.as_json(terminal.contract.found("", query, found))
    else:
        terminal.show_hits(found)


def _search_batch(app: "App", batch: Path, k: int, readers: Audience) -> None:
    from bot.evaluate import read_lines

    if app.library.many():  # else the lock would keep an ingest waiting for nothing
        app.library.try_to_own()
    for row in read_lines(batch, "query"):
        found = app.library.search(str(row["query"]), readers, k)
        terminal.as_json_line(terminal.contract.found(row.get("id", ""), str(row["query"]), found))


@cli.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(help="Files and folders.")],
    visibility: Annotated[
        str, typer.Option(help="Who may see documents that do not say so themselves.")
    ] = "",
    confidentiality: Annotated[
        str, typer.Option(help="Of documents that do not say so: public, internal, confidential, secret.")
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", help="Say only what failed.")] = False,
    as_json: Json = False,
) -> None:
    """Take documents in; one result for each, and exit code 1 if any of them is not in."""
    labels = {"visibility": visibility, "confidentiality": confidentiality}
    settings = _settings(**{key: value for key, value in labels.items() if value})
    from bot.app import prepare, prepared
    from bot.intake import take_in

    if not prepared(settings):
        with terminal.busy("Preparing the embedding model: some seconds, once"):
            prepare(settings)
    with _app(settings) as app:
        complete = take_in(app, paths, relabel=any(labels.values()), quiet=quiet, as_json=as_json)
    if not complete:
        raise typer.Exit(FAILED)


@cli.command()
def sources(
    gone: Annotated[bool, typer.Option("--gone", help="Also those whose files vanished.")] = False,
    as_json: Json = False,
    readers: As = None,
) -> None:
    """List the documents: title, age, who may see them."""
    with _app() as app:
        listed = app.library.sources(audience(readers), gone)
    if as_json:
        for each in listed:
            terminal.as_json_line(terminal.contract.source(each))
    else:
        terminal.show_sources(listed)


@cli.command()
def remove(
    named: Annotated[list[str], typer.Argument(metavar="URI", help="Documents to delete: uris or paths.")],
) -> None:
    """Delete documents for good: text, vectors and history."""
    from retrieval.fetch import uri_of

    with _app() as app:
        known = {each.uri: each.id for each in app.library.sources(Audience.whole_library(), True)}
        uris = [each if each in known else uri_of(each) for each in named]
        for uri in uris:
            if uri in known and app.library.remove(known[uri]):
                terminal.say(f"removed {terminal.place(uri)}")
    missing = [uri for uri in uris if uri not in known]
    for uri in missing:
        terminal.complain(f"{uri}: there is no such document. See strategist sources")
    if missing:
        raise typer.Exit(FAILED)


@cli.command()
def rebuild() -> None:
    """Make the search indexes anew from the catalogue, after a change of model or for a damaged one."""
    with _app() as app:
        waiting = app.library.unembedded(counted=True)
        embedding = f", embedding {waiting:,} passages anew" if waiting else ""
        with terminal.busy(f"Rebuilding the indexes{embedding}"):
            app.library.rebuild()
    made = f" {waiting:,} passages had no vector of this model and were embedded." if waiting else ""
    terminal.say(f"The indexes are new.{made}")


@cli.command("eval")
def evaluate(
    file: Annotated[
        Path, typer.Argument(help="JSON Lines: question, expect_sources, expect_facts, unanswerable.")
    ],
    as_json: Json = False,
    readers: As = None,
) -> None:
    """Measure answers against golden questions: sources recalled, facts found, declines."""
    from bot.evaluate import grade, read_lines, summarise

    seen_by = audience(readers)
    with _app() as app:
        rows = read_lines(file, "question")
        if not app.library.sources(seen_by):
            raise _nothing_to_ask(readers)
        ready(app)
        grades = [grade(row, app.assistant.ask(str(row["question"]), seen_by)) for row in rows]
    if as_json:
        terminal.as_json(summarise(grades))
    else:
        terminal.show_grades(grades, summarise(grades))


def _nothing_to_ask(readers: str | None) -> EvaluationError:
    """Figures of a library without documents would say of the answers what is true of the library."""
    if readers is None:
        return EvaluationError("eval", "nothing is indexed", "Take documents in: strategist ingest corpus")
    advice = "See what there is, and for whom: strategist sources"
    return EvaluationError("eval", f"nothing is indexed that {readers} may see", advice)


@cli.command()
def doctor() -> None:
    """Say what is configured, what is missing, and the next step."""
    from bot.doctor import examine

    findings = list(examine(_settings()))
    terminal.show_findings(findings)
    if any(not each.good for each in findings):
        raise typer.Exit(FAILED)


@cli.command()
def setup() -> None:
    """Prepare the embedding model once, so that questions start quickly."""
    from bot.app import prepare, prepared

    settings = _settings()
    label = "Exporting the embedding model (some seconds, once)"
    with nullcontext() if prepared(settings) else terminal.busy(label):
        message = prepare(settings)
    terminal.say(message)


def ready(app: "App") -> None:
    """Let the indexes catch up; say so if another process is still writing, or if nothing is in."""
    from bot.app import prepared

    if not prepared(app.settings):
        terminal.complain(
            "The embedding model is not exported, or damaged: this takes a while. Run strategist setup"
        )
    if not app.library.catch_up():
        terminal.complain(
            "The newest documents may be missing: another process is busy, or nothing can be written."
        )
    if waiting := app.library.unembedded():
        terminal.complain(f"{waiting} passages were embedded by another model: run strategist rebuild")
    if not app.library.sources(Audience.whole_library()):
        terminal.complain("The library is empty. Take documents in: strategist ingest corpus")
    if app.unkept:
        terminal.complain(f"Answers are not kept, and what they cost is not counted: {app.unkept}")


cli.command()(operations.serve)
cli.command()(operations.health)
cli.command()(operations.demo)

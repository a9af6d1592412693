"""The operator's commands beside asking and taking in: the models, the Slack service, the demonstration."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from bot import contract, terminal
from bot.errors import VendorError
from bot.types import Attempt

if TYPE_CHECKING:
    from bot.demo.workspace import Workspace
    from bot.models.failover import Gateway

models = typer.Typer(
    help="List the models that may write, with their state; `models test` asks each one.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
Port = Annotated[int, typer.Option(min=0, max=65_535, help="Port of the page; 0 takes any that is free.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@models.callback()
def listed(context: typer.Context, as_json: Json = False) -> None:
    """List the models that may write, with their state; `models test` asks each one."""
    if context.invoked_subcommand:
        return
    from bot.app import writers

    with writers() as gateway:
        states = gateway.states()
    if as_json:
        for each in states:
            terminal.as_json_line(contract.vendor(each))
        return
    terminal.show_vendors(states)


@models.command("test")
def probe(
    names: Annotated[list[str] | None, typer.Argument(help="Vendors; default: all of them.")] = None,
    as_json: Json = False,
) -> None:
    """Send each vendor one tiny question; print seconds, tokens and cost. Exit code 1 if one fails."""
    from bot.app import writers

    with writers() as gateway:
        chosen = names or [each.name for each in gateway.states()]
        attempts = probes(gateway, chosen)
    for each in attempts:
        if as_json:
            terminal.as_json_line(contract.attempt(each))
        else:
            terminal.say(f"{each.vendor:16} {each.model:24} {probed(each)}")
    if not chosen:
        terminal.say("No vendor is configured: answers are quoted from the sources. See the README.")
    if any(each.outcome != "complete" for each in attempts):
        raise typer.Exit(1)


def probes(gateway: "Gateway", names: Sequence[str]) -> list[Attempt]:
    """One attempt for each, all at once: the slowest decides how long it takes."""
    if not names:
        return []
    with ThreadPoolExecutor(max_workers=len(names)) as pool:
        return list(pool.map(_probe(gateway), names))


def _probe(gateway: "Gateway") -> Callable[[str], Attempt]:
    def ask(name: str) -> Attempt:
        try:
            return gateway.probe(name)
        except VendorError as error:
            return Attempt(name, "", "not usable", 0.0, detail=f"{error.problem}. {error.advice}".strip())

    return ask


def probed(attempt: Attempt) -> str:
    """How one vendor took the tiny question, in words."""
    from bot.models.words import WORDS
    from bot.quiet import dollars

    if attempt.outcome != "complete":
        words = WORDS[attempt.outcome]["en"] if attempt.outcome in WORDS else attempt.outcome
        return words + (f" ({attempt.detail})" if attempt.detail else "")
    cost = "cost unknown" if attempt.usd is None else dollars(attempt.usd)
    tokens = f"{attempt.tokens_in or '?'} tokens in, {attempt.tokens_out or '?'} out"
    return f"ok, {attempt.seconds:.2f} s, {tokens}, {cost}"


def serve() -> None:
    """Answer in Slack until the process is stopped: SIGTERM finishes what is open and loses nothing."""
    from bot.app import build, prepare, prepared
    from bot.settings import load

    settings = load()
    if not prepared(settings):
        with terminal.busy("Preparing the embedding model: some seconds, once"):
            prepare(settings)
    from bot import hosting

    hosting.required(settings)
    hosting.logging_to_stderr()
    raise typer.Exit(hosting.run(build(settings, keep=True)))


def health(as_json: Json = False) -> None:
    """Ask the running service how it is; exit code 1 if it is not well, or not running."""
    from bot.serve.health import inquire
    from bot.settings import load

    port = load().health_port
    found = inquire(port)
    if as_json:
        terminal.as_json(found)
    else:
        terminal.say(", ".join(f"{key}: {value}" for key, value in found.items()))
    if not found.get("alive"):
        terminal.complain(f"No service answers on port {port}. Start it: strategist serve")
    if not found["ok"]:
        raise typer.Exit(1)


def demo(port: Port = 8765) -> None:
    """Try the bot in a browser, without a Slack workspace: a page that looks like a channel."""
    from bot.demo import open_workspace

    with ExitStack() as stack:
        # What is asked here is nobody's business later: it goes with the page.
        folder = stack.enter_context(TemporaryDirectory())
        slack = stack.enter_context(open_workspace(port))
        _demonstrate(slack, folder, stack.close)


def _demonstrate(slack: "Workspace", folder: str, close: Callable[[], None]) -> None:
    from bot import hosting
    from bot.app import build, prepare, prepared
    from bot.demo.sample import ADMIN
    from bot.settings import load
    from retrieval.visibility import Audience

    settings = load(
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
        slack_api_url=slack.api_url,
        slack_mode="socket",
        slack_admins=(ADMIN,),
        health_port=0,
        state=f"sqlite:///{folder}/state.db",
    )
    if not prepared(settings):
        with terminal.busy("Preparing the embedding model: some seconds, once"):
            prepare(settings)
    app = build(settings, keep=True)
    if not app.library.sources(Audience.whole_library()):
        terminal.complain("The library is empty. Take documents in: strategist ingest corpus")
    ready = f"Open {slack.page_url}  (Ctrl-C ends)"
    raise typer.Exit(hosting.run(app, lambda _: terminal.say(ready), close))

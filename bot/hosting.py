"""The Slack service: the second composition root. Puts desk, jobs, door and health check together."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.errors import SettingsError, StrategistError
from bot.jobs import Jobs, JobSettings
from bot.serve.health import Vitals
from bot.serve.http import Front, serve_slack
from bot.serve.redact import protected
from bot.serve.run import Intake, Serving, serve
from bot.settings import Settings
from bot.slack import create_app, workflows
from bot.slack.connection import Connection, Posted, dispatch
from bot.slack.desk import Desk, open_desk
from bot.slack.parts import Parts, SlackSettings
from retrieval.owner import holder
from retrieval.visibility import Audience

if TYPE_CHECKING:
    from slack_bolt import App as Bolt

    from bot.app import App

logger = logging.getLogger("strategist.hosting")
_DRAFTS = timedelta(days=1)  # the longest that a question waits for its last attempt, and more
_LOOK_S = 2.0  # between two looks at what other processes changed in the library
_QUIET = ("slack_bolt", "slack_sdk", "httpx", "httpx2", "openai", "anthropic", "sqlalchemy", "waitress")


def run(
    app: "App",
    ready: Callable[[int], None] = lambda port: None,
    close: Callable[[], None] = lambda: None,
) -> int:
    """Serve Slack until a signal, then close the app and call `close`; the exit code.

    SettingsError names a token that is missing. A service that has stopped well ends the process itself.
    """
    settings = app.settings
    with ExitStack() as stack:
        stack.enter_context(protected(secrets(settings)))
        stack.callback(close)
        stack.enter_context(app)
        required(settings)
        _warm(app)
        stack.enter_context(_caring(app))
        desk = open_desk(parts(app))
        stack.callback(desk.close)
        logger.info("Connected to Slack as %s", desk.bot.user)
        jobs = Jobs(job_settings(settings), workflows.handlers(desk), workflows.give_up(desk))
        intake = _intake(create_app(desk, jobs), settings, desk)
        serving = Serving(
            jobs,
            intake,
            _vitals(app, jobs, intake),
            settings.health_port,
            settings.stop_s,
            close=stack.close,
            ready=ready,
            hourly=lambda: _forget(app),
        )
        return serve(serving)


def required(settings: Settings) -> None:
    """Refuse to start without what Slack asks for; nothing else is checked here."""
    if not settings.slack_bot_token.get_secret_value():
        raise _missing("slack_bot_token", "Copy it from the app's page, Install App")
    if settings.slack_mode == "socket" and not settings.slack_app_token.get_secret_value():
        raise _missing("slack_app_token", "Make one with connections:write under Basic Information")
    if settings.slack_mode == "http" and not settings.slack_signing_secret.get_secret_value():
        raise _missing("slack_signing_secret", "Copy it from the app's page, Basic Information")


def _missing(field: str, advice: str) -> SettingsError:
    return SettingsError(f"STRATEGIST_{field.upper()}", "is missing", advice)


def secrets(settings: Settings) -> tuple[str, ...]:
    """Every value that must never stand in a log."""
    ours = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    keys = (each.key for each in settings.vendors.values())
    passwords = (urlsplit(each).password or "" for each in (settings.database, settings.state))
    return tuple(filter(None, (*(each.get_secret_value() for each in (*ours, *keys)), *passwords)))


def parts(app: "App") -> Parts:
    """What the Slack room is given of the rest."""
    if app.state is None:
        raise StrategistError("hosting", "is built without a state")
    gateway = app.gateway
    return Parts(
        slack_settings(app.settings),
        app.assistant,
        app.library,
        app.state,
        models=gateway.states if gateway else tuple,
        defaults=app.defaults,
        rules=app.rules,
    )


def slack_settings(settings: Settings) -> SlackSettings:
    """The room's own settings, from ours."""
    return SlackSettings(
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value(),
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        api_url=settings.slack_api_url,
        admins=frozenset(settings.slack_admins),
        external=settings.slack_external,
        follow_ups=settings.slack_follow_ups,
        questions_per_day=settings.questions_per_day,
    )


def job_settings(settings: Settings) -> JobSettings:
    """Jobs lie beside the state: in a file of their own, or on the same server."""
    url = settings.state_url()
    if url.startswith("sqlite"):
        url = f"{url.rpartition('/')[0]}/jobs.db"
    return JobSettings(url, replica=settings.replica or socket.gethostname(), workers=settings.workers)


def _intake(bolt: "Bolt", settings: Settings, desk: Desk) -> Intake:
    if settings.slack_mode == "socket":
        return Connection(bolt, desk.parts.settings)

    def receive(body: str, headers: Mapping[str, str]) -> Posted:
        return dispatch(bolt, body, headers)

    front = Front(settings.slack_signing_secret.get_secret_value(), receive)
    return serve_slack(front, settings.http_host, settings.http_port)


def _vitals(app: "App", jobs: Jobs, intake: Intake) -> Vitals:
    return Vitals(
        connected=lambda: intake.connected and jobs.reachable,
        pending=jobs.pending,
        owner=lambda: owner(app.settings.home),
        vendors=lambda: vendor_states(app),
    )


def owner(home: Path) -> str:
    """Who writes to the library at the moment, or nothing."""
    found = holder(home)
    return str(found) if found else ""


def vendor_states(app: "App") -> dict[str, Any]:
    """How each vendor stands, by name."""
    states = app.gateway.states() if app.gateway else ()
    return {each.name: {"state": each.state, "last": each.last} for each in states}


def _warm(app: "App") -> None:
    """Load what the first question would wait for: a burst may be the first that comes in."""
    app.library.catch_up()
    app.library.refresh()
    app.library.search("Ready?", Audience.whole_library(), 1)
    app.library.vocabulary.vendors()


@contextmanager
def _caring(app: "App") -> Iterator[None]:
    """Meanwhile: clients are made ready, and the library is kept fresh."""
    over = threading.Event()
    works = (_freshen, _prepare) if app.gateway else (_freshen,)
    threads = [threading.Thread(target=each, args=(app, over), daemon=True) for each in works]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        over.set()
        for each in threads:
            each.join(5)


def _prepare(app: "App", over: threading.Event) -> None:
    if app.gateway and not over.is_set():
        app.gateway.prepare()


def _freshen(app: "App", over: threading.Event) -> None:
    """Take up what other processes took in, so that no question has to wait for it."""
    while True:
        try:
            if app.library.refresh():
                app.library.catch_up()
        except StrategistError as error:
            logger.warning("The library could not be looked at: %s", error)
        if over.wait(_LOOK_S):
            return


def _forget(app: "App") -> None:
    """Delete questions and answers that are older than they may be kept, and what was of use for minutes."""
    if app.state is None:
        return
    now = datetime.now(UTC)
    app.state.forget_drafts(now - _DRAFTS)
    gone = app.state.forget(now - timedelta(days=app.settings.keep_days))
    if gone:
        logger.info("%d answers older than %d days are deleted", gone, app.settings.keep_days)


def logging_to_stderr(level: int = logging.INFO) -> None:
    """One line a record, with its time; foreign packages speak up from warnings on."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)

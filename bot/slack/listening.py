"""What Bolt hears and what becomes of it: accepted for good first, acknowledged then, worked on afterwards.

Every listener runs before the acknowledgement (`process_before_response`) and does nothing slow: it keeps a
job, or hands the rest to the desk's executor. When keeping fails, Slack gets no acknowledgement and delivers
again.
"""

import json
import logging
import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.slack import blocks, clicks, pages, threads
from bot.slack.desk import Desk
from bot.slack.intake import Accept, decide
from bot.slack.place import Place
from bot.slack.private import Whisper

if TYPE_CHECKING:
    from slack_bolt import Ack, App, BoltRequest
    from slack_bolt.authorization import AuthorizeResult

logger = logging.getLogger(__name__)
Body = Mapping[str, Any]
_ANY = re.compile(r".*")
_LAST_RETRY = 3
_OVERTAKEN_S = 2.0  # a mention that is older when it comes in may have been overtaken by a follow-up
_JUDGING = (clicks.FEEDBACK, clicks.HELPFUL, clicks.NOT_HELPFUL)


class Jobs(Protocol):
    """The part of bot.jobs.Jobs that is needed here."""

    def accept(self, kind: str, key: str, payload: dict[str, Any]) -> bool:
        """Keep a job for good; False when its key was accepted before."""
        ...


def listen(desk: Desk, jobs: Jobs) -> "App":
    """The Bolt app with all listeners."""
    from slack_bolt import App
    from slack_sdk import WebClient

    settings = desk.parts.settings
    app = App(
        name="strategist",
        client=WebClient(base_url=settings.api_url, timeout=settings.call_s, retry_handlers=[]),
        # Without a secret nothing can be signed: no post over HTTP gets through then.
        signing_secret=settings.signing_secret or secrets.token_hex(),
        # An authorisation of our own: no variable of the environment can turn this into an OAuth app.
        authorize=_authorised(desk),
        process_before_response=True,
        ignoring_self_events_enabled=False,  # intake does that, with all the rest it ignores
        attaching_conversation_kwargs_enabled=False,
        listener_executor=desk.executor,
    )
    ears = Ears(desk, jobs)
    app.event(_ANY)(ears.event)
    app.command(_ANY)(ears.command)
    app.shortcut(_ANY)(ears.shortcut)
    app.action(_ANY)(ears.action)
    app.view(_ANY)(ears.view)
    app.error(_failed)
    return app


@dataclass(frozen=True, slots=True)
class Ears:
    """The listeners."""

    desk: Desk
    jobs: Jobs

    def event(self, body: dict[str, Any], event: dict[str, Any], request: "BoltRequest") -> None:
        """A message, a mention, a pressed Stop, an opened page."""
        try:
            self._event(body, event)
        except Exception as error:
            if _attempts(request) >= _LAST_RETRY:  # it does not come again: the person should know
                place = {**_lost(body, event), "response_url": ""}
                self._apologise(place, error)
            raise

    def _event(self, body: dict[str, Any], event: dict[str, Any]) -> None:
        decision = decide(event, body, self.desk.bot, self.desk.engaged)
        if not isinstance(decision, Accept):
            logger.debug("ignored: %s", decision.reason)
            return
        {
            "question": self._question,
            "edit": self._keep,
            "deleted": self._deleted,
            "stop": self._stop,
            "home": self._home,
            "context": self._context,
        }[decision.kind](decision)

    def _question(self, accepted: Accept) -> None:
        payload = accepted.payload
        if (
            self._keep(accepted) and payload["mentioned"]
        ):  # at once, though not before the acknowledgement; the job does so again
            self.desk.soon(lambda: self._join(payload), "joining a thread")

    def _join(self, payload: dict[str, Any]) -> None:
        """Take part in a thread. What was said there after a mention that came late was passed over."""
        desk, channel, thread = self.desk, payload["channel"], payload["thread"]
        desk.engage(channel, thread)
        if desk.parts.now().timestamp() - float(payload["ts"]) < _OVERTAKEN_S:
            return
        body = {"team_id": payload["team"], "is_ext_shared_channel": payload["external"]}
        for said in threads.messages(desk.slack, channel, thread, payload["ts"]):
            if threads.before(payload["ts"], str(said.get("ts", ""))):
                event = {**said, "type": "message", "channel": channel}
                decision = decide(event, body, desk.bot, desk.engaged)
                if isinstance(decision, Accept) and decision.kind == "question":
                    self._keep(decision)

    def _keep(self, accepted: Accept) -> bool:
        """Whether it is new: a mention arrives twice at least."""
        return self.jobs.accept(accepted.kind, accepted.key, {**accepted.payload, "key": accepted.key})

    def _stop(self, accepted: Accept) -> None:
        told = accepted.payload
        self.desk.running.stop(told["channel"], told["thread"], told["at"] or self._now())

    def _deleted(self, accepted: Accept) -> None:
        told = accepted.payload
        self.desk.running.delete(told["channel"], told["ts"], told["at"] or self._now())

    def _now(self) -> str:
        return f"{self.desk.parts.now().timestamp():.6f}"

    def _home(self, accepted: Accept) -> None:
        told = accepted.payload
        self.desk.soon(
            lambda: pages.opened(self.desk, told["user"], told["channel"], told["tab"]), "the home page"
        )

    def _context(self, accepted: Accept) -> None:
        """What somebody looks at is a hint and no grant: nothing follows from it yet."""
        logger.debug("a reader looks at something else")

    def command(self, body: dict[str, Any], ack: "Ack") -> None:
        """The slash command."""
        key = f"slash:{body.get('trigger_id') or uuid.uuid4()}"
        self._accepted(ack, "slash", key, _commanded(body, key))

    def shortcut(self, body: dict[str, Any], ack: "Ack") -> None:
        """The shortcut in the menu of a message."""
        if body.get("message"):
            key = f"shortcut:{body.get('trigger_id') or body.get('action_ts')}"
            self._accepted(ack, "shortcut", key, _chosen(body, key))
        else:
            ack()

    def action(self, body: dict[str, Any], ack: "Ack") -> None:
        """A click on a button."""
        action = (body.get("actions") or [{}])[0]
        payload = _clicked(body, action)
        if action.get("action_id") in _JUDGING:
            self._judged(payload, str(body.get("trigger_id", "")), ack)
        elif action.get("action_id") == clicks.ANOTHER and len(self.desk.parts.models()) > 1:
            self._which(body, payload, ack)
        else:
            self._accepted(ack, "click", payload["key"], payload)

    def _judged(self, payload: dict[str, Any], trigger: str, ack: "Ack") -> None:
        try:
            pages.judged(self.desk, payload, trigger)
        except Exception as error:
            self._apologise(payload, error)
        ack()

    def _which(self, body: dict[str, Any], payload: dict[str, Any], ack: "Ack") -> None:
        """Let them choose a model; without a window for that, the next one is asked."""
        ack()
        self.desk.soon(lambda: self._window(body, payload), "asking which model")

    def _window(self, body: dict[str, Any], payload: dict[str, Any]) -> None:
        desk = self.desk
        found = desk.parts.state.answer(payload["value"])
        used = str(found.answer.get("backend", "")) if found else ""
        names = [each.name for each in desk.parts.models()]
        window = blocks.modals.another_model(payload["value"], names, desk.locale(payload["user"]), used)
        window = {**window, "private_metadata": _sealed(payload)}
        if not desk.slack.attempt("views.open", trigger_id=body.get("trigger_id"), view=window):
            self.jobs.accept("click", payload["key"], payload)

    def view(self, body: dict[str, Any], view: dict[str, Any], ack: "Ack") -> None:
        """A window that was sent off."""
        user = str((body.get("user") or {}).get("id", ""))
        if view.get("callback_id") == clicks.REASON_VIEW:
            pages.reason_given(self.desk, user, view)
        elif view.get("callback_id") == clicks.MODEL_VIEW:
            _, named = blocks.modals.model_of(view)
            payload = _unsealed(str(view.get("private_metadata", "")), user)
            payload["value"] = f"{payload['value']} {named}"
            self.jobs.accept("click", payload["key"], payload)
        ack()

    def _accepted(self, ack: "Ack", kind: str, key: str, payload: dict[str, Any]) -> None:
        """Keep a job, then acknowledge. What cannot be kept is said to the person at once."""
        try:
            self.jobs.accept(kind, key, payload)
        except Exception as error:
            self._apologise(payload, error)
        ack()

    def _apologise(self, payload: dict[str, Any], error: Exception) -> None:
        """Tell somebody that what they did could not even be kept. No job can do that; it is tried once."""
        reference = uuid.uuid4().hex[:8]
        logger.error("reference %s: not accepted: %s", reference, error)
        place = Place.of(payload, f"lost:{reference}")
        whisper = Whisper(self.desk, place, str(payload["response_url"]))

        def tell() -> None:
            whisper.one(blocks.failure("internal", self.desk.locale(place.user), reference))

        self.desk.soon(tell, f"telling {place.user} of {reference}")


def _authorised(desk: Desk) -> "_Authorise":
    from slack_bolt.authorization import AuthorizeResult

    bot, token = desk.bot, desk.parts.settings.bot_token

    def authorise(**_: object) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=bot.enterprise or None,
            team_id=bot.team or None,
            bot_user_id=bot.user,
            bot_id=bot.bot_id,
            bot_token=token,
        )

    return authorise


class _Authorise(Protocol):
    def __call__(self, **_: object) -> "AuthorizeResult": ...


def _failed(error: Exception) -> None:
    """Not kept, so not acknowledged: Slack delivers it again."""
    logger.error("an event could not be accepted: %s", error, exc_info=error)


def _attempts(request: "BoltRequest") -> int:
    """How many times this event was delivered before."""
    [number, *_] = request.headers.get("x-slack-retry-num") or ["0"]
    return int(number) if str(number).isdigit() else 0


def _lost(body: Body, event: Body) -> dict[str, Any]:
    """Where somebody wrote what could not be kept."""
    ts = _text(event, "ts")
    place = {name: _text(event, name) for name in ("channel", "user")}
    return {**place, "team": _text(body, "team_id"), "ts": ts, "thread": _text(event, "thread_ts") or ts}


def _commanded(body: Body, key: str) -> dict[str, Any]:
    return {
        "key": key,
        "team": _text(body, "team_id"),
        "channel": _text(body, "channel_id"),
        "thread": "",
        "ts": "",
        "user": _text(body, "user_id"),
        "text": _text(body, "text"),
        "response_url": _text(body, "response_url"),
    }


def _chosen(body: Body, key: str) -> dict[str, Any]:
    message = body["message"]
    channel = _id(body, "channel")
    return {
        "key": key,
        "team": _id(body, "team"),
        "channel": channel,
        "thread": _text(message, "thread_ts") or _text(message, "ts"),
        "ts": _text(body, "action_ts") or _text(message, "ts"),
        "user": _id(body, "user"),
        "text": _text(message, "text"),
        "files": [each for each in message.get("files") or () if isinstance(each, dict)],
        "response_url": _text(body, "response_url"),
    }


def _clicked(body: Body, action: Body) -> dict[str, Any]:
    container, user = body.get("container") or {}, _id(body, "user")
    message = body.get("message") or {}
    ts = _text(container, "message_ts") or _text(message, "ts")
    what, when = _text(action, "action_id"), _text(action, "action_ts")
    return {
        "key": f"click:{user}:{what}:{when or uuid.uuid4()}",
        "team": _id(body, "team"),
        "channel": _id(body, "channel") or _text(container, "channel_id"),
        "thread": _text(container, "thread_ts") or _text(message, "thread_ts") or ts,
        "ts": when or ts,
        "user": user,
        "action": what,
        "value": _text(action, "value"),
        "hidden": bool(container.get("is_ephemeral")),
        "response_url": _text(body, "response_url"),
    }


def _sealed(payload: Body) -> str:
    """A click inside a window, to go on with when the window is sent off. Ids only."""
    return json.dumps({name: value for name, value in payload.items() if name != "response_url"})


def _unsealed(text: str, user: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(text)
    return {**payload, "user": user, "response_url": "", "key": f"{payload['key']}:chosen"}


def _text(values: Body, name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _id(body: Body, name: str) -> str:
    return _text(body.get(name) or {}, "id")

"""The durable work behind each accepted event: what jobs run, again after a crash, until it is done."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

from bot.slack.actions import clicked
from bot.slack.answering import Answering, Question, gave_up
from bot.slack.commands import command, shortcut
from bot.slack.desk import Desk
from bot.slack.place import Place

Json = dict[str, Any]

_WITHDRAWAL_S: Final = 30.0  # until an answer in the making has let go of its thread
_PATIENCE_S: Final = 10.0  # until the first answer to an edited question stands there
_GLANCE_S: Final = 0.2


class Run(Protocol):
    """What jobs give to a handler: bot.steps.Steps."""

    check: Callable[[], None]  # raises where this process must leave the job to others

    def __call__(self, name: str, function: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON
        """Do a step once, and remember its result."""


Handler = Callable[[Run, Any], None]


def handlers(desk: Desk) -> Mapping[str, Handler]:
    """What is done for each kind of job."""
    kinds: dict[str, Callable[[Desk, Json, bool], object]] = {
        "question": _question,
        "edit": _edit,
        "slash": command,
        "shortcut": shortcut,
        "click": clicked,
    }
    return {kind: _durable(desk, work) for kind, work in kinds.items()}


def _durable(desk: Desk, work: Callable[[Desk, Json, bool], object]) -> Handler:
    """Two steps: a mark, which tells a second run that there was a first one, and the work itself."""

    def handle(run: Run, payload: Json) -> None:
        here: list[bool] = []
        run("begin", lambda: here.append(True))
        ours = replace(desk, check=run.check)
        run("work", lambda: {"outcome": str(work(ours, payload, not here) or "")})

    return handle


def _question(desk: Desk, payload: Json, again: bool) -> object:
    return Answering(desk, Question.of(payload, desk.bot.user, again)).work()


def _edit(desk: Desk, payload: Json, again: bool) -> object:
    """Answer an edited question in the place of its first answer; nothing where there was none."""
    channel, ts = str(payload["channel"]), str(payload["ts"])
    edit = str(payload.get("edited", ""))
    if not desk.running.edited(channel, ts, edit) or not _is_free(desk, channel, ts, edit):
        return "ignored"
    question = Question.of({**payload, "key": payload["question_key"]}, desk.bot.user, again=True)
    return Answering(desk, question).work()


def _is_free(desk: Desk, channel: str, ts: str, edit: str) -> bool:
    """Wait until the earlier answer has let go of its place, or stands there; False where there is none."""
    begun = desk.clock()
    while (earlier := desk.running.earlier(channel, ts, edit, _WITHDRAWAL_S)) != "withdrawn":
        waited = desk.clock() - begun
        if earlier == "writing":
            if waited > _WITHDRAWAL_S:
                return True  # its process died, or hangs
        elif desk.parts.state.message_of(channel, ts) is not None:
            return True
        elif waited > _PATIENCE_S and desk.running.forgotten(channel, ts, edit):
            return False
        desk.sleep(_GLANCE_S)
    return True


def give_up(desk: Desk) -> Callable[[str, Any, str], None]:
    """What jobs call, once, for work that failed for good: a visible note with a reference."""

    def note(kind: str, payload: Any, reference: str) -> None:  # noqa: ANN401 - JSON
        if kind in ("question", "edit"):
            key = str(payload.get("question_key") or payload.get("key"))
            gave_up(desk, Question.of({**payload, "key": key}, desk.bot.user), reference)
        else:
            _whispered(desk, payload, reference)

    return note


def _whispered(desk: Desk, payload: Mapping[str, Any], reference: str) -> None:
    from bot.slack import blocks
    from bot.slack.private import Whisper

    place = Place.of(payload, str(payload["key"]))
    rendered = blocks.given_up(desk.locale(place.user), reference)
    with desk.quietly(f"telling {place.user} that {reference} was given up"):
        Whisper(desk, place, str(payload.get("response_url", ""))).one(rendered)

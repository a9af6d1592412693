"""What the buttons do: ask another model, compare, show quotes, share, answer in private, list sources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.assistant import Asking
from bot.contract import read_answer
from bot.errors import SlackError
from bot.slack import blocks, clicks, kept, mouth, texts
from bot.slack.answering import Answering, Question
from bot.slack.desk import Desk
from bot.slack.kit import Rendered
from bot.slack.place import Place
from bot.slack.private import Confidence, Whisper
from bot.slack.reply import Render, Reply
from bot.slack.session import Session
from bot.slack.texts import Locale
from bot.types import Answer
from retrieval.types import Source

if TYPE_CHECKING:
    from bot.state import Kept

EXTRACTIVE = "extractive"


@dataclass(frozen=True, slots=True)
class Click:
    """One click: what was clicked, by whom and where. `hidden`: in a message that only they see."""

    desk: Desk
    place: Place
    action: str
    value: str
    url: str = ""
    hidden: bool = False
    again: bool = False

    @classmethod
    def of(cls, desk: Desk, payload: Mapping[str, Any], again: bool) -> "Click":
        """The click that a job's payload tells of."""
        place = Place.of(payload, str(payload["key"]))
        action, value = str(payload["action"]), str(payload["value"])
        return cls(desk, place, action, value, str(payload["response_url"]), bool(payload["hidden"]), again)

    @property
    def doing(self) -> str:
        """What is being done: for all who see the message, or for whoever clicked alone."""
        common = self.action in (clicks.ANOTHER, clicks.COMPARE) and not self.hidden
        return " ".join((self.action, self.value, self.place.channel, "" if common else self.place.user))

    @property
    def locale(self) -> Locale:
        """The language of whoever clicked."""
        return self.desk.locale(self.place.user)

    @property
    def whisper(self) -> Whisper:
        """Speaks to whoever clicked."""
        return Whisper(self.desk, self.place, self.url)

    def tell(self, rendered: Rendered) -> None:
        """Say one thing to whoever clicked."""
        self.desk.patiently(lambda: self.whisper.one(rendered))

    def fail(self, key: str) -> None:
        """Say what went wrong to whoever clicked."""
        self.tell(blocks.failure(key, self.locale))


def clicked(desk: Desk, payload: Mapping[str, Any], again: bool) -> str:
    """Do what the click asks for; whatever fails is said to whoever clicked."""
    click = Click.of(desk, payload, again)
    act = _OF_ANSWERS.get(click.action)
    try:
        if act is not None:
            with desk.running.once(click.doing) as first:
                if first:
                    _of_answer(click, act)
        elif click.action.startswith(clicks.EXAMPLE):
            _example(click)
        elif click.action in (clicks.SHOW_SOURCES, clicks.MORE_SOURCES):
            _sources(click)
    except SlackError:
        raise
    except Exception as error:
        click.tell(mouth.told(error, click.locale, click.place.id[:8]))
    return click.action


def _of_answer(click: Click, act: "Callable[[Click, Kept], None]") -> None:
    answer_id, _, _ = click.value.partition(" ")
    found = click.desk.parts.state.answer(answer_id)
    if found is None:
        click.fail("gone")
    elif found.surface == kept.PRIVATE and found.asker != click.place.user and not _is_shared(click):
        click.fail("not_yours")
    else:
        act(click, found)


def _is_shared(click: Click) -> bool:
    """Whether a private answer stands where all see it by now: then all may have their own quotes of it."""
    return click.action == clicks.QUOTES and not click.hidden and not click.place.direct


def _another(click: Click, found: "Kept") -> None:
    """The same question to the vendor that was named, or to the next one in the order."""
    _, _, named = click.value.partition(" ")
    names = [*(each.name for each in click.desk.parts.models()), EXTRACTIVE]
    _ask_again(click, found, named or _next(names, str(found.answer.get("backend", ""))))


def _next(names: Sequence[str], used: str) -> str:
    return names[(names.index(used) + 1) % len(names)] if used in names else names[0]


def _ask_again(click: Click, found: "Kept", only: str) -> None:
    desk = click.desk
    place = _under(click, found, f"{found.id}:{only}:{click.place.channel}")
    if click.hidden or found.surface == kept.PRIVATE:
        Confidence(desk, Whisper(desk, place, click.url), found.question, only=only).answer()
    else:
        Answering(desk, Question(place, found.question, only=only, again=True)).work()


def _compare(click: Click, found: "Kept") -> None:
    """The same question to all models, side by side."""
    desk, place = click.desk, click.place
    alone = click.hidden or found.surface == kept.PRIVATE
    admission = desk.admit(place.user, place.channel, alone=alone)
    if admission.notice == "refused":
        click.fail("external")
        return
    if desk.too_many(place.user, place.key):
        click.tell(blocks.limit_reached(click.locale, desk.parts.settings.questions_per_day))
        return
    names = tuple(each.name for each in desk.parts.models())
    asking = Asking(surface=found.surface)
    key = f"{found.id}:compared:{place.channel}"
    with click.whisper.reassuring(click.locale) if alone else _busy(click, _under(click, found, key)):
        compared = desk.parts.assistant.compare(found.question, admission.audience, names, asking)
    rendered = blocks.comparison(compared, click.locale, found.question)
    _say(click, found, key, lambda plain: rendered, alone)


def _busy(click: Click, place: Place) -> Session:
    """Words under the thread while several models write. A comparison cannot be stopped."""
    return Session(
        click.desk.slack, click.desk.executor, place, texts.say("working", click.locale), stops=False
    )


def _say(click: Click, found: "Kept", key: str, render: Render, alone: bool) -> None:
    """Under the answer, for all who see it; or to whoever clicked."""
    desk = click.desk
    if alone:
        desk.patiently(lambda: click.whisper.say(render))
        return
    reply = Reply(desk.slack, desk.bot, _under(click, found, key), lambda ts: None)
    desk.patiently(lambda: reply.recall("", lambda ts: True))
    desk.patiently(lambda: reply.say(render))


def _under(click: Click, found: "Kept", key: str) -> Place:
    """In the thread of an answer."""
    return replace(click.place, key=key, thread=found.thread, since=found.ts or "0")


def _quotes(click: Click, found: "Kept") -> None:
    """Word for word, of what whoever clicked may see now."""
    visible = {source.uri for source in _visible(click, alone=True)}
    answer = read_answer(found.answer)
    shown = [each for each in answer.citations if _still(each.uri, visible, click, found)]
    rendered = blocks.quotes(replace(answer, citations=tuple(shown)), click.locale)
    click.desk.patiently(lambda: click.whisper.say(lambda plain: rendered))


def _still(uri: str, visible: set[str], click: Click, found: "Kept") -> bool:
    """Whether a quote may still be shown: of an attached file, only where the file was."""
    if uri.startswith(kept.ATTACHMENT):
        return click.place.channel == found.channel
    return uri in visible


def _visible(click: Click, alone: bool) -> tuple[Source, ...]:
    place = click.place
    admission = click.desk.admit(place.user, place.channel, alone=alone)
    return click.desk.parts.library.sources(admission.audience)


def _share(click: Click, found: "Kept") -> None:
    """Post an answer that one person saw, if by now everybody in the channel may see all that it rests on."""
    desk, place, answer = click.desk, click.place, read_answer(found.answer)
    desk.people.forget(place.channel)
    subject, where = f"answer {found.id}", f"channel {place.channel}"
    if not kept.all_visible(answer, _visible(click, alone=False)):
        desk.parts.state.audit(place.user, "share refused", subject, where)
        click.fail("share")
        return
    desk.parts.state.audit(place.user, "share", subject, where)
    try:
        _posted(click, found, answer)
    except SlackError as error:
        if error.problem not in ("not_in_channel", "channel_not_found", "is_archived"):
            raise
        click.fail("channel")
        return
    click.tell(blocks.shared(click.locale))


def _posted(click: Click, found: "Kept", answer: Answer) -> None:
    desk, key = click.desk, f"{found.id}:shared:{click.place.channel}"
    place = _under(click, found, key)
    shown = blocks.Shown(reference=found.id, question=found.question, shared_by=f"@{_name(click)}", models=())
    reply = Reply(desk.slack, desk.bot, place, lambda ts: None, strict=True)
    desk.patiently(lambda: reply.recall("", lambda ts: True))
    desk.patiently(
        lambda: reply.say(lambda plain: blocks.answer(answer, click.locale, replace(shown, plain=plain)))
    )


def _name(click: Click) -> str:
    person = click.desk.people.person(click.place.user)
    return person.name if person and person.name else click.place.user


def _privately(click: Click, found: "Kept") -> None:
    """All that whoever clicked may see, to them alone."""
    Confidence(click.desk, click.whisper, found.question).answer()


def _example(click: Click) -> None:
    """Ask an example: in the conversation where it was clicked, or directly when it was on the home page."""
    desk, place = click.desk, click.place
    text = blocks.example(click.value, click.locale)
    if not text:
        click.fail("internal")
        return
    if not place.channel:
        place = _opened(click, text)
    Answering(desk, Question(place, text, again=click.again)).work()


def _opened(click: Click, text: str) -> Place:
    """Begin a conversation with whoever clicked: their question as our message, to be answered below."""
    from bot.slack.texts import say

    desk = click.desk
    opened = desk.slack.call("conversations.open", users=click.place.user)
    channel = str((opened.get("channel") or {}).get("id", ""))
    start = replace(
        click.place, channel=channel, thread="", ts="0", direct=True, key=f"{click.place.key}:asked"
    )
    reply = Reply(desk.slack, desk.bot, start, lambda ts: None)
    if click.again:
        reply.recall("", lambda ts: True)
    words = Rendered(say("your_question", click.locale, question=text), ())
    ts = reply.say(lambda plain: (words,))
    return replace(start, key=click.place.key, thread=ts, ts=ts)


def _sources(click: Click) -> None:
    """The page of sources that was asked for, of those that may be seen there."""
    page = int(click.value) if click.value.isdigit() else 0
    click.tell(listed(click.desk, click.place, page))


def listed(desk: Desk, place: Place, page: int = 0) -> Rendered:
    """One page of the sources that somebody may see."""
    admission = desk.admit(place.user, place.channel, alone=True)
    admin = desk.is_admin(place.user)
    return blocks.sources(
        desk.parts.library.sources(admission.audience), desk.locale(place.user), page, admin
    )


_OF_ANSWERS: "Mapping[str, Callable[[Click, Kept], None]]" = {
    clicks.ANOTHER: _another,
    clicks.COMPARE: _compare,
    clicks.QUOTES: _quotes,
    clicks.SHARE: _share,
    clicks.PRIVATELY: _privately,
}

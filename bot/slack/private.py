"""Answers that only one person sees: to commands, to shortcuts, and to "answer me privately"."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.assistant import Asking
from bot.errors import Cancelled, SlackError
from bot.slack import blocks, kept, mouth
from bot.slack.desk import Desk
from bot.slack.files import File
from bot.slack.kit import Rendered
from bot.slack.notices import courteous
from bot.slack.place import Place
from bot.slack.remarks import noticed, remark, unheard, unreadable
from bot.slack.texts import Locale
from bot.types import Answer

Render = Callable[[bool], Sequence[Rendered]]
_OUTSIDE: Final = frozenset(
    {"user_not_in_channel", "not_in_channel", "channel_not_found", "is_archived", "restricted_action"}
)
_UNEASY_S: Final = 1.5  # seconds after which a silence wants a word
_UNFIT: Final = frozenset({"invalid_blocks", "msg_blocks_too_long", "msg_too_long", "invalid_arguments"})


@dataclass(frozen=True, slots=True)
class Whisper:
    """Speaks to one person: by the address Slack gave for that, in the conversation, or else directly."""

    desk: Desk
    place: Place
    url: str = ""

    def say(self, render: Render) -> None:
        """All messages; plainer where Slack refuses the layout."""
        for plain in (False, True):
            try:
                for each in render(plain):
                    self._one({"text": each.text, "blocks": list(each.blocks)})
                return
            except SlackError as error:
                if error.problem not in _UNFIT or plain:
                    raise

    def one(self, rendered: Rendered) -> None:
        """One message."""
        self.say(lambda plain: (rendered,))

    @contextmanager
    def reassuring(self, locale: Locale, step: str = "working") -> Iterator[None]:
        """There is no status and no draft in private: if it takes long, say that it goes on."""
        soon = threading.Timer(_UNEASY_S, self._reassure, (locale, step))
        soon.daemon = True
        soon.start()
        try:
            yield
        finally:
            soon.cancel()

    def _reassure(self, locale: Locale, step: str) -> None:
        with self.desk.quietly("saying that the search goes on"):
            self.one(blocks.working(locale, step))

    def _one(self, message: dict[str, Any]) -> None:
        place, thread = self.place, self.place.thread if self.place.thread != self.place.ts else None
        if self.url and self.desk.slack.respond(
            self.url, response_type="ephemeral", replace_original=False, **message
        ):
            return
        if place.direct:
            self._directly(place.channel, message)
            return
        try:
            self.desk.slack.call(
                "chat.postEphemeral", channel=place.channel, user=place.user, thread_ts=thread, **message
            )
        except SlackError as error:
            if error.problem not in _OUTSIDE:
                raise
            opened = self.desk.slack.call("conversations.open", users=place.user)
            self._directly(str((opened.get("channel") or {}).get("id", "")), message)

    def _directly(self, channel: str, message: dict[str, Any]) -> None:
        self.desk.slack.call("chat.postMessage", channel=channel, metadata=self.place.metadata(), **message)


@dataclass(frozen=True, slots=True)
class Confidence:
    """One question asked and answered in private, with all that its asker may see."""

    desk: Desk
    whisper: Whisper
    text: str
    external: bool = False
    only: str = ""
    files: Sequence[File] = ()

    def answer(self) -> None:
        """Answer; failures are said as well, and SlackError is raised when Slack was down for too long."""
        locale = self.desk.locale(self.whisper.place.user)
        with self.whisper.reassuring(locale, "reading" if self.files else "working"):
            render = self._rendered(locale)
        self.desk.patiently(lambda: self.whisper.say(render))

    def _rendered(self, locale: Locale) -> Render:
        desk, place = self.desk, self.whisper.place
        if not self.files and (words := courteous(self.text, locale)):
            return _just(words)
        if desk.too_many(place.user, place.key):
            return _just(blocks.limit_reached(locale, desk.parts.settings.questions_per_day))
        try:
            return self._asked(locale)
        except Cancelled:
            return _just(blocks.stopped(locale))
        except Exception as error:
            return _just(mouth.told(error, locale, place.id[:8], self.text))

    def _asked(self, locale: Locale) -> Render:
        desk, place = self.desk, self.whisper.place
        admission = desk.admit(place.user, place.channel, alone=True, external=self.external)
        if admission.notice == "refused":
            return _just(blocks.failure("guest", locale))
        attached = desk.attached(self.files, self.text)
        asking = Asking(only=self.only, attached=attached.hits, surface=kept.PRIVATE)
        answer = desk.parts.assistant.ask(self.text, admission.audience, asking)
        remarks = [unreadable(each, locale) for each in attached.unread]
        remarks += unheard(attached, answer, locale)
        remarks += [remark(noticed(admission.notice, alone=True), locale)] if admission.notice else []
        answer = replace(answer, id=place.id, cautions=(*answer.cautions, *remarks))
        desk.parts.state.record(
            kept.kept(place, self.text, answer, admission.audience, kept.PRIVATE, desk.parts.now())
        )
        return self._shown(answer, locale)

    def _shown(self, answer: Answer, locale: Locale) -> Render:
        place = self.whisper.place
        models = tuple(each.name for each in self.desk.parts.models())
        shown = blocks.Shown(
            ephemeral=not place.direct and not place.channel.startswith("D"),
            models=models,
            reference=place.id,
            question=self.text,
        )
        return lambda plain: blocks.answer(answer, locale, replace(shown, plain=plain))


def _just(rendered: Rendered) -> Render:
    return lambda plain: (rendered,)

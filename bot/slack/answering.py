"""From an accepted question to its answer in the thread, whatever happens on the way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bot.assistant import Asking
from bot.contract import read_answer
from bot.errors import Cancelled
from bot.slack import blocks, kept, mouth, mrkdwn, texts, threads
from bot.slack.access import Admission
from bot.slack.desk import Desk
from bot.slack.draft import Draft
from bot.slack.files import Attached
from bot.slack.kit import Rendered
from bot.slack.notices import courteous
from bot.slack.place import Place
from bot.slack.remarks import noticed, remark, unheard, unreadable
from bot.slack.reply import Reply
from bot.slack.running import Halt
from bot.slack.session import Session
from bot.slack.texts import Locale
from bot.types import Answer, Event, Writing

Outcome = Literal["answered", "told", "stopped", "withdrawn", "ignored"]


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked. `again`: something may stand there already, after a crash or for an edit."""

    place: Place
    text: str
    files: Sequence[Mapping[str, Any]] = ()
    external: bool = False
    only: str = ""
    again: bool = False
    mentioned: bool = False
    edit: str = ""  # when it was edited

    @classmethod
    def of(cls, payload: Mapping[str, Any], bot_user: str, again: bool = False) -> "Question":
        """The question of an accepted message."""
        return cls(
            Place.of(payload, str(payload["key"])),
            mrkdwn.read(str(payload.get("text", "")), bot_user),
            tuple(payload.get("files") or ()),
            bool(payload.get("external")),
            str(payload.get("only", "")),
            again,
            bool(payload.get("mentioned")),
            str(payload.get("edited", "")),
        )


@dataclass(slots=True)
class Answering:
    """One answer in the making."""

    desk: Desk
    question: Question
    locale: Locale = "en"
    reply: Reply = field(init=False)

    def __post_init__(self) -> None:
        self.reply = Reply(self.desk.slack, self.desk.bot, self.place, self._begun)

    @property
    def place(self) -> Place:
        """Where it goes."""
        return self.question.place

    def work(self) -> Outcome:
        """Answer, and say what became of it. SlackError when Slack was down for too long."""
        person = self.desk.people.person(self.place.user)
        if person is not None and person.kind in ("bot", "gone"):
            return "ignored"
        self.locale = texts.locale_of(person.locale if person else "")
        if self.question.mentioned:
            self.desk.engage(self.place.channel, self.place.thread)
        if self.question.again:
            self.desk.patiently(self.recall)
        if said := self._without_sources():
            return self._tell(said)
        with self.desk.running.entered(self.place, self.question.edit) as halt, self._session() as session:
            return self._answered(halt, session)

    def _begun(self, ts: str) -> None:
        if ts:
            self.desk.parts.state.bind(self.place.id, self.place.channel, self.place.ts, ts)

    def recall(self) -> None:
        """Find what stands there already."""
        state, place = self.desk.parts.state, self.place
        self.reply.recall(state.message_of(place.channel, place.ts) or "", self._is_taken)

    def _stray(self) -> str:
        """A stream that began although nobody told us."""
        return self.reply.stray(self._is_taken)

    def _is_taken(self, ts: str) -> bool:
        """Whether a message is known to answer something else."""
        return self.desk.parts.state.answer_of(self.place.channel, ts) not in (None, self.place.id)

    def _session(self) -> Session:
        words = texts.say("is.reading" if self.question.files else "is.searching", self.locale)
        return Session(self.desk.slack, self.desk.executor, self.place, words)

    def _without_sources(self) -> Rendered | None:
        """What can be said without a search: there is no question, or one too many."""
        if self.question.files and not self.question.text:
            return blocks.failure("empty", self.locale)
        if not self.question.files and (words := courteous(self.question.text, self.locale)):
            return words
        if self.desk.too_many(self.place.user, self.place.key):
            return blocks.limit_reached(self.locale, self.desk.parts.settings.questions_per_day)
        return None

    def _tell(self, rendered: Rendered) -> Outcome:
        self.desk.patiently(lambda: self.reply.say(lambda plain: (rendered,)))
        return "told"

    def _answered(self, halt: Halt, session: Session) -> Outcome:
        there = self.reply.known.get(0, "")
        draft = Draft(self.desk.slack, self.place, self._begun, self.desk.clock, there, self._stray)
        draft.label = f"_{texts.say('draft', self.locale)}_\n\n"
        try:
            admission = self._admission()
            if admission.notice == "refused":
                key = "guest" if self.place.direct else "external"
                return self._told_by(draft, blocks.failure(key, self.locale))
            answer = self._asked(admission, self._followed(draft, session), halt)
        except Cancelled:
            return self._cancelled(draft, halt)
        except Exception as error:
            text = self.question.text
            return self._told_by(draft, mouth.told(error, self.locale, self.place.id[:8], text))
        self.desk.running.look(halt)
        if halt.why:
            return self._cancelled(draft, halt)
        self._say(draft, answer, admission)
        return "answered"

    def _admission(self) -> Admission:
        place = self.place
        return self.desk.admit(place.user, place.channel, alone=place.direct, external=self.question.external)

    def _asked(self, admission: Admission, listen: Callable[[Event], None], halt: Halt) -> Answer:
        if self.question.again and (known := self._written(admission)):
            return known
        attached = self.desk.attached(self.question.files, self.question.text)
        asking = Asking(
            thread=self._earlier(),
            only=self.question.only,
            attached=attached.hits,
            surface="direct" if self.place.direct else "channel",
        )
        answer = self.desk.parts.assistant.ask(
            self.question.text, admission.audience, asking, listen, halt.event
        )
        remarks = (*unheard(attached, answer, self.locale), *self._remarks(admission, attached))
        return replace(answer, id=self.place.id, cautions=(*answer.cautions, *remarks))

    def _followed(self, draft: Draft, session: Session) -> Callable[[Event], None]:
        """Shows what is being written, as long as nobody else shows it."""

        def event(event: Event) -> None:
            self.desk.check()
            if isinstance(event, Writing) and event.backend != blocks.modals.EXTRACTIVE:  # takes no time
                session.say(texts.say("is.writing", self.locale))
            draft.event(event)

        return event

    def _written(self, admission: Admission) -> Answer | None:
        """The answer, if it was written already and only could not be posted, and may still be seen."""
        parts = self.desk.parts
        found = parts.state.answer(self.place.id)
        if found is None or found.question != self.question.text or self.question.files:
            return None
        answer = read_answer(found.answer)
        return answer if kept.all_visible(answer, parts.library.sources(admission.audience)) else None

    def _remarks(self, admission: Admission, attached: Attached) -> Sequence[str]:
        late = [remark("late", self.locale)] if self.desk.is_late(self.place.ts) else []
        notice = noticed(admission.notice, self.place.direct)
        readers = [remark(notice, self.locale)] if notice else []
        return [*(unreadable(each, self.locale) for each in attached.unread), *readers, *late]

    def _earlier(self) -> tuple[str, ...]:
        desk, place = self.desk, self.place
        if place.thread == place.ts:
            return ()
        known = desk.parts.state.thread_questions(place.channel, place.thread)
        known = tuple(each for each in known if each != self.question.text)  # asked again, or edited
        engaged = desk.engaged(place.channel, place.thread)
        return threads.earlier(desk.slack, desk.bot, place, known, engaged)

    def _cancelled(self, draft: Draft, halt: Halt) -> Outcome:
        if halt.why == "stopped" or not halt.why:
            self._told_by(draft, blocks.stopped(self.locale))
            return "stopped"
        draft.close()
        if halt.why == "deleted" and draft.ts:
            self.desk.slack.attempt("chat.delete", channel=self.place.channel, ts=draft.ts)
        return "withdrawn"

    def _told_by(self, draft: Draft, rendered: Rendered) -> Outcome:
        self._follow(draft)
        return self._tell(rendered)

    def _follow(self, draft: Draft) -> None:
        """The answer takes the place of its draft."""
        draft.close()
        if draft.ts:
            self.reply.known[0] = draft.ts
        elif draft.lost or (self.question.again and not self.reply.known):
            # Somebody else may have posted meanwhile: a process that was told to end, a call that broke off.
            self.desk.patiently(self.recall)

    def _say(self, draft: Draft, answer: Answer, admission: Admission) -> None:
        self._follow(draft)
        shown = blocks.Shown(
            ephemeral=False,
            more_privately=self._more_privately(admission),
            models=self._models(),
            reference=self.place.id,
        )
        self._keep(answer, admission)

        def rendered(plain: bool) -> Sequence[Rendered]:
            return blocks.answer(answer, self.locale, replace(shown, plain=plain))

        self.desk.patiently(lambda: self.reply.say(rendered))

    def _models(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.desk.parts.models())

    def _more_privately(self, admission: Admission) -> bool:
        """Whether the asker alone would be told more. Where outsiders read along, nothing is hinted at."""
        if self.place.direct or admission.notice:
            return False
        alone = self.desk.admit(self.place.user, self.place.channel, alone=True)
        if alone.audience == admission.audience:
            return False
        return self.desk.parts.assistant.may_see_more(self.question.text, alone.audience, admission.audience)

    def _keep(self, answer: Answer, admission: Admission) -> None:
        desk, place = self.desk, self.place
        surface = "direct" if place.direct else "channel"
        record = kept.kept(place, self.question.text, answer, admission.audience, surface, desk.parts.now())
        desk.parts.state.record(record)


def gave_up(desk: Desk, question: Question, reference: str) -> None:
    """Tell the asker, once, that their question will not be answered."""
    answering = Answering(desk, replace(question, again=True), desk.locale(question.place.user))
    with desk.quietly("looking for what stands there"):
        answering.recall()
    with desk.quietly(f"telling the asker that {reference} was given up"):
        rendered = blocks.given_up(answering.locale, reference)
        answering.reply.say(lambda plain: (rendered,))
    with desk.quietly("taking the words under the thread away"):
        Session(desk.slack, desk.executor, question.place, "").end()

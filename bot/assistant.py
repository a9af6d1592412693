"""A question in, an answer out: plan, search, write, check, and say how old and how sure it is."""

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bot.asked import asked
from bot.cautions import cautions, owned
from bot.errors import Cancelled, QuestionError
from bot.focus import Focus, strangers
from bot.followup import language, stand_alone
from bot.models import extractive
from bot.models.policy import Need
from bot.models.reasons import why
from bot.phrases import say
from bot.plan import Plan, Planner, Search, Writer
from bot.prompts import Prompts, load_all
from bot.quoting import Wanted
from bot.research import EVIDENCE, Findings, look_up, needed, worth_telling
from bot.types import Answer, Brief, Citation, Event, Nearest, Searching, Skipped, Writing
from retrieval.language import LANGUAGES, detect, stop_words
from retrieval.lexicon import Lexicon
from retrieval.library import Library
from retrieval.types import Hit
from retrieval.visibility import Audience
from retrieval.vocabulary import Named, mentioned

if TYPE_CHECKING:
    from bot.compare import Comparison
    from bot.judging import Unsupported

__all__ = ["EVIDENCE", "MOST_CHARACTERS", "Asking", "Assistant", "by_source", "supported"]

MOST_CHARACTERS = 4_000  # of a question; what is longer is a document, and belongs in the library
_NEAREST = 3
_TRANSLATIONS = 6  # of a name that is a word as well

Listen = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Asking:
    """What one question may carry besides its text.

    `thread`: the questions before it in the same conversation, oldest first. `only`: the name of one
    vendor, or "extractive". `attached`: passages of files that came with it. `surface`: where it was
    asked, for the records.
    """

    thread: tuple[str, ...] = ()
    only: str = ""
    attached: tuple[Hit, ...] = ()
    surface: str = "terminal"


@dataclass(frozen=True, slots=True)
class Case:
    """A question ready to be answered: its passages, who may be told them, and what the plan cost."""

    brief: Brief
    audience: Audience
    findings: Findings
    need: Need
    plan: Plan
    vendors: tuple[Named, ...] = ()
    telling: tuple[Hit, ...] = ()  # the passages that a model is told


_PLAIN = Asking()


def ignore(_: Event) -> None:
    """Listens to nothing."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers from a library, for an audience. `review_days`: the age at which a source counts as old.

    Without a `gateway` to vendors' models it quotes. `question_confidentiality`: how confidential the
    questions themselves are; no vendor hears one that may not. `plan_seconds`: a later plan is dropped.
    """

    library: Library
    review_days: int
    today: Callable[[], date] = date.today
    _: KW_ONLY
    gateway: Writer | None = None
    prompts: Prompts | None = None
    unsupported: "Unsupported" = "mark"
    question_confidentiality: str = "internal"
    plan_seconds: float = 4.0

    def ask(
        self,
        question: str,
        audience: Audience,
        asking: Asking = _PLAIN,
        listen: Listen = ignore,
        stop: threading.Event | None = None,
    ) -> Answer:
        """Answer from what the audience may see; QuestionError for an empty or endless question.

        `listen` hears what is going on. Cancelled when `stop` is set before the answer is there.
        """
        started = time.perf_counter()
        case = self._prepare(_checked(question), audience, asking, listen, stop)
        answer = self._write(case, listen, stop)
        return _finished(answer, case.plan, started)

    def compare(
        self, question: str, audience: Audience, names: Sequence[str], asking: Asking = _PLAIN
    ) -> "Comparison":
        """The answers of several vendors' models from the same passages, and what they agree on."""
        from bot.compare import side_by_side

        asked = tuple(dict.fromkeys(names))
        # The plan is made by one of those who are named, and nobody else hears of the question.
        planner = next((each for each in asked if each != extractive.NAME), extractive.NAME)
        case = self._prepare(_checked(question), audience, replace(asking, only=planner), ignore, None)

        def write(name: str) -> Answer:
            started = time.perf_counter()
            one = replace(case, need=replace(case.need, only=name))
            plan = case.plan if name == planner else Plan()  # it was made once, and is paid once
            return _finished(self._write(one, ignore, None), plan, started)

        return side_by_side(asked, write, self.library)

    def may_see_more(self, question: str, wide: Audience, narrow: Audience, asking: Asking = _PLAIN) -> bool:
        """Whether `wide` would get an answer where `narrow` gets none, or one on better evidence."""
        if self.library.classes(wide) <= self.library.classes(narrow):
            return False  # nothing is hidden: two searches less, a third of the bot's CPU in a channel
        search = (Search(self._stand_alone(_checked(question), asking.thread)),)
        more, less = (look_up(self.library, search, each) for each in (wide, narrow))
        if not more.answerable or not less.answerable:
            return more.answerable
        known = {hit.passage.id for hit in less.hits}
        return any(hit.passage.id not in known for hit in more.best())

    def _prepare(
        self,
        text: str,
        audience: Audience,
        asking: Asking,
        listen: Listen,
        stop: threading.Event | None,
    ) -> Case:
        writes = self.gateway is not None and asking.only != extractive.NAME
        vendors = self.library.vocabulary.vendors() if writes else ()
        base = self._stand_alone(text, asking.thread)
        brief = Brief(text, language(text, asking.thread), (), self.today(), asking.thread)
        about = mentioned(base, vendors)
        need = Need(self.question_confidentiality, (), about, asking.only, brief.language)
        plan = self._plan(brief, need, vendors, stop) if writes else Plan()
        searches = tuple(dict.fromkeys([Search(base), *plan.searches]))
        _go_on(stop)
        listen(Searching(tuple(each.text for each in searches)))
        findings = look_up(self.library, searches, audience, asking.attached)
        brief = replace(brief, hits=findings.hits)
        telling = worth_telling(findings, need, self._focus(base)) if writes else ()
        return Case(brief, audience, findings, needed(telling, need), plan, vendors, telling)

    def _stand_alone(self, text: str, thread: tuple[str, ...]) -> str:
        terms = self.library.vocabulary
        return stand_alone(text, thread, terms.vendors(), terms.systems()) if thread else text

    def _plan(
        self, brief: Brief, need: Need, vendors: tuple[Named, ...], stop: threading.Event | None
    ) -> Plan:
        if self.gateway is None:
            return Plan()
        planner = Planner(self.gateway, self._prompts().plan, self.plan_seconds)
        return planner.plan(brief, need, vendors, stop)

    def _prompts(self) -> Prompts:
        return self.prompts or load_all()

    def _write(self, case: Case, listen: Listen, stop: threading.Event | None) -> Answer:
        if not case.findings.answerable:
            return unknown(case.brief)
        if case.need.only == extractive.NAME:
            return self._quote(case, (), listen)
        if self.gateway is None:
            only = case.need.only
            skipped = (Skipped(only, why("unknown", case.brief.language)),) if only else ()
            return self._quote(case, skipped, listen)
        return self._ask_models(self.gateway, case, listen, stop)

    def _ask_models(
        self, gateway: Writer, case: Case, listen: Listen, stop: threading.Event | None
    ) -> Answer:
        from bot import draft  # it brings the checker: a quoted answer need not wait for that
        from bot.judging import Yardstick
        from bot.sheet import left_out
        from bot.task import Task

        _go_on(stop)
        brief = replace(case.brief, hits=case.telling)
        task = Task.of(brief, self._prompts().answer)
        written = gateway.write(task.prompt, case.need, listen, stop)
        if not written.text or written.vendor is None:
            return replace(self._quote(case, written.skipped, listen), attempts=written.attempts)
        shown = task.shown(written.vendor)
        yardstick = Yardstick(self.library.lexicon, self.library.similar, self.unsupported)
        answer = draft.write(written, brief, shown, yardstick)
        if answer is None:
            baseless = Skipped(written.vendor.name, say("baseless", case.brief.language))
            quoted = self._quote(case, (*written.skipped, baseless), listen)
            return replace(quoted, attempts=written.attempts)
        told = [
            *owned(answer, case.need.about, case.vendors),
            *cautions(answer, brief, self.review_days),
            *left_out(brief, shown),
            *answer.cautions,
        ]
        near = nearest(case.brief) if answer.status == "unknown" else ()
        return replace(answer, cautions=tuple(told), nearest=near)

    def _quote(self, case: Case, skipped: tuple[Skipped, ...], listen: Listen) -> Answer:
        """The answer that always can be given: the best sentences of the passages."""
        reason = f"{skipped[-1].backend} {skipped[-1].reason}" if skipped else ""
        listen(Writing(extractive.NAME, reason))
        brief = replace(case.brief, question=case.findings.question)
        answer = extractive.write(brief, self._wanted(case))
        if answer.status == "unknown":
            return replace(unknown(brief), skipped=skipped)
        told = tuple(cautions(answer, brief, self.review_days))
        return replace(answer, cautions=told, skipped=skipped)

    def _focus(self, question: str) -> Focus:
        vocabulary = self.library.vocabulary
        return Focus.of(question, vocabulary.vendors(), vocabulary.systems())

    def _wanted(self, case: Case) -> Wanted:
        question, lexicon = case.findings.question, self.library.lexicon
        focus = self._focus(question)

        def ordinary(word: str) -> bool:
            return focus.knows(word) or _is_ordinary(word.lower(), lexicon)

        def translated(word: str) -> list[str]:
            return [other for each in LANGUAGES for other in lexicon.translations(word, each, _TRANSLATIONS)]

        return Wanted(
            covers=self.library.covers(question, case.audience),
            focus=focus,
            kinds=asked(question),
            ordinary=ordinary,
            strict=not case.findings.attached,  # "summarise this" shares no word with the file it came with
            strangers=strangers(question, detect(question, case.brief.language), focus, ordinary),
            translated=translated,
        )


def _finished(answer: Answer, plan: Plan, started: float) -> Answer:
    seconds = round(time.perf_counter() - started, 3)
    attempts = (*plan.attempts, *answer.attempts)
    return replace(answer, attempts=attempts, seconds=seconds, id=uuid.uuid4().hex)


def _go_on(stop: threading.Event | None) -> None:
    if stop is not None and stop.is_set():
        raise Cancelled("", "The reader asked to stop")


def _is_ordinary(word: str, lexicon: Lexicon) -> bool:
    known = (word in stop_words(each) or lexicon.translations(word, each, 1) for each in LANGUAGES)
    return any(known) or bool(lexicon.parts(word))


def _checked(question: str) -> str:
    # Halves of characters, from a terminal of another encoding, can be sent to nobody.
    text = question.encode("utf-8", "replace").decode().strip()
    if not text:
        raise QuestionError(
            "", "The question is empty", 'Ask something, for example "what if OpenAI falters?"'
        )
    if len(text) > MOST_CHARACTERS:
        problem = f"The question has {len(text):,} characters; {MOST_CHARACTERS:,} are the most"
        raise QuestionError("", problem, "Shorten it, or ingest the text as a document and ask about it")
    return text


def unknown(brief: Brief) -> Answer:
    """The fixed answer when nothing fits, with the titles that come nearest; no backend is asked."""
    return Answer(
        status="unknown",
        language=brief.language,
        as_of=brief.as_of,
        headline=say("unknown", brief.language),
        backend=extractive.NAME,
        nearest=nearest(brief),
    )


def nearest(brief: Brief) -> tuple[Nearest, ...]:
    """The sources that come nearest to a question."""
    near = dict.fromkeys(Nearest(hit.source.title, hit.source.uri) for hit in brief.hits)
    return tuple(near)[:_NEAREST]


def supported(answer: Answer) -> int:
    """Statements whose citations bear them out."""
    return sum(statement.verdict == "supported" for statement in answer.statements)


def by_source(answer: Answer) -> dict[str, list[Citation]]:
    """The citations of each source, sources in the order of their first citation."""
    grouped: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        grouped.setdefault(citation.uri, []).append(citation)
    return grouped

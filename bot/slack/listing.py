"""What may be asked about and who answers: the list of sources, the state of the models, the help. Pure."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from bot.phrases import language_name, long_date
from bot.slack import clicks, kit
from bot.slack.citing import joined, linked, one_line
from bot.slack.kit import Block, Rendered
from bot.slack.mrkdwn import address_of
from bot.slack.texts import Locale, say
from retrieval.types import Source

PAGE = 15  # sources on a page
_TEXT = 2_800


class State(Protocol):
    """How a vendor stands: bot.models.failover.VendorState."""

    @property
    def name(self) -> str:
        """The vendor's name in the settings."""

    @property
    def model(self) -> str:
        """The model's id."""

    @property
    def state(self) -> str:
        """ready, resting, probing or not usable."""

    @property
    def seconds(self) -> float:
        """How long it still rests."""

    @property
    def last(self) -> str:
        """Its latest fault in words, or nothing."""


def sources(listed: Sequence[Source], locale: Locale, page: int = 0, admin: bool = False) -> Rendered:
    """One page of the sources that the reader may see. `admin`: with who may see them, and their state."""
    if not listed:
        text = say("list.none", locale)
        return Rendered(text, (kit.section(text),))
    first = max(0, min(page, (len(listed) - 1) // PAGE)) * PAGE
    shown = listed[first : first + PAGE]
    title = say("list.title", locale)
    counted = say("list.count", locale, first=first + 1, last=first + len(shown), all=len(listed))
    entries = [source_line(each, locale, admin) for each in shown]
    more = kit.button(say("button.more_sources", locale), clicks.MORE_SOURCES, str(first // PAGE + 1))
    return Rendered(
        f"{title}: {counted}",
        (
            kit.section(f"*{title}*"),
            *(kit.section(text) for text in joined(entries, _TEXT, "\n")),
            kit.context(counted),
            *kit.actions([more] if first + PAGE < len(listed) else []),
        ),
    )


def source_line(source: Source, locale: Locale, admin: bool = False) -> str:
    """Title, publisher, date, language; for an admin also who may see it, and how confidential it is."""
    dated = long_date(source.published, locale) if source.published else say("undated", locale)
    title = kit.clip(linked(source.title or source.uri, _web(source)), 700)
    parts = [title, kit.clip(one_line(source.publisher), 120), dated, language_name(source.language, locale)]
    parts += [say("sample", locale)] if source.sample else []
    if admin:
        labels = (source.visibility, source.confidentiality)
        parts += [kit.clip(one_line(each), 120) for each in labels]
        parts += [say("home.gone", locale)] if source.state == "gone" else []
    return "• " + " · ".join(filter(None, parts))


def _web(source: Source) -> str:
    return next((each for each in (source.source, source.uri) if address_of(each)), "")


def status(
    states: Sequence[State], locale: Locale, documents: int | None = None, admin: bool = False
) -> Rendered:
    """Which models answer; `documents` is how many sources the reader may see."""
    title = say("status.title", locale)
    lines = [state_line(each, locale, admin) for each in states] or [say("status.none", locale)]
    if documents is not None:
        lines.append(say("status.sources", locale, count=documents))
    texts = joined(lines, _TEXT, "\n")
    return Rendered(title, (kit.section(f"*{title}*"), *(kit.section(text) for text in texts)))


def state_line(state: State, locale: Locale, admin: bool = False) -> str:
    """One vendor: name, model, how it stands; for an admin also its latest fault."""
    key = f"status.{state.state}"
    words = say(key, locale, seconds=max(1, round(state.seconds)))
    parts = [f"• *{one_line(state.name)}*", one_line(state.model), words]
    if admin and state.last:
        parts.append(say("status.last", locale, fault=kit.clip(one_line(state.last), 300)))
    return " · ".join(filter(None, parts))


def help(locale: Locale) -> Rendered:
    """How to ask, and what to expect."""
    title = say("help.title", locale)
    return Rendered(
        title,
        (
            kit.section(f"*{title}*"),
            kit.section(say("help.how", locale)),
            kit.section(say("help.ways", locale)),
            *examples(locale),
            kit.context(say("help.seen", locale)),
        ),
    )


def greeting(locale: Locale) -> Rendered:
    """When somebody calls without a question."""
    text = say("greeting", locale)
    return Rendered(text, (kit.section(text), *examples(locale)))


def examples(locale: Locale) -> list[Block]:
    """Questions as buttons; a click asks them. The value is the example's number."""
    return kit.actions(list(_examples(locale)))


def _examples(locale: Locale) -> Iterator[Block]:
    for number in range(1, clicks.EXAMPLES + 1):
        title = say(f"example.{number}.title", locale)
        yield kit.button(title, f"{clicks.EXAMPLE}_{number}", str(number))


def example(value: str, locale: Locale) -> str:
    """The question behind an example's button; empty for a value that is none."""
    known = value in {str(number) for number in range(1, clicks.EXAMPLES + 1)}
    return say(f"example.{value}", locale) if known else ""


def prompts(locale: Locale) -> list[dict[str, str]]:
    """The same questions for the pane of the agent: what assistant.threads.setSuggestedPrompts takes."""
    return [
        {"title": say(f"example.{number}.title", locale), "message": say(f"example.{number}", locale)}
        for number in range(1, clicks.EXAMPLES + 1)
    ]

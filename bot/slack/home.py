"""The App Home: what I can ask, what is new among my sources; for admins also how things stand. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.slack import clicks, kit
from bot.slack.citing import joined, one_line
from bot.slack.kit import Block
from bot.slack.listing import State, examples, source_line, state_line
from bot.slack.texts import Locale, say
from retrieval.types import Source

MOST_BLOCKS = 100
_RECENT, _LISTED, _UNANSWERED, _MODELS = 5, 40, 15, 30
_TEXT = 2_800


@dataclass(frozen=True, slots=True)
class Overview:
    """What only admins see: the models, the questions without an answer, all sources."""

    states: Sequence[State] = ()
    unanswered: Sequence[str] = ()
    sources: Sequence[Source] = field(default=())


def view(recent: Sequence[Source], locale: Locale, overview: Overview | None = None) -> Block:
    """What views.publish takes. `recent`: sources this person may see, newest first."""
    blocks = [*_everybody(recent, locale), *(_admin(overview, locale) if overview else [])]
    return {"type": "home", "blocks": blocks[:MOST_BLOCKS]}


def _everybody(recent: Sequence[Source], locale: Locale) -> Iterator[Block]:
    yield kit.header(say("help.title", locale))
    yield kit.section(say("help.how", locale))
    yield kit.section(f"*{say('home.examples', locale)}*")
    yield from examples(locale)
    yield kit.section(f"*{say('home.recent', locale)}*")
    lines = [source_line(each, locale) for each in recent[:_RECENT]]
    yield from _paragraphs(lines or [say("list.none", locale)])
    if recent:
        more = kit.button(say("button.sources", locale), clicks.SHOW_SOURCES, "0")
        yield from kit.actions([more])
    yield kit.context(say("help.seen", locale))


def _admin(overview: Overview, locale: Locale) -> Iterator[Block]:
    yield kit.divider()
    yield kit.header(say("home.admin", locale))
    states = [state_line(each, locale, admin=True) for each in overview.states[:_MODELS]]
    yield from _part("home.models", states or [say("status.none", locale)], len(overview.states), locale)
    asked = [f"• {kit.clip(one_line(each), 200)}" for each in overview.unanswered[:_UNANSWERED]]
    asked = asked or [say("home.unanswered.none", locale)]
    yield from _part("home.unanswered", asked, len(overview.unanswered), locale)
    listed = [source_line(each, locale, admin=True) for each in overview.sources[:_LISTED]]
    listed = listed or [say("list.none", locale)]
    yield from _part("home.sources", listed, len(overview.sources), locale)


def _part(key: str, lines: Sequence[str], count: int, locale: Locale) -> Iterator[Block]:
    yield kit.section(f"*{say(key, locale)}*")
    yield from _paragraphs(lines)
    if count > len(lines):
        yield kit.context(say("home.more", locale, count=count - len(lines)))


def _paragraphs(lines: Sequence[str]) -> list[Block]:
    return [kit.section(text) for text in joined(lines, _TEXT, "\n")]

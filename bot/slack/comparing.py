"""The same question put to several models: what they share, what only some say, and each answer. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from bot.slack import kit
from bot.slack.citing import one_line, source_list
from bot.slack.kit import Block, Rendered
from bot.slack.markup import literal
from bot.slack.message import quiet_line, said, statements
from bot.slack.splitting import pack
from bot.slack.texts import Locale, say
from bot.types import Answer

_SHOWN = 12  # statements of a list


class Point(Protocol):
    """Something that is said, and by whom: bot.compare.Group."""

    @property
    def text(self) -> str:
        """What is said."""

    @property
    def backends(self) -> Sequence[str]:
        """Who says so, in the order asked."""


class Compared(Protocol):
    """What bot.compare makes of several answers."""

    @property
    def answers(self) -> Sequence[Answer]:
        """One for each model, in the order asked."""

    @property
    def agreed(self) -> Sequence[Point]:
        """What all of them say."""

    @property
    def differing(self) -> Sequence[Point]:
        """What only some of them say."""


def comparison(
    compared: Compared, locale: Locale, question: str = "", plain: bool = False
) -> tuple[Rendered, ...]:
    """Agreement and difference first, then each answer with its time and cost, then their sources."""
    title = say("compare.title", locale)
    blocks = [kit.section(f"*{title}*")]
    if question:
        words = kit.clip(one_line(question), 600)
        blocks.append(kit.context(say("your_question", locale, question=words)))
    if len(compared.answers) > 1:
        blocks += _points(say("compare.agreed", locale), compared.agreed, locale)
        blocks += _points(say("compare.differing", locale), compared.differing, locale)
    for each in compared.answers:
        blocks += _answered(each, locale, plain)
    messages = pack([*blocks, *_sources(compared.answers, locale, plain)])
    return tuple(Rendered(title, tuple(message)) for message in messages)


def _points(title: str, items: Sequence[Point], locale: Locale) -> list[Block]:
    lines = [_point(each, locale) for each in items[:_SHOWN]]
    more = [f"• +{len(items) - _SHOWN}"] if len(items) > _SHOWN else []
    texts = _fitting([f"*{title}*", *(lines or ["–"]), *more])
    return [kit.section(text) for text in texts]


def _point(point: Point, locale: Locale) -> str:
    names = ", ".join(_name(each, locale) for each in point.backends)
    return f"• {kit.clip(one_line(point.text), 400)} ({kit.clip(names, 200)})"


def _name(backend: str, locale: Locale) -> str:
    return say("quoted", locale) if backend == "extractive" else one_line(backend)


def _fitting(lines: Iterable[str]) -> Iterator[str]:
    held = ""
    for line in lines:
        if held and len(held) + len(line) + 1 > kit.SECTION - 100:
            yield held
            held = line
        else:
            held = f"{held}\n{line}" if held else line
    yield held


def _answered(answer: Answer, locale: Locale, plain: bool) -> Iterator[Block]:
    headline = " ".join(literal(answer.headline).split())
    body = "\n\n".join(filter(None, [f"**{headline}**" if headline else "", *statements(answer, locale)]))
    yield kit.divider()
    yield kit.section(f"*{_name(answer.backend, locale)}*")
    yield from said(body or say("empty", locale), plain)
    yield kit.context(quiet_line(answer, locale))


def _sources(answers: Sequence[Answer], locale: Locale, plain: bool) -> Iterator[Block]:
    """Each answer numbers its sources by itself: a list for each, under the model's name."""
    for answer in answers:
        for each in source_list(answer, locale, plain):
            title = f"{_name(answer.backend, locale)}: {each['title']['text']}" if "title" in each else ""
            yield {**each, "title": kit.plain(title, kit.TITLE)} if title else each

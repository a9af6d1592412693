"""The same question put to several models: what they share, what only some say, and each answer. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from bot.slack import kit
from bot.slack.citing import one_line, source_list
from bot.slack.kit import Block, Rendered
from bot.slack.markup import literal
from bot.slack.message import quiet_line, statements
from bot.slack.splitting import pack, split
from bot.slack.texts import Locale, say
from bot.types import Answer

_SHOWN = 12  # statements of a list
_MARKDOWN = 9_000


class Compared(Protocol):
    """What bot.compare makes of several answers. The items of the lists say themselves what they are."""

    @property
    def answers(self) -> Sequence[Answer]:
        """One for each model, in the order asked."""

    @property
    def agreed(self) -> Sequence[object]:
        """What all of them say."""

    @property
    def differing(self) -> Sequence[object]:
        """What only some of them say."""


def comparison(compared: Compared, locale: Locale, question: str = "") -> tuple[Rendered, ...]:
    """Agreement and difference first, then each answer with its time and cost, then the sources once."""
    title = say("compare.title", locale)
    blocks = [kit.section(f"*{title}*")]
    if question:
        words = kit.clip(one_line(question), 600)
        blocks.append(kit.context(say("your_question", locale, question=words)))
    if len(compared.answers) > 1:
        blocks += _points(say("compare.agreed", locale), compared.agreed)
        blocks += _points(say("compare.differing", locale), compared.differing)
    for each in compared.answers:
        blocks += _answered(each, locale)
    messages = pack([*blocks, *_sources(compared.answers, locale)])
    return tuple(Rendered(title, tuple(message)) for message in messages)


def _points(title: str, items: Sequence[object]) -> list[Block]:
    lines = [f"• {kit.clip(one_line(str(each)), 400)}" for each in items[:_SHOWN]]
    more = [f"• +{len(items) - _SHOWN}"] if len(items) > _SHOWN else []
    texts = _fitting([f"*{title}*", *(lines or ["–"]), *more])
    return [kit.section(text) for text in texts]


def _fitting(lines: Iterable[str]) -> Iterator[str]:
    held = ""
    for line in lines:
        if held and len(held) + len(line) + 1 > kit.SECTION - 100:
            yield held
            held = line
        else:
            held = f"{held}\n{line}" if held else line
    yield held


def _answered(answer: Answer, locale: Locale) -> Iterator[Block]:
    name = one_line(answer.backend)
    headline = " ".join(literal(answer.headline).split())
    body = "\n\n".join(filter(None, [f"**{headline}**" if headline else "", *statements(answer, locale)]))
    yield kit.divider()
    yield kit.section(f"*{say('quoted', locale) if name == 'extractive' else name}*")
    yield from (kit.markdown(part) for part in split(body or say("empty", locale), _MARKDOWN))
    yield kit.context(quiet_line(answer, locale))


def _sources(answers: Sequence[Answer], locale: Locale) -> Iterator[Block]:
    """Each answer numbers its sources by itself: a list for each, under the model's name."""
    for answer in answers:
        listed = source_list(answer, locale, plain=False)
        for each in listed:
            title = f"{one_line(answer.backend)}: {each['title']['text']}" if len(answers) > 1 else ""
            yield {**each, "title": kit.plain(title, kit.TITLE)} if title else each

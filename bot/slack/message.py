"""An answer as Slack messages: what is said, on what grounds, how sure, and what can be done next. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot import quiet
from bot.phrases import language_name
from bot.slack import clicks, kit
from bot.slack.citing import numbers, quote_list, source_list, titles
from bot.slack.kit import Block, Rendered
from bot.slack.markup import literal, paragraph
from bot.slack.mrkdwn import escape, safe, to_mrkdwn
from bot.slack.splitting import pack, split, texts_of
from bot.slack.texts import Locale, say
from bot.types import Answer, Statement

_EXTRACTIVE = "extractive"
_MARKERS = re.compile(r"\s*\[\s*-?\d{1,4}(?:\s*[,;–-]\s*-?\d{1,4})*\s*\](?![(:])")
_BLOCK_START = re.compile(r"(?=(?:#{1,6}|[-+*])(?:\s|$)|[>|])|(?P<number>\d{1,9})(?=[.)](?:\s|$))")
_NOTIFICATION = 300  # characters
_TEXT_ONLY = 3_800
_SECTION = 2_700


@dataclass(frozen=True, slots=True)
class Shown:
    """Where and how an answer is shown.

    `quotes`: they are there already. `more_privately`: the asker alone may see more. `models` can be asked.
    `plain`: without containers, Markdown and feedback buttons, for workspaces that refuse them.
    """

    ephemeral: bool = False
    quotes: bool = False
    more_privately: bool = False
    models: tuple[str, ...] = ()
    reference: str = ""
    plain: bool = False
    question: str = ""
    shared_by: str = ""


def answer(answer: Answer, locale: Locale, shown: Shown | None = None) -> tuple[Rendered, ...]:
    """The messages of one answer, in order. The last one has the sources, the quiet line and the buttons."""
    shown = shown or Shown()
    body = "\n\n".join(filter(None, _body(answer, locale)))
    blocks = [*_heading(shown, locale), *said(body, shown.plain)]
    blocks += [kit.context(f"⚠ {escape(each)}") for each in answer.cautions[:10]]
    blocks += source_list(answer, locale, shown.plain)
    blocks += quote_list(answer, locale) if shown.quotes else []
    tail = list(_tail(answer, locale, shown))
    messages = pack([*blocks, *tail], len(tail))
    return tuple(
        Rendered(_text(answer, message, shown.plain, (number, len(messages)), locale), tuple(message))
        for number, message in enumerate(messages, 1)
    )


def quotes(answer: Answer, locale: Locale) -> tuple[Rendered, ...]:
    """What the sources say, word for word."""
    if not answer.citations:
        return (notice(say("quotes.none", locale)),)
    title = say("quotes.title", locale)
    messages = pack([kit.section(f"*{title}*"), *quote_list(answer, locale)])
    return tuple(Rendered(title, tuple(message)) for message in messages)


def notice(text: str, *small: str) -> Rendered:
    """A message of our own words, with small grey lines below."""
    return Rendered(text, (kit.section(text), *([kit.context(*small)] if small else [])))


def _heading(shown: Shown, locale: Locale) -> Iterator[Block]:
    lines = []
    if shown.question:
        words = kit.clip(" ".join(escape(shown.question).split()), 600)
        lines.append(say("your_question", locale, question=words))
    if shown.shared_by:
        lines.append(say("share.by", locale, person=" ".join(escape(shown.shared_by).split())))
    if lines:
        yield kit.context(*lines)


def said(body: str, plain: bool) -> list[Block]:
    """Markdown as blocks; in plain messages in the notation of text objects."""
    if plain:
        return [kit.section(to_mrkdwn(part)) for part in split(body, _SECTION)]
    return [kit.markdown(part) for part in split(body)]


def _body(answer: Answer, locale: Locale) -> Iterator[str]:
    """Markdown: the headline, the statements, what is missing or near."""
    headline = " ".join(literal(answer.headline).split())
    stated = [each for each in statements(answer, locale) if each]
    yield f"**{headline}**" if headline else ""
    yield from stated
    if not stated and answer.status == "answered":
        yield say("empty", locale)
    yield _listed(say("missing", locale), answer.missing)
    yield _nearest(answer, locale) if answer.status == "unknown" else ""


def _listed(title: str, items: tuple[str, ...]) -> str:
    lines = [" ".join(literal(each).split()) for each in items]
    return "\n".join([f"**{title}**", "", *(f"- {line}" for line in lines if line)]) if any(lines) else ""


def _nearest(answer: Answer, locale: Locale) -> str:
    near = _listed(say("nearest", locale), tuple(each.title for each in answer.nearest))
    return near or say("nearest.none", locale)


def statements(answer: Answer, locale: Locale) -> Iterator[str]:
    """Markdown: one list of what fits on a line; what does not stands between."""
    items: list[str] = []
    for each in answer.statements:
        text = _worded(each, answer)
        if not text:
            continue
        line = _statement(each, text, answer, locale)
        if "\n" not in text:
            items.append(f"- {line}")
            continue
        yield "\n".join(items)
        yield line
        items = []
    yield "\n".join(items)


def _worded(statement: Statement, answer: Answer) -> str:
    """The words of a statement: a model's as it formatted them, a source's letter by letter."""
    text = statement.text.strip()
    if "\n" in text:
        return safe(text, titles(answer))
    if not answer.model:
        return paragraph(literal(text))
    text = _MARKERS.sub("", text)
    return safe(
        _BLOCK_START.sub(_as_text, text, count=1) if _BLOCK_START.match(text) else text, titles(answer)
    )


def _as_text(found: re.Match[str]) -> str:
    return f"{found['number'] or ''}\\"


def _statement(statement: Statement, text: str, answer: Answer, locale: Locale) -> str:
    label = f"*{say(statement.kind, locale)}:* " if statement.kind != "fact" else ""
    after = " ".join(filter(None, [numbers(statement.citations, answer), *_notes(statement, answer, locale)]))
    joint = "\n\n" if "\n" in text else " "
    return f"{label}{text}{joint}{after}".rstrip() if after else f"{label}{text}"


def _notes(statement: Statement, answer: Answer, locale: Locale) -> Iterator[str]:
    """In which language it is quoted, and what is wrong with it."""
    if not answer.model:
        cited = {each.language for each in answer.citations if each.n in statement.citations}
        foreign = sorted(cited - {answer.language})
        yield ", ".join(f"({language_name(each, locale)})" for each in foreign)
    if statement.verdict == "unsupported" and (statement.problems or statement.kind == "fact"):
        problems = "; ".join(" ".join(literal(each).split()) for each in statement.problems)
        yield f"⚠ {say('unsupported', locale)}" + (f": {problems}" if problems else "")


def _tail(answer: Answer, locale: Locale, shown: Shown) -> Iterator[Block]:
    if shown.more_privately:
        value = answer.id or shown.reference
        yield kit.section(
            say("more_privately", locale),
            kit.button(say("button.privately", locale), clicks.PRIVATELY, value) if value else None,
        )
    yield kit.context(quiet_line(answer, locale))
    if answer.id:
        yield from _feedback(answer.id, locale, shown.plain)
        yield from kit.actions(list(_buttons(answer, locale, shown)))


def quiet_line(answer: Answer, locale: Locale) -> str:
    """As of when, how much is borne out, by whom, who was skipped and why, how long, at what cost."""
    by = say("quoted", locale) if answer.backend == _EXTRACTIVE and not answer.model else answer.backend
    parts = quiet.parts(replace(answer, language=locale, backend=by))
    return " · ".join(" ".join(escape(each).split()) for each in parts if each)


def _feedback(answer_id: str, locale: Locale, plain: bool) -> list[Block]:
    pairs = (("helpful", clicks.HELPFUL), ("not_helpful", clicks.NOT_HELPFUL))
    if plain:
        return kit.actions(
            [
                kit.button(say(f"button.{verdict}", locale), action, clicks.verdict_value(verdict, answer_id))
                for verdict, action in pairs
            ]
        )
    yes, no = (
        {
            "text": kit.plain(say(f"button.{verdict}", locale)),
            "value": clicks.verdict_value(verdict, answer_id),
            "accessibility_label": say(f"button.{verdict}", locale),
        }
        for verdict, _ in pairs
    )
    element = {
        "type": "feedback_buttons",
        "action_id": clicks.FEEDBACK,
        "positive_button": yes,
        "negative_button": no,
    }
    return [{"type": "context_actions", "elements": [element]}]


def _buttons(answer: Answer, locale: Locale, shown: Shown) -> Iterator[Block]:
    """Those that make sense: without an answer there is nothing to quote, to share or to compare."""
    if answer.status != "answered":
        return
    if shown.models:
        yield kit.button(say("button.another", locale), clicks.ANOTHER, answer.id)
    if answer.citations and not shown.quotes:
        yield kit.button(say("button.quotes", locale), clicks.QUOTES, answer.id)
    if shown.models:
        yield kit.button(say("button.compare", locale), clicks.COMPARE, answer.id)
    if shown.ephemeral:
        yield kit.button(say("button.share", locale), clicks.SHARE, answer.id, "primary", _sure(locale))


def _sure(locale: Locale) -> Block:
    return kit.confirmation(
        say("share.title", locale),
        say("share.text", locale),
        say("share.confirm", locale),
        say("button.cancel", locale),
    )


def _text(answer: Answer, message: list[Block], plain: bool, part: tuple[int, int], locale: Locale) -> str:
    """What a notification says. In plain messages the whole text: it may be all that Slack takes."""
    headline = kit.clip(" ".join(escape(answer.headline).split()), _NOTIFICATION) or say("empty", locale)
    if plain:
        return (
            kit.clip("\n".join(texts_of([b for b in message if b["type"] != "actions"])), _TEXT_ONLY)
            or headline
        )
    if part[1] == 1:
        return headline
    return say("part", locale, headline=headline, part=part[0], all=part[1])

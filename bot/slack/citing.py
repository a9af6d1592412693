"""The sources of an answer as a reader meets them: numbers with links, a list, the quotes. Pure."""

from collections.abc import Iterable, Sequence

from bot.phrases import age, language_name, long_date
from bot.slack import kit
from bot.slack.kit import Block
from bot.slack.mrkdwn import address_of, escape
from bot.slack.texts import Locale, say
from bot.types import Answer, Citation
from retrieval.types import Language

_QUOTE = 320  # characters of a quote in the list; the quotes themselves are a click away
_WHOLE_QUOTE = 2_400
_ENTRY = 2_800
_CONTAINER = 9_000  # characters, so that it fits into one message with room beside it


def titles(answer: Answer) -> dict[str, str]:
    """The addresses an answer may lead to, with their labels."""
    return {each.link: each.title or each.publisher or each.link for each in answer.citations if each.link}


def numbers(cited: Iterable[int], answer: Answer) -> str:
    """ "[1, 2]" in Markdown, each number a link to its source if that has an address."""
    known = {each.n: each for each in answer.citations}
    marks = [_number(known[n]) for n in dict.fromkeys(cited) if n in known]
    return f"[{', '.join(marks)}]" if marks else ""


def _number(citation: Citation) -> str:
    address = address_of(citation.link)
    return f"[{citation.n}]({address})" if address else str(citation.n)


def by_source(answer: Answer) -> list[list[Citation]]:
    """The citations of each source, sources in the order of their first citation."""
    grouped: dict[str, list[Citation]] = {}
    for each in answer.citations:
        grouped.setdefault(each.uri, []).append(each)
    return list(grouped.values())


def source_list(answer: Answer, locale: Locale, plain: bool) -> list[Block]:
    """All sources: folded away under a title, or in plain messages as paragraphs."""
    groups = by_source(answer)
    entries = [_entry(cited, locale, answer.language) for cited in groups]
    title = say("sources", locale, count=len(groups))
    sections = [kit.section(text) for text in joined(entries, _ENTRY)]
    if plain:
        return [kit.section(f"*{title}*"), *sections] if sections else []
    return [
        kit.container(title if number == 0 else say("sources.more", locale), part)
        for number, part in enumerate(_folded(sections))
    ]


def _folded(sections: Sequence[Block]) -> list[list[Block]]:
    parts: list[list[Block]] = []
    for each in sections:
        size = sum(len(block["text"]["text"]) for block in parts[-1]) if parts else 0
        if parts and len(parts[-1]) < kit.CHILDREN and size + len(each["text"]["text"]) <= _CONTAINER:
            parts[-1].append(each)
        else:
            parts.append([each])
    return parts


def joined(entries: Iterable[str], most: int, joint: str = "\n\n") -> list[str]:
    """Entries put together as long as they fit."""
    texts: list[str] = []
    for entry in entries:
        each = kit.clip(entry, most)
        if texts and len(texts[-1]) + len(joint) + len(each) <= most:
            texts[-1] += joint + each
        else:
            texts.append(each)
    return texts


def _entry(cited: Sequence[Citation], locale: Locale, language: Language) -> str:
    lines = [headline(cited[0], locale)]
    lines += [_quoted(each, locale, language, _QUOTE) for each in cited if each.quote]
    return "\n".join(lines) if len(lines) > 1 else f"{marks(cited)} {lines[0]}"


def marks(cited: Sequence[Citation]) -> str:
    """ "[1] [2]"."""
    return " ".join(f"[{each.n}]" for each in cited)


def headline(citation: Citation, locale: Locale) -> str:
    """Title, publisher, date and age, in one line."""
    parts = [linked(citation.title or citation.uri, citation.link), one_line(citation.publisher)]
    parts += [_dated(citation, locale), say("sample", locale) if citation.sample else ""]
    return " · ".join(filter(None, parts))


def linked(title: str, link: str) -> str:
    """A title that leads to its address, if it has one that a reader may be sent to."""
    words = one_line(title).replace("`", "'").replace("*", "∗") or "…"
    address = address_of(link)
    return kit.link(address, kit.clip(words, 300)) if address else f"*{kit.clip(words, 300)}*"


def one_line(text: str) -> str:
    """Anything as dead text on one line."""
    return " ".join(escape(text).split())


def _dated(citation: Citation, locale: Locale) -> str:
    if citation.published is None or citation.age_days is None:
        return say("undated", locale)
    return f"{long_date(citation.published, locale)} ({age(citation.age_days, locale)})"


def _quoted(citation: Citation, locale: Locale, language: Language, most: int) -> str:
    foreign = language_name(citation.language, locale) if citation.language != language else ""
    place = kit.clip(one_line(citation.locator), 200)
    notes = " · ".join(filter(None, [place, foreign]))
    quote = kit.clip(one_line(citation.quote), most).replace("`", "'")
    return f"[{citation.n}] “{quote}”" + (f" ({notes})" if notes else "")


def quote_list(answer: Answer, locale: Locale) -> list[Block]:
    """Every quote in full, under its source."""
    texts = []
    for cited in by_source(answer):
        texts.append(headline(cited[0], locale))
        texts += [_quoted(each, locale, answer.language, _WHOLE_QUOTE) for each in cited if each.quote]
    return [kit.section(text) for text in joined(texts, _ENTRY)]

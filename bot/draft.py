"""A model's text becomes an answer, each statement checked and each citation a quote; or none of it. Pure.

What a model says of itself is not read anywhere: who wrote the answer comes from who was asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import outline
from bot.citations import cite
from bot.judging import Judge, Lead, Quote, Said, Yardstick
from bot.phrases import headline, say
from bot.sheet import Sheet
from bot.types import Answer, Brief, Citation, Statement
from retrieval.language import words
from retrieval.types import Hit, Language

if TYPE_CHECKING:
    from bot.models.failover import Written

MOST_STATEMENTS = 8  # six were asked for; a list that nobody can take in helps nobody


def write(written: "Written", brief: Brief, shown: Sheet, yardstick: Yardstick) -> Answer | None:
    """The answer of a model that was shown these passages; None when nothing it wrote is borne out."""
    parts = outline.read(written.text, shown.hits, brief.language, written.cut_off)
    judge = Judge(brief.question, shown.hits, brief.language, yardstick, brief.thread)
    missing = tuple(filter(judge.tells_nothing, parts.missing))
    lead, said = judge.judge(parts)
    if not any(each.stands for each in said):
        silent = missing and not any(each.checked.citations for each in said)
        return _stamp(unknown(brief, missing), written) if silent else None
    kept = _distinct(said)
    chosen = choose([_stays(each, yardstick) for each in kept], [each.stands for each in kept])
    answer = _answer([kept[place] for place in chosen], lead, brief, shown.hits)
    dropped = sum(not _stays(each, yardstick) for each in kept)
    more = len(kept) - dropped - len(chosen)
    notes = {"cut off": written.cut_off, "dropped": dropped, "more": more}
    told = tuple(say(key, brief.language, left=n, all=len(kept)) for key, n in notes.items() if n)
    return _stamp(replace(answer, missing=missing, cautions=told), written)


def unknown(brief: Brief, missing: tuple[str, ...] = ()) -> Answer:
    """The answer that our sources do not say, and what exactly they do not."""
    language = brief.language
    return Answer("unknown", language, brief.as_of, say("unknown", language), missing=missing)


def _stamp(answer: Answer, written: "Written") -> Answer:
    vendor = written.vendor
    who = (vendor.name, vendor.model, vendor.owner) if vendor else ("", "", "")
    return replace(
        answer,
        backend=who[0],
        model=who[1],
        owner=who[2],
        attempts=written.attempts,
        skipped=written.skipped,
    )


def _stays(said: Said, yardstick: Yardstick) -> bool:
    return said.stands or yardstick.unsupported == "mark" or said.kind == "assumption"


def _distinct(said: Sequence[Said]) -> list[Said]:
    seen: dict[tuple[str, ...], Said] = {}
    for each in said:
        seen.setdefault(tuple(words(each.checked.text)), each)
    return list(seen.values())


def choose(stays: Sequence[bool], stands: Sequence[bool]) -> list[int]:
    """Which places are kept, in their order: at most eight, those that stand before those that do not."""
    places = [place for place, stay in enumerate(stays) if stay]
    return sorted(sorted(places, key=lambda place: not stands[place])[:MOST_STATEMENTS])


def _answer(said: Sequence[Said], lead: Lead, brief: Brief, hits: Mapping[str, Hit]) -> Answer:
    numbers = _numbers([lead.quotes, *(each.checked.quotes for each in said)], hits)
    citations = tuple(cite(hits[key], quote, n, brief.as_of) for (key, quote), n in numbers.items())
    statements = tuple(_statement(each, numbers) for each in said)
    marks = "".join(f" [{numbers[quote]}]" for quote in lead.quotes)
    return Answer(
        status="answered",
        language=brief.language,
        as_of=brief.as_of,
        headline=lead.text + marks if lead.text else _made_headline(statements, citations, brief.language),
        statements=statements,
        citations=citations,
    )


def _numbers(groups: Iterable[Sequence[Quote]], hits: Mapping[str, Hit]) -> dict[Quote, int]:
    """A number for each quote; those of one source follow each other."""
    quotes = dict.fromkeys(quote for group in groups for quote in group)
    sources = list(dict.fromkeys(hits[key].source.id for key, _ in quotes))
    grouped = sorted(quotes, key=lambda quote: sources.index(hits[quote[0]].source.id))
    return {quote: n for n, quote in enumerate(grouped, 1)}


def _statement(said: Said, numbers: Mapping[Quote, int]) -> Statement:
    return Statement(
        text=said.checked.text,
        verdict="supported" if said.stands else "unsupported",
        citations=tuple(sorted(numbers[quote] for quote in said.checked.quotes)),
        problems=said.problems,
        kind=said.kind,
    )


def _made_headline(statements: Sequence[Statement], citations: Sequence[Citation], language: Language) -> str:
    standing = [each for each in statements if each.verdict == "supported"]
    used = {n for each in standing for n in each.citations}
    return headline([each for each in citations if each.n in used], language, len(standing))

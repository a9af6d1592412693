"""A model's text becomes an answer, each statement checked and each citation a quote; or none of it. Pure.

What a model says of itself is not read anywhere: who wrote the answer comes from who was asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from bot import coverage, outline
from bot.check import Checked, Checker, Similarity, checker, examine
from bot.citations import cite
from bot.evidence import gather
from bot.outline import Outline, Point
from bot.phrases import headline, say
from bot.sheet import Sheet
from bot.types import Answer, Brief, Citation, Kind, Statement
from retrieval.language import detect, words
from retrieval.lexicon import Lexicon
from retrieval.types import Hit, Language

if TYPE_CHECKING:
    from bot.models.failover import Written

MOST_STATEMENTS = 8  # six were asked for; a list that nobody can take in helps nobody
_TELLING = 6  # words from which a point's language can be told
_SHORTEST_HEADLINE = 2  # words that say something: nothing bears out a "Yes."

Unsupported = Literal["mark", "drop"]


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a text is judged with, and what becomes of a statement that does not stand: marked or dropped."""

    lexicon: Lexicon
    similar: Similarity | None = None
    unsupported: Unsupported = "mark"


@dataclass(frozen=True, slots=True)
class _Said:
    """One sentence of the text, checked."""

    kind: Kind
    checked: Checked

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong. An inference may go beyond its passages; what it names must stand there."""
        if self.kind == "assumption":
            return ()
        found = zip(self.checked.rules, self.checked.problems, strict=True)
        return tuple(problem for rule, problem in found if self.kind == "fact" or rule != "thin")

    @property
    def stands(self) -> bool:
        """Whether the sources bear it out. Never said of an assumption, which claims no source."""
        return self.kind != "assumption" and not self.problems


def write(written: "Written", brief: Brief, shown: Sheet, yardstick: Yardstick) -> Answer | None:
    """The answer of a model that was shown these passages; None when nothing it wrote is borne out."""
    parts = outline.read(written.text, shown.hits, brief.language, written.cut_off)
    lead, said = _check(parts, brief.language, shown, yardstick)
    if not any(each.stands for each in said):
        silent = parts.missing and not any(each.checked.citations for each in said)
        return _stamp(unknown(brief, parts.missing), written) if silent else None
    kept = _distinct(said)
    chosen = choose([each.stands or _stays(each, yardstick) for each in kept], [each.stands for each in kept])
    answer = _answer([kept[place] for place in chosen], lead, brief, shown.hits)
    dropped = sum(not each.stands and not _stays(each, yardstick) for each in kept)
    more = len(kept) - dropped - len(chosen)
    notes = {"cut off": written.cut_off, "dropped": dropped, "more": more}
    said_so = tuple(say(key, brief.language, left=n, all=len(kept)) for key, n in notes.items() if n)
    return _stamp(replace(answer, missing=parts.missing, cautions=said_so), written)


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


def _stays(said: _Said, yardstick: Yardstick) -> bool:
    return yardstick.unsupported == "mark" or said.kind == "assumption"


def _check(
    parts: Outline, language: Language, shown: Sheet, yardstick: Yardstick
) -> tuple[str, tuple[_Said, ...]]:
    """The first line if it stands, and everything else that was said, checked."""
    check = _checker(shown.hits, yardstick, language)
    body = tuple(each for point in parts.points for each in _sentences(point, check, language))
    if parts.headline is None:
        return "", body
    first, *more = _sentences(parts.headline, check, language) or [None]
    body = (*more, *body)
    if first is None:
        return "", body
    standing = [each for each in body if each.stands]
    if standing and _sums_up(first.checked.text, standing, shown.hits, yardstick, language):
        return first.checked.text, body
    # Where it is all there is, or says what no point does, it is a point like any other: with its quote.
    alone = not standing or first.checked.citations
    return "", (first, *body) if alone else body


def _sums_up(
    lead: str, said: Sequence[_Said], hits: Mapping[str, Hit], yardstick: Yardstick, language: Language
) -> bool:
    """Whether a first line, which is shown without a quote, is borne out by what the points quote."""
    told = _told_in(lead, language)
    if len(coverage.read(lead, told, yardstick.lexicon).content) < _SHORTEST_HEADLINE:
        return False
    quotes = dict.fromkeys(quote for each in said for quote in each.checked.quotes)
    texts = [(quote, hits[key].passage.language) for key, quote in quotes]
    around = [(_known(hits[key]), hits[key].passage.language) for key, _ in quotes]
    grounds = gather(texts, yardstick.lexicon, around)
    return examine(lead, told, grounds, yardstick.lexicon, yardstick.similar).supported


def _checker(hits: Mapping[str, Hit], yardstick: Yardstick, language: Language) -> Checker:
    passages = {key: hit.passage for key, hit in hits.items()}
    known = {key: _known(hit) for key, hit in hits.items()}
    return checker(passages, yardstick.lexicon, yardstick.similar, known, language)


def _known(hit: Hit) -> str:
    """What is known of a passage besides its text, and may bear out a date or a name."""
    source = hit.source
    published = source.published.isoformat() if source.published else ""
    return "\n".join(filter(None, (source.title, source.source, source.publisher, published)))


def _sentences(point: Point, check: Checker, language: Language) -> tuple[_Said, ...]:
    text = f"- {point.text}" if point.listed else point.text
    return tuple(_Said(point.kind, each) for each in check(text, _told_in(point.text, language)))


def _told_in(text: str, asked: Language) -> Language:
    """The language to read a point in: a model may slip into that of a passage, or be talked into one."""
    return detect(text, asked) if len(words(text)) >= _TELLING else asked


def _distinct(said: Sequence[_Said]) -> list[_Said]:
    seen: dict[tuple[str, ...], _Said] = {}
    for each in said:
        seen.setdefault(tuple(words(each.checked.text)), each)
    return list(seen.values())


def choose(stays: Sequence[bool], stands: Sequence[bool]) -> list[int]:
    """Which places are kept, in their order: at most eight, those that stand before those that do not."""
    places = [place for place, stay in enumerate(stays) if stay]
    return sorted(sorted(places, key=lambda place: not stands[place])[:MOST_STATEMENTS])


def _answer(said: Sequence[_Said], lead: str, brief: Brief, hits: Mapping[str, Hit]) -> Answer:
    numbers = _numbers(said, hits)
    citations = tuple(cite(hits[key], quote, n, brief.as_of) for (key, quote), n in numbers.items())
    statements = tuple(_statement(each, numbers) for each in said)
    return Answer(
        status="answered",
        language=brief.language,
        as_of=brief.as_of,
        headline=lead or _made_headline(statements, citations, brief.language),
        statements=statements,
        citations=citations,
    )


Quote = tuple[str, str]  # the key of a passage, and a sentence of it


def _numbers(said: Sequence[_Said], hits: Mapping[str, Hit]) -> dict[Quote, int]:
    """A number for each quote; those of one source follow each other."""
    quotes = dict.fromkeys(quote for each in said for quote in each.checked.quotes)
    sources = list(dict.fromkeys(hits[key].source.id for key, _ in quotes))
    grouped = sorted(quotes, key=lambda quote: sources.index(hits[quote[0]].source.id))
    return {quote: n for n, quote in enumerate(grouped, 1)}


def _statement(said: _Said, numbers: Mapping[Quote, int]) -> Statement:
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

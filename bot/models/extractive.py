"""The offline backend: the sentences of the sources that answer best, quoted. Needs no model, no network.

It cannot follow an instruction that stands in a document, because it follows none: it ranks and quotes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.phrases import headline
from bot.types import Answer, Brief, Citation, Statement
from retrieval.language import words
from retrieval.types import Hit, Language

NAME = "extractive"
MOST_STATEMENTS = 6  # what can be read aloud in a meeting
_SAME = 0.6  # Jaccard over words from which two sentences say the same
_LANGUAGE_BONUS = 0.04  # a sentence in the question's language wins against an equal one in the other
_REPEAT_COST = 0.03  # each further sentence from one document must be that much better
_FLOOR = 0.55  # of the best sentence's score: below it a sentence is about something else
_SHORTEST = 4  # words: "See below." answers nothing

Coverage = Callable[[str, Language], float]


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence that may be quoted: its text as said, its literal quote, its passage, its score."""

    text: str
    quote: str
    hit: Hit
    score: float


def write(brief: Brief, covers: Coverage) -> Answer:
    """Answer with at most six literal sentences; `covers` says how much of the question a text holds."""
    chosen = choose(list(extracts(brief, covers)), brief.language)
    citations = tuple(cite(each, n, brief) for n, each in enumerate(chosen, 1))
    statements = tuple(Statement(each.text, "supported", (n,)) for n, each in enumerate(chosen, 1))
    return Answer(
        status="answered" if statements else "unknown",
        language=brief.language,
        as_of=brief.as_of,
        headline=headline(citations, brief.language),
        statements=statements,
        citations=citations,
        backend=NAME,
    )


def extracts(brief: Brief, covers: Coverage) -> Iterable[Extract]:
    """Every sentence of the hits that can stand alone, scored."""
    for hit in brief.hits:
        passage = hit.passage
        similar = hit.sentence_scores or (0.0,) * len(passage.sentences)
        for quote, cosine in zip(passage.sentence_texts(), similar, strict=True):
            text = row(quote, passage.text) if passage.kind == "table" else quote
            if text and len(words(text)) >= _SHORTEST:
                yield Extract(text, quote, hit, score(hit.score, cosine, covers(text, passage.language)))


def score(passage: float, cosine: float, coverage: float) -> float:
    """How well a sentence answers: its own similarity and coverage, and its passage's rank (all 0..1)."""
    return 0.3 * passage + 0.4 * max(cosine, 0.0) + 0.3 * coverage


def choose(candidates: Sequence[Extract], language: Language) -> list[Extract]:
    """The best sentences, no two alike, grouped by source in the order of each source's best."""
    if not candidates:
        return []
    floor = _FLOOR * max(each.score for each in candidates)
    chosen: list[Extract] = []
    rest = [each for each in candidates if each.score >= floor]
    while rest and len(chosen) < MOST_STATEMENTS:
        best = max(rest, key=lambda each: _worth(each, chosen, language))
        rest.remove(best)
        if not any(alike(best.text, other.text) for other in chosen):
            chosen.append(best)
    return group(chosen)


def _worth(extract: Extract, chosen: Sequence[Extract], language: Language) -> float:
    same_language = extract.hit.passage.language == language
    repeats = sum(each.hit.source.id == extract.hit.source.id for each in chosen)
    return extract.score + _LANGUAGE_BONUS * same_language - _REPEAT_COST * repeats


def group(chosen: Sequence[Extract]) -> list[Extract]:
    """Sentences of one source together, in reading order; the source with the best sentence first."""
    order = list(dict.fromkeys(each.hit.source.id for each in chosen))
    return sorted(
        chosen,
        key=lambda each: (
            order.index(each.hit.source.id),
            each.hit.passage.ordinal,
            each.hit.passage.text.find(each.quote),
        ),
    )


def alike(left: str, right: str) -> bool:
    """Whether two sentences say the same in nearly the same words."""
    a, b = set(words(left)), set(words(right))
    return len(a & b) / max(len(a | b), 1) >= _SAME


def row(quote: str, table: str) -> str:
    """A table row as a sentence: "Greta: Criticality Tier 1, Data class Internal". Header rows: nothing."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    if len(lines) < 3 or quote.strip() in (lines[0].strip(), lines[1].strip()):
        return ""
    header, cells = _cells(lines[0]), _cells(quote)
    if len(cells) < 2 or len(header) != len(cells):
        return ""
    rest = ", ".join(
        f"{name} {cell}".strip() for name, cell in zip(header[1:], cells[1:], strict=True) if cell
    )
    return f"{cells[0]}: {rest}."


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def cite(extract: Extract, n: int, brief: Brief) -> Citation:
    """The citation of one extract."""
    source, passage = extract.hit.source, extract.hit.passage
    return Citation(
        n=n,
        uri=source.uri,
        title=source.title,
        publisher=source.publisher,
        published=source.published,
        age_days=(brief.as_of - source.published).days if source.published else None,
        locator=passage.locator,
        language=passage.language,
        quote=extract.quote,
        sample=source.sample,
    )

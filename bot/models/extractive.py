"""The offline backend: the sentences of the sources that answer best, quoted. Needs no model, no network.

It cannot follow an instruction that stands in a document, because it follows none: it ranks and quotes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.citations import cite
from bot.phrases import headline
from bot.types import Answer, Brief, Statement
from retrieval.language import words
from retrieval.types import Hit, Language

NAME = "extractive"
MOST_STATEMENTS = 6  # what can be read aloud in a meeting
_SAME = 0.6  # Jaccard over words from which two sentences say the same
_LANGUAGE_BONUS = 0.04  # a sentence in the question's language wins against an equal one in the other
_PASSAGE_COST = 0.02  # each further sentence from one passage must be that much better
_SOURCE_COST = 0.02  # and each further one from one document
_INDEPENDENT = 0.05  # for a publisher not heard yet: two of them are worth more than one said twice
_LONGEST = 300  # characters of one statement: a breath, read aloud
_AS_GOOD = 0.8  # of a sentence's score: what follows it belongs to the same answer
_NEW_CONCEPTS = 0.4  # for concepts of the question that no chosen sentence has
_FLOOR = 0.65  # of the best sentence's score: below it a sentence is about something else
_SHORTEST = 4  # words: "See below." answers nothing

Coverage = Callable[[str, Language], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence that may be quoted: its text as said, its literal quote, its passage, its score."""

    text: str
    quote: str
    hit: Hit
    span: tuple[int, int]  # of the quote in its passage
    score: float
    covered: tuple[float, ...]  # share of each of the question's concepts, as far as it is held


def write(brief: Brief, covers: Coverage) -> Answer:
    """Answer with at most six literal sentences; `covers` says how much of the question a text holds."""
    chosen = choose(list(extracts(brief, covers)), brief.language)
    citations = tuple(cite(each.hit, each.quote, n, brief.as_of) for n, each in enumerate(chosen, 1))
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
    """Every sentence of the hits that can stand alone, scored; prose with what follows it, if as good."""
    for hit in brief.hits:
        rated = [_rate(hit, index, covers) for index in range(len(hit.passage.sentences))]
        for index, each in enumerate(rated):
            if len(words(each.text)) >= _SHORTEST:
                yield each if hit.passage.kind == "table" else extend(each, rated[index + 1 :])


def _rate(hit: Hit, index: int, covers: Coverage) -> Extract:
    passage = hit.passage
    start, end = passage.sentences[index]
    quote = passage.text[start:end]
    text = row(quote, passage.text) if passage.kind == "table" else quote
    covered = covers(" ".join([*passage.headings[1:], text]), passage.language)
    cosine = hit.sentence_scores[index] if hit.sentence_scores else 0.0
    return Extract(text, quote, hit, (start, end), score(hit.score, cosine, sum(covered)), covered)


def extend(first: Extract, following: Sequence[Extract]) -> Extract:
    """A sentence with the next ones of its paragraph, as long as they answer nearly as well."""
    text, whole = first.hit.passage.text, first
    for each in following:
        start, end = first.span[0], each.span[1]
        apart = "\n" in text[whole.span[1] : each.span[0]]
        if apart or end - start > _LONGEST or each.score < _AS_GOOD * first.score:
            break
        covered = tuple(map(max, whole.covered, each.covered))
        whole = replace(
            first, text=text[start:end], quote=text[start:end], span=(start, end), covered=covered
        )
    return whole


def score(passage: float, cosine: float, coverage: float) -> float:
    """How well a sentence answers: its own similarity and coverage, and its passage's rank (all 0..1)."""
    return 0.3 * passage + 0.3 * max(cosine, 0.0) + 0.4 * coverage


def choose(candidates: Sequence[Extract], language: Language) -> list[Extract]:
    """The best sentences, no two alike, grouped by source in the order of each source's best.

    Each next sentence is worth more for what it adds to the concepts covered so far (submodular, Lin and
    Bilmes 2011): a question with two halves gets both of them answered.
    """
    floor = _FLOOR * max((each.score for each in candidates), default=0.0)
    rest = [each for each in candidates if each.score >= floor]
    chosen: list[Extract] = []
    while rest and len(chosen) < MOST_STATEMENTS:
        best = max(rest, key=lambda each: _worth(each, chosen, language))
        rest.remove(best)
        if not any(alike(best.text, other.text) or overlap(best, other) for other in chosen):
            chosen.append(best)
    return group(chosen)


def _worth(extract: Extract, chosen: Sequence[Extract], language: Language) -> float:
    same_language = extract.hit.passage.language == language
    same_passage = sum(each.hit.passage.id == extract.hit.passage.id for each in chosen)
    same_source = sum(each.hit.source.id == extract.hit.source.id for each in chosen)
    publishers = {each.hit.source.publisher for each in chosen}
    return (
        extract.score
        + _INDEPENDENT * (bool(chosen) and extract.hit.source.publisher not in publishers)
        + _LANGUAGE_BONUS * same_language
        + _NEW_CONCEPTS * gain(extract.covered, [each.covered for each in chosen])
        - _PASSAGE_COST * same_passage
        - _SOURCE_COST * same_source
    )


def gain(covered: Sequence[float], before: Sequence[Sequence[float]]) -> float:
    """How much of the question a sentence covers beyond what the chosen ones do (0..1)."""
    best = [max(column) for column in zip(*before, strict=True)] or [0.0] * len(covered)
    return float(sum(max(0.0, mine - most) for mine, most in zip(covered, best, strict=True)))


def group(chosen: Sequence[Extract]) -> list[Extract]:
    """Sentences of one source together, in reading order; the source with the best sentence first."""
    order = list(dict.fromkeys(each.hit.source.id for each in chosen))
    return sorted(
        chosen,
        key=lambda each: (
            order.index(each.hit.source.id),
            each.hit.passage.ordinal,
            each.span,
        ),
    )


def alike(left: str, right: str) -> bool:
    """Whether two sentences say the same in nearly the same words."""
    a, b = set(words(left)), set(words(right))
    return len(a & b) / max(len(a | b), 1) >= _SAME


def overlap(left: Extract, right: Extract) -> bool:
    """Whether two extracts share text of one passage."""
    same = left.hit.passage.id == right.hit.passage.id
    return same and left.span[0] < right.span[1] and right.span[0] < left.span[1]


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

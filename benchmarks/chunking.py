"""Where to cut: our splitter against fixed windows of equal mean length, both under the same retrievers.

Spans are scored as Chroma's chunking_evaluation does; all five corpora lie in one index.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks import metrics
from benchmarks.data import SpanQuestion, some, span_corpora, span_questions
from benchmarks.metrics import Span, SpanScore
from benchmarks.product import EVERYONE, Item, Label, Options, document, library, passage
from benchmarks.report import Table, Target, points
from retrieval.embed import Embedder
from retrieval.formats import parse
from retrieval.split import split
from retrieval.types import Document, Fetched, Passage

OURS, FIXED = "our splitter", "fixed windows"
_DEPTHS = (5, 10)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage and the characters of its corpus that it stands for."""

    passage: Passage
    corpus: str
    span: Span


Chunks = list[Chunk]
Ranked = list[list[Chunk]]  # for each question, best first


def run(options: Options) -> list[Table]:
    """Ours and fixed windows under our search and under plain dense search, per corpus and overall."""
    corpora = span_corpora(options.data)
    questions = some(span_questions(options.data), options.limit)
    embedder = options.remembering()
    ours, lost = _ours(corpora)
    cuts = {OURS: ours, FIXED: _fixed(corpora, ours)}
    tables = [_hybrid(corpora, cuts, questions, embedder), _dense(cuts, questions, embedder)]
    return [_noted(table, cuts, lost, len(questions)) for table in tables]


def _hybrid(
    corpora: dict[str, str], cuts: dict[str, Chunks], questions: Sequence[SpanQuestion], embedder: Embedder
) -> Table:
    scores = {}
    for name, chunks in cuts.items():
        known = {each.passage.id: each for each in chunks}
        with library(embedder, _items(corpora, chunks)) as shelf:
            ranked = [
                [known[hit.passage.id] for hit in shelf.search(each.text, EVERYONE, max(_DEPTHS)).hits]
                for each in questions
            ]
        scores[name] = ranked
    return _table("Spans found with our search", scores, questions)


def _dense(cuts: dict[str, Chunks], questions: Sequence[SpanQuestion], embedder: Embedder) -> Table:
    scores = {}
    for name, chunks in cuts.items():
        vectors = embedder.passages([each.passage.text for each in chunks])
        asked = np.stack([embedder.query(each.text) for each in questions])
        best = np.argsort(-(asked @ vectors.T), axis=1)[:, : max(_DEPTHS)]
        scores[name] = [[chunks[place] for place in row] for row in best]
    return _table("Spans found with plain dense search", scores, questions)


def _items(corpora: dict[str, str], chunks: Chunks) -> list[Item]:
    return [
        (document(name, text, "en"), [each.passage for each in chunks if each.corpus == name])
        for name, text in corpora.items()
    ]


def _ours(corpora: dict[str, str]) -> tuple[Chunks, int]:
    chunks, lost = [], 0
    for name, text in corpora.items():
        finder = Finder(text)
        for each in split(_parsed(name, text)):
            span = finder.find(each.text)
            if span is None:
                lost += 1
            else:
                chunks.append(Chunk(each, name, span))
    return chunks, lost


def _parsed(name: str, text: str) -> Document:
    whole = document(name, text, "en", Label())
    parsed = parse(Fetched(whole.uri, text.encode(), "text/plain", whole.digest))
    return Document(
        id=whole.id, uri=whole.uri, title="", blocks=parsed.blocks, digest=whole.digest, language="en",
        visibility="public", confidentiality="public",
    )  # fmt: skip


class Finder:
    """Finds passages in the text they were cut from, whatever white space and markup was changed."""

    def __init__(self, text: str) -> None:
        self._places = [place for place, letter in enumerate(text) if letter.isalnum()]
        self._letters = "".join(text[place] for place in self._places)
        self._from = 0

    def find(self, passage: str) -> Span | None:
        """The span of the next passage in reading order, or None where its letters are not found."""
        letters = "".join(filter(str.isalnum, passage))
        start = self._letters.find(letters, self._from)
        if start < 0 or not letters:
            return None
        self._from = start + len(letters)
        return self._places[start], self._places[self._from - 1] + 1


def _fixed(corpora: dict[str, str], ours: Chunks) -> Chunks:
    size = round(metrics.mean(each.span[1] - each.span[0] for each in ours))
    return [
        Chunk(passage(name, start, window, "en"), name, (start, start + len(window)))
        for name, text in corpora.items()
        for start in range(0, len(text), size)
        if (window := text[start : start + size]).strip()
    ]


def score(ranked: Sequence[Chunk], question: SpanQuestion, depth: int) -> SpanScore:
    """One question's recall, precision and IoU over its first `depth` chunks."""
    taken = ranked[:depth]
    here = [each.span for each in taken if each.corpus == question.corpus]
    elsewhere = metrics.length(each.span for each in taken if each.corpus != question.corpus)
    return metrics.spans(here, question.gold, elsewhere)


def _table(title: str, ranked: dict[str, Ranked], questions: Sequence[SpanQuestion]) -> Table:
    names = [*sorted({each.corpus for each in questions}), "all"]
    columns = ["corpus", "chunks"]
    columns += [f"{what}@{depth}" for depth in _DEPTHS for what in ("recall", "precision", "IoU")]
    rows = [(corpus, name, *_figures(ranked[name], questions, corpus)) for corpus in names for name in ranked]
    notes, targets = [], []
    for what in ("recall", "iou"):
        mine, other = (_each(ranked[name], questions, 5, what) for name in (OURS, FIXED))
        gain = metrics.paired_bootstrap(mine, other)
        notes.append(f"Ours minus fixed, {what}@5, all corpora: {gain} (95 %, paired bootstrap).")
        targets.append(Target(f"span {what} above fixed windows of equal length", str(gain), gain.mean > 0))
    return Table(title, tuple(columns), tuple(rows), tuple(notes), tuple(targets))


def _each(ranked: Ranked, questions: Sequence[SpanQuestion], depth: int, what: str) -> list[float]:
    pairs = zip(ranked, questions, strict=True)
    return [float(getattr(score(row, question, depth), what)) for row, question in pairs]


def _figures(ranked: Ranked, questions: Sequence[SpanQuestion], corpus: str) -> list[str]:
    pairs = [
        (row, question)
        for row, question in zip(ranked, questions, strict=True)
        if corpus in ("all", question.corpus)
    ]
    scores = [[score(row, question, depth) for row, question in pairs] for depth in _DEPTHS]
    return [
        points(metrics.mean(getattr(each, what) for each in at))
        for at in scores
        for what in ("recall", "precision", "iou")
    ]


def _noted(table: Table, cuts: dict[str, Chunks], lost: int, questions: int) -> Table:
    sizes = ", ".join(f"{name}: {_size(chunks)}" for name, chunks in cuts.items())
    note = f"{questions} questions. {sizes}. {lost} of our passages could not be placed in their corpus."
    return replace(table, notes=(note, *table.notes))


def _size(chunks: Chunks) -> str:
    return f"{len(chunks)} chunks of {metrics.mean(metrics.length([c.span]) for c in chunks):.0f} characters"

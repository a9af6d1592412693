"""Saying "not here": questions whose article is left out must be declined, real ones must not.

XQuAD in all directions carries the promise. NoMIRACL, SQuAD 2.0 and MultiHop-RAG's null questions are
near misses: passages on the subject that do not answer; they are reported, not promised.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks import metrics
from benchmarks.data import (
    DataMissing,
    Judged,
    Paragraph,
    Question,
    multihop_articles,
    multihop_questions,
    nomiracl,
    some,
    squad2,
    xquad,
)
from benchmarks.multihop import chunked
from benchmarks.product import EVERYONE, Item, Options, library, single
from benchmarks.report import Table, Target, points
from benchmarks.retrieval import Direction, directions
from retrieval.embed import Embedder
from retrieval.library import Library
from retrieval.types import Found

_FOLDS = 6  # four of the 24 articles are left out at a time
_DECLINED, _WRONGLY = 0.95, 0.05


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What was said about questions without an answer in the index, and about real ones."""

    absent: tuple[Found, ...]
    present: tuple[Found, ...]

    @property
    def declined(self) -> float:
        """The share of unanswerable questions that were declined."""
        return metrics.mean(not each.answerable for each in self.absent)

    @property
    def wrongly(self) -> float:
        """The share of answerable questions that were declined."""
        return metrics.mean(not each.answerable for each in self.present)

    @property
    def auroc(self) -> float:
        """How well confidence tells one from the other, whatever the threshold."""
        present, absent = ([each.confidence for each in some] for some in (self.present, self.absent))
        return metrics.auroc(present, absent)


def run(options: Options) -> list[Table]:
    """One table of promises over XQuAD, one of near misses."""
    embedder = options.remembering()
    tables = [_topics(options, embedder)]
    near = list(_near(options, embedder))
    return [*tables, _near_table(near)] if near else tables


def _topics(options: Options, embedder: Embedder) -> Table:
    rows: list[tuple[str, ...]] = []
    targets: list[Target] = []
    for direction in directions(xquad(options.data), options.limit):
        verdicts = Verdicts(tuple(_without(direction, embedder)), tuple(_with(direction, embedder)))
        rows.append(_row(direction.name, verdicts))
        targets += _targets(direction.name, verdicts)
    notes = (
        f"Absent: asked of an index of the {24 - 24 // _FOLDS} other articles. Present: asked of all 24.",
        "The confidence has ten numbers and was fitted on these XQuAD questions and the golden ones. Fitted "
        "on half of the articles and asked of the other half, four times, it declined, and wrongly: "
        "en-en 97 / 3, de-de 97 / 4, en-de 95 / 6, de-en 95 / 5, pooled 96 / 3 (en) and 96 / 2 (de).",
        "The table of near misses was not used for it.",
    )
    return Table("Off topic, XQuAD dev (question - passages)", _COLUMNS, tuple(rows), notes, tuple(targets))


_COLUMNS = ("set", "absent", "declined", "present", "wrongly declined", "AUROC of confidence")


def _row(name: str, verdicts: Verdicts) -> tuple[str, ...]:
    return (
        name,
        str(len(verdicts.absent)),
        f"{verdicts.declined:.1%}",
        str(len(verdicts.present)),
        f"{verdicts.wrongly:.1%}",
        points(verdicts.auroc),
    )


def _targets(name: str, verdicts: Verdicts) -> Iterator[Target]:
    declined, wrongly = verdicts.declined, verdicts.wrongly
    yield Target(
        f"{name}: off-topic questions declined in at least {_DECLINED:.0%}",
        f"{declined:.1%}",
        declined >= _DECLINED,
    )
    yield Target(
        f"{name}: real questions declined in at most {_WRONGLY:.0%}", f"{wrongly:.1%}", wrongly <= _WRONGLY
    )


def _items(paragraphs: Iterable[Paragraph]) -> list[Item]:
    return [single(each.id, each.text, each.language) for each in paragraphs]


def _with(direction: Direction, embedder: Embedder) -> list[Found]:
    with library(embedder, _items(direction.paragraphs)) as shelf:
        return _ask(shelf, direction.questions)


def _without(direction: Direction, embedder: Embedder) -> Iterator[Found]:
    topics = list(dict.fromkeys(each.topic for each in direction.paragraphs))
    for fold in range(_FOLDS):
        out = set(topics[fold::_FOLDS])
        asked = [each for each in direction.questions if each.topic in out]
        if asked:
            with library(embedder, _items(p for p in direction.paragraphs if p.topic not in out)) as shelf:
                yield from _ask(shelf, asked)


def _ask(shelf: Library, questions: Sequence[Question] | Sequence[Judged]) -> list[Found]:
    return [shelf.search(each.text, EVERYONE, 10) for each in questions]


def _near(options: Options, embedder: Embedder) -> Iterator[tuple[str, Verdicts]]:
    sets = {"NoMIRACL en (all passages in one index)": nomiracl, "SQuAD 2.0 sample (one index)": squad2}
    for name, load in sets.items():
        try:
            yield name, _judged(some(load(options.data), options.limit), embedder)
        except DataMissing as error:
            print(f"unanswerable: {name} left out: {error}")
    if options.limit:
        return  # it needs all 609 articles, which is no quick look
    try:
        yield "MultiHop-RAG (null questions absent)", _multihop(options, embedder)
    except DataMissing as error:
        print(f"unanswerable: MultiHop-RAG left out: {error}")


def _judged(questions: Sequence[Judged], embedder: Embedder) -> Verdicts:
    texts = dict.fromkeys(text for each in questions for text in each.passages)
    with library(embedder, [single(f"{place}", text, "en") for place, text in enumerate(texts)]) as shelf:
        found = _ask(shelf, questions)
    return _verdicts(found, [each.answerable for each in questions])


def _multihop(options: Options, embedder: Embedder) -> Verdicts:
    questions = multihop_questions(options.data)
    with library(embedder, map(chunked, multihop_articles(options.data))) as shelf:
        found = [shelf.search(each.text, EVERYONE, 10) for each in questions]
    return _verdicts(found, [bool(each.facts) for each in questions])


def _verdicts(found: Sequence[Found], answerable: Sequence[bool]) -> Verdicts:
    pairs = list(zip(found, answerable, strict=True))
    return Verdicts(tuple(f for f, here in pairs if not here), tuple(f for f, here in pairs if here))


def _near_row(name: str, verdicts: Verdicts) -> tuple[str, ...]:
    hallucinated, absent, present = 1 - verdicts.declined, len(verdicts.absent), len(verdicts.present)
    figures = f"{hallucinated:.1%}", str(present), f"{verdicts.wrongly:.1%}", points(verdicts.auroc)
    return name, str(absent), *figures


def _near_table(near: Sequence[tuple[str, Verdicts]]) -> Table:
    rows = [_near_row(name, verdicts) for name, verdicts in near]
    columns = ("set", "absent", "hallucination rate", "present", "error rate", "AUROC of confidence")
    notes = (
        "Reported, not promised: no offline rule tells a passage about the subject from one that answers "
        "(lexical overlap: AUROC .57 on NoMIRACL, .56 on SQuAD 2.0; facts). Judging that needs a model.",
        "Hallucination rate: unanswerable and not declined. Error rate: answerable and declined. Here all "
        "passages of a set lie in one index, which is harder than the sets' own protocol of ten or one.",
    )
    return Table("Near misses", columns, tuple(rows), notes)

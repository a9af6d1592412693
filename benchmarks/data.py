"""Loads the shared evaluation sets. They lie beside the repository and never go into it."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.metrics import Span
from retrieval.types import Language

Item = TypeVar("Item")
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
LANGUAGES: tuple[Language, ...] = ("en", "de")


class DataMissing(Exception):
    """A set is not there; the message names the folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"no {path.name} in {path.parent}")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One passage of an evaluation set; `topic` is the article it belongs to."""

    id: str
    text: str
    language: Language
    topic: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the paragraph that answers it: `place` is the paragraph's id without its language."""

    id: str
    text: str
    language: Language
    place: str
    topic: str


@dataclass(frozen=True, slots=True)
class Xquad:
    """Parallel questions over parallel paragraphs (Artetxe et al. 2020, CC BY-SA 4.0)."""

    paragraphs: tuple[Paragraph, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A news article of MultiHop-RAG; publisher and date are known for those that evidence names."""

    id: str
    title: str
    body: str
    publisher: str
    published: date | None


@dataclass(frozen=True, slots=True)
class Multihop:
    """A question whose facts stand in several articles; without facts it has no answer there."""

    id: str
    text: str
    kind: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpanQuestion:
    """A question and the character spans of a corpus that answer it."""

    text: str
    corpus: str
    gold: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with passages that were judged to answer it, or not."""

    id: str
    text: str
    passages: tuple[str, ...]
    answerable: bool


def some(items: Sequence[Item], limit: int | None) -> tuple[Item, ...]:
    """At most `limit` of the items, evenly spread over them; all without a limit."""
    step = max(1, len(items) // limit) if limit else 1
    return tuple(items[::step][:limit])


def xquad(root: Path) -> Xquad:
    """XQuAD dev: paragraph id = "de/3/1" (language, article, paragraph); ids are parallel."""
    paragraphs: list[Paragraph] = []
    questions: list[Question] = []
    for language in LANGUAGES:
        for topic, place, paragraph in _squad(_existing(root / "xquad" / f"xquad.{language}.json")):
            paragraphs.append(Paragraph(f"{language}/{place}", paragraph["context"], language, topic))
            questions += (
                Question(f"{language}/{each['id']}", each["question"], language, place, topic)
                for each in paragraph["qas"]
            )
    return Xquad(tuple(paragraphs), tuple(questions))


def _squad(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for number, article in enumerate(json.loads(path.read_text(encoding="utf-8"))["data"]):
        for index, paragraph in enumerate(article["paragraphs"]):
            yield article["title"], f"{number}/{index}", paragraph


def multihop_articles(root: Path) -> tuple[Article, ...]:
    """The 609 news articles of MultiHop-RAG."""
    return tuple(
        Article(
            id=each["doc_id"],
            title=each["title"],
            body=each["body"],
            publisher=each.get("source") or "",
            published=_day(each.get("published_at")),
        )
        for each in _lines(root / "multihop-rag" / "corpus.jsonl")
    )


def _day(stamp: str | None) -> date | None:
    return date.fromisoformat(stamp[:10]) if stamp else None


def multihop_questions(root: Path) -> tuple[Multihop, ...]:
    """The dev questions of MultiHop-RAG with their evidence facts (none for null queries)."""
    return tuple(
        Multihop(
            id=each["id"],
            text=each["query"],
            kind=each["question_type"],
            facts=tuple(item["fact"] for item in each["evidence_list"]),
        )
        for each in _lines(root / "multihop-rag" / "queries.jsonl")
    )


def span_corpora(root: Path) -> dict[str, str]:
    """Chroma's five chunking corpora: name -> text."""
    folder = _existing(root / "chroma-chunking-eval" / "corpora")
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}


def span_questions(root: Path) -> tuple[SpanQuestion, ...]:
    """Chroma's chunking questions with their gold spans."""
    path = _existing(root / "chroma-chunking-eval" / "questions_df.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            SpanQuestion(row["question"], row["corpus_id"], _spans(row["references"]))
            for row in csv.DictReader(file)
        )


def _spans(references: str) -> tuple[Span, ...]:
    return tuple((each["start_index"], each["end_index"]) for each in json.loads(references))


def nomiracl(root: Path) -> tuple[Judged, ...]:
    """NoMIRACL (en): ten passages for each question, with or without a relevant one among them."""
    return tuple(
        Judged(
            id=each["id"],
            text=each["question"],
            passages=tuple(passage["text"] for passage in each["passages"]),
            answerable=each["label"] == "answerable",
        )
        for each in _lines(root / "nomiracl" / "nomiracl.jsonl")
    )


def squad2(root: Path) -> tuple[Judged, ...]:
    """SQuAD 2.0 sample: one passage for each question, which looks right and answers it or not."""
    folder = root / "squad2-500"
    truth = json.loads(_existing(folder / "ground_truth.json").read_text(encoding="utf-8"))
    queries = json.loads(_existing(folder / "queries.json").read_text(encoding="utf-8"))["queries"]
    return tuple(
        Judged(
            id=each["id"],
            text=each["question"],
            passages=(each["context"],),
            answerable=not truth[each["id"]]["is_impossible"],
        )
        for each in queries
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with _existing(path).open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise DataMissing(path)
    return path

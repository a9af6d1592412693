"""Evidence in several articles: MultiHop-RAG dev, our chunks for everyone, scored as upstream does."""

from collections.abc import Callable, Sequence
from functools import partial

from benchmarks import metrics
from benchmarks.data import Article, Multihop, multihop_articles, multihop_questions, some
from benchmarks.metrics import Evidence
from benchmarks.peers import PeerMissing
from benchmarks.peers.stemmed import Stemmed
from benchmarks.product import EVERYONE, Item, Label, Options, document, library
from benchmarks.report import Table, Target, points
from retrieval.library import Library
from retrieval.split import split

OURS = "**AI Strategist**"
PLAIN, LABELLED = "BM25S, chunk text", "BM25S, title, publisher, date + chunk text"
_FLOOR = 0.06  # evidence recall@10 above BM25S on the same chunks

Scores = list[Evidence]
Search = Callable[[str], list[str]]  # question -> ranked chunk texts


def run(options: Options) -> list[Table]:
    """Evidence recall, hits, MAP and MRR of BM25S with and without the label, and ours."""
    asked = [each for each in multihop_questions(options.data) if each.facts]
    questions = some(asked, options.limit)
    articles = multihop_articles(options.data)
    if options.limit:
        articles = _named(articles, questions)
    items = [chunked(article) for article in articles]
    scores, notes = _floors(articles, items, questions)
    with library(options.remembering(), items) as shelf:
        scores[OURS] = _score(partial(_search, shelf), questions)
    count = sum(len(passages) for _, passages in items)
    notes = [
        f"{len(questions)} questions with evidence, {len(articles)} articles in {count} chunks of "
        f"{metrics.mean(len(p.text) for _, ps in items for p in ps):.0f} characters (ours).",
        "Upstream's script: a fact counts where the squeezed chunk text holds it; Hits is any fact. "
        f"{_whole(items, questions)} of the evidence lies whole inside one chunk.",
        *_gains(scores),
        *notes,
    ]
    return [Table("MultiHop-RAG dev", _COLUMNS, _rows(scores), tuple(notes), tuple(_targets(scores)))]


def _named(articles: Sequence[Article], questions: Sequence[Multihop]) -> tuple[Article, ...]:
    """For a quick look: only the articles that hold evidence of these questions."""
    facts = {fact for each in questions for fact in each.facts}
    return tuple(each for each in articles if any(fact in each.body for fact in facts))


def chunked(article: Article) -> Item:
    """An article as a document with our splitter's passages."""
    label = Label(article.title, article.publisher, article.published)
    whole = document(article.id, article.body, "en", label)
    return whole, split(whole)


def _floors(
    articles: Sequence[Article], items: Sequence[Item], questions: Sequence[Multihop]
) -> tuple[dict[str, Scores], list[str]]:
    texts = [passage.text for _, passages in items for passage in passages]
    labels = [
        f"{article.title}\n{article.publisher} {article.published or ''}\n"
        for article, (_, passages) in zip(articles, items, strict=True)
        for _ in passages
    ]
    labelled = [label + text for label, text in zip(labels, texts, strict=True)]
    try:
        return {
            PLAIN: _score(_words(texts, texts), questions),
            LABELLED: _score(_words(labelled, texts), questions),
        }, []
    except PeerMissing as error:
        return {}, [f"Skipped: {error}."]


def _words(indexed: Sequence[str], texts: Sequence[str]) -> Search:
    engine = Stemmed("en")
    engine.index([str(place) for place in range(len(indexed))], indexed)
    return lambda query: [texts[int(place)] for place in engine.search(query, None, 10)]


def _search(shelf: Library, query: str) -> list[str]:
    return [hit.passage.text for hit in shelf.search(query, EVERYONE, 10).hits]


def _score(search: Search, questions: Sequence[Multihop]) -> Scores:
    return [
        metrics.evidence(
            [metrics.squeeze(fact) for fact in each.facts],
            [metrics.squeeze(text) for text in search(each.text)],
        )
        for each in questions
    ]


def _whole(items: Sequence[Item], questions: Sequence[Multihop]) -> str:
    chunks = [metrics.squeeze(passage.text) for _, passages in items for passage in passages]
    facts = [metrics.squeeze(fact) for each in questions for fact in each.facts]
    return f"{metrics.mean(any(fact in chunk for chunk in chunks) for fact in facts):.1%}"


_COLUMNS = (
    "retriever", "evidence recall@10", "evidence recall@4", "Hits@10", "Hits@4", "MAP@10", "MRR@10"
)  # fmt: skip


def _rows(scores: dict[str, Scores]) -> tuple[tuple[str, ...], ...]:
    return tuple((name, *map(points, _figures(each))) for name, each in scores.items())


def _figures(scores: Scores) -> list[float]:
    measures: list[Callable[[Evidence], float]] = [
        lambda each: each.recall(10),
        lambda each: each.recall(4),
        lambda each: each.hit(10),
        lambda each: each.hit(4),
        lambda each: each.average_precision(),
        lambda each: each.reciprocal_rank(),
    ]
    return [metrics.mean(measure(each) for each in scores) for measure in measures]


def _gains(scores: dict[str, Scores]) -> list[str]:
    return [
        f"Ours minus {name}, evidence recall@10: {_gain(scores, name)} (95 %, paired bootstrap)."
        for name in scores
        if name != OURS
    ]


def _gain(scores: dict[str, Scores], name: str) -> metrics.Interval:
    ours, theirs = ([each.recall(10) for each in scores[who]] for who in (OURS, name))
    return metrics.paired_bootstrap(ours, theirs)


def _targets(scores: dict[str, Scores]) -> list[Target]:
    if PLAIN not in scores:
        return []
    gain = _gain(scores, PLAIN)
    promise = f"evidence recall@10 at least {_FLOOR:+.2f} of BM25S on the same chunks"
    return [Target(promise, str(gain), gain.mean >= _FLOOR)]

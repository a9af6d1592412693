"""Finding the paragraph: XQuAD dev in four directions and a pooled index, ours against every peer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks import metrics
from benchmarks.data import LANGUAGES, Paragraph, Question, Xquad, some, xquad
from benchmarks.peers import Peer, PeerMissing, Vectors, peers
from benchmarks.product import EVERYONE, Options, library, single
from benchmarks.report import Table, Target, points
from retrieval.embed import Embedder
from retrieval.types import Language

OURS = "**AI Strategist**"
_FLOORS = {"en-en": -0.005, "de-de": -0.005, "en-de": 0.12, "de-en": 0.20}  # against the best peer
_PAIRS: tuple[tuple[Language, Language], ...] = (("en", "en"), ("de", "de"), ("en", "de"), ("de", "en"))
_AIM = 0.90  # nDCG@10 across languages

Ranks = list[int | None]


@dataclass(frozen=True, slots=True)
class Direction:
    """Questions in one language over paragraphs in one language, or in both."""

    name: str
    questions: tuple[Question, ...]
    paragraphs: tuple[Paragraph, ...]
    stems: Language  # what a peer's stemmer is set to

    def gold(self, question: Question) -> frozenset[str]:
        """The paragraph that answers, in every language that is indexed."""
        return frozenset(f"{language}/{question.place}" for language in LANGUAGES)


def directions(data: Xquad, limit: int | None = None) -> Iterator[Direction]:
    """en-en, de-de, en-de, de-en (question - passages), then both questions over a pooled index."""
    asked = {each: some([q for q in data.questions if q.language == each], limit) for each in LANGUAGES}
    held = {each: tuple(p for p in data.paragraphs if p.language == each) for each in LANGUAGES}
    for question, passages in _PAIRS:
        yield Direction(f"{question}-{passages}", asked[question], held[passages], passages)
    for language in LANGUAGES:
        yield Direction(f"{language}-pooled", asked[language], data.paragraphs, language)


def run(options: Options) -> list[Table]:
    """One table for each direction, and targets against the best peer of that direction."""
    embedder = options.remembering()
    return [_table(each, embedder) for each in directions(xquad(options.data), options.limit)]


def _table(direction: Direction, embedder: Embedder) -> Table:
    theirs, skipped = _peers(direction, embedder)
    ours = _ours(direction, embedder)
    best = max(theirs, key=lambda name: _ndcg(theirs[name]), default=None)
    rows = [_row(name, ranks) for name, ranks in sorted(theirs.items(), key=lambda pair: _ndcg(pair[1]))]
    notes = [f"{len(direction.questions)} questions, {len(direction.paragraphs)} paragraphs.", *skipped]
    targets: list[Target] = []
    if best is not None:
        gain = metrics.paired_bootstrap(_each(ours), _each(theirs[best]))
        notes.append(f"Ours minus the best peer ({best}), nDCG@10: {gain} (95 %, paired bootstrap).")
        targets = list(_targets(direction.name, gain.mean, _ndcg(ours)))
    columns = ("retriever", "nDCG@10", "R@1", "R@4", "R@10")
    title = f"XQuAD dev {direction.name} (question - passages)"
    return Table(title, columns, (*rows, _row(OURS, ours)), tuple(notes), tuple(targets))


def _targets(name: str, gain: float, reached: float) -> Iterator[Target]:
    if name in _FLOORS:
        promise = f"{name}: nDCG@10 at least {_FLOORS[name]:+.3f} of the best peer"
        yield Target(promise, f"{gain:+.3f}", gain >= _FLOORS[name])
    if name in ("en-de", "de-en"):
        yield Target(f"{name}: the aim, nDCG@10 {points(_AIM)}", points(reached), reached >= _AIM)


def _peers(direction: Direction, embedder: Embedder) -> tuple[dict[str, Ranks], list[str]]:
    texts = [each.text for each in direction.paragraphs]
    vectors = embedder.passages(texts)
    asked = [embedder.query(each.text) for each in direction.questions]
    results: dict[str, Ranks] = {}
    skipped: dict[str, None] = {}
    for make in peers(direction.stems):
        try:
            peer = make()
        except PeerMissing as error:
            skipped[f"Skipped: {error}."] = None
            continue
        peer.index([each.id for each in direction.paragraphs], texts, vectors)
        results[peer.name] = _ask(peer, direction, asked)
    return results, list(skipped)


def _ask(peer: Peer, direction: Direction, vectors: Sequence[Vectors]) -> Ranks:
    return [
        metrics.rank_of(peer.search(question.text, vector, 10), direction.gold(question))
        for question, vector in zip(direction.questions, vectors, strict=True)
    ]


def _ours(direction: Direction, embedder: Embedder) -> Ranks:
    items = [single(each.id, each.text, each.language) for each in direction.paragraphs]
    with library(embedder, items) as shelf:
        return [
            metrics.rank_of(
                [hit.passage.document_id for hit in shelf.search(question.text, EVERYONE, 10).hits],
                direction.gold(question),
            )
            for question in direction.questions
        ]


def _each(ranks: Ranks) -> list[float]:
    return [metrics.ndcg(rank) for rank in ranks]


def _ndcg(ranks: Ranks) -> float:
    return metrics.mean(_each(ranks))


def _row(name: str, ranks: Ranks) -> tuple[str, ...]:
    recalls = (metrics.mean(metrics.within(rank, k) for rank in ranks) for k in (1, 4, 10))
    return (name, points(_ndcg(ranks)), *map(points, recalls))

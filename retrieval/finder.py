"""One search from question to hits: both sides, fused, re-checked, spread over documents, and judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from retrieval.analysis import Question, analyse, ask, synonyms
from retrieval.bridge import Bridge, Vectors
from retrieval.catalogue import Catalogue
from retrieval.indexes import Indexes
from retrieval.language import LANGUAGES, detect
from retrieval.search import (
    DENSE_WEIGHT,
    GLOSS_WEIGHT,
    NO_WISH,
    Candidate,
    Evidence,
    Wish,
    confidence,
    coverage,
    diversify,
    freshen,
    fuse,
    margin,
    prefer,
    rarity,
    similarity,
)
from retrieval.types import Found, Hit, Language, Passage, Source
from retrieval.visibility import Audience

POOL = 100  # candidates of each side
_READ = 40  # of the fused ones whose text is read
_JUDGED = 5  # hits that decide whether the answer is here
_THRESHOLD = 0.5

Coverage = Callable[[str, Language], tuple[float, ...]]
Glossary = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Finder:
    """The parts a search needs; `find` is the search."""

    catalogue: Catalogue
    indexes: Indexes
    bridge: Bridge
    glossary: Glossary
    today: Callable[[], date] = date.today

    def find(self, text: str, audience: Audience, k: int, owner: bool, wish: Wish = NO_WISH) -> Found:
        """The k best passages this audience may see, and whether they are likely to hold the answer."""
        classes = self.catalogue.visibility_classes(audience)
        if not classes or not text.strip():
            return Found((), False, 0.0)
        language = detect(text)
        question = ask(text, language, self.bridge.lexicon, self.glossary)
        vector = self.bridge.query(" ".join([text, *synonyms(text, self.glossary)]), language)
        pool = max(POOL, 2 * k)
        nearest = dict(self.indexes.nearest(vector, classes, pool, owner))
        matching = dict(self.indexes.matching(question, classes, pool))
        dense, sentences = self._similarities(vector, nearest, matching)
        scores = fuse(dense, matching, DENSE_WEIGHT if self.bridge.reads(language) else GLOSS_WEIGHT)
        hits = self._hits(scores, sentences, audience, k, wish)
        sure = self._confidence(question, hits, dense, matching)
        return Found(hits, sure >= _THRESHOLD, sure)

    def _similarities(
        self, vector: Vectors, nearest: Mapping[str, float], matching: Mapping[str, float]
    ) -> tuple[dict[str, float], dict[str, tuple[float, ...]]]:
        """Passage-and-best-sentence similarity of every candidate, and the cosines of its sentences."""
        missing = [each for each in matching if each not in nearest]
        vectors = self.catalogue.passage_vectors(missing, self.bridge.name)
        whole = {**nearest, **{key: float(each @ vector) for key, each in vectors.items()}}
        parts = _cosines(self.catalogue.sentence_vectors(list(whole), self.bridge.name), vector)
        return {key: similarity(cosine, parts.get(key, ())) for key, cosine in whole.items()}, parts

    def _hits(
        self,
        scores: Mapping[str, float],
        sentences: Mapping[str, tuple[float, ...]],
        audience: Audience,
        k: int,
        wish: Wish,
    ) -> tuple[Hit, ...]:
        best = sorted(scores, key=lambda key: (-scores[key], key))[: max(_READ, 2 * k)]
        rows = self.catalogue.passages(best, audience)
        today = self.today()
        candidates = [
            Candidate(key, source.id, _wished(scores[key], source, today, wish))
            for key, (_, source) in rows.items()
        ]
        return tuple(_hit(each, rows[each.id], sentences) for each in diversify(candidates, k))

    def _confidence(
        self,
        question: Question,
        hits: Sequence[Hit],
        dense: Mapping[str, float],
        matching: Mapping[str, float],
    ) -> float:
        if not hits or not question.concepts:
            return 0.0
        judged = hits[:_JUDGED]
        rarities = {each: self._rarities(question, each) for each in {h.passage.language for h in judged}}
        rated = [
            (
                dense.get(hit.passage.id, 0.0),
                self._coverage(question, hit, rarities[hit.passage.language]),
                hit,
            )
            for hit in judged
        ]
        similar, covered, best = max(rated, key=lambda each: each[0] + each[1])
        return confidence(
            Evidence(
                similar=similar,
                sentence=max((cosine for hit in judged for cosine in hit.sentence_scores), default=0.0),
                covered=covered,
                stands_out=margin(list(matching.values())),
                across=best.passage.language != question.language,
                glossed=not self.bridge.reads(question.language),
            )
        )

    def _rarities(self, question: Question, language: Language) -> list[float]:
        total = max(self.indexes.lexical.count(), 1)
        return [
            rarity(
                max((self.indexes.lexical.frequency(s, language) for s in each.stems[language]), default=0),
                total,
            )
            for each in question.concepts
        ]

    def _coverage(self, question: Question, hit: Hit, rarities: Sequence[float]) -> float:
        text = f"{hit.source.title}\n{' '.join(hit.passage.headings)}\n{hit.passage.text}"
        terms = analyse(text, hit.passage.language, self.bridge.lexicon)
        return sum(coverage(question, rarities, terms, hit.passage.language))

    def covers(self, text: str) -> Coverage:
        """For backends that rank sentences: which shares of a question a text holds (they add to 0..1)."""
        question = ask(text, detect(text), self.bridge.lexicon, self.glossary)
        rarities = {each: self._rarities(question, each) for each in LANGUAGES}

        def of(sentence: str, language: Language) -> tuple[float, ...]:
            terms = analyse(sentence, language, self.bridge.lexicon)
            return coverage(question, rarities[language], terms, language)

        return of


def _cosines(matrices: Mapping[str, Vectors], vector: Vectors) -> dict[str, tuple[float, ...]]:
    """Cosine of every sentence to the question: one product over all of them, then cut apart."""
    filled = {key: each for key, each in matrices.items() if len(each)}
    if not filled:
        return {}
    scores = np.concatenate(list(filled.values())) @ vector
    cuts = np.cumsum([len(each) for each in filled.values()])[:-1]
    return {key: tuple(part.tolist()) for key, part in zip(filled, np.split(scores, cuts), strict=True)}


def _wished(score: float, source: Source, today: date, wish: Wish) -> float:
    return prefer(freshen(score, source.published, today), wish.share(source.vendors, source.published))


def _hit(
    candidate: Candidate, row: tuple[Passage, Source], sentences: Mapping[str, tuple[float, ...]]
) -> Hit:
    return Hit(row[0], row[1], candidate.score, sentences.get(candidate.id, ()))

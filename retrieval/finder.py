"""One search from question to hits: both sides, fused, re-checked, spread over documents, and judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice

import numpy as np

from retrieval.analysis import Question, ask, contents, synonyms
from retrieval.bridge import Bridge, Vectors
from retrieval.catalogue import Catalogue, View
from retrieval.exact import products
from retrieval.indexes import Indexes
from retrieval.language import LANGUAGES, detect
from retrieval.search import (
    DENSE_WEIGHT,
    GLOSS_WEIGHT,
    NO_WISH,
    Candidate,
    Wish,
    diversify,
    freshen,
    fuse,
    prefer,
    ranked,
    similarity,
)
from retrieval.types import Found, Hit, Language, Source
from retrieval.verdict import (
    Evidence,
    confidence,
    coverage,
    joint,
    margin,
    names_found,
    presences,
    rarity,
    together,
    weighed,
)
from retrieval.visibility import Audience

POOL = 100  # candidates of each side
_LIKELY = 64  # of them, by passage alone, whose sentences are compared too
_READ = 40  # of the fused ones whose documents are looked at
_JUDGED = 5  # hits that decide whether the answer is here
_THRESHOLD = 0.5

Coverage = Callable[[str, Language], tuple[float, ...]]
Glossary = Mapping[str, tuple[str, ...]]
_contents = lru_cache(maxsize=5_000)(contents)  # of passages and sentences, judged again and again


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
        view = self.catalogue.view(audience)
        if not view.classes or not text.strip():
            return Found((), False, 0.0)
        language = detect(text)
        weight = DENSE_WEIGHT if self.bridge.reads(language) else GLOSS_WEIGHT
        question = ask(text, language, self.bridge.lexicon, self.glossary)
        vector = self.bridge.query(" ".join([text, *synonyms(text, self.glossary)]), language)
        pool = max(POOL, 2 * k)
        nearest = dict(self.indexes.nearest(vector, view, pool, owner))
        matching = dict(self.indexes.matching(question, view.classes, pool))
        others = [each for each in matching if each not in nearest]
        whole = nearest | self.indexes.cosines(vector, others, view)
        likely = ranked(fuse(whole, matching, weight))[: max(_LIKELY, 4 * k)]
        sentences = self._sentences(vector, likely)
        dense = {key: similarity(whole[key], sentences.get(key, ())) for key in likely if key in whole}
        scores = fuse(dense, {key: matching[key] for key in likely if key in matching}, weight)
        hits = self._hits(scores, sentences, audience, k, wish)
        sure = self._confidence(question, hits, dense, matching, view)
        return Found(hits, sure >= _THRESHOLD, sure)

    def _sentences(self, vector: Vectors, ids: Sequence[str]) -> dict[str, tuple[float, ...]]:
        """The cosine of every sentence of the passages to the question."""
        matrices = self.catalogue.sentence_vectors(ids, self.bridge.name)
        filled = {key: each for key, each in matrices.items() if len(each)}
        if not filled:
            return {}
        cosines = iter(products(np.concatenate(list(filled.values())), vector).tolist())
        return {key: tuple(islice(cosines, len(each))) for key, each in filled.items()}

    def _hits(
        self,
        scores: Mapping[str, float],
        sentences: Mapping[str, tuple[float, ...]],
        audience: Audience,
        k: int,
        wish: Wish,
    ) -> tuple[Hit, ...]:
        today = self.today()
        chosen: dict[str, float] = {}

        def choose(sources: Mapping[str, Source]) -> list[str]:
            candidates = (
                Candidate(key, source.id, _wished(scores[key], source, today, wish))
                for key, source in sources.items()
            )
            chosen.update((each.id, each.score) for each in diversify(list(candidates), k))
            return list(chosen)

        rows = self.catalogue.chosen(ranked(scores)[: max(_READ, 2 * k)], audience, choose)
        return tuple(
            Hit(passage, source, chosen[key], sentences.get(key, ()))
            for key, (passage, source) in rows.items()
        )

    def _confidence(
        self,
        question: Question,
        hits: Sequence[Hit],
        dense: Mapping[str, float],
        matching: Mapping[str, float],
        view: View,
    ) -> float:
        if not hits or not question.concepts:
            return 0.0
        judged = hits[:_JUDGED]
        languages = {hit.passage.language for hit in judged}
        rarities = {each: self._rarities(question, each, view) for each in languages}
        texts = [self._presences(question, hit) for hit in judged]
        sentences = [self._within(question, hit) for hit in judged]
        rated = [
            (dense.get(hit.passage.id, 0.0), sum(weighed(present, rarities[hit.passage.language])), hit)
            for hit, present in zip(judged, texts, strict=True)
        ]
        similar, covered, best = max(rated, key=lambda each: each[0] + each[1])
        return confidence(
            Evidence(
                similar=similar,
                sentence=max((cosine for hit in judged for cosine in hit.sentence_scores), default=0.0),
                covered=covered,
                stands_out=margin(list(matching.values())),
                across=best.passage.language != question.language,
                asked=len(question.concepts),
                named=names_found(question, texts),
                together=max(map(together, sentences)),
                joint=max(
                    joint(held, hit.sentence_scores, rarities[hit.passage.language])
                    for held, hit in zip(sentences, judged, strict=True)
                ),
            )
        )

    def _rarities(self, question: Question, language: Language, view: View) -> list[float]:
        def frequency(stem: str) -> int:
            return self.indexes.lexical.frequency(stem, language, view.classes)

        most = (max(map(frequency, each.stems[language]), default=0) for each in question.concepts)
        return [rarity(each, max(view.passages, 1)) for each in most]

    def _presences(self, question: Question, hit: Hit) -> tuple[float, ...]:
        return self._held(question, f"{hit.above}\n{hit.passage.text}", hit.passage.language)

    def _within(self, question: Question, hit: Hit) -> list[tuple[float, ...]]:
        """What each sentence holds of the question; title and headings stand above every one of them."""
        language = hit.passage.language
        above = self._held(question, hit.above, language)
        return [
            tuple(map(max, above, self._held(question, sentence, language)))
            for sentence in hit.passage.sentence_texts()
        ]

    def _held(self, question: Question, text: str, language: Language) -> tuple[float, ...]:
        return presences(question, _contents(text, language, self.bridge.lexicon), language)

    def covers(self, text: str, audience: Audience) -> Coverage:
        """For backends that rank sentences: which shares of a question a text holds (they add to 0..1).

        A word's weight comes from what the audience may see.
        """
        view = self.catalogue.view(audience)
        question = ask(text, detect(text), self.bridge.lexicon, self.glossary)
        rarities = {each: self._rarities(question, each, view) for each in LANGUAGES}

        def of(sentence: str, language: Language) -> tuple[float, ...]:
            content = contents(sentence, language, self.bridge.lexicon)
            return coverage(question, rarities[language], content, language)

        return of


def _wished(score: float, source: Source, today: date, wish: Wish) -> float:
    return prefer(freshen(score, source.published, today), wish.share(source.vendors, source.published))

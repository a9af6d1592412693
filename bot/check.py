"""Holds what a chat model wrote against the passages it was given: statements with verdicts. Pure.

Every number, date and name of a statement must stand in a passage that it cites; the passage must not
say the opposite; and enough of the statement's content must be there. German and English on both sides.
A lexical check: it sees invented and altered facts, not a wrong conclusion from right ones.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot import coverage, facts, markers, polarity, wording
from bot.evidence import Evidence, gather
from bot.problems import Problem
from bot.types import Verdict
from retrieval.language import detect
from retrieval.lexicon import Lexicon
from retrieval.types import Language, Passage

Similarity = Callable[[str, Sequence[str]], Sequence[float]]  # cosines of a claim to sentences

# Measured on AttributionBench dev (1,198 claims): weights by logistic regression, rounded; thresholds a point
# of macro-F1 below the best (.39: .692, .51: .695), for 4 points fewer good claims thought thin.
_PAIR, _SEQUENCE, _SIMILAR = 1.0, 1.0, 2.0
ENOUGH = 0.35
ENOUGH_SIMILAR = 0.47
# Across languages half of the words have no translation in common; measured on XQuAD dev.
ENOUGH_ABROAD = 0.3
_WORTH_CITING = 0.3  # of what the best of several cited passages holds of a statement
_COMPARABLE = 0.5  # share of the content in one sentence from which its wording can be compared

# A fact that the one sentence on which the statement rests lacks, while it has another, was exchanged. The
# statement rests on one if it holds this share of the content, and the next one adds no more than a word.
_SAME_SENTENCE, _SECOND_SENTENCE = 0.75, 0.1


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with a claim, and how well its evidence covers it (`support` 0..1)."""

    problems: tuple[Problem, ...]
    support: float
    quote: str

    @property
    def supported(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Checked:
    """One statement of an answer: its text without markers, the keys it cites, what is wrong, and a quote.

    The quote is the literal sentence of the cited passages that says most of it. `rules` names the
    problems, in their order, by the keys of `bot.problems`, for whoever weighs them differently. `quotes`
    has the best sentence of each cited passage that says any of it: pairs of key and sentence.
    """

    text: str
    citations: tuple[str, ...]
    verdict: Verdict
    problems: tuple[str, ...]
    quote: str
    rules: tuple[str, ...] = ()
    quotes: tuple[tuple[str, str], ...] = ()


Checker = Callable[[str, Language], tuple[Checked, ...]]


def statements(
    text: str,
    passages: Mapping[str, Passage],
    lexicon: Lexicon,
    similar: Similarity | None = None,
    context: Mapping[str, str] | None = None,
) -> tuple[Checked, ...]:
    """The statements of an answer, each held against the passages that it cites.

    `context` gives extra text for a key (title, publisher, publication date as 2026-02-16) that may bear
    out a number, a date or a name.
    """
    return checker(passages, lexicon, similar, context)(text, detect(text))


def checker(
    passages: Mapping[str, Passage],
    lexicon: Lexicon,
    similar: Similarity | None = None,
    context: Mapping[str, str] | None = None,
    reader: Language | None = None,
) -> Checker:
    """The same for an answer that comes in pieces: each passage is read once, however many cite it.

    Problems are told in the language of `reader`, else in that of the text.
    """

    @lru_cache(maxsize=64)
    def evidence(keys: tuple[str, ...]) -> Evidence:
        return _gather(keys, passages, context or {}, lexicon)

    def check(cited: markers.Cited, language: Language) -> Checked:
        known = tuple(key for key in cited.keys if key in passages)
        problems = _miscited(cited.keys, known)
        told = reader or language
        if not known:
            return _checked(cited.text, known, problems, "", told)
        found = examine(cited.text, language, evidence(known), lexicon, similar)
        checked = _checked(cited.text, known, [*problems, *found.problems], found.quote, told)
        if len(known) == 1 or not found.quote:
            return replace(checked, quotes=tuple((key, found.quote) for key in known if found.quote))
        parts = {key: evidence((key,)) for key in known}
        return replace(checked, quotes=_quotes(coverage.read(cited.text, language, lexicon), parts))

    def check_all(text: str, language: Language) -> tuple[Checked, ...]:
        return tuple(check(each, language) for each in markers.read(text, passages, language))

    return check_all


def _quotes(claim: coverage.Claim, parts: Mapping[str, Evidence]) -> tuple[tuple[str, str], ...]:
    """The best sentence of each passage, without passages that were cited for nothing."""
    covers = {key: coverage.measure(claim, part) for key, part in parts.items()}
    floor = _WORTH_CITING * max(cover.best for cover in covers.values())
    return tuple(
        (key, each.sentence.text) for key, each in covers.items() if each.sentence and each.best >= floor
    )


def _miscited(keys: Sequence[str], known: Sequence[str]) -> list[Problem]:
    unknown = [Problem("unknown", key) for key in keys if key not in known]
    return unknown if keys else [Problem("uncited")]


def _checked(
    text: str, known: tuple[str, ...], problems: Sequence[Problem], quote: str, language: Language
) -> Checked:
    distinct = tuple(dict.fromkeys(problems))
    said, rules = tuple(each.say(language) for each in distinct), tuple(each.rule for each in distinct)
    return Checked(text, known, "unsupported" if problems else "supported", said, quote, rules)


def _gather(
    keys: Sequence[str], passages: Mapping[str, Passage], context: Mapping[str, str], lexicon: Lexicon
) -> Evidence:
    texts = [(passages[key].text, passages[key].language) for key in keys]
    around = [(text, passages[key].language) for key in keys for text in _around(passages[key], key, context)]
    return gather(texts, lexicon, around)


def _around(passage: Passage, key: str, context: Mapping[str, str]) -> tuple[str, ...]:
    return (*passage.headings, *([context[key]] if key in context else []))


def verify(
    claim: str,
    evidence: Sequence[str],
    lexicon: Lexicon,
    language: Language | None = None,
    similar: Similarity | None = None,
) -> Findings:
    """A claim without markers held against texts; `language` is the claim's, told from it if not given."""
    texts = [(text, detect(text)) for text in evidence]
    return examine(claim, language or detect(claim), gather(texts, lexicon), lexicon, similar)


def examine(
    claim: str, language: Language, evidence: Evidence, lexicon: Lexicon, similar: Similarity | None = None
) -> Findings:
    """A claim held against evidence that was gathered before: for many claims on the same texts."""
    words = coverage.read(claim, language, lexicon)
    cover = coverage.measure(words, evidence)
    support, enough = _support(claim, words, cover, evidence, similar)
    said = wording.Stated(claim, words, facts.read(claim, language, lexicon))
    problems = [
        *_facts(said.facts, cover, evidence, lexicon),
        *(Problem(rule, text) for rule, text in facts.unbounded(said.facts, evidence)),
        *(_opposite(words, cover) if cover.best >= _COMPARABLE else ()),
        *(wording.problems(said, cover, evidence, lexicon) if cover.best >= _COMPARABLE else ()),
        *([Problem("thin")] if support < enough else []),
    ]
    return Findings(tuple(problems), support, cover.sentence.text if cover.sentence else "")


def _support(
    claim: str, words: coverage.Claim, cover: coverage.Cover, evidence: Evidence, similar: Similarity | None
) -> tuple[float, float]:
    """How well the claim is covered, and how well it would have to be."""
    if not words.content:
        return 1.0, 0.0
    if all(each.language != words.language for each in evidence.sentences):
        return cover.pair, ENOUGH_ABROAD
    lexical = _PAIR * cover.pair + _SEQUENCE * cover.sequence
    if similar is None or not evidence.sentences:
        return lexical / (_PAIR + _SEQUENCE), ENOUGH
    closest = max(similar(claim, [each.text for each in evidence.sentences]))
    return (lexical + _SIMILAR * closest) / (_PAIR + _SEQUENCE + _SIMILAR), ENOUGH_SIMILAR


def _facts(
    found: facts.Facts, cover: coverage.Cover, evidence: Evidence, lexicon: Lexicon
) -> Iterator[Problem]:
    absent = list(facts.unfounded(found, evidence, lexicon))
    yield from (Problem(kind, text) for kind, text in absent)
    sentence = cover.sentence
    if sentence and not absent and sentence.language == found.language and _rests_on_one(cover):
        others = facts.exchanged(found, sentence, evidence, lexicon)
        yield from (Problem(f"other {kind}", text) for kind, text in others)


def _rests_on_one(cover: coverage.Cover) -> bool:
    return cover.best >= _SAME_SENTENCE and cover.pair - cover.best <= max(
        _SECOND_SENTENCE, 1.01 * cover.word
    )


def _opposite(words: coverage.Claim, cover: coverage.Cover) -> list[Problem]:
    sentence = cover.sentence
    if sentence is None:
        return []
    turned = polarity.opposed(
        words.words,
        sentence.words,
        (words.language, sentence.language),
        lambda mine, theirs: coverage.same(words, mine, theirs),
    )
    return [Problem("opposite", turned)] if turned else []

"""Each sentence of a model's text, judged by the passages it cites; the first line by more than that. Pure.

The first line is what everybody reads. It is the headline if the quotes of the points below bear it out, or
if it has a quote of its own and is about the matter; else it is a point like any other, or nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot import coverage, facts
from bot.check import Checked, Checker, Similarity, checker, examine
from bot.evidence import gather
from bot.outline import Outline, Point
from bot.types import Kind
from bot.wording import FREE
from retrieval.language import detect, words
from retrieval.lexicon import Lexicon
from retrieval.types import Hit, Language

_TELLING = 6  # words from which a point's language can be told
_FREE = FREE | {"thin"}  # in what an inference may go beyond its passages
_SHORTEST_HEADLINE = 2  # words that say something: nothing bears out a "Yes."

Unsupported = Literal["mark", "drop"]
Quote = tuple[str, str]  # the key of a passage, and a sentence of it


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a text is judged with, and what becomes of a statement that does not stand: marked or dropped."""

    lexicon: Lexicon
    similar: Similarity | None = None
    unsupported: Unsupported = "mark"


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of the text, checked."""

    kind: Kind
    checked: Checked

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong. An inference may go beyond its passages; what it names must stand there."""
        if self.kind == "assumption":
            return ()
        found = zip(self.checked.rules, self.checked.problems, strict=True)
        return tuple(problem for rule, problem in found if self.kind == "fact" or rule not in _FREE)

    @property
    def stands(self) -> bool:
        """Whether the sources bear it out. Never said of an assumption, which claims no source."""
        return self.kind != "assumption" and not self.problems


@dataclass(frozen=True, slots=True)
class Lead:
    """A first line that stands, and the quotes it rests on if the points have not got them."""

    text: str = ""
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges what is said in answer to a question, from these passages, for a reader of this language."""

    question: str
    hits: Mapping[str, Hit]
    language: Language
    yardstick: Yardstick
    earlier: Sequence[str] = ()  # questions of the same conversation

    def tells_nothing(self, line: str) -> bool:
        """Whether a line about what is missing names only what the question or the passages name, too.

        It cites nothing that could bear it out: a number, a date or a name of its own is not to be shown.
        """
        asked = [(each, self.language) for each in (self.question, *self.earlier)]
        texts = [(hit.passage.text, hit.passage.language) for hit in self.hits.values()]
        known = [(_known(hit), hit.passage.language) for hit in self.hits.values()]
        grounds = gather([*asked, *texts], self.yardstick.lexicon, known)
        said = facts.read(line, self._told_in(line), self.yardstick.lexicon)
        return not any(facts.unfounded(said, grounds, self.yardstick.lexicon))

    def judge(self, parts: Outline) -> tuple[Lead, tuple[Said, ...]]:
        """The first line if it stands, and everything else that was said."""
        check = self._checker()
        body = tuple(each for point in parts.points for each in self._sentences(point, check))
        heads = self._sentences(parts.headline, check) if parts.headline else ()
        if not heads:
            return Lead(), body
        first, body = heads[0], (*heads[1:], *body)
        standing = [each for each in body if each.stands]
        lead = self._lead(first, standing) if standing else None
        if lead:
            return lead, body
        # Where it is all there is, or was cited and does not stand, it is a point like any other.
        return Lead(), (first, *body) if not standing or first.checked.citations else body

    def _checker(self) -> Checker:
        passages = {key: hit.passage for key, hit in self.hits.items()}
        known = {key: _known(hit) for key, hit in self.hits.items()}
        return checker(passages, self.yardstick.lexicon, self.yardstick.similar, known, self.language)

    def _sentences(self, point: Point, check: Checker) -> tuple[Said, ...]:
        text = f"- {point.text}" if point.listed else point.text
        return tuple(Said(point.kind, each) for each in check(text, self._told_in(point.text)))

    def _told_in(self, text: str) -> Language:
        """The language to read a point in: a model may slip into that of a passage, or be talked into one."""
        return detect(text, self.language) if len(words(text)) >= _TELLING else self.language

    def _lead(self, first: Said, standing: Sequence[Said]) -> Lead | None:
        text, told = first.checked.text, self._told_in(first.checked.text)
        claim = coverage.read(text, told, self.yardstick.lexicon)
        if len(claim.content) < _SHORTEST_HEADLINE:
            return None
        if self._sums_up(text, told, standing):
            return Lead(text)
        own = first.stands and self._about_the_matter(claim, standing)
        return Lead(text, first.checked.quotes) if own else None

    def _sums_up(self, text: str, told: Language, standing: Sequence[Said]) -> bool:
        """Whether a line is borne out by what the points quote."""
        quotes = dict.fromkeys(quote for each in standing for quote in each.checked.quotes)
        texts = [(quote, self.hits[key].passage.language) for key, quote in quotes]
        around = [(_known(self.hits[key]), self.hits[key].passage.language) for key, _ in quotes]
        grounds = gather(texts, self.yardstick.lexicon, around)
        return examine(text, told, grounds, self.yardstick.lexicon, self.yardstick.similar).supported

    def _about_the_matter(self, claim: coverage.Claim, standing: Sequence[Said]) -> bool:
        """Whether a line has a word in common with the question or a point: an order to repeat has none."""
        matter = [(each.checked.text, self._told_in(each.checked.text)) for each in standing]
        grounds = gather([(self.question, self.language), *matter], self.yardstick.lexicon)
        return coverage.measure(claim, grounds).best > 0


def _known(hit: Hit) -> str:
    """What is known of a passage besides its text, and may bear out a date or a name."""
    source = hit.source
    published = source.published.isoformat() if source.published else ""
    return "\n".join(filter(None, (source.title, source.source, source.publisher, published)))

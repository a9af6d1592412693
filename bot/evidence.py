"""What stands in the cited passages, read once: sentences, figures, dates, words of names. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot import dates, figures
from bot.dates import Span
from retrieval.language import fold, sentences, stop_words
from retrieval.lexicon import Lexicon
from retrieval.split import unmarked
from retrieval.types import Language

TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’][^\W\d_]+)?(?:(?:-|&|\.(?=\d))[^\W_]+)*")
_WORD = re.compile(r"[^\W_]+(?:['’]t\b)?")
_MORE_STOP_WORDS: dict[Language, frozenset[str]] = {
    "en": frozenset(
        "was were being he she him her me so up out as such into than then only but while other some all "
        "both each over very just about between through during before because until among within upon no "
        "not nor never none cannot without them those these who whom own same too again further here where "
        "let us i am im s t re ve don one ones they via per".split()
    ),
    "de": frozenset(
        "als aber oder sondern doch nur sehr so dass daß diese dieser dieses diesen diesem jene sowie durch "
        "gegen ohne um vor zwischen während weil bis damit dann da hier dort wo was kein keine keinen nie "
        "waren war wurden worden werden hat habe würde würden könnte könnten sollte sollen muss müssen will "
        "wollen ihren ihrem ihres seinen seiner seinem seines ihm ihn ihnen eines etwa rund laut beim "
        "ins ans "
        "zwar etwas alle allem allen aller alles jeder jede jedes selbst unter am im".split()
    ),
}


@dataclass(frozen=True, slots=True)
class Word:
    """One content word of a sentence: its place among them, its form, the stems that mean it."""

    text: str
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage, as the claim is held against it."""

    text: str
    language: Language
    words: tuple[Word, ...]  # content words and negators, in order
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a statement may rest on. `tokens` are folded, by language; `joined` without hyphens."""

    sentences: tuple[Sentence, ...]
    figures: tuple[figures.Figure, ...]
    moments: tuple[dates.Moment, ...]
    tokens: dict[Language, frozenset[str]]
    joined: frozenset[str]
    capitals: tuple[tuple[str, ...], ...]  # runs of capitalised words, as written
    stems: dict[Language, frozenset[str]]

    @property
    def years(self) -> frozenset[int]:
        """The years that stand anywhere in it: they complete a date that gives none."""
        return frozenset(each.year for each in self.moments if each.year is not None)


def gather(
    texts: Sequence[tuple[str, Language]], lexicon: Lexicon, context: Sequence[tuple[str, Language]] = ()
) -> Evidence:
    """Read the passages; `context` (titles, publication dates) adds figures, dates and names only."""
    everything = [*texts, *context]
    return Evidence(
        sentences=tuple(each for text, language in texts for each in _sentences(text, language, lexicon)),
        figures=tuple(each for text, language in everything for each in _figures(text, language)),
        moments=tuple(each for text, language in everything for each in dates.find(text, language)),
        tokens=_by_language(everything),
        joined=frozenset(each for text, _ in everything for each in _joined(text)),
        capitals=tuple(run for text, _ in everything for run in runs(text)),
        stems=_stems(everything, lexicon),
    )


def is_content(word: str, language: Language) -> bool:
    """Whether a lower-case word says something about the subject."""
    if word in stop_words(language) or word in _MORE_STOP_WORDS[language]:
        return False
    return len(word) > 1 or word.isdigit()


def tokenise(text: str) -> list[str]:
    """Lower-case words in order; "isn't" stays one word."""
    return [match.group().lower().replace("’", "'") for match in _WORD.finditer(text)]


def words_of(text: str) -> tuple[Span, ...]:
    """Where those words stand."""
    return tuple(match.span() for match in _WORD.finditer(text))


def plain(token: str) -> str:
    """A token as names are compared: folded lower case without genitive and apostrophes."""
    return re.sub(r"['’]s?$", "", fold(token.lower())).replace(".", "").replace("’", "").replace("'", "")


def runs(text: str) -> list[tuple[str, ...]]:
    """Runs of capitalised words that only spaces part."""
    found: list[list[str]] = []
    end = -2
    for match in TOKEN.finditer(text):
        if not match.group()[0].isupper():
            continue
        if text[end : match.start()].isspace() and found:
            found[-1].append(match.group())
        else:
            found.append([match.group()])
        end = match.end()
    return [tuple(run) for run in found]


def _figures(text: str, language: Language) -> Iterable[figures.Figure]:
    taken = [each.span for each in dates.find(text, language)]
    return figures.supporting(text, language, taken)


@lru_cache(maxsize=2_000)
def _spans(text: str, language: Language) -> tuple[tuple[int, int], ...]:
    return unmarked(text, sentences(text, language))


def _sentences(text: str, language: Language, lexicon: Lexicon) -> Iterable[Sentence]:
    for start, end in _spans(text, language):
        yield _sentence(text[start:end], language, lexicon)


def _sentence(text: str, language: Language, lexicon: Lexicon) -> Sentence:
    found = tuple(Word(word, frozenset(lexicon.stems(word, language))) for word in tokenise(text))
    content = frozenset(s for word in found if is_content(word.text, language) for s in word.stems)
    return Sentence(text, language, found, content)


def _by_language(texts: Sequence[tuple[str, Language]]) -> dict[Language, frozenset[str]]:
    languages: set[Language] = {language for _, language in texts}
    return {
        each: frozenset(token for text, language in texts if language == each for token in _tokens(text))
        for each in languages
    }


def _tokens(text: str) -> Iterable[str]:
    for match in TOKEN.finditer(text):
        token = match.group()
        yield plain(token)
        if "-" in token or "&" in token:
            yield from (plain(part) for part in re.split(r"[-&]", token))


def _joined(text: str) -> Iterable[str]:
    """Each token, its beginnings along hyphens, and neighbours, all without hyphens: gpt4, mai1, llama31."""
    before = ""
    for match in TOKEN.finditer(text):
        so_far = ""
        for part in match.group().split("-"):
            so_far += plain(part)
            yield so_far
            yield plain(part)
        yield before + so_far
        before = so_far


def _stems(texts: Sequence[tuple[str, Language]], lexicon: Lexicon) -> dict[Language, frozenset[str]]:
    languages: set[Language] = {language for _, language in texts}
    return {
        each: frozenset(
            stem
            for text, language in texts
            if language == each
            for word in tokenise(text)
            for stem in lexicon.stems(word, language)
        )
        for each in languages
    }

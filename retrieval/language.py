"""German and English: which one a text is in, where its sentences end, what its words are made of. Pure.

Nothing here knows what a word means; `retrieval.lexicon` does.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

from retrieval.inflection import base
from retrieval.types import Language

LANGUAGES: tuple[Language, ...] = ("de", "en")
GRAM = 4  # measured on XQuAD: 4-grams beat stems within German and across languages
_WORD = re.compile(r"[^\W_]+")
_SNOWBALL = {"de": "german", "en": "english"}
_UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
# Function words that exist in one of the two languages only: a short question has little else to go by.
_TELLTALE: dict[Language, frozenset[str]] = {
    "de": frozenset(
        "der das und ist nicht wir wie wer wann wo warum welche welcher welches ein eine einen einem einer "
        "unser unsere unserem für fuer mit von vom zu zum zur auf aus bei beim über ueber gibt wird wurde "
        "sind haben hatte kann können im den dem des sich es uns wenn ob auch nach seit noch mehr wieviel "
        "wieso weshalb womit wofür worauf sein seine ihr ihre ich du er sie man mir dürfen darf soll".split()
    ),
    "en": frozenset(
        "the and is not we how who when where why which what a an our for with of to from at by are have "
        "has had can could do does did if also after since yet more my your his their its this that these "
        "be been would should may might will us it on or there any you i much many".split()
    ),
}
# Words without a subject of their own that both languages write, or that tell no language.
_SHARED: dict[Language, frozenset[str]] = {
    "de": frozenset(
        "die was in an am so war waren als aber oder nur hat werden worden würde würden hier dort dann denn "
        "doch nun schon sehr etwa dass daß weil damit dabei dazu alle alles andere anderen bis durch gegen "
        "ohne um unter vor zwischen während ihm ihn ihnen ihren ihrem seinen seinem seiner dieser diese "
        "dieses diesem diesen jede jeder jedes kein keine keinen welchem welchen wem wen wessen denen deren "
        "dessen habe hast bin bist war wäre wären musste muss müssen sollte sollten wollen will etwas".split()
    ),
    "en": frozenset(
        "in as is so was were he she they them him her hers me us am but if than then too very just only "
        "about into over under between through during before while because until against out up down off "
        "all each every some such no nor own same other whom whose here having being s t re ve ll d m".split()
    ),
}
# Words of the question itself: what is asked for, which the answer need not repeat.
_ASKING: dict[Language, frozenset[str]] = {
    "de": frozenset(
        "name namen heißt hieß heißen hießen heisst genannt nennt jahr jahren art arten beispiel beispiele "
        "viel viele vielen worum wofür woran wovon wozu worin woraus wodurch wogegen wohin woher gab geht "
        "ging bezeichnung bezeichnet macht machen tut tun will wollen "
        "zuerst zuletzt zunächst".split()
    ),
    "en": frozenset(
        "name names named call called year years kind kinds type types sort example examples term want "
        "wants first last next".split()
    ),
}
_ORDINAL_END = re.compile(
    r"\b(?:im|ins?|am|ans?|vom|zum|zur|beim|seit|ab|bis|der|die|das|des|dem|den|und|oder|mitte|anfang|ende"
    r"|frühen|späten|jeder|jede|jedes|ein|eine|einen|einer|sein|seine|seinem|seinen|ihr|ihre|ihrem|ihren)"
    r"\s+\d{1,3}\.\s*$",
    re.IGNORECASE,
)
_REMEMBERED = 50_000  # words: texts repeat theirs, and a search analyses the hits it judges
_LONG_SENTENCE = 1_200  # characters; a line without a full stop is cut at spaces below this
_LONG_LINE = 20_000  # characters; of ordinary documents a line, which is a paragraph, has 17,000 at most
_WINDOW = 10_000  # characters of a longer line that are segmented at a time
_DOUBTFUL = 600  # characters; of real sentences about one in a thousand is longer
_WIDE_SPACE = re.compile(r"[^\S\x00-\x7f]")  # more than one byte in UTF-8
_ENCLOSING = str.maketrans(dict.fromkeys("\"'“”„‟«»‘’‚‹›()[]{}", " "))


@lru_cache(maxsize=2)
def stop_words(language: Language) -> frozenset[str]:
    """Function words: they tell the language, and nothing about the subject."""
    return _TELLTALE[language] | _SHARED[language]


def asking_words(language: Language) -> frozenset[str]:
    """Words that say what kind of answer is wanted: the text that answers may well do without them."""
    return _ASKING[language]


def words(text: str) -> list[str]:
    """Lower-case runs of letters and digits, in order."""
    return [word.lower() for word in _WORD.findall(text)]


def fold(word: str) -> str:
    """A lower-case word without its diacritics, as the character n-grams see it."""
    plain = word.translate(_UMLAUTS)
    if plain.isascii():
        return plain
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))


_SOUNDS = (
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("ce", "ze"),
    ("ci", "zi"),
    ("cy", "zi"),
    ("c", "k"),
    ("y", "i"),
)


def sound(word: str) -> str:
    """A folded word spelt alike in both languages: Effektor and effector, Phase and phase."""
    plain = fold(word)
    for ours, theirs in _SOUNDS:
        if ours in plain:
            plain = plain.replace(ours, theirs)
    return plain


@lru_cache(maxsize=_REMEMBERED)
def grams(word: str, size: int = GRAM) -> tuple[str, ...]:
    """Character n-grams of one word with its edges marked; a short word is one gram."""
    edged = f"_{sound(word)}_"
    if len(edged) <= size:
        return (edged,)
    return tuple(edged[i : i + size] for i in range(len(edged) - size + 1))


@lru_cache(maxsize=2)
def _stemmer(language: Language) -> Any:  # noqa: ANN401 (PyStemmer has no types)
    import Stemmer

    # No cache of its own: it sorts and purges past 10,000 words, and a lexicon has more.
    return Stemmer.Stemmer(_SNOWBALL[language], 0)


@lru_cache(maxsize=_REMEMBERED)
def stem(word: str, language: Language) -> str:
    """What a word's forms have in common, without diacritics: Stadt and Städte, go and went meet."""
    return suffixless(base(word, language), language)


def suffixless(word: str, language: Language) -> str:
    """Snowball stem without diacritics: joins what differs in endings only."""
    return fold(str(_stemmer(language).stemWord(word)))


def suffixless_all(tokens: Sequence[str], language: Language) -> list[str]:
    """The Snowball stems of many words; one call is three times as quick as one for each."""
    return [fold(each) for each in _stemmer(language).stemWords(list(tokens))]


def detect(text: str, default: Language = "en") -> Language:
    """The language of a text, from function words first and a statistical model where they tie.

    Measured on XQuAD and the golden questions: the words alone decide over 99 % of questions. Of one or
    two words ("Kosten OpenAI") the lexicon decides: of 57 such the model mistook 6, the lexicon none.
    """
    tokens = words(text[:4000])
    votes = {each: sum(token in _TELLTALE[each] for token in tokens) for each in LANGUAGES}
    german = votes["de"] + sum(any(c in "äöüß" for c in token) for token in tokens)
    if german != votes["en"]:
        return "de" if german > votes["en"] else "en"
    return _classify(text) if len(tokens) >= 3 else _looked_up(tokens, text, default)


def _looked_up(tokens: Sequence[str], text: str, default: Language) -> Language:
    """The language in whose half of the lexicon alone more of the words stand; names stand in neither."""
    german, english = (sum(token in _known()[each] for token in tokens) for each in LANGUAGES)
    if german != english:
        return "de" if german > english else "en"
    return _classify(text) if german else default


@lru_cache(maxsize=1)
def _known() -> dict[Language, frozenset[str]]:
    """Words that the lexicon has in one of the two languages only. Measured: 40 ms, once."""
    from retrieval.lexicon import PACKAGED, read_pairs

    german, english = map(frozenset, zip(*read_pairs(PACKAGED), strict=True))
    return {"de": german - english | {"danke", "moin"}, "en": english - german}  # it lacks these greetings


@lru_cache(maxsize=1)
def _identifier() -> Any:  # noqa: ANN401 (py3langid has no types)
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def _classify(text: str) -> Language:
    return "de" if _identifier().classify(text)[0] == "de" else "en"


def sentences(text: str, language: Language) -> tuple[tuple[int, int], ...]:
    """Half-open character spans of the sentences of a text; together they hold all that is not space.

    Line ends end a sentence too (list items, table rows). A run without an end is cut at spaces.
    """
    spans: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        spans.extend(_sentences_of_line(line.group(), line.start(), language))
    return tuple(spans)


def spans_of(parts: Sequence[str], start: int = 0) -> tuple[tuple[int, int], ...]:
    """Half-open character spans of texts that stand one after the other, one character between them."""
    ends = accumulate((len(part) + 1 for part in parts), initial=start)
    return tuple((begin, begin + len(part)) for begin, part in zip(ends, parts, strict=False))


def _sentences_of_line(line: str, offset: int, language: Language) -> Iterable[tuple[int, int]]:
    position = 0
    for piece in _segment(line, language):
        stripped = piece.strip()
        if not stripped:
            continue
        start = line.index(stripped, position)
        position = start + len(stripped)
        yield from _cut(line, offset, start, position)


def _segment(line: str, language: Language) -> Iterable[str]:
    # The segmenter takes time with the square of what is in quotes: 105 s for a line of 320,000 characters
    # with stray marks. In windows each costs no more than a line of its length, so that time is linear.
    if len(line) <= _LONG_LINE:
        return _pieces(line, language)
    return _windowed(line, language)


def _windowed(line: str, language: Language) -> Iterable[str]:
    """The sentences of a line too long for the segmenter; a window starts where the last whole one ended."""
    start = 0
    while len(line) - start > _WINDOW:
        space = line.rfind(" ", start + _WINDOW // 2, start + _WINDOW)
        pieces = _pieces(line[start : space + 1 if space > 0 else start + _WINDOW], language)
        # The last goes on in the next window. One of a quarter of a window has no end that is worth waiting
        # for, and each window must get on by as much, whatever the text.
        whole = pieces[:-1] if len(pieces[-1]) < _WINDOW // 4 else pieces
        yield from whole
        start += sum(map(len, whole))
    yield from _pieces(line[start:], language)


def _pieces(line: str, language: Language) -> list[str]:
    pieces = [part for piece in _ended(line, line, language) for part in _reopened(piece, language)]
    return _rejoin(pieces) if language == "de" else pieces


def _reopened(piece: str, language: Language) -> Iterable[str]:
    """The sentences of a piece too long for one: the segmenter ends none inside quotes or brackets.

    A stray mark and the next of its kind enclosed 16,000 characters, which were then cut at any space.
    """
    if len(piece) <= _DOUBTFUL:
        yield piece
    else:
        yield from _ended(piece, piece.translate(_ENCLOSING), language)


def _ended(text: str, seen: str, language: Language) -> Iterable[str]:
    """The text cut where the segmenter ends sentences in `seen`, which is as long.

    It sees plain spaces only: before a full stop a wider one ("Nr\N{NO-BREAK SPACE}.") makes it panic.
    """
    from sentencex import segment

    end = 0
    for part in segment(language, _WIDE_SPACE.sub(" ", seen)):
        yield text[end : end + len(part)]
        end += len(part)


def _rejoin(pieces: list[str]) -> list[str]:
    """Undo cuts after German ordinals ("im 19. Jahrhundert"); the segmenter knows those of dates only."""
    joined: list[str] = []
    for piece in pieces:
        if joined and _ORDINAL_END.search(joined[-1]):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _cut(line: str, offset: int, start: int, end: int) -> Iterable[tuple[int, int]]:
    while end - start > _LONG_SENTENCE:
        space = line.rfind(" ", start + 1, start + _LONG_SENTENCE)
        cut = space if space > start else start + _LONG_SENTENCE
        yield offset + start, offset + cut
        start = cut + (space > start)
    if end > start:
        yield offset + start, offset + end

"""What words mean in the other language: the German-English lexicon, the company's glossary, compounds.

Two uses. `Lexicon.expand` gives a question's words in the other language for the lexical side.
`Lexicon.gloss` turns German text into an English word-by-word gloss, so that an embedding model that
only knows English can place it (measured on XQuAD dev, MiniLM, nDCG@10 en-de .737 -> .870 dense).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from retrieval.inflection import base, infinitives
from retrieval.language import stem, suffixless, suffixless_all, words
from retrieval.types import Language

PACKAGED = Path(__file__).with_name("lexicon.de-en.tsv")
_LINKS = ("", "s", "es", "n", "en", "er", "e")  # Fugenelemente between the parts of a compound
_SHORTEST_PART = 3
# Letters. German law once had a word of 67; what is longer is no word but text without spaces, or an attack,
# and trying all cuts of all its beginnings takes time with the square of its length.
_LONGEST_COMPOUND = 80
_OTHER_NAMES = 30  # that a name of the glossary brings: each of 20,000 bringing all others took 70 s


class Lexicon:
    """Word pairs of two languages, found by form, by stem, and for German by the parts of a compound."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._pairs = tuple(pairs)
        self.version = hashlib.sha256(repr(self._pairs).encode()).hexdigest()[:8]
        # Made when first asked for: a question needs one direction, and each costs a tenth of a second.
        self._tables: dict[Language, _Table] = {}
        self._translate = lru_cache(maxsize=100_000)(self._look_up)
        self._parts = lru_cache(maxsize=100_000)(self._split)
        self._stems = lru_cache(maxsize=100_000)(self._stem)

    def _table(self, language: Language) -> "_Table":
        if language not in self._tables:
            self._tables[language] = _Table.made(_ordered(self._pairs, language), language)
        return self._tables[language]

    def __len__(self) -> int:
        """Distinct German forms."""
        return len(self._table("de").forms)

    def translations(self, word: str, language: Language, limit: int = 3) -> tuple[str, ...]:
        """Up to `limit` translations of a lower-case word, the commonest first; none if unknown."""
        return self._translate(word, language)[:limit]

    def _look_up(self, word: str, language: Language) -> tuple[str, ...]:
        table = self._table(language)
        forms = dict.fromkeys([word, base(word, language)])
        found = tuple(dict.fromkeys(each for form in forms for each in table.of(form, language)))
        if found or language == "en":
            return found
        for infinitive in infinitives(word):
            if infinitive in table.forms:
                return tuple(table.forms[infinitive])
        return tuple(" ".join(each) for each in self._translate_parts(self.parts(word)))

    def _translate_parts(self, parts: tuple[str, ...]) -> list[list[str]]:
        return [[self._look_up(part, "de")[0] for part in parts]] if parts else []

    def parts(self, word: str) -> tuple[str, ...]:
        """The known parts of a German compound that the lexicon does not hold whole, else nothing."""
        return self._parts(word)

    def stems(self, word: str, language: Language) -> tuple[str, ...]:
        """A word's stem, and those of its parts if it is a German compound."""
        return self._stems(word, language)

    def _stem(self, word: str, language: Language) -> tuple[str, ...]:
        parts = self.parts(word) if language == "de" else ()
        return (stem(word, language), *(stem(part, language) for part in parts))

    def _split(self, word: str) -> tuple[str, ...]:
        return self._cut(word, {}) if len(word) <= _LONGEST_COMPOUND else ()

    def _cut(self, word: str, seen: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
        """The parts of a word; `seen` holds those of its beginnings, by length.

        Without it each beginning was cut anew for every head: 24 s for "xq" and fourteen times "arbeitszeit".
        """
        for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART):
            head = word[cut:]
            if not self._knows(head):
                continue
            if cut not in seen:
                seen[cut] = self._modifier(word[:cut], seen)
            if seen[cut]:
                return (*seen[cut], head)
        return ()

    def _modifier(self, left: str, seen: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
        for link in _LINKS:
            bare = left.removesuffix(link) if link else left
            if len(bare) >= _SHORTEST_PART and (not link or left.endswith(link)) and self._knows(bare):
                return (bare,)
        return self._cut(left, seen) if len(left) > 2 * _SHORTEST_PART else ()

    def _knows(self, part: str) -> bool:
        table = self._table("de")
        return part in table.forms or (len(part) > 4 and suffixless(part, "de") in table.stems)

    def gloss(self, text: str, language: Language) -> str:
        """The text word by word in the other language; unknown words (names, numbers) stay."""
        return " ".join((self.translations(word, language, 1) or (word,))[0] for word in words(text))

    def expand(self, text: str, language: Language, limit: int = 3) -> tuple[tuple[str, ...], ...]:
        """For each word of the text its words in the other language (perhaps none)."""
        return tuple(
            tuple(part for each in self.translations(word, language, limit) for part in words(each))
            for word in words(text)
        )


@dataclass(frozen=True, slots=True)
class _Table:
    """One direction: translations by form and by stem, the commonest first."""

    forms: dict[str, list[str]]
    stems: dict[str, list[str]]

    def of(self, word: str, language: Language) -> tuple[str, ...]:
        """What is listed for a word itself, then what is for other words of its stem."""
        by_stem = self.stems.get(suffixless(word, language), ())
        return tuple(dict.fromkeys([*self.forms.get(word, ()), *by_stem]))

    @classmethod
    def made(cls, pairs: Sequence[tuple[str, str]], language: Language) -> "_Table":
        forms: dict[str, list[str]] = {}
        for word, translation in pairs:
            if " " not in word:
                forms.setdefault(word, []).append(translation)
        stems: dict[str, list[str]] = {}
        for each, translations in zip(suffixless_all(list(forms), language), forms.values(), strict=True):
            stems.setdefault(each, []).extend(translations)
        return cls(forms, stems)


def _ordered(pairs: Sequence[tuple[str, str]], language: Language) -> list[tuple[str, str]]:
    if language == "de":
        return list(pairs)
    # An English word's best German is the commonest one whose first translation it is.
    seen: dict[str, int] = {}
    ranked = []
    for german, english in pairs:
        seen[german] = rank = seen.get(german, -1) + 1
        ranked.append((rank, english, german))
    return [(english, german) for _, english, german in sorted(ranked, key=lambda row: row[0])]


def load(path: Path = PACKAGED) -> Lexicon:
    """The lexicon of a two-column TSV file (German, English)."""
    return Lexicon(read_pairs(path))


def read_pairs(path: Path) -> Iterable[tuple[str, str]]:
    """Pairs of a two-column TSV file; lines that start with # are comments."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            german, _, english = line.rstrip("\n").partition("\t")
            if english and not german.startswith("#"):
                yield german, english


def read_glossary(path: Path) -> Mapping[str, tuple[str, ...]]:
    """The company's own terms: lower-case name -> its other names (columns: term, meaning, also).

    Whichever of the names a question has, it brings the others: "Ausweichlösung" finds a fallback.
    """
    terms: dict[str, tuple[str, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        columns = line.split("\t")
        if len(columns) >= 2 and not line.startswith("#"):
            also = columns[2].split(";") if len(columns) > 2 else []
            names = [each.strip() for each in (columns[0], *also) if each.strip()]
            nearest = names[:_OTHER_NAMES]
            for name in names:
                others = (each for each in nearest if each.lower() != name.lower())
                terms[name.lower()] = tuple(dict.fromkeys((*terms.get(name.lower(), ()), *others)))
    return terms


def read_meanings(path: Path) -> Mapping[str, str]:
    """What the glossary says of each term: term as it is written -> meaning."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line[:1] != "#")
    return {row[0].strip(): row[1] for row in rows if len(row) >= 2 and row[0].strip()}

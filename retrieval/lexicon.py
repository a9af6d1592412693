"""What words mean in the other language: the German-English lexicon, the company's glossary, compounds.

Two uses. `Lexicon.expand` gives a question's words in the other language for the lexical side.
`Lexicon.gloss` turns German text into an English word-by-word gloss, so that an embedding model that
only knows English can place it (measured on XQuAD dev, MiniLM, nDCG@10 en-de .737 -> .870 dense).
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from retrieval.language import stem, words
from retrieval.types import Language

PACKAGED = Path(__file__).with_name("lexicon.de-en.tsv")
_LINKS = ("", "s", "es", "n", "en", "er", "e")  # Fugenelemente between the parts of a compound
_SHORTEST_PART = 3


class Lexicon:
    """Word pairs of two languages, found by form, by stem, and for German by the parts of a compound."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._forms: dict[Language, dict[str, list[str]]] = {"de": {}, "en": {}}
        self._stems: dict[Language, dict[str, list[str]]] = {"de": {}, "en": {}}
        digest = hashlib.sha256()
        for german, english in pairs:
            self._add("de", german, english)
            self._add("en", english, german)
            digest.update(f"{german}\t{english}\n".encode())
        self.version = digest.hexdigest()[:8]
        self._translate = lru_cache(maxsize=100_000)(self._look_up)
        self._parts = lru_cache(maxsize=100_000)(self._split)

    def _add(self, language: Language, key: str, value: str) -> None:
        if " " in key:
            return
        for table, form in ((self._forms, key), (self._stems, stem(key, language))):
            known = table[language].setdefault(form, [])
            if value not in known:
                known.append(value)

    def __len__(self) -> int:
        """Distinct German forms."""
        return len(self._forms["de"])

    def translations(self, word: str, language: Language, limit: int = 3) -> tuple[str, ...]:
        """Up to `limit` translations of a lower-case word, the commonest first; none if unknown."""
        return self._translate(word, language)[:limit]

    def _look_up(self, word: str, language: Language) -> tuple[str, ...]:
        by_form = self._forms[language].get(word, [])
        by_stem = self._stems[language].get(stem(word, language), [])
        found = tuple(dict.fromkeys([*by_form, *by_stem]))
        if found or language == "en":
            return found
        return tuple(" ".join(each) for each in self._translate_parts(self.parts(word)))

    def _translate_parts(self, parts: tuple[str, ...]) -> list[list[str]]:
        return [[self._look_up(part, "de")[0] for part in parts]] if parts else []

    def parts(self, word: str) -> tuple[str, ...]:
        """The known parts of a German compound that the lexicon does not hold whole, else nothing."""
        return self._parts(word)

    def _split(self, word: str) -> tuple[str, ...]:
        for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART):
            head = word[cut:]
            if not self._knows(head):
                continue
            modifier = self._modifier(word[:cut])
            if modifier:
                return (*modifier, head)
        return ()

    def _modifier(self, left: str) -> tuple[str, ...]:
        for link in _LINKS:
            bare = left.removesuffix(link) if link else left
            if len(bare) >= _SHORTEST_PART and (not link or left.endswith(link)) and self._knows(bare):
                return (bare,)
        return self._split(left) if len(left) > 2 * _SHORTEST_PART else ()

    def _knows(self, part: str) -> bool:
        return part in self._forms["de"] or (len(part) > 4 and stem(part, "de") in self._stems["de"])

    def gloss(self, text: str, language: Language) -> str:
        """The text word by word in the other language; unknown words (names, numbers) stay."""
        return " ".join((self.translations(word, language, 1) or (word,))[0] for word in words(text))

    def expand(self, text: str, language: Language, limit: int = 3) -> tuple[tuple[str, ...], ...]:
        """For each word of the text its words in the other language (perhaps none)."""
        return tuple(
            tuple(part for each in self.translations(word, language, limit) for part in words(each))
            for word in words(text)
        )


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
    """The company's own terms: lower-case term -> other words for it (columns: term, meaning, also)."""
    terms: dict[str, tuple[str, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        columns = line.split("\t")
        if len(columns) >= 2 and not line.startswith("#"):
            also = columns[2].split(";") if len(columns) > 2 else []
            terms[columns[0].strip().lower()] = tuple(each.strip() for each in also if each.strip())
    return terms

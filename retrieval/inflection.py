"""Word forms back to a base form where no suffix rule does it: went, ging, ausgegangen, einzurichten.

The Snowball stemmers cut endings; strong verbs change inside. Both lists are ours, bases first on a line.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from retrieval.types import Language

_SEPARABLE = (
    "zurück zusammen entgegen gegenüber weiter wieder heraus hinaus herein hinein heran hinzu voraus vorbei "
    "durch herab hinab herum dar ein aus auf ab an bei fest fort frei her hin los mit nach statt teil um "
    "unter über vor weg zu"
).split()
_INSEPARABLE = "ver be er ent zer miss über unter wider durch hinter um".split()
_ENDINGS = ("", "e", "n", "en", "er", "es", "em")  # gingen, wussten, gegangene
_NO_ENDING = "."
_WEAK = ("test", "tet", "ten", "te", "st", "t", "ende", "enden", "end", "e")
_SHORTEST = 3  # letters of a German word worth taking apart


def base(word: str, language: Language) -> str:
    """The base form of a lower-case irregular form; any other word as it is."""
    return _english().get(word, word) if language == "en" else _german(word)


@lru_cache(maxsize=1)
def _english() -> Mapping[str, str]:
    return {form: first for first, *forms in _lines("en") for form in forms}


@lru_cache(maxsize=1)
def _strong() -> Mapping[str, str]:
    """Every form of the irregular German verbs -> infinitive."""
    return {made: first for first, *forms in _lines("de") for form in forms for made in _inflected(form)}


def _inflected(form: str) -> Iterator[str]:
    if form.endswith(_NO_ENDING):
        return iter((form.removesuffix(_NO_ENDING),))
    endings = _ENDINGS if form.startswith("ge") or form.endswith("en") else ("", "n", "en")
    return (f"{form}{end}" for end in endings)


def _lines(language: Language) -> Iterator[list[str]]:
    text = Path(__file__).with_name(f"irregular.{language}.txt").read_text(encoding="utf-8")
    return (line.split() for line in text.splitlines() if line and not line.startswith("#"))


@lru_cache(maxsize=50_000)
def _german(word: str) -> str:
    if len(word) < _SHORTEST:
        return word
    return next(_bases(word), word)


def _bases(word: str) -> Iterator[str]:
    for prefix, rest in _parted(word, ("", *_SEPARABLE)):
        if rest in _strong():
            yield prefix + _strong()[rest]
        elif prefix and rest.startswith("zu") and rest.endswith("n") and f"{prefix}zu" not in _SEPARABLE:
            yield prefix + rest.removeprefix("zu")  # einzurichten
    for prefix, rest in _parted(word, _INSEPARABLE):
        found = _strong().get(rest) or _strong().get(f"ge{rest}")  # verging, vergangen
        if found:
            yield prefix + found


def _parted(word: str, prefixes: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((each, word[len(each) :]) for each in prefixes if word.startswith(each))


def infinitives(word: str) -> Iterator[str]:
    """Infinitives that a German verb form may come from: Snowball does not join lebte to leben."""
    for bare in dict.fromkeys([word, *_uninflected(word)]):
        for ending in _WEAK:
            if bare.endswith(ending):
                yield from _infinitives_of(bare.removesuffix(ending))


def _uninflected(word: str) -> Iterator[str]:
    return (word.removesuffix(end) for end in _ENDINGS[1:] if word.endswith(end))


def _infinitives_of(stem: str) -> Iterator[str]:
    yield from (f"{stem}en", f"{stem}n")
    if stem.startswith("ge"):
        yield from (f"{stem[2:]}en", f"{stem[2:]}n")
    elif "ge" in stem:  # ausgebaut, hergestellt: the prefix stands before the ge
        yield from (f"{stem.replace('ge', '', 1)}en", f"{stem.replace('ge', '', 1)}n")

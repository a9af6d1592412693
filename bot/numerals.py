"""Number words of German and English: what they are worth, and what they are counted in. Pure."""

import re
from functools import lru_cache

from retrieval.types import Language

_SMALL: dict[Language, str] = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
    "sechzehn siebzehn achtzehn neunzehn",
}
_TENS: dict[Language, str] = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
}
_ORDINALS: dict[Language, str] = {
    "en": "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first",
    "de": "zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft dreizehnt vierzehnt fünfzehnt "
    "sechzehnt siebzehnt achtzehnt neunzehnt zwanzigst einundzwanzigst",
}
# Words that stand for a number without being one: they support a figure and never ask for support.
_IMPLIED: dict[str, float] = {
    **dict.fromkeys(
        "one once single first eins einmal erste ersten erster erstes einzige einziger".split(), 1
    ),
    **dict.fromkeys("both beide beiden beider twice double doubled pair paar couple".split(), 2),
    **dict.fromkeys("verdoppelt verdoppeln verdoppelte doppelt doppelte doppelter doppelten".split(), 2),
    **dict.fromkeys("triple tripled verdreifacht dreifach".split(), 3),
    **{roman: float(i) for i, roman in enumerate("ii iii iv v vi vii viii ix x xi xii".split(), start=2)},
}
_STARTS = {"halb": 0.5, "double": 2.0} | {
    form: float(n)
    for n, forms in enumerate(
        "second zwei zweit|third drei dritt|fourth vier viert|fifth fünf fünft|sixth sechs sechst".split("|"),
        start=2,
    )
    for form in forms.split()
}
_BEGINS = re.compile(  # zweispurig, zweitniedrigste, second-busiest; not vierzehn
    r"(halb|zweit|dritt|viert|fünft|sechst|zwei|drei|vier|fünf|sechs)(?!und|zehn|zig|ßig|hundert|tausend|tel)\w{4,}"
    r"|(?:(second|third|fourth|fifth|sixth|double)-\w+)"
)
_HALVES: dict[Language, frozenset[str]] = {
    "en": frozenset(("half",)),
    "de": frozenset("hälfte halb halbe halben halber halbes".split()),  # half: helped
}
_ONE_AND_A_HALF = frozenset("anderthalb eineinhalb".split())
ARTICLES = frozenset("a an one ein eine einen einem einer eines".split())
_DERIVED = re.compile(  # dreijährig, zweimal, fünffach, zehntägig
    r"^(\w+?)(?:jährig|tägig|stündig|monatig|wöchig|minütig|köpfig|stellig|teilig|seitig|mal|fach|fold)\w*$"
)
_ORDINAL_END = re.compile(r"^(\w+?)(?:e[nrms]?|rangig\w*|klassig\w*|größt\w*|höchst\w*|wichtigst\w*|ens)$")

_SCALES: tuple[tuple[str, float, float], ...] = (  # word, worth in English, worth in German
    (r"trillionen|trillions?|tn(?!\w)", 1e12, 1e18),
    (r"billionen|billions?", 1e9, 1e12),
    (r"bio\.?(?!\w)", 1e12, 1e12),
    (r"milliarden?|mrd\.?(?!\w)|bn(?!\w)", 1e9, 1e9),
    (r"millionen|millions?|mio\.?(?!\w)|mn(?!\w)", 1e6, 1e6),
    (r"tausend|tsd\.?(?!\w)|thousand", 1e3, 1e3),
    (r"hundert|hundred", 1e2, 1e2),
    (r"dutzend|dozen", 12, 12),
)
SCALE = "|".join(f"(?:{words})" for words, _, _ in _SCALES)
_LETTERS = {"k": 1e3, "m": 1e6, "b": 1e9}  # only right behind digits: 40k, $14m, 7B


def scale(word: str, language: Language) -> float:
    """What a scale word multiplies by; "billion" is a thousand times more in German."""
    if word.lower() in _LETTERS:
        return _LETTERS[word.lower()]
    for pattern, english, german in _SCALES:
        if re.fullmatch(pattern, word, re.IGNORECASE):
            return english if language == "en" else german
    return 1.0


@lru_cache(maxsize=50_000)
def cardinal(word: str, language: Language) -> float | None:
    """The value of a lower-case number word (twelve, siebenundzwanzig, half), None if it is none."""
    if word in _HALVES[language]:
        return 0.5
    if word in _ONE_AND_A_HALF:
        return 1.5
    return _table(language).get(word)


@lru_cache(maxsize=50_000)
def ordinal(word: str, language: Language) -> float | None:
    """The value of an ordinal from the second on (third, dritte, zweitgrößte) or of zweijährig, fivefold."""
    derived = _DERIVED.match(word)
    if derived and cardinal(derived[1], language):
        return cardinal(derived[1], language)
    if language == "de":
        ending = _ORDINAL_END.match(word)
        word = ending[1] if ending else ""
    stems = _ORDINALS[language].split()
    return float(stems.index(word) + 2) if word in stems else None


def implied(word: str) -> float | None:
    """What a lower-case word supports without asking for support itself: both, doppelt, II, zweispurig."""
    if word in _IMPLIED:
        return _IMPLIED[word]
    begins = _BEGINS.match(word)
    return _STARTS[begins[1] or begins[2]] if begins else None


@lru_cache(maxsize=2)
def _table(language: Language) -> dict[str, float]:
    small = {word: float(i) for i, word in enumerate(_SMALL[language].split())}
    tens = {word: 20.0 + 10 * i for i, word in enumerate(_TENS[language].split())}
    joined = {
        _join(unit, ten, language): tens[ten] + small[unit] for ten in tens for unit in list(small)[1:10]
    }
    return small | tens | joined


def _join(unit: str, ten: str, language: Language) -> str:
    return f"{ten}-{unit}" if language == "en" else f"{'ein' if unit == 'eins' else unit}und{ten}"

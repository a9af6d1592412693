"""Names in a statement, and whether they stand in what it cites. German and English, also across. Pure.

In English a name is a capitalised word inside a sentence; in German, where every noun is capitalised,
one that is no ordinary noun: not in the lexicon, and not a compound of words in it.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot import places
from bot.dates import MONTH_WORDS, Span
from bot.evidence import TOKEN, Evidence, is_content, plain
from bot.numerals import cardinal, ordinal
from retrieval.language import LANGUAGES, stem, words
from retrieval.lexicon import Lexicon
from retrieval.types import Language

_WEEKDAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag "
    "samstag sonnabend sonntag mon tue wed thu fri sat sun".split()
)
_TITLES = frozenset(  # capitalised and no names; the lexicon knows the other ordinary words
    "mr mrs ms dr prof ceo cto cio cfo coo inc ltd corp co gmbh ag se llc plc usd eur gbp chf q1 q2 q3 q4 h1 "
    "h2 herr herrn frau additionally however moreover furthermore meanwhile therefore thus hence "
    "overall also "
    "notably according although while whereas despite since sie ihr ihre ihnen ihrem ihren hingegen zudem "
    "außerdem allerdings jedoch dabei dennoch laut insgesamt hinzu darüber demnach ferner "
    "anschließend siehe irgendwann unterwegs mittlerweile inzwischen throughout bc ad "
    "sen sens rep reps gov lt col rev det insp sgt capt gen maj hon sr jr uh oh äh bst gmt utc cet "
    "cest mez mesz "
    "bce ce bp v chr pdf ok faq ii iii iv vi vii viii ix xi xii xiii xiv xv xvi st nr no vol art".split()
)
_ORDINARY_END: dict[Language, re.Pattern[str]] = {
    "de": re.compile(
        r".{3,}(?:ung|ungen|heit|heiten|keit|keiten|schaft|schaften|tion|tionen|ismus|tät|täten|ierung|nis|"
        r"nisse|nissen|barkeit|lichkeit|enz|anz|ment|mente|atur|ität|logie|grafie|graphie|nahme|nahmen|ende[nrs]?)$"
    ),
    "en": re.compile(
        r".{3,}(?:ly|ing|ed|tion|tions|ment|ments|ness|ity|ities|ability|ism|ful|less|able|ible)$"
    ),
}
_PLACE_HEADS = (
    "burg",
    "berg",
    "dorf",
    "stadt",
    "land",
    "feld",
    "heim",
    "hausen",
    "stein",
    "bach",
    "brück",
    "wald",
)
_HEAD = 6  # letters of a compound's last part that tell alone; the Ville of Jacksonville is none
_SHORTENED = re.compile(r"n['’]t$|['’](?:s|m|ve|ll|d|re)?$")  # I've, don't, Greta's
_OPENING = " \t\n*_#>-–„“”\"'«»("
_INFLECTIONS = ("", "s", "es", "n", "en", "ns", "er", "ern", "e", "em", "ens", "in", "innen")
_SOUNDS = (
    ("sch", "sh"),
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("kh", "k"),
    ("c", "k"),
    ("z", "k"),
    ("y", "i"),
    ("w", "v"),
    ("j", "i"),
)
_LOOKS_LIKE = 0.74  # of two spellings across languages (Kalifornien, California); measured on XQuAD dev


@dataclass(frozen=True, slots=True)
class Name:
    """One part of a name as it stands in the statement; `code` holds digits (GPT-4) and must match whole."""

    text: str
    span: Span
    code: bool = False


def find(text: str, language: Language, lexicon: Lexicon, taken: Sequence[Span] = ()) -> tuple[Name, ...]:
    """The parts of names in a statement, in order, outside the spans that are `taken` (dates, figures)."""
    covered = bytearray(len(text))
    for start, end in taken:
        covered[start:end] = b"\1" * (end - start)
    tokens = [match for match in TOKEN.finditer(text) if not any(covered[match.start() : match.end()])]
    heading = _is_heading([m.group() for m in tokens])
    return tuple(each for m in tokens for each in _names(text, m, language, lexicon, heading))


def _is_heading(tokens: Sequence[str]) -> bool:
    """Title Case: capitals say nothing there."""
    long = [token for token in tokens if len(token) > 3]
    return len(long) >= 4 and sum(token[0].isupper() for token in long) > 0.8 * len(long)


def _names(
    text: str, match: re.Match[str], language: Language, lexicon: Lexicon, heading: bool
) -> Iterator[Name]:
    token = match.group()
    head = _code(token)
    if head:
        yield Name(head, (match.start(), match.start() + len(head)), code=True)
        token = token[len(head) :].lstrip("-")
    start = match.end() - len(token)
    first = _starts_sentence(text, start)
    for part in token.split("-") if "." not in token else [token]:
        if part and _is_name(part, language, lexicon, loose=first or heading):
            yield Name(part, (start, start + len(part)))
        start += len(part) + 1
        first = False


def _code(token: str) -> str:
    """The part of a token up to its last digits, when letters and digits make one name: GPT-4, H100, 5G."""
    match = re.match(
        r"[^\W\d_][^\W_]*(?:-[^\W_]+)*?-?\d[\w.]*(?:-\d[\w.]*)*|\d+[A-ZÄÖÜ]+[A-Za-z]*(?![\w])", token
    )
    return match.group() if match and any(c.isupper() for c in match.group()) else ""


def _starts_sentence(text: str, start: int) -> bool:
    while start and text[start - 1] in _OPENING:
        start -= 1
    return start == 0 or text[start - 1] in ".!?:;•|"


def _is_name(token: str, language: Language, lexicon: Lexicon, loose: bool) -> bool:
    lower = _SHORTENED.sub("", token.lower())
    if not token[0].isalpha() or not any(c.isupper() for c in token) or _no_name(lower, language):
        return False
    if places.known(lower) or _mixed_case(token):
        return True
    if language == "de" or loose:
        return token[0].isupper() and not ordinary(lower, language, lexicon)
    return token[0].isupper() and len(token) > 1


def _no_name(lower: str, language: Language) -> bool:
    if lower in _WEEKDAYS or lower in MONTH_WORDS or lower in _TITLES or not is_content(lower, language):
        return True
    return cardinal(lower, language) is not None or ordinal(lower, language) is not None


def _mixed_case(token: str) -> bool:
    return (sum(c.isupper() for c in token) > 1 and not token.endswith("s")) or any(
        c.isupper() for c in token[1:]
    )


def ordinary(word: str, language: Language, lexicon: Lexicon) -> bool:
    """Whether a lower-case word is a common word of its language."""
    if places.known(word):
        return False
    if lexicon.translations(word, language, 1) or _ORDINARY_END[language].match(word):
        return True
    return language == "de" and _is_compound(word, ("de",), lexicon)


def perhaps_ordinary(word: str, language: Language, lexicon: Lexicon) -> bool:
    """The same with less evidence: inflected, spelled as in English (Status), or half a known compound.

    Only where a source in the other language could not hold the word itself. Measured on XQuAD dev: German
    statements blamed for a name on an English source 13.6 % -> 5.2 %.
    """
    if places.known(word):
        return False
    if ordinary(word, language, lexicon):
        return True
    return language == "de" and (
        any(_known(base, LANGUAGES, lexicon) for base in _raw_bases(word))
        or _is_compound(word, LANGUAGES, lexicon)
    )


def _known(word: str, languages: Sequence[Language], lexicon: Lexicon) -> bool:
    return any(lexicon.translations(word, each, 1) for each in languages)


def _is_compound(word: str, languages: Sequence[Language], lexicon: Lexicon) -> bool:
    """A known last part (Haupt-campus), or, if English words count too, a known first one, but no place."""
    if any(head in word[-8:] for head in _PLACE_HEADS):
        return False
    loose = len(languages) > 1
    return bool(lexicon.parts(word)) or any(
        (len(word) - cut >= _HEAD and _known(word[cut:], languages, lexicon))
        or (loose and len(word) - cut > 4 and _known(word[:cut], ("de",), lexicon))
        for cut in range(4, len(word) - 4)
    )


def missing(
    names: Iterable[Name], language: Language, evidence: Evidence, lexicon: Lexicon
) -> tuple[Name, ...]:
    """The names that stand nowhere in the evidence, in no spelling, inflection or translation."""
    found = tuple(names)
    absent = [each for each in found if not _stands(each, found, language, evidence, lexicon)]
    people = [each for each in found if not ordinary(each.text.lower(), language, lexicon)]
    return tuple(dict.fromkeys((*absent, *_wrong_first_names(people, evidence))))


def _stands(
    name: Name, all_names: Sequence[Name], language: Language, evidence: Evidence, lexicon: Lexicon
) -> bool:
    token = plain(name.text)
    if token.replace("-", "") in evidence.joined:
        return True
    if name.code:
        return _code_stands(token, language, evidence, lexicon)
    return (
        any(_inflected(token, tokens) for tokens in evidence.tokens.values())
        or _respelled(name.text.lower().replace(".", ""), evidence)
        or _abbreviated(name, all_names, evidence)
        or any(_foreign(name.text, language, other, evidence, lexicon) for other in evidence.tokens)
    )


def _code_stands(token: str, language: Language, evidence: Evidence, lexicon: Lexicon) -> bool:
    """Inflected (GPT-4s), or with a word that has a translation (Sauerstoff-16, oxygen-16)."""
    if any(form in evidence.joined for form in _bases(token.replace("-", ""))):
        return True
    word, _, number = token.rpartition("-")
    foreign = any(each != language for each in evidence.tokens)
    return foreign and number in evidence.joined and perhaps_ordinary(word, language, lexicon)


def _bases(token: str) -> set[str]:
    return {
        token.removesuffix(end) for end in _INFLECTIONS if len(token) - len(end) >= 3 and token.endswith(end)
    }


def _inflected(token: str, tokens: frozenset[str]) -> bool:
    bases = _bases(token) | {token}
    return any(base + end in tokens for base in bases for end in _INFLECTIONS)


def _respelled(word: str, evidence: Evidence) -> bool:
    """Another spelling of a known name: Deutschland, Germany, German."""
    others = {plain(each) for base in _raw_bases(word) for each in places.spellings(base)}
    if any(_inflected(each, tokens) for each in others for tokens in evidence.tokens.values()):
        return True
    spelled_out = {_initials(run) for run in evidence.capitals}  # GDPR, Datenschutz-Grund-Verordnung
    return any(len(each) > 2 and each != plain(word) and each in spelled_out for each in others)


def _raw_bases(word: str) -> set[str]:
    bare = re.sub(r"['’]s?$", "", word)
    return {bare, *(bare.removesuffix(end) for end in _INFLECTIONS if len(bare) - len(end) >= 3)}


def _abbreviated(name: Name, all_names: Sequence[Name], evidence: Evidence) -> bool:
    """An acronym of a run of capitalised words in the evidence, or a part of one spelled out."""
    letters = plain(name.text)
    if name.text.isupper() and 2 <= len(letters) <= 6:
        return any(letters in _initials(run) for run in evidence.capitals)
    near = [each for each in all_names if abs(each.span[0] - name.span[0]) < 60]
    initials = "".join(each.text[0].lower() for each in near)
    known = [
        plain(word) for run in evidence.capitals for word in run if word.isupper() and 2 <= len(word) <= 6
    ]
    return any(len(each) >= 2 and each in initials for each in known)


def _initials(run: Sequence[str]) -> str:
    return "".join(part[0].lower() for word in run for part in word.split("-") if part)


def _foreign(text: str, language: Language, other: Language, evidence: Evidence, lexicon: Lexicon) -> bool:
    """In a source of the other language: a translation, a like spelling, or nothing to be expected.

    An ordinary word with a capital (General Conference) has too many translations to be held against it.
    """
    if other == language:
        return False
    lower = re.sub(r"['’]s?$", "", text.lower())
    translated = {stem(part, other) for each in lexicon.translations(lower, language) for part in words(each)}
    if translated & evidence.stems[other] or (
        perhaps_ordinary(lower, language, lexicon) and not _mixed_case(text)
    ):
        return True
    mine = plain(text)
    return any(_looks_like(mine, token) or _part_of(mine, token) for token in evidence.tokens[other])


def _part_of(name: str, token: str) -> bool:
    """North Africa in Nordafrikas, African-American in afroamerikanisch."""
    first = places.REGIONS.get(name)
    if first:
        return token.startswith(first) and len(token) > len(first) + 3
    rest = next((token[len(each) :] for each in places.REGION_STARTS if token.startswith(each)), "")
    others = {plain(each) for each in places.spellings(name)} if places.known(name) else {name}
    return len(rest) > 3 and any(_inflected(each, frozenset((rest,))) for each in others)


def _looks_like(name: str, token: str) -> bool:
    if len(name) < 4 or len(token) < 4:
        return False
    one, two = _sound(name), _sound(token)
    if one[0] != two[0]:
        return False
    shorter = min(len(one), len(two))
    if shorter >= 5 and one[:shorter] == two[:shorter]:
        return True
    if one[:7] == two[:7] and shorter >= 9:  # Waldensians, Waldenser
        return True
    return SequenceMatcher(None, one, two, autojunk=False).ratio() >= _LOOKS_LIKE


def _sound(word: str) -> str:
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound)
    return re.sub(r"(.)\1", r"\1", word)


def _wrong_first_names(found: Sequence[Name], evidence: Evidence) -> Iterator[Name]:
    """A first name whose surname the evidence only knows with another one."""
    for first, last in itertools.pairwise(found):
        if last.span[0] - first.span[1] == 1 and _titlecase(first.text) and _titlecase(last.text):
            others = _before(plain(last.text), evidence)
            mine = plain(first.text)
            known = places.known(first.text.lower()) or _inflected(mine, frozenset(others))
            if others and mine not in others and not known:
                yield first


def _before(surname: str, evidence: Evidence) -> set[str]:
    """What stands before a surname, if a name always does."""
    found: set[str] = set()
    for whole in evidence.capitals:
        run = [part for word in whole for part in word.split("-") if part]
        folded = [plain(word) for word in run]
        for place, word in enumerate(folded):
            if word == surname and (place == 0 or not _first_name(run[place - 1])):
                return set()
            if word == surname:
                found.update(folded[:place])
    return found


def _first_name(token: str) -> bool:
    return _titlecase(token) and all(is_content(token.lower(), each) for each in LANGUAGES)


def _titlecase(token: str) -> bool:
    return token[0].isupper() and token[1:].islower() and len(token) > 2

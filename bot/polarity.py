"""Whether a statement says the opposite of the sentence it rests on: negation and antonyms. Pure.

A negation counts only beside words that both sentences share, so that a clause taken out of a long
sentence is not blamed for a "not" in another clause.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache

from bot import numerals
from bot.alignment import Alignment, Text, beside, following, preceding, within
from bot.evidence import Word, is_content
from retrieval.language import stem
from retrieval.types import Language

Matches = Callable[[Word, Word], bool]
_Pole = tuple[int, bool]  # a pair of opposites, and on which side

_NEGATORS = frozenset(
    "not no never without nor neither none cannot nobody nothing nowhere nicht kein keine keinen "
    "keinem keiner "
    "keines nie niemals ohne weder niemand nichts nirgends keinerlei keinesfalls keineswegs".split()
)
# These deny too, yet in so many ways that their absence on the other side proves nothing.
_SOFT = frozenset(
    "fail fails failed lack lacks lacking lacked refuse refuses refused refusing refusal deny denies "
    "denied decline declines declined hardly barely rarely seldom unable stop stopped stops avoid avoids "
    "prevent prevents prohibits prohibited forbidden forbid banned ban instead rather unlike less few "
    "little exclude excludes excluded except absence absent free ends ended only scheitert scheiterte "
    "fehlt fehlen fehlte fehlende verweigert verweigerte weigert weigerte lehnt lehnte ablehnt kaum selten "
    "untersagt verboten verbietet statt anstatt anstelle wenig weniger ausgeschlossen außer bisher "
    "ungetestet unmöglich verhindert insufficient inadequate incomplete incorrect invalid ineffective "
    "inability impossible illegal non nein yet vermeidet los frei unbekannt ungeklärt offen nirgendwo "
    "mangel mangelt neither minus".split()
)
_NOT_ONLY = frozenset("only just merely solely nur bloß allein lediglich".split())
_BOUNDING = frozenset("no not never cannot nicht nie niemals".split())
_BEYOND = frozenset("exceed over above über".split())
_MEASURES = frozenset(
    "more less fewer longer shorter greater higher lower later "
    "mehr weniger länger kürzer höher später".split()
)
_LACKING = re.compile(r"\w{3,}(?:los|lose[nmrs]?|less|lessly)")  # bedingungslos, useless
_WINDOW = 3  # words on either side of a negator that it may be about
_BESIDE = 2  # words between an antonym and the word it goes with
_ALIKE = 0.6  # share of those words that must stand on the other side too
_PREFIXES = ("un", "in", "im", "non", "dis", "ir", "il", "nicht")

_OPPOSITES: tuple[tuple[str, str], ...] = (
    (
        "increase increases increased increasing rise rises rose risen rising grow grows grew grown "
        "growing higher "
        "steigen steigt stieg stiegen gestiegen steigend steigende wachsen wächst wuchs gewachsen zunehmen "
        "zugenommen erhöhen "
        "erhöht erhöhte höher",
        "decrease decreases decreased decreasing fall falls fell fallen falling drop drops dropped decline "
        "declines declined decreasing falling declining shrink shrinks shrinking shrank shrunk lower "
        "sinken sinkt sank sanken gesunken fallen fällt fiel gefallen abnehmen abgenommen verringern "
        "verringert senken gesenkt senkt niedriger",
    ),
    ("more mehr", "less fewer weniger"),
    ("before prior earlier bevor vorher zuvor früher", "after later nachdem nachher danach später"),
    ("above exceed exceeds exceeded oberhalb übersteigt", "below beneath unterhalb unterschreitet"),
    ("längere länger längeren longer", "kürzere kürzer kürzeren shorter"),
    ("highest höchste höchsten höchster", "lowest niedrigste niedrigsten niedrigster geringste geringsten"),
    ("gained gain gains", "lost lose loses"),
    ("growth wachstum anstieg", "decline rückgang"),
    (
        "passed pass passes succeeded bestanden bestand erfolgreich gelungen",
        "failed fail fails scheiterte scheitert gescheitert fehl fehlgeschlagen durchgefallen",
    ),
    (
        "allow allows allowed permit permits permitted permission erlauben erlaubt erlaubte gestattet "
        "zulässig darf dürfen",
        "forbid forbids forbidden forbade prohibit prohibits prohibited ban bans banned verbieten "
        "verbietet verboten untersagt unzulässig",
    ),
    (
        "accept accepts accepted akzeptiert akzeptieren annehmen angenommen",
        "reject rejects rejected refuse refused ablehnen abgelehnt lehnt",
    ),
    ("profit profits gain gains gewinn gewinne", "loss losses verlust verluste"),
    (
        "start starts started begin begins began begun beginnt begann begonnen startet gestartet",
        "end ends ended stop stops stopped endet endete beendet stoppt gestoppt",
    ),
    (
        "keep keeps kept keeping continue continues continued continuing",
        "stop stops stopped stopping cease ceases ceased pause pauses paused",
    ),
    ("win wins won gewinnt gewann gewonnen", "lose loses lost verliert verlor verloren"),
    ("buy buys bought kauft kaufte gekauft", "sell sells sold verkauft verkaufte"),
    ("open opens opened öffnet eröffnet geöffnet", "close closes closed schließt geschlossen"),
    ("strong stronger stark stärker", "weak weaker schwach schwächer"),
    ("high hoch hohe hohen hoher", "low niedrig niedrige niedrigen niedriger gering geringe geringen"),
    (
        "large larger largest big bigger biggest groß größer größte größten größter größtes große großen",
        "small smaller smallest klein kleiner kleinste kleinsten kleinster kleinstes kleine kleinen",
    ),
    ("best better besser beste besten", "worst worse schlechter schlechteste"),
    ("minimum minimal mindestens least", "maximum maximal höchstens most"),
    ("support supports supported unterstützt unterstützte", "oppose opposes opposed lehnt"),
    ("possible möglich", "impossible unmöglich"),
    ("first erste ersten erster erstes", "last letzte letzten letzter letztes"),
    ("north northern nord nördlich norden", "south southern süd südlich süden"),
    ("east eastern ost östlich osten", "west western westlich westen"),
    ("majority mehrheit", "minority minderheit"),
    ("always immer stets", "never nie niemals"),
    ("public öffentlich", "private secret confidential privat geheim vertraulich"),
    ("easy easier leicht leichter einfach", "hard harder difficult schwer schwerer schwierig"),
    ("old older alt älter alte alten", "new newer young younger neu neuer neue neuen jung jünger"),
    ("true wahr", "false falsch"),
    ("agree agrees agreed", "disagree disagrees disagreed"),
    ("positive positiv", "negative negativ"),
    (
        "include includes included including einschließlich",
        "exclude excludes excluded excluding ausschließlich",
    ),
    ("fast faster quick quickly schnell schneller", "slow slower slowly langsam langsamer"),
    ("early früh", "late spät"),
    ("cheap cheaper billig billiger günstig günstiger", "expensive teuer teurer"),
)


@lru_cache(maxsize=1)
def _sides() -> dict[str, frozenset[_Pole]]:
    """Word -> the pairs it belongs to, and on which side."""
    table: dict[str, set[tuple[int, bool]]] = {}
    for number, pair in enumerate(_OPPOSITES):
        for side, words in enumerate(pair):
            for word in words.split():
                table.setdefault(word, set()).add((number, bool(side)))
    return {word: frozenset(sides) for word, sides in table.items()}


def negates(word: str) -> bool:
    """Whether a lower-case word is a plain negation."""
    return word in _NEGATORS or word.endswith("n't")


def opposed(
    claim: Sequence[Word], source: Sequence[Word], languages: tuple[Language, Language], same: Matches
) -> str:
    """The word of the statement, or else of the source, that turns one against the other; "" if none does."""
    mine, theirs = languages
    left, right = _Side(claim, mine), _Side(source, theirs)
    return (
        next(_lone_negations(left, right, same), "")
        or next(_lone_negations(right, left, lambda one, other: same(other, one)), "")
        or _antonym(left, right)
        or _prefixed(left, right)
    )


class _Side:
    """A sentence's words with its negations."""

    def __init__(self, words: Sequence[Word], language: Language) -> None:
        self.words = words
        self.language: Language = language
        self.forms = [word.text for word in words]
        self.hard = [i for i, form in enumerate(self.forms) if negates(form) and not self._is_none(i)]
        self.soft = [i for i, form in enumerate(self.forms) if form in _SOFT or _denying_prefix(form)]

    def _is_none(self, place: int) -> bool:
        """Not only, nicht nur, No. 81, no more than 50: no negation."""
        if self._bounds(place):
            return True
        following = "".join(self.forms[place + 1 : place + 2])
        number = following.isdigit() or following in ("later", "doubt", "matter")
        return following in _NOT_ONLY or (self.forms[place] == "no" and number)

    def _bounds(self, place: int) -> bool:
        """No more than, must not be kept for more than: a bound, which is held against the figures."""
        if self.forms[place] not in _BOUNDING and not self.forms[place].endswith("n't"):
            return False
        if "".join(self.forms[place + 1 : place + 2]).startswith(("übersteig", "überschreit")):
            return any(self._number(each) for each in range(max(0, place - 3), place))
        for i in range(place + 1, min(place + 9, len(self.forms))):
            compared = self.forms[i] in ("than", "als") and self.forms[i - 1] in _MEASURES
            if compared or self.forms[i] in _BEYOND:
                return self._number(i + 1)
        return False

    def _number(self, place: int) -> bool:
        form = "".join(self.forms[place : place + 1])
        return form[:1].isdigit() or any(numerals.cardinal(form, each) for each in ("de", "en"))

    def around(self, place: int) -> Iterator[int]:
        """The content words nearest to a place, up to a window on either side, the following first."""
        content = [i for i, word in enumerate(self.words) if i != place and self._says_something(i)]
        yield from [i for i in content if i > place][:_WINDOW]
        yield from [i for i in content if i < place][-_WINDOW:]

    def but(self, place: int) -> frozenset[str]:
        """The other denying words than the one at a place."""
        words = frozenset(self.forms[each] for each in (*self.hard, *self.soft))
        return words - {self.forms[place]}

    def _says_something(self, i: int) -> bool:
        return i not in self.hard and is_content(self.forms[i], self.language)


def _denying_prefix(form: str) -> bool:
    return bool(_LACKING.fullmatch(form)) or (
        len(form) > 6
        and form.startswith(("un", "nicht", "non"))
        and not form.startswith(("unter", "unit", "univ", "und", "unser"))
    )


def _lone_negations(one: _Side, other: _Side, same: Matches) -> Iterator[str]:
    """Negations of one side whose surroundings stand on the other side without any."""
    for place in one.hard:
        near = list(one.around(place))
        aligned = [j for i in near for j in range(len(other.words)) if same(one.words[i], other.words[j])]
        matched = sum(any(same(one.words[i], word) for word in other.words) for i in near)
        if matched >= max(2, _ALIKE * len(near)) and not _denied(other, aligned, one.but(place)):
            yield one.forms[place]


def _denied(side: _Side, places: Sequence[int], paired: frozenset[str]) -> bool:
    """Whether a negation, plain or not, stands within reach, one that has no like on the other side."""
    denials = [each for each in (*side.hard, *side.soft) if side.forms[each] not in paired]
    return any(abs(place - each) <= 2 * _WINDOW for place in places for each in denials)


def _antonym(one: _Side, other: _Side) -> str:
    if bool(one.hard) != bool(other.hard):
        return ""
    there = _poles(other)
    here = _poles(one)
    for form in one.forms:
        for number, side in _sides().get(form, ()):
            if (number, not side) in there and (number, side) not in there and (number, not side) not in here:
                return form
    return ""


def turned(pair: Alignment) -> str:
    """A word whose opposite stands in its place, whatever else the sentences say: west for east of Elm."""
    here, there = _count(pair.mine), _count(pair.theirs)
    for place, form in enumerate(pair.mine.forms):
        poles = _poles_of(pair.mine, place)
        # Of an opposite that the statement has as often as the source, none was turned.
        turned_here = [pole for pole in poles if here[_opposite(pole)] < there[_opposite(pole)]]
        if turned_here and _turns(pair, place, turned_here):
            return form
    return ""


def _opposite(pole: _Pole) -> _Pole:
    return pole[0], not pole[1]


def _turns(pair: Alignment, place: int, poles: Sequence[_Pole]) -> bool:
    mine, theirs = pair.mine, pair.theirs
    near = [*following(mine, place, 1), *preceding(mine, place, 1)]
    there = {j for each in near for j in pair.there.get(each, ())}
    if _negated(mine, (place,)) or _negated(theirs, there):
        return False
    here, found = _poles_near(mine, (place,)), _poles_near(theirs, there)
    return any(_only_opposite(pole, here, found) for pole in poles)


def _only_opposite(pole: _Pole, here: frozenset[_Pole], found: frozenset[_Pole]) -> bool:
    return _opposite(pole) in found and pole not in found and _opposite(pole) not in here


def _negated(side: Text, places: Collection[int]) -> bool:
    denied = [i for i, form in enumerate(side.forms) if negates(form)]
    return within(places, _WINDOW, denied)


def _poles_near(side: Text, places: Collection[int]) -> frozenset[_Pole]:
    near = (each for place in places for each in beside(side, place, _BESIDE))
    return frozenset(pole for each in near for pole in _poles_of(side, each))


def _count(side: Text) -> Counter[_Pole]:
    return Counter(pole for place in range(len(side.forms)) for pole in _poles_of(side, place))


def _poles_of(side: Text, place: int) -> frozenset[_Pole]:
    """Falls is a verb in English alone; as young as 11 is of no age."""
    form = side.forms[place]
    if (form == "falls" and side.language == "de") or side.before(place) == "as":
        return frozenset()
    return _sides().get(form, frozenset())


def _poles(side: _Side) -> frozenset[_Pole]:
    return frozenset(pole for form in side.forms for pole in _sides().get(form, ()))


def _prefixed(one: _Side, other: _Side) -> str:
    """A word here whose denial by prefix stands there (dependent, independent), or the other way round."""
    if one.language != other.language or bool(one.hard) != bool(other.hard):
        return ""
    here, there = _stemmed(one), _stemmed(other)
    for left, right in ((here, there), (there, here)):
        for root, form in left.items():
            for prefix in _PREFIXES:
                denied = stem(prefix + form, one.language)
                if len(form) > 4 and denied in right and denied not in left and root not in right:
                    return form
    return ""


def _stemmed(side: _Side) -> dict[str, str]:
    return {stem(form, side.language): form for form in side.forms}

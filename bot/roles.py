"""Whether two names or numbers of a statement stand in each other's place in the source. Pure.

A mention has a slot: the preposition before it and the nearest words on either side that both sentences
share. "OpenAI paid Microsoft" has OpenAI where "Microsoft paid OpenAI" has Microsoft, and the other way
round; "OpenAI was paid by Microsoft" has neither.
"""

import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.alignment import Alignment, Text
from bot.dates import Span

_PREPOSITIONS = frozenset(
    "of to from by with in on at for into over under about as than against between via through after before "
    "since until von zu zum zur aus durch mit in im am an auf für bei beim nach vor über unter um als gegen "
    "zwischen seit bis per pro wie vom".split()
)
_ARTICLES = frozenset(
    "the a an its their his her der die das den dem des ein eine einen einem einer eines seine ihre".split()
)
_JOINS = frozenset("and or und oder sowie as well wie auch plus".split()) | _ARTICLES
_FURTHEST = 6  # words from a name to its preposition: by the American country music artist Toby Keith
_WITH = frozenset("with between mit zwischen".split())
_MUTUAL = re.compile(  # what one does with the other, both do
    r"\b(?:compet|partner|collab|co-?operat|merg|agree|compar|met\b|meet|talk|negotiat|alli|share|border|joint|"
    r"together|rival|konkurr|zusammen|kooper|verhandel|sprich|spräch|gespräch|vergleich|treff|traf|gemeinsam|"
    r"einig|fusion|(?:contract|deal|work\w*|vertrag|arbeite\w*) (?:with|mit|between|zwischen))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A name or number in a text, and all that it may be written as."""

    text: str
    span: Span
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mention:
    """The same among the words of its sentence: the places of its first and last word."""

    text: str
    keys: frozenset[str]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Slot:
    before: str
    left: int | None
    right: int | None


_Slots = Sequence[tuple[Mention, _Slot]]


def locate(side: Text, pieces: Sequence[Piece]) -> tuple[Mention, ...]:
    """Pieces of a text with the places of their words."""
    found = ((each, _places(side, each.span)) for each in pieces)
    return tuple(Mention(each.text, each.keys, places[0], places[-1]) for each, places in found if places)


def _places(side: Text, span: Span) -> list[int]:
    return [i for i, (start, end) in enumerate(side.spans) if start < span[1] and end > span[0]]


def exchanged(
    pair: Alignment, mine: Sequence[Mention], theirs: Sequence[Mention]
) -> Iterator[tuple[str, str]]:
    """Pairs of mentions that have each other's slot, and neither its own."""
    here, there = _slots(pair.mine, mine, pair.there), _slots(pair.theirs, theirs, pair.back)
    for one, other in itertools.combinations(here, 2):
        apart = not one[0].keys & other[0].keys and _apart(pair.mine, one[0], other[0])
        if apart and _crossed(pair, one, other, there):
            yield one[0].text, other[0].text


def _crossed(
    pair: Alignment, one: tuple[Mention, _Slot], other: tuple[Mention, _Slot], there: _Slots
) -> bool:
    own, others = _of(one[0], there), _of(other[0], there)
    crossed = _among(pair, one[1], others) and _among(pair, other[1], own)
    return crossed and not _among(pair, one[1], own) and not _among(pair, other[1], others)


def _of(mention: Mention, there: _Slots) -> list[_Slot]:
    return [slot for each, slot in there if each.keys & mention.keys]


def _among(pair: Alignment, slot: _Slot, others: Sequence[_Slot]) -> bool:
    return any(_alike(pair, slot, each) for each in others)


def _alike(pair: Alignment, mine: _Slot, theirs: _Slot) -> bool:
    if mine.before != theirs.before or (mine.before in _WITH and _MUTUAL.search(pair.mine.text)):
        return False
    return _meet(pair, mine.left, theirs.left) and _meet(pair, mine.right, theirs.right)


def _meet(pair: Alignment, mine: int | None, theirs: int | None) -> bool:
    if mine is None or theirs is None:
        return mine is theirs
    return theirs in pair.there[mine]


def _apart(side: Text, one: Mention, other: Mention) -> bool:
    """Whether more than a list parts them."""
    return any(form not in _JOINS for form in side.forms[one.last + 1 : other.first])


def _slots(side: Text, mentions: Sequence[Mention], shared: Collection[int]) -> _Slots:
    taken = {place for each in mentions for place in range(each.first, each.last + 1)}
    anchors = sorted(set(shared) - taken)
    return [(each, _slot(side, each, anchors, taken.union(shared))) for each in mentions]


def _slot(side: Text, mention: Mention, anchors: Sequence[int], said: Collection[int]) -> _Slot:
    left = max((place for place in anchors if place < mention.first), default=None)
    right = min((place for place in anchors if place > mention.last), default=None)
    return _Slot(_before(side, mention.first, said), left, right)


def _before(side: Text, first: int, said: Collection[int]) -> str:
    """The preposition of a mention, past its articles and what only one side says; "" if there is none."""
    for place in range(first - 1, max(-1, first - _FURTHEST), -1):
        form = side.forms[place]
        if form in _PREPOSITIONS:
            return form
        if form not in _ARTICLES and (place in said or not side.says(place)):
            break
    return ""

"""Who may hear a question and its passages: confidentiality, region, and whom the question is about. Pure.

These rules come first and are hard: whoever may not hear it is not asked, also when everybody else is down.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.models.reasons import why
from bot.models.vendor import Vendor
from bot.types import Skipped
from retrieval.types import Language
from retrieval.visibility import CONFIDENTIALITY

_ANYWHERE, _HERE = "global", "local"


@dataclass(frozen=True, slots=True)
class Need:
    """What decides who may be asked.

    `confidentiality` is the highest of all that is sent; `regions` has one set for each document that
    restricts where it may be worked on; `about` are keys of vendors.yaml; `only` is one vendor and no other.
    """

    confidentiality: str
    regions: tuple[frozenset[str], ...] = ()
    about: frozenset[str] = frozenset()
    only: str = ""
    language: Language = "en"


def objection(vendor: Vendor, need: Need) -> str | None:
    """Why this vendor must not hear it, or None."""
    if _rank(need.confidentiality) > _rank(vendor.max_confidentiality):
        most, asked = vendor.max_confidentiality, need.confidentiality
        return why("confidentiality", need.language, most=most, asked=asked)
    for allowed in need.regions:
        outside = {each for each in vendor.regions if not _within(each, allowed)}
        if outside:
            return _misplaced(outside, allowed, need.language)
    return None


def _rank(word: str) -> int:
    # A word nobody knows counts as more confidential than all others: no vendor may hear it.
    return CONFIDENTIALITY.index(word) if word in CONFIDENTIALITY else len(CONFIDENTIALITY)


def _within(region: str, allowed: frozenset[str]) -> bool:
    """A vendor of several regions may use each of them. Here is where the passages already are."""
    return region == _HERE or region in allowed or _ANYWHERE in allowed


def _misplaced(outside: Iterable[str], allowed: frozenset[str], language: Language) -> str:
    works, named = (", ".join(sorted(each)) for each in (outside, allowed - {_HERE}))
    return why("region" if named else "nowhere", language, works=works, allowed=named)


def admitted(vendors: Sequence[Vendor], need: Need) -> tuple[tuple[Vendor, ...], tuple[Skipped, ...]]:
    """The vendors that may be asked, in their order, and why the others may not.

    With `only`, the others are not even named: nobody wanted to know of them.
    """
    wanted = [each for each in vendors if need.only in ("", each.name)]
    objections = [(each, objection(each, need)) for each in wanted]
    skipped = [Skipped(each.name, reason) for each, reason in objections if reason]
    if need.only and not wanted:
        skipped = [Skipped(need.only, why("unknown", need.language))]
    return tuple(each for each, reason in objections if reason is None), tuple(skipped)


def concerned(vendor: Vendor, need: Need) -> bool:
    """Whether the question is about the owner of the vendor's model."""
    return vendor.owner in need.about


def conflict(vendor: Vendor, need: Need) -> Skipped:
    """That this vendor leaves the answer to another, because the question is about its model's owner."""
    return Skipped(vendor.name, why("conflict", need.language, owner=vendor.owner))

"""Whether a statement says more than its source: all for some, is for may be, only for nothing. Pure.

As in `bot.polarity`, a word counts only beside words that both sentences share.
"""

import re
from collections.abc import Iterator, Mapping

from bot.alignment import Alignment, Text, beside, following, preceding, within
from bot.polarity import negates
from retrieval.types import Language

_REACH = 8  # words between a word that weakens and what it is about
_SHARED = 0.5  # of the words near one that weakens
_BESIDE = 3  # words between a word of extent and what it is about
_FEW, _SOME, _MANY, _MOST, _ALL = range(1, 6)

_EXTENTS: Mapping[str, int] = {
    word: rank
    for rank, words in (
        (_FEW, "few rarely seldom hardly scarcely wenige wenigen weniger selten kaum"),
        (
            _SOME,
            "some several sometimes occasionally certain various partly partially part parts einige "
            "einigen einiger manche manchen mancher mehrere mehreren mehrerer etliche bestimmte manchmal "
            "gelegentlich teilweise teils teil teile teilen",
        ),
        (_MANY, "many often frequently commonly numerous viele vielen vieler oft häufig zahlreiche oftmals"),
        (
            _MOST,
            "most mostly usually generally typically normally mainly largely primarily majority chiefly "
            "predominantly "
            "meist meisten meistens gewöhnlich üblicherweise größtenteils weitgehend überwiegend "
            "hauptsächlich mehrheit "
            "generell normalerweise typischerweise vorwiegend",
        ),
        (
            _ALL,
            "all every each everyone everybody everything always completely entirely fully wholly "
            "totally alle allen "
            "aller alles jede jeder jedes jeden jedem immer stets vollständig völlig komplett sämtliche "
            "sämtlichen "
            "sämtlicher ausnahmslos gänzlich",
        ),
    )
    for word in words.split()
}
_SOFTENED = frozenset("nearly almost fast nahezu beinahe".split())
_NO_EXTENT_BEHIND = frozenset("at after above of for vor the am".split())  # at all, vor allem, the most
_NO_EXTENT_BEFORE = frozenset("noch wieder mehr but other".split())  # immer noch, immer mehr, all but

_ONLY = frozenset("only solely exclusively nur lediglich ausschließlich".split())
_RESTRICTIVE = _ONLY | frozenset(
    "just merely alone sole single unique limited limits limit restricted restrict exclusive confined except "
    "unless until no not none never but without one first purely pure simply bloß allein einzig einzige "
    "einzigen einziger einziges erst beschränkt begrenzt exklusiv außer ohne kein keine keinen keiner "
    "nicht nie "
    "sofern solange bis rein reine reines".split()
)
_NO_ONLY = frozenset("not nicht if the the die der das".split())  # not only, if only, the only

_UNSURE: dict[Language, frozenset[str]] = {
    "en": frozenset(
        "may might could possibly perhaps probably likely potentially presumably supposedly allegedly".split()
    ),
    "de": frozenset(
        "könnte könnten dürfte dürften möglicherweise vielleicht wahrscheinlich vermutlich "
        "voraussichtlich womöglich "
        "eventuell mutmaßlich angeblich".split()
    ),
}
_FORECAST: dict[Language, frozenset[str]] = {
    "en": frozenset(
        "expects expect expected forecast forecasts projected anticipates anticipated intends hopes".split()
    ),
    "de": frozenset(
        "rechnet rechnen erwartet erwarten prognostiziert prognostizieren plant planen geplant hofft".split()
    ),
}
# What leaves a statement open in some other way: then it is not held against the word of the source.
_OPEN: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"may|might|can|could|would|should|possib\w*|perhaps|probabl\w*|likel\w*|unlikely|potential\w*|"
        r"presum\w*|suppos\w*|alleg\w*|report\w*|expect\w*|forecast\w*|project\w*|anticipat\w*|predict\w*|"
        r"foresee\w*|foresaw|await\w*|estimat\w*|plan\w*|intend\w*|hop(?:es?|ed|ing)|believ\w*|think\w*|"
        r"thought|suggest\w*|appear\w*|seem\w*|want\w*|if|whether|risk\w*|chances?|able|capable|threat\w*|"
        r"uncertain\w*|unclear|claim\w*|outlook|guidance|target\w*|aim\w*|schedul\w*|due|set|allow\w*|"
        r"permi\w*|approv\w*|clear\w*|danger\w*|doubt\w*|sometimes|option\w*|propos\w*|consider\w*|must|"
        r"eligible|room|opportunit\w*|speculat\w*|fear\w*|question\w*|assum\w*|warn\w*|eventual\w*"
    ),
    "de": re.compile(
        r"kann|kannst|können|könn?te\w*|könne|konnten?|soll\w*|würden?|dürf\w*|darf|mag|mögen|möge|möglich\w*|"
        r"womöglich|vielleicht|wahrscheinlich\w*|vermut\w*|voraussicht\w*|eventuell|wohl|mutmaßlich\w*|"
        r"angeblich\w*|erwart\w*|rechne\w*|prognos\w*|plan\w*|geplant\w*|hoff\w*|glaub\w*|schein\w*|"
        r"offenbar|potenziell\w*|potentiell\w*|risik\w*|gefahr\w*|chancen?|ob|falls|wenn|anscheinend|"
        r"schätz\w*|geschätzt\w*|ziel\w*|will|wollen|wolle|müsste\w*|unsicher\w*|unklar\w*|denkbar\w*|"
        r"sei|seien|habe|hätten?|wären?|werde|laut|demnach|erlaubt\w*|zulässig\w*|freigegeben\w*|"
        r"vorgesehen\w*|absicht\w*|beabsichtig\w*|droh\w*|befürcht\w*|frage\w*|annahme\w*|ange[bn]\w*|"
        r"option\w*|vorschl\w*|warn\w*|müssen|muss|nachvollziehbar|gegebenenfalls|ggf|rund|steht|stehen"
    ),
}
_WILL: dict[Language, frozenset[str]] = {
    "en": frozenset("will shall going promises promised promise next".split()),
    "de": frozenset("wird werden künftig zukünftig nächste nächsten nächstes kommenden".split()),
}


def overstated(pair: Alignment) -> str:
    """The word of the source that leaves open what the statement says outright; "" if there is none."""
    return next(_left_open(pair), "")


def _left_open(pair: Alignment) -> Iterator[str]:
    mine, theirs = pair.mine, pair.theirs
    open_ = [i for i, form in enumerate(mine.forms) if _OPEN[mine.language].fullmatch(form)]
    future = [i for i, form in enumerate(mine.forms) if form in _WILL[mine.language]]
    for place, form in enumerate(theirs.forms):
        unsure = form in _UNSURE[theirs.language] and not _certain(theirs, place)
        if unsure or form in _FORECAST[theirs.language]:
            here = _about(pair, place)
            if here and not _weakened(mine, here, open_ if unsure else [*open_, *future]):
                yield form


def _certain(side: Text, place: int) -> bool:
    """The month of May, and what is more likely than something else."""
    return side.word(place).startswith("May") or side.before(place) in ("more", "less", "most")


def _weakened(side: Text, here: frozenset[int], marks: list[int]) -> bool:
    clauses = {side.clauses[place] for place in here}
    return within(here, _REACH, marks) or any(side.clauses[mark] in clauses for mark in marks)


def _about(pair: Alignment, place: int) -> frozenset[int]:
    """Where the statement has what a word of the source is about; nothing unless it has most of it."""
    after, before = following(pair.theirs, place), preceding(pair.theirs, place)
    near = [*after, *before]
    found = [each for each in near if each in pair.back]
    first = after[:1] or before[:1]
    if not first or first[0] not in pair.back or len(found) < max(2, _SHARED * len(near)):
        return frozenset()
    return frozenset(i for each in found for i in pair.back[each])


def widened(pair: Alignment) -> str:
    """The word of the statement that takes in more than the source does: all for some, usually for rarely."""
    foreign = pair.mine.language != pair.theirs.language
    for place, form in enumerate(pair.mine.forms):
        rank = _rank(pair.mine, place)
        # "Most" has too many translations (zum größten Teil, in der Regel) to be held against a source.
        if rank >= (_ALL if foreign else _MOST) and _narrower(pair, place, rank):
            return form
    return ""


def _rank(side: Text, place: int) -> int:
    """How much a word of extent takes in: almost all is most, immer noch nothing."""
    rank = _EXTENTS.get(side.forms[place], 0)
    denied = any(negates(form) for form in side.forms[max(0, place - _BESIDE) : place])
    if rank == _ALL and (denied or side.before(place) in _SOFTENED):
        return _MOST
    idle = side.before(place) in _NO_EXTENT_BEHIND or side.after(place) in _NO_EXTENT_BEFORE
    return 0 if rank >= _MOST and idle else rank


def _narrower(pair: Alignment, place: int, rank: int) -> bool:
    """Whether the source has only lesser words beside what a word of extent is about."""
    near = [*following(pair.mine, place, 1), *preceding(pair.mine, place, 1)]
    likes = (there for each in near for there in pair.there.get(each, ()))
    ranks = [_rank(pair.theirs, j) for there in likes for j in beside(pair.theirs, there, _BESIDE)]
    return any(ranks) and max(ranks) < rank


def restricted(pair: Alignment) -> str:
    """An "only" in the statement before words that the source has without one."""
    if any(form in _RESTRICTIVE or form.endswith("n't") for form in pair.theirs.forms):
        return ""
    for place, form in enumerate(pair.mine.forms):
        after = following(pair.mine, place, 2) if form in _ONLY else []
        if after and pair.mine.before(place) not in _NO_ONLY and all(each in pair.there for each in after):
            return form
    return ""

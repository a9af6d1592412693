"""Whether a figure is the most, the least, or just that: "up to 50" is not 50, nor 50 "more than 50". Pure.

Only a bound right beside the digits is held against a text; a word of the kind near by excuses one, unless
it is of the other side: what is capped at 50 is not at least 50.
"""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["", "over", "least", "under", "most", "within", "after"]
Side = Literal["", "up", "down"]

_WORDS: tuple[tuple[Kind, str], ...] = (
    (
        "most",
        r"(?:no|not|nicht) (?:more|longer|greater|higher|later|mehr|länger|höher|später) (?:than|als)"
        r"|up to|at most|bis zu|höchstens|maximal|a maximum of|allenfalls",
    ),
    (
        "least",
        r"(?:no|not|nicht) (?:less|fewer|shorter|lower|weniger|kürzer|niedriger) (?:than|als)"
        r"|at least|mindestens|wenigstens|a minimum of|minimum",
    ),
    ("over", r"(?:more|greater|longer) than|over|in excess of|upwards of|exceed(?:s|ed|ing)?|mehr als|über"),
    ("under", r"(?:less|shorter) than|fewer than|under|weniger als|unter"),
    ("within", r"within|innerhalb(?: von)?|binnen|spätestens nach"),
    ("after", r"after|nach"),
)
_TURNED: dict[Kind, Kind] = {"over": "most", "under": "least", "most": "", "least": ""}
_NOT = re.compile(r"(?:\b(?:not|never|cannot|nicht|nie|niemals)\b|n't)(?:\s[^\W\d]+){0,5}\s$", re.IGNORECASE)
_BEHIND = re.compile(
    r"(?P<over>\+(?!\d))|(?:\s[^\W\d]+)?\s(?:(?P<least>(?:or|oder|und) (?:more|mehr|above)\b)"
    r"|(?P<most>(?:or|oder) (?:less|fewer|weniger)\b|nicht (?:übersteig|überschreit)\w+)"
    r"|(?:(?P<last>at least|mindestens)|(?P<top>at most|höchstens|maximal))(?=[\s]*(?:[.,;:)]|\Z)))",
    re.IGNORECASE,
)
_BEHINDS: dict[str, Kind] = {"over": "over", "least": "least", "most": "most", "last": "least", "top": "most"}
_BEFORE = re.compile(
    r"\b(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _WORDS)
    + r")(?: the| a| der| die| den)?(?: next| nächsten)?[\s\u00a0]*(?:US-?\$|\$|€|£|USD|EUR)?[\s\u00a0]*$",
    re.IGNORECASE,
)
_NEAR = re.compile(
    r"\b(?:above|exceed\w*|upwards?|more|minimum|mindest\w*|mehr|not less|fewer|surpass\w*|"
    r"topp?(?:ed|s|ing)?|übersteig\w*|überschreit\w*|über\w*|ab|maxim\w*|höchst\w*|cap|caps|"
    r"capped|limit\w*|within|below|younger|older|unterhalb|oberhalb|until|less|weniger|bis|"
    r"to|through|obergrenze|untergrenze|begrenz\w*|over|under|unter|plus|nearly|almost|"
    r"knapp|fast|gut|around|about|rund|etwa|circa|ca|approximately|roughly|some|least|"
    r"most|between|zwischen|nahezu|beinahe|close|ungefähr|annähernd|deckel\w*|ceiling|floor|"
    r"few|many|allenfalls|wenigstens|binnen|across|throughout|age|alter|alt|alten|threshold|schwelle|innerhalb|binnen|further|"
    r"as (?:high|many|much|long|far|low|few))\b|"
    r"[+~≈<>≤≥]|\d ?[–-] ?\d?",
    re.IGNORECASE,
)
_UP = re.compile(
    r"\b(?:above|exceed\w*|upwards|surpass\w*|minimum|mindest\w*|übersteig\w*|überschreit\w*|untergrenze"
    r"|floor|at least|wenigstens)\b|[+>≥]",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:maxim\w*|höchst\w*|cap|caps|capped|limit\w*|begrenz\w*|gedeckelt\w*|obergrenze|ceiling|at most)\b"
    r"|[<≤]",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:not|no|never|un\w+|nicht|kein\w*|nie|ohne|without)\b|n't", re.IGNORECASE)
# What is over after a time lasted until then: prices hold for 30 days, and rise after 30 days.
_LAPSES = re.compile(
    r"\b(?:no longer|nicht mehr|rise|rises|change\w*|increas\w*|steig\w*|end|ends|ended|endet\w*|expir\w*"
    r"|laps\w*|stops?|ausläuf\w*|abläuf\w*|erlisch\w*|verfäll\w*|läuft|not|nicht|kein\w*|unless|no)\b",
    re.IGNORECASE,
)
_SPREAD = re.compile(r"\s[^\W\d]+ (?:verteilt|verstreut|erstreckt|hinweg)\b", re.IGNORECASE)  # über 14 Orte
_SENTENCE = re.compile(r"[.!?;]\s")
_PHRASAL = re.compile(  # losses add up to, takes over
    r"\b(?:add|sum|lead|led|liv|spread|distribut|extend|verteil|erstreck|build|built|com|came|mak|made|run|ran|tak|took|hand|step|set|keep|going|goes|went)\w*\s$",
    re.IGNORECASE,
)
_AMBIGUOUS = frozenset("over under über unter".split())  # a survey unter 1,000 people, über Kanal 7
_DEADLINES = frozenset(("within", "after"))
_TIMES = frozenset("hour day week month year minute second".split())  # over a year: during it


@dataclass(frozen=True, slots=True)
class Limits:
    """A bound right beside a figure, as written, and which words of the kind stand near it."""

    kind: Kind = ""
    word: str = ""
    near: bool = False
    lean: Side = ""  # of the words near by, where they are of one side
    behind: bool = False  # whether the word stands behind the figure

    def told(self, figure: str) -> str:
        """The figure with the word that bounds it."""
        return f"{figure} {self.word.lower()}" if self.behind else f"{self.word.lower()} {figure}"

    @property
    def side(self) -> Side:
        """Whether the figure is the least or the most, as far as it is said."""
        if self.kind in ("over", "least"):
            return "up"
        return "down" if self.kind in ("under", "most", "within") else "" if self.kind else self.lean


NONE = Limits()


def read(text: str, start: int, end: int, unit: str, bare: bool) -> Limits:
    """The bound of the figure at a place."""
    before, after = text[max(0, start - 30) : start], text[end : end + 15]
    near = bool(_NEAR.search(before) or _NEAR.search(after))
    lean, mark = _lean(f"{before} {after}")
    kind, word = _beside(text, start, end)
    none = Limits("", mark, near or (kind in _DEADLINES and unit in _TIMES), lean)
    if not kind or (word.lower() in _AMBIGUOUS and _loose(word.lower(), text[start : end + 1], unit, bare)):
        return none
    if kind in _DEADLINES and (unit not in _TIMES or lapses(text, start, end)):
        return none
    return Limits(kind, word, near, lean, _BEFORE.search(text, max(0, start - 40), start) is None)


def _loose(word: str, figure: str, unit: str, bare: bool) -> bool:
    """Over a year, a survey unter 1,000 people, sent über 19.2°: none of them sets a bound."""
    decimal = figure.endswith("°") or re.search(r"[.,]\d{1,2}\b", figure)
    return unit in _TIMES or (bare and (word in ("under", "unter") or bool(decimal)))


def lapses(text: str, start: int, end: int) -> bool:
    """Whether what is said of the time at a place may be over then, or is denied."""
    before = _SENTENCE.split(text[max(0, start - 80) : start])[-1]
    return _LAPSES.search(before + _SENTENCE.split(text[end : end + 80])[0]) is not None


def _beside(text: str, start: int, end: int) -> tuple[Kind, str]:
    match = _BEFORE.search(text, max(0, start - 40), start)
    if match is None:
        behind = _BEHIND.match(text, end)
        kind = _BEHINDS[behind.lastgroup] if behind and behind.lastgroup else ""
        return (kind, behind[behind.lastgroup]) if behind and behind.lastgroup else ("", "")
    if phrasal(text, match.start()) or _SPREAD.match(text, end):
        return "", ""
    kind = next(kind for kind, _ in _WORDS if match[kind])
    if kind in _TURNED and _NOT.search(text, max(0, match.start() - 60), match.start()):
        kind = _TURNED[kind]  # not kept for more than 30 days
    return kind, match[match.lastgroup or 0]


def _lean(words: str) -> tuple[Side, str]:
    up, down = _UP.search(words), _DOWN.search(words)
    found = up or down
    if found is None or (up and down) or _DENIED.search(words):
        return "", ""
    return ("up" if up else "down"), found.group()


def phrasal(text: str, start: int) -> bool:
    """Whether the words at a place belong to a verb before them, and bound nothing."""
    return _PHRASAL.search(text, max(0, start - 12), start) is not None


def fits(claimed: Limits, value: float, source: Limits, amount: float) -> bool:
    """Whether a source's amount allows the statement to put its value so."""
    if {claimed.kind, source.kind} == _DEADLINES or {claimed.side, source.side} == {"up", "down"}:
        return False
    if not claimed.kind:
        return claimed.near or source.kind not in ("most", "under")
    if source.near or source.kind or claimed.kind in _DEADLINES:
        return True
    return amount > value if claimed.side == "up" else amount < value

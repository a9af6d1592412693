"""Characters that a reader does not see but a model does: removed. Spaces, line ends, NFC. Pure.

What counts as invisible follows Unicode's categories Cc, Cf and Cs and the property
Default_Ignorable_Code_Point (UAX #44), with the tag characters used for "ASCII smuggling" among them.
"""

import re
import unicodedata
from collections import Counter
from functools import cache

_GROUPS = {
    "zero-width": "\u034f\u180e\u200b-\u200d\u2060-\u2064\ufeff",
    "bidirectional control": "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f",
    "tag": "\U000e0000-\U000e00ff",
    "variation selector": "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e0fff",
    "soft hyphen": "\u00ad",
    "control": "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f",
    "other invisible": (
        "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0"
        "\ud800-\udfff\ufff0-\ufffc\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f"
        "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    ),
}
# ECMA-48, 7-bit forms only: the one-byte CSI is also a quotation mark of a mislabelled Windows-1252 page.
_TERMINAL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)"  # OSC: window titles, links
)
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


@cache
def _invisible() -> re.Pattern[str]:
    return re.compile("[" + "".join(_GROUPS.values()) + "]")


@cache
def _group(character: str) -> str:
    return next(name for name, members in _GROUPS.items() if re.match(f"[{members}]", character))


def clean(text: str) -> tuple[str, Counter[str]]:
    """Return NFC text in which "\\n" and "\\t" are the only controls, and how many of each kind went."""
    if text.isascii() and text.replace("\n", "").isprintable():  # most blocks; saves 9/10 of the time
        return text, Counter()
    text = _SPACE.sub(" ", _LINE_END.sub("\n", text))
    text, sequences = _TERMINAL.subn("", text)
    removed = Counter(map(_group, _invisible().findall(text)))
    if sequences:
        removed["terminal sequence"] = sequences
    return unicodedata.normalize("NFC", _invisible().sub("", text) if removed else text), removed


def describe_removed(removed: Counter[str]) -> tuple[str, ...]:
    """One note for the admin, or none: "invisible characters removed: 5 (tag 3, zero-width 2)"."""
    if not removed:
        return ()
    kinds = ", ".join(f"{name} {count}" for name, count in removed.most_common())
    return (f"invisible characters removed: {removed.total()} ({kinds})",)

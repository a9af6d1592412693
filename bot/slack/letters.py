"""Letters that deceive: controls, invisible ones, changes of direction, wide twins of < > &. Pure."""

import re
import unicodedata
from functools import cache

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_ODD = re.compile("[^\x20-\x7e\n\t¡-¬®-ʯ\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u4e00-\u9fff]")
_TWINS = {"＜": "<", "﹤": "<", "＞": ">", "﹥": ">", "＆": "&", "﹠": "&"}
# Shown as nothing although Unicode calls them letters or marks.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_KEPT = "\ufe0f"  # turns a sign into its emoji
_JOINED = re.compile(
    "(?<=[\u2600-\u27bf\ufe0f\U0001f300-\U0001faff])\u200d(?=[\u2600-\u27bf\U0001f300-\U0001faff])"
)
_DOTS = "。．｡﹒․"


def visible(text: str) -> str:
    """The text without what cannot be seen; line ends become \\n. Nothing a reader would miss is lost."""
    lines = _LINE_ENDS.sub("\n", text)
    if not _ODD.search(lines):
        return lines
    parts = _JOINED.split(lines)  # a joiner between two emoji makes one of them
    return "\u200d".join(_ODD.sub(lambda found: _shown(found.group()), part) for part in parts)


@cache
def _shown(letter: str) -> str:
    if letter in _TWINS:
        return _TWINS[letter]
    invisible = unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Cn")
    selector = "\ufe00" <= letter <= "\ufe0e" or "\U000e0100" <= letter <= "\U000e01ef"
    return "" if invisible or selector or letter in _BLANK else letter


def folded(text: str) -> str:
    """As many letters as before, wide and styled ones as plain ASCII: for looking, not for showing."""
    return text if text.isascii() else "".join(map(_plain, text))


@cache
def _plain(letter: str) -> str:
    if letter in _DOTS:
        return "."
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 and plain.isascii() else letter

"""Fractions in words and with a stroke, German and English: two-thirds, drei Viertel, 2/3 of. Pure."""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_ONE = frozenset("a an one ein eine einem eines 1".split())
_COUNTS = dict.fromkeys(_ONE, 1) | {"two": 2, "zwei": 2, "three": 3, "drei": 3, "four": 4, "vier": 4}
_PARTS = {
    word: n
    for n, words in (
        (3, "third thirds drittel dritteln"),
        (4, "quarter quarters viertel vierteln"),
        (5, "fifth fifths fünftel fünfteln"),
        (6, "sixth sixths sechstel sechsteln"),
        (8, "eighth eighths achtel achteln"),
        (10, "tenth tenths zehntel zehnteln"),
    )
    for word in words.split()
}
# A third vendor is no third, nor are three quarters in a row three quarters of something.
_OF = r"(?=\s(?:of|der|des|aller|von)\b)"
_FRACTION = re.compile(
    rf"\b(?P<n>{'|'.join(_COUNTS)}|\d)(?:(?P<hyphen>-)|[\s\u00a0])(?P<d>{'|'.join(_PARTS)})\b(?P<of>{_OF})?"
    rf"|(?<![\d/.,])(?P<over>\d{{1,2}})/(?P<under>\d{{1,2}})(?![\d/.,]){_OF}",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[tuple[float, Span]]:
    """The fractions of a text, each as a value below 1 and its place."""
    for match in _FRACTION.finditer(text):
        above, below = _read(match)
        if 0 < above < below:
            yield above / below, match.span()


def _read(match: re.Match[str]) -> tuple[int, int]:
    if match["over"]:
        return int(match["over"]), int(match["under"])
    count, part = match["n"].lower(), match["d"].lower()
    sure = match["hyphen"] or match["of"] is not None or (part not in ("quarters",) and count not in _ONE)
    return (int(count) if count.isdigit() else _COUNTS[count], _PARTS[part]) if sure else (0, 1)

"""The keys by which a document speaks of itself, and what looks like one of them but is not. Pure.

A label that is not read would leave a document to the default visibility, without a word.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import takewhile

from retrieval.errors import ParseFailed
from retrieval.formats.clean import clean

# What restricts a document, each with an example of how it is written.
RESTRICTIONS = {
    "visibility": "visibility: group:legal",
    "confidentiality": "confidentiality: internal",
    "regions": "regions: [eu, local]",
}
_PLAIN = ("title", "source", "publisher", "published", "language", "vendors", "review", "sample")
KEYS = frozenset((*_PLAIN, *RESTRICTIONS))
# Near to a key of ours, and yet words of their own that other programs write.
_OWN = frozenset({"resource", "resources", "reviewed", "reviewer", "reviewers"})
_ALIKE = 0.8  # difflib's ratio: "visbility", "confidential" and "vendor" lie above, "subtitle" below
_FIRST, _WIDTH = 20, 200  # lines, and characters of each, that are looked at
_COMMENTS = re.compile(r"(?:\s|\ufeff|<!--.*?-->)+", re.S)
_MARK = re.compile(r"\s*[^\w\s]+\s*(?:ya?ml|toml|json)?\s*", re.I)
_PAIR = re.compile(r"\W*([^\W\d][\w-]*)\W*?[:=]")
_ADVICE = (
    "Put the labels between two lines of exactly three hyphens, the first of them being the file's first line"
)


def meant(name: str, among: Iterable[str] = KEYS) -> str:
    """The key that a name which is none of them was likely to be; empty when it is a word of its own."""
    if name in KEYS or name in _OWN:
        return ""
    return next(iter(get_close_matches(name, sorted(among), 1, _ALIKE)), "")


def check_said(name: str, value: str, where: str, uri: str) -> None:
    """An empty restriction must not turn into the default, which may be wider than what was meant."""
    if name in RESTRICTIONS and not clean(value)[0].strip():  # "\0" in quotes is nothing either
        advice = f"Give it a value, such as `{RESTRICTIONS[name]}`, or remove {name}"
        raise ParseFailed(uri, f"{where}: {name} is empty", advice)


def check_name(name: str, where: str, uri: str, among: Iterable[str] = KEYS) -> None:
    """Refuse a name that is nearly a key: most likely that key was meant, and mistyped."""
    if likely := meant(name, among):
        raise ParseFailed(uri, f"{where}: {name} is no key", f"Write {likely}, or rename or remove {name}")


def check_unread(text: str, uri: str) -> None:
    """Refuse a text without front matter that begins as if it had some: labels, or a mark and labels."""
    start = _COMMENTS.match(text)
    rest = text[start.end() if start else 0 :].split("\n", _FIRST + 1)
    lines = [line[:_WIDTH] for line in rest[: _FIRST + 1]]
    first = list(takewhile(str.strip, lines))
    begins = _MARK.fullmatch(lines[0]) or all(map(_PAIR.match, first))
    for line in lines if _MARK.fullmatch(lines[0]) else first:
        pair = _PAIR.match(line)
        if begins and pair and _restricts(pair[1].lower()):
            raise ParseFailed(uri, f"{line.strip()[:80]!r} is not read: it is in no front matter", _ADVICE)


def _restricts(name: str) -> bool:
    return name in RESTRICTIONS or bool(meant(name, RESTRICTIONS))

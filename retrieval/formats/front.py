"""YAML front matter: what a document says of itself, as plain strings exactly as written."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import dropwhile, takewhile
from typing import Any

from retrieval.errors import ParseFailed
from retrieval.formats.labels import KEYS, RESTRICTIONS, check_name, check_said, check_unread

LIMIT = 16_384  # characters; a page of metadata is about 1,000
_ADVICE = "Correct the lines between the two --- marks, or remove them"
_NULL = "tag:yaml.org,2002:null"
_OPENING = re.compile(r"---(?:\s+#.*|\s*)")
_CLOSING = re.compile(r"(?:---|\.\.\.)(?:\s+#.*|\s*)")
_RESTRICTION = re.compile(rf"\s*[\"']?(?:{'|'.join(RESTRICTIONS)})[\"']?\s*:", re.I)


def split_front_matter(text: str, uri: str) -> tuple[dict[str, str], str, tuple[str, ...]]:
    """Return metadata, the text after it, and notes; no metadata when the text opens without "---".

    Blank lines and a byte order mark before it, and a comment behind it, do not count. Broken front matter
    raises ParseFailed: it may hold the visibility, which must not be guessed. So do labels in none.
    """
    metadata, body, notes = _split(text, uri)
    if body == text:
        check_unread(text, uri)
    return metadata, body, notes


def _split(text: str, uri: str) -> tuple[dict[str, str], str, tuple[str, ...]]:
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines, 1) if line.strip("\ufeff \t\r")), 0)  # of its inside
    if not start or not _OPENING.fullmatch(lines[start - 1].removeprefix("\ufeff")):
        return {}, text, ()
    end = next((i for i, line in enumerate(lines[start:], start) if _CLOSING.fullmatch(line)), 0)
    if not end:
        _check_unclosed(lines[start:], start, uri)
        return {}, text, ()
    if not any(map(str.strip, lines[start:end])):
        return {}, text, ()  # nothing between them: two horizontal rules
    node = _compose("\n".join(lines[start:end]), start + 1, uri)
    body = "\n".join(lines[end + 1 :])
    if node is None:
        return {}, body, ()
    if node.id == "scalar" and not any(map(_RESTRICTION.match, lines[start:end])):
        return {}, text, ()  # prose between two horizontal rules
    if node.id != "mapping":
        problem = f"front matter, line {start + 1}: expected lines such as `title: ...`"
        raise ParseFailed(uri, problem, _ADVICE)
    metadata, notes = _strings(node, start + 1, uri)
    return metadata, body, notes


def _check_unclosed(lines: Sequence[str], opening: int, uri: str) -> None:
    """A first "---" without a second is a horizontal rule, unless metadata seems to follow."""
    name, colon, _ = lines[0].partition(":") if lines else ("", "", "")
    first = takewhile(str.strip, dropwhile(lambda line: not line.strip(), lines))
    if (colon and name.strip().isidentifier()) or any(map(_RESTRICTION.match, first)):
        raise ParseFailed(uri, f"front matter opens in line {opening} and is never closed", _ADVICE)


def _compose(head: str, first: int, uri: str) -> Any:  # noqa: ANN401 (a node of PyYAML, None if empty)
    """The node tree, nothing constructed from it. No anchors: a few lines of them make gigabytes."""
    import yaml

    if len(head) > LIMIT:
        raise ParseFailed(uri, f"front matter is longer than {LIMIT:,} characters", _ADVICE)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml takes 0.1 ms where Python takes 4
    try:
        if any(getattr(event, "anchor", None) for event in yaml.parse(head, Loader=loader)):
            raise ParseFailed(uri, "front matter uses YAML anchors, which are not read", _ADVICE)
        return yaml.compose(head, Loader=loader)
    except yaml.MarkedYAMLError as error:
        last = head.count("\n")  # an unclosed bracket is found at the end, beyond the last line
        line = first + (min(error.problem_mark.line, last) if error.problem_mark else 0)
        raise ParseFailed(uri, f"front matter, line {line}: {error.problem}", _ADVICE) from None
    except yaml.YAMLError as error:
        raise ParseFailed(uri, f"front matter: {error}", _ADVICE) from None


def _strings(node: Any, first: int, uri: str) -> tuple[dict[str, str], tuple[str, ...]]:  # noqa: ANN401
    """Scalars and flat lists as strings, with a note for nested values under keys that mean nothing here.

    The same key twice is refused, a key of ours that is nested or restricts without a word, and one that is
    nearly a key of ours.
    """
    metadata: dict[str, str] = {}
    notes: list[str] = []
    counts = Counter(_name(key) for key, _ in node.value)
    for key, value in node.value:
        name, line = _name(key), first + key.start_mark.line
        if counts[name] > 1:
            raise ParseFailed(uri, f"front matter, line {line}: {name} is given twice", _ADVICE)
        check_name(name, f"front matter, line {line}", uri)
        items = value.value if value.id == "sequence" else [value]
        if all(item.id == "scalar" for item in items):
            metadata[name] = ", ".join(item.value for item in items if item.tag != _NULL)
            check_said(name, metadata[name], f"front matter, line {line}", uri)
        elif name in KEYS:
            advice = "Write a word or a flat list, such as `visibility: group:legal` without a space"
            raise ParseFailed(uri, f"front matter, line {line}: {name} is nested", advice)
        else:
            notes.append(f"front matter: {name} is nested and was left out")
    unread = ", ".join(name for name in metadata if name not in KEYS)
    return metadata, (*notes, *((f"front matter: not read: {unread}",) if unread else ()))


def _name(key: Any) -> str:  # noqa: ANN401
    return key.value.strip().lower() if key.id == "scalar" else "(a key that is no word)"

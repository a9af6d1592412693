"""YAML front matter: what a document says of itself, as plain strings exactly as written."""

from collections import Counter
from typing import Any

from retrieval.errors import ParseFailed

LIMIT = 16_384  # characters; a page of metadata is about 1,000
_ADVICE = "Correct the lines between the two --- marks, or remove them"
_NULL = "tag:yaml.org,2002:null"


def split_front_matter(text: str, uri: str) -> tuple[dict[str, str], str, tuple[str, ...]]:
    """Return metadata, the text after it, and notes; no metadata when the text opens without "---".

    Broken front matter raises ParseFailed: it may hold the visibility, which must not be guessed.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return {}, text, ()
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), 0)
    if not end:
        _check_unclosed(lines, uri)
        return {}, text, ()
    node = _compose("\n".join(lines[1:end]), uri)
    body = "\n".join(lines[end + 1 :])
    if node is None:
        return {}, body, ()
    if node.id == "scalar":  # prose between two horizontal rules
        return {}, text, ()
    if node.id != "mapping":
        raise ParseFailed(uri, "front matter, line 2: expected lines such as `title: ...`", _ADVICE)
    metadata, notes = _strings(node, uri)
    return metadata, body, notes


def _check_unclosed(lines: list[str], uri: str) -> None:
    """A first "---" without a second is a horizontal rule, unless metadata seems to follow."""
    name, colon, _ = lines[1].partition(":") if len(lines) > 1 else ("", "", "")
    if colon and name.strip().isidentifier():
        raise ParseFailed(uri, "front matter opens in line 1 and is never closed", _ADVICE)


def _compose(head: str, uri: str) -> Any:  # noqa: ANN401 (a node of PyYAML, None for an empty one)
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
        line = min(error.problem_mark.line, last) + 2 if error.problem_mark else 2
        raise ParseFailed(uri, f"front matter, line {line}: {error.problem}", _ADVICE) from None
    except yaml.YAMLError as error:
        raise ParseFailed(uri, f"front matter: {error}", _ADVICE) from None


def _strings(node: Any, uri: str) -> tuple[dict[str, str], tuple[str, ...]]:  # noqa: ANN401
    """Scalars and flat lists as strings, with a note for nested values. The same key twice is refused."""
    metadata: dict[str, str] = {}
    notes: list[str] = []
    counts = Counter(_name(key) for key, _ in node.value)
    for key, value in node.value:
        if counts[_name(key)] > 1:
            problem = f"front matter, line {key.start_mark.line + 2}: {_name(key)} is given twice"
            raise ParseFailed(uri, problem, _ADVICE)
        items = value.value if value.id == "sequence" else [value]
        if all(item.id == "scalar" for item in items):
            metadata[_name(key)] = ", ".join(item.value for item in items if item.tag != _NULL)
        else:
            notes.append(f"front matter: {_name(key)} is nested and was left out")
    return metadata, tuple(notes)


def _name(key: Any) -> str:  # noqa: ANN401
    return key.value.strip().lower() if key.id == "scalar" else "(a key that is no word)"

"""`strategist eval`: golden questions against answers. Reading at the rim, grading pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import EvaluationError
from bot.types import Answer


@dataclass(frozen=True, slots=True)
class Grade:
    """How one answer did: sources and facts expected and found, and whether it declined rightly."""

    question: str
    unanswerable: bool
    declined: bool
    sources: tuple[int, int]  # found, expected
    facts: tuple[int, int]
    missing: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Declined what cannot be answered, or answered with every source and fact."""
        if self.unanswerable:
            return self.declined
        return not self.declined and not self.missing

    @property
    def explanation(self) -> str:
        """What is wrong, in a few words."""
        if self.unanswerable:
            return "answered although our sources do not say"
        return "declined" if self.declined else f"missing: {', '.join(self.missing)}"


def grade(row: Mapping[str, Any], answer: Answer) -> Grade:
    """Compare one answer with what was expected; a source counts by the end of its uri."""
    uris = [citation.uri for citation in answer.citations]
    said = "\n".join([*(s.text for s in answer.statements), *(c.quote for c in answer.citations)]).casefold()
    sources = [str(each) for each in row.get("expect_sources", [])]
    facts = [str(each) for each in row.get("expect_facts", [])]
    lost_sources = [each for each in sources if not any(uri.endswith(each) for uri in uris)]
    lost_facts = [each for each in facts if each.casefold() not in said]
    return Grade(
        question=str(row["question"]),
        unanswerable=bool(row.get("unanswerable", False)),
        declined=answer.status == "unknown",
        sources=(len(sources) - len(lost_sources), len(sources)),
        facts=(len(facts) - len(lost_facts), len(facts)),
        missing=(*lost_sources, *lost_facts),
    )


def summarise(grades: Sequence[Grade]) -> dict[str, Any]:
    """The figures: source recall and facts found over answerable questions, declines on both kinds."""
    real = [each for each in grades if not each.unanswerable]
    others = [each for each in grades if each.unanswerable]
    return {
        "questions": len(grades),
        "source recall": _share([each.sources for each in real]),
        "facts found": _share([each.facts for each in real]),
        "fully right": _share([(int(each.right), 1) for each in real]),
        "declined, answerable": _share([(int(each.declined), 1) for each in real]),
        "declined, unanswerable": _share([(int(each.declined), 1) for each in others]),
    }


def _share(counts: Sequence[tuple[int, int]]) -> float:
    whole = sum(total for _, total in counts)
    return sum(part for part, _ in counts) / whole if whole else 0.0


def read_lines(path: Path, text: str) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file, each with some text under the key `text`.

    The whole file is read before the first question is asked; what is wrong is named by its line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        advice = "Name a UTF-8 JSON Lines file"
        raise EvaluationError(str(path), f"cannot be read ({error})", advice) from error
    rows = [_row(line, f"{path}, line {n}", text) for n, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise EvaluationError(str(path), "holds no questions", "Write one JSON object on each line")
    return rows


def _row(line: str, place: str, text: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EvaluationError(place, f"is not JSON ({error})", "Write one object on each line") from error
    if not isinstance(row, dict):
        raise EvaluationError(place, "is no object", 'Write it in braces: {"question": "..."}')
    value = row.get(text)
    if not isinstance(value, str) or not value.strip():
        raise EvaluationError(place, f'needs some text under "{text}"', "See the README's contracts")
    for key, kind, name in _KINDS:
        if key in row and not _is(row[key], kind):
            raise EvaluationError(place, f'"{key}" must be {name}', "See the README's contracts")
    return row


_KINDS = (
    ("expect_sources", list, "a list of texts"),
    ("expect_facts", list, "a list of texts"),
    ("unanswerable", bool, "true or false"),
)


def _is(value: object, kind: type) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, kind)

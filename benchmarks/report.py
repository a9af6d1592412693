"""Tables, targets, and RESULTS.md: what a table module returns and how it is kept. Pure but for `keep`."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
_PREAMBLE = """# Measured results

Written by `make bench` (`python -m benchmarks [name...]`); a table that was not run keeps its last values, so
each says when, where and on which commit it was made. Data sets are not part of the repository.
"""


@dataclass(frozen=True, slots=True)
class Target:
    """Something the product promised: what, what was measured, and whether it holds."""

    promise: str
    measured: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table: `rows` are as wide as `columns`; notes say how it was measured and what it does not say."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()


def points(value: float) -> str:
    """A score between 0 and 1, three digits: .937"""
    return f"{value:.3f}".removeprefix("0") if value < 1 else f"{value:.3f}"


def markdown(table: Table) -> str:
    """A table with its targets and notes as Markdown."""
    lines = [f"### {table.title}", "", _row(table.columns), _row("---" for _ in table.columns)]
    lines += [_row(row) for row in table.rows]
    if table.targets:
        lines += ["", *(f"- {_verdict(each)}" for each in table.targets)]
    if table.notes:
        lines += ["", *(f"{note}  " for note in table.notes)]
    return "\n".join(line.rstrip() if not line.endswith("  ") else line for line in lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _verdict(target: Target) -> str:
    return f"**{'holds' if target.holds else 'MISSED'}**: {target.promise}. Measured: {target.measured}."


def section(name: str, stamp: str, tables: Sequence[Table]) -> str:
    """All tables of one module under its heading, with the stamp of this run."""
    return f"## {name}\n\n{stamp}\n\n" + "\n".join(markdown(table) for table in tables)


def merge(old: str, new: dict[str, str], order: Sequence[str]) -> str:
    """RESULTS.md with the new sections in place of their old ones; sections not run are kept as they are."""
    kept = dict(_sections(old))
    names = [*order, *(name for name in kept if name not in order)]
    known = kept | new
    return "\n".join([_PREAMBLE, *(known[name].rstrip() + "\n" for name in names if name in known)])


def _sections(text: str) -> Iterable[tuple[str, str]]:
    for part in re.split(r"^(?=## )", text, flags=re.M):
        if part.startswith("## "):
            yield part[3:].split("\n", 1)[0].strip(), part


def keep(new: dict[str, str], order: Sequence[str], path: Path = RESULTS) -> None:
    """Write the new sections into RESULTS.md."""
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(merge(old, new, order), encoding="utf-8")

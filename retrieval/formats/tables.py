"""Tables as pipe tables, the one form in which they travel. Pure."""

from collections.abc import Sequence

from retrieval.types import Block


def pipe_table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown pipe table: the first row is the header, short rows are filled up.

    White space in cells is normalised: a line break inside a cell hides the term from the
    search (docling #539). A "|" in a cell is written "\\|".
    """
    width = max(map(len, rows))
    lines = [_line([*map(_cell, row), *[""] * (width - len(row))]) for row in rows]
    return "\n".join([lines[0], _line(["---"] * width), *lines[1:]])


def table_block(rows: Sequence[Sequence[str]], headings: tuple[str, ...], page: int | None = None) -> Block:
    """A table, or prose where it has one column only: such tables frame text, they hold no data."""
    full = [row for row in rows if any(cell.strip() for cell in row)]
    if max(map(len, full), default=0) > 1:
        return Block("table", pipe_table(full), headings, page)
    return Block("prose", "\n".join(" ".join(row[0].split()) for row in full), headings, page)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

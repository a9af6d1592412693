"""The blocks of a document under the headings that are open where they stand."""

from typing import Literal

from retrieval.formats.tables import table_block
from retrieval.types import Block

LONGEST_HEADING = 300  # characters; longer ones are paragraphs that somebody styled as headings
Rows = list[list[str]]


class Outline:
    """Collects blocks in reading order; every parser fills one."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.path: tuple[tuple[int, str], ...] = ()
        self.page: int | None = None
        self._empty = False  # the innermost heading has nothing below it yet

    def heading(self, level: int, title: str, printed: bool = True) -> None:
        """Open a heading; those of its level or deeper are closed.

        One that is not printed in the text (a PDF bookmark) is a label only, never text by itself.
        """
        title = " ".join(title.split())
        if not title or len(title) > LONGEST_HEADING:
            self.add("prose", title)
            return
        if self.path and level <= self.path[-1][0]:
            self.close()
        self.path = (*(each for each in self.path if each[0] < level), (level, title))
        self._empty = printed

    def close(self) -> None:
        """End the innermost section; a heading without anything below it is kept as prose."""
        if self._empty:
            *above, (_, title) = self.path
            self.blocks.append(Block("prose", title, tuple(name for _, name in above), self.page))
            self._empty = False

    def add(self, kind: Literal["prose", "table", "code"], text: str) -> None:
        """Add a block under the open headings; white space alone is none."""
        if text.strip():
            self._put(Block(kind, text, self.titles(), self.page))

    def table(self, rows: Rows) -> None:
        """Add a table, its first row the header."""
        block = table_block(rows, self.titles(), self.page)
        if block.text.strip():
            self._put(block)

    def titles(self) -> tuple[str, ...]:
        """The heading path, outermost first."""
        return tuple(title for _, title in self.path)

    def finish(self) -> tuple[Block, ...]:
        """All blocks."""
        self.close()
        return tuple(self.blocks)

    def _put(self, block: Block) -> None:
        self.blocks.append(block)
        self._empty = False


def plausible_title(title: str) -> bool:
    """Whether a file's own title field holds a title, not a file name or a program's default."""
    text = title.strip()
    lowered = text.lower()
    names = (".doc", ".docx", ".pdf", ".indd", ".tex", ".odt", ".dvi", ".qxd", ".ppt", ".pptx", ".xls")
    defaults = ("microsoft word -", "untitled", "unbenannt", "document", "dokument", "(anonymous)")
    return 4 <= len(text) <= 300 and not lowered.endswith(names) and not lowered.startswith(defaults)

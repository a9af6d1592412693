"""From a tree of markup to blocks: reads HTML and the TEI-like tree that trafilatura makes of it."""

from typing import Any

from retrieval.formats.outline import Outline
from retrieval.types import Block

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "menu", "list"})
_ITEMS = frozenset({"li", "item"})
_ROWS, _CELLS = ("tr", "row"), ("td", "th", "cell")
_BOXES = frozenset(
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer "
    "form header hr html legend main nav option p quote section summary tbody td tfoot th thead tr".split()
)
_SPECIAL = frozenset({"head", "table", "pre", "code", *_HEADINGS, *_LISTS})
_BREAKS = (
    _BOXES | _LISTS | _ITEMS | frozenset({"br", "lb", "row", "cell", "table", "pre", "head", *_HEADINGS})
)


def blocks_of(root: Any) -> tuple[Block, ...]:  # noqa: ANN401 (lxml has no types)
    """The blocks of a tree, in order. Raises RecursionError on nesting that no real page has."""
    walk = _Walk()
    walk.visit(root)
    walk.flush()
    return walk.outline.finish()


class _Walk:
    """Collects running text until an element that stands by itself begins or ends."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.run: list[str] = []

    def flush(self) -> None:
        """Turn the running text into a block."""
        self.outline.add("prose", " ".join("".join(self.run).split()))
        self.run.clear()

    def visit(self, element: Any) -> None:  # noqa: ANN401
        """Add an element; its tail belongs to whoever called."""
        if not isinstance(element.tag, str):
            return
        if element.tag in _SPECIAL:
            self.special(element)
        else:
            self.descend(element)

    def special(self, element: Any) -> None:  # noqa: ANN401
        """Add a heading, list, table or code, where it is one and not a layout."""
        tag = element.tag
        if tag == "code" and "\n" not in "".join(element.itertext()).strip():
            self.run.append(text_of(element))
            return
        if tag == "table" and _is_layout(element):
            self.descend(element)
            return
        self.flush()
        if tag == "table":
            self.outline.table([[text_of(cell) for cell in row] for row in _rows(element)])
        elif tag in _LISTS:
            self.outline.add("prose", "\n".join(_items(element, 0)))
        elif tag in ("pre", "code"):
            self.outline.add("code", "".join(element.itertext()).strip("\n"))
        else:
            level = _HEADINGS.get(tag) or _HEADINGS.get(element.get("rend", ""), 2)
            self.outline.heading(level, text_of(element))

    def descend(self, element: Any) -> None:  # noqa: ANN401
        """Add what is inside an element, a paragraph of its own where the element is a box."""
        box = element.tag in _BOXES
        if box:
            self.flush()
        self.run.append(" " if element.tag in _BREAKS else "")
        self.run.append(element.text or "")
        for child in element:
            self.visit(child)
            self.run.append(child.tail or "")
        if box:
            self.flush()


def text_of(element: Any, skip: frozenset[str] = frozenset()) -> str:  # noqa: ANN401
    """All text below an element on one line, with spaces where boxes meet, without the tags in `skip`."""
    parts: list[str] = []
    _gather(element, skip, parts)
    return " ".join("".join(parts).split())


def _gather(element: Any, skip: frozenset[str], parts: list[str]) -> None:  # noqa: ANN401
    parts.append(element.text or "")
    for child in element:
        if isinstance(child.tag, str) and child.tag not in skip:
            space = " " if child.tag in _BREAKS else ""
            parts.append(space)
            _gather(child, skip, parts)
            parts.append(space)
        parts.append(child.tail or "")


def _items(element: Any, depth: int) -> list[str]:  # noqa: ANN401
    """The lines of a list, nested lists indented by two spaces a level."""
    ordered = element.tag == "ol" or element.get("rend") == "ol"
    lines: list[str] = []
    for number, item in enumerate((each for each in element if each.tag in _ITEMS), 1):
        own = text_of(item, _LISTS)
        if own:
            lines.append(f"{'  ' * depth}{f'{number}.' if ordered else '-'} {own}")
        for child in item.iterdescendants(*_LISTS):
            if _owner(child, _LISTS) is element:
                lines.extend(_items(child, depth + 1))
    for child in element:  # lists directly in lists: wrong HTML that every word processor writes
        lines.extend(_items(child, depth + 1) if child.tag in _LISTS else ())
    return lines


def _rows(table: Any) -> list[list[Any]]:  # noqa: ANN401
    """The cells of a table by rows, without those of tables inside it."""
    tables = frozenset({"table"})
    rows = [row for row in table.iter(*_ROWS) if _owner(row, tables) is table]
    return [[cell for cell in row if cell.tag in _CELLS] for row in rows]


def _is_layout(table: Any) -> bool:  # noqa: ANN401
    """Whether a table only places things on the page: it holds tables, headings, or one single cell."""
    inner = table.iterdescendants("table", "h1", "h2", "h3", "head")
    return next(inner, None) is not None or sum(map(len, _rows(table))) < 2


def _owner(element: Any, tags: frozenset[str]) -> Any:  # noqa: ANN401
    """The nearest ancestor with one of the tags."""
    return next((each for each in element.iterancestors() if each.tag in tags), None)

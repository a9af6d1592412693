"""DOCX: paragraphs and tables in the order of the body, headings by style, hidden text left out."""

import io
import re
from dataclasses import dataclass
from typing import Any

from retrieval.errors import ParseFailed
from retrieval.formats import archive
from retrieval.formats.outline import Outline, plausible_title
from retrieval.types import Fetched, Parsed

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_HEADING = re.compile(r"(?:heading|überschrift|titre|titolo) ?([1-9])", re.I)
_TITLES = frozenset({"title", "titel"})
_UNREAD = ("del", "moveFrom", "pPr", "rPr", "instrText", "delText")
_SKIPPED = frozenset({_FALLBACK, *(_W + name for name in _UNREAD)})
_WHITE, _TINY = "FFFFFF", 3  # half-points: 1.5 pt, which nobody reads
_SPACES = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_ADVICE = "Open it in a word processor and save it again"


@dataclass(frozen=True, slots=True)
class Look:
    """What of a run's look decides whether it is seen; None where it says nothing."""

    vanish: bool | None = None
    white: bool | None = None
    tiny: bool | None = None

    def over(self, base: "Look") -> "Look":
        """This look on top of another: what it leaves open comes from below."""
        pairs = ((self.vanish, base.vanish), (self.white, base.white), (self.tiny, base.tiny))
        return Look(*(below if own is None else own for own, below in pairs))


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph or character style with all that it inherits. Level 0 is the title, None is no heading."""

    level: int | None = None
    listed: bool = False
    look: Look = Look()


def parse(fetched: Fetched) -> Parsed:
    """Blocks, title and author. Raises ParseFailed: damaged, encrypted, a bomb, not a Word document."""
    archive.check(fetched.data, fetched.uri)
    document = _open(fetched)
    reader = _Reader(_styles(document.styles.element))
    reader.body(document.element.body)
    reader.flush()
    for notes in _footnotes(document):
        reader.footnotes(notes)
    properties = document.core_properties
    values = {"title": properties.title or "", "author": properties.author or ""}
    metadata = {key: value for key, value in values.items() if plausible_title(value)}
    dropped = (f"hidden runs dropped: {reader.hidden}",) if reader.hidden else ()
    return Parsed(reader.outline.finish(), metadata, dropped)


def _open(fetched: Fetched) -> Any:  # noqa: ANN401 (python-docx has no types)
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    try:
        return docx.Document(io.BytesIO(fetched.data))
    except (PackageNotFoundError, XMLSyntaxError, KeyError, ValueError, AttributeError) as error:
        raise ParseFailed(fetched.uri, f"is no Word document that can be read: {error}", _ADVICE) from None


def _footnotes(document: Any) -> list[Any]:  # noqa: ANN401
    from lxml import etree

    parts = (each.target_part for each in document.part.rels.values() if each.reltype == _FOOTNOTES)
    return [etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False)) for part in parts]


def _styles(root: Any) -> dict[str, Style]:  # noqa: ANN401
    """Every style by id, with inheritance resolved; a circle of styles ends where it closes."""
    elements = {each.get(_W + "styleId"): each for each in root.iter(_W + "style")}
    found: dict[str, Style] = {}

    def resolve(name: str, seen: frozenset[str] = frozenset()) -> Style:
        if name not in elements or name in seen or len(seen) > 50:
            return Style()
        if name not in found:
            base = resolve(_value(elements[name], "basedOn"), seen | {name})
            found[name] = _style(elements[name], base)
        return found[name]

    return {name: resolve(name) for name in elements}


def _style(element: Any, base: Style) -> Style:  # noqa: ANN401
    name = _value(element, "name")
    heading, level = _HEADING.match(name), _value(element, "pPr/outlineLvl")
    own = int(heading.group(1)) if heading else 0 if name.lower() in _TITLES else None
    if own is None and level.isdigit() and int(level) < 9:
        own = int(level) + 1
    listed = base.listed or element.find(f"{_W}pPr/{_W}numPr") is not None
    look = _look(element.find(_W + "rPr")).over(base.look)
    return Style(base.level if own is None else own, listed, look)


def _look(properties: Any) -> Look:  # noqa: ANN401
    """The look that a w:rPr element asks for."""
    if properties is None:
        return Look()
    vanish, color, size = (properties.find(_W + name) for name in ("vanish", "color", "sz"))
    shown = _has_ground(properties) or properties.find(_W + "highlight") is not None
    half_points = "" if size is None else size.get(_W + "val", "")
    return Look(
        None if vanish is None else vanish.get(_W + "val", "1") not in ("0", "false", "off"),
        None if color is None and not shown else not shown and _is_white(color),
        int(half_points) <= _TINY if half_points.isdigit() else None,
    )


def _is_white(color: Any) -> bool:  # noqa: ANN401
    return color is not None and str(color.get(_W + "val", "")).upper() == _WHITE


def _value(element: Any, path: str) -> str:  # noqa: ANN401
    """The w:val of a descendant, "" where there is none."""
    found = element.find("/".join(_W + step for step in path.split("/")))
    return "" if found is None else str(found.get(_W + "val", ""))


class _Reader:
    """Fills an outline from the body; adjacent list paragraphs become one list."""

    def __init__(self, styles: dict[str, Style]) -> None:
        self.outline = Outline()
        self.styles = styles
        self.list: list[str] = []
        self.hidden = 0

    def body(self, element: Any) -> None:  # noqa: ANN401
        """Add the paragraphs and tables of a body or of a content control in it."""
        for child in element:
            if child.tag == _W + "p":
                self.paragraph(child)
            elif child.tag == _W + "tbl":
                self.flush()
                self.outline.table(self.rows(child))
            elif child.tag not in _SKIPPED:
                self.body(child)

    def paragraph(self, element: Any) -> None:  # noqa: ANN401
        """Add a heading, a list item or prose."""
        properties = element.find(_W + "pPr")
        style, numbered = Style(), None
        if properties is not None:
            style = self.styles.get(_value(properties, "pStyle"), style)
            numbered = properties.find(_W + "numPr")
        parts: list[str] = []
        self.gather(element, style.look, parts)
        lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
        text = "\n".join(filter(None, lines))
        if not text:
            return
        if style.level is not None:
            self.flush()
            self.outline.heading(style.level, text)
        elif style.listed if numbered is None else _value(numbered, "numId") != "0":
            level = "" if numbered is None else _value(numbered, "ilvl")
            self.list.append(f"{'  ' * min(int(level or 0), 8)}- {' '.join(text.split())}")
        else:
            self.flush()
            self.outline.add("prose", text)

    def flush(self) -> None:
        """End the open list."""
        if self.list:
            self.outline.add("prose", "\n".join(self.list))
            self.list.clear()

    def footnotes(self, root: Any) -> None:  # noqa: ANN401
        """Add the footnotes as one list at the end; the separators between them have a type, notes none."""
        notes = [each for each in root if each.get(_W + "type") is None]
        texts = (" ".join(self.text(each).split()) for each in notes)
        self.outline.close()
        self.outline.path = ()
        self.outline.add("prose", "\n".join(f"- {text}" for text in texts if text))

    def rows(self, table: Any) -> list[list[str]]:  # noqa: ANN401
        """Cell texts by row; merged cells repeat downwards, so that each row says what it is about."""
        rows: list[list[str]] = []
        for row in _nearest(table, _W + "tr", _W + "tbl"):
            if row.find(f"{_W}trPr/{_W}del") is None:
                rows.append(self.cells(row, rows[-1] if rows else []))
        return [row for row in rows if row]

    def cells(self, row: Any, above: list[str]) -> list[str]:  # noqa: ANN401
        """The cell texts of one row, an empty one for each further column that a cell spans."""
        cells: list[str] = []
        for cell in _nearest(row, _W + "tc", _W + "tr"):
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            below = merged is not None and merged.get(_W + "val") != "restart"
            text = above[len(cells)] if below and len(cells) < len(above) else self.text(cell)
            span = _value(cell, "tcPr/gridSpan")
            cells += [text] + [""] * min(int(span) - 1 if span.isdigit() else 0, 100)
        return cells

    def text(self, element: Any) -> str:  # noqa: ANN401
        """The visible text of a cell or note, paragraphs on lines of their own."""
        parts: list[str] = []
        self.gather(element, Look(), parts)
        return "".join(parts)

    def gather(self, element: Any, look: Look, parts: list[str]) -> None:  # noqa: ANN401
        """Collect text depth first; deletions, field codes and doubled drawings are skipped."""
        for child in element:
            if child.tag == _W + "r":
                self.run(child, look, parts)
            elif child.tag in (_W + "t", _MATH):
                parts.append(child.text or "")
            elif child.tag in _SPACES:
                parts.append(_SPACES[child.tag])
            elif child.tag == _W + "p":
                style = self.styles.get(_value(child, "pPr/pStyle"), Style())
                parts.append("\n")
                self.gather(child, style.look, parts)
                parts.append("\n")
            elif child.tag not in _SKIPPED:
                self.gather(child, look, parts)

    def run(self, element: Any, look: Look, parts: list[str]) -> None:  # noqa: ANN401
        """Add a run if a reader sees it."""
        properties = element.find(_W + "rPr")
        if properties is not None:
            style = self.styles.get(_value(properties, "rStyle"), Style())
            look = _look(properties).over(style.look).over(look)
        found: list[str] = []
        self.gather(element, look, found)
        if look.vanish or look.tiny or (look.white and not _is_shaded(element)):
            self.hidden += bool("".join(found).strip())
        else:
            parts.extend(found)


def _nearest(element: Any, tag: str, owner: str) -> list[Any]:  # noqa: ANN401
    """Descendants with the tag that belong to this element and not to one nested in it."""
    return [each for each in element.iter(tag) if next(each.iterancestors(owner)) is element]


def _is_shaded(element: Any) -> bool:  # noqa: ANN401
    """Whether a paragraph, cell or table around the run has a ground of its own for white text."""
    for outer in element.iterancestors():
        for properties in ("pPr", "tcPr", "tblPr"):
            found = outer.find(_W + properties)
            if found is not None and _has_ground(found):
                return True
    return False


def _has_ground(properties: Any) -> bool:  # noqa: ANN401
    """Whether w:shd paints something that is not white itself."""
    shade = properties.find(_W + "shd")
    return shade is not None and str(shade.get(_W + "fill", "auto")).upper() not in ("AUTO", "", _WHITE)

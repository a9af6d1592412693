"""Markdown: CommonMark with tables, YAML front matter. Raw HTML is dropped, with what it hides."""

import re
from html.parser import HTMLParser
from typing import Any

from retrieval.errors import ParseFailed
from retrieval.formats.clean import clean, describe_removed
from retrieval.formats.decode import decode
from retrieval.formats.front import split_front_matter
from retrieval.formats.hidden import hides
from retrieval.formats.outline import Outline
from retrieval.types import Fetched, Parsed

NESTING = 100  # levels; the library stops at its limit without a word, so we look and say it
_UNSEEN = frozenset({"script", "style", "template", "noscript", "head", "title"})
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_LISTS = ("bullet_list", "ordered_list")
_DEEP_QUOTE = re.compile(r"^((?: {0,3}>){20})(?: {0,3}>)+", re.M)  # 50,000 ">" would exceed NESTING
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_LINE_TAG = re.compile(r"</?(?:br|p|div|li|td|tr)\b", re.I)
_SOFT_BREAK = re.compile(r"(?<!\n)\n(?!\n)")


def parse(fetched: Fetched) -> Parsed:
    """Blocks under their heading path, and the front matter. Raises ParseFailed."""
    raw, decoded = decode(fetched.data, fetched.uri)
    text, removed = clean(raw)
    metadata, body, notes = split_front_matter(text, fetched.uri)
    reader = _Reader()
    for node in _tree(body, fetched.uri).children:
        reader.visit(node)
    all_notes = decoded + notes + reader.notes() + describe_removed(removed)
    return Parsed(reader.outline.finish(), metadata, all_notes)


def _tree(body: str, uri: str) -> Any:  # noqa: ANN401 (a SyntaxTreeNode)
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    parser = MarkdownIt("commonmark", {"maxNesting": NESTING}).enable("table")
    parser.core.ruler.before("inline", "shallow", _shallow)
    tokens = parser.parse(_DEEP_QUOTE.sub(r"\1", body))
    if any(token.level >= NESTING - 2 for token in tokens):
        raise ParseFailed(uri, f"is nested deeper than {NESTING} levels", "Flatten its lists and quotes")
    return SyntaxTreeNode(tokens)


def _shallow(state: Any) -> None:  # noqa: ANN401 (a StateCore)
    """Inline markup nested deeper than 20 stays text: 200,000 brackets take 4 s so, 29 s at 100 levels."""
    state.md.options["maxNesting"] = 20


class _Curtain(HTMLParser):
    """Whether raw HTML so far has opened an element that hides what follows."""

    tag = ""
    depth = 0

    def pull(self, raw: str) -> None:
        """Take in one piece of raw HTML."""
        self.feed(raw)
        self.reset()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open, or nest deeper within, the element that hides."""
        attributes = {name: value or "" for name, value in attrs}
        if self.tag == tag:
            self.depth += 1
        elif not self.tag and tag not in _VOID and (tag in _UNSEEN or hides(attributes)):
            self.tag, self.depth = tag, 1

    def handle_endtag(self, tag: str) -> None:
        """Close it again."""
        if self.tag == tag:
            self.depth -= 1
            self.tag = self.tag if self.depth else ""


class _Reader:
    """Fills an outline from the syntax tree, top to bottom."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.curtain = _Curtain()
        self.quotes = self.raw = self.hidden = 0

    def notes(self) -> tuple[str, ...]:
        """What was left out."""
        counts = (("raw HTML dropped", self.raw), ("hidden blocks dropped", self.hidden))
        return tuple(f"{what}: {count}" for what, count in counts if count)

    def visit(self, node: Any) -> None:  # noqa: ANN401
        """Add what one block-level node holds."""
        if node.type == "html_block":
            self.raw += 1
            self.curtain.pull(node.content)
        elif self.curtain.tag:
            self.hidden += 1
        elif node.type == "heading":  # below all others when quoted
            self.outline.heading(int(node.tag[1]) + 6 * self.quotes, self.plain(node))
        elif node.type == "blockquote":
            self.quote(node)
        else:
            self.add(node)

    def quote(self, node: Any) -> None:  # noqa: ANN401
        """A block quote is prose; headings within it end with it."""
        outside = self.outline.path
        self.quotes += 1
        for child in node.children:
            self.visit(child)
        self.quotes -= 1
        if self.outline.path != outside:
            self.outline.close()
            self.outline.path = outside

    def add(self, node: Any) -> None:  # noqa: ANN401
        """Add one paragraph, list, table or code block."""
        if node.type == "table":
            rows = (row for part in node.children for row in part.children)
            self.outline.table([[self.plain(cell) for cell in row.children] for row in rows])
        elif node.type in ("fence", "code_block"):
            self.outline.add("code", node.content)
        elif node.type in _LISTS:
            self.outline.add("prose", "\n".join(self.items(node, 0)))
        elif node.type == "paragraph":
            self.paragraph(node)

    def paragraph(self, node: Any) -> None:  # noqa: ANN401
        """Add prose; lines that all begin with "|" are a table that lacks its second line."""
        lines = node.children[0].content.split("\n")
        if len(lines) > 1 and all(line.startswith("|") for line in lines):
            self.outline.table([_CELL_EDGE.split(line.strip().strip("|")) for line in lines])
        else:
            self.outline.add("prose", self.plain(node))

    def items(self, node: Any, depth: int) -> list[str]:  # noqa: ANN401
        """The lines of a list, nested lists indented by two spaces a level."""
        lines: list[str] = []
        for number, item in enumerate(node.children, int(node.attrs.get("start", 1))):
            own = " ".join(self.flat(child) for child in item.children if child.type not in _LISTS)
            mark = f"{number}." if node.type == "ordered_list" else "-"
            lines.append(f"{'  ' * depth}{mark} {' '.join(own.split())}")
            for child in item.children:
                lines.extend(self.items(child, depth + 1) if child.type in _LISTS else ())
        return lines

    def flat(self, node: Any) -> str:  # noqa: ANN401
        """Everything below a node as one line."""
        if node.type == "html_block":
            self.raw += 1
            self.curtain.pull(node.content)
        if node.type == "html_block" or self.curtain.tag:
            return ""
        if node.type in ("paragraph", "heading", "th", "td"):
            return self.plain(node)
        return " ".join(self.flat(child) for child in node.children) or str(node.content)

    def plain(self, node: Any) -> str:  # noqa: ANN401
        """The inline text of a node without markup; what inline HTML hides ends with the node."""
        curtain, parts = _Curtain(), []
        for each in node.walk(include_self=False):
            if each.type == "html_inline":
                self.raw += 1
                curtain.pull(each.content)
                parts.append(" " if _LINE_TAG.match(each.content) else "")
            elif not curtain.tag:
                parts.append(_inline(each))
        lines = _SOFT_BREAK.sub(" ", "".join(parts)).split("\n")
        return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _inline(node: Any) -> str:  # noqa: ANN401
    if node.type in ("text", "code_inline", "text_special"):
        return str(node.content)
    return {"softbreak": "\n", "hardbreak": "\n\n"}.get(node.type, "")

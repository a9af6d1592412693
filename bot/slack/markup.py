"""Writes a parsed answer anew as the standard Markdown of Slack's `markdown` block. Pure.

What the parser took for text becomes dead text; a link survives only if its address is among ours, under
the title we give; images and HTML go. Tokens in, so the parser itself has another home.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.redaction import redact
from bot.slack.addresses import HIDDEN, Piece, dead, pieces
from bot.slack.letters import visible

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_INLINE = re.compile(
    r"[&<>]"
    r"|\\(?=[!-/:-@\[-`{-~]|$)"  # a backslash that would take something with it
    r"|`"
    r"|(?<!\s)\*|\*(?!\s)"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|~(?=~)|(?<=~)~"
    r"|\](?=[(:\[])"
    r"|!(?=\[)"
)
_LINE_START = re.compile(r"(?:#{1,6}|[-+*])(?=\s|$)|[\s|:=\-]+$")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_TAG = re.compile(
    r"</?(?:a|abbr|article|aside|audio|b|base|blockquote|body|br|button|canvas|caption|center|code|col|colgroup"
    r"|dd|del|details|dialog|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame|frameset"
    r"|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark|marquee|math"
    r"|menu|meta|nav|noscript|object|ol|optgroup|option|p|param|picture|pre|q|s|samp|script|section|select"
    r"|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th"
    r"|thead|title|tr|track|tt|u|ul|var|video|wbr)(?:[\s/][^>]*)?>",
    re.I,
)
_UNSHOWN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b[^>]*>.*?</\1\s*>", re.I | re.S)
_INFO = re.compile(r"[A-Za-z0-9+#\-]{1,20}")


def entities(text: str) -> str:
    """The three signs that Slack reads as its own, written so that it shows them instead."""
    return re.sub("[&<>]", lambda found: _ENTITIES[found.group()], text)


def literal(text: str) -> str:
    """Text as it should be read, whatever it holds: for the middle of a line of a `markdown` block."""
    return "".join(map(_literal, pieces(dead(redact(visible(text))))))


def paragraph(text: str) -> str:
    """Literal text as a block of its own: no line of it begins a heading, a list or a table."""
    return "\n".join(_line(each.strip()) for each in text.splitlines() if each.strip())


def _literal(piece: Piece) -> str:
    # In code, because Slack would make a link of it: Example.ai.
    return _code(piece.text) if piece.is_name else _INLINE.sub(_escaped, _inert(piece))


def _inert(piece: Piece) -> str:
    return piece.dead if piece.address else piece.text


def _escaped(found: re.Match[str]) -> str:
    return _ENTITIES.get(found.group(), f"\\{found.group()}")


def _line(line: str) -> str:
    if found := _NUMBERED.match(line):
        return f"{found[1]}\\{line[found.end(1) :]}"
    return f"\\{line}" if _LINE_START.match(line) else line


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the blocks of one answer. `titles` maps each address that may be linked to its label."""

    titles: Mapping[str, str]
    emphasis: bool = True

    def blocks(self, nodes: Iterable["SyntaxTreeNode"]) -> str:
        """One block after another, an empty line between them."""
        return "\n\n".join(written for node in nodes if (written := self._block(node)))

    def _block(self, node: "SyntaxTreeNode") -> str:
        match node.type:
            case "paragraph":
                return paragraph(self._inline(node))
            case "heading":
                return self._heading(node)
            case "bullet_list" | "ordered_list":
                return self._list(node)
            case "blockquote":
                return _quoted(self.blocks(node.children))
            case "fence" | "code_block":
                return _fence(node.content, node.info if node.type == "fence" else "")
            case "table":
                return self._table(node)
            case "hr":
                return "---"
            case "html_block":
                return paragraph(literal(_without_tags(node.content)))
        return self.blocks(node.children)

    def _heading(self, node: "SyntaxTreeNode") -> str:
        text = " ".join(self._inline(node).split())
        # A closing row of # would vanish at the next reading.
        return f"{'#' * int(node.tag[1])} {re.sub(r'(#+)$', _hashes, text)}" if text else ""

    def _inline(self, node: "SyntaxTreeNode") -> str:
        return "".join(self._spans(node.children))

    def _spans(self, nodes: Sequence["SyntaxTreeNode"]) -> Iterator[str]:
        for node in nodes:
            yield self._span(node)

    def _span(self, node: "SyntaxTreeNode") -> str:
        match node.type:
            case "text" | "text_special":
                return self._text(node.content)
            case "softbreak" | "hardbreak":
                return "\n"
            case "code_inline":
                return _code(node.content)
            case "em" | "strong" | "s":
                return self._marked(node)
            case "link":
                return self._link(str(node.attrs.get("href", "")), "".join(self._spans(node.children)))
            case "image":
                return literal(node.content)
            case "html_inline":
                return literal(_without_tags(node.content))
        return "".join(self._spans(node.children))

    def _text(self, text: str) -> str:
        """Dead text; an address of ours that stands bare in it becomes a link."""
        written = ""
        for piece in pieces(redact(visible(text))):
            if piece.address in self.titles:
                written += self._link(piece.address, "")
            else:
                written += _literal(piece)
        return written

    def _link(self, address: str, words: str) -> str:
        """The link under its title; what the model called it stays beside it as text."""
        if address not in self.titles:
            return words
        title = label(self.titles[address])
        link = f"[{title}]({address})"
        plain = " ".join(words.split())
        repeats = (
            _letters(plain) in ("", _letters(title)) or "](" in plain or HIDDEN in plain or "[.]" in plain
        )
        return link if repeats else f"{plain} ({link})"

    def _marked(self, node: "SyntaxTreeNode") -> str:
        words = "".join(self._spans(node.children))
        inner = words.strip()
        if not inner or not self.emphasis:
            return words
        mark = {"em": "*", "strong": "**", "s": "~~"}[node.type]
        before, _, after = words.partition(inner)
        return f"{before}{mark}{inner}{mark}{after}"

    def _list(self, node: "SyntaxTreeNode") -> str:
        number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 0
        items: list[str] = []
        for child in node.children:
            mark = f"{number + len(items)}. " if node.type == "ordered_list" else "- "
            content = self._item(child)
            if content:
                items.append(mark + content.replace("\n", "\n" + " " * len(mark)))
            elif node.type == "ordered_list":  # a number with nothing behind it is text: "2025."
                items.append(f"\n{mark[:-2]}\\.\n")
        return _without_blank_indents("\n".join(items).strip("\n"))

    def _item(self, node: "SyntaxTreeNode") -> str:
        parts = [(child, written) for child in node.children if (written := self._block(child))]
        joined = parts[0][1] if parts else ""
        for (_, _before), (child, written) in pairwise(parts):
            follows = child.type == "bullet_list" or (
                child.type == "ordered_list" and written.startswith("1.")
            )
            joined += ("\n" if follows else "\n\n") + written
        return joined

    def _table(self, node: "SyntaxTreeNode") -> str:
        rows = [
            [self._cell(cell) for cell in row.children] for part in node.children for row in part.children
        ]
        if not rows or not any(map(any, rows)):
            return ""
        rule = ["---"] * len(rows[0])
        return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], rule, *rows[1:]])

    def _cell(self, node: "SyntaxTreeNode") -> str:
        return " ".join(self._inline(node).split()).replace("|", "\\|")


def label(text: str) -> str:
    """A title as the label of a link: one line, and nothing in it ends the label."""
    words = " ".join(redact(visible(text)).split())
    return re.sub(r"[\\\[\]`*_~|!]", r"\\\g<0>", entities(dead(words))) or "…"


def _letters(text: str) -> str:
    return re.sub(r"\\(?=\W)|[`*~]", "", unescape(text)).strip()


def _hashes(found: re.Match[str]) -> str:
    return f"\\{found[1]}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _without_blank_indents(text: str) -> str:
    return re.sub(r"^[ ]+$", "", text, flags=re.M)


def _without_tags(html: str) -> str:
    return _TAG.sub("", _UNSHOWN.sub("", html))


def code_text(code: str) -> str:
    """The inside of code: shown letter by letter, yet nothing in it is alive."""
    plain = re.sub("&(?:amp|lt|gt);", lambda found: unescape(found.group()), code)
    return entities(dead(redact(visible(plain))))


def _code(code: str) -> str:
    inner = " ".join(code_text(code).split("\n"))
    if not inner.strip():
        return ""
    ticks = "`" * (max((len(run) for run in re.findall("`+", inner)), default=0) + 1)
    padded = f" {inner} " if inner[0] == "`" or inner[-1] == "`" or inner[0] == inner[-1] == " " else inner
    return f"{ticks}{padded}{ticks}"


def _fence(code: str, info: str) -> str:
    inner = code_text(code).rstrip("\n")
    if not inner.strip():
        return ""
    ticks = "`" * max(3, max((len(run) for run in re.findall("`+", inner)), default=0) + 1)
    known = _INFO.match(info.strip())
    return f"{ticks}{known.group() if known else ''}\n{inner}\n{ticks}"

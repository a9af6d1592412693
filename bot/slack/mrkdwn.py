"""The output gate: what others wrote becomes text that Slack shows and does not obey. Pure.

Two languages go out. Text objects speak Slack's mrkdwn: `escape` for anything that is not ours. The
`markdown` block speaks standard Markdown: `safe` for what a model wrote, `draft` while it writes. And one
comes in: `read`, what a person typed.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from bot.redaction import redact
from bot.slack.addresses import dead, is_web
from bot.slack.letters import visible
from bot.slack.markup import Writer, entities, literal, paragraph

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# Levels. The parser drops without a word what lies deeper, and 200,000 brackets take it half a minute at 100.
_NESTING = 20
_ROUNDS = 4
_TEXTLESS = re.compile(r"[\W_]*")
_DEEP = re.compile(r"^((?: {0,3}>){9})(?: {0,3}>)+", re.M)
_UNSAFE_IN_ADDRESS = re.compile(r"[\s<>()|\"`\\\[\]*]")
_REFERENCE = re.compile(r"<([^<>]*)>")
_HEADING, _BULLET = re.compile(r"^#{1,6} (.+)$"), re.compile(r"^( *)- ")
_BOLD = re.compile(r"(?<!\\)\*\*(?=\S)(.+?)(?<=\S)\*\*")
_EM = re.compile(r"(?<![\\*\w])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*\\])\*(?![*\w])")
_LINK = re.compile(r"\[((?:[^\[\]\n\\]|\\.)+)\]\(([^()\s]+)\)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_NAME_OF_SECRET = re.compile(
    r"\b\w*(?:KEY|SECRET|TOKEN|PASSWORD|PASSWD|PWD|CREDENTIAL)S?[\"']?\s*[=:]?\s*[\"']?\Z"
)


def escape(text: str) -> str:
    """Anything as dead text for a text object, a title, a file name: no mention, no link, no secret."""
    return entities(dead(redact(visible(text))))


def safe(markdown: str, links: Collection[str] = ()) -> str:
    """What a model wrote, parsed and written anew for a `markdown` block.

    `links` are the addresses it may lead to; as a mapping, with the title that becomes the label.
    """
    titles = _titles(links)
    text = redact(visible(markdown))
    for emphasis in (True, False):
        if written := _settled(text, Writer(titles, emphasis)):
            return written
    if _TEXTLESS.fullmatch(text):
        return ""
    plain = paragraph(literal(text))
    return _settled(plain, Writer({}, emphasis=False)) or plain


def to_mrkdwn(written: str) -> str:
    """The output of `safe`, or what is built of it, in the notation of text objects: for plain messages."""
    lines = [_BULLET.sub(r"\1• ", _strong(line)) for line in written.split("\n")]
    text = "\n".join(lines).replace("\0", "*")
    return _ESCAPE.sub(r"\1", _LINK.sub(_linked, text))


def _linked(found: re.Match[str]) -> str:
    label = _ESCAPE.sub(r"\1", found[1]).replace("|", "¦").replace("`", "'")
    return f"<{found[2].replace('&', '&amp;')}|{label}>"


def _strong(line: str) -> str:
    """Bold, italics and headings of one line; \\0 stands for a star that is meant for Slack."""
    heading = _HEADING.fullmatch(line)
    if heading:
        return f"\0{heading[1].replace('**', '')}\0"
    return _EM.sub(r"_\1_", _BOLD.sub("\0\\1\0", line))


def draft(text: str) -> str:
    """What has been written so far, as far as its last whole word: inert, and only ever growing.

    Emphasis, headings and lists stay as they are; links and references come apart.
    """
    clean = redact(visible(text))
    whole = clean[: max(clean.rfind(" "), clean.rfind("\n")) + 1]
    if held := _NAME_OF_SECRET.search(whole, max(0, len(whole) - 200)):
        whole = whole[: held.start()]
    return re.sub(r"\](?=[(:\[])", "] ", entities(dead(whole, names=False)))


def read(text: str, bot_user: str = "") -> str:
    """What a person typed, without Slack's notation; mentions of the bot itself are left out."""
    plain = _REFERENCE.sub(lambda found: _spoken(found[1], bot_user), text)
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        plain = plain.replace(entity, letter)
    return re.sub(r"[ \t]{2,}", " ", visible(plain)).strip()


def _spoken(inside: str, bot_user: str) -> str:
    """One <...> of Slack's as a person would say it."""
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return "" if target[1:] == bot_user else f"@{(label or target[1:]).lstrip('@')}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label if target.startswith("!date") else f"@{(label or target[1:]).lstrip('@')}"
    address = target.removeprefix("mailto:")
    return address if not label or label in address else f"{label} ({address})"


def _titles(links: Collection[str]) -> dict[str, str]:
    """Address, as it must be written -> label. What is no web address is not linked."""
    titles = {}
    for address in links:
        written = address_of(address)
        if written:
            titles[written] = links[address] if isinstance(links, Mapping) else _host(written)
    return titles


@lru_cache(maxsize=4_096)
def address_of(link: str) -> str:
    """A source's address as a link may carry it; empty if nobody should be sent there."""
    plain = visible(link).strip()
    quoted = _UNSAFE_IN_ADDRESS.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), plain
    )
    return str(_parser().normalizeLink(quoted)) if is_web(quoted) else ""


def _host(address: str) -> str:
    return address.split("/")[2].replace(".", "[.]")


def _settled(text: str, writer: Writer) -> str:
    """Written until another reading changes nothing; empty when that does not come, or words were lost."""
    from markdown_it.tree import SyntaxTreeNode

    for _ in range(_ROUNDS):
        tokens = _parser().parse(_DEEP.sub(r"\1", text))
        if any(each.level >= _NESTING - 2 for token in tokens for each in (token, *(token.children or ()))):
            return ""
        before, text = text, writer.blocks(SyntaxTreeNode(tokens).children)
        if before == text:
            return text
    return ""


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable(["table", "strikethrough"])

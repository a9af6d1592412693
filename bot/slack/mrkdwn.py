"""The output gate: what others wrote becomes text that Slack shows and does not obey. Pure.

Two languages go out. Text objects speak Slack's mrkdwn: `escape` for anything that is not ours. The
`markdown` block speaks standard Markdown: `safe` for what a model wrote, `draft` while it writes. And one
comes in: `read`, what a person typed.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import TYPE_CHECKING

from bot.redaction import redact
from bot.slack.addresses import dead, is_web
from bot.slack.letters import visible
from bot.slack.markup import Writer, entities, literal, paragraph

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_NESTING = 30  # levels: the parser drops without a word what lies deeper
_INLINE_NESTING = 20  # deeper emphasis stays text; 200,000 brackets at 100 levels take half a minute
_ROUNDS = 4
_TEXTLESS = re.compile(r"[\W_]*")
_DEEP = re.compile(r"^((?: {0,3}>){9})(?: {0,3}>)+", re.M)
_UNSAFE_IN_ADDRESS = re.compile(r"[\s<>()|\"`\\\[\]*]")
_REFERENCE = re.compile(r"<([^<>]*)>")
_HEADING, _BULLET = re.compile(r"^#{1,6} (.+)$"), re.compile(r"^( *)- ")
_BOLD = re.compile(r"(?<!\\)\*\*(?=\S)(.+?)(?<=\S)\*\*")
_EM = re.compile(r"(?<![\\*\w])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*\\])\*(?![*\w])")
_LINK = re.compile(r"\[((?:[^\[\]\n\\]|\\.)+)\]\(([^()\s]+)\)")
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
    lines = [_BULLET.sub(r"\1• ", _HEADING.sub(r"*\1*", line)) for line in written.split("\n")]
    text = _BOLD.sub(r"*\1*", _EM.sub(r"_\1_", "\n".join(lines)))
    text = _LINK.sub(lambda found: f"<{found[2].replace('&', '&amp;')}|{found[1].replace('|', '¦')}>", text)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def draft(text: str) -> str:
    """What has been written so far, as far as its last whole word: inert, and only ever growing.

    Emphasis, headings and lists stay as they are; links and references come apart.
    """
    clean = redact(visible(text))
    whole = clean[: max(clean.rfind(" "), clean.rfind("\n")) + 1]
    if held := _NAME_OF_SECRET.search(whole, max(0, len(whole) - 200)):
        whole = whole[: held.start()]
    return re.sub(r"\](?=[(:\[])", "] ", entities(dead(whole)))


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
        if any(token.level >= _NESTING - 2 for token in tokens):
            return ""
        before, text = text, writer.blocks(SyntaxTreeNode(tokens).children)
        if before == text:
            return text
    return ""


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable(["table", "strikethrough"])
    parser.core.ruler.before("inline", "shallow", _shallow)
    return parser


def _shallow(state: object) -> None:
    state.md.options["maxNesting"] = _INLINE_NESTING  # type: ignore[attr-defined]

"""What people type and what Slack sends of it: names become ids, the three signs of its own are escaped."""

import re
from collections.abc import Callable, Mapping

_ADDRESS = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)\]}'\"]")
_SENT = re.compile(r"<([^<>]*)>")
_ESCAPED = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


def sent(text: str, people: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """A typed text as it goes over the wire; `people` and `channels` map names to ids."""
    for sign, escaped in _ESCAPED:
        text = text.replace(sign, escaped)
    text = _ADDRESS.sub(lambda found: f"<{found.group()}>", text)
    text = _named(text, "@", people, lambda name: f"<@{people[name]}>")
    return _named(text, "#", channels, lambda name: f"<#{channels[name]}|{name}>")


def _named(text: str, sign: str, names: Mapping[str, str], write: Callable[[str], str]) -> str:
    if not names:
        return text
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![\w<|]){sign}({known})(?!\w)", re.I)
    exact = {name.lower(): name for name in names}
    return pattern.sub(lambda found: write(exact[found[1].lower()]), text)


def typed(text: str, people: Mapping[str, str]) -> str:
    """The reverse, for a message that its author edits; `people` maps names to ids."""
    names = {user: name for name, user in people.items()}

    def shown(found: re.Match[str]) -> str:
        inner, _, label = found[1].partition("|")
        if inner.startswith("@"):
            return f"@{names.get(inner[1:], inner[1:])}"
        return f"#{label or inner[1:]}" if inner.startswith("#") else inner

    text = _SENT.sub(shown, text)
    for sign, escaped in reversed(_ESCAPED):
        text = text.replace(escaped, sign)
    return text

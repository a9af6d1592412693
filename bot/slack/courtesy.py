"""Words that ask nothing: a greeting, thanks, a thumbs-up, an address alone: nothing to search for. Pure."""

import re
from typing import Final, Literal

Courtesy = Literal["", "nothing", "address", "greeting", "help"]

_EMOJI: Final = re.compile(r":[a-z0-9_+'-]{1,60}:")
_ADDRESS: Final = re.compile(r"\b(?:https?://|www\.)\S+|\([^()\s]*://[^()\s]*\)", re.I)
_LETTER: Final = re.compile(r"[^\W_]")
_HELP: Final = re.compile(
    r"help(?: me)?|hilfe|hilf mir|who are you|what are you|what can you do(?: for (?:me|us))?|how do you work"
    r"|wer bist du|was bist du|was kannst du(?: alles)?|wie funktionierst du"
)
_POLITE: Final = re.compile(
    r"(?:hi|hello|hey|hallo|moin|servus|ciao|bye|tsch(?:ü|ue)ss|gr(?:ü|ue)(?:ß|ss) dich|there|zusammen|team"
    r"|all|good (?:morning|afternoon|evening|day)|guten (?:morgen|tag|abend)|guten"
    r"|thanks|thank you|thx|ty|cheers|danke|dankesch(?:ö|oe)n|vielen dank|merci|a lot|so much|very much|sehr"
    r"|dir|ok|okay|k|great|super|cool|nice|perfect|perfekt|top|klasse|prima|awesome|wow|lol|haha|hehe|oh|ah"
    r"|yes|yep|yeah|no|nope|ja|nein|got it|noted|done|alles klar|verstanden|passt|genau|right|stimmt|agreed"
    r"|test|ping)(?:\s+|$)"
)


def courtesy(text: str) -> Courtesy:
    """What a text is instead of a question; empty where it may be one."""
    rest = _ADDRESS.sub(" ", _EMOJI.sub(" ", text))
    if not _LETTER.search(rest):
        return "address" if _ADDRESS.search(text) else "nothing"
    words = " ".join(re.sub(r"[^\w\s]", " ", rest).lower().split())
    if _HELP.fullmatch(words):
        return "help"
    while found := _POLITE.match(words):
        words = words[found.end() :]
    return "" if words else "greeting"

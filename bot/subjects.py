"""What a question is about: the vendors and systems that it names, and other proper names in it. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.attributes import is_attribute, is_filler
from retrieval.language import stop_words, words
from retrieval.types import Language
from retrieval.vocabulary import Named

_MOST = 3  # names that are still a subject rather than a list
_CAPITALS = 2  # in a text without small letters at the head of what it says
TOKEN = re.compile(r"[^\W_][\w-]*")
_NO_NAME = frozenset(
    "i ai ki eu us usa uk eur euro usd gdpr dsgvo sla rto rpo dpa avv ceo cfo cto cio ciso it api gpu gpus "
    "llm llms rag agi january february march april may june july august september october november december "
    "januar februar märz mai juni juli oktober dezember monday tuesday wednesday thursday friday saturday "
    "sunday montag dienstag mittwoch donnerstag freitag samstag sonntag ja nein yes no ok okay".split()
)
# German writes every noun with a capital: a name is one without an article, after one of these.
BEFORE_NAME = frozenset(
    "für von bei mit ohne über gegen an auf durch um ist sind war hat haben wird läuft laufen kostet kosten "
    "besitzt nutzt nutzen gehört kann macht tut heißt betrifft".split()
)
_STOP = stop_words("en") | stop_words("de")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in a text: where, whose (a key), and whether a vendor's, a system's or another."""

    text: str
    start: int
    end: int
    key: str
    kind: str = "other"


@dataclass(frozen=True, slots=True)
class Names:
    """The names that are known, the longest first: "Azure OpenAI" is no OpenAI."""

    pattern: re.Pattern[str] | None
    owners: dict[str, tuple[str, str]]  # a name's words -> key, kind

    @classmethod
    def of(cls, vendors: Collection[Named], systems: Collection[Named] = ()) -> "Names":
        """The names of vendors, and of systems beside them; a product that is both is a vendor's."""
        owners: dict[str, tuple[str, str]] = {}
        for kind, listed in (("vendor", vendors), ("system", systems)):
            for each in listed:
                for name in (each.name, *each.aliases):
                    owners.setdefault(_key(name), (each.key, kind))
        owners.pop("", None)
        longest = sorted(owners, key=len, reverse=True)
        # The s of a German genitive or an English plural stays outside: OpenAIs, Mistrals.
        pattern = rf"(?<!\w)(?:{'|'.join(map(_spelt, longest))})(?=s?(?!\w))"
        return cls(re.compile(pattern, re.IGNORECASE) if longest else None, owners)

    def known(self, text: str) -> list[Mention]:
        """The vendors and systems that a text names, in order."""
        found = self.pattern.finditer(text) if self.pattern else iter(())
        return [Mention(m[0], m.start(), m.end(), *self.owners[_key(m[0])]) for m in found]

    def mentions(self, text: str, language: Language) -> list[Mention]:
        """What a text names: vendors and systems, and only where there are none other proper names."""
        return self.known(text) or list(proper(text, language))


def _key(name: str) -> str:
    return " ".join(words(name))


def _spelt(key: str) -> str:
    """Open AI, Open-AI, open ai: words with a space or a mark between them."""
    return r"[\W_]{1,3}".join(map(re.escape, key.split(" ")))


def subject(mentions: Sequence[Mention], language: Language) -> str:
    """The names as one phrase ("OpenAI", "Greta and OpenAI"); none where there are none or too many."""
    one = {each.key: each.text for each in reversed(mentions)}
    names = list(one.values())[::-1]
    if not 0 < len(names) <= _MOST:
        return ""
    joint = " and " if language == "en" else " und "
    return joint.join(filter(None, [", ".join(names[:-1]), names[-1]]))


def proper(text: str, language: Language) -> Iterator[Mention]:
    """Names that nobody listed, as far as capitals tell; neighbours are one name ("EU AI Act")."""
    tokens = list(TOKEN.finditer(text))
    if language == "en" and _shouts(tokens[1:]):
        return
    for is_name, run in groupby(range(len(tokens)), lambda n: _is_name(tokens, n, language)):
        if is_name:
            first, *_, last = [tokens[n] for n in (*run,) * 2]
            name = text[first.start() : last.end()]
            yield Mention(name, first.start(), last.end(), name.lower())


def _shouts(tokens: Sequence[re.Match[str]]) -> bool:
    """A Title, Or A SHOUT: its capitals tell nothing."""
    capitals = [each[0][0].isupper() for each in tokens]
    said = (each[0] in _STOP for each, big in zip(tokens, capitals, strict=True) if not big)
    return sum(capitals) > _CAPITALS and all(said)


def _is_name(tokens: Sequence[re.Match[str]], number: int, language: Language) -> bool:
    word = tokens[number][0]
    low, before = word.lower(), tokens[number - 1][0] if number else ""
    if (
        len(word) == 1
        or not word[0].isupper()
        or low in _NO_NAME
        or low in _STOP
        or is_attribute(low)
        or is_filler(low)
    ):
        return False
    if len(tokens) == 1:
        return True
    if language == "en":
        return bool(before)
    return before.lower() in BEFORE_NAME

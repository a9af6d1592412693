"""The passages as a model gets them: between marks that no document can forge, best at both ends. Pure.

The mark is new for every answer, so a document cannot know it; and whatever in a document looks like the
beginning or the end of a passage or of the question is made to look like nothing of the kind.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.phrases import age, say
from bot.types import Brief
from retrieval.types import Hit

# Characters of German text to one token: no tokenizer that we know makes more tokens of it.
_CHARACTERS = 3
_EARLIER, _EARLIER_CHARACTERS = 6, 400  # questions of a conversation that are told, and of each so much
_FENCE = re.compile(r"<(?=\W{0,40}(?:passage|question|earlier)\b)", re.IGNORECASE)
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Passages by the id under which a model may cite them, best first, and the mark of their frames."""

    hits: Mapping[str, Hit]
    mark: str
    as_of: date

    @classmethod
    def of(cls, brief: Brief, mark: str = "") -> "Sheet":
        """All passages of a brief under new ids; `mark` is drawn unless it is given."""
        numbered = {f"p{n}": hit for n, hit in enumerate(brief.hits, 1)}
        return cls(numbered, mark or secrets.token_hex(4), brief.as_of)

    def within(self, tokens: int) -> "Sheet":
        """Without the weakest ones, as many as have no room in so many tokens; the best one always stays."""
        kept: dict[str, Hit] = {}
        for key, hit in self.hits.items():
            tokens -= estimate(self._frame(key, hit))
            if tokens < 0 and kept:
                break
            kept[key] = hit
        return Sheet(kept, self.mark, self.as_of)

    def text(self) -> str:
        """The passages in their frames, the best first, the second best last, the weakest in the middle."""
        return "\n\n".join(self._frame(key, self.hits[key]) for key in both_ends(tuple(self.hits)))

    def _frame(self, key: str, hit: Hit) -> str:
        source, passage = hit.source, hit.passage
        dated = source.published.isoformat() if source.published else "unknown"
        old = f" ({age((self.as_of - source.published).days, 'en')})" if source.published else ""
        about = {
            "title": source.title,
            "publisher": source.publisher,
            "date": dated + old,
            "place": passage.locator,
        }
        named = " ".join(f'{name}="{_attribute(value)}"' for name, value in about.items() if value)
        return f"<passage {self.mark} id={key} {named}>\n{escape(passage.text)}\n</passage {self.mark}>"


def both_ends(keys: Sequence[str]) -> tuple[str, ...]:
    """Best first in, best at the two ends out: models read the middle of a long text least well."""
    return (*keys[::2], *reversed(keys[1::2]))


def escape(text: str) -> str:
    """Text in which nothing looks like the frame of a passage or of the question."""
    return _FENCE.sub("‹", text)


def _attribute(text: str) -> str:
    return _SPACE.sub(" ", escape(text)).replace('"', "'").replace(">", "›").strip()


def estimate(text: str) -> int:
    """How many tokens a text has at most, near enough to stay within a vendor's context."""
    return len(text) // _CHARACTERS + 1


def earlier(thread: Sequence[str], mark: str) -> str:
    """The questions asked before in the conversation, in a frame of their own; nothing if there are none."""
    if not thread:
        return ""
    short = (_SPACE.sub(" ", escape(each)).strip()[:_EARLIER_CHARACTERS] for each in thread[-_EARLIER:])
    listed = "\n".join(f"- {each}" for each in short)
    return f"<earlier questions {mark}>\n{listed}\n</earlier questions {mark}>\n\n"


def left_out(brief: Brief, sheet: Sheet) -> tuple[str, ...]:
    """A caution when the writer did not get to see every passage that was found."""
    missing = len(brief.hits) - len(sheet.hits)
    return (say("left out", brief.language, left=missing, all=len(brief.hits)),) if missing else ()

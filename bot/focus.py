"""Whether a sentence is about what a question names: Mistral's contract is no answer about OpenAI's. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.subjects import Names
from retrieval.vocabulary import Named

_BESIDE = 0.5  # what is left of a sentence's score when it is about none of the names


@dataclass(frozen=True, slots=True)
class Focus:
    """The vendors and systems that a question names, by their keys, and how to find them in a text."""

    names: Names
    asked: frozenset[str]

    @classmethod
    def of(cls, question: str, vendors: Collection[Named], systems: Collection[Named]) -> "Focus":
        """The focus of a question that stands alone."""
        names = Names.of(vendors, systems)
        return cls(names, frozenset(each.key for each in names.known(question)))

    def knows(self, word: str) -> bool:
        """Whether a word stands for a vendor or a system."""
        return bool(self.names.known(word))

    def on(self, text: str, above: str) -> bool:
        """Whether a sentence is about one of the asked names; always when none is asked about.

        A sentence that names no vendor is about the one that its title and headings name.
        """
        if not self.asked:
            return True
        mentions = self.names.known(text)
        about = {each.key for each in mentions}
        if not any(each.kind == "vendor" for each in mentions):
            about.update(each.key for each in self.names.known(above))
        return not self.asked.isdisjoint(about)

    def touches(self, text: str) -> bool:
        """Whether a text has one of the asked names; always when none is asked about."""
        return not self.asked or any(each.key in self.asked for each in self.names.known(text))

    def weight(self, on: bool) -> float:
        """What a sentence's score is multiplied by."""
        return 1.0 if on else _BESIDE


NO_FOCUS = Focus(Names(None, {}), frozenset())

"""The swappable backend: what a model that writes must be able to do, and nothing of how it does it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told. `most_tokens` limits what it may write."""

    system: str
    user: str
    most_tokens: int = 1_500


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of what a model sends: text, and with the last one why it ended and what it counted.

    `finish` is the vendor's own word in lower case ("stop", "end_turn", "length"); "" while it goes on.
    """

    text: str = ""
    finish: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None


class Backend(Protocol):
    """A model behind a vendor's API. VendorFault when a call fails; VendorError when none can be made."""

    def stream(self, prompt: Prompt) -> Iterator[Piece]:
        """The pieces in order. Closing the iterator closes the connection."""

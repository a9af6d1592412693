"""Finds evidence in vetted documents; knows neither Slack nor any chat model.

These names are its public face, what another program may rely on. Each is loaded when it is first used:
`import retrieval` alone loads nothing (a test holds that).

>>> from retrieval import Audience, Library, load_embedder
>>> with Library.open(home, load_embedder("all-MiniLM-L6-v2", home / "models")) as library:
...     found = library.search("what if OpenAI falters?", Audience.of("employees"))
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrieval import errors
    from retrieval.embed import load_embedder
    from retrieval.library import Library
    from retrieval.types import Document, Found, Hit, IngestResult, Passage, Source
    from retrieval.visibility import Audience

__all__ = [
    "Audience",
    "Document",
    "Found",
    "Hit",
    "IngestResult",
    "Library",
    "Passage",
    "Source",
    "errors",
    "load_embedder",
]

_HOMES = {
    "Audience": "visibility",
    "Library": "library",
    "load_embedder": "embed",
    **dict.fromkeys(("Document", "Found", "Hit", "IngestResult", "Passage", "Source"), "types"),
}

if not TYPE_CHECKING:  # a type checker would otherwise take any name for one of ours

    def __getattr__(name: str) -> object:
        """Load a public name from its module (PEP 562)."""
        if name == "errors":
            return import_module("retrieval.errors")
        if name in _HOMES:
            return getattr(import_module(f"retrieval.{_HOMES[name]}"), name)
        raise AttributeError(f"module 'retrieval' has no attribute {name!r}")

    def __dir__() -> list[str]:
        """The public names, for completion."""
        return sorted(__all__)

"""The export under the name some callers import it by; `retrieval.embed.export` is the same."""

from retrieval.embed import export

__all__ = ["export"]

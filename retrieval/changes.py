"""Decides what an ingest has to do with a document: new, changed, relabelled, unchanged or gone. Pure."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from retrieval.types import Block, Document


class Change(StrEnum):
    """What became of a document since the catalogue last saw it."""

    NEW = "new"
    CHANGED = "changed"  # its text differs: split and embed again
    RELABELLED = "relabelled"  # only what is said about it differs: no new embedding
    UNCHANGED = "unchanged"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Two hashes (hex): of the text that is split and embedded, and of everything said about it."""

    digest: str
    metadata: str


def decide(new: Fingerprint | None, known: Fingerprint | None) -> Change:
    """Compare what a source holds now with what is known of it; None is "there is no such document"."""
    if new is None:
        return Change.UNCHANGED if known is None else Change.GONE
    if known is None:
        return Change.NEW
    if new.digest != known.digest:
        return Change.CHANGED
    return Change.UNCHANGED if new.metadata == known.metadata else Change.RELABELLED


def fingerprint(document: Document) -> Fingerprint:
    """Hash a document's text apart from its labels, so that a corrected title costs no embedding.

    `document.digest` (the original's bytes) counts as a label: the same text saved anew by a word
    processor has other bytes, and the catalogue must record them, but nothing has to be embedded.
    """
    return Fingerprint(_hash(map(_words, document.blocks), document.language), _hash(_labels(document)))


def _words(block: Block) -> list[object]:
    return [block.kind, block.text, list(block.headings), block.page]


def _labels(document: Document) -> list[object]:
    published, review = document.published, document.review
    return [
        document.uri,
        document.title,
        document.digest,
        document.visibility,
        document.confidentiality,
        document.source,
        document.publisher,
        published and published.isoformat(),
        review and review.isoformat(),
        list(document.vendors),
        document.sample,
        # Only where there are any: a document that was taken in before there were regions is unchanged.
        *([list(document.regions)] if document.regions else []),
    ]


def _hash(parts: Iterable[object], *more: object) -> str:
    # JSON keeps the borders between fields: ("ab", "c") and ("a", "bc") must not be the same thing.
    return hashlib.sha256(json.dumps([*parts, *more]).encode()).hexdigest()

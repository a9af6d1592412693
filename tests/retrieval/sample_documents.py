"""Small documents, passages and vectors to put into a catalogue."""

from dataclasses import replace
from datetime import date

import numpy as np

from retrieval.catalogue import Embedded
from retrieval.types import Block, Document, Passage
from retrieval.visibility import Audience

ALL = Audience.whole_library()
EMPLOYEE = Audience.of("employees")
DIMENSION = 4
DOCUMENT = Document(
    id="d1",
    uri="file:///notes/openai.md",
    title="OpenAI",
    blocks=(Block("prose", "One. Two."),),
    digest="0" * 64,
    language="en",
    visibility="employees",
    confidentiality="internal",
    source="Vendor file",
    publisher="Example AG",
    published=date(2026, 2, 16),
    review=date(2026, 12, 1),
    vendors=("openai", "microsoft"),
    sample=True,
)


def document(name="d1", **changes):
    changes = {"uri": f"file:///notes/{name}.md", "title": name, **changes}
    return replace(DOCUMENT, id=name, **changes)


def passages(name="d1", texts=("One. Two.", "Three.")):
    return [
        Passage(
            f"{name}-{text[:5]}",
            name,
            ordinal,
            text,
            ((0, 4), (5, len(text))),
            "en",
            ("A", "B"),
            3,
            7,
            "table",
        )
        for ordinal, text in enumerate(texts)
    ]


def embedded(count, embedder="minilm", start=0.0):
    whole = np.arange(count * DIMENSION, dtype=np.float32).reshape(count, DIMENSION) + start
    return Embedded(
        embedder, whole, tuple(np.full((2, DIMENSION), row + start, np.float32) for row in range(count))
    )


def put(catalogue, name="d1", texts=("One. Two.", "Three."), embedder="minilm", **changes):
    catalogue.replace(document(name, **changes), passages(name, texts), embedded(len(texts), embedder))


def contents(catalogue):
    """What a cache that follows from the start holds: {(id, class)}."""
    return {(each.passage.id, each.visibility_class) for each in catalogue.changed_passages(0)}

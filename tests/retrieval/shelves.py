"""Folders of small documents, and libraries that take them in with an embedder that needs no model."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from fakes import FakeEmbedder
from sample_documents import document

from retrieval.bridge import Bridge
from retrieval.catalogue import Catalogue
from retrieval.documents import Defaults
from retrieval.lexicon import load
from retrieval.library import Library
from retrieval.types import Passage
from retrieval.visibility import Audience

ALL = Audience.whole_library()


def write(folder, name, text="OpenAI lost money in 2026.", **labels):
    """A Markdown file with front matter; a label of None is left out."""
    labels = {"title": Path(name).stem, "visibility": "public", "language": "en", **labels}
    front = "".join(f"{key}: {value}\n" for key, value in labels.items() if value is not None)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{front}---\n\n{text}\n", "utf-8")
    return path


lexicon = cache(load)


def opened(home, embedder=None, words=None, **more):
    """As Library.open does it, with a lexicon that is read once for all tests."""
    catalogue = Catalogue(f"sqlite:///{home / 'catalogue.db'}")
    catalogue.migrate()
    return Library(home, catalogue, Bridge(embedder or FakeEmbedder(), words or lexicon()), **more)


def item(name, visibility="public", text="OpenAI lost money."):
    """A document of one passage of one sentence, for Library.put."""
    made = document(name, visibility=visibility)
    return made, [Passage(f"{name}-0", name, 0, text, ((0, len(text)),), "en")]


def take(library, *paths, **more):
    """File name -> (result, reason) of one ingest."""
    return {name: (each.result, each.reason) for name, each in results(library, *paths, **more).items()}


def results(library, *paths, defaults=None, **more):
    items = library.ingest([str(path) for path in paths], defaults or Defaults(), **more)
    return {each.uri.rpartition("/")[2]: each for each in items}


def outcomes(library, *paths, **more):
    """File name -> result of one ingest."""
    return {name: result for name, (result, _) in take(library, *paths, **more).items()}


def ids(found):
    return [hit.passage.id for hit in found.hits]


def titles(found):
    return [hit.source.title for hit in found.hits]


def contents(home):
    """Everything the catalogue holds but moments and generations, in an order of its own."""
    tables = {
        "documents": "id, uri, title, publisher, published, language, visibility, visibility_class, "
        "confidentiality, digest, text_digest, metadata_digest, state, version, passages",
        "versions": "document_id, version, digest",
        "passages": "id, document_id, ordinal, text, sentences, language, headings, page, start, kind",
        "embeddings": "passage_id, embedder, vector",
        "sentence_embeddings": "passage_id, embedder, sentences, vectors",
    }
    with closing(sqlite3.connect(home / "catalogue.db")) as database:
        return {
            name: sorted(database.execute(f"SELECT {columns} FROM {name}"))
            for name, columns in tables.items()
        }

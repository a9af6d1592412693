"""An ingest to be killed. Started by a fork server that has imported what it needs, so that 60 are quick."""

import chromadb  # noqa: F401 (imported once, before the forks)
import tantivy  # noqa: F401
from shelves import lexicon, opened

lexicon()


def ingest(home, folder, progress):
    """Take a folder in; a line of progress for each item, and one when all is closed."""
    with opened(home) as library:
        for each in library.ingest([str(folder)]):
            progress.send(each.uri)
    progress.send("end")

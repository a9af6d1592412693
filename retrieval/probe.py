"""The child that opens a doubtful vector store, in place of the process that must not die of it.

`python -m retrieval.probe FOLDER MEMORY FILE SECONDS`: the limits are bytes of memory, bytes of one file, and
seconds of processor time. Ends with 0 when the store answers, with its reason on stderr otherwise.
"""

import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.vectors import connect

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

_SAMPLES = 8  # stored vectors asked for in each collection
_REACH = 200  # neighbours that one query should bring back
_ENOUGH = 0.75  # of them: Chroma leaves some out even when nothing is wrong (chroma#7758)
_SAME = 1e-3  # cosine distance of a vector to itself, after float32 arithmetic


def main(arguments: list[str]) -> int:
    """Look at every collection of a store; 0 when all of them answer."""
    folder, memory, file, seconds = arguments
    _limit(int(memory), int(file), int(seconds))
    client = connect(Path(folder))
    for each in client.list_collections():
        reason = _fault(client.get_collection(each.name, embedding_function=None))
        if reason:
            print(f"{each.name}: {reason}", file=sys.stderr)
            return 1
    client.close()
    return 0


def _limit(memory: int, file: int, seconds: int) -> None:
    # A damaged store was seen to write a link_lists.bin of 57 GB when it was opened (facts/retrieval.md).
    limits = ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, file), (resource.RLIMIT_CPU, seconds))
    for kind, limit in (*limits, (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _fault(collection: "Collection") -> str:
    """What is wrong with a collection; empty when its stored vectors can be read and are found again."""
    total = collection.count()
    offsets = sorted({total * step // _SAMPLES for step in range(_SAMPLES)}) if total else []
    found = 0
    for offset in offsets:
        got = collection.get(limit=1, offset=offset, include=["embeddings"])
        vectors = np.asarray(got["embeddings"], dtype=np.float32)
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            return "a stored vector cannot be read"
        reach = min(total, _REACH)
        answer = collection.query(query_embeddings=vectors, n_results=reach, include=["distances"])
        distances = (answer["distances"] or [[]])[0]
        if len(distances) < _ENOUGH * reach:
            return f"{len(distances)} of {reach} neighbours are left"
        found += min(distances) < _SAME
    return "" if found >= _ENOUGH * len(offsets) else f"{found} of {len(offsets)} stored vectors are found"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

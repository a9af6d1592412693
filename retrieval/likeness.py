"""How alike a claim and given texts are, German and English, with a memory for texts asked about again."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

from retrieval.bridge import Bridge, Vectors
from retrieval.language import detect

_REMEMBERED = 4_000  # texts; 6 MB of vectors with 384 dimensions


class Likeness:
    """Cosines by a bridge. Safe across threads; a text that is asked about again is not embedded again."""

    def __init__(self, bridge: Bridge, remembered: int = _REMEMBERED) -> None:
        self._bridge = bridge
        self._remembered = remembered
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def cosines(self, claim: str, texts: Sequence[str]) -> list[float]:
        """The cosine of the claim to each text, in their order."""
        if not texts:
            return []
        known = self._known(dict.fromkeys([claim, *texts]))
        return [float(known[claim] @ known[text]) for text in texts]

    def _known(self, texts: dict[str, None]) -> dict[str, Vectors]:
        with self._lock:
            found = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = [text for text in texts if text not in found]
        if missing:  # embedded outside the lock: two threads may do it twice, none has to wait
            vectors = self._bridge.texts([(text, detect(text)) for text in missing])
            found |= zip(missing, vectors, strict=True)
        self._remember({text: found[text] for text in texts})
        return found

    def _remember(self, vectors: dict[str, Vectors]) -> None:
        with self._lock:
            for text, vector in vectors.items():
                self._vectors[text] = vector
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._remembered:
                self._vectors.popitem(last=False)

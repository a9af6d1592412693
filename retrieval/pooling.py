"""A text's vector, and those of its sentences, out of one pass of the model. Pure.

A mean-pooling model's vector is the mean of its tokens' states; the mean over a sentence's tokens is the
sentence's vector as its context colours it ("late chunking", Guenther et al. 2024, arXiv 2409.04701). It
halves the work of taking a document in. Measured on XQuAD dev, all of our search, nDCG@10 against sentences
embedded by themselves: -.001 in one language, +.003 en-de, -.005 de-en.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.language import spans_of

Vectors = NDArray[np.float32]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Parted:
    """A text and the half-open character spans of its parts, in order and apart from each other."""

    text: str
    spans: tuple[Span, ...] = ()

    def parts(self) -> list[str]:
        """The texts of the parts."""
        return [self.text[start:end] for start, end in self.spans]


def joined(lead: str, parts: Sequence[str]) -> Parted:
    """Parts after a lead that is nobody's, a space between them."""
    return Parted(lead + " ".join(parts), spans_of(parts, len(lead)))


def token_ranges(offsets: Sequence[Span], spans: Sequence[Span], cut: bool) -> list[Span | None]:
    """Which tokens make each part: half-open ranges; None for a part without tokens, or not all of them here.

    `offsets` are the tokens' characters, (0, 0) for those that stand for none, as tokenizers gives them;
    `cut` says that the text went on beyond the window.
    """
    real = [place for place, (start, end) in enumerate(offsets) if end > start]
    starts = [offsets[place][0] for place in real]
    reach = offsets[real[-1]][1] if real else 0
    found: list[Span | None] = []
    for start, end in spans:
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        whole = last > first and not (cut and end > reach)
        found.append((real[first], real[last - 1] + 1) if whole else None)
    return found


def weights(ranges: Sequence[Sequence[Span]], tokens: int) -> Vectors:
    """What `vectors = weights @ states` needs for the means of token ranges: (texts, ranges, tokens)."""
    most = max(len(each) for each in ranges)
    made = np.zeros((len(ranges), most, tokens), np.float32)
    for row, each in enumerate(ranges):
        for place, (first, last) in enumerate(each):
            made[row, place, first:last] = 1 / (last - first)
    return made


def pooled(
    texts: Sequence[Parted],
    prefix: str,
    tokenizer: Any,  # noqa: ANN401 (tokenizers has no types)
    run: Callable[[list[list[int]], list[list[Span]]], list[Vectors]],
    embed: Callable[[Sequence[str]], Vectors],
) -> list[Vectors]:
    """For each text (1 + parts, d): what `run` makes of its tokens and ranges of them.

    A part beyond the model's window is embedded by itself.
    """
    read = [tokenizer.encode(encodable(prefix + each.text)) for each in texts]
    ranges = [_ranges(each, len(prefix), known) for each, known in zip(texts, read, strict=True)]
    made = run([each.ids for each in read], [[r for r in each if r] for each in ranges])
    places = [[place for place, each in enumerate(row) if each is None] for row in ranges]
    outside = [texts[row].parts()[place - 1] for row, missing in enumerate(places) for place in missing]
    alone = iter(embed(outside))
    return [
        _filled(vectors, missing, [next(alone) for _ in missing])
        for vectors, missing in zip(made, places, strict=True)
    ]


def _ranges(text: Parted, shift: int, read: Any) -> list[Span | None]:  # noqa: ANN401
    spans = [(start + shift, end + shift) for start, end in text.spans]
    return [(0, len(read.ids)), *token_ranges(read.offsets, spans, bool(read.overflowing))]


def _filled(vectors: Vectors, places: Sequence[int], others: Sequence[Vectors]) -> Vectors:
    """The vectors with others put in, so that they stand at these places in the end."""
    for place, other in zip(places, others, strict=True):
        vectors = np.insert(vectors, place, other, axis=0)
    return vectors


def encodable(text: str) -> str:
    """The text as a tokenizer takes it: a lone surrogate cannot become UTF-8, and it would raise on it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def apart(embed: Callable[[Sequence[str]], Vectors], texts: Sequence[Parted]) -> list[Vectors]:
    """Every text and every part by itself, for models whose states cannot be pooled: (1 + parts, d) each."""
    vectors = iter(embed([part for each in texts for part in (each.text, *each.parts())]))
    return [np.stack(list(islice(vectors, 1 + len(each.spans)))) for each in texts]

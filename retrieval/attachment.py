"""A file that came with a question: read like any other document, ranked against the question, not kept.

bytes --> sniff --> parse in a child --> describe --> split --> the likeliest by words --> embed --> rank
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from retrieval.bridge import Bridge, Vectors
from retrieval.documents import Defaults, describe
from retrieval.fetch import received
from retrieval.finder import Coverage
from retrieval.ingest import Rules
from retrieval.language import detect
from retrieval.sandbox import parse_safely
from retrieval.search import DENSE_WEIGHT, GLOSS_WEIGHT, fuse, similarity
from retrieval.split import split
from retrieval.types import Document, Hit, Passage, Source
from retrieval.visibility import CONFIDENTIALITY, normalise

_EMBEDDED = 64  # passages: somebody waits for them, about a second


def read(
    data: bytes, name: str, media_type: str, rules: Rules, defaults: Defaults
) -> tuple[Document, tuple[Passage, ...]]:
    """The document and its passages. Refused, ParseFailed, in words for whoever sent it."""
    fetched = received(data, name, media_type, rules.bytes)
    document = _given(describe(fetched, parse_safely(fetched, rules.limits), defaults), defaults)
    return document, split(document, rules.passage_characters)


def _given(document: Document, defaults: Defaults) -> Document:
    """Whoever got the question got the file: its own words cannot widen that, only ask for more care."""
    care = max(document.confidentiality, defaults.confidentiality, key=CONFIDENTIALITY.index)
    return replace(document, visibility=normalise(defaults.visibility, document.uri), confidentiality=care)


def rank(
    document: Document, passages: Sequence[Passage], question: str, bridge: Bridge, covers: Coverage, k: int
) -> tuple[Hit, ...]:
    """The k passages that fit the question best; of a long file only the likeliest are embedded."""
    words = {each.id: sum(covers(_words(document, each), each.language)) for each in passages}
    likely = sorted(passages, key=lambda each: -words[each.id])[:_EMBEDDED]
    language = detect(question)
    sentences = _sentences(document, likely, bridge, bridge.query(question, language))
    dense = {key: similarity(whole, parts) for key, (whole, parts) in sentences.items()}
    scores = fuse(dense, words, DENSE_WEIGHT if bridge.reads(language) else GLOSS_WEIGHT)
    source = _source(document, len(passages))
    best = sorted(likely, key=lambda each: -scores[each.id])[:k]
    return tuple(Hit(each, source, scores[each.id], sentences[each.id][1]) for each in best)


def _words(document: Document, passage: Passage) -> str:
    return "\n".join([document.title, *passage.headings, passage.text])


def _sentences(
    document: Document, passages: Sequence[Passage], bridge: Bridge, question: Vectors
) -> Mapping[str, tuple[float, tuple[float, ...]]]:
    """Cosine of each passage to the question, and those of its sentences."""
    [embedded] = bridge.passages([(document.title, passages)])
    return {
        key: (float(whole @ question), tuple((parts @ question).tolist()) if len(parts) else ())
        for key, (whole, parts) in embedded.by_id([each.id for each in passages]).items()
    }


def _source(document: Document, passages: int) -> Source:
    return Source(
        id=document.id,
        uri=document.uri,
        title=document.title,
        language=document.language,
        visibility=document.visibility,
        confidentiality=document.confidentiality,
        source=document.source,
        publisher=document.publisher,
        published=document.published,
        review=document.review,
        vendors=document.vendors,
        sample=document.sample,
        passages=passages,
        regions=document.regions,
    )

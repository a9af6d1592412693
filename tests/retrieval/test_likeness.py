import threading

import numpy as np
import pytest
from fakes import FakeEmbedder
from shelves import lexicon

from retrieval.bridge import Bridge
from retrieval.likeness import Likeness


class Counting(FakeEmbedder):
    """Notes what it embeds."""

    def __init__(self):
        self.seen = []

    def passages(self, texts):
        self.seen += texts
        return super().passages(texts)


@pytest.fixture
def embedder():
    return Counting()


def likeness(embedder, **more):
    return Likeness(Bridge(embedder, lexicon()), **more)


def test_the_same_words_are_alike_and_others_are_not(embedder):
    same, other = likeness(embedder).cosines("OpenAI lost money.", ["OpenAI lost money.", "The sea is deep."])
    assert same == pytest.approx(1.0, abs=1e-5)
    assert other < 0.5


def test_german_and_english_meet(embedder):
    texts = ["the insurance pays the damage", "a sea"]
    near, far = likeness(embedder).cosines("Die Versicherung zahlt den Schaden.", texts)
    assert near > 0.5 > far


def test_no_texts_no_cosines(embedder):
    assert likeness(embedder).cosines("OpenAI", []) == []
    assert embedder.seen == []


def test_eight_claims_against_the_same_texts_embed_each_text_once(embedder):
    made = likeness(embedder)
    texts = [f"OpenAI lost {n} million." for n in range(16)] + ["OpenAI lost 3 million."]
    for n in range(8):
        found = made.cosines(f"Claim {n}", texts)
        assert found[3] == found[16]
    assert sorted(embedder.seen) == sorted({*texts, *(f"Claim {n}" for n in range(8))})


def test_what_was_not_asked_about_for_long_is_forgotten(embedder):
    made = likeness(embedder, remembered=3)
    made.cosines("a claim", ["one", "two"])
    made.cosines("a claim", ["three"])  # "one" has to go
    embedder.seen.clear()
    made.cosines("a claim", ["two", "three"])
    made.cosines("a claim", ["one"])
    assert embedder.seen == ["one"]


def test_a_memory_smaller_than_one_call_does_no_harm(embedder):
    assert len(likeness(embedder, remembered=1).cosines("a claim", ["one", "two", "three"])) == 3


def test_threads_get_what_one_thread_gets(embedder):
    made = likeness(embedder, remembered=5)
    texts = [f"note {n}" for n in range(8)]
    wanted = {n: made.cosines(f"note {n}", texts) for n in range(8)}
    wrong = []

    def ask(n):
        for _ in range(20):
            if not np.allclose(made.cosines(f"note {n}", texts), wanted[n]):
                wrong.append(n)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []

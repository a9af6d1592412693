import numpy as np
from fakes import FakeEmbedder

from retrieval.bridge import Bridge, context
from retrieval.lexicon import Lexicon
from retrieval.types import Passage

WORDS = Lexicon([("versicherung", "insurance"), ("zahlt", "pays")])


class Listening(FakeEmbedder):
    """Keeps what it was given to read."""

    def __init__(self, languages=("en",)):
        self.languages = frozenset(languages)
        self.read, self.calls = [], 0

    def passages(self, texts):
        self.calls += 1
        self.read += texts
        return super().passages(texts)

    def query(self, text):
        self.asked = text
        return super().query(text)


def passage(name, text, language="en", headings=()):
    cut = text.find(". ") + 1 or len(text)
    spans = ((0, cut),) if cut == len(text) else ((0, cut), (cut + 1, len(text)))
    return Passage(name, "d", 0, text, spans, language, headings)


def test_what_the_embedder_cannot_read_is_glossed_for_it():
    embedder = Listening()
    bridge = Bridge(embedder, WORDS)
    bridge.query("Versicherung zahlt", "de")
    assert embedder.asked == "insurance pays"
    bridge.query("Versicherung zahlt", "en")
    assert embedder.asked == "Versicherung zahlt"


def test_what_it_can_read_is_left_alone():
    embedder = Listening(("de", "en"))
    Bridge(embedder, WORDS).query("Versicherung zahlt", "de")
    assert embedder.asked == "Versicherung zahlt"


def test_the_name_changes_with_the_lexicon_only_where_it_is_used():
    other = Lexicon([("geld", "money")])
    assert Bridge(Listening(), WORDS).name != Bridge(Listening(), other).name
    assert (
        Bridge(Listening(("de", "en")), WORDS).name == Bridge(Listening(("de", "en")), other).name != "fake"
    )


def test_every_passage_and_every_sentence_gets_its_vector_in_one_call():
    embedder = Listening()
    one = passage("a", "First thing. Second thing.", headings=("Top", "Below"))
    two = passage("b", "Versicherung zahlt.", "de")
    made = Bridge(embedder, WORDS).passages([("Title", [one]), ("", []), ("f", [two, one])])
    assert embedder.calls == 1
    assert [len(each.passage_vectors) for each in made] == [1, 0, 2]
    assert [[len(part) for part in each.sentence_vectors] for each in made] == [[2], [], [1, 2]]
    fake = FakeEmbedder()
    np.testing.assert_array_equal(made[2].sentence_vectors[1][1], fake.query("Second thing."))
    np.testing.assert_array_equal(made[2].sentence_vectors[0][0], fake.query("insurance pays"))
    np.testing.assert_array_equal(
        made[0].passage_vectors[0], fake.query("Title - Top - Below\nFirst thing. Second thing.")
    )


def test_the_context_says_each_thing_once():
    assert context("A", passage("p", "x", headings=("A", "B"))) == "A - B\n"
    assert context("", passage("p", "x")) == ""


def test_nothing_makes_nothing():
    assert Bridge(Listening(), WORDS).passages([]) == []

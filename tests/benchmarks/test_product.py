import numpy as np

from benchmarks.latency import Synthetic, synthetic
from benchmarks.product import Remembering, single
from retrieval.pooling import Parted, apart


class Counting:
    name, dimension, languages = "counting", 3, frozenset({"en"})

    def __init__(self):
        self.embedded = []

    def passages(self, texts):
        self.embedded += texts
        return np.array([[len(text), 1, 0] for text in texts], dtype=np.float32).reshape(len(texts), 3)

    def parted(self, texts):
        return apart(self.passages, texts)

    def query(self, text):
        self.embedded.append(f"? {text}")
        return np.array([0, 1, len(text)], dtype=np.float32)


def test_a_text_is_embedded_once_even_in_the_next_run(tmp_path):
    real = Counting()
    first = Remembering(real, tmp_path).passages(["a", "bb", "a"])
    second = Remembering(real, tmp_path).passages(["bb", "a"])
    assert real.embedded == ["a", "bb"]
    assert first.tolist() == [[1, 1, 0], [2, 1, 0], [1, 1, 0]]
    assert second.tolist() == [[2, 1, 0], [1, 1, 0]]


def test_a_question_is_remembered_apart_from_a_passage(tmp_path):
    real = Counting()
    memory = Remembering(real, tmp_path)
    assert memory.query("a").tolist() == memory.query("a").tolist() == [0, 1, 1]
    assert memory.passages(["a"]).tolist() == [[1, 1, 0]]
    assert real.embedded == ["? a", "a"]


def test_nothing_embeds_to_nothing(tmp_path):
    assert Remembering(Counting(), tmp_path).passages([]).shape == (0, 3)


def test_a_single_passage_document_holds_its_sentences():
    whole, [passage] = single("x", "One is here. Two is there.", "en")
    assert passage.document_id == whole.id
    assert passage.sentence_texts() == ("One is here.", "Two is there.")


def test_synthetic_vectors_are_unit_and_depend_on_the_text_alone():
    pool = np.eye(3, dtype=np.float32)
    embedder = Synthetic(Counting(), pool)
    one, two = embedder.passages(["a", "b"]), embedder.passages(["b", "c"])
    assert np.allclose(np.linalg.norm(one, axis=1), 1, atol=1e-6)
    assert np.array_equal(one[1], two[0])


def test_synthetic_documents_repeat_and_spread_over_the_classes():
    stock = [("en", "A sentence of some length."), ("de", "Ein Satz von einiger Länge.")]
    items = list(synthetic(80, stock))
    assert sum(len(passages) for _, passages in items) == 80
    assert len({document.visibility for document, _ in items}) == 4
    assert [d.language for d, _ in items] == [d.language for d, _ in synthetic(80, stock)]


def test_a_text_with_its_parts_is_remembered_as_it_was_made(tmp_path):
    real = Counting()
    texts = [Parted("ab cde", ((0, 2), (3, 6))), Parted("f")]
    first = Remembering(real, tmp_path).parted(texts)
    second = Remembering(real, tmp_path).parted(texts[::-1])
    assert [each.tolist() for each in first] == [[[6, 1, 0], [2, 1, 0], [3, 1, 0]], [[1, 1, 0]]]
    assert [each.tolist() for each in second] == [each.tolist() for each in reversed(first)]
    assert real.embedded == ["ab cde", "ab", "cde", "f"]

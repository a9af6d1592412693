from benchmarks.chunking import Chunk, Finder, score
from benchmarks.data import SpanQuestion
from benchmarks.product import passage


def chunk(corpus, start, end):
    return Chunk(passage(corpus, start, "x" * (end - start), "en"), corpus, (start, end))


def test_a_passage_is_found_whatever_happened_to_spaces_and_markup():
    text = "# Title\n\nFirst  *point*\nmade. Second point."
    finder = Finder(text)
    assert finder.find("First point made.") == (text.index("First"), text.index("made") + len("made"))
    assert finder.find("Second point.") == (text.index("Second"), len(text) - 1)


def test_repeated_passages_are_found_one_after_the_other():
    finder = Finder("same. same.")
    assert finder.find("same.") == (0, 4)
    assert finder.find("same.") == (6, 10)
    assert finder.find("same.") is None


def test_a_chunk_of_another_corpus_costs_precision_only():
    question = SpanQuestion("?", "a", ((0, 10),))
    scored = score([chunk("a", 0, 10), chunk("b", 0, 10)], question, 5)
    assert (scored.recall, scored.precision, scored.iou) == (1.0, 0.5, 0.5)


def test_only_the_first_chunks_count():
    question = SpanQuestion("?", "a", ((0, 10),))
    assert score([chunk("a", 50, 60), chunk("a", 0, 10)], question, 1).recall == 0.0

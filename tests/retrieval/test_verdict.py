import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.analysis import Concept, Content, Question
from retrieval.verdict import Evidence, confidence, coverage, joint, margin, names_found, together


def _question(*groups: tuple[str, set[str]]) -> Question:
    concepts = tuple(
        Concept(word, {"en": frozenset(stems), "de": frozenset()}, frozenset({f"_{word[:2]}"}))
        for word, stems in groups
    )
    return Question("en", (), {"de": (), "en": ()}, concepts)


def test_coverage_weighs_rare_concepts_more():
    question = _question(("loss", {"loss"}), ("hitzig", {"hitzig"}))
    text = Content(frozenset({"loss", "year"}), "_loss__year_")
    assert coverage(question, [1.0, 3.0], text, "en") == pytest.approx((0.25, 0.0))
    assert sum(coverage(question, [0.0, 0.0], text, "en")) == 0


def _evidence(similar: float, covered: float, **others) -> Evidence:
    return Evidence(
        similar, similar, covered, others.get("stands_out", 0.2), False, 3, covered, similar + covered
    )


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.5))
def test_more_evidence_never_lowers_the_confidence(similar, covered, more):
    base = confidence(_evidence(similar, covered))
    assert confidence(_evidence(similar + more, covered)) >= base
    assert confidence(_evidence(similar, covered + more)) >= base


def test_strong_evidence_is_believed_and_weak_is_not():
    assert confidence(_evidence(0.7, 1.0)) > 0.5 > confidence(_evidence(0.2, 0.2))


def test_the_margin_is_zero_where_all_scores_are_alike():
    assert margin([3.0] * 8) == 0
    assert margin([]) == margin([0.0]) == 0
    assert 0 < margin([1.0]) < 0.2
    assert margin([10.0, 1, 1, 1, 1, 1]) == pytest.approx(0.9)


def test_names_count_where_any_text_holds_them():
    plain, name, number = (
        Concept(each, {}, frozenset(), each != "loss") for each in ("loss", "hitzig", "2026")
    )
    question = Question("en", (), {}, (plain, name, number))
    assert names_found(question, [(0.0, 1.0, 0.0), (1.0, 0.5, 0.0)]) == 0.5
    assert names_found(question, [(0.0, 0.2, 1.0)]) == pytest.approx(0.6)
    assert names_found(Question("en", (), {}, (plain,)), [(1.0,)]) is None


def test_a_name_that_is_nowhere_speaks_against_an_answer():
    known = Evidence(0.4, 0.4, 0.5, 0.2, False, 3, 0.5, 0.9, 1.0)
    missing = Evidence(0.4, 0.4, 0.5, 0.2, False, 3, 0.5, 0.9, 0.0)
    assert confidence(known) > confidence(missing)


def test_words_scattered_over_a_passage_count_less_than_those_in_one_sentence():
    scattered = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)]
    assert together(scattered) == 0
    assert together([(1.0, 0.8, 0.0), (0.0, 0.0, 1.0)]) == pytest.approx(0.4)
    assert together([(1.0, 1.0, 1.0)]) == 1


def test_a_single_word_is_its_own_neighbour_and_no_sentence_holds_nothing():
    assert together([(0.3,), (0.7,)]) == 0.7
    assert together([]) == 0


def test_the_joint_score_is_that_of_one_sentence():
    held, rarities = [(1.0, 0.0), (0.0, 1.0)], [1.0, 3.0]
    assert joint(held, [0.9, 0.2], rarities) == pytest.approx(1.15)
    assert joint(held, [0.2, 0.3], rarities) == pytest.approx(1.05)
    assert joint(held, [], rarities) == joint([], [], rarities) == 0


def test_concentrated_evidence_is_believed_more():
    scattered = Evidence(0.4, 0.4, 0.6, 0.2, False, 3, together=0.0, joint=0.6)
    close = Evidence(0.4, 0.4, 0.6, 0.2, False, 3, together=1.0, joint=1.0)
    assert confidence(close) > confidence(scattered)

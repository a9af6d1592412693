import json
from dataclasses import replace
from pathlib import Path

import pytest
from values import ANSWER

from bot.errors import EvaluationError
from bot.evaluate import grade, read_lines, summarise
from bot.types import Answer

GOLDEN = Path(__file__).parents[1] / "data" / "golden.jsonl"
CORPUS = Path(__file__).parents[2] / "corpus"
UNKNOWN = Answer("unknown", "en", ANSWER.as_of, "Our sources do not say.")


def row(**fields):
    return {"question": "q?", "expect_sources": ["notes/a.md"], "expect_facts": ["vertrag"], **fields}


def test_an_answer_with_every_source_and_fact_is_right():
    graded = grade(row(), ANSWER)
    assert graded.right
    assert (graded.sources, graded.facts) == ((1, 1), (1, 1))


def test_a_missing_source_and_a_missing_fact_are_named():
    graded = grade(row(expect_sources=["notes/b.md"], expect_facts=["Vertrag", "90 Tage"]), ANSWER)
    assert not graded.right
    assert graded.explanation == "missing: notes/b.md, 90 Tage"
    assert (graded.sources, graded.facts) == ((0, 1), (1, 2))


def test_a_source_counts_by_the_end_of_its_uri():
    assert grade(row(expect_sources=["a.md"]), ANSWER).sources == (1, 1)


def test_declining_is_right_only_where_nothing_can_be_said():
    assert not grade(row(), UNKNOWN).right
    assert grade(row(), UNKNOWN).explanation == "declined"
    assert grade({"question": "q?", "unanswerable": True}, UNKNOWN).right
    assert not grade({"question": "q?", "unanswerable": True}, ANSWER).right


def test_the_figures_are_shares_of_what_was_expected():
    grades = [
        grade(row(), ANSWER),
        grade(row(expect_facts=["Vertrag", "missing"]), ANSWER),
        grade(row(), UNKNOWN),
        grade({"question": "q?", "unanswerable": True}, UNKNOWN),
    ]
    assert summarise(grades) == {
        "questions": 4,
        "source recall": pytest.approx(2 / 3),
        "facts found": pytest.approx(2 / 4),
        "fully right": pytest.approx(1 / 3),
        "declined, answerable": pytest.approx(1 / 3),
        "declined, unanswerable": 1.0,
    }


def test_no_questions_make_no_division_by_zero():
    assert summarise([])["source recall"] == 0.0


def test_lines_are_read_and_empty_ones_passed_over(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"question": "Grüße?"}\n\n{"question": "b"}\n', encoding="utf-8")
    assert [each["question"] for each in read_lines(file, "question")] == ["Grüße?", "b"]


@pytest.mark.parametrize("line", ["{", "[]", "3", "{}", '{"question": ""}', '{"query": "x"}'])
def test_a_wrong_line_is_named_by_its_number(tmp_path, line):
    file = tmp_path / "a.jsonl"
    file.write_text(f'{{"question": "a"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(EvaluationError, match="line 2"):
        list(read_lines(file, "question"))


@pytest.mark.parametrize("data", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, data):
    file = tmp_path / "a.jsonl"
    if data:
        file.write_bytes(data)
    with pytest.raises(EvaluationError, match=r"a\.jsonl"):
        list(read_lines(file, "question"))


def test_the_golden_questions_are_what_was_promised():
    rows = list(read_lines(GOLDEN, "question"))
    assert len(rows) >= 60
    assert sum(bool(each.get("unanswerable")) for each in rows) >= 12
    assert {each["language"] for each in rows} == {"de", "en"}
    assert sum(len(each.get("expect_sources", [])) > 1 for each in rows) >= 3
    assert len({each["question"] for each in rows}) == len(rows)


def test_the_golden_questions_expect_sources_that_exist_and_facts_that_stand_there():
    for each in read_lines(GOLDEN, "question"):
        files = [CORPUS / source for source in each.get("expect_sources", [])]
        assert all(file.exists() for file in files), each
        text = " ".join(" ".join(file.read_text(encoding="utf-8") for file in files).split()).casefold()
        for fact in each.get("expect_facts", []):
            assert " ".join(fact.split()).casefold() in text, (each["question"], fact)


def test_a_grade_does_not_depend_on_the_case_of_a_fact():
    shouted = replace(ANSWER, statements=())
    assert grade(row(expect_facts=["DER VERTRAG"]), shouted).facts == (1, 1)


def test_golden_lines_are_one_object_each():
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        assert isinstance(json.loads(line), dict)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "holds no questions"),
        ("[" * 200_000, "is not JSON"),
        ("[1]", "is no object"),
        ('{"question": ["x"]}', "needs some text"),
        ('{"question": "x", "expect_facts": 5}', "must be a list of texts"),
        ('{"question": "x", "unanswerable": "no"}', "must be true or false"),
    ],
)
def test_a_wrong_line_is_named_before_anything_is_asked(tmp_path, line, problem):
    file = tmp_path / "a.jsonl"
    file.write_text(line, "utf-8")
    with pytest.raises(EvaluationError, match=problem):
        read_lines(file, "question")


def test_a_byte_order_mark_and_line_separators_inside_text_are_fine(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_bytes('\ufeff{"question": "a\u2028b"}\r\n'.encode())
    assert read_lines(file, "question")[0]["question"] == "a\u2028b"

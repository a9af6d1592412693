from datetime import date
from itertools import pairwise

import pytest
import shelf

from bot.models.extractive import MOST_STATEMENTS, alike, row, write
from bot.types import Brief
from retrieval.language import detect
from retrieval.visibility import Audience

TABLE = """| System | Criticality | Fallback |
|---|---|---|
| Claims desk assistant | Tier 1 | Borealis, tested in May 2026 |
| Menu translator | Tier 3 |  |"""


@pytest.fixture(scope="session")
def answer(shelved):
    """Write an answer from what a search of the shelf brings."""

    def of(question, as_of=shelf.TODAY):
        found = shelved.search(question, Audience.whole_library(), 12)
        return write(Brief(question, detect(question), found.hits, as_of), shelved.covers(question))

    return of


def test_a_table_row_is_read_as_a_sentence():
    rows = TABLE.splitlines()
    assert (
        row(rows[2], TABLE)
        == "Claims desk assistant: Criticality Tier 1, Fallback Borealis, tested in May 2026."
    )


def test_an_empty_cell_is_passed_over():
    assert row(TABLE.splitlines()[3], TABLE) == "Menu translator: Criticality Tier 3."


@pytest.mark.parametrize("line", TABLE.splitlines()[:2])
def test_header_rows_say_nothing(line):
    assert row(line, TABLE) == ""


@pytest.mark.parametrize(
    "table", ["| A | B |\n|---|---|", "| only |\n|---|\n| one |", "| A | B |\n|---|---|\n| 1 | 2 | 3 |"]
)
def test_a_table_that_cannot_be_read_says_nothing(table):
    assert row(table.splitlines()[-1], table) == ""


def test_a_row_is_quoted_as_it_stands_and_told_as_a_sentence(answer):
    written = answer("Which fallback does the claims desk assistant have, a Tier 1 system?")
    quotes = {each.n: each.quote for each in written.citations}
    [told] = [each for each in written.statements if each.text.startswith("Claims desk assistant: ")]
    assert "Borealis, tested in May 2026" in told.text
    assert quotes[told.citations[0]].startswith("| Claims desk assistant |")


def test_nearly_the_same_sentence_is_said_once(answer):
    written = answer("after an hour without Aurora Models the claims desk works from paper forms")
    texts = [each.text for each in written.statements]
    assert not any(alike(a, b) for a in texts for b in texts if a is not b)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("The desk works from paper forms.", "the desk works from paper forms", True),
        ("After an hour the desk works from paper.", "After an hour, the desk works from paper!", True),
        ("The contract ends in March 2027.", "The board expects a tested fallback.", False),
        ("", "", False),
    ],
)
def test_sentences_are_alike_when_their_words_are(left, right, same):
    assert alike(left, right) is same


def test_statements_of_one_source_stand_together(answer):
    sources = [each.uri for each in answer("Aurora Models outage, claims desk, board, fallback").citations]
    assert len([a for a, b in pairwise(sources) if a != b]) == len(set(sources)) - 1


def test_there_are_never_more_statements_than_can_be_read_aloud(answer):
    assert (
        len(answer("Aurora Borealis claims desk board system Tier audit cluster").statements)
        <= MOST_STATEMENTS
    )


def test_each_statement_has_one_literal_quote(answer):
    written = answer("What happens after a week without Aurora Models?")
    texts = {f"file:///shelf/{name}.md": text for name, text in shelf.ALL.items()}
    assert [each.citations for each in written.statements] == [(each.n,) for each in written.citations]
    for each in written.citations:
        assert " ".join(each.quote.split()) in " ".join(texts[each.uri].split())


def test_the_age_of_a_quote_is_counted_to_the_day_of_the_answer(answer):
    written = answer("What does the Borealis contract cost?", date(2024, 1, 12))
    assert 2 in {each.age_days for each in written.citations if each.uri.endswith("old.md")}


def test_without_evidence_nothing_is_said(shelved):
    written = write(Brief("anything", "en", (), shelf.TODAY), shelved.covers("anything"))
    assert (written.status, written.statements, written.backend) == ("unknown", (), "extractive")

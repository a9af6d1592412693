from datetime import date
from itertools import pairwise

import pytest
import shelf

from bot.asked import asked
from bot.models.extractive import write
from bot.quoting import MOST, Wanted, alike
from bot.types import Brief
from retrieval.language import detect
from retrieval.visibility import Audience


@pytest.fixture(scope="session")
def answer(shelved):
    """Write an answer from what a search of the shelf brings."""

    def of(question, as_of=shelf.TODAY):
        found = shelved.search(question, Audience.whole_library(), 12)
        brief = Brief(question, detect(question), found.hits, as_of)
        return write(brief, Wanted(shelved.covers(question, Audience.whole_library()), kinds=asked(question)))

    return of


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


def test_statements_of_one_source_stand_together(answer):
    sources = [each.uri for each in answer("Aurora Models outage, claims desk, board, fallback").citations]
    assert len([a for a, b in pairwise(sources) if a != b]) == len(set(sources)) - 1


def test_there_are_never_more_statements_than_can_be_read_aloud(answer):
    assert len(answer("Aurora Borealis claims desk board system Tier audit cluster").statements) <= MOST


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
    written = write(
        Brief("anything", "en", (), shelf.TODAY), Wanted(shelved.covers("anything", Audience.nobody()))
    )
    assert (written.status, written.statements, written.backend) == ("unknown", (), "extractive")

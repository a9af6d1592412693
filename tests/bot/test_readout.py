from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from values import ANSWER, CITATION

from bot.readout import show_answer
from bot.types import Answer, Attempt, Nearest, Skipped, Statement


@pytest.fixture
def shown(capsys):
    """What is printed into a pipe."""

    def of(show, *values):
        show(*values)
        return capsys.readouterr().out

    return of


def test_an_answer_is_headline_statements_sources_and_a_quiet_line(shown):
    lines = shown(show_answer, ANSWER).splitlines()
    assert lines[0] == ANSWER.headline
    assert lines[1] == "- Der Vertrag endet. (in German) [1]"
    assert "Sources" in lines
    assert "[1] Notiz, Büro, 1 September 2026 (2 months)" in lines
    assert "    Notiz > Risiken" in lines
    assert "    file:///notes/a.md" in lines
    assert lines[-1] == "As of 22 November 2026 · 1/1 supported · extractive · other: no key · 0.50 s"


def test_a_quote_in_the_readers_language_names_no_language(shown):
    german = replace(ANSWER, language="de")
    printed = shown(show_answer, german)
    assert "- Der Vertrag endet. [1]" in printed
    assert "Quellen" in printed
    assert "1. September 2026" in printed
    assert "belegt" in printed


def test_a_statement_that_is_not_supported_says_why(shown):
    doubtful = replace(ANSWER, statements=(Statement("x", "unsupported", (1,), ("number 7 is nowhere",)),))
    printed = shown(show_answer, doubtful)
    assert "?? number 7 is nowhere" in printed
    assert "0/1 supported" in printed


def test_cautions_stand_before_the_sources(shown):
    lines = shown(show_answer, ANSWER).splitlines()
    assert lines.index("! Old.") < lines.index("Sources")


def test_an_unknown_answer_shows_the_nearest_titles_and_no_sources(shown):
    unknown = Answer(
        status="unknown",
        language="en",
        as_of=date(2026, 11, 22),
        headline="Our sources do not say.",
        nearest=(Nearest("Vendor note: X", "file:///x.md"),),
        skipped=(Skipped("other", "no key"),),
    )
    printed = shown(show_answer, unknown)
    assert printed.startswith("Our sources do not say.")
    assert "Nearest in our sources: Vendor note: X" in printed
    assert "\nSources" not in printed


def test_citations_of_one_source_share_its_line(shown):
    second = replace(CITATION, n=2, locator="Notiz > Fristen")
    both = replace(ANSWER, citations=(CITATION, second))
    printed = shown(show_answer, both)
    assert "[1][2] Notiz" in printed
    assert printed.count("file:///notes/a.md") == 1
    assert "Notiz > Fristen" in printed


def test_a_source_without_a_date_says_so(shown):
    undated = replace(ANSWER, citations=(replace(CITATION, published=None, age_days=None),))
    assert "no date" in shown(show_answer, undated)


def test_markup_in_a_document_is_text(shown):
    named = replace(
        ANSWER, statements=(Statement("[bold]x[/bold] [link=http://a]b[/link]", "supported", (1,)),)
    )
    assert "[bold]x[/bold] [link=http://a]b[/link]" in shown(show_answer, named)


def test_long_lines_are_not_broken_in_a_pipe(shown):
    text = "word " * 400
    long = replace(ANSWER, statements=(Statement(text.strip(), "supported", (1,)),))
    assert text.strip() in shown(show_answer, long)


def test_what_a_model_wrote_says_by_whom_at_what_cost_and_what_is_only_inferred(shown):
    attempts = (
        Attempt("gpt", "gpt-x", "timeout", 12.0, 900, 0, Decimal("0.002")),
        Attempt("claude", "claude-x", "complete", 2.0, 900, 120, Decimal("0.0045")),
    )
    written = replace(
        ANSWER,
        statements=(
            Statement("The contract ends.", "supported", (1,)),
            Statement("A gap is likely.", "supported", (1,), kind="inference"),
            Statement("Prices stay.", "unsupported", (), kind="assumption"),
        ),
        missing=("when it can be renewed",),
        backend="claude",
        model="claude-x",
        skipped=(Skipped("gpt", "did not answer in time"),),
        attempts=attempts,
        seconds=14.25,
    )
    lines = shown(show_answer, written).splitlines()
    assert lines[1:5] == [
        "- The contract ends. [1]",
        "- Inference: A gap is likely. [1]",
        "- Assumption: Prices stay.",
        "- Not in the sources: when it can be renewed",
    ]
    assert lines[-1] == (
        "As of 22 November 2026 · 2/3 supported · claude-x (claude) · gpt: did not answer in time"
        " · 14.25 s · 1,920 tokens, $0.0065"
    )


def test_a_cost_that_nobody_knows_is_not_nothing(shown):
    attempts = (Attempt("local", "m", "complete", 1.0, 10, 5, None),)
    printed = shown(show_answer, replace(ANSWER, model="m", backend="local", attempts=attempts))
    assert "15 tokens, cost unknown" in printed


def test_a_source_with_a_link_shows_the_link(shown):
    linked = replace(ANSWER, citations=(replace(CITATION, link="https://example.com/a"),))
    printed = shown(show_answer, linked)
    assert "    https://example.com/a" in printed
    assert "file:///notes/a.md" not in printed

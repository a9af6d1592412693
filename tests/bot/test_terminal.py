import json
from dataclasses import replace
from datetime import date

import pytest
from values import ANSWER, CITATION, PASSAGE, SOURCE

from bot import terminal
from bot.doctor import Finding
from bot.evaluate import Grade
from bot.types import Answer, Nearest, Skipped, Statement
from retrieval.types import Found, Hit


@pytest.fixture
def shown(capsys):
    """What a function of the terminal prints into a pipe."""

    def of(show, *values):
        show(*values)
        return capsys.readouterr().out

    return of


def test_an_answer_is_headline_statements_sources_and_a_quiet_line(shown):
    lines = shown(terminal.show_answer, ANSWER).splitlines()
    assert lines[0] == ANSWER.headline
    assert lines[1] == "- Der Vertrag endet. (in German) [1]"
    assert "Sources" in lines
    assert "[1] Notiz, Büro, 1 September 2026 (2 months)" in lines
    assert "    Notiz > Risiken" in lines
    assert "    file:///notes/a.md" in lines
    assert lines[-1] == "As of 22 November 2026 · 1/1 supported · extractive · other: no key · 0.50 s"


def test_output_into_a_pipe_is_plain(shown):
    for show, value in (
        (terminal.show_answer, ANSWER),
        (terminal.show_sources, [SOURCE]),
        (terminal.show_findings, [Finding("x", False, "bad", "do this")]),
        (terminal.show_hits, Found((Hit(PASSAGE, SOURCE, 0.5),), True, 0.9)),
    ):
        printed = shown(show, value)
        assert "\x1b" not in printed
        assert printed.strip()


def test_a_quote_in_the_readers_language_names_no_language(shown):
    german = replace(ANSWER, language="de")
    printed = shown(terminal.show_answer, german)
    assert "- Der Vertrag endet. [1]" in printed
    assert "Quellen" in printed
    assert "1. September 2026" in printed
    assert "belegt" in printed


def test_a_statement_that_is_not_supported_says_why(shown):
    doubtful = replace(ANSWER, statements=(Statement("x", "unsupported", (1,), ("number 7 is nowhere",)),))
    printed = shown(terminal.show_answer, doubtful)
    assert "?? number 7 is nowhere" in printed
    assert "0/1 supported" in printed


def test_cautions_stand_before_the_sources(shown):
    lines = shown(terminal.show_answer, ANSWER).splitlines()
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
    printed = shown(terminal.show_answer, unknown)
    assert printed.startswith("Our sources do not say.")
    assert "Nearest in our sources: Vendor note: X" in printed
    assert "\nSources" not in printed


def test_citations_of_one_source_share_its_line(shown):
    second = replace(CITATION, n=2, locator="Notiz > Fristen")
    both = replace(ANSWER, citations=(CITATION, second))
    printed = shown(terminal.show_answer, both)
    assert "[1][2] Notiz" in printed
    assert printed.count("file:///notes/a.md") == 1
    assert "Notiz > Fristen" in printed


def test_a_source_without_a_date_says_so(shown):
    undated = replace(ANSWER, citations=(replace(CITATION, published=None, age_days=None),))
    assert "no date" in shown(terminal.show_answer, undated)


def test_markup_in_a_document_is_text(shown):
    named = replace(
        ANSWER, statements=(Statement("[bold]x[/bold] [link=http://a]b[/link]", "supported", (1,)),)
    )
    assert "[bold]x[/bold] [link=http://a]b[/link]" in shown(terminal.show_answer, named)


def test_long_lines_are_not_broken_in_a_pipe(shown):
    text = "word " * 400
    long = replace(ANSWER, statements=(Statement(text.strip(), "supported", (1,)),))
    assert text.strip() in shown(terminal.show_answer, long)


def test_sources_are_a_row_each_and_a_count(shown):
    gone = replace(SOURCE, state="gone", title="Alt")
    lines = shown(terminal.show_sources, [SOURCE, gone]).splitlines()
    assert "Notiz" in lines[1]
    assert "employees" in lines[1]
    assert "Alt (gone)" in lines[2]
    assert lines[-1] == "2 documents"


def test_json_keeps_the_letters(shown):
    printed = shown(terminal.as_json, {"title": "Büro"})
    assert "Büro" in printed
    assert json.loads(printed) == {"title": "Büro"}


def test_grades_name_what_was_wrong(shown):
    grades = [
        Grade("right?", False, False, (1, 1), (0, 0), ()),
        Grade("wrong?", False, False, (0, 1), (0, 0), ("a.md",)),
    ]
    printed = shown(terminal.show_grades, grades, {"questions": 2, "source recall": 0.5})
    assert "wrong?" in printed
    assert "missing: a.md" in printed
    assert "right?" not in printed
    assert "0.500" in printed


def test_a_finding_that_is_not_good_comes_with_the_next_step(shown):
    printed = shown(terminal.show_findings, [Finding("library", False, "no documents", "Take some in")])
    assert printed == "todo library: no documents\n     -> Take some in\n"


def test_nothing_that_a_terminal_obeys_gets_through():
    hostile = "odd\x1b[31mred\nnew file\x9b\u202e.md"
    assert terminal.visible(hostile) == "odd\\x1b[31mred\\nnew file\\x9b\\u202e.md"

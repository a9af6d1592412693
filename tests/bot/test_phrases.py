from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from values import CITATION

from bot.phrases import age, headline, label, language_name, long_date, name_of, say, span


@pytest.mark.parametrize(
    ("days", "english", "german"),
    [
        (0, "0 days", "0 Tage"),
        (1, "1 day", "1 Tag"),
        (59, "59 days", "59 Tage"),
        (60, "2 months", "2 Monate"),
        (729, "24 months", "24 Monate"),
        (730, "2 years", "2 Jahre"),
    ],
)
def test_an_age_is_told_in_the_unit_a_person_would_use(days, english, german):
    assert (age(days, "en"), age(days, "de")) == (english, german)


@given(st.integers(-400, 100_000), st.sampled_from(["de", "en"]))
def test_every_age_has_words(days, language):
    assert age(days, language)


def test_a_date_is_written_as_it_is_read_aloud():
    assert long_date(date(2026, 3, 1), "en") == "1 March 2026"
    assert long_date(date(2026, 3, 1), "de") == "1. März 2026"


def test_a_span_of_one_day_is_that_day():
    day = date(2026, 3, 1)
    assert span([day, day], "en") == "1 March 2026"
    assert span([date(2026, 5, 2), day], "de") == "1. März 2026 bis 2. Mai 2026"


def test_a_headline_counts_points_and_sources():
    other = replace(CITATION, n=2, uri="file:///notes/b.md")
    english = headline([CITATION, replace(CITATION, n=3), other], "en")
    german = headline([CITATION], "de")
    assert "3 points" in english
    assert "2 sources" in english
    assert "1 September 2026" in english
    assert "1 Punkt" in german
    assert "1 Quelle" in german


def test_a_headline_says_how_many_sources_have_no_date():
    dated = replace(CITATION, published=date(2026, 2, 18))
    undated = [replace(CITATION, n=n, uri=f"file:///{n}.md", published=None) for n in (2, 3)]
    some, none = [dated, *undated, replace(undated[0], n=4)], undated[:1]
    assert headline(some, "en") == "4 points from 3 sources, dated 18 February 2026, 2 without a date."
    assert headline(some, "de") == "4 Punkte aus 3 Quellen, Stand 18. Februar 2026, 2 ohne Datum."
    assert headline(none, "en", 2) == "2 points from 1 source without a date."
    assert headline(undated, "de") == "2 Punkte aus 2 Quellen ohne Datum."
    assert headline([dated], "en") == "1 point from 1 source, dated 18 February 2026."


def test_without_citations_the_headline_is_that_we_do_not_know():
    assert headline([], "en") == say("unknown", "en") == "Our sources do not say."
    assert headline([], "de") == "Unsere Quellen sagen dazu nichts."


def test_a_language_is_named_in_the_readers():
    assert language_name("de", "en") == "in German"
    assert language_name("en", "de") == "auf Englisch"


def test_a_headline_counts_points_where_their_number_is_given():
    assert headline([CITATION], "en", 3).startswith("3 points from 1 source")
    assert headline([CITATION], "de").startswith("1 Punkt aus 1 Quelle")
    assert headline([], "en", 3) == "Our sources do not say."


@pytest.mark.parametrize(
    ("key", "english", "german"),
    [
        ("inference", "Inference", "Schlussfolgerung"),
        ("assumption", "Assumption", "Annahme"),
        ("missing", "Missing", "Es fehlt"),
    ],
)
def test_what_is_no_fact_has_a_word_at_its_head(key, english, german):
    assert (label(key, "en"), label(key, "de")) == (english, german)
    assert (name_of("en"), name_of("de")) == ("English", "German")

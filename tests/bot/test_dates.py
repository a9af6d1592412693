from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import dates
from bot.check import verify
from bot.dates import Moment
from retrieval.lexicon import load

LEXICON = load()


def one(text: str, language="en") -> tuple[int | None, int | None, int | None, str]:
    (found,) = dates.find(text, language)
    return found.year, found.month, found.day, found.part


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "am 16. Februar 2026"),
        ("de", "am 16.02.2026"),
        ("de", "16.2.26"),
        ("en", "February 16, 2026"),
        ("en", "Feb. 16, 2026"),
        ("en", "16 Feb 2026"),
        ("en", "the 16th of February 2026"),
        ("en", "2026-02-16"),
        ("en", "02/16/2026"),
        ("de", "Montag, der 16. Februar 2026"),
    ],
)
def test_one_day_reads_the_same_in_every_notation(language, text):
    assert one(text, language) == (2026, 2, 16, "")


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "im Februar 2026", (2026, 2, None, "")),
        ("de", "Mitte Februar", (None, 2, None, "")),
        ("en", "in May", (None, 5, None, "")),
        ("en", "Q1 2026", (2026, None, None, "Q1")),
        ("de", "im ersten Quartal 2026", (2026, None, None, "Q1")),
        ("de", "1. Quartal 2026", (2026, None, None, "Q1")),
        ("en", "the first quarter of 2026", (2026, None, None, "Q1")),
        ("en", "the first half of 2026", (2026, None, None, "H1")),
        ("en", "by 2029", (2029, None, None, "")),
        ("en", "the 1990s", (1990, None, None, "decade")),
        ("de", "die 90er Jahre", (1990, None, None, "decade")),
        ("de", "in den Neunzigerjahren", (1990, None, None, "decade")),
        ("de", "seit den 1970ern", (1970, None, None, "decade")),
    ],
)
def test_partial_dates(language, text, expected):
    assert one(text, language) == expected


@pytest.mark.parametrize(
    "text", ["it may fail", "2,000 tickets", "$2000", "1,950 seats", "H100", "version 2.15"]
)
def test_what_is_no_date(text):
    assert dates.find(text, "en") == ()


def test_a_span_of_days_is_two_dates():
    found = dates.find("11. bis 13. März 2026", "de")
    assert {(each.day, each.month, each.year) for each in found} == {(11, 3, 2026), (13, 3, 2026)}


def test_a_span_of_years_is_two_dates():
    assert [each.year for each in dates.find("2024-26", "en")] == [2024, 2026]


def moment(year=None, month=None, day=None, part="") -> Moment:
    return Moment("", (0, 0), year, month, day, part)


def test_a_fuller_date_bears_out_a_partial_one_and_not_the_reverse():
    day, month, year = moment(2026, 2, 16), moment(2026, 2), moment(2026)
    assert dates.supports(day, month) and dates.supports(month, year)
    assert not dates.supports(month, day) and not dates.supports(year, month)


def test_a_date_without_year_is_completed_by_a_year_of_the_passage():
    source, claimed = moment(None, 2, 16), moment(2026, 2, 16)
    assert dates.supports(source, claimed, [2026])
    assert not dates.supports(source, claimed, [2025])


def test_a_year_lies_in_its_decade():
    assert dates.supports(moment(1994), moment(1990, part="decade"))
    assert not dates.supports(moment(1990, part="decade"), moment(1994))


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_iso_dates_are_read_back(day):
    assert one(f"since {day.isoformat()}.") == (day.year, day.month, day.day, "")


@given(st.text(max_size=200), st.sampled_from(["de", "en"]))
def test_any_text_can_be_read(text, language):
    assert all(each.text in text for each in dates.find(text, language))


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Notice can be given from 30 November 2026.", "Notice must be given by 30 November 2026."),
        (
            "Notice must be given after 30 November 2026.",
            "Die Kündigung muss bis 30. November 2026 eingehen.",
        ),
        (
            "Die Kündigung ist ab 30. November 2026 möglich.",
            "Die Kündigung muss bis 30. November 2026 eingehen.",
        ),
    ],
)
def test_a_deadline_made_a_beginning_is_seen(claim, source):
    assert [each.rule for each in verify(claim, [source], LEXICON).problems] == ["bound"]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Notice is due by 30 November 2026.", "Notice is due before 30 November 2026."),
        ("Die Kündigung ist bis zum 30. November 2026 fällig.", "Notice is due by 30 November 2026."),
        ("Prices rise after 30 November 2026.", "Prices hold until 30 November 2026."),
        ("Frühe Versionen waren ab 1851 in Gebrauch.", "Early versions were in use by 1851."),
    ],
)
def test_a_deadline_that_is_kept_is_no_problem(claim, source):
    assert verify(claim, [source], LEXICON).problems == ()

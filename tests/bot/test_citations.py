from dataclasses import replace
from datetime import date

import pytest
from values import PASSAGE, SOURCE

from bot.citations import cite, link, told_in
from retrieval.types import Hit

TODAY = date(2026, 11, 22)


def test_a_citation_says_what_stands_where_and_how_old_it_is():
    made = cite(Hit(PASSAGE, SOURCE, 0.5), "Der Vertrag endet.", 3, TODAY)
    assert (made.n, made.quote, made.title, made.publisher) == (3, "Der Vertrag endet.", "Notiz", "Büro")
    assert (made.published, made.age_days) == (date(2026, 9, 1), 82)
    assert (made.locator, made.language, made.link) == ("p. 3, Notiz > Risiken", "de", "")


@pytest.mark.parametrize(
    ("quote", "around", "told"),
    [
        ("Die Geschäftsführung verlängert den Vertrag mit OpenAI nicht.", "en", "de"),
        ("The board will not renew the contract with OpenAI.", "de", "en"),
        ("Der Vertrag mit OpenAI.", "en", "en"),
        ("| Greta (service desk) | Tier 1 | Internal | Anthropic Claude |", "de", "de"),
        ("Halden Werke zahlt OpenAI 410.000 EUR.", "en", "en"),
    ],
)
def test_a_quote_has_its_own_language_where_it_is_long_enough_to_tell(quote, around, told):
    passage = replace(PASSAGE, text=f"x {quote}", language=around)
    assert cite(Hit(passage, SOURCE, 0.5), quote, 1, TODAY).language == told_in(quote, around) == told


def test_without_a_date_there_is_no_age():
    made = cite(Hit(PASSAGE, replace(SOURCE, published=None), 0.5), "x", 1, TODAY)
    assert (made.published, made.age_days) == (None, None)


@pytest.mark.parametrize(
    ("uri", "source", "expected"),
    [
        ("https://a.example/x", "", "https://a.example/x"),
        ("https://a.example/x", "https://b.example", "https://a.example/x"),
        ("file:///notes/a.md", "HTTP://b.example/y?z=1", "HTTP://b.example/y?z=1"),
        ("file:///notes/a.md", "news article, February 2026", ""),
        ("file:///notes/a.md", "see https://b.example", ""),
        ("javascript:alert(1)", "https://b.example/ x", ""),
        ("slack://open", "https://b.example|c.example", ""),
        ("", "", ""),
    ],
)
def test_a_link_is_an_address_on_the_web_or_nothing(uri, source, expected):
    assert link(replace(SOURCE, uri=uri, source=source)) == expected

from dataclasses import replace
from datetime import date

import pytest
from values import ANSWER, PASSAGE, SOURCE

from bot.cautions import cautions, owned, stale
from bot.types import Brief
from retrieval.types import Hit
from retrieval.vocabulary import Named

TODAY = date(2026, 11, 22)
VENDORS = (Named("openai", "OpenAI"), Named("mistral", "Mistral AI"))


def hit(**source):
    return Hit(PASSAGE, replace(SOURCE, **source), 0.5)


def told(*hits, language="en"):
    brief = Brief("why?", language, hits, TODAY)
    return list(cautions(replace(ANSWER, language=language), brief, 180))


@pytest.mark.parametrize(
    ("source", "old"),
    [
        ({"published": date(2026, 9, 1)}, False),
        ({"published": date(2026, 5, 1)}, True),
        ({"published": None}, False),
        ({"published": date(2020, 1, 1), "review": date(2027, 1, 1)}, False),
        ({"published": date(2026, 11, 1), "review": date(2026, 11, 21)}, True),
    ],
)
def test_a_source_is_old_past_its_review_date_or_the_review_period(source, old):
    assert stale(hit(**source), TODAY, 180) is old
    assert any("180 days" in each for each in told(hit(**source))) is old


def test_undated_future_and_invented_sources_are_told_of():
    assert told(hit(published=None)) == ["Without a date: Notiz."]
    assert told(hit(published=date(2027, 1, 1))) == ["Dated in the future: Notiz. Check the date."]
    assert told(hit(sample=True), language="de") == ["Beispieldaten einer erfundenen Firma: Notiz."]


def test_only_cited_sources_matter_and_each_title_once():
    assert told(hit(sample=True, uri="file:///other.md")) == []
    assert told(hit(sample=True), hit(sample=True)) == ["Sample data of an invented company: Notiz."]


@pytest.mark.parametrize(
    ("owner", "about", "words"),
    [
        ("openai", {"openai"}, ["This answer about OpenAI was written by a model that OpenAI owns."]),
        ("acme", {"acme"}, ["This answer about acme was written by a model that acme owns."]),
        ("openai", {"mistral"}, []),
        ("", {"openai"}, []),
    ],
)
def test_a_model_that_writes_of_its_owner_is_named(owner, about, words):
    assert list(owned(replace(ANSWER, owner=owner), about, VENDORS)) == words

import pytest

from bot.slack.clicks import verdict_of, verdict_value


@pytest.mark.parametrize("verdict", ["helpful", "not_helpful"])
def test_a_verdict_comes_back_as_it_went(verdict):
    assert verdict_of(verdict_value(verdict, "A1")) == (verdict, "A1")


@pytest.mark.parametrize("value", ["", "helpful", "helpful ", "great A1", "A1"])
def test_anything_else_is_none(value):
    assert verdict_of(value) == ("", "")

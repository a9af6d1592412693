import pytest
from gate import all_alive, refused_view

from bot.slack import clicks, modals


def submitted(view, **chosen):
    values = {
        block: {
            clicks.INPUT: {"value": value}
            if block == clicks.WORDS_BLOCK
            else {"selected_option": {"value": value}}
        }
        for block, value in chosen.items()
    }
    return {**view, "state": {"values": values}}


@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_windows_are_such_as_slack_takes(locale):
    for view in (modals.reason("A1", locale), modals.another_model("A1", ["openai", "mistral"], locale)):
        assert not refused_view(view)
        assert not all_alive([view])
        assert max(len(view[each]["text"]) for each in ("title", "submit", "close")) <= 24
        assert view["private_metadata"] == "A1"


def test_a_reason_comes_back_with_its_answer():
    view = submitted(modals.reason("A1", "en"), reason="old", words="  from\n2024 ")
    assert modals.reason_of(view) == ("A1", "old: from 2024")
    assert modals.reason_of(submitted(modals.reason("A1", "en"))) == ("A1", "")
    assert modals.reason_of(submitted(modals.reason("A1", "en"), reason="forged")) == ("A1", "")


def test_the_model_that_answered_is_not_offered_again():
    view = modals.another_model("A1", ["openai", "mistral"], "en", used="openai")
    values = [each["value"] for each in view["blocks"][0]["element"]["options"]]
    assert values == ["mistral", "extractive"]
    assert modals.model_of(submitted(view, model="mistral")) == ("A1", "mistral")


def test_quoting_is_always_there_unless_it_was_used():
    assert len(modals.another_model("A1", [], "en")["blocks"][0]["element"]["options"]) == 1
    view = modals.another_model("A1", ["a"], "en", used="extractive")
    assert [each["value"] for each in view["blocks"][0]["element"]["options"]] == ["a"]


def test_no_more_models_than_slack_shows():
    view = modals.another_model("A1", [f"v{n}" for n in range(30)], "en")
    assert len(view["blocks"][0]["element"]["options"]) == 10


def test_a_view_without_a_state_says_nothing():
    assert modals.reason_of({}) == ("", "")
    assert modals.model_of({"private_metadata": "A1"}) == ("A1", "")

import pytest

from bot.slack import kit


def test_a_clipped_text_ends_at_a_word_and_never_in_an_entity():
    assert kit.clip("one two three four", 12) == "one two …"
    assert kit.clip("x" * 9 + "&amp;" * 3, 14) == "x" * 9 + " …"
    assert kit.clip("short", 12) == "short"


@pytest.mark.parametrize("length", range(5, 60))
def test_a_clip_is_never_longer_than_allowed(length):
    assert len(kit.clip("a &lt; b &amp; c " * 9, length)) <= length


def test_slack_is_kept_from_finding_things_by_itself():
    assert kit.section("x")["text"]["verbatim"] is True
    assert kit.context("x")["elements"][0]["verbatim"] is True


def test_no_text_is_empty():
    assert kit.mrkdwn("")["text"] == kit.plain("")["text"] == " "


def test_a_title_cannot_end_its_link():
    assert (
        kit.link("https://a.example/?a=1&b=2", "x|y `z`\nw") == "<https://a.example/?a=1&amp;b=2|x¦y 'z' w>"
    )


def test_a_row_without_buttons_is_no_row():
    assert kit.actions([]) == []
    assert kit.actions([kit.button("a", "b", "c")])[0]["elements"][0]["value"] == "c"


def test_a_container_takes_ten():
    assert len(kit.container("t", [kit.divider()] * 12)["child_blocks"]) == 10

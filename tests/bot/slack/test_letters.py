import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.letters import folded, visible


@pytest.mark.parametrize(
    ("hostile", "seen"),
    [
        ("a\u200bb", "ab"),
        ("\u202egnihton\u202c", "gnihton"),
        ("x\x00\x1b[31my", "x[31my"),
        ("\U000e0041\U000e0042", ""),
        ("＜!here＞", "<!here>"),
        ("﹤x﹥ ＆", "<x> &"),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("soft\u00adhyphen", "softhyphen"),
        ("x\u3164y\u115fz\ufe00", "xyz"),
        ("\ud800lone", "lone"),
    ],
)
def test_what_cannot_be_seen_goes(hostile, seen):
    assert visible(hostile) == seen


@pytest.mark.parametrize(
    "text", ["Größe m² ½ “quote” – naïve", "日本語。", "👩‍💻 ❤️ 🇩🇪", "a\tb\nc", "5 € · 3 % → x", "Ω≈ç√∫"]
)
def test_what_can_be_seen_stays(text):
    assert visible(text) == text


@given(st.text())
def test_looking_twice_changes_nothing(text):
    assert visible(visible(text)) == visible(text)


@given(st.text())
def test_folding_keeps_every_place(text):
    assert len(folded(text)) == len(text)


def test_folding_shows_what_is_meant():
    assert folded("ｅｖｉｌ。ｅｘａｍｐｌｅ／ｘ") == "evil.example/x"
    assert folded("𝐞𝐯𝐢𝐥.example") == "evil.example"

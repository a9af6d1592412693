import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.addresses import HIDDEN, dead, is_web, pieces


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See https://evil.example/?d=SECRET, ok", "See evil[.]example, ok"),
        ("evil.example/?d=SECRET", "evil[.]example"),
        ("HTTPS://EVIL.EXAMPLE", "EVIL[.]EXAMPLE"),
        ("(https://evil.example)", "(evil[.]example)"),
        ("https://openai.com@evil.example/x", "evil[.]example"),
        ("https://user:pass@evil.example", "evil[.]example"),
        (
            "https:evil.example http:/evil.example //evil.example",
            "https:evil[.]example http:/evil[.]example //evil[.]example",
        ),
        ("evil。example ｅｖｉｌ．ｅｘａｍｐｌｅ", "evil[.]example evil[.]example"),
        ("_evil.example_ **www.evil.example**", "_evil[.]example_ **www[.]evil[.]example**"),
        ("ühttps://evil.example/x", "üevil[.]example"),
        ("x@evil.example/?d=1", "x@evil[.]example"),
        ("status.openai.com", "status[.]openai[.]com"),
    ],
)
def test_a_host_stays_readable_and_nothing_of_its_path(text, shown):
    assert dead(text) == shown


@pytest.mark.parametrize(
    "address",
    [
        "https://openai.com%2eevil.example",
        "https://xn--penai-8ua.com/",
        "xn--penai-8ua.com",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://[::1]:80/",
        "http://169.254.169.254/latest",
        "169.254.169.254",
        "10.0.0.1:8000",
        "javascript:alert(1)",
        "JavaScript:alert",
        "data:text/html,x",
        "slack://channel?id=C1",
        "file:///etc/passwd",
        "mailto:a@b.example?body=SECRET",
        "ftp://x",
        "view-source:https://x",
        "8Ejavascript:alert(1)",
        "8slack://channel?id=C1",
    ],
)
def test_where_no_host_can_be_shown_safely_none_is(address):
    assert HIDDEN in dead(f"a {address} b")
    assert address[:14].rstrip("/(") not in dead(f"a {address} b")


@pytest.mark.parametrize(
    "text",
    [
        "jane.doe@example.com and max@firma.de.",
        "ASP.NET, Node.js, C3.ai, README.md, docs/readme.md, main.py, model.ts",
        "z.B. d.h. e.g. i.e. U.S. S.p.A. a.m. usw.",
        "3.5 1.000.000 v1.2.3.4 1.2.3.4 22.11.2026 10:30",
        "GmbH & Co.KG",
        "a < b, C# & R&D, and/or, key: value, JavaScript: a language, data: none",
        "What is in the private channel #board?",
    ],
)
def test_what_is_no_address_stays(text):
    assert dead(text) == text


def test_two_sentences_without_a_space_get_one():
    assert dead("Das ist das Ende.Im Jahr darauf") == "Das ist das Ende. Im Jahr darauf"


def test_pieces_put_together_are_the_text():
    text = "See https://a.example/x and b.example, or C3.ai."
    assert "".join(each.text for each in pieces(text)) == text
    assert [each.address for each in pieces(text) if each.address] == [
        "https://a.example/x",
        "b.example",
        "C3.ai",
    ]


ODD = st.lists(
    st.sampled_from(
        [
            *"abxA1.:/@_-<>()[]\\%?#。ü ",
            "http",
            "https://",
            "evil.example",
            "www.",
            "xn--",
            "javascript:",
            "com",
        ]
    ),
    max_size=30,
).map("".join)


@given(ODD)
def test_dead_stays_dead(text):
    assert dead(dead(text)) == dead(text)


@pytest.mark.parametrize("unit", ["a.", "a-", "a@", "http://", "x", "a.b", "1.1.", "_.", "xn--a.", "a:"])
def test_long_texts_take_no_time(unit):
    import time

    started = time.perf_counter()
    dead(unit * (40_000 // len(unit)))
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("good", ["https://a.example", "http://a.example/x?y=1#z", "HTTPS://A.example:8443/"])
def test_web_addresses_are_such(good):
    assert is_web(good)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "file:///x",
        "javascript:x",
        "https://",
        "https://u:p@a.example",
        "https://a b",
        "//a.example",
        "C:\\x",
    ],
)
def test_everything_else_is_none(bad):
    assert not is_web(bad)

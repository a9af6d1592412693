import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import ParseFailed
from retrieval.formats.decode import decode, looks_binary

GERMAN = "Die Größe der Abhängigkeit übersteigt das Übliche. " * 5


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1252"],
)
def test_umlauts_survive_every_encoding_with_and_without_mark(encoding: str):
    text, _ = decode(GERMAN.encode(encoding), "x")
    assert text.removeprefix("\ufeff") == GERMAN
    assert not looks_binary(GERMAN.encode(encoding))


def test_windows_quotes_are_read_and_the_guess_is_noted():
    text, notes = decode("„Ja“ – sagte er… für 5 €".encode("cp1252"), "x")
    assert (text, notes) == ("„Ja“ – sagte er… für 5 €", ("read as cp1252",))


def test_a_declared_charset_is_believed_only_where_utf_8_does_not_fit():
    assert decode("Größe".encode(), "x", "iso-8859-1")[0] == "Größe"
    assert decode("Größe".encode("latin-1"), "x", "utf-8")[0] == "Größe"
    assert decode("Привет".encode("koi8-r"), "x", "koi8-r")[0] == "Привет"
    assert decode("Größe".encode("latin-1"), "x", "unicode_escape")[0] == "Größe"


def test_a_damaged_byte_in_utf_8_costs_one_character_not_all_umlauts():
    text, notes = decode((GERMAN * 3).encode() + b"\xff Ende", "x")
    assert text == GERMAN * 3 + "\ufffd Ende"
    assert notes == ("broken characters: 1",)


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\x89PNG" + bytes(500), b"ab\x01\x02" * 50])
def test_binary_is_refused(data: bytes):
    assert looks_binary(data)
    with pytest.raises(ParseFailed, match="not text"):
        decode(data, "x")


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "shift_jis", "latin-1", "nonsense"]))
def test_any_bytes_give_text_or_a_named_refusal(data: bytes, declared: str):
    try:
        text, _ = decode(data, "file:///x", declared)
    except ParseFailed as error:
        assert error.resource == "file:///x"
    else:
        assert isinstance(text, str)

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.formats import cleaned
from retrieval.formats.clean import clean, describe_removed
from retrieval.types import Block, Parsed


def test_no_control_or_format_character_of_unicode_survives():
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    text, _ = clean(everything)
    left = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs")}
    assert left == {"\n", "\t"}


@pytest.mark.parametrize(
    ("hidden", "kind"),
    [
        ("\u200b", "zero-width"),
        ("\u202e", "bidirectional control"),
        ("\U000e0041", "tag"),
        ("\ufe0f", "variation selector"),
        ("\u00ad", "soft hyphen"),
        ("\x00", "control"),
        ("\u3164", "other invisible"),
    ],
)
def test_invisible_characters_go_and_are_counted_by_kind(hidden: str, kind: str):
    text, removed = clean(f"Li{hidden}efer{hidden}kette")
    assert text == "Lieferkette"
    assert removed == {kind: 2}


def test_a_note_says_what_was_removed():
    _, removed = clean("a\u200b\u200bb\u202e")
    assert describe_removed(removed) == (
        "invisible characters removed: 3 (zero-width 2, bidirectional control 1)",
    )


@pytest.mark.parametrize(
    "sequence",
    ["\x1b[0m", "\x1b[1;31m", "\x1b[?25l", "\x1b[2 q", "\x1b]0;a title\x07", "\x1b]8;;https://e.org/x\x1b\\"],
)
def test_terminal_sequences_go_whole(sequence: str):
    text, removed = clean(f"{sequence}Liefer{sequence}kette")
    assert text == "Lieferkette"
    assert removed == {"terminal sequence": 2}


def test_a_terminal_sequence_that_never_ends_takes_no_text_with_it():
    assert clean("a\x1b]0;b\nc\x07 d\x1b[")[0] == "a]0;b\nc d["


def test_many_unfinished_terminal_sequences_cost_no_time():
    assert clean("\x1b]" * 100_000 + "\x1b[" + "1" * 100_000)[1] == {"control": 100_001}


def test_decomposed_umlauts_are_composed():
    assert clean("Gro\u0308ße")[0] == "Größe"


def test_line_ends_and_spaces_become_plain():
    assert clean("a\r\nb\rc\u2028d\u00a0%\u202f€")[0] == "a\nb\nc\nd % €"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str):
    once, _ = clean(text)
    assert clean(once)[0] == once


def test_headings_and_metadata_are_cleaned_too_and_empty_blocks_go():
    blocks = (Block("prose", "\u200b \n", ("A\u200b",)), Block("prose", "x", ("B\u200b\n C", "\u200b")))
    parsed = cleaned(Parsed(blocks, {"title": "T\u200b", "author": "\u200b"}))
    assert parsed.blocks == (Block("prose", "x", ("B C",)),)
    assert parsed.metadata == {"title": "T"}

from hypothesis import given
from hypothesis import strategies as st

from retrieval.formats.text import parse
from retrieval.types import Fetched

WRAPPED = [
    "Die Abhängigkeit von einem einzigen Anbieter ist ein Risiko, das wir",
    "prüfen. Ein zweiter Satz füllt die Zeile bis an ihr Ende und geht in",
    "der nächsten weiter.",
]


def blocks(text: str) -> list[str]:
    return [block.text for block in parse(Fetched("x", text.encode(), "text/plain", "0")).blocks]


def test_blank_lines_part_paragraphs():
    assert blocks("one\n\n \t\ntwo\r\n\r\n\r\nthree\n") == ["one", "two", "three"]


def test_front_matter_is_read_so_that_no_restriction_is_lost():
    text = "\n---\nvisibility: group:legal\nconfidentiality: secret\n---\nOnly for us."
    parsed = parse(Fetched("x", text.encode(), "text/plain", "0"))
    assert parsed.metadata == {"visibility": "group:legal", "confidentiality": "secret"}
    assert [block.text for block in parsed.blocks] == ["Only for us."]


def test_a_rule_at_the_top_is_text():
    assert blocks("---\nNo metadata\n---\nText") == ["---\nNo metadata\n---\nText"]


def test_wrapped_lines_are_joined():
    assert blocks("\n".join(WRAPPED)) == [" ".join(WRAPPED)]


def test_items_and_columns_keep_their_lines():
    items = [*WRAPPED[:2], "- Punkt eins, der auch fast die ganze Breite der Zeile hat", "2. zwei"]
    assert blocks("\n".join(items)) == [f"{items[0]} {items[1]}\n{items[2]}\n{items[3]}"]
    assert blocks("Firma\tWert\nA\t1") == ["Firma\tWert\nA\t1"]


def test_short_lines_stay_apart():
    assert blocks("Halden Werke AG\nRingstraße 1\n8010 Graz") == ["Halden Werke AG\nRingstraße 1\n8010 Graz"]


def test_a_line_of_any_length_is_one_block():
    assert blocks("a" * 200_000) == ["a" * 200_000]


def test_nothing_but_white_space_gives_no_block():
    assert blocks(" \n\n\t\n") == []


@given(st.lists(st.text(alphabet="abc.-1 \t", max_size=80), max_size=30))
def test_no_word_is_lost(lines: list[str]):
    text = "\n".join(lines)
    assert "\n".join(blocks(text)).split() == text.split()

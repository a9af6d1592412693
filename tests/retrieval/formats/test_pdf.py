import pytest

from retrieval.errors import ParseFailed
from retrieval.formats import pdf

LINES = [
    "Die Abhängigkeit von einem Anbieter ist ein Risiko, das wir in der Lieferket-",
    "te prüfen müssen. Ein zweiter Satz füllt diese Zeile bis zu ihrem Ende und noch",
    "weiter in die nächste hinein. Dieser Satz endet erst auf der nächsten Seite, weil",
]


def found(parsed) -> list[tuple[int | None, tuple[str, ...], str]]:
    return [(block.page, block.headings, block.text) for block in parsed.blocks]


def test_lines_become_paragraphs_and_broken_words_are_joined(read, make_pdf):
    parsed = read("pdf", make_pdf([[*LINES[:2], "weiter.", "Ein neuer Absatz."]]))
    assert [text for _, _, text in found(parsed)] == [
        "Die Abhängigkeit von einem Anbieter ist ein Risiko, das wir in der Lieferkette prüfen müssen. "
        "Ein zweiter Satz füllt diese Zeile bis zu ihrem Ende und noch weiter.",
        "Ein neuer Absatz.",
    ]


def test_a_sentence_over_a_page_break_stays_whole_on_the_page_where_it_begins(read, make_pdf):
    parsed = read("pdf", make_pdf([LINES, ["hier Platz ist.", "Neue Seite."]]))
    assert [(page, text[-20:]) for page, _, text in found(parsed)] == [
        (1, "weil hier Platz ist."),
        (2, "Neue Seite."),
    ]


def test_text_without_any_full_stop_still_has_its_page_numbers(read, make_pdf):
    parsed = read("pdf", make_pdf([[LINES[1]] * 3] * 4))
    assert [page for page, _, _ in found(parsed)] == [1, 3]


@pytest.mark.parametrize(
    ("raw", "joined"),
    [
        ("Liefer\x02kette", "Lieferkette"),
        ("Open\x02AI", "Open-AI"),
        ("a\ufffe\nb", "ab"),
        ("end\x02", "end-"),
    ],
)
def test_both_of_pdfiums_hyphen_marks_are_resolved(raw: str, joined: str):
    assert pdf._HYPHEN.sub(pdf._join, raw) == joined


def test_bookmarks_are_headings_where_their_line_stands_else_at_the_top_of_the_page(read, make_pdf):
    marks = [("1 Ziele", 0), ("2 Mittel", 0), ("Nur im Verzeichnis", 1)]
    pages = [["Ziele", "Text eins.", "2. Mittel", "Text zwei."], ["Text drei."]]
    parsed = read("pdf", make_pdf(pages, marks))
    assert found(parsed) == [
        (1, ("1 Ziele",), "Text eins."),
        (1, ("2 Mittel",), "Text zwei."),
        (2, ("Nur im Verzeichnis",), "Text drei."),
    ]


def test_running_heads_and_page_numbers_go_and_are_counted(read, make_pdf):
    pages = [["Geheim - Halden Werke", f"Inhalt {word}.", f"Seite {i}"] for i, word in enumerate("abcde")]
    parsed = read("pdf", make_pdf(pages))
    assert [text for _, _, text in found(parsed)] == [f"Inhalt {word}." for word in "abcde"]
    assert parsed.notes == ("running heads, feet and page numbers dropped: 10",)


def test_a_title_is_taken_only_if_it_looks_like_one(read, make_pdf):
    assert read("pdf", make_pdf([["x"]], title="Bericht 2026")).metadata == {"title": "Bericht 2026"}
    assert read("pdf", make_pdf([["x"]], title="Microsoft Word - brief.doc")).metadata == {}


def test_pages_without_text_are_noted(read, make_pdf):
    assert read("pdf", make_pdf([["x"], [], []])).notes == ("pages without text (images only?): 2 of 3",)


def test_a_scan_is_named_as_such(read, make_pdf):
    with pytest.raises(ParseFailed, match=r"no text layer .*OCR"):
        read("pdf", make_pdf([[], []]))


def test_too_many_pages_are_refused(read, make_pdf):
    with pytest.raises(ParseFailed, match="2,001 pages; the limit is 2,000"):
        read("pdf", make_pdf([["x"]] * 2_001))


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"%PDF-1.4 rubbish" * 50])
def test_a_damaged_file_is_named_as_such(read, data: bytes):
    with pytest.raises(ParseFailed, match="damaged or truncated PDF"):
        read("pdf", data)


def test_an_encrypted_file_is_named_as_such(read):
    data = (
        "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        "2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
        f"3 0 obj\n<< /Filter /Standard /V 1 /R 2 /P -4 /O ({'o' * 32}) /U ({'u' * 32}) >>\nendobj\n"
        "trailer << /Size 4 /Root 1 0 R /Encrypt 3 0 R /ID [(a) (b)] >>\n%%EOF"
    )
    with pytest.raises(ParseFailed, match="is encrypted"):
        read("pdf", data)

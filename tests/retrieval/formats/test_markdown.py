import pytest

from retrieval.errors import ParseFailed
from retrieval.types import Block


def texts(parsed) -> str:
    return "\n".join(block.text for block in parsed.blocks)


def test_headings_are_a_path(read):
    parsed = read("md", "# A\none\n## B *b*\ntwo\n### C\nthree\n## D\nfour\n")
    assert [(b.text, b.headings) for b in parsed.blocks] == [
        ("one", ("A",)),
        ("two", ("A", "B b")),
        ("three", ("A", "B b", "C")),
        ("four", ("A", "D")),
    ]


def test_inline_markup_becomes_plain_text(read):
    text = 'A **bold** [label](http://x.example "t") ![alt *text*](y.png) `x*y` &amp; 1 \\* 2\nnext'
    parsed = read("md", text)
    assert texts(parsed) == "A bold label alt text x*y & 1 * 2 next"


def test_a_list_keeps_its_items_one_a_line(read):
    parsed = read("md", "- one\n  more\n- two\n  - deep\n\n    second paragraph\n\n3. three\n4. four\n")
    assert [b.text for b in parsed.blocks] == [
        "- one more\n- two\n  - deep second paragraph",
        "3. three\n4. four",
    ]


def test_a_table_stays_whole(read):
    parsed = read("md", "| A | B |\n|:--|--:|\n| 1 \\| x | **2** |\n| 3 |\n")
    assert parsed.blocks == (Block("table", "| A | B |\n| --- | --- |\n| 1 \\| x | 2 |\n| 3 |  |"),)


def test_a_table_without_header_keeps_its_rows_apart(read):
    parsed = read("md", "| A | 1 |\n| B | 2 |\n")
    assert parsed.blocks == (Block("table", "| A | 1 |\n| --- | --- |\n| B | 2 |"),)


def test_code_keeps_its_lines(read):
    assert read("md", "```python\nx = 1\n\ny = 2\n```").blocks == (Block("code", "x = 1\n\ny = 2"),)


def test_quotes_are_prose_and_their_headings_end_with_them(read):
    parsed = read("md", "# A\n> # Q\n> said\n\nafter")
    assert [(b.text, b.headings) for b in parsed.blocks] == [("said", ("A", "Q")), ("after", ("A",))]


def test_a_heading_without_text_below_is_not_lost(read):
    parsed = read("md", "# A\n## Alone\n## B\ntext\n## Last\n")
    assert [(b.text, b.headings) for b in parsed.blocks] == [
        ("Alone", ("A",)),
        ("text", ("A", "B")),
        ("Last", ("A",)),
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- SECRET -->",
        "text <!-- SECRET --> text",
        "<div style='display:none'>\n\nSECRET\n\n</div>",
        "<div hidden>\n\n- SECRET\n\n<div>\n\nSECRET\n\n</div>\n\nSECRET\n\n</div>",
        'text <span style="font-size:0">SECRET <b>SECRET</b> SECRET</span> text',
        "<script>\nSECRET\n</script>",
        "text <style>SECRET</style>",
        "<p>SECRET</p>",
        "- item\n\n  <div hidden>\n\n  SECRET\n\n  </div>",
    ],
)
def test_raw_html_and_what_it_hides_never_become_text(read, hidden: str):
    parsed = read("md", f"before\n\n{hidden}\n\nafter")
    assert "SECRET" not in texts(parsed)
    assert "before" in texts(parsed)
    assert "after" in texts(parsed)
    assert any(note.startswith("raw HTML dropped") for note in parsed.notes)


def test_what_inline_html_hides_ends_with_its_paragraph(read):
    assert texts(read("md", "a <span hidden>b\n\nc")) == "a\nc"


def test_a_line_break_tag_parts_words(read):
    assert read("md", "| a<br>b | c |\n|---|---|\n").blocks[0].text == "| a b | c |\n| --- | --- |"


def test_invisible_characters_in_entities_go_too(read):
    parsed = read("md", "Lie&#8203;fer&#xE0041;kette")
    assert texts(parsed) == "Lieferkette"
    assert parsed.notes == ("invisible characters removed: 2 (zero-width 1, tag 1)",)


def test_front_matter_is_metadata(read):
    parsed = read("md", "---\ntitle: T\nvendors: [a, b]\n---\n# H\nx")
    assert parsed.metadata == {"title": "T", "vendors": "a, b"}


def test_front_matter_after_a_byte_order_mark_and_windows_line_ends(read):
    assert read("md", "\ufeff---\r\ntitle: T\r\n---\r\nx").metadata == {"title": "T"}


def test_deep_quotes_keep_their_text(read):
    assert texts(read("md", ">" * 50_000 + " deep")) == "deep"


def test_nesting_that_the_parser_would_cut_off_is_a_failure(read):
    with pytest.raises(ParseFailed, match="nested deeper"):
        read("md", "".join("  " * depth + f"- {depth}\n" for depth in range(80)))


def test_many_brackets_stay_text(read):
    assert texts(read("md", "[" * 5_000)) == "[" * 5_000

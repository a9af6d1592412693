from retrieval.formats.outline import Outline, plausible_title
from retrieval.formats.tables import pipe_table, table_block


def test_a_heading_as_long_as_a_paragraph_is_a_paragraph():
    outline = Outline()
    outline.heading(1, "x" * 301)
    assert [(block.text, block.headings) for block in outline.finish()] == [("x" * 301, ())]


def test_a_label_that_is_not_printed_never_becomes_text():
    outline = Outline()
    outline.heading(1, "Bookmark", printed=False)
    assert outline.finish() == ()


def test_skipped_levels_keep_the_path_in_order():
    outline = Outline()
    for level, title in ((1, "A"), (3, "B"), (2, "C")):
        outline.heading(level, title)
        outline.add("prose", title.lower())
    assert [block.headings for block in outline.finish()] == [("A",), ("A", "B"), ("A", "C")]


def test_titles_that_programs_invent_are_not_plausible():
    assert plausible_title("Risikobericht 2026")
    invented = ["", "x", "Untitled", "Microsoft Word - a", "brief.docx", "Dokument1"]
    assert not any(map(plausible_title, invented))


def test_a_table_fills_short_rows_and_keeps_cells_on_one_line():
    assert pipe_table([["A", "B"], ["1\n 2"]]) == "| A | B |\n| --- | --- |\n| 1 2 |  |"


def test_one_column_is_prose_and_empty_rows_go():
    assert table_block([["a"], [" "], ["b"]], ("H",)).kind == "prose"
    assert table_block([["a"], [" "], ["b"]], ("H",)).text == "a\nb"
    assert table_block([], ()).text == ""

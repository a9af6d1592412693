import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.document import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from retrieval.errors import ParseFailed
from retrieval.types import Block

WHITE = RGBColor(255, 255, 255)


def saved(build: Callable[[Document], object]) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.core_properties.author = ""
    build(document)
    document.save(out)
    return out.getvalue()


def texts(parsed) -> str:
    return "\n".join(block.text for block in parsed.blocks)


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return out.getvalue()


def test_headings_paragraphs_lists_and_tables_in_the_order_of_the_body(read):
    def build(document: Document) -> None:
        document.core_properties.title = "Strategie 2026"
        document.add_heading("Titel", 0)
        document.add_heading("Kapitel", 1)
        document.add_paragraph("vorher")
        table = document.add_table(2, 2)
        for cell, text in zip(table._cells, ["Firma", "Wert", "A", "1\n|"], strict=True):
            cell.text = text
        document.add_paragraph("eins", style="List Bullet")
        document.add_paragraph("zwei", style="List Number")
        document.add_heading("Unter", 2)
        document.add_paragraph("nachher")

    parsed = read("docx", saved(build))
    assert parsed.metadata == {"title": "Strategie 2026"}
    assert parsed.blocks == (
        Block("prose", "vorher", ("Titel", "Kapitel")),
        Block("table", "| Firma | Wert |\n| --- | --- |\n| A | 1 \\| |", ("Titel", "Kapitel")),
        Block("prose", "- eins\n- zwei", ("Titel", "Kapitel")),
        Block("prose", "nachher", ("Titel", "Kapitel", "Unter")),
    )


def test_a_german_heading_style_and_an_outline_level_are_headings(read):
    def build(document: Document) -> None:
        document.styles.add_style("Überschrift 1", 1)
        own = document.styles.add_style("Hauspunkt", 1)
        own.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="1"/>'))
        document.add_paragraph("Eins", style="Überschrift 1")
        document.add_paragraph("Zwei", style="Hauspunkt")
        document.add_paragraph("Text")

    assert read("docx", saved(build)).blocks == (Block("prose", "Text", ("Eins", "Zwei")),)


def test_merged_cells_repeat_downwards(read):
    def build(document: Document) -> None:
        table = document.add_table(3, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "Firma", "Wert"
        table.cell(1, 0).merge(table.cell(2, 0)).text = "A"
        table.cell(1, 1).text, table.cell(2, 1).text = "1", "2"

    assert read("docx", saved(build)).blocks[0].text.splitlines()[2:] == ["| A | 1 |", "| A | 2 |"]


def test_hidden_white_and_tiny_runs_go_with_a_note(read):
    def build(document: Document) -> None:
        ghost = document.styles.add_style("Ghost", 2)
        ghost.font.hidden = True
        heir = document.styles.add_style("Heir", 2)
        heir.base_style = ghost
        paragraph = document.add_paragraph("seen ")
        paragraph.add_run("SECRET").font.hidden = True
        paragraph.add_run("SECRET").font.color.rgb = WHITE
        paragraph.add_run("SECRET").font.size = Pt(1)
        paragraph.add_run("SECRET", style="Ghost")
        paragraph.add_run("SECRET", style="Heir")
        paragraph.add_run("too", style="Ghost").font.hidden = False

    parsed = read("docx", saved(build))
    assert texts(parsed) == "seen too"
    assert parsed.notes == ("hidden runs dropped: 5",)


def test_white_text_in_a_dark_cell_is_seen_and_on_white_shading_it_is_not(read):
    def build(document: Document) -> None:
        for fill, word in (("003366", "seen"), ("FFFFFF", "SECRET")):
            cell = document.add_table(1, 1).cell(0, 0)
            shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="{fill}"/>')
            cell._tc.get_or_add_tcPr().append(shade)
            cell.paragraphs[0].add_run(word).font.color.rgb = WHITE

    assert texts(read("docx", saved(build))) == "seen"


def test_tracked_deletions_go_and_insertions_stay(read):
    def build(document: Document) -> None:
        paragraph = document.add_paragraph("a")
        for tag, text_tag, text in (("w:ins", "w:t", " new"), ("w:del", "w:delText", " OLD")):
            change, run, content = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
            content.text = text
            content.set(qn("xml:space"), "preserve")
            run.append(content)
            change.append(run)
            paragraph._p.append(change)

    assert texts(read("docx", saved(build))) == "a new"


def test_many_paragraphs_are_quick_enough_to_stay_in_order(read):
    def build(document: Document) -> None:
        for number in range(300):
            document.add_paragraph(f"p{number}")

    assert texts(read("docx", saved(build))).split() == [f"p{number}" for number in range(300)]


def test_a_bomb_is_refused_before_it_is_unpacked(read):
    data = with_part(saved(lambda document: document), "word/media/x.xml", b" " * 30_000_000)
    with pytest.raises(ParseFailed, match="200 times its size"):
        read("docx", data)


def test_too_many_parts_are_refused(read):
    out = io.BytesIO(saved(lambda document: document))
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(10_001):
            archive.writestr(f"x{number}", "")
    with pytest.raises(ParseFailed, match="parts; the limit is 10,000"):
        read("docx", out.getvalue())


def test_xml_entities_are_refused(read):
    bomb = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x "y">]><d>&x;</d>'
    with pytest.raises(ParseFailed, match="entities"):
        read("docx", with_part(saved(lambda document: document), "word/document.xml", bomb))


@pytest.mark.parametrize("cut", [100, 5_000, -30])
def test_a_truncated_file_is_named_as_damaged(read, cut: int):
    with pytest.raises(ParseFailed, match="damaged"):
        read("docx", saved(lambda document: document.add_paragraph("x"))[:cut])


def test_a_container_without_a_document_is_no_word_document(read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(ParseFailed, match="no Word document"):
        read("docx", out.getvalue())


def test_footnotes_come_at_the_end(read):
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    def build(document: Document) -> None:
        document.add_paragraph("text")
        xml = (
            f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator"><w:p/></w:footnote>'
            "<w:footnote><w:p><w:r><w:t>the source</w:t></w:r></w:p></w:footnote></w:footnotes>"
        )
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        part = Part(PackURI("/word/footnotes.xml"), kind, xml.encode(), document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    assert [block.text for block in read("docx", saved(build)).blocks] == ["text", "- the source"]

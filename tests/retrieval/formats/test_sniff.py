import pytest

from retrieval.errors import Refused
from retrieval.formats.sniff import media_type, misnamed

HTML = b"<!-- saved -->\n<!DOCTYPE HTML><html><body>x</body></html>"
DOCX = b"PK\x03\x04....[Content_Types].xml....word/document.xml"


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.md", b"# T", "text/markdown"),
        ("a.MARKDOWN", b"# T", "text/markdown"),
        ("a.txt", b"T", "text/plain"),
        ("a.htm", b"<p>T", "text/html"),
        ("README", b"T", "text/plain"),
        ("minutes.2026", b"T", "text/plain"),
        ("a.txt", HTML, "text/html"),
        ("a.pdf", HTML, "text/html"),
        ("a.pdf", b"only text", "text/plain"),
        ("a.html", HTML.decode().encode("utf-16-le"), "text/html"),
        ("a.html", b"\xef\xbb\xbf" + HTML, "text/html"),
        ("a.md", b"<div>x</div>", "text/markdown"),
        ("a.txt", b"%PDF-1.7", "application/pdf"),
        ("a.pdf", b"rubbish %PDF-1.7", "application/pdf"),
        ("a.txt", b"the header is %PDF-1.7", "text/plain"),
        ("a.bin", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("{question}.txt", b"T", "text/plain"),
        ("..%2F..%2Fetc%2Fpasswd.txt", b"T", "text/plain"),
        (" \U0001f4a5 Größe ñ .txt", b"T", "text/plain"),
    ],
)
def test_content_decides_then_the_name(name: str, data: bytes, expected: str):
    assert media_type(name, data, "x") == expected


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", b"\x89PNG\r\n\x1a\n", "PNG image"),
        ("a.md", b"\x1f\x8b\x08", "gzip archive"),
        ("a.docx", b"PK\x03\x04 something else", "no complete Word document"),
        ("a.xlsx", b"PK\x03\x04 xl/workbook.xml", "Excel"),
        ("a.zip", b"PK\x05\x06", "ZIP archive"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password-protected"),
        ("a.txt", b"text\x00text", "binary data named .txt"),
        ("a.csv", b"a;b", ".csv file"),
    ],
)
def test_anything_else_is_refused_by_name(name: str, data: bytes, said: str):
    with pytest.raises(Refused, match=said.replace(".", r"\.")):
        media_type(name, data, "x")


def test_a_refusal_says_what_is_supported():
    with pytest.raises(Refused, match="Supported: Markdown, text, HTML, PDF, DOCX"):
        media_type("a.csv", b"a;b", "x")


@pytest.mark.parametrize(
    ("name", "found", "said"),
    [
        ("a.pdf", "text/plain", ("read as plain text, though it is named .pdf",)),
        ("a.DOCX", "text/html", ("read as HTML, though it is named .docx",)),
        ("a.txt", "application/pdf", ("read as PDF, though it is named .txt",)),
        ("a.pdf", "application/pdf", ()),
        ("minutes.2026", "text/plain", ()),
        ("a.bin", "application/pdf", ()),
    ],
)
def test_a_name_of_another_format_is_noted(name, found, said):
    assert misnamed(name, found) == said

from collections.abc import Callable, Sequence

import pytest

from retrieval.formats import parse
from retrieval.types import Fetched, Parsed

Parse = Callable[[str, bytes | str], Parsed]
MEDIA = {
    "md": "text/markdown",
    "txt": "text/plain",
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@pytest.fixture
def read() -> Parse:
    """Parse bytes or text as the format with this suffix."""

    def parse_as(suffix: str, data: bytes | str) -> Parsed:
        raw = data.encode() if isinstance(data, str) else data
        return parse(Fetched(f"file:///x.{suffix}", raw, MEDIA[suffix], "0"))

    return parse_as


@pytest.fixture
def make_pdf() -> Callable[..., bytes]:
    """A PDF by hand: pages of lines in Helvetica, bookmarks (title, page index), and a title."""
    return _pdf


def _pdf(pages: Sequence[Sequence[str]], bookmarks: Sequence[tuple[str, int]] = (), title: str = "") -> bytes:
    first, marks = 5, 5 + 2 * len(pages)
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(pages)))
    outlines = f"<< /First {marks + 1} 0 R /Last {marks + len(bookmarks)} 0 R /Count {len(bookmarks)} >>"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {f'/Outlines {marks} 0 R' if bookmarks else ''} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /Title ({title}) >>",
    ]
    for i, lines in enumerate(pages):
        body = "BT /F1 11 Tf 50 780 Td 14 TL\n" + "".join(f"({line}) Tj T*\n" for line in lines) + "ET"
        page = f"/Resources << /Font << /F1 3 0 R >> >> /Contents {first + 2 * i + 1} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {page} >>")
        objects.append(f"<< /Length {len(body)} >>\nstream\n{body}\nendstream")
    objects.append(outlines)
    for number, (name, page_index) in enumerate(bookmarks, marks + 1):
        around = f"/Next {number + 1} 0 R" if number < marks + len(bookmarks) else ""
        target = f"/Dest [{first + 2 * page_index} 0 R /Fit]"
        objects.append(f"<< /Title ({name}) /Parent {marks} 0 R {around} {target} >>")
    return _assemble([each.encode("cp1252") for each in objects])


def _assemble(objects: Sequence[bytes]) -> bytes:
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    tail = b"trailer << /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    return out + head + table + tail

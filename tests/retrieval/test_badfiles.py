"""Opt-in: the collection of odd files that lies beside the repository, where there is one."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from retrieval.documents import describe
from retrieval.errors import IngestError
from retrieval.fetch import fetch
from retrieval.sandbox import Sandbox

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "badfiles"
MANIFEST = FOLDER / "manifest.jsonl"
LINES = MANIFEST.read_text(encoding="utf-8").splitlines() if MANIFEST.exists() else []
ROWS: list[dict[str, Any]] = [json.loads(line) for line in LINES]
OURS = (".md", ".txt", ".html", ".pdf", ".docx")
# The manifest expects text from these; it is their images that hold it.
SCANS = {"pdf_sample_files/imagemagick-images.pdf"}

pytestmark = pytest.mark.skipif(not ROWS, reason="no ../shared/data/badfiles beside the repository")


@pytest.fixture(scope="module")
def box():
    with Sandbox() as sandbox:
        yield sandbox


def outcome(box: Sandbox, file: str) -> tuple[str, str]:
    """The text, or the reason why there is none."""
    try:
        fetched = fetch(str(FOLDER / file), [FOLDER])
        document = describe(fetched, box.parse(fetched))
    except IngestError as error:
        assert error.resource
        assert error.problem
        assert error.advice
        return "", error.problem
    return "\n".join(block.text for block in document.blocks), ""


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_every_file_gives_text_or_a_named_reason_within_the_limits(box: Sandbox, row: dict[str, Any]):
    start = time.monotonic()
    text, reason = outcome(box, row["file"])
    assert time.monotonic() - start < 36
    assert bool(text.strip()) != bool(reason)
    if row["expect"] == "refuse":
        assert reason
    if row["expect"] == "extract" and row["file"].endswith(OURS) and row["file"] not in SCANS:
        assert text, reason


@pytest.mark.parametrize(
    ("file", "held"),
    [
        ("synthetic/txt_latin1_umlaut.txt", "Größe"),
        ("synthetic/txt_nfd_umlaut.txt", "Größe"),
        ("synthetic/txt_cp1252_quotes.txt", "„"),
        ("synthetic/html_latin1_declared_utf8.html", "Künstliche Intelligenz für Geschäftsführer"),
        ("synthetic/html_utf16_no_bom.html", "Umlaute äöü ß"),
        ("synthetic/html_nul_bytes.html", "before and after"),
    ],
)
def test_umlauts_and_quotes_survive(box: Sandbox, file: str, held: str):
    if not (FOLDER / file).exists():
        pytest.skip(f"no {file}")
    assert held in outcome(box, file)[0]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("synthetic/html_paywall_consent.html", "consent or paywall"),
        ("synthetic/pdf_no_text_scan.pdf", "no text layer"),
        ("pdf_pypdf/r5-user-password.pdf", "encrypted"),
        ("synthetic/pdf_header_only.pdf", "damaged"),
        ("synthetic/pdf_20000_tiny_pages.pdf", "20,000 pages"),
        ("synthetic/docx_missing_document.docx", "no complete Word document"),
        ("synthetic/png_1x1.png", "PNG image"),
        ("tika/testHTML_head.html", "holds no text"),
    ],
)
def test_the_reason_says_what_is_wrong(box: Sandbox, file: str, said: str):
    assert said in outcome(box, file)[1]


def test_smuggled_tag_characters_are_gone(box: Sandbox):
    text, _ = outcome(box, "synthetic/txt_tag_smuggling.txt")
    assert not any(0xE0000 <= ord(c) <= 0xE0FFF for c in text)

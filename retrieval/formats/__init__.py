"""One file for each format, each with `parse(fetched) -> Parsed`; imported when a document of it comes."""

from collections import Counter
from dataclasses import replace
from importlib import import_module
from typing import Any

from retrieval.errors import ParseFailed
from retrieval.formats.clean import clean, describe_removed
from retrieval.types import Block, Fetched, Parsed

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS: dict[str, str] = {
    "text/markdown": "markdown",
    "text/plain": "text",
    "text/html": "html",
    "application/pdf": "pdf",
    DOCX: "docx",
}
NAMES = "Markdown, text, HTML, PDF, DOCX"
# The sandbox loads a parser once before it forks for each file: by parsing a sample, which fills its caches
# too (measured: trafilatura's stop lists 0.7 s, regular expressions 6 ms), or by importing packages.
SAMPLES: dict[str, bytes] = {
    "text/markdown": b"---\ntitle: Sample\n---\n# Sample\n\n- One *two*\n\n| A | B |\n|---|---|\n| 1 | 2 |\n",
    "text/plain": b"---\ntitle: Sample\n---\nSample",
    "text/html": b"<html><body><p style='color:red'>Sample</p><table><tr><td>1</td></tr></table></html>",
}
PACKAGES: dict[str, tuple[str, ...]] = {
    "application/pdf": ("pypdfium2", "retrieval.formats.pdf"),
    DOCX: ("docx", "retrieval.formats.docx"),
}


def parse(fetched: Fetched) -> Parsed:
    """Parse bytes of a known media type, without invisible characters. Raises ParseFailed.

    Cleaning is done here and not in the parsers, because entities such as `&#8203;` bring the
    characters back after any cleaning of the raw text.
    """
    name = FORMATS.get(fetched.media_type)
    if name is None:
        problem = f"format not supported: {fetched.media_type}"
        raise ParseFailed(fetched.uri, problem, f"Supported: {NAMES}")
    module: Any = import_module(f"retrieval.formats.{name}")
    return cleaned(module.parse(fetched))


def cleaned(parsed: Parsed) -> Parsed:
    """The same without invisible characters and empty blocks; a note counts what was removed."""
    removed: Counter[str] = Counter()

    def visible(text: str) -> str:
        text, counts = clean(text)
        removed.update(counts)
        return text

    def line(text: str) -> str:
        return " ".join(visible(text).split())

    def block(each: Block) -> Block:
        headings = tuple(filter(None, map(line, each.headings)))
        return replace(each, text=visible(each.text).strip("\n"), headings=headings)

    blocks = tuple(each for each in map(block, parsed.blocks) if each.text.strip())
    metadata = {key: value for key, raw in parsed.metadata.items() if (value := line(raw))}
    return Parsed(blocks, metadata, parsed.notes + describe_removed(removed))

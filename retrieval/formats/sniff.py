"""What a file is: its first bytes decide, its name only where they do not. Pure."""

import codecs
import re
from pathlib import PurePosixPath

from retrieval.errors import Refused
from retrieval.formats import DOCX, NAMES
from retrieval.formats.decode import looks_binary, wide_encoding

_SUFFIXES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
}
# Known by their first bytes; with other content the content counts.
_OURS = {".pdf": "application/pdf", ".docx": DOCX}
_NAMES = {
    "text/markdown": "Markdown",
    "text/plain": "plain text",
    "text/html": "HTML",
    "application/pdf": "PDF",
    DOCX: "DOCX",
}
_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old or password-protected Office file"),
    (b"\x89PNG\r\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"II*\x00", "TIFF image"),
    (b"MM\x00*", "TIFF image"),
    (b"\x1f\x8b", "gzip archive"),
    (b"BZh", "bzip2 archive"),
    (b"\xfd7zXZ\x00", "xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"(\xb5/\xfd", "Zstandard archive"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3\x00", "SQLite database"),
)
_ZIPS = (
    (b"xl/workbook", "Excel"),
    (b"ppt/presentation", "PowerPoint"),
    (b"mimetypeapplication/vnd.", "OpenDocument"),
)
_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}")  # "minutes.2026" and "Dr. No" have none


def media_type(name: str, data: bytes, uri: str) -> str:
    """The media type of a supported document. Raises Refused, which names what it is instead."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:5] == b"%PDF-":
        return "application/pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(data, _suffix(name), uri)
    suffix = _suffix(name)
    if suffix == ".pdf" and b"%PDF-" in data[:1024]:  # readers accept rubbish before the header
        return "application/pdf"
    if found := next((kind for magic, kind in _MAGIC if data.startswith(magic)), ""):
        raise _unsupported(uri, found)
    start = data[:4096].removeprefix(codecs.BOM_UTF8)
    if _HTML.match(start.decode(wide_encoding(data) or "latin-1", errors="ignore")):
        return "text/html"
    if looks_binary(data):
        raise _unsupported(uri, f"binary data{f' named {suffix}' if suffix else ''}")
    return _by_suffix(suffix, uri)


def misnamed(name: str, found: str) -> tuple[str, ...]:
    """A note where a file's name says that it is of another format than it was read as."""
    suffix = _suffix(name)
    named = (_SUFFIXES | _OURS).get(suffix, found)
    return () if named == found else (f"read as {_NAMES[found]}, though it is named {suffix}",)


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name.strip()).suffix
    return suffix.lower() if _SUFFIX.fullmatch(suffix) else ""


def _by_suffix(suffix: str, uri: str) -> str:
    if not suffix or suffix in _OURS:
        return "text/plain"
    if suffix not in _SUFFIXES:
        raise _unsupported(uri, f"{suffix} file")
    return _SUFFIXES[suffix]


def _zip(data: bytes, suffix: str, uri: str) -> str:
    """Look at the names as raw bytes: unpacking belongs into the sandbox."""
    if b"[Content_Types].xml" in data and b"word/document" in data:
        return DOCX
    if suffix == ".docx":
        raise Refused(uri, "is no complete Word document", "It may be damaged: fetch or save it again")
    raise _unsupported(uri, next((kind for mark, kind in _ZIPS if mark in data), "ZIP archive"))


def _unsupported(uri: str, kind: str) -> Refused:
    advice = f"Supported: {NAMES}. Save it as one of these; plain text may be named .txt"
    return Refused(uri, f"format not supported: {kind}", advice)

"""Bytes to text: byte order marks, UTF-16/32 without one, charsets that lie, and refusal of binary. Pure."""

import codecs
import re

from retrieval.errors import ParseFailed

_MARKS = (  # UTF-32 first: its little-endian mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 4096
_TOLERATED = 0.01  # share of broken or control characters; JPEG and ZIP bytes read as text have about 0.1
_LEGACY = re.compile(
    r"iso-?8859-?\d+|latin\d|windows-125\d|cp\d{3,4}|koi8-[ru]|big5|gb\w+|shift[-_]jis|euc-\w+"
)
_BROKEN = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def wide_encoding(data: bytes) -> str:
    """The encoding told by a byte order mark or, for UTF-16 and UTF-32, by where the NUL bytes are."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[: min(_SAMPLE, len(data) // 4 * 4)]
    zeros = [_zeros(sample[i::4]) for i in range(4)]
    if min(zeros[2:]) > 0.9 and zeros[0] < 0.5:
        return "utf-32-le"
    if min(zeros[:2]) > 0.9 and zeros[3] < 0.5:
        return "utf-32-be"
    even, odd = (_zeros(data[: len(data) // 2 * 2][start:_SAMPLE:2]) for start in (0, 1))
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.1 else ""


def _zeros(sample: bytes) -> float:
    return sample.count(0) / max(1, len(sample))


def looks_binary(data: bytes) -> bool:
    """Whether the start of the bytes is no text in any encoding we read: NULs or many controls."""
    if encoding := wide_encoding(data):
        return _broken(data[:_SAMPLE].decode(encoding, errors="ignore")) > _TOLERATED
    sample = data[:_SAMPLE]
    return 0 in sample or len(_BYTES.findall(sample)) > _TOLERATED * len(sample)


def decode(data: bytes, uri: str, declared: str = "") -> tuple[str, tuple[str, ...]]:
    """Return the text and notes for the admin; raises ParseFailed when it is binary.

    `declared` is believed only for one-byte and East Asian charsets, and only where UTF-8 does not fit:
    pages that say "utf-8" over Latin-1 bytes are common, valid UTF-8 by accident is not.
    """
    text, notes = _decode(data, declared.strip().lower())
    if _broken(text) > _TOLERATED:
        problem = "is not text: more than 1 % of it are broken or control characters"
        raise ParseFailed(uri, problem, "Save it as UTF-8 text, or as one of the supported formats")
    return text, notes


def _decode(data: bytes, declared: str) -> tuple[str, tuple[str, ...]]:
    encoding = wide_encoding(data) or "utf-8"
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError:
        if encoding != "utf-8" or _mostly_utf8(data):
            text = data.decode(encoding, errors="replace")
            return text, (f"broken characters: {text.count(chr(0xFFFD))}",)
    legacy = declared if _LEGACY.fullmatch(declared) and _known(declared) else "cp1252"
    try:
        return data.decode(legacy), (f"read as {legacy}",)
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), ("read as cp1252",)


def _mostly_utf8(data: bytes) -> bool:
    """Whether characters beyond ASCII are mostly valid UTF-8 with a few bytes damaged, not Latin-1."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return sum(c > "\x7f" for c in text) - broken > broken


def _known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True


def _broken(text: str) -> float:
    return len(_BROKEN.findall(text)) / max(1, len(text))

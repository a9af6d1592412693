"""A parsed document's own words about itself, turned into typed and checked values. Pure."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import get_args

from retrieval.errors import ParseFailed, Refused
from retrieval.fetch import ATTACHMENT
from retrieval.formats.clean import clean
from retrieval.language import detect
from retrieval.types import Block, Document, Fetched, Language, Parsed
from retrieval.visibility import CONFIDENTIALITY, REGIONS, normalise

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_GERMAN = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0", "")
_SAMPLE = 20_000  # characters; more text does not change the language


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for a document that does not say: the safest, unless the operator decides otherwise."""

    visibility: str = "admins"
    confidentiality: str = "secret"
    publisher: str = ""


def describe(fetched: Fetched, parsed: Parsed, defaults: Defaults = Defaults()) -> Document:
    """Return the document. Raises Refused for a value that is not allowed, ParseFailed without text.

    The id depends on the uri alone: corrected metadata or text keep it.
    """
    if not any(block.text.strip() for block in parsed.blocks):
        raise ParseFailed(fetched.uri, "holds no text", "Check that it is the file you meant")
    words, uri = parsed.metadata, fetched.uri
    return Document(
        id=hashlib.sha256(uri.encode()).hexdigest()[:24],
        uri=uri,
        title=words.get("title") or _title(parsed.blocks, uri),
        blocks=parsed.blocks,
        digest=fetched.digest,
        language=_language(words, parsed.blocks),
        visibility=normalise(words.get("visibility") or defaults.visibility, uri),
        confidentiality=_confidentiality(words.get("confidentiality") or defaults.confidentiality, uri),
        source=words.get("source", ""),
        publisher=words.get("publisher") or defaults.publisher,
        published=_date(words, "published", uri),
        review=_date(words, "review", uri),
        vendors=_vendors(words.get("vendors", "")),
        sample=_flag(words, "sample", uri),
        regions=_regions(words, uri),
    )


def doubts(document: Document, today: date) -> tuple[str, ...]:
    """What an admin should look at in values that are allowed, as notes."""
    future = document.published is not None and document.published > today
    return (f"published lies in the future: {document.published}",) if future else ()


def _title(blocks: tuple[Block, ...], uri: str) -> str:
    """The first heading, else the file's name without its ending."""
    headings = (block.headings[0] for block in blocks if block.headings)
    stem = " ".join(clean(PurePosixPath(uri.removeprefix(ATTACHMENT)).stem)[0].split())
    return next(headings, "") or stem or uri


def _language(words: Mapping[str, str], blocks: tuple[Block, ...]) -> Language:
    """The language that is declared, "de-AT" being "de"; else the one that the text is in."""
    declared = words.get("language", "").strip().lower()[:2]
    for language in get_args(Language):
        if declared == language:
            return language  # type: ignore[no-any-return]
    return detect("\n".join(block.text for block in blocks)[:_SAMPLE])


def _confidentiality(value: str, uri: str) -> str:
    word = value.strip().lower()
    if word not in CONFIDENTIALITY:
        raise _refused(uri, "confidentiality", value, ", ".join(CONFIDENTIALITY))
    return word


def _date(words: Mapping[str, str], name: str, uri: str) -> date | None:
    """A date as 2026-02-16 or 16.02.2026; none when nothing is said."""
    value = words.get(name, "").strip()
    if not value:
        return None
    iso, german = _ISO.fullmatch(value), _GERMAN.fullmatch(value)
    parts = iso.groups() if iso else german.groups()[::-1] if german else ()
    try:
        return date(*map(int, parts))
    except (ValueError, TypeError):
        raise _refused(uri, name, value, "a date such as 2026-02-16 or 16.02.2026") from None


def _vendors(value: str) -> tuple[str, ...]:
    names = (name.strip().lower() for name in value.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def _regions(words: Mapping[str, str], uri: str) -> tuple[str, ...]:
    """The regions named, in a fixed order; a key without a region must not turn into "anywhere"."""
    if "regions" not in words:
        return ()
    value = words["regions"]
    named = {name.strip().lower() for name in value.split(",") if name.strip()}
    if not named or named - set(REGIONS):
        raise _refused(uri, "regions", value, ", ".join(REGIONS))
    return tuple(region for region in REGIONS if region in named)


def _flag(words: Mapping[str, str], name: str, uri: str) -> bool:
    value = words.get(name, "").strip().lower()
    if value not in _TRUE + _FALSE:
        raise _refused(uri, name, value, "true or false")
    return value in _TRUE


def _refused(uri: str, name: str, value: str, allowed: str) -> Refused:
    return Refused(uri, f"{name}: {value[:80]!r} is not allowed", f"Allowed: {allowed}")

"""Who may see a document: principals, audiences, and the one rule between them. Pure.

A visibility is a set of principals in normal form: "public", "employees", "admins", or a sorted,
comma-separated list such as "group:board,group:legal". An audience is one set of principals for each
person who will read the answer; a document is visible when every one of them holds one of its principals.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.errors import Refused

PUBLIC, EMPLOYEES, ADMINS = "public", "employees", "admins"
CONFIDENTIALITY = ("public", "internal", "confidential", "secret")
REGIONS = ("eu", "us", "global", "local")  # where a document may say that its text may be worked on
_PRINCIPAL = re.compile(r"public|employees|admins|(?:group|channel|user):[A-Za-z0-9_.@-]{1,80}")


@dataclass(frozen=True, slots=True)
class Audience:
    """The people who will read an answer. No readers: nobody, and nothing is visible."""

    readers: tuple[frozenset[str], ...] = ()
    operator: bool = False

    @classmethod
    def of(cls, *principals: str) -> "Audience":
        """One reader who holds these principals; everybody holds "public"."""
        return cls((frozenset({PUBLIC, *principals}),))

    @classmethod
    def nobody(cls) -> "Audience":
        """An audience that may see nothing, for whatever could not be established."""
        return cls()

    @classmethod
    def whole_library(cls) -> "Audience":
        """The operator at the machine that holds the files: nothing there is hidden from them."""
        return cls(operator=True)


def normalise(visibility: str, uri: str = "visibility") -> str:
    """Return the normal form, or refuse: an unknown word must never mean "everybody"."""
    principals = sorted({word.strip() for word in visibility.split(",")} - {""})
    unknown = [name for name in principals if not _PRINCIPAL.fullmatch(name)]
    if unknown or not principals:
        problem = f"unknown visibility {', '.join(unknown) or '(empty)'}"
        advice = (
            "Use public (anybody), employees (all staff), admins, "
            "or group:NAME, channel:ID, user:ID, separated by commas"
        )
        raise Refused(uri, problem, advice)
    return PUBLIC if PUBLIC in principals else ",".join(principals)


def visibility_class(visibility: str) -> str:
    """A short name for a normal form, safe as a collection name and an index term."""
    if visibility in (PUBLIC, EMPLOYEES, ADMINS):
        return visibility
    return "c" + hashlib.sha256(visibility.encode()).hexdigest()[:16]


def may_see(visibility: str, audience: Audience) -> bool:
    """The one rule: every reader holds one of the document's principals."""
    if audience.operator:
        return True
    principals = set(visibility.split(","))
    return bool(audience.readers) and all(principals & reader for reader in audience.readers)


def visible(visibilities: Iterable[str], audience: Audience) -> tuple[str, ...]:
    """Those of the visibilities that the audience may see, in the order given."""
    return tuple(each for each in visibilities if may_see(each, audience))

"""What is wrong with a vendor's table beyond the types of its fields. Pure.

Said when the settings are read, not when the first question fails. No value that may hold a key is repeated.
"""

import re
from urllib.parse import urlsplit

from bot.models.vendor import Vendor

OWN_ADDRESS = frozenset({"azure", "foundry", "foundry-anthropic", "openai-compatible"})
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LIKE_A_KEY = re.compile(r"[A-Za-z0-9]{20,}")  # a long name without a single _ is rather the key itself
_OWNER = re.compile(r"[a-z0-9][a-z0-9_.-]*")


def flaw(vendor: Vendor) -> str:
    """The field, what is wrong with it and what to do, in one sentence; "" when nothing is."""
    if not vendor.model.strip() or not vendor.model.isprintable():
        return f"model {vendor.model!r} is no name: write the model's id"
    if not _OWNER.fullmatch(vendor.owner):
        return f"owner {vendor.owner!r} is no key of vendors.yaml: those are written in small letters"
    return _key_flaw(vendor.key_env) or address_flaw(vendor)


def _key_flaw(name: str) -> str:
    if name and (not _VARIABLE.fullmatch(name) or _LIKE_A_KEY.fullmatch(name)):
        return "key_env is no name of a variable: a key does not belong in a file, put it into a variable"
    return ""


def address_flaw(vendor: Vendor) -> str:
    """The same for its address."""
    address = vendor.base_url
    if not address:
        return f"base_url is missing: {_FIX}" if vendor.via in OWN_ADDRESS else ""
    if "@" in address or "?" in address or "#" in address:
        return "base_url holds more than an address: a key or password belongs into the variable of key_env"
    return "" if _is_address(address) else f"base_url {address!r} is no address: {_FIX}"


_FIX = "write one that begins with https:// or http://"


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond all ports, half a bracket
        return False
    return named and parts.scheme in ("http", "https") and text.isprintable() and " " not in text

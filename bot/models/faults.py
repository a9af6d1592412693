"""What went wrong with a call of a vendor's model: one name for it whoever the vendor, and what to do then.

Pure, and free of the vendors' packages: errors are told apart by class names, status, codes and words,
because the same fault comes as a typed error of LangChain from one client, as a bare error of its HTTP
library from the next, and as a JSON error from a third.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Literal, cast

from bot.models.words import WORDS
from retrieval.types import Language

Kind = Literal[
    "connection",  # nobody there, or the line broke before any text
    "timeout",  # no text in time
    "stall",  # the text began and then stood still
    "cut",  # the line broke in mid-answer
    "truncated",  # the answer ended without a reason
    "empty",  # it ended well, without text
    "malformed",  # what came is not the protocol
    "rate_limit",
    "overload",
    "server",
    "quota",  # the account is empty
    "auth",
    "not_found",  # no such model, or nothing at this address
    "context",  # the prompt is too long for this model
    "filter",  # its content filter objects
    "refusal",  # the model itself will not
    "bad_request",
    "unknown",
]
Ending = Literal["complete", "length"]

PAUSE = 0.3  # seconds before the same vendor is asked once more
SHORT_WAIT = 3.0  # seconds of Retry-After that are worth waiting; longer, and the next vendor is asked
LONGEST_REST = 300.0  # seconds; one vendor's answer was "retry after 86400 seconds"
_DEEPEST = 8  # causes of causes


@dataclass(frozen=True, slots=True)
class Rule:
    """What follows from a fault.

    `again`: the same vendor is asked once more, after a pause. `rest`: seconds it is left alone at once;
    0 leaves that to the breaker, which counts the faults that `blames`. `onward`: the next vendor is asked;
    where not, only a vendor's own on_content_filter = "next" allows it.
    """

    again: bool = False
    rest: float = 0.0
    blames: bool = True
    onward: bool = True


_OURS = Rule(blames=False)  # what was asked is the matter, not who was asked
_FIRM = Rule(rest=600.0)  # a person has to mend something
RULES: Mapping[Kind, Rule] = MappingProxyType(
    {
        "connection": Rule(again=True),
        "timeout": Rule(),
        "stall": Rule(),
        "cut": Rule(),
        "truncated": Rule(),
        "empty": _OURS,
        "malformed": Rule(),
        "rate_limit": Rule(rest=20.0),
        "overload": Rule(again=True),
        "server": Rule(again=True),
        "quota": _FIRM,
        "auth": _FIRM,
        "not_found": _FIRM,
        "context": _OURS,
        "filter": Rule(blames=False, onward=False),
        "refusal": _OURS,  # one model's judgement; the next one may see it differently
        "bad_request": _OURS,
        "unknown": Rule(),
    }
)

_ENDINGS: Mapping[str, frozenset[str]] = {
    "complete": frozenset({"stop", "end_turn", "stop_sequence", "completed", "complete", "eos"}),
    "length": frozenset(
        {"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"}
    ),
    "filter": frozenset(
        {"content_filter", "content_filtered", "guardrail_intervened", "safety", "blocklist", "spii"}
        | {"prohibited_content", "recitation", "language", "image_safety", "sensitive", "model_armor"}
    ),
    "refusal": frozenset({"refusal", "refused"}),
    "server": frozenset({"error", "failed", "cancelled", "abort"}),
    "overload": frozenset({"insufficient_system_resource"}),
    "truncated": frozenset({"", "incomplete", "none", "null"}),
    "empty": frozenset({"load", "unload"}),
    "malformed": frozenset(
        {"tool_use", "tool_calls", "function_call", "malformed_function_call", "unexpected_tool_call"}
    ),
}

# Class names in an error's ancestry or causes. Time-outs are also connection errors: they come first.
_NAMES: tuple[tuple[Kind, frozenset[str]], ...] = (
    ("timeout", frozenset({"TimeoutError", "TimeoutException", "APITimeoutError", "ModelTimeoutError"})),
    ("timeout", frozenset({"ReadTimeoutError", "ConnectTimeoutError", "ModelTimeoutException"})),
    ("connection", frozenset({"ConnectionError", "NetworkError", "ProtocolError", "ModelConnectionError"})),
    ("connection", frozenset({"APIConnectionError", "ClientConnectionError", "ClientPayloadError"})),
    ("connection", frozenset({"EndpointConnectionError", "ConnectionClosedError", "HTTPClientError"})),
    ("context", frozenset({"ContextOverflowError"})),
    ("refusal", frozenset({"ModelRefusalError"})),
    ("auth", frozenset({"NoCredentialsError", "PartialCredentialsError", "NoAuthTokenError"})),
)
_TYPED: tuple[tuple[Kind, frozenset[str]], ...] = (
    ("overload", frozenset({"OverloadedError", "ModelOverloadedError"})),
    ("auth", frozenset({"ModelAuthenticationError", "ModelPermissionDeniedError"})),
    ("not_found", frozenset({"ModelNotFoundError"})),
    ("rate_limit", frozenset({"ModelRateLimitError"})),
    ("server", frozenset({"ModelAPIError"})),
    ("bad_request", frozenset({"ModelInvalidRequestError"})),
)
# What is left when a client trips over what it was sent: a web page, half a chunk, a missing field.
_GARBLED: tuple[tuple[Kind, frozenset[str]], ...] = (
    ("malformed", frozenset({"JSONDecodeError", "ValidationError", "UnknownApiResponseError", "SSEError"})),
    ("malformed", frozenset({"APIResponseValidationError", "UnicodeError", "DecodingError", "ParserError"})),
)
_TRIPPED: tuple[tuple[Kind, frozenset[str]], ...] = (
    ("malformed", frozenset({"ValueError", "TypeError", "LookupError", "AttributeError"})),
)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE | re.DOTALL)


# Which words tell what, for a refused request (4xx): vendors agree on the status less than on the words.
_REFUSED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "quota",
        _pattern(
            r"insufficient[_ ](quota|balance|credit|funds)|credit balance|billing_error|billing_not_active"
            r"|billing hard limit|PerDayPer|spending limit|payment required"
        ),
    ),
    ("auth", _pattern(r"api[_ ]key[_ ]invalid|api key (is )?(not valid|invalid|expired)|invalid_api_key")),
    (
        "filter",
        _pattern(
            r"content[_ ]?filter|content management policy|content[_ ]policy|ResponsibleAIPolicy"
            r"|blocked by (the )?(safety|guardrail|content)|moderation_blocked|violat\w+ .{0,40}usage polic"
        ),
    ),
    (
        "context",
        _pattern(
            r"context_length_exceeded|exceed_context_size|context (length|window|size)|string_above_max"
            r"|(prompt|input|request)( is| was)? too (long|large)|input token count .{0,40}exceeds"
            r"|too many (input )?tokens|too large for model with|reduce the length|request_too_large"
        ),
    ),
)
# And for an error without a status: one that came in the middle of a stream that had begun well.
_MIDWAY: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    *_REFUSED[:3],
    ("overload", _pattern(r"overload|unavailable|at capacity|try again later")),
    ("rate_limit", _pattern(r"rate[_ ]limit|too many requests|throttl|resource_exhausted")),
    ("context", _REFUSED[3][1]),
    ("server", _pattern(r"server[_ ]error|internal|api_error|terminated|crashed|out of memory|had an error")),
)
_STATUS: Mapping[int, Kind] = {
    401: "auth",
    402: "quota",
    403: "auth",
    404: "not_found",
    405: "not_found",
    408: "timeout",
    409: "server",
    413: "context",
    424: "server",
    425: "server",
    429: "rate_limit",
    498: "auth",
    499: "cut",
    503: "overload",
    529: "overload",
}
# Gemini says this of limits per minute, too, but then also when to come back.
_EMPTY = _pattern(r"exceeded your current quota")
_SECONDS = (
    _pattern(r"retryDelay\W{1,5}(\d+(?:\.\d+)?)s"),
    _pattern(r"(?:retry|try again) (?:after|in) (\d+(?:\.\d+)?) ?s"),
)


def classify(error: BaseException) -> tuple[Kind, float | None]:
    """The kind of fault, and the seconds after which the vendor asks to be tried again, if it says so."""
    chain = tuple(_chain(error))
    names = {each.__name__ for one in chain for each in type(one).__mro__}
    words = " ".join(_words(chain))
    wait = _wait(_chain(error, hidden=True), words)
    kind = _named(names, _NAMES) or _by_status(_status(chain), names, words)
    if kind == "rate_limit" and wait is None and _EMPTY.search(words):
        kind = "quota"
    return kind, wait if kind in ("rate_limit", "overload", "server") else None


def midway(kind: Kind) -> Kind:
    """What a fault is called when text had already come."""
    return cast(Kind, {"timeout": "stall", "connection": "cut"}.get(kind, kind))


def judge(finish: str) -> Ending | Kind:
    """What a vendor's word for the end of an answer means. An unknown word is not a good end."""
    word = finish.strip().casefold()
    found = (meaning for meaning, words in _ENDINGS.items() if word in words)
    return cast(Ending | Kind, next(found, "unknown"))


def pause(kind: Kind, wait: float | None = None) -> float | None:
    """Seconds before the same vendor is asked once more; None: it is not. `wait` is its Retry-After."""
    if wait is not None:
        return max(wait, PAUSE) if wait <= SHORT_WAIT else None
    return PAUSE if RULES[kind].again else None


def rest(kind: Kind, wait: float | None = None) -> float:
    """Seconds a vendor is left alone at once; what it asks for counts, up to five minutes."""
    return max(RULES[kind].rest, min(wait or 0.0, LONGEST_REST))


def say(kind: str, language: Language) -> str:
    """A kind of fault in plain words, to be read after the vendor's name."""
    return WORDS.get(kind, WORDS["unknown"])[language]


def _chain(error: BaseException | None, hidden: bool = False) -> Iterator[BaseException]:
    """An error and what caused it; `hidden`: also what a client raised it "from None" to hide."""
    for _ in range(_DEEPEST):
        if error is None:
            return
        yield error
        shown = hidden or not error.__suppress_context__
        error = error.__cause__ or (error.__context__ if shown else None)


def _words(chain: Iterable[BaseException]) -> Iterator[str]:
    for each in chain:
        yield f"{each}"
        for name in ("code", "type", "body", "message", "details", "error"):
            value = getattr(each, name, None)
            if isinstance(value, str | dict | list):
                yield f"{value}"


def _named(names: set[str], table: Iterable[tuple[Kind, frozenset[str]]]) -> Kind | None:
    return next((kind for kind, known in table if known & names), None)


def _told(words: str, table: Iterable[tuple[Kind, re.Pattern[str]]]) -> Kind | None:
    return next((kind for kind, pattern in table if pattern.search(words)), None)


def _by_status(status: int | None, names: set[str], words: str) -> Kind:
    if status is None or status < 300:
        told = _named(names, _TYPED[:1]) or _midway(names, words)
        return told or _named(names, (*_TYPED, *_GARBLED, *_TRIPPED)) or "unknown"
    if status < 400:
        return "not_found"  # a redirect, which is not followed: the address is not the vendor's
    if status >= 500:
        return _STATUS.get(status, "server")
    known = _STATUS.get(status, "bad_request")
    told = _told(words, _REFUSED)
    return told if told and status in _TALKATIVE else known


_TALKATIVE = frozenset({400, 402, 403, 413, 422, 429})  # statuses that mean different things to each vendor


def _midway(names: set[str], words: str) -> Kind | None:
    # What cannot be read may quote anything: its words tell nothing.
    return None if _named(names, _GARBLED) else _told(words, _MIDWAY)


def _status(chain: Iterable[BaseException]) -> int | None:
    for each in chain:
        response = getattr(each, "response", None)
        if isinstance(response, dict):  # as AWS's client has it
            response = response.get("ResponseMetadata", {})
            found = [response.get("HTTPStatusCode")]
        else:
            found = [getattr(response, "status_code", None)]
        for value in (getattr(each, "status_code", None), *found, getattr(each, "code", None)):
            if isinstance(value, int) and 100 <= value < 600:
                return value
    return None


def _wait(chain: Iterable[BaseException], words: str) -> float | None:
    for each in chain:
        found = _retry_after(getattr(getattr(each, "response", None), "headers", None))
        if found is not None:
            return found
    said = (pattern.search(words) for pattern in _SECONDS)
    return next((float(each[1]) for each in said if each), None)


def _retry_after(headers: object) -> float | None:
    get = getattr(headers, "get", None)
    if get is None:
        return None
    for name, unit in (("retry-after-ms", 1_000.0), ("retry-after", 1.0)):
        value = f"{get(name) or ''}".strip()
        if re.fullmatch(r"\d+(\.\d+)?", value):
            return float(value) / unit
    return _until(f"{get('retry-after') or ''}", f"{get('date') or ''}")


def _until(moment: str, now: str) -> float | None:
    """Seconds from the date of an answer to a moment it names; both are the server's clock."""
    try:
        return max((parsedate_to_datetime(moment) - parsedate_to_datetime(now)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None

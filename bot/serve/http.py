"""The door for Slack's HTTP mode. Only a post that Slack has signed gets through, and only a sound one.

What is refused is counted, never quoted: a body that nobody vouches for has no place in a log.
"""

import hashlib
import hmac
import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import parse_qs

from bot.errors import StateError
from bot.serve.web import Environ, StartResponse, Web, answer

MOST_BYTES = 1024 * 1024
WINDOW_S = 300  # Slack's own: an older post may be somebody's recording
_DEEPEST = 100
_THREADS = 16
_QUIET_S = 60.0
_KINDS = ("application/json", "application/x-www-form-urlencoded")
_PHRASES = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}
_PHRASES |= {415: "Unsupported Media Type", 500: "Internal Server Error", 503: "Service Unavailable"}
logger = logging.getLogger("strategist.http")


class Reply(Protocol):
    """What is answered."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def body(self) -> str:
        """The body."""

    @property
    def headers(self) -> Mapping[str, Sequence[str]]:
        """The headers, each perhaps more than once."""


Receive = Callable[[str, Mapping[str, str]], Reply]


class _Refused(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Front:
    """The application. `receive` gets body and headers (names in lower case) of what Slack has sent."""

    def __init__(
        self,
        secret: str,
        receive: Receive,
        path: str = "/slack/events",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._secret = secret.encode()
        self._receive = receive
        self._path = path
        self._clock = clock
        self._refusals = _Refusals()

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        """Admit or refuse one request."""
        try:
            body, headers = self._admitted(environ)
        except _Refused as refused:
            self._refusals.note(refused.reason)
            return answer(start, _line(refused.status))
        try:
            reply = self._receive(body, headers)
        except Exception as error:
            # Not a 2xx: Slack sends it again. The text of a foreign error may hold what was sent.
            logger.error("A post of Slack's could not be taken in: %s", type(error).__name__)
            return answer(start, _line(503 if isinstance(error, StateError) else 500))
        return _replied(start, reply)

    def _admitted(self, environ: Environ) -> tuple[str, dict[str, str]]:
        headers = _headers(environ)
        if environ["PATH_INFO"] != self._path:
            raise _Refused(404, "another path")
        if environ["REQUEST_METHOD"] != "POST":
            raise _Refused(405, "another method")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _KINDS:
            raise _Refused(415, "another content type")
        raw: bytes = environ["wsgi.input"].read(MOST_BYTES + 1)
        self._verify(raw, headers)
        return _sound(raw, kind), headers

    def _verify(self, raw: bytes, headers: Mapping[str, str]) -> None:
        stamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16 and signature.isascii()):
            raise _Refused(401, "no signature")
        if abs(self._clock() - int(stamp)) > WINDOW_S:
            raise _Refused(401, "too old or too new")
        wanted = hmac.new(self._secret, b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
        if not self._secret or not hmac.compare_digest(f"v0={wanted}", signature):
            raise _Refused(401, "a wrong signature")


def serve_slack(front: Front, host: str, port: int) -> Web:
    """The server for it, not open yet."""
    return Web(front, host, port, threads=_THREADS, most_body=MOST_BYTES)


class _Refusals:
    """Told at once, then at most once a minute: a flood must not fill the log."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._told = -_QUIET_S

    def note(self, reason: str) -> None:
        with self._lock:
            self._counts[reason] += 1
            if time.monotonic() - self._told < _QUIET_S:
                return
            counts, self._counts, self._told = self._counts, Counter(), time.monotonic()
        words = ", ".join(f"{count} with {each}" for each, count in counts.items())
        logger.warning("Refused posts: %s", words)


def _headers(environ: Environ) -> dict[str, str]:
    found = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") and isinstance(value, str)
    }
    return found | {"content-type": environ.get("CONTENT_TYPE", "")}


def _sound(raw: bytes, kind: str) -> str:
    try:
        text = raw.decode()
        whole = json.loads(text) if kind == "application/json" else _form(text)
    except (ValueError, RecursionError):
        raise _Refused(400, "a body that cannot be read") from None
    if not isinstance(whole, dict) or _depth(whole) > _DEEPEST:
        raise _Refused(400, "a body of another shape")
    return text


def _form(text: str) -> Any:  # noqa: ANN401 - JSON
    """The payload of a button or a view; a slash command has fields and none."""
    fields = parse_qs(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=200)
    return json.loads(fields["payload"][0]) if "payload" in fields else fields or None


def _depth(value: Any) -> int:  # noqa: ANN401 - JSON
    """How deep lists and objects are nested, found without recursion."""
    depth, level = 0, [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        if depth > _DEEPEST:
            break
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    return depth


def _line(status: int) -> str:
    return f"{status} {_PHRASES.get(status, 'Status')}"


def _replied(start: StartResponse, reply: Reply) -> list[bytes]:
    given = [(name, value) for name, values in reply.headers.items() for value in values]
    kind = next((value for name, value in given if name.lower() == "content-type"), "text/plain")
    ours = ("content-type", "content-length")
    more = [(name, value) for name, value in given if name.lower() not in ours]
    return answer(start, _line(reply.status), reply.body, kind.partition(";")[0], more)

"""Every call to Slack goes through here: paced, tried again within bounds, and failing as SlackError only."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.errors import SlackError

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError

logger = logging.getLogger(__name__)

Reply = dict[str, Any]
UNREACHABLE: Final = "unreachable"
RATE_LIMITED: Final = "ratelimited"
# What goes away by itself: worth another try, and worth a job's patience.
PASSING: Final = frozenset(
    {
        *(UNREACHABLE, RATE_LIMITED, "rate_limited", "internal_error", "fatal_error", "service_unavailable"),
        *("request_timeout", "team_added_to_org"),
    }
)
# An answer like this means that the method is not for us: it is not asked for again.
_NOT_FOR_US: Final = frozenset(
    {
        *("unknown_method", "not_authorized", "missing_scope", "not_allowed_token_type", "no_permission"),
        *("method_deprecated", "feature_not_enabled", "team_access_not_granted", "enterprise_is_restricted"),
    }
)
_READING = ("conversations.", "users.", "usergroups.", "files.", "auth.")
_SPEAKING = ("chat.postMessage", "chat.postEphemeral", "chat.startStream")
_SILENT_LINKS = ("chat.postMessage", "chat.postEphemeral", "chat.update")
_MOST_PAGES = 50
_INSISTENT = 3  # tries of what nobody waits for


@dataclass(frozen=True, slots=True)
class Pace:
    """How often we try, how long we wait at most, and how far apart messages of a channel are."""

    tries: int = 5
    first_wait_s: float = 1.0
    longest_wait_s: float = 30.0  # one sleep; what Slack asks beyond it is not waited for here
    post_gap_s: float = 1.0


class Slack:
    """Slack's Web API for everything in this room. `call` raises SlackError(method, code), nothing else."""

    def __init__(
        self,
        client: "WebClient",
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._pace = pace or Pace()
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}  # channel -> when its next message may go
        self._resting: dict[tuple[str, str], float] = {}  # (method, channel) -> until when Slack wants peace
        self._refused: set[str] = set()

    def call(
        self,
        method: str,
        found: Callable[[], Reply | None] | None = None,
        tries: int = 0,
        **arguments: Any,  # noqa: ANN401
    ) -> Reply:
        """Call a method. `found` looks for a message that may have arrived, before it is posted again."""
        channel = str(arguments.get("channel", ""))
        wait = self._pace.first_wait_s
        for left in range((tries or self._pace.tries) - 1, -1, -1):
            self._respect(method, channel)
            try:
                return self._send(method, arguments)
            except _Failed as failure:
                pause = self._pause(failure, method, channel, wait)
                if pause is None or not left:
                    raise SlackError(method, failure.code) from None
                self._sleep(pause)
                there = found() if found and failure.unsure else None
                if there is not None:
                    return there
                wait *= 2
        raise SlackError(method, UNREACHABLE)

    def attempt(
        self,
        method: str,
        found: Callable[[], Reply | None] | None = None,
        **arguments: Any,  # noqa: ANN401
    ) -> Reply | None:
        """Call a method that nothing depends on; None when it failed. A refusal is remembered, told once.

        `found` looks for what may have been done all the same, where only Slack's answer was lost.
        """
        if method in self._refused:
            return None
        try:
            self._respect(method, str(arguments.get("channel", "")))
            return self._send(method, arguments)
        except SlackError:
            return None
        except _Failed as failure:
            if failure.code in _NOT_FOR_US:
                self._remember(method, failure.code)
            return _looked(found) if found and failure.unsure else None

    def insist(self, method: str, **arguments: Any) -> Reply | None:  # noqa: ANN401
        """The same, tried again while the failure is of the kind that goes away: for what must not stay."""
        if method in self._refused:
            return None
        try:
            return self.call(method, tries=_INSISTENT, **arguments)
        except SlackError as error:
            if error.problem in _NOT_FOR_US:
                self._remember(method, error.problem)
            return None

    def respond(self, url: str, **message: Any) -> bool:  # noqa: ANN401
        """Answer through a response_url; False when it is used up, too old or out of reach."""
        from http.client import HTTPException

        from slack_sdk.webhook import WebhookClient

        quiet = {"unfurl_links": False, "unfurl_media": False}
        try:
            answer = WebhookClient(url, timeout=self._client.timeout).send_dict({**message, **quiet})
        except (OSError, HTTPException, ValueError):
            return False
        return answer.status_code == 200 and answer.body in ("ok", "")

    def pages(self, method: str, key: str, **arguments: Any) -> Iterator[Any]:  # noqa: ANN401
        """The items of all pages of a method, in Slack's order."""
        cursor = ""
        for _ in range(_MOST_PAGES):
            paged = {**arguments, "cursor": cursor} if cursor else arguments
            answer = self.call(method, **paged)
            yield from answer.get(key) or ()
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        raise SlackError(method, "too_many")  # half a list must not pass for the whole

    def _remember(self, method: str, code: str) -> None:
        with self._lock:
            known = method in self._refused
            self._refused.add(method)
        if not known:
            logger.warning("Slack does not offer %s here (%s); going on without it", method, code)

    def _respect(self, method: str, channel: str) -> None:
        """Wait for the channel's turn, and for the end of a rest that Slack asked for, if it is near."""
        with self._lock:
            now = self._clock()
            ready = self._resting.get((method, channel), now)
            if ready - now > self._pace.longest_wait_s:
                raise SlackError(method, RATE_LIMITED)
            if method in _SPEAKING:
                ready = max(ready, self._next.get(channel, now), now)
                self._next[channel] = ready + self._pace.post_gap_s
        self._sleep_until(ready)

    def _sleep_until(self, ready: float) -> None:
        while (left := ready - self._clock()) > 0:
            self._sleep(min(left, self._pace.longest_wait_s))

    def _pause(self, failure: "_Failed", method: str, channel: str, wait: float) -> float | None:
        """How long to wait before the next try; None when there is no point in one."""
        if failure.code not in PASSING:
            return None
        if failure.retry_after is None:
            return min(wait, self._pace.longest_wait_s)
        with self._lock:
            self._resting[method, channel] = self._clock() + failure.retry_after
        return failure.retry_after if failure.retry_after <= self._pace.longest_wait_s else None

    def _send(self, method: str, arguments: dict[str, Any]) -> Reply:
        import http.client

        from slack_sdk.errors import SlackApiError, SlackClientError

        given = {name: value for name, value in arguments.items() if value is not None}
        if method in _SILENT_LINKS:
            given |= {"unfurl_links": False, "unfurl_media": False}
        reading = method.startswith(_READING)
        try:
            answer = self._client.api_call(
                method, params=given if reading else None, json=None if reading else given
            )
        except SlackApiError as error:
            raise _failed(error) from None
        except (SlackClientError, OSError, http.client.HTTPException, ValueError):
            raise _Failed(UNREACHABLE, unsure=True) from None
        data = answer.data
        return data if isinstance(data, dict) else {}


class _Failed(Exception):
    """One call that failed. `unsure`: Slack may have done it all the same."""

    def __init__(
        self, code: str, status: int = 0, retry_after: float | None = None, unsure: bool = False
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.retry_after = retry_after
        self.unsure = unsure


def _looked(found: Callable[[], Reply | None]) -> Reply | None:
    try:
        return found()
    except SlackError:
        return None


def _failed(error: "SlackApiError") -> _Failed:
    response = error.response
    status = int(getattr(response, "status_code", 0) or 0)
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in (RATE_LIMITED, "rate_limited"):
        return _Failed(RATE_LIMITED, status, _seconds(getattr(response, "headers", {})))
    if status >= 500:
        return _Failed("service_unavailable", status, unsure=True)
    if status == 404 and code not in _NOT_FOR_US:
        return _Failed("unknown_method", status)
    return _Failed(code if code.isidentifier() else "refused", status, unsure=code in PASSING)


def _seconds(headers: dict[str, Any]) -> float:
    for name, value in headers.items():
        if name.lower() == "retry-after":
            text = value[0] if isinstance(value, list) else value
            return float(text) if str(text).isdigit() else 1.0
    return 1.0


def passing(error: SlackError) -> bool:
    """Whether a failure is of the kind that goes away by itself."""
    return error.problem in PASSING

"""How Slack reaches the app: over a socket that the app opens, or by signed posts through a web server."""

import logging
import select
import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import SlackError
from bot.slack.parts import SlackSettings

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_bolt.adapter.socket_mode import SocketModeHandler

logger = logging.getLogger(__name__)
_socket = logging.getLogger("strategist.socket")  # what Slack's client has to say
_CONCURRENCY = 32  # envelopes that are taken in at once
_GLANCE_S, _LONG_GLANCE_S = 1.0, 5.0


class Connection:
    """A Socket Mode connection that comes back by itself, within seconds.

    Slack's client notices a cut connection only when pongs have failed to come for several intervals.
    Measured: deaf for 17 s with pings of 3 s, for 1.1 s with our own watch, a look at the socket each second.
    """

    def __init__(self, app: "App", settings: SlackSettings) -> None:
        self._app = app
        self._settings = settings
        self._handler: SocketModeHandler | None = None
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._watched, name="slack-watch", daemon=True)

    def open(self) -> None:
        """Connect. SlackError when Slack refuses or cannot be reached."""
        from slack_bolt.adapter.socket_mode import SocketModeHandler

        _socket.addFilter(_one_line)
        self._handler = SocketModeHandler(
            self._app,
            self._settings.app_token,
            logger=_socket,
            ping_interval=self._settings.ping_s,
            concurrency=_CONCURRENCY,
        )
        try:
            self._handler.connect()  # type: ignore[no-untyped-call]
        except Exception as error:
            self.close()
            raise SlackError("apps.connections.open", _word(error), _ADVICE) from None
        self._watch.start()

    @property
    def connected(self) -> bool:
        """Whether events can arrive at this moment."""
        return self._handler is not None and self._handler.client.is_connected()

    def close(self) -> None:
        """Take nothing more in."""
        self._closed.set()
        if self._watch.is_alive():
            self._watch.join()
        handler, self._handler = self._handler, None
        if handler is not None:
            _hang_up(handler)
            handler.close()  # type: ignore[no-untyped-call]

    def _watched(self) -> None:
        pause = _GLANCE_S
        while not self._closed.wait(pause):
            pause = _GLANCE_S
            handler = self._handler
            if handler is None or not _is_cut(handler):
                continue
            try:
                handler.client.connect_to_new_endpoint(force=True)
                logger.info("the socket was cut and is back")
            except Exception as error:
                logger.warning("the socket was cut and does not come back yet: %s", _word(error))
                pause = _LONG_GLANCE_S


def _one_line(record: logging.LogRecord) -> bool:
    """An acknowledgement that a closing socket does not take is no accident: the event comes again."""
    record.exc_info = record.exc_text = None
    return True


def _is_cut(handler: "SocketModeHandler") -> bool:
    """Whether the other side has gone away without a word."""
    plug = getattr(handler.client.current_session, "sock", None)
    if plug is None or not hasattr(select, "POLLRDHUP"):
        return False  # closed in order, or no way to tell: Slack's client sees to it
    poll = select.poll()
    try:
        poll.register(plug, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
        return bool(poll.poll(0))
    except (OSError, ValueError):
        return False


def _hang_up(handler: "SocketModeHandler") -> None:
    """Wake the thread that waits for the socket: `close` would wait for it, until the next ping."""
    handler.client.auto_reconnect_enabled = False
    plug = getattr(handler.client.current_session, "sock", None)
    if plug is not None:
        with suppress(OSError):
            plug.shutdown(socket.SHUT_RDWR)


_ADVICE = "Check the app-level token (xapp) and its scope connections:write, and the network"


def _word(error: Exception) -> str:
    """What went wrong, without anything that could hold a token."""
    response = getattr(error, "response", None)
    data = getattr(response, "data", None)
    code = data.get("error") if isinstance(data, dict) else ""
    return str(code or type(error).__name__)


@dataclass(frozen=True, slots=True)
class Posted:
    """An HTTP response."""

    status: int
    body: str
    headers: Mapping[str, Sequence[str]]


def dispatch(app: "App", body: str, headers: Mapping[str, str], query: str = "") -> Posted:
    """Answer one signed post of Slack's. What is malformed gets a 4xx, whatever is wrong with it."""
    from slack_bolt import BoltRequest

    given = {name.lower(): value for name, value in headers.items()}
    stamp, signature = given.get("x-slack-request-timestamp", ""), given.get("x-slack-signature", "")
    if not (stamp.isascii() and stamp.isdigit() and signature.isascii()):
        return Posted(401, "", {})
    try:
        request = BoltRequest(body=body, query=query, headers=dict(headers))
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError):
        return Posted(400, "", {})
    response = app.dispatch(request)
    return Posted(response.status, response.body or "", response.headers)

"""A small web server in a thread, with limits on everything a client can send or hold."""

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from bot.errors import StrategistError

if TYPE_CHECKING:
    from waitress.server import BaseWSGIServer  # type: ignore[import-untyped]

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

_LONGEST_HEAD = 64 * 1024
_IDLE_S = 30  # a client that sends nothing for so long is hung up on


class Web:
    """Serves a WSGI application between `open` and `close`; port 0 takes any that is free."""

    def __init__(self, app: App, host: str, port: int, threads: int = 4, most_body: int = 1024) -> None:
        self._app = app
        self._host, self._port = host, port
        self._threads, self._most_body = threads, most_body
        self._sockets: dict[int, Any] = {}
        self._server: BaseWSGIServer | None = None
        self._stopping = threading.Event()
        self._loop = threading.Thread(target=self._serve, name="web", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not."""
        return int(self._server.effective_port) if self._server else 0

    @property
    def connected(self) -> bool:
        """Whether requests can arrive."""
        return self._server is not None and not self._stopping.is_set()

    def open(self) -> None:
        """Listen."""
        from waitress import create_server  # type: ignore[import-untyped]

        # It warns of every request that waits for a thread: a burst would fill the log.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._server = create_server(
            self._app,
            map=self._sockets,
            sockets=[_bound(self._host, self._port)],
            threads=self._threads,
            ident="",
            connection_limit=200,
            channel_timeout=_IDLE_S,
            cleanup_interval=5,
            max_request_header_size=_LONGEST_HEAD,
            max_request_body_size=self._most_body + 1,  # it refuses from this size on
            expose_tracebacks=False,
        )
        self._loop.start()

    def close(self) -> None:
        """Stop listening; requests at work are given five seconds."""
        server = self._server
        if server is None or self._stopping.is_set():
            return
        self._stopping.set()
        server.pull_trigger()
        self._loop.join()
        server.task_dispatcher.shutdown()
        for each in list(self._sockets.values()):
            each.close()

    def _serve(self) -> None:
        from waitress import wasyncore

        while not self._stopping.is_set():
            wasyncore.loop(timeout=1.0, map=self._sockets, count=1)


def _bound(host: str, port: int) -> socket.socket:
    made: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError as error:
        if made is not None:
            made.close()
        problem = f"cannot be listened on ({error.strerror})"
        advice = "Choose another address or port, or stop what uses it"
        raise StrategistError(f"{host}:{port}", problem, advice) from error
    return made


def answer(
    start: StartResponse,
    status: str,
    body: str = "",
    kind: str = "text/plain",
    more: Iterable[tuple[str, str]] = (),
) -> list[bytes]:
    """Send one whole response."""
    data = body.encode()
    length = ("Content-Length", str(len(data)))
    start(status, [("Content-Type", f"{kind}; charset=utf-8"), length, *more])
    return [data]

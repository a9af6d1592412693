"""The HTTP side on loopback: one small threaded server, a table of who answers which path."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
_LARGEST = 8 * 1024 * 1024  # bytes of a request


@dataclass(frozen=True, slots=True)
class Request:
    """What came in. Names of headers are in small letters."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def token(self) -> str:
        """The bearer token, if there is one."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes out. Status 0: the connection is cut without a word."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> "Reply":
        """A JSON answer."""
        return cls(status, json.dumps(told).encode(), headers=headers or {})


Answer = Callable[[Request], Reply]


class Server:
    """Serves on 127.0.0.1 until it is stopped. `routes` maps the head of a path to who answers there."""

    def __init__(self, routes: Mapping[str, Answer], port: int = 0) -> None:
        self._server = _Threads(("127.0.0.1", port), _handler(routes))
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="demo-http")
        self._thread.start()

    def stop(self) -> None:
        """Take no more calls, and let those that are running end."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Threads(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for calls that run
    request_queue_size = 256  # bursts of a test are no reason to refuse a connection

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hung up is no news."""


def _handler(routes: Mapping[str, Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_GET(self) -> None:
            self._give(_answer(routes, self._request()))

        def do_POST(self) -> None:
            self._give(_answer(routes, self._request()))

        def log_message(self, format: str, *args: object) -> None:
            """The workspace keeps its own log."""

        def _request(self) -> Request | None:
            size = self.headers.get("content-length", "0")
            if not size.isdigit() or int(size) > _LARGEST:
                return None
            parts = urlsplit(self.path)
            headers = {key.lower(): value for key, value in self.headers.items()}
            body = self.rfile.read(int(size))
            return Request(str(self.command), parts.path, parts.query, headers, body)

        def _give(self, reply: Reply) -> None:
            if not reply.status:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for key, value in {"Content-Type": reply.kind, **reply.headers}.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

    return Handler


def _answer(routes: Mapping[str, Answer], request: Request | None) -> Reply:
    if request is None:
        return Reply(413, b"too large", "text/plain")
    for head, answer in routes.items():
        if request.path.startswith(head):
            return answer(request)
    return Reply(404, b"not found", "text/plain")

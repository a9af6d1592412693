"""Socket Mode: envelopes over web sockets, each to one of them, acknowledgements back, and disconnects."""

import json
import secrets
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.demo.deliveries import Delivery
from bot.demo.directory import APP

if TYPE_CHECKING:
    from websockets.http11 import Request, Response
    from websockets.sync.server import ServerConnection

Json = dict[str, Any]
MOST = 10  # sockets of one app


@dataclass(slots=True)
class Link:
    """One open socket. After a request to move on it gets nothing new."""

    name: str
    connection: "ServerConnection"
    leaving: bool = False


class Sockets:
    """The server. `hear` gets acknowledgements, `arrived` is called for each new socket."""

    tells = False

    def __init__(self, hear: Callable[[str, Json], None], arrived: Callable[[], None]) -> None:
        from websockets.sync.server import serve

        self._hear, self._arrived = hear, arrived
        self._links: list[Link] = []
        self._tickets: set[str] = set()
        self.opened = 0
        self._turn = 0
        self._timers: list[threading.Timer] = []
        self._lock = threading.RLock()
        self._server = serve(
            *(self._serve, "127.0.0.1", 0),
            process_request=self._admit,
            compression=None,
            ping_interval=10,
            ping_timeout=30,
            close_timeout=1,
        )
        self.port = int(self._server.socket.getsockname()[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="demo-sockets")
        self._thread.start()

    def address(self) -> str:
        """A fresh address that lets one socket in."""
        ticket = secrets.token_hex(8)
        with self._lock:
            self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self.port}/link/?ticket={ticket}&app_id={APP}"

    def count(self) -> int:
        """How many sockets are open and take payloads."""
        with self._lock:
            return sum(not each.leaving for each in self._links)

    def carry(self, delivery: Delivery) -> str:
        """Give an envelope to the next socket in turn that takes it."""
        envelope: Json = {"envelope_id": delivery.envelope_id, "type": delivery.kind}
        envelope |= {"payload": delivery.payload, "accepts_response_payload": delivery.kind != "events_api"}
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.reason}
        for link in self._in_turn():
            if self._send(link, envelope):
                return link.name
        return ""

    def disconnect(self, reason: str = "refresh_requested", after: float = 0.5) -> None:
        """Ask every socket to move on, and close it a little later, as Slack does every few hours."""
        with self._lock:
            links, self._turn = list(self._links), 0
            for each in links:
                each.leaving = reason != "warning"
        host = {"host": "applink-demo"}
        for each in links:
            self._send(each, {"type": "disconnect", "reason": reason, "debug_info": host})
        timer = threading.Timer(after, _close, [links])
        self._timers.append(timer)
        timer.start()

    def drop(self) -> None:
        """Cut every socket without a word: what a broken network looks like."""
        with self._lock:
            links = list(self._links)
        for each in links:
            self._cut(each)

    def stop(self) -> None:
        """Close all."""
        for timer in self._timers:
            timer.cancel()
            timer.join()
        with self._lock:
            self._tickets.clear()
        self.drop()
        self._server.shutdown()
        self._thread.join()

    def _admit(self, connection: "ServerConnection", request: "Request") -> "Response | None":
        ticket = request.path.partition("ticket=")[2].partition("&")[0]
        with self._lock:
            if ticket in self._tickets and len(self._links) < MOST:
                self._tickets.discard(ticket)
                return None
        return connection.respond(401, "no such ticket, or too many sockets\n")

    def _serve(self, connection: "ServerConnection") -> None:
        from websockets.exceptions import ConnectionClosed

        with self._lock:
            self.opened += 1
            link = Link(f"socket-{self.opened}", connection)
        try:
            self._greet(link)
            for text in connection:
                self._read(text)
        except ConnectionClosed:
            pass
        finally:
            with self._lock:
                self._links = [each for each in self._links if each is not link]

    def _greet(self, link: Link) -> None:
        debug = {"host": "applink-demo", "build_number": 1, "approximate_connection_time": 18060}
        hello = {"type": "hello", "num_connections": self.count() + 1, "debug_info": debug}
        link.connection.send(json.dumps(hello | {"connection_info": {"app_id": APP}}))
        with self._lock:
            self._links.append(link)
        self._arrived()

    def _read(self, text: str | bytes) -> None:
        try:
            told = json.loads(text)
        except ValueError:
            return
        if isinstance(told, dict) and "envelope_id" in told:
            self._hear(str(told["envelope_id"]), told.get("payload") or {})

    def _in_turn(self) -> list[Link]:
        with self._lock:
            open_ones = [each for each in self._links if not each.leaving]
            self._turn += 1
            at = self._turn % len(open_ones) if open_ones else 0
            return open_ones[at:] + open_ones[:at]

    def _send(self, link: Link, envelope: Json) -> bool:
        from websockets.exceptions import ConnectionClosed

        try:
            link.connection.send(json.dumps(envelope))
        except ConnectionClosed:
            return False
        return True

    def _cut(self, link: Link) -> None:
        with self._lock:
            self._links = [each for each in self._links if each is not link]
        try:
            link.connection.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _close(links: list[Link]) -> None:
    for each in links:
        each.connection.close()

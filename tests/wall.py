"""The wall: one server on loopback that speaks every vendor's protocol, and misbehaves on command.

    with Wall() as wall:
        claude = wall.vendor("claude", via="anthropic")
        wall.script("claude", ["503", "ok"])       # the first call fails, the next and all later ones do not
        wall.always("gpt", "hang")
        wall.answer("gpt", "OpenAI loses money [p1].")
        ...
        assert wall.count("claude") == 2           # what came in: wall.requests, wall.to("claude")

Names are a vendor's or a model's; the vendor's counts first. A model called "anything--503" fails by itself.
FAULTS lists what it can do. "429:86400" is a 429 with that Retry-After.
"""

import json
import re
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from wall_protocols import HTML, SAID, Reply, route, streams

from bot.models.vendor import Price, Vendor

TEXT = (
    "OpenAI earns far less than it spends, so its future is open [p1]. A second vendor limits the risk [p1]."
)
FAULTS = {
    "ok": "the answer",
    "401": "the key is refused",
    "403": "the key may not use this model",
    "404": "no such model",
    "429": "too many requests, no Retry-After; 429:N sends one",
    "quota": "429, but the account is empty",
    "500": "an error of the server",
    "503": "not available",
    "529": "overloaded",
    "400": "a request it does not understand",
    "413": "a request too large",
    "context": "400, the prompt is too long",
    "filter": "400, or as the vendor says it: the prompt is blocked",
    "hang": "no answer at all, not even headers",
    "slow": "headers, and the first text only after wall.slow_s",
    "stall": "half an answer, then silence",
    "trickle": "chunks without text, without end",
    "cut": "half an answer, then the connection is reset",
    "truncated": "half an answer, then a clean end without a reason",
    "malformed": "half an answer, then a chunk that is no JSON",
    "empty": "a clean end without any text",
    "finish-filter": "half an answer, ended by the content filter",
    "refusal": "half an answer, ended because the model will not",
    "length": "the answer, cut off by its own limit",
    "error-event": "half an answer, then an error inside the stream",
    "reset": "the connection is reset before anything is sent",
    "html": "200 and a web page instead of an answer",
    "redirect": "307 to another host",
}
_PATHS = {"openai": "/v1", "mistral": "/v1", "openai-compatible": "/v1", "azure": "/openai/v1"}
_OWNERS = {"azure": "openai", "foundry": "microsoft", "foundry-anthropic": "anthropic", "gemini": "google"}
_OWNERS |= {"ollama": "self-hosted", "openai-compatible": "self-hosted", "bedrock": "amazon"}
_HEADERS = ("authorization", "api-key", "x-api-key", "x-goog-api-key")
_PATIENCE = 30.0  # seconds after which the wall gives up a caller that never leaves

Plan = Callable[["Request"], str]


@dataclass
class Request:
    """One request as the wall saw it. `sent`: the text that went out; `whole`: all of it and a good end."""

    vendor: str
    via: str
    protocol: str
    path: str
    model: str
    body: dict
    headers: dict[str, str]
    stream: bool
    at: float = field(default_factory=time.monotonic)
    fault: str = ""
    sent: str = ""
    whole: bool = False
    closed_early: bool = False
    over: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def key(self):
        """The key that came with it, if one did."""
        return next((self.headers[each] for each in _HEADERS if each in self.headers), "")

    @property
    def prompt(self):
        """Everything it was asked, as one text."""
        return json.dumps(self.body, ensure_ascii=False)


class Wall:
    """The server; `with Wall() as wall`. `pace_s` is the pause between two pieces of text."""

    def __init__(self, pace_s=0.0, slow_s=5.0):
        self.pace_s, self.slow_s = pace_s, slow_s
        self.elsewhere = ""  # where "redirect" points to; its own /elsewhere when empty
        self.requests: list[Request] = []
        self._plans: dict[str, list[str] | Plan] = {}
        self._always: dict[str, str] = {}
        self._answers: dict[str, str | Callable[[Request], str]] = {}
        self._vias: dict[str, str] = {}
        self._lock = threading.Lock()

    def __enter__(self):
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="wall")
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.stop()
        self._thread.join()

    def vendor(self, name, via="openai", model="", **fields):
        """A vendor whose address is this wall: impatient, with a dummy key, a price, and in the EU."""
        self._vias[name] = via
        given = {
            "name": name, "via": via, "model": model or f"{name}-model", "owner": _OWNERS.get(via, via),
            "base_url": f"{self.url}/{name}{_PATHS.get(via, '')}", "key": f"sk-wall-{name}",
            "regions": {"eu"}, "max_confidentiality": "internal", "first_token_s": 0.4, "gap_s": 0.3,
            "price": Price(input=Decimal(2), output=Decimal(8), seen=date(2026, 11, 1)),
        }  # fmt: skip
        return Vendor.model_validate(given | fields)

    def answer(self, name, text):
        """What a vendor or model answers from now on: a text, or a function of the request."""
        self._answers[name] = text

    def script(self, name, faults):
        """What the next calls of a vendor or model meet, in order; or a function of the request."""
        self._plans[name] = faults if callable(faults) else list(faults)

    def always(self, name, fault):
        """What every call of a vendor or model meets once its script is used up."""
        self._always[name] = fault

    def to(self, name):
        """The requests that came for a vendor or a model."""
        with self._lock:
            return [each for each in self.requests if name in (each.vendor, each.model)]

    def count(self, name):
        """How many requests came for a vendor or a model."""
        return len(self.to(name))

    def left(self, name, seconds=5.0):
        """Whether the caller of the last request to it closed the connection before the wall was done."""
        last = self.to(name)[-1]
        return last.over.wait(seconds) and last.closed_early

    def taken(self, request):
        """Log a request and say which fault it meets, in one step: scripts are in the order of the log."""
        with self._lock:
            self.requests.append(request)
            request.fault = next(self._faults(request))
        return request.fault

    def _faults(self, request):
        for name in (request.vendor, request.model):
            plan = self._plans.get(name)
            if callable(plan):
                yield plan(request)
            elif plan:
                yield plan.pop(0)
            if name in self._always:
                yield self._always[name]
        fault = request.model.rpartition("--")[2]
        yield fault if fault.partition(":")[0] in FAULTS else "ok"

    def reply(self, request, fault):
        """What is said to a request under a fault: all of the answer or half of it, and how it ends."""
        found = self._answers.get(request.vendor) or self._answers.get(request.model) or TEXT
        pieces = tuple(re.findall(r"\S+\s*|\s+", found(request) if callable(found) else found))
        finish = {"finish-filter": "filter", "refusal": "refusal", "length": "length", "truncated": ""}
        if fault in ("stall", "cut", "truncated", "malformed", "finish-filter", "refusal", "error-event"):
            pieces = pieces[: max(len(pieces) // 2, 1)]
        if fault == "empty" or (
            fault == "refusal" and request.protocol not in ("messages", "gemini", "ollama")
        ):
            pieces = ()  # chat completions and Responses refuse in a field of its own, without text
        tokens = (len(request.prompt) // 4, len(pieces))
        return Reply(request.model, pieces, finish.get(fault, "stop"), tokens)

    def named(self, path):
        """The vendor's name at the head of a path, and how it was said to be reached."""
        name = path.strip("/").partition("/")[0]
        return (name, self._vias[name]) if name in self._vias else ("", "")


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them: nothing outlives the test
    request_queue_size = 128

    def __init__(self, wall):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.wall = wall
        self.stopping, self._stopper = socket.socketpair()  # readable, for everybody who waits, at the end
        self._open: set[socket.socket] = set()

    def process_request(self, request, client_address):
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """Callers leave in the middle: that is what they are here for."""

    def stop(self):
        self._stopper.close()
        self.shutdown()
        for each in tuple(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self.stopping.close()


class _Gone(Exception):
    """The caller closed the connection, or the wall is being taken down."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _PATIENCE
    server: _Server

    def log_message(self, *_):
        """Nothing on the test's screen."""

    def do_GET(self):
        """Nobody asks a model like this: it is logged, and found nowhere."""
        self.do_POST()

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        path = unquote(self.path.partition("?")[0])
        name, via = self.server.wall.named(path)
        found = route(path, via)
        body = json.loads(raw or b"{}") if found else {}
        protocol, self._speech, parts = found or ("", None, {})
        model = parts.get("model") or body.get("model", "")
        headers = {key.lower(): value for key, value in self.headers.items()}
        stream = streams(protocol, body, parts) if found else False
        self._asked = Request(name, via, protocol, self.path, model, body, headers, stream)
        fault = self.server.wall.taken(self._asked)
        try:
            self._serve(fault) if found else self._plain(404, {"error": "no such path"})
        except (_Gone, OSError):
            self._asked.closed_early = True
            self.close_connection = True
        finally:
            self._asked.over.set()

    def _serve(self, fault):
        kind, _, seconds = fault.partition(":")
        if kind == "hang":
            self._wait(_PATIENCE)
        elif kind == "reset":
            self._reset()
        elif kind == "redirect":
            elsewhere = self.server.wall.elsewhere or f"{self.server.wall.url}/elsewhere/v1"
            self._plain(307, {}, {"Location": f"{elsewhere}/chat/completions"})
        elif kind == "html":
            self._send(200, HTML, "text/html")
        elif kind in SAID:
            self._complain(kind, seconds)
        elif self._asked.stream:
            self._stream(kind)
        else:
            self._whole(kind)

    def _complain(self, kind, seconds):
        reply = self.server.wall.reply(self._asked, kind)
        if kind == "filter" and self._speech.blocks_prompt:
            blocked = self._speech.blocked(reply)
            if not self._asked.stream:
                return self._plain(200, blocked)
            self._begin()
            self._chunk(f"data: {json.dumps(blocked)}\n\n".encode())
            return self._chunk(b"")
        said = SAID[kind].format(key=self._asked.key)
        body = self._speech.complaint(kind, said, int(seconds) if seconds else None)
        return self._plain(self._speech.status(kind), body, {"Retry-After": seconds} if seconds else {})

    def _whole(self, kind):
        reply = self.server.wall.reply(self._asked, kind)
        body = json.dumps(self._speech.whole(reply)).encode()
        if kind in ("slow", "stall", "trickle"):
            self._wait(self.server.wall.slow_s)
        if kind == "malformed":
            return self._send(200, body[: len(body) // 2])
        if kind == "error-event":
            return self._complain("500", "")
        if kind == "cut":
            self._head(200, "application/json", {"Content-Length": str(len(body))})
            self.wfile.write(body[: len(body) // 2])
            return self._reset()
        # Noted before it goes out: the client may look as soon as it has the last byte.
        self._asked.sent, self._asked.whole = reply.text, reply.finish == "stop" and bool(reply.text)
        return self._send(200, body)

    def _stream(self, kind):
        wall, speech, asked = self.server.wall, self._speech, self._asked
        reply = wall.reply(asked, kind)
        self._begin()
        for each in speech.opening(reply):
            self._chunk(each)
        if kind == "slow":
            self._wait(wall.slow_s)
        self._trickle(reply) if kind == "trickle" else self._pieces(reply)
        if kind == "stall":
            self._wait(_PATIENCE)
        if kind == "cut":
            return self._reset()
        if kind in ("malformed", "error-event"):
            self._chunk(speech.malformed if kind == "malformed" else speech.trouble(reply))
        elif reply.finish:
            asked.whole = reply.finish == "stop" and bool(reply.text)
            self._chunk(b"".join(speech.ending(reply, asked.body)))
        return self._chunk(b"")

    def _pieces(self, reply):
        for each in reply.pieces:
            self._wait(self.server.wall.pace_s)
            self._chunk(self._speech.piece(reply, each))
            self._asked.sent += each

    def _trickle(self, reply):
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            self._chunk(self._speech.nothing(reply))
            self._wait(0.1)

    def _begin(self):
        self._head(200, self._speech.media, {"Transfer-Encoding": "chunked"})

    def _chunk(self, data):
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _plain(self, status, value, headers=None):
        self._send(status, json.dumps(value).encode(), "application/json", headers)

    def _send(self, status, data, media="application/json", headers=None):
        self._head(status, media, {"Content-Length": str(len(data)), **(headers or {})})
        self.wfile.write(data)

    def _head(self, status, media, headers):
        self.send_response(status)
        for name, value in {"Content-Type": media, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _wait(self, seconds):
        """Wait, unless the caller leaves or the wall is taken down; no polling."""
        ready, _, _ = select.select([self.connection, self.server.stopping], [], [], seconds)
        if ready:
            raise _Gone

    def _reset(self):
        """Close with a reset, not with the polite end of a connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.rfile.close()  # it holds the socket open
        self.connection.close()

"""/healthz: whether this process does its work, for whatever watches over it. On loopback only."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.serve.web import Environ, StartResponse, Web, answer

_PATIENCE_S = 2.0  # a part that hangs must not make the watcher wait
_HOST = "127.0.0.1"
_INQUIRY_S = 5.0


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the parts are asked. Each may raise, and each may hang: then it counts as not known.

    `owner` says who owns the index, `vendors` how each vendor stands; both are told, and judged by nobody.
    """

    connected: Callable[[], bool]
    pending: Callable[[], int]
    owner: Callable[[], str] = lambda: ""
    vendors: Callable[[], Mapping[str, Any]] = dict


class Health:
    """The application: 200 while questions can come in and be kept, otherwise 503, with the same JSON."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals
        self._stopping = False

    def stopping(self) -> None:
        """From now on say 503: no more work should be sent here."""
        self._stopping = True

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        """Answer GET and HEAD of /healthz; anything else is refused."""
        if environ["PATH_INFO"] != "/healthz":
            return answer(start, "404 Not Found")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return answer(start, "405 Method Not Allowed", more=[("Allow", "GET, HEAD")])
        found = self.report()
        status = "200 OK" if found["ok"] else "503 Service Unavailable"
        return answer(start, status, json.dumps(found), "application/json", [("Cache-Control", "no-store")])

    def report(self) -> dict[str, Any]:
        """What is told. A null is something that could not be found out in time."""
        asked = {
            "connected": self._vitals.connected,
            "index_owner": self._vitals.owner,
            "pending": self._vitals.pending,
            "vendors": self._vitals.vendors,
        }
        found = _all(asked)
        well = bool(found["connected"]) and found["pending"] is not None and not self._stopping
        return {"ok": well, "alive": True, "stopping": self._stopping, **found}


def serve_health(health: Health, port: int) -> Web:
    """The server for it, not open yet."""
    return Web(health, _HOST, port, threads=2)


def inquire(port: int) -> dict[str, Any]:
    """What a running service on this machine says of itself; `ok` is false when none can be reached."""
    from urllib.error import HTTPError
    from urllib.request import urlopen

    try:
        with urlopen(f"http://{_HOST}:{port}/healthz", timeout=_INQUIRY_S) as reply:
            found = json.load(reply)
    except HTTPError as error:  # 503 has the same report
        with error:
            found = _read(error.read())
    except (OSError, ValueError):
        found = {"ok": False, "alive": False}
    return found if isinstance(found, dict) and "ok" in found else {"ok": False, "alive": False}


def _read(data: bytes) -> object:
    try:
        return json.loads(data)
    except ValueError:
        return None


def _all(asked: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """All at once, each in a thread of its own, so that one that hangs holds nothing up."""
    found: dict[str, Any] = dict.fromkeys(asked)

    def ask(name: str, function: Callable[[], Any]) -> None:
        # Whatever goes wrong there is that part's own to report; here it is not known.
        try:
            value = function()
            json.dumps(value)
        except Exception:
            value = None
        found[name] = value

    threads = [threading.Thread(target=ask, args=each, daemon=True) for each in asked.items()]
    until = time.monotonic() + _PATIENCE_S
    for each in threads:
        each.start()
    for each in threads:
        each.join(max(0.0, until - time.monotonic()))
    return dict(found)

"""HTTP mode: signed posts to the app's request URL, and what its answers mean."""

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from bot.demo.deliveries import Delivery

Json = dict[str, Any]
_AT_ONCE = 32  # posts that may be on their way
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


class RequestUrl:
    """Posts deliveries to one URL. `acked` and `failed` are the courier's."""

    tells = True

    def __init__(
        self,
        url: str,
        secret: str,
        seconds: float,
        acked: Callable[[str, Json], None],
        failed: Callable[[str, str, bool], None],
    ) -> None:
        self.url, self.secret, self.seconds = url, secret, seconds
        self._acked, self._failed = acked, failed
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="demo-post")

    def carry(self, delivery: Delivery) -> str:
        """Post it in the background."""
        self._pool.submit(self._post, delivery)
        return self.url

    def verify(self) -> bool:
        """Slack's handshake with a new request URL: it has to give a challenge back."""
        challenge = hashlib.sha256(self.secret.encode()).hexdigest()[:24]
        told = {"token": "demo", "challenge": challenge, "type": "url_verification"}
        status, _, body = self._call(json.dumps(told).encode(), _JSON, {})
        return status == 200 and challenge.encode() in body

    def stop(self) -> None:
        """Let posts on their way end."""
        self._pool.shutdown(wait=True)

    def _post(self, delivery: Delivery) -> None:
        events = delivery.kind == "events_api"
        extra = {}
        if delivery.attempt:
            extra = {"x-slack-retry-num": str(delivery.attempt), "x-slack-retry-reason": delivery.reason}
        body = json.dumps(delivery.payload).encode() if events else form(delivery.kind, delivery.payload)
        status, headers, told = self._call(body, _JSON if events else _FORM, extra)
        if 200 <= status < 300:
            self._acked(delivery.envelope_id, _read(told))
        else:
            reason = "http_error" if status > 0 else "http_timeout" if status == 0 else "connection_failed"
            self._failed(delivery.envelope_id, reason, headers.get("x-slack-no-retry") == "1")

    def _call(self, body: bytes, kind: str, extra: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status (0: no answer in time, -1: no connection), headers and body."""
        headers = {"Content-Type": kind, **signed(self.secret, body, int(time.time())), **extra}
        request = urllib.request.Request(self.url, body, headers)  # noqa: S310 - the app's own URL
        try:
            with _OPENER.open(request, timeout=self.seconds) as answer:
                return answer.status, _small(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _small(error.headers), error.read()
        except TimeoutError:
            return 0, {}, b""
        except OSError as error:
            late = isinstance(getattr(error, "reason", None), TimeoutError)
            return 0 if late else -1, {}, b""


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _small(headers: Any) -> dict[str, str]:  # noqa: ANN401 - email.message.Message
    return {str(key).lower(): str(value) for key, value in headers.items()}


def signed(secret: str, body: bytes, at: int) -> dict[str, str]:
    """The headers that prove where a post comes from."""
    base = b"v0:" + str(at).encode() + b":" + body
    signature = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": signature}


def form(kind: str, payload: Json) -> bytes:
    """A command as a flat form, an interaction as one field of JSON."""
    return urlencode(payload if kind == "slash_commands" else {"payload": json.dumps(payload)}).encode()


def _read(body: bytes) -> Json:
    """What came with the acknowledgement: JSON, or plain text."""
    text = body.decode("utf-8", "replace").strip()
    try:
        told = json.loads(text or "{}")
    except ValueError:
        return {"text": text}
    return told if isinstance(told, dict) else {"text": text}

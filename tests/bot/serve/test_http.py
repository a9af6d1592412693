import contextlib
import hashlib
import hmac
import http.client
import json
import logging
import random
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest

from bot.errors import StateError
from bot.serve.http import MOST_BYTES, Front, serve_slack

SECRET, PATH = "8f742231b10e8888abcd99yyyzzz85a5", "/slack/events"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Posted:
    status: int = 200
    body: str = "ok"
    headers: dict = field(default_factory=lambda: {"content-type": ["text/plain;charset=utf-8"]})


class Door:
    """The server, and somebody who posts to it."""

    def __init__(self):
        self.taken, self.reply, self.now = [], Posted(), time.time()
        front = Front(SECRET, self.receive, clock=lambda: self.now)
        self.web = serve_slack(front, "127.0.0.1", 0)

    def receive(self, body, headers):
        self.taken.append((body, headers))
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def raw(self, body=b"", headers=None, path=PATH, method="POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode(), dict(response.getheaders())
        finally:
            connection.close()

    def post(self, body, kind=JSON, age=0, secret=SECRET, **headers):
        body = body if isinstance(body, bytes) else body.encode()
        stamp = str(int(self.now) - age)
        signed = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        given = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signed}",
            "Content-Type": kind,
        }
        return self.raw(body, given | headers)[0]


@pytest.fixture
def door():
    made = Door()
    made.web.open()
    yield made
    made.web.close()


def test_what_slack_signed_is_handed_on_as_it_came(door):
    body = json.dumps({"type": "event_callback", "text": "ä \U0001f600 <!channel>"}, ensure_ascii=False)
    assert door.post(body, **{"X-Slack-Retry-Num": "1"}) == 200
    [(text, headers)] = door.taken
    assert text == body
    assert headers["x-slack-retry-num"] == "1"
    assert headers["content-type"] == JSON


def test_commands_and_buttons_come_as_forms(door):
    assert door.post(urlencode({"command": "/strategy", "text": "ask ä?"}), FORM + "; charset=utf-8") == 200
    assert door.post(urlencode({"payload": json.dumps({"type": "block_actions"})}), FORM) == 200
    assert len(door.taken) == 2


def test_the_answer_goes_back_with_its_headers(door):
    door.reply = Posted(202, '{"challenge": "ä"}', {"Content-Type": [JSON], "X-Slack-No-Retry": ["1", "2"]})
    body = b"{}"
    stamp = str(int(door.now))
    signed = hmac.new(SECRET.encode(), f"v0:{stamp}:{{}}".encode(), hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signed}", "Content-Type": JSON}
    status, text, found = door.raw(body, headers)
    assert (status, text) == (202, '{"challenge": "ä"}')
    assert found["Content-Type"].startswith(JSON)
    assert found["X-Slack-No-Retry"] in ("1", "2", "1, 2")


@pytest.mark.parametrize(("age", "status"), [(0, 200), (299, 200), (-299, 200), (302, 401), (-302, 401)])
def test_a_post_is_good_for_five_minutes(door, age, status):
    assert door.post("{}", age=age) == status
    assert len(door.taken) == (status == 200)


@pytest.mark.parametrize("stamp", ["", "abc", "1.5", "-1", "²", "٣", "1e9", "9" * 400, "0x10", " "])
def test_a_timestamp_that_is_no_number_is_refused(door, stamp):
    given = {"X-Slack-Request-Timestamp": stamp.encode(), "X-Slack-Signature": "v0=00", "Content-Type": JSON}
    assert door.raw(b"{}", given)[0] == 401


@pytest.mark.parametrize("signature", ["", "v0=", "v1=00", "v0=ä", "ÿ" * 67, "v0=" + "0" * 64])
def test_a_signature_that_is_none_is_refused(door, signature):
    given = {
        "X-Slack-Request-Timestamp": str(int(door.now)),
        "X-Slack-Signature": signature.encode(),
        "Content-Type": JSON,
    }
    assert door.raw(b"{}", given)[0] == 401
    assert not door.taken


def test_another_secret_or_another_body_is_refused(door):
    assert door.post("{}", secret="another") == 401
    assert Front("", lambda *_: Posted())._secret == b""
    assert not door.taken


def test_without_a_secret_nothing_is_let_in():
    empty = Door()
    empty.web = serve_slack(Front("", empty.receive, clock=lambda: empty.now), "127.0.0.1", 0)
    empty.web.open()
    assert empty.post("{}", secret="") == 401
    empty.web.close()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("[1]", JSON, 400),
        ('"text"', JSON, 400),
        ("{", JSON, 400),
        ("", JSON, 400),
        (b"\xff\xfe{}", JSON, 400),
        ('{"a":' * 2000 + "1" + "}" * 2000, JSON, 400),
        ("[" * 100_000, JSON, 400),
        ('{"a":' + "[" * 150 + "]" * 150 + "}", JSON, 400),
        ("payload=%7B", FORM, 400),
        ("payload=[1]", FORM, 400),
        ("payload=%FF", FORM, 400),
        ("&".join(f"a{n}=1" for n in range(300)), FORM, 400),
        ("", FORM, 400),
        ("{}", "text/xml", 415),
        ("{}", "multipart/form-data", 415),
        ("{}", "", 415),
    ],
)
def test_what_is_signed_must_be_sound_too(door, body, kind, status):
    assert door.post(body, kind) == status
    assert not door.taken


def test_what_is_too_long_is_hung_up_on_unread(door):
    assert door.post(json.dumps({"a": "x" * (MOST_BYTES - 9)})) == 200
    [(text, _)] = door.taken
    assert len(text) == MOST_BYTES
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may hang up while we still send
        assert door.post("x" * (MOST_BYTES + 1)) == 413
    assert len(door.taken) == 1


def test_other_paths_and_methods_are_refused(door):
    assert door.raw(path="/")[0] == 404
    assert door.raw(method="GET")[0] == 405


@pytest.mark.parametrize(
    ("error", "status"), [(StateError("jobs", "stopping"), 503), (KeyError("geheim"), 500)]
)
def test_what_could_not_be_kept_is_not_acknowledged(door, error, status, caplog):
    door.reply = error
    assert door.post('{"text": "geheim"}') == status
    assert "geheim" not in caplog.text
    assert type(error).__name__ in caplog.text


def test_a_thousand_junk_requests_are_refused_and_quoted_nowhere(door, caplog):
    caplog.set_level(logging.DEBUG)
    chance = random.Random(1000)
    statuses = set()
    for number in range(1000):
        marked = b"geheim" + chance.randbytes(chance.randrange(200))
        headers = {
            "Content-Type": chance.choice([JSON, FORM, "text/plain", "\xff", JSON + "; charset=x"]),
            "X-Slack-Request-Timestamp": chance.choice(["", "x", str(int(door.now)), "\xb2", "-5", "9" * 30]),
            "X-Slack-Signature": chance.choice(["", "v0=" + "a" * 64, "\xe4", "v0=" + "9" * 5000]),
            "X-Junk": chance.randbytes(20).hex(),
        }
        if number % 10 == 0:
            body = chance.choice([b'{"geheim":' * 1000, b"geheim", b'"geheim"', b"\xffgeheim", b"[geheim"])
            statuses.add(door.post(body, chance.choice([JSON, FORM])))
        else:
            statuses.add(
                door.raw(marked, {name: value.encode("latin-1") for name, value in headers.items()})[0]
            )
    assert all(400 <= status < 500 for status in statuses), statuses
    assert not door.taken
    assert "geheim" not in caplog.text
    assert len(caplog.records) < 10
    assert all(len(record.getMessage()) < 300 for record in caplog.records)

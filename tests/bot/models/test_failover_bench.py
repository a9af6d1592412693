"""The sixteen faults of Failover Bench (github.com/failoverbench/failoverbench, MIT), told in our own words.

Its scorecard of 2026-09-12 has LangChain's with_fallbacks at 9 of 16 passes. Each case here asks for what the
catalogue calls right, advisory checks included; waits are shorter, and an hour passes on a clock of ours.
"""

import json
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from threading import Thread

import pytest
from speakers import NEED, PROMPT, FakeClock, MemoryLedger
from wall import TEXT, Wall

from bot.models.failover import Gateway, Limits
from bot.models.vendors import connect

FIRST_TEXT_S, GAP_S = 1.0, 0.8


@dataclass
class Bench:
    """The primary vendor "a", its fallback "b", and what one question to them brought."""

    wall: Wall
    clock: FakeClock

    def __post_init__(self):
        fields = {"first_token_s": FIRST_TEXT_S, "gap_s": GAP_S}
        self.a = self.wall.vendor("a", **fields)
        self.b = self.wall.vendor("b", context_tokens=900_000, **fields)
        limits = Limits(deadline_s=20)
        self.gateway = Gateway([self.a, self.b], connect, limits, MemoryLedger(), self.clock.clock())
        self.gateway.prepare()

    def ask(self):
        began = time.monotonic()
        self.written = self.gateway.write(lambda _: PROMPT, NEED, lambda _: None)
        self.seconds = time.monotonic() - began
        return self.written

    @property
    def by(self):
        """Who wrote the whole answer; "" when the question went to the floor."""
        assert self.written.text in ("", TEXT)
        return self.written.vendor.name if self.written.text else ""

    @property
    def gaps(self):
        """Seconds between the calls of the primary."""
        return [after.at - before.at for before, after in pairwise(self.wall.to("a"))]

    def calls(self, name="a"):
        return self.wall.count(name)

    def alive(self):
        self.wall.always("a", "ok")
        self.wall.always("b", "ok")
        return bool(self.ask().text)


@pytest.fixture
def bench():
    with Wall(slow_s=5) as wall:
        made = Bench(wall, FakeClock())
        yield made
        made.gateway.close()


def s01_429_with_retry_after(bench):
    """The wait it asks for is kept, and it is asked again."""
    bench.wall.script("a", ["429:2"])
    bench.ask()
    return bench.by == "a" and bench.calls() == 2 and bench.gaps[0] >= 1.8


def s02_429_for_good(bench):
    """No hammering; the next one answers."""
    bench.wall.always("a", "429")
    bench.ask()
    return bench.by == "b" and bench.calls() <= 2


def s03_500_once(bench):
    """The same vendor, once more."""
    bench.wall.script("a", ["500"])
    bench.ask()
    return bench.by == "a" and bench.calls() == 2


def s04_503_for_good(bench):
    """The next one answers after few calls."""
    bench.wall.always("a", "503")
    bench.ask()
    return bench.by == "b" and bench.calls() <= 2


def s05_reset_before_headers(bench):
    """Somebody answers."""
    bench.wall.script("a", ["reset"])
    bench.ask()
    return bench.by in ("a", "b")


def s06_no_response(bench):
    """The silent vendor is not asked twice, and waited for once."""
    bench.wall.always("a", "hang")
    bench.ask()
    return bench.by == "b" and bench.calls() == 1 and bench.seconds < FIRST_TEXT_S + 2


def s07_slow_first_token(bench):
    """A limit for the first text."""
    bench.wall.always("a", "slow")
    bench.ask()
    return bench.by == "b" and bench.seconds < FIRST_TEXT_S + 2


def s08_cut_in_mid_answer(bench):
    """The whole answer of another, no half one."""
    bench.wall.always("a", "cut")
    bench.ask()
    return bench.by == "b"


def s09_stall(bench):
    """Noticed in time, and fit for the next question."""
    bench.wall.always("a", "stall")
    bench.ask()
    return bench.by == "b" and bench.seconds < FIRST_TEXT_S + GAP_S + 2 and bench.alive()


def s10_malformed_chunk(bench):
    """Nothing of it is shown, and all goes on."""
    bench.wall.always("a", "malformed")
    bench.ask()
    return bench.by == "b" and bench.alive()


def s11_no_done(bench):
    """A whole answer without the last formality is whole, at once, with its count of tokens."""
    with _WithoutDone() as url:
        vendor = bench.a.model_copy(update={"name": "c", "base_url": url})
        gateway = Gateway([vendor], connect, Limits(deadline_s=9), MemoryLedger())
        began = time.monotonic()
        written = gateway.write(lambda _: PROMPT, NEED, lambda _: None)
        gateway.close()
    prompt = time.monotonic() - began < FIRST_TEXT_S
    return written.text == "All of it." and written.attempts[0].tokens_out == 3 and prompt


def s12_context_length(bench):
    """Not the same model again; the one that reads more."""
    bench.wall.always("a", "context")
    bench.ask()
    return bench.by == "b" and bench.calls() == 1


def s13_content_filter(bench):
    """Its reason is told, and nobody goes around it."""
    bench.wall.always("a", "filter")
    [skipped] = bench.ask().skipped
    return bench.by == "" and (bench.calls(), bench.calls("b")) == (1, 0) and "filter" in skipped.reason


def s14_no_prefill(bench):
    """The fallback begins anew: the last thing it hears is the user, not half an answer."""
    bench.wall.always("a", "cut")
    bench.ask()
    [request] = bench.wall.to("b")
    return bench.by == "b" and request.body["messages"][-1]["role"] == "user" and bench.calls("b") == 1


def s15_flapping(bench):
    """Down for a minute: everybody is served, few calls are wasted, and it is used again soon after."""
    begun = bench.clock.now
    bench.wall.script("a", lambda _: "503" if bench.clock.now - begun < 60 else "ok")
    by = []
    for _ in range(20):
        bench.ask()
        by.append((bench.clock.now - begun, bench.by))
        bench.clock.forward(4)
    during = [name for at, name in by if at < 60]
    back = next(at for at, name in by if name == "a")
    wasted = sum(each.fault == "503" for each in bench.wall.to("a"))
    return set(during) == {"b"} and back < 90 and by[-1][1] == "a" and wasted <= 4


def s16_accounting(bench):
    """The answer is the fallback's in name, tokens and dollars; what failed is not billed."""
    bench.wall.always("a", "503")
    written = bench.ask()
    *failed, done = written.attempts
    billed = done.usd == bench.b.price.of(done.tokens_in, done.tokens_out) and done.tokens_out > 0
    return bench.by == "b" and done.model == "b-model" and billed and not any(each.usd for each in failed)


CASES = (
    s01_429_with_retry_after, s02_429_for_good, s03_500_once, s04_503_for_good, s05_reset_before_headers,
    s06_no_response, s07_slow_first_token, s08_cut_in_mid_answer, s09_stall, s10_malformed_chunk, s11_no_done,
    s12_context_length, s13_content_filter, s14_no_prefill, s15_flapping, s16_accounting,
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.__name__.partition("_")[0].upper())
def test_failover_bench(bench, case):
    assert case(bench), case.__doc__


class _WithoutDone:
    """A server whose streams end well, but without the line that says so once more."""

    def __enter__(self):
        self._server = HTTPServer(("127.0.0.1", 0), _Short)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Short(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing on the test's screen."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
        for delta, finish, count in (({"content": "All of it."}, None, None), ({}, "stop", usage)):
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            chunk = {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "m",
                "choices": [choice],
            }
            self.wfile.write(f"data: {json.dumps(chunk | {'usage': count})}\n\n".encode())

"""Signals to a whole process: nothing that was accepted is lost, and the exit is clean and in time."""

import http.client
import json
import multiprocessing
import os
import signal
import threading
import time

import pytest
from serving import run

PATIENCE = 60


class Served:
    """The process, from outside."""

    def __init__(self, home, way="", stop_s=12.0):
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["working", "serving"])
        self.talk, end = context.Pipe()
        arguments = (end, f"sqlite:///{home}/jobs.db", str(home / "done"), way, stop_s)
        self.process = context.Process(target=run, args=arguments)
        self.process.start()
        end.close()

    def hear(self):
        assert self.talk.poll(PATIENCE)
        return self.talk.recv()

    def accept(self, key, seconds=0.0):
        self.talk.send((key, seconds))
        return self.hear()[1]

    def signal(self, number=signal.SIGTERM):
        os.kill(self.process.pid, number)

    def end(self):
        self.process.join(PATIENCE)
        if self.process.is_alive():
            self.process.kill()
        self.talk.close()
        return self.process.exitcode


@pytest.fixture
def start(tmp_path):
    started = []

    def made(*arguments):
        started.append(Served(tmp_path, *arguments))
        assert started[-1].hear()[0] == "ready"
        return started[-1]

    yield made
    for each in started:
        each.process.kill()
        each.end()


@pytest.fixture
def done(tmp_path):
    path = tmp_path / "done"
    return lambda: sorted(path.read_text().splitlines()) if path.exists() else []


def until(holds):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        threading.Event().wait(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_open_is_finished_before_the_exit(start, done, number):
    served = start()
    for key in ("a", "b", "c"):
        assert served.accept(key, 1.0) is True
    until(lambda: len([line for line in done() if line.startswith("begin")]) == 3)
    started = time.monotonic()
    served.signal(number)
    assert served.end() == 0
    assert time.monotonic() - started < 15
    expected = [f"{step} {key}" for step in ("begin", "post") for key in "abc"]
    assert done() == sorted([*expected, "closed all", "swept up"])


def test_stops_one_after_the_other_lose_nothing(start, done, request):
    rounds = 20 if request.config.getoption("--full-size") else 3
    for number in range(rounds):
        served = start("", 0.2)
        for each in range(5):
            served.accept(f"{number}-{each}", 0.5)
        started = time.monotonic()
        served.signal()
        assert served.end() == 0
        assert time.monotonic() - started < 15
    served = start()
    until(lambda: len([line for line in done() if line.startswith("post")]) >= 5 * rounds)
    served.signal()
    assert served.end() == 0
    posts = [line for line in done() if line.startswith("post")]
    assert posts == sorted(f"post {number}-{each}" for number in range(rounds) for each in range(5))


def test_while_it_stops_it_takes_nothing_and_says_so(tmp_path, done):
    served = Served(tmp_path)
    _, port = served.hear()
    assert health(port) == (200, True)
    served.accept("a", 3.0)
    until(lambda: "begin a" in done())
    served.signal()
    until(lambda: health(port) == (503, False))
    assert served.accept("b") == "stopping: nothing more is accepted"
    assert served.end() == 0
    assert "post a" in done()


def health(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/healthz")
    response = connection.getresponse()
    found = json.loads(response.read())
    connection.close()
    return response.status, found["connected"]


def test_a_second_signal_leaves_at_once(start, done):
    served = start()
    served.accept("a", 30.0)
    until(lambda: "begin a" in done())
    started = time.monotonic()
    served.signal()
    threading.Event().wait(0.3)
    served.signal()
    assert served.end() == 128 + signal.SIGTERM
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(("way", "stop_s"), [("hangs", 0.2), ("", 0.2)])
def test_what_hangs_does_not_keep_the_process(start, done, way, stop_s):
    served = start(way, stop_s)
    served.accept("a", 300.0)
    until(lambda: "begin a" in done())
    started = time.monotonic()
    served.signal()
    assert served.end() == 0
    assert time.monotonic() - started < stop_s + 10


def test_an_intake_that_does_not_close_cleanly_keeps_nothing_from_being_finished(start, done):
    served = start("fails to close")
    served.accept("a", 0.5)
    until(lambda: "begin a" in done())
    served.signal()
    assert served.end() == 0
    assert {"post a", "closed all"} <= set(done())


@pytest.mark.parametrize("way", ["", "fails to sweep"])
def test_it_sweeps_up_at_the_start_and_serves_on_whatever_comes_of_it(start, done, way):
    served = start(way)
    until(lambda: "swept up" in done())
    assert served.accept("a") is True
    until(lambda: "post a" in done())
    served.signal()
    assert served.end() == 0


def test_a_start_that_fails_leaves_nothing_running(tmp_path, done):
    served = Served(tmp_path, "refused")
    assert served.end() == 1  # the error itself is for the command line to tell
    assert done() == ["closed all"]

import http.client
import json
import threading
import time

import pytest

from bot.serve.health import Health, Vitals, serve_health


@pytest.fixture
def ask():
    """Ask a process with these vitals for /healthz."""
    opened = []

    def asked(vitals, path="/healthz", method="GET", stopping=False):
        health = Health(vitals)
        if stopping:
            health.stopping()
        web = serve_health(health, 0)
        web.open()
        opened.append(web)
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
        connection.request(method, path)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, json.loads(body) if body and response.status in (200, 503) else body

    yield asked
    for each in opened:
        each.close()


def well(**values):
    return Vitals(**{"connected": lambda: True, "pending": lambda: 3} | values)


def fails():
    raise RuntimeError("secret words of a driver")


def test_a_process_that_works_says_so_with_all_it_knows(ask):
    vitals = well(owner=lambda: "process 7", vendors=lambda: {"claude": {"standing": "resting"}})
    assert ask(vitals) == (
        200,
        {
            "ok": True,
            "alive": True,
            "stopping": False,
            "connected": True,
            "index_owner": "process 7",
            "pending": 3,
            "vendors": {"claude": {"standing": "resting"}},
        },
    )


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"connected": lambda: False}, "connected"),
        ({"connected": fails}, "connected"),
        ({"pending": fails}, "pending"),
    ],
)
def test_one_that_takes_nothing_in_or_keeps_nothing_is_not_well(ask, values, name):
    status, found = ask(well(**values))
    assert status == 503
    assert found["alive"]
    assert not found[name]
    assert "secret" not in json.dumps(found)


@pytest.mark.parametrize("values", [{"owner": fails}, {"vendors": fails}, {"vendors": lambda: object()}])
def test_what_others_have_to_answer_for_does_not_make_it_ill(ask, values):
    status, found = ask(well(**values))
    assert status == 200
    assert None in found.values()


def test_a_part_that_hangs_is_not_waited_for(ask):
    free = threading.Event()
    started = time.monotonic()
    status, found = ask(well(pending=lambda: free.wait(60)))
    free.set()
    assert (status, found["pending"], found["connected"]) == (503, None, True)
    assert time.monotonic() - started < 8


def test_one_that_stops_wants_no_more_work(ask):
    status, found = ask(well(), stopping=True)
    assert (status, found["stopping"], found["connected"]) == (503, True, True)


def test_nothing_else_is_served(ask):
    assert ask(well(), "/")[0] == 404
    assert ask(well(), method="POST")[0] == 405
    assert ask(well(), method="HEAD") == (200, b"")

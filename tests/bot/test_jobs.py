"""What is accepted is done, once, whatever dies. The campaigns are small; --full-size is what is promised."""

import collections
import contextlib
import logging
import multiprocessing
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from servers import folder, new_database, serving
from working import work

from bot.errors import SlackError, StateError
from bot.jobs import Jobs, JobSettings, reference

ROOT = Path(__file__).parents[2]
PATIENCE = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/jobs/jobs.db"
    return new_database(request.getfixturevalue("postgres"), f"j{abs(hash(tmp_path))}")


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path}/jobs.db"


@pytest.fixture
def shared_url(request, tmp_path):
    return new_database(request.getfixturevalue("postgres"), f"r{abs(hash(tmp_path))}")


@pytest.fixture
def hire(tmp_path):
    """Start a worker process on a database; whatever becomes of the test, it is gone in the end."""
    hired = []

    def started(url, **options):
        hired.append(Process(url, tmp_path / "done", **options))
        return hired[-1]

    yield started
    for each in hired:
        each.kill()


@pytest.fixture
def done(tmp_path):
    return tmp_path / "done"


@pytest.fixture
def full(request):
    return request.config.getoption("--full-size")


class Desk:
    """Jobs in this process, with handlers that note what they did."""

    def __init__(self, url, handler=None, give_up=None, **settings):
        self.noted, self.given_up = queue.Queue(), queue.Queue()
        handler = handler or (lambda run, payload: run("note", lambda: self.noted.put(payload)))
        give_up = give_up or (lambda *words: self.given_up.put(words))
        self.jobs = Jobs(JobSettings(url, **settings), {"answer": handler}, give_up)

    def __enter__(self):
        self.jobs.start()
        return self

    def __exit__(self, *_):
        self.jobs.stop(5)


def until(holds, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        threading.Event().wait(0.02)


def test_what_is_accepted_is_done_with_its_payload(url):
    payload = {"text": "ä \0 \ud800 'quoted' %s", "list": [1, None, 2.5]}
    with Desk(url) as desk:
        assert desk.jobs.accept("answer", "e1", payload)
        assert desk.noted.get(timeout=PATIENCE) == payload
        until(lambda: desk.jobs.pending() == 0)


def test_the_same_key_is_done_once_also_after_a_restart(url):
    with Desk(url) as desk:
        assert [desk.jobs.accept("answer", "e1", n) for n in range(3)] == [True, False, False]
        assert desk.noted.get(timeout=PATIENCE) == 0
    with Desk(url) as desk:
        assert not desk.jobs.accept("answer", "e1", 9)
        assert desk.jobs.accept("answer", "e2", 10)
        assert desk.noted.get(timeout=PATIENCE) == 10
        assert desk.noted.empty()


def test_an_unknown_kind_is_a_mistake_of_ours(sqlite_url):
    with Desk(sqlite_url) as desk, pytest.raises(ValueError, match="'tea'"):
        desk.jobs.accept("tea", "e1", {})


def test_what_may_pass_is_tried_again_without_the_steps_that_are_done(url):
    steps = queue.Queue()

    def handler(run, payload):
        number = run("number", lambda: steps.put("number") or 7)

        def post():
            steps.put("post")
            if steps.qsize() < 4:
                raise SlackError("chat.postMessage", "503")
            return number

        run("post", post)

    with Desk(url, handler, pauses=(0.01, 0.01)) as desk:
        desk.jobs.accept("answer", "e1", {})
        until(lambda: steps.qsize() == 4 and desk.jobs.pending() == 0)
        assert [steps.get() for _ in range(4)] == ["number", "post", "post", "post"]
        assert desk.given_up.empty()


@pytest.mark.parametrize(("error", "tries"), [(SlackError("x", "503"), 3), (KeyError("bug"), 1)])
def test_what_fails_for_good_is_given_up_once(sqlite_url, error, tries, caplog):
    begun = queue.Queue()

    def handler(run, payload):
        begun.put(1)
        raise error

    with caplog.at_level(logging.CRITICAL), Desk(sqlite_url, handler, pauses=(0.01, 0.01)) as desk:
        desk.jobs.accept("answer", "e1", {"q": "?"})
        expected = ("answer", {"q": "?"}, reference("answer", "e1"))
        assert desk.given_up.get(timeout=PATIENCE) == expected
        until(lambda: desk.jobs.pending() == 0)
        assert begun.qsize() == tries
        assert desk.given_up.empty()


def test_giving_up_is_tried_again_too(sqlite_url):
    told = queue.Queue()

    def handler(run, payload):
        raise KeyError

    def give_up(kind, payload, name):
        told.put(name)
        if told.qsize() < 3:
            raise SlackError("chat.postMessage", "503")

    with Desk(sqlite_url, handler, give_up, pauses=(0.01, 0.01)) as desk:
        desk.jobs.accept("answer", "e1", {})
        until(lambda: desk.jobs.pending() == 0 and told.qsize() >= 3)
        assert told.qsize() == 3


def test_when_nobody_can_be_told_the_log_says_so(sqlite_url, caplog):
    def fail(*_):
        raise KeyError

    with Desk(sqlite_url, fail, fail) as desk:
        desk.jobs.accept("answer", "e1", {})
        until(lambda: desk.jobs.pending() == 0)
    assert f"Nobody could be told that job {reference('answer', 'e1')} was given up" in caplog.text


def test_no_more_handlers_run_than_there_are_workers(sqlite_url):
    running, most, free = [], [], threading.Event()

    def handler(run, payload):
        running.append(1)
        most.append(len(running))
        free.wait(PATIENCE)
        running.pop()

    with Desk(sqlite_url, handler, workers=3) as desk:
        for number in range(10):
            desk.jobs.accept("answer", f"e{number}", {})
        until(lambda: len(running) == 3)
        threading.Event().wait(0.3)
        free.set()
        until(lambda: desk.jobs.pending() == 0)
    assert max(most) == 3
    assert len(most) == 10


def test_hanging_handlers_delay_no_accept(url, full):
    """200 in one second, all stored, the slowest one in a hundred under a second."""
    free, taken, done, events = threading.Event(), [], [], 200 if full else 40

    def accept(desk, number, start):
        threading.Event().wait(max(0, start + number / events - time.monotonic()))
        began = time.perf_counter()
        desk.jobs.accept("answer", f"e{number}", {})
        taken.append(time.perf_counter() - began)

    with Desk(url, lambda run, payload: free.wait(PATIENCE) and done.append(1)) as desk:
        start = time.monotonic()
        threads = [threading.Thread(target=accept, args=(desk, number, start)) for number in range(events)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert desk.jobs.pending() == events
        free.set()
        until(lambda: desk.jobs.pending() == 0)
    assert sorted(taken)[events * 99 // 100 - 1] < 1.0
    assert len(done) == events


def test_stopping_refuses_at_once_and_leaves_the_rest_for_the_next_start(url):
    begun, free = queue.Queue(), threading.Event()

    def handler(run, payload):
        run("begin", lambda: begun.put(payload))
        free.wait(PATIENCE)
        run("end", lambda: begun.put("too late"))

    desk = Desk(url, handler)
    desk.jobs.start()
    for number in range(2):
        desk.jobs.accept("answer", f"e{number}", number)
    assert {begun.get(timeout=PATIENCE) for _ in range(2)} == {0, 1}
    started = time.monotonic()
    assert desk.jobs.stop(0.2) == 2
    assert time.monotonic() - started < 5
    with pytest.raises(StateError, match="stopping"):
        desk.jobs.accept("answer", "e9", {})
    free.set()  # whoever hung goes on now, and may do nothing any more
    with Desk(url) as later:  # another release, with other steps
        assert {later.noted.get(timeout=PATIENCE) for _ in range(2)} == {0, 1}
        until(lambda: later.jobs.pending() == 0)
        assert later.given_up.empty()
    assert begun.empty()


def test_what_runs_may_finish_while_stopping(sqlite_url):
    done, begun = [], threading.Event()

    def handler(run, payload):
        begun.set()
        threading.Event().wait(0.3)
        run("end", lambda: done.append(payload))

    desk = Desk(sqlite_url, handler)
    desk.jobs.start()
    desk.jobs.accept("answer", "e1", 1)
    assert begun.wait(PATIENCE)
    assert desk.jobs.stop(10) == 0
    assert done == [1]


def test_stopping_what_never_started_is_nothing(sqlite_url):
    assert Desk(sqlite_url).jobs.stop(1) == 0
    assert Desk(sqlite_url).jobs.pending() == 0
    with pytest.raises(StateError, match="cannot be reached"):
        Desk(sqlite_url).jobs.accept("answer", "e1", {})


def test_while_the_database_is_away_nothing_is_acknowledged_and_later_all_goes_on(caplog):
    name = "away"
    with contextlib.ExitStack() as stack:
        root = stack.enter_context(folder())
        with serving(root):
            desk = stack.enter_context(Desk(new_database(root, name), lease_s=0.8))
            assert desk.jobs.accept("answer", "e1", 1)
            assert desk.noted.get(timeout=PATIENCE) == 1
        until(lambda: not desk.jobs.reachable)
        with pytest.raises(StateError, match="cannot be reached"):
            desk.jobs.accept("answer", "e2", 2)
        stack.enter_context(serving(root))
        stack.push(desk.__exit__)
        until(lambda: desk.jobs.reachable)
        assert desk.jobs.accept("answer", "e2", 2)
        assert desk.noted.get(timeout=PATIENCE) == 2


def test_two_processes_do_not_work_on_one_file(sqlite_url):
    with Desk(sqlite_url) as desk:
        with pytest.raises(StateError, match="another process owns it"):
            Desk(sqlite_url).jobs.start()
        assert desk.jobs.accept("answer", "e1", 1)


def test_what_cannot_be_opened_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match="file"):
        Desk(f"sqlite:///{tmp_path}/file/jobs.db").jobs.start()
    (tmp_path / "jobs.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StateError, match=r"jobs\.db"):
        Desk(f"sqlite:///{tmp_path}/jobs.db").jobs.start()
    with pytest.raises(StateError, match="running") as error:
        Desk("postgresql://ann:geheim@127.0.0.1:1/none").jobs.start()
    assert "geheim" not in str(error.value)


def test_old_finished_jobs_are_deleted(sqlite_url):
    with Desk(sqlite_url) as desk:
        desk.jobs.accept("answer", "e1", 1)
        until(lambda: desk.jobs.pending() == 0)
    with Desk(sqlite_url, keep_days=0, lease_s=0.2) as desk:
        until(lambda: desk.jobs.accept("answer", "e1", 2))  # known until it is deleted


ALONE = """
import os, sys
from bot.jobs import Jobs, JobSettings

jobs = Jobs(JobSettings(sys.argv[1]), {"answer": lambda run, payload: run("x", int)}, print)
jobs.start()
jobs.accept("answer", "e1", 1)
while jobs.pending():
    pass
handles = [f"/proc/self/fd/{each}" for each in range(100)]
mine = {os.readlink(each) for each in handles if os.path.lexists(each)}
ports = [line.split() for line in open("/proc/self/net/tcp")]
listening = [words for words in ports if words[3] == "0A" and f"socket:[{words[9]}]" in mine]
assert not listening, listening
sys.exit(jobs.stop(5))
"""


def test_nothing_is_printed_and_no_port_is_opened(sqlite_url):
    ran = subprocess.run(
        [sys.executable, "-c", ALONE, sqlite_url], capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT
    )
    assert (ran.stdout, ran.stderr, ran.returncode) == ("", "", 0)


# Whole processes, and what kills them.


class Process:
    """A worker, and a thread that hears what it says."""

    def __init__(self, url, done, **options):
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["working"])
        self._talk, end = context.Pipe()
        self._process = context.Process(target=work, args=(end, url, str(done), options))
        self._process.start()
        end.close()
        self.said = collections.deque()
        self._hearing = threading.Thread(target=self._hear)
        self._hearing.start()
        until(lambda: ("ready",) in self.said or self.ended())

    def _hear(self):
        with contextlib.suppress(EOFError, OSError):
            while True:
                self.said.append(self._talk.recv())

    def tell(self, *words):
        with contextlib.suppress(OSError):  # it may have died by itself meanwhile
            self._talk.send(words)

    def accepted(self):
        return [words[1:] for words in tuple(self.said) if words[0] == "ok"]

    def ended(self):
        return self._process.exitcode is not None

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self._end()

    def stop(self, seconds):
        self.tell("stop", seconds)
        self._end()
        return self._process.exitcode

    def _end(self):
        self._process.join(PATIENCE)
        self._hearing.join(PATIENCE)
        self._talk.close()


def noted(done):
    """How often each step of each key was made."""
    lines = done.read_text().splitlines() if done.exists() else []
    return collections.Counter(tuple(line.split()[:2]) for line in lines)


def test_every_event_is_answered_once_by_one_of_two_replicas(shared_url, hire, done, full):
    events = 300 if full else 40
    replicas = [hire(shared_url, replica=name) for name in ("a", "b")]
    deliveries = [f"e{number}" for number in range(events)] * 4
    random.Random(4).shuffle(deliveries)
    for key in deliveries:
        random.choice(replicas).tell("accept", key)
    until(lambda: sum(len(each.accepted()) for each in replicas) == len(deliveries))
    until(lambda: sum(count for (step, _), count in noted(done).items() if step == "post") >= events)
    answers = [line for each in replicas for line in each.accepted()]
    assert [each.stop(10) for each in replicas] == [0, 0]
    assert noted(done) == {(s, f"e{n}"): 1 for s in ("look", "think", "post") for n in range(events)}
    assert collections.Counter(new for _, new in answers) == {True: events, False: 3 * events}


def test_kills_lose_no_job_and_double_no_finished_step(sqlite_url, hire, done, full):
    """The step in flight may run again: at most once more for each kill that hit it."""
    jobs, kills = (200, 50) if full else (30, 4)
    chance = random.Random(50)
    options = {"workers": 8, "recoveries": 50}
    waiting = [f"e{number}" for number in range(jobs)]
    accepted = set()
    for _ in range(kills):
        process = hire(sqlite_url, **options)
        for key in [each for each in waiting if each not in accepted][: max(1, 2 * jobs // kills)]:
            process.tell("accept", key, round(chance.uniform(0, 0.3), 3))
        threading.Event().wait(chance.uniform(0.05, 0.6))
        process.kill()
        accepted |= {key for key, _ in process.accepted()}
    process = hire(sqlite_url, **options)
    for key in set(waiting) - accepted:
        process.tell("accept", key)
    until(lambda: {key for step, key in noted(done) if step == "post"} == set(waiting))
    assert process.stop(10) == 0
    counts = noted(done)
    assert {key for step, key in counts if step == "gave-up"} == set()
    assert max(counts.values()) <= 1 + kills
    doubled = sum(count - 1 for count in counts.values())
    assert doubled <= kills * options["workers"]


def test_a_step_that_was_done_before_the_kill_is_not_made_again(sqlite_url, hire, done):
    process = hire(sqlite_url)
    process.tell("accept", "e1", 30)
    until(lambda: ("look", "e1") in noted(done))
    # The step is recorded just after it was made; a second look would be at-least-once, not a fault.
    threading.Event().wait(0.5)
    process.kill()
    process = hire(sqlite_url)
    until(lambda: process.said and ("look", "e1") in noted(done))
    threading.Event().wait(0.5)
    process.kill()
    assert noted(done)["look", "e1"] == 1


def test_stops_lose_no_job(sqlite_url, hire, done, full):
    rounds = 20 if full else 3
    for number in range(rounds):
        process = hire(sqlite_url, workers=5, recoveries=50)
        for each in range(5):
            process.tell("accept", f"e{number}-{each}", 0.5)
        until(lambda process=process: len(process.accepted()) == 5)
        started = time.monotonic()
        assert process.stop(0.3 if number % 2 else 12) == 0
        assert time.monotonic() - started < 15
    process = hire(sqlite_url, recoveries=50)
    keys = {f"e{number}-{each}" for number in range(rounds) for each in range(5)}
    until(lambda: {key for step, key in noted(done) if step == "post"} == keys)
    process.stop(5)
    counts = noted(done)
    assert all(counts["post", key] == 1 for key in keys)


def test_another_replica_finishes_what_a_dead_one_was_at(shared_url, hire, done):
    dying = hire(shared_url, replica="a", lease_s=1.0)
    for number in range(6):
        dying.tell("accept", f"e{number}", 3 if number < 3 else 0)
    until(lambda: len(dying.accepted()) == 6 and noted(done)["look", "e0"])
    dying.kill()
    started = time.monotonic()
    # Those that are at work sleep in their new home too, so only that they were taken over is waited for.
    others = [hire(shared_url, replica=name, lease_s=1.0) for name in ("b", "c")]
    others[0].tell("accept", "late")
    until(lambda: noted(done)["post", "late"] == 1)
    until(lambda: {f"e{n}" for n in (3, 4, 5)} <= {key for step, key in noted(done) if step == "post"})
    until(lambda: all(noted(done)["post", f"e{n}"] == 1 for n in range(3)), 60)
    assert time.monotonic() - started < 60
    for each in others:
        each.stop(5)
    assert {count for (step, _), count in noted(done).items() if step == "post"} == {1}


def test_a_replica_taken_for_dead_posts_nothing_when_it_wakes_up(shared_url, hire, done):
    sleeper = hire(shared_url, replica="a", lease_s=1.0)
    sleeper.tell("accept", "e1", 1.0)
    until(lambda: noted(done)["thinking", "e1"])
    sleeper.signal(signal.SIGSTOP)
    other = hire(shared_url, replica="b", lease_s=1.0)
    until(lambda: noted(done)["post", "e1"])
    sleeper.signal(signal.SIGCONT)
    until(lambda: noted(done)["think", "e1"] == 2)  # the step it was in, which it cannot know to be taken
    threading.Event().wait(0.3)
    assert noted(done)["shown", "e1"] == 1  # but it looks before it shows anything
    sleeper.tell("accept", "e2")
    until(lambda: noted(done)["post", "e2"])
    assert sleeper.stop(5) == other.stop(5) == 0
    assert noted(done)["post", "e1"] == 1


def test_a_replica_that_stops_hands_over_at_once(shared_url, hire, done):
    """The other need not wait for the lease, which is far longer than this test."""
    first, second = (hire(shared_url, replica=name, lease_s=600, workers=1) for name in ("a", "b"))
    for number in range(4):
        first.tell("accept", f"e{number}", 1.5)
    until(lambda: noted(done)["look", "e0"])
    assert first.stop(0.1) == 0
    until(lambda: len([key for step, key in noted(done) if step == "post"]) == 4)
    second.stop(5)
    assert {count for (step, _), count in noted(done).items() if step == "post"} == {1}


@pytest.mark.parametrize("where", ["sqlite_url", "shared_url"])
def test_a_job_that_kills_every_process_is_given_up_once(where, request, hire, done):
    url = request.getfixturevalue(where)
    options = {"recoveries": 1, "lease_s": 0.8}
    process = hire(url, **options)
    process.tell("accept", "bad", 0, "deadly")
    for _ in range(8):
        until(lambda process=process: process.ended() or noted(done)["gave-up", "bad"])
        if not process.ended():
            break
        process.kill()
        process = hire(url, **options)
    until(lambda: noted(done)["gave-up", "bad"])
    process.stop(5)
    assert noted(done) == {("deadly", "bad"): 2, ("gave-up", "bad"): 1}

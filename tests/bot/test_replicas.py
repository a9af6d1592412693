"""The Slack service as real processes that are stopped, killed and doubled: each question gets one answer."""

import random
import signal
import time
from collections import Counter
from contextlib import ExitStack, contextmanager

import pytest
from commands import Desk
from servers import new_database
from service import free_port, health, served, waited
from slack_workspace import Workspace
from wall import Wall

from bot.state import State

NOTE = """---
title: "Vendor note: Aurora"
published: 2026-09-22
visibility: employees
confidentiality: internal
---
# Vendor note: Aurora

After an hour without Aurora Models, the service desk in Hagen works from paper forms.
"""
WROTE = "After an hour without Aurora Models, the service desk in Hagen works from paper forms [p1]."
QUESTION = "What happens after an hour without Aurora Models?"
VENDOR = """
[vendors.aurora]
via = "openai-compatible"
model = "aurora-model"
owner = "aurora"
max_confidentiality = "internal"
regions = ["eu"]
base_url = "{url}"
first_token_s = 50
price = {{ input = 2, output = 8, seen = 2026-11-01 }}
"""
CHANNELS, PEOPLE = 12, 6  # a channel gets a message a second at most, a person 200 answers a day


class Office:
    """A workspace full of people that ask, and what became of their questions."""

    def __init__(self, slack, chance):
        self.slack, self.chance, self.asked = slack, chance, []
        for number in range(PEOPLE):
            slack.add_user(f"U{number}00", name=f"Person {number}")
        for number in range(CHANNELS):
            slack.add_channel(f"C{number}00", members=[f"U{each}00" for each in range(PEOPLE)])

    def ask(self, number=1):
        for _ in range(number):
            channel, person = f"C{len(self.asked) % CHANNELS}00", f"U{self.chance.randrange(PEOPLE)}00"
            text = f"<@{self.slack.bot_user}> {QUESTION} ({len(self.asked)})"
            self.asked.append((channel, self.slack.person(person).says(channel, text)))

    def asker(self, place):
        """Who asked that."""
        [question, *_] = self.slack.messages(*place)
        return self.slack.person(question["user"])

    def answered(self):
        """How many questions have an answer."""
        return sum(bool(self.slack.answers(*each)) for each in self.asked)

    def finished(self):
        """Whether all have, and nobody is at work on one."""
        return all(self.slack.complete(*each) for each in self.asked)

    def counts(self):
        """How many questions have how many answers."""
        return Counter(len(self.slack.answers(*each)) for each in self.asked)

    def quiet(self, seconds=1.5):
        """Nobody answers again for a while."""
        before = self.counts()
        return not self.slack.wait_for(lambda: self.counts() != before, seconds)

    def texts(self):
        return [str(each) for place in self.asked for each in self.slack.answers(*place)]


@pytest.fixture
def full(request):
    return request.config.getoption("--full-size")


@pytest.fixture
def office():
    with Workspace.start(seeded=False) as slack:
        yield Office(slack, random.Random(300))


@pytest.fixture
def wall():
    """A model that takes about a second for its answer."""
    with Wall(pace_s=0.07) as made:
        made.answer("aurora-model", WROTE)
        yield made


@pytest.fixture
def home(tmp_path, models):
    """Makes data folders, for processes that share a catalogue or have one of their own."""

    def make(name, wall=None):
        made = tmp_path / name
        made.mkdir()
        (made / "models").symlink_to(models)
        if wall:
            url = wall.vendor("aurora", via="openai-compatible", model="aurora-model").base_url
            (made / "strategist.toml").write_text(VENDOR.format(url=url), encoding="utf-8")
        return made

    return make


def take_in(home, **settings):
    """The note, into this folder's catalogue or the one that it shares."""
    (home / "aurora.md").write_text(NOTE, encoding="utf-8")
    done = Desk(home).strategist("ingest", str(home / "aurora.md"), "--quiet", **settings)
    assert done.code == 0, done.err


@pytest.fixture
def shared(postgres, request):
    return new_database(postgres, f"replicas_{abs(hash(request.node.name))}")


@contextmanager
def at_work(home, office, **more):
    """A process, once it is connected to Slack."""
    port = free_port()
    with served(home, office.slack, health_port=port, **more) as process:
        waited(lambda: (health(port) or {}).get("connected"), home)
        yield process


def stopped(process):
    """Its exit code after SIGTERM, and how long that took."""
    process.send_signal(signal.SIGTERM)
    start = time.monotonic()
    return process.wait(20), time.monotonic() - start


def test_what_arrives_in_fours_at_two_replicas_is_answered_once(office, home, shared, full, capsys):
    number = 300 if full else 24
    with ExitStack() as stack:
        homes = [home(name) for name in ("a", "b")]
        take_in(homes[0], database=shared)
        for each in homes:
            stack.enter_context(at_work(each, office, database=shared, replica=each.name))
        office.slack.hold()
        office.ask(number)
        office.slack.release(lambda parcels: office.chance.sample(parcels * 4, len(parcels) * 4))
        start = time.monotonic()
        waited(lambda: office.answered() == number, homes[0], 240)
        took = time.monotonic() - start
        assert office.quiet()
    assert office.counts() == {1: number}
    assert all("paper forms" in each for each in office.texts())
    report(
        capsys, f"{number} questions in 4 deliveries each to two replicas: {number} answers in {took:.1f} s"
    )


def test_stop_deletion_and_edit_reach_whichever_replica_writes(office, home, shared, wall, capsys):
    """Slack tells each event to one of two replicas in turn, and either may be the one that writes."""
    slack, each = office.slack, 4
    with ExitStack() as stack:
        homes = [home(name, wall) for name in ("a", "b")]
        take_in(homes[0], database=shared)
        for one in homes:
            stack.enter_context(at_work(one, office, database=shared, replica=one.name))
        state = State.open(shared)
        stack.callback(state.close)
        wall.always("aurora-model", "hang")  # for 50 s
        office.ask(3 * each)
        stopped, deleted, edited = (
            office.asked[:each],
            office.asked[each : 2 * each],
            office.asked[2 * each :],
        )
        waited(lambda: wall.count("aurora-model") >= 3 * each, homes[0])
        waited(lambda: all(slack.session(*place) == "processing" for place in office.asked), homes[0])
        wall.always("aurora-model", "ok")
        start = time.monotonic()
        for place in stopped:
            office.asker(place).stops(*place)
        for place in deleted:
            office.asker(place).deletes(*place)
        for place in edited:
            office.asker(place).edits(*place, f"<@{slack.bot_user}> {QUESTION} Once more.")
        waited(lambda: all("Stopped" in str(slack.answers(*place)) for place in stopped), homes[0], 20)
        waited(lambda: all("paper forms" in str(slack.answers(*place)) for place in edited), homes[0], 20)
        took = time.monotonic() - start
        waited(lambda: all(state.draft(*place) is None for place in office.asked), homes[0], 20)
        assert office.quiet()
    assert [len(slack.answers(*place)) for place in office.asked] == [1] * each + [0] * each + [1] * each
    # Each question once, or twice where its search plan was given up on before the Stop; each edit twice,
    # for its searches and for its answer.
    assert 5 * each <= wall.count("aurora-model") <= 8 * each
    report(capsys, f"{3 * each} answers stopped, withdrawn and asked anew by two replicas in {took:.1f} s")


def test_another_replica_finishes_what_a_killed_one_was_at(office, home, shared, wall, full, capsys):
    if not full:
        pytest.skip(
            "waits for a lease of 20 s to run out: --full-size; tests/bot/test_jobs.py has a short one"
        )
    number = 60
    doomed, heir = (home(name, wall) for name in ("a", "b"))
    take_in(doomed, database=shared)
    with at_work(doomed, office, database=shared, replica="a") as process:
        wall.always("aurora-model", "hang")
        office.ask(number)
        waited(lambda: wall.count("aurora-model") >= 16, doomed)  # all its workers are at it
        with at_work(heir, office, database=shared, replica="b"):
            process.kill()
            start = time.monotonic()
            wall.always("aurora-model", "ok")
            waited(office.finished, heir)
            took = time.monotonic() - start
            assert office.quiet()
    assert took < 60
    assert office.counts() == {1: number}
    report(
        capsys, f"{number} questions of a replica that was killed for good: all answered after {took:.1f} s"
    )


def test_stops_at_any_moment_lose_and_double_nothing(office, home, shared, wall, full, capsys):
    """One replica stays; the other is stopped again and again, with more or less time for what it is at."""
    rounds, each = (20, 8) if full else (2, 8)
    ends = []
    steady, restless = (home(name, wall) for name in ("a", "b"))
    take_in(steady, database=shared)
    with at_work(steady, office, database=shared, replica="a"):
        for number in range(rounds):
            stop_s = (12, 0.5)[number % 2]
            with at_work(restless, office, database=shared, replica="b", stop_s=stop_s) as process:
                office.ask(each)
                time.sleep(office.chance.uniform(0.0, 2.0))
                ends.append(stopped(process))
        waited(office.finished, steady)
        assert office.quiet()
    assert {code for code, _ in ends} == {0}
    assert max(took for _, took in ends) < 15
    assert office.counts() == {1: rounds * each}
    assert "Traceback" not in (restless / "log").read_text()
    longest = max(took for _, took in ends)
    report(capsys, f"{rounds} stops: {rounds * each} questions, each answered once; longest {longest:.1f} s")


def test_kills_of_the_only_process_lose_and_double_nothing(office, home, wall, full, capsys):
    kills, each = (20, 8) if full else (1, 8)
    alone = home("alone", wall)
    take_in(alone)
    for _ in range(kills):
        with at_work(alone, office) as process:
            office.ask(each)
            time.sleep(office.chance.uniform(0.1, 4.0))
            process.kill()
    with at_work(alone, office):
        waited(office.finished, alone, 120)
        assert office.quiet()
    assert office.counts() == {1: kills * each}
    given_up = sum("could not finish" in each for each in office.texts())  # after five kills of its own
    answered = kills * each - given_up
    report(
        capsys, f"{kills} kills: {kills * each} questions, {answered} answered, {given_up} visibly given up"
    )


def report(capsys, line):
    with capsys.disabled():
        print(f"\n{line}")

"""The bot in bad weather: refusals, lost answers, dropped sockets, floods, deliveries in fours, crashes."""

import logging
import random
import threading
import time

import pytest
from office import Office, Scripted, texts, until
from slack_workspace import Workspace

from bot.errors import StateError
from bot.serve.redact import protected
from bot.slack import create_app
from bot.slack.connection import Connection
from bot.slack.pacing import Pace
from bot.types import Delta, Writing

ASK, FACT = "What happens after an hour without Aurora Models?", "works from paper forms"
SLOWLY = [step for n in range(6) for step in (Delta(f"word{n} "), 0.15)]
OPTIONAL = (
    *("assistant.threads.setStatus", "agents.sessions.setStatus", "assistant.threads.setSuggestedPrompts"),
    *("chat.startStream", "chat.appendStream", "chat.stopStream", "reactions.add", "usergroups.list"),
    *("usergroups.users.list", "users.list", "files.info", "chat.delete"),
)


@pytest.fixture
def slack():
    with Workspace.start() as slack:
        yield slack


@pytest.fixture
def begin(slack, slack_shelf, tmp_path):
    """Put a bot to work, with the real assistant unless another is given."""
    offices = []

    def work(assistant=None, instances=1, workers=16, **settings):
        office = Office(slack, tmp_path, slack_shelf, assistant, settings, instances, workers=workers)
        offices.append(office.__enter__())
        return office

    yield work
    for office in offices:
        office.__exit__(None, None, None)


def asks(slack, text=ASK, channel="C1", user="U1"):
    return slack.person(user).says(channel, f"<@{slack.bot_user}> {text}")


def answered(slack, channel, stamps, seconds):
    """All of these questions have an answer; exactly one each."""
    waiting = set(stamps)

    def done():
        waiting.difference_update([ts for ts in waiting if slack.answers(channel, ts)])
        return not waiting

    assert slack.wait_for(done, seconds), f"{len(waiting)} without an answer"
    assert {len(slack.answers(channel, ts)) for ts in stamps} == {1}


def test_an_outage_that_is_longer_than_patience_is_outlived_by_the_job(slack, begin):
    begin(patience_s=0.1, pace=Pace(tries=1, first_wait_s=0.01, post_gap_s=0))
    slack.fail("chat.postMessage", 503, "", times=2)
    ts = asks(slack)
    [found] = slack.answer_to("C1", ts, 20)
    assert FACT in texts([found])


def test_what_cannot_be_said_at_all_is_given_up_on_once(slack, begin):
    begin(patience_s=0.1, pace=Pace(tries=1, first_wait_s=0.01, post_gap_s=0))
    slack.fail(
        "chat.postMessage", 503, "", times=3
    )  # the job's three attempts; the fourth post is the farewell
    ts = asks(slack)
    [found] = slack.answer_to("C1", ts, 20)
    assert "could not finish" in texts([found])
    assert "Reference" in texts([found])


def test_without_anything_optional_there_is_an_answer(slack, begin):
    slack.forbid(*OPTIONAL)
    begin()
    ada = slack.person("U1")
    for channel, ts in (("C1", asks(slack)), (ada.direct, ada.dm(ASK))):
        [found] = slack.answer_to(channel, ts, 10)
        assert FACT in texts([found])
    ada.slash("/strategy", f"ask {ASK}", "C1")
    assert slack.wait_for(lambda: FACT in texts(slack.ephemerals("U1")))


def test_a_model_writes_without_anything_optional(slack, begin):
    slack.forbid(*OPTIONAL)
    begin(Scripted(Delta("some words "), 0.2, Delta("and more ")))
    [found] = slack.answer_to("C1", asks(slack), 10, until=lambda found: "written" in texts(found))
    assert "It is written." in texts([found])


@pytest.mark.parametrize(
    "forbidden",
    [
        ("chat.startStream",),
        ("chat.appendStream",),
        ("chat.stopStream",),
        ("chat.startStream", "chat.update"),
        ("assistant.threads.setStatus", "agents.sessions.setStatus"),
    ],
)
def test_without_optional_methods_the_answer_comes_all_the_same(slack_shelf, tmp_path, forbidden):
    with Workspace.start() as slack:
        slack.forbid(*forbidden)
        slack.limits.stream_lifetime = 2.0
        with Office(slack, tmp_path, slack_shelf, Scripted(Writing("Aurora"), *SLOWLY)):
            ts = asks(slack)
            assert slack.wait_for(lambda: "It is written." in texts(slack.answers("C1", ts)), 8)
            others = [each for each in slack.answers("C1", ts) if "It is written." not in texts([each])]
    assert len(others) <= ("chat.update" in forbidden or "chat.stopStream" in forbidden)
    assert all(len(slack.calls(method)) <= 1 for method in forbidden if "chat" not in method)


def test_what_slack_does_not_offer_is_told_once(slack, begin, caplog):
    slack.forbid("assistant.threads.setStatus")
    begin()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            slack.answer_to("C1", asks(slack), 10)
    assert len([each for each in caplog.records if "setStatus" in each.getMessage()]) == 1
    assert len(slack.calls("assistant.threads.setStatus")) == 1


def test_a_dropped_socket_comes_back_within_seconds(slack, begin):
    [connection] = begin().connections
    assert connection.connected
    slack.drop()
    ts = asks(slack)
    answered(slack, "C1", [ts], 6)
    assert connection.connected


def test_what_the_socket_complains_of_is_one_line(slack, begin, caplog):
    begin()
    with protected(()):  # as the service does: it writes tracebacks out for itself
        try:
            raise BrokenPipeError("the socket is closed")
        except OSError as error:
            logging.getLogger("strategist.socket").exception("Failed to acknowledge: %s", error)
    assert "Failed to acknowledge: the socket is closed" in caplog.text
    assert "Traceback" not in caplog.text


def test_being_asked_to_move_on_loses_nothing(slack, begin):
    begin()
    stamps = [asks(slack)]
    slack.disconnect()
    stamps += [asks(slack) for _ in range(3)]
    answered(slack, "C1", stamps, 15)


def test_events_in_fours_and_out_of_order_to_two_instances_are_answered_once(slack, begin, request):
    full = request.config.getoption("--full-size")
    begin(Scripted(0.0), instances=2)
    slack.hold()
    stamps = [asks(slack, f"question {n}?") for n in range(300 if full else 25)]
    chance = random.Random(4)
    slack.release(lambda parcels: chance.sample(parcels * 4, len(parcels) * 4))
    answered(slack, "C1", stamps, 120 if full else 40)
    assert not slack.wait_for(lambda: any(len(slack.answers("C1", ts)) > 1 for ts in stamps), 1.0)


class Hanging(Scripted):
    """Thinks until it is let go."""

    def __init__(self):
        super().__init__()
        self.over = threading.Event()

    def ask(self, question, audience, asking=None, listen=None, stop=None):
        self.asked.append(question)
        self.over.wait(60)
        return self.answer


def test_a_hundred_slow_answers_do_not_keep_a_command_waiting(slack, begin):
    hanging = Hanging()
    begin(hanging, workers=100)
    stamps = [asks(slack, f"question {n}?") for n in range(100)]
    try:
        until(lambda: len(hanging.asked) == 100, 30)
        response = slack.person("U1").slash("/strategy", "help", "C1")
        assert response.acked
        assert response.latency < 0.5
    finally:
        hanging.over.set()
    answered(slack, "C1", stamps, 60)


def test_a_flood_is_acknowledged_quickly_and_kept_while_the_model_hangs(slack, begin, request):
    number = 200 if request.config.getoption("--full-size") else 40
    hanging = Hanging()
    office = begin(hanging, workers=8)
    stamps = []
    for n in range(number):  # in about a second
        stamps.append(asks(slack, f"question {n}?"))
        time.sleep(1 / number)
    try:
        until(lambda: len([each for each in slack.log if each.latency is not None]) >= 2 * number, 30)
        took = sorted(each.latency for each in slack.log if each.latency is not None)
        assert took[int(0.99 * len(took))] < 1.0
        assert office.jobs.pending() == number
    finally:
        hanging.over.set()
    answered(slack, "C1", stamps, 90)


def test_what_a_dead_process_left_is_answered_once_by_the_next(slack, slack_shelf, tmp_path):
    """The steps of a job, run again by hand as after a crash: once before, once after the post."""
    from bot.slack.workflows import handlers

    office = Office(slack, tmp_path, slack_shelf)
    with office:
        for crash in ("before", "after"):
            ts = slack.person("U1").says("C1", f"{ASK} {crash}")
            payload = {
                **{"key": f"question:T1:C1:{ts}", "team": "T1", "channel": "C1", "ts": ts, "thread": ts},
                **{"user": "U1", "text": ASK, "files": [], "external": False, "direct": False},
            }
            steps = Steps(crash)
            handle = handlers(office.desk)["question"]
            with pytest.raises(KeyboardInterrupt):
                handle(steps, payload)
            steps.crash = ""
            handle(steps, payload)
            [found] = slack.answer_to("C1", ts)
            assert FACT in texts([found])


def test_a_process_that_has_handed_over_says_nothing_more(slack, slack_shelf, tmp_path):
    go = threading.Event()
    hasty = Scripted(Delta("one word "), lambda: go.wait(20), 0.9, Delta("and more "))
    with Office(slack, tmp_path, slack_shelf, hasty) as office:
        ts = asks(slack)
        assert slack.wait_for(lambda: "one word" in texts(slack.answers("C1", ts)))
        office.jobs.stop(0.1)
        spoken = [each for each in slack.calls() if each.method.startswith("chat.")]
        go.set()
        until(lambda: not len(office.desk.running))
        assert [each for each in slack.calls() if each.method.startswith("chat.")] == spoken
    with Office(slack, tmp_path, slack_shelf, Scripted()):
        [found] = slack.answer_to("C1", ts, 10, until=lambda found: "written" in texts(found))
        assert "It is written." in texts([found])


class Steps:
    """Remembers steps, and dies before or after the work."""

    def __init__(self, crash):
        self.crash, self.known = crash, {}

    def check(self):
        """Nobody else is there."""

    def __call__(self, name, function):
        if name not in self.known:
            if name == "work" and self.crash == "before":
                raise KeyboardInterrupt
            result = function()
            if name == "work" and self.crash == "after":
                raise KeyboardInterrupt
            self.known[name] = result
        return self.known[name]


def test_outsiders_may_be_refused_altogether(slack_shelf, tmp_path):
    with (
        Workspace.start() as slack,
        Office(slack, tmp_path, slack_shelf, Scripted(), {"external": "refuse"}) as office,
    ):
        slack.add_channel("CX", members=("U1", "UG"))
        ts = slack.person("U1").says("CX", f"<@{slack.bot_user}> what if?")
        assert "do not answer there" in texts(slack.answer_to("CX", ts, 8))
        guest = slack.person("UG")
        slack.answer_to(guest.direct, guest.dm("what if?"), 8)
        assert office.assistant.asked == []


class Full:
    """Jobs that nothing can be added to."""

    def accept(self, kind, key, payload):
        raise StateError("jobs", "the disk is full")


def test_what_cannot_be_kept_is_said_and_not_swallowed(slack_shelf, tmp_path):
    with (
        Workspace.start() as slack,
        Office(slack, tmp_path, slack_shelf, Scripted(), instances=0) as office,
    ):
        connection = Connection(create_app(office.desk, Full()), office.desk.parts.settings)
        connection.open()
        try:
            until(lambda: slack.connected)
            ada = slack.person("U1")
            assert ada.slash("/strategy", "ask what if?", "C1").acked
            assert slack.wait_for(lambda: "Reference" in texts(slack.ephemerals("U1")))
            slack.rules.ack_within = 0.3
            ada.says("C1", f"<@{slack.bot_user}> what if?")
            assert slack.wait_for(lambda: len(slack.ephemerals("U1")) >= 2)
        finally:
            connection.close()

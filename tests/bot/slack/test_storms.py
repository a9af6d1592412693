"""The bot in bad weather: refusals, lost answers, dropped sockets, floods, deliveries in fours, crashes."""

import logging
import random
import threading

import pytest
from office import Office, Scripted, texts, until
from slack_workspace import Workspace

from bot.slack.pacing import Pace

ASK, FACT = "What happens after an hour without Aurora Models?", "works from paper forms"
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


@pytest.mark.parametrize(("status", "error"), [(429, "ratelimited"), (503, ""), (500, "internal_error")])
def test_refused_posts_are_tried_again_and_come_once(slack, begin, status, error):
    begin()
    slack.fail("chat.postMessage", status, error, retry_after=0, times=2)
    ts = asks(slack)
    [found] = slack.answer_to("C1", ts, 15)
    assert FACT in texts([found])


def test_an_outage_that_is_longer_than_patience_is_outlived_by_the_job(slack, begin):
    begin(patience_s=0.1, pace=Pace(tries=1, first_wait_s=0.01, post_gap_s=0))
    slack.fail("chat.postMessage", 503, "", times=2)
    ts = asks(slack)
    [found] = slack.answer_to("C1", ts, 20)
    assert FACT in texts([found])


def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(slack, begin):
    begin()
    slack.fail("chat.postMessage", status=0, times=1, done=True)
    slack.fail("chat.startStream", status=0, times=1, done=True)
    ts = asks(slack)
    [found] = slack.answer_to("C1", ts, 15)
    assert FACT in texts([found])


def test_what_cannot_be_said_at_all_is_given_up_on_once(slack, begin):
    begin(patience_s=0.1, pace=Pace(tries=1, first_wait_s=0.01, post_gap_s=0))
    slack.fail("chat.postMessage", 503, "", times=3)  # the job's three attempts; the fourth post is the farewell
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
    from bot.types import Delta

    slack.forbid(*OPTIONAL)
    begin(Scripted(Delta("some words "), 0.2, Delta("and more ")))
    [found] = slack.answer_to("C1", asks(slack), 10, until=lambda found: "written" in texts(found))
    assert "It is written." in texts([found])


def test_what_slack_does_not_offer_is_told_once(slack, begin, caplog):
    slack.forbid("assistant.threads.setStatus")
    begin()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            slack.answer_to("C1", asks(slack), 10)
    assert len([each for each in caplog.records if "setStatus" in each.getMessage()]) == 1
    assert len(slack.calls("assistant.threads.setStatus")) == 1


def test_a_layout_that_slack_refuses_becomes_plainer(slack, begin):
    begin()
    slack.fail("chat.postMessage", 200, "invalid_blocks", times=1)
    [found] = slack.answer_to("C1", asks(slack), 10)
    assert FACT in texts([found])
    assert "markdown" not in {block["type"] for block in found["blocks"]}


def test_even_text_alone_is_an_answer(slack, begin):
    begin()
    slack.fail("chat.postMessage", 200, "invalid_blocks", times=2)
    [found] = slack.answer_to("C1", asks(slack), 10)
    assert FACT in found["text"]


def test_where_the_bot_may_not_write_the_asker_is_told_directly(slack, begin):
    begin()
    slack.fail("chat.postMessage", 200, "restricted_action", times=1)
    ada = slack.person("U1")
    asks(slack)
    assert slack.wait_for(lambda: FACT in texts(slack.messages(ada.direct)), 10)


def test_a_dropped_socket_comes_back_within_seconds(slack, begin):
    [connection] = begin().connections
    assert connection.connected
    slack.drop()
    ts = asks(slack)
    answered(slack, "C1", [ts], 6)
    assert connection.connected


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
    stamps = [asks(slack, f"question {n}?") for n in range(number)]
    try:
        until(lambda: all(each.latency is not None for each in slack.log), 30)
        took = sorted(each.latency for each in slack.log)
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


class Steps:
    """Remembers steps, and dies before or after the work."""

    def __init__(self, crash):
        self.crash, self.known = crash, {}

    def __call__(self, name, function):
        if name not in self.known:
            if name == "work" and self.crash == "before":
                raise KeyboardInterrupt
            result = function()
            if name == "work" and self.crash == "after":
                raise KeyboardInterrupt
            self.known[name] = result
        return self.known[name]

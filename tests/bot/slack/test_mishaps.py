"""One answer in the end, whatever is lost or comes twice: replies of Slack, hasty clicks, late edits."""

import threading
from dataclasses import replace

import pytest
from office import Scripted, texts, until, written

from bot.compare import Comparison
from bot.models.failover import VendorState
from bot.types import Delta

DRAFT = (Delta("the first words "), 0.4, Delta("and more "), 0.4, Delta("of it "), 0.1)


class Slow(Scripted):
    """Takes its time and repeats the question."""

    def ask(self, question, audience, asking=None, listen=None, stop=None):
        super().ask(question, audience, asking, listen, stop)
        return written(f"You asked: {question}")

    def compare(self, question, audience, names, asking=None):
        super().ask("compare", audience)
        return Comparison(tuple(replace(written(f"Said by {name}."), backend=name) for name in names))


@pytest.fixture
def slack(stage):
    stage.assistant.actor = Scripted(*DRAFT)
    yield stage.slack
    stage.slack.limits.forbidden.clear()
    stage.desk.slack._refused.clear()


@pytest.fixture
def slow(stage):
    stage.assistant.actor = Slow(0.6)
    stage.models = (VendorState("aurora", "openai", "a-1", "aurora", "internal", (), "ready", 0.0, "", None),)
    return stage.assistant.actor


def asks(slack, text="what if?", **more):
    return slack.person("U1").says("C1", f"<@{slack.bot_user}> {text}", **more)


def finished(slack, ts, seconds=12):
    [found] = slack.answer_to("C1", ts, seconds, until=lambda found: "It is written." in texts(found))
    return found


@pytest.mark.parametrize("status", [0, 503])
def test_a_stream_that_began_unseen_is_found_and_goes_on(slack, status):
    slack.fail("chat.startStream", status, "", done=True)
    assert finished(slack, asks(slack)).get("streaming_state") == "completed"
    assert not slack.calls("chat.postMessage")


@pytest.mark.parametrize("times", [1, 4])
def test_a_stream_that_does_not_end_is_ended_before_its_answer_stands(slack, times):
    slack.fail("chat.stopStream", 503, "", times=times)
    assert finished(slack, asks(slack)).get("streaming_state") == "completed"


@pytest.mark.parametrize("method", ["chat.stopStream", "chat.update"])
def test_a_draft_that_cannot_be_changed_gives_way(slack, method):
    slack.forbid(method)
    finished(slack, asks(slack))


@pytest.mark.parametrize("status", [503, 429])
def test_the_session_ends_although_slack_does_not_listen_at_once(slack, status):
    ts = asks(slack)
    assert slack.wait_for(lambda: slack.session("C1", ts) == "processing" and slack.answers("C1", ts))
    slack.fail("agents.sessions.setStatus", status, "", retry_after=0)
    slack.fail("assistant.threads.setStatus", status, "", retry_after=0)
    finished(slack, ts)
    assert slack.session("C1", ts) == "active"


@pytest.mark.parametrize("error", ["is_archived", "not_in_channel"])
def test_a_channel_that_closes_meanwhile_is_left_for_the_asker(slack, error):
    ada = slack.person("U1")
    before = len(slack.messages(ada.direct))
    ts = asks(slack)
    assert slack.wait_for(lambda: slack.answers("C1", ts))
    slack.fail("chat.update", 200, error, times=9)
    slack.fail("chat.postMessage", 200, error, times=1)
    assert slack.wait_for(lambda: "It is written." in texts(slack.messages(ada.direct)[before:]), 10)


def test_a_reply_deleted_before_its_turn_is_not_answered(slack, slow):
    root = slack.person("U1").says("C1", "a thread")
    ts = asks(slack, "delete me", thread=root)
    slack.person("U1").deletes("C1", ts)
    until(lambda: slow.asked)
    assert not slack.wait_for(lambda: slack.answers("C1", root), 1.5)


def test_of_several_hasty_edits_the_last_one_is_answered(slack, slow):
    ts = asks(slack, "first")
    for text in ("second", "third"):
        slack.person("U1").edits("C1", ts, f"<@{slack.bot_user}> {text}")
    [found] = slack.answer_to("C1", ts, 10, until=lambda found: "You asked: third" in texts(found))
    assert "second" not in texts([found])


@pytest.mark.parametrize("action", ["ask_another", "compare_models"])
def test_hasty_clicks_are_answered_once(slack, slow, action):
    ts = asks(slack)
    found = slack.answer_to("C1", ts)[0]
    asked = len(slow.asked)
    clicks = [
        threading.Thread(target=slack.person(who).clicks, args=(found, action)) for who in ("U1", "U1", "U2")
    ]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert slack.wait_for(lambda: slack.status("C1", ts))
    assert len(slack.answer_to("C1", ts, 8, until=lambda found: len(found) > 1)) == 2
    assert len(slow.asked) == asked + 1

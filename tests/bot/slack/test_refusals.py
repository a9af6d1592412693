"""Slack refuses, or its answer is lost: the reader gets one answer nevertheless, plainer if need be."""

import pytest
import shelf
from office import texts

from bot.assistant import Assistant

ASK, FACT = "What happens after an hour without Aurora Models?", "works from paper forms"


@pytest.fixture
def slack(stage, slack_shelf):
    stage.assistant.actor = Assistant(slack_shelf, 180, lambda: shelf.TODAY)
    return stage.slack


def asks(slack, text=ASK, channel="C1", user="U1"):
    return slack.person(user).says(channel, f"<@{slack.bot_user}> {text}")


@pytest.mark.parametrize(("status", "error"), [(429, "ratelimited"), (503, ""), (500, "internal_error")])
def test_refused_posts_are_tried_again_and_come_once(slack, status, error):
    slack.fail("chat.postMessage", status, error, retry_after=0, times=2)
    ts = asks(slack)
    [found] = slack.answer_to("C1", ts, 15)
    assert FACT in texts([found])


def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(slack):
    slack.fail("chat.postMessage", status=0, times=1, done=True)
    slack.fail("chat.startStream", status=0, times=1, done=True)
    ts = asks(slack)
    [found] = slack.answer_to("C1", ts, 15)
    assert FACT in texts([found])


def test_a_layout_that_slack_refuses_becomes_plainer(slack):
    slack.fail("chat.postMessage", 200, "invalid_blocks", times=1)
    [found] = slack.answer_to("C1", asks(slack), 10)
    assert FACT in texts([found])
    assert "markdown" not in {block["type"] for block in found["blocks"]}


def test_even_text_alone_is_an_answer(slack):
    slack.fail("chat.postMessage", 200, "invalid_blocks", times=2)
    [found] = slack.answer_to("C1", asks(slack), 10)
    assert FACT in found["text"]


def test_where_the_bot_may_not_write_the_asker_is_told_directly(slack):
    slack.fail("chat.postMessage", 200, "restricted_action", times=1)
    ada = slack.person("U1")
    asks(slack)
    assert slack.wait_for(lambda: FACT in texts(slack.messages(ada.direct)), 10)

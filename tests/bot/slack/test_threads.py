import pytest
from slack_sdk import WebClient
from slack_workspace import Workspace

from bot.slack import threads
from bot.slack.intake import Bot
from bot.slack.pacing import Pace, Slack
from bot.slack.place import Place


@pytest.fixture
def workspace():
    with Workspace.start() as slack:
        yield slack


@pytest.fixture
def line(workspace):
    client = WebClient(workspace.bot_token, base_url=workspace.api_url, retry_handlers=[])
    return Slack(client, Pace(tries=1, post_gap_s=0))


@pytest.fixture
def bot(workspace):
    return Bot(workspace.bot_user, workspace.bot_id, "T1")


def place(thread, ts, channel="C1", key="question:T1:C1:1"):
    return Place(key, "T1", channel, thread, ts, "U1")


def questions(line, bot, thread, ts, known=(), engaged=True, channel="C1"):
    return threads.earlier(line, bot, place(thread, ts, channel), known, engaged)


def test_a_first_question_has_nothing_before_it(line, bot, workspace):
    assert questions(line, bot, "1.1", "1.1", known=("never",)) == ()
    assert not workspace.calls("conversations.replies")


def test_what_is_remembered_needs_no_call(line, bot, workspace):
    assert questions(line, bot, "1.1", "1.2", known=("a", "b")) == ("a", "b")
    assert not workspace.calls("conversations.replies")


def test_the_thread_is_read_where_nothing_is_remembered(line, bot, workspace):
    ada, bob = workspace.person("U1"), workspace.person("U2")
    head = ada.says("C1", f"<@{workspace.bot_user}> first &amp; foremost?")
    line.call("chat.postMessage", channel="C1", thread_ts=head, text="our answer")
    bob.says("C1", "second?", thread=head)
    ada.says("C1", "elsewhere?")
    now = ada.says("C1", "third?", thread=head)
    assert questions(line, bot, head, now) == ("first & foremost?", "second?")
    assert questions(line, bot, head, now, engaged=False) == ("first & foremost?",)


def test_talk_before_the_bot_was_called_is_no_question_to_it(line, bot, workspace):
    ada = workspace.person("U1")
    head = ada.says("C1", "lunch?")
    ada.says("C1", "pizza?", thread=head)
    now = ada.says("C1", f"<@{workspace.bot_user}> what if?", thread=head)
    assert questions(line, bot, head, now) == ()


def test_a_long_thread_is_read_to_its_end_because_slack_gives_the_oldest_first(line, bot, workspace):
    ada = workspace.person("U1")
    head = ada.says("C1", f"<@{workspace.bot_user}> question 0?")
    for number in range(1, 450):
        ada.says("C1", f"question {number}?", thread=head)
    now = ada.says("C1", "and now?", thread=head)
    found = questions(line, bot, head, now)
    assert found == tuple(f"question {number}?" for number in range(430, 450))
    assert len(workspace.calls("conversations.replies")) == 3


def test_without_the_thread_there_is_still_an_answer(line, bot, workspace):
    workspace.fail("conversations.replies", 500, "")
    assert questions(line, bot, "1.1", "1.2") == ()


def test_our_messages_are_found_by_their_keys(line, bot, workspace):
    ada = workspace.person("U1")
    head = ada.says("C1", "what if?")
    here = place(head, head)
    keyed = [
        line.call("chat.postMessage", channel="C1", thread_ts=head, text="x", metadata=here.metadata(number))
        for number in range(2)
    ]
    loose = line.call("chat.postMessage", channel="C1", thread_ts=head, text="no key")
    found = threads.ours(line, bot, here)
    assert found.marked == {here.mark(0): keyed[0]["ts"], here.mark(1): keyed[1]["ts"]}
    assert found.unmarked == (loose["ts"],)


def test_without_a_thread_the_channel_is_searched(line, bot, workspace):
    here = place("", "0")
    ts = line.call("chat.postMessage", channel="C1", text="x", metadata=here.metadata())["ts"]
    assert threads.ours(line, bot, here).marked == {here.key: ts}

"""Drives the Slack on loopback with Slack's own clients, and holds it to Slack's limits and manners."""

import json
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_workspace import Workspace, hang_up

from bot.demo.deliveries import Courier, Rules


@pytest.fixture
def slack():
    with Workspace.start() as workspace:
        yield workspace


@pytest.fixture
def client(slack):
    return WebClient(slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def ada(slack):
    return slack.person("U1")


@contextmanager
def listening(slack, answer=True):
    """A socket of Slack's own client; what it hears is kept, and acknowledged if `answer`."""
    heard = []
    web = WebClient(slack.bot_token, base_url=slack.api_url)
    socket = SocketModeClient(slack.app_token, web_client=web, ping_interval=0.5)

    def hear(client, request):
        heard.append(request)
        if answer:
            payload = answer(request) if callable(answer) else None
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))

    socket.socket_mode_request_listeners.append(hear)
    before = slack.sockets.count()
    socket.connect()
    assert slack.wait_for(lambda: slack.sockets.count() > before)
    try:
        yield heard
    finally:
        hang_up(socket)


def error(call, *args, **named):
    with pytest.raises(SlackApiError) as raised:
        call(*args, **named)
    return raised.value.response["error"]


def kinds(heard):
    return [(each.payload["event"]["type"], each.payload["event"].get("subtype")) for each in heard]


# -- the Web API -------------------------------------------------------------------------------------------


def test_auth_test_names_the_bot_and_its_scopes(slack, client):
    answer = client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == (slack.bot_user, slack.bot_id, "T1")
    assert "chat:write" in answer.headers["x-oauth-scopes"]


@pytest.mark.parametrize(
    ("token", "expected"),
    [("xoxb-wrong", "invalid_auth"), (None, "not_authed"), ("app", "not_allowed_token_type")],
)
def test_a_wrong_token_is_refused(slack, token, expected):
    token = slack.app_token if token == "app" else token
    assert error(WebClient(token, base_url=slack.api_url).auth_test) == expected


def test_tokens_and_arguments_come_in_forms_and_in_json(slack):
    body = (
        f"token={slack.bot_token}&channel=C1&text=hi&blocks=%5B%7B%22type%22%3A%22divider%22%7D%5D".encode()
    )
    request = urllib.request.Request(slack.api_url + "chat.postMessage", body)
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["ok"] is True
    [message] = slack.messages("C1")
    assert message["text"] == "hi"
    assert [each["type"] for each in message["blocks"]] == ["divider"]


def test_what_it_does_not_know_is_an_unknown_method(slack, client):
    assert error(client.api_call, "canvases.create") == "unknown_method"
    slack.forbid("chat.startStream")
    assert error(client.chat_startStream, channel="C1", thread_ts="1.0") == "unknown_method"


def test_a_missing_scope_is_named(slack, client):
    slack.scopes.discard("users:read")
    with pytest.raises(SlackApiError) as raised:
        client.users_info(user="U1")
    assert raised.value.response["error"] == "missing_scope"
    assert raised.value.response["needed"] == "users:read"


def test_places_where_the_bot_is_not(slack, client):
    slack.add_channel("C7", name="elsewhere", members=("U1",), bot=False)
    slack.add_channel("G7", name="secret", private=True, members=("U1",), bot=False)
    assert error(client.chat_postMessage, channel="C7", text="x") == "not_in_channel"
    assert error(client.conversations_history, channel="C7") == "not_in_channel"
    assert error(client.chat_postMessage, channel="G7", text="x") == "channel_not_found"
    assert error(client.conversations_info, channel="C404") == "channel_not_found"
    slack.scopes.add("chat:write.public")
    assert client.chat_postMessage(channel="C7", text="x")["ok"]


def test_messages_of_others_cannot_be_changed(slack, client, ada):
    ts = ada.says("C1", "mine")
    assert error(client.chat_update, channel="C1", ts=ts, text="x") == "cant_update_message"
    assert error(client.chat_delete, channel="C1", ts=ts) == "cant_delete_message"
    assert error(client.chat_update, channel="C1", ts="1.0", text="x") == "message_not_found"
    assert error(client.chat_postMessage, channel="C1", thread_ts="1.0", text="x") == "thread_not_found"
    assert error(client.conversations_replies, channel="C1", ts="1.0") == "thread_not_found"


def test_an_update_keeps_the_blocks_that_it_does_not_name(slack, client):
    ts = client.chat_postMessage(channel="C1", text="a", blocks=[{"type": "divider"}])["ts"]
    client.chat_update(channel="C1", ts=ts, text="b")
    [message] = slack.messages("C1")
    assert (message["text"], message["blocks"][0]["type"]) == ("b", "divider")
    client.chat_update(channel="C1", ts=ts, text="c", blocks=[])
    assert "blocks" not in slack.messages("C1")[0]


def test_replies_come_oldest_first_a_page_at_a_time_and_the_first_message_leads(client, ada):
    ts = ada.says("C1", "question")
    for number in range(5):
        ada.says("C1", f"reply {number}", thread=ts)
    first = client.conversations_replies(channel="C1", ts=ts, limit=3)
    assert [each["text"] for each in first["messages"]] == ["question", "reply 0", "reply 1"]
    assert first["has_more"]
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_replies(channel="C1", ts=ts, limit=3, cursor=cursor)
    assert [each["text"] for each in second["messages"]] == ["reply 2", "reply 3", "reply 4"]
    assert first["messages"][0]["reply_count"] == 5
    later = client.conversations_replies(channel="C1", ts=ts, oldest=second["messages"][1]["ts"])
    assert [each["text"] for each in later["messages"]] == ["question", "reply 4"]
    assert error(client.conversations_replies, channel="C1", ts=ts, cursor="nonsense") == "invalid_cursor"


def test_history_is_newest_first_and_without_replies(client, ada):
    first = ada.says("C1", "one")
    ada.says("C1", "reply", thread=first)
    ada.says("C1", "two")
    assert [each["text"] for each in client.conversations_history(channel="C1")["messages"]] == ["two", "one"]


def test_metadata_is_kept_and_given_to_whom_asks(client, ada):
    ts = ada.says("C1", "question")
    metadata = {"event_type": "answer", "event_payload": {"key": "k1"}}
    client.chat_postMessage(channel="C1", thread_ts=ts, text="a", metadata=metadata)
    plain = client.conversations_replies(channel="C1", ts=ts)["messages"][-1]
    whole = client.conversations_replies(channel="C1", ts=ts, include_all_metadata=True)["messages"][-1]
    assert "metadata" not in plain
    assert whole["metadata"] == metadata
    wrong = {"event_payload": {}}
    assert error(client.chat_postMessage, channel="C1", text="a", metadata=wrong) == "invalid_metadata_format"


def test_people_groups_and_members_are_looked_up(slack, client):
    slack.add_group("S1", handle="legal", users=("U1",))
    slack.add_user("UX", name="Stranger", stranger=True, team="T9")
    assert client.users_info(user="U2", include_locale=True)["user"]["locale"] == "de-DE"
    assert client.users_info(user="UG")["user"]["is_restricted"] is True
    assert client.users_info(user="UX")["user"]["is_stranger"] is True
    assert error(client.users_info, user="U404") == "user_not_found"
    assert client.usergroups_users_list(usergroup="S1")["users"] == ["U1"]
    assert client.usergroups_list(include_users=True)["usergroups"][0]["users"] == ["U1"]
    assert set(client.conversations_members(channel="G1")["members"]) == {"U1", "U9", slack.bot_user}
    assert client.conversations_info(channel="G1")["channel"]["is_private"] is True
    names = [each["name"] for each in client.users_conversations(user="U1")["channels"]]
    assert names == ["general"]


def test_long_lists_of_members_come_in_pages(slack, client):
    people = [f"U{number}" for number in range(100, 350)]
    for each in people:
        slack.add_user(each)
    slack.add_channel("C5", members=people, bot=True)
    found, cursor, pages = [], None, 0
    while cursor != "":
        page = client.conversations_members(channel="C5", limit=100, cursor=cursor)
        found += page["members"]
        cursor, pages = page["response_metadata"]["next_cursor"], pages + 1
    assert (len(found), pages) == (251, 3)


def test_ephemeral_messages_are_seen_by_one_person_who_must_be_there(slack, client):
    client.chat_postEphemeral(channel="C1", user="U1", text="for you")
    assert [each["text"] for each in slack.ephemerals("U1")] == ["for you"]
    assert not slack.ephemerals("U2")
    assert not slack.messages("C1")
    assert error(client.chat_postEphemeral, channel="G1", user="U2", text="x") == "user_not_in_channel"


def test_a_file_needs_the_token_or_comes_as_a_sign_in_page(slack, client, ada):
    ada.says("C1", "see this", files=[("plan.txt", b"the plan")])
    [described] = slack.messages("C1")[0]["files"]
    assert client.files_info(file=described["id"])["file"]["name"] == "plan.txt"
    request = urllib.request.Request(
        described["url_private_download"], headers={"Authorization": f"Bearer {slack.bot_token}"}
    )
    with urllib.request.urlopen(request) as answer:
        assert (answer.headers["content-type"], answer.read()) == ("text/plain", b"the plan")
    with urllib.request.urlopen(described["url_private_download"]) as answer:
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert b"the plan" not in answer.read()


def test_a_direct_message_is_opened_by_a_user_or_by_posting_to_one(slack, client):
    opened = client.conversations_open(users="U1")["channel"]["id"]
    assert client.chat_postMessage(channel="U1", text="hello")["channel"] == opened
    assert slack.messages(opened)[0]["text"] == "hello"


def test_reactions_links_and_bots(slack, client, ada):
    ts = ada.says("C1", "question")
    mark = {"channel": "C1", "timestamp": ts, "name": "eyes"}
    client.reactions_add(**mark)
    assert error(client.reactions_add, **mark) == "already_reacted"
    client.reactions_remove(**mark)
    assert error(client.reactions_remove, **mark) == "no_reaction"
    answer = client.chat_postMessage(channel="C1", thread_ts=ts, text="a")["ts"]
    link = client.chat_getPermalink(channel="C1", message_ts=answer)["permalink"]
    assert link.endswith(f"/C1/p{answer.replace('.', '')}?thread_ts={ts}&cid=C1")
    slack.add_user("UX", name="Other bot", bot=True)
    assert client.bots_info(bot="BX")["bot"]["user_id"] == "UX"
    assert error(client.bots_info, bot="B404") == "bot_not_found"


def test_a_deleted_question_leaves_a_tombstone_over_its_replies(slack, client, ada):
    ts = ada.says("C1", "question")
    reply = client.chat_postMessage(channel="C1", thread_ts=ts, text="a")["ts"]
    ada.deletes("C1", ts)
    head, _ = client.conversations_replies(channel="C1", ts=ts)["messages"]
    assert (head["subtype"], head["reply_count"]) == ("tombstone", 1)
    client.chat_delete(channel="C1", ts=reply)
    assert slack.messages("C1", ts)[0]["reply_count"] == 0


def test_channels_are_listed_by_kind_and_only_where_the_bot_may_look(slack, client):
    slack.add_channel("G7", name="secret", private=True, members=("U1",), bot=False)
    slack.add_channel("C7", name="elsewhere", members=("U1",), bot=False)
    kinds = {"types": "public_channel,private_channel", "limit": 2}
    first = client.conversations_list(**kinds)
    second = client.conversations_list(**kinds, cursor=first["response_metadata"]["next_cursor"])
    names = [each["name"] for each in (*first["channels"], *second["channels"])]
    assert names == ["general", "strategy-private", "elsewhere"]


def test_what_is_waited_for_may_ask_the_web_api(slack, client, ada):
    ada.says("C1", "question")
    assert slack.wait_for(lambda: len(client.conversations_history(channel="C1")["messages"]) == 1)


def test_a_workspace_that_runs_long_forgets(slack, client):
    slack.forget(3)
    for _ in range(5):
        client.auth_test()
    assert len(slack.calls()) == 3


def test_scopes_and_subscriptions_can_be_those_of_a_manifest(slack, client, ada):
    slack.scopes = ["chat:write"]
    slack.subscriptions = ["app_mention"]
    assert error(client.users_info, user="U1") == "missing_scope"
    with listening(slack) as heard:
        ada.says("C1", "not for us")
        ada.says("C1", "<@UBOT> for us")
        assert slack.wait_for(lambda: len(heard) == 1)
    assert kinds(heard) == [("app_mention", None)]


# -- limits ------------------------------------------------------------------------------------------------


def section(text):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(**over):
    return {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go"}} | over


TWICE = {"type": "actions", "elements": [button(), button()]}
FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "verdict",
            "positive_button": {"text": {"type": "plain_text", "text": "Helpful"}, "value": "yes"},
            "negative_button": {"text": {"type": "plain_text", "text": "Not helpful"}, "value": "no"},
        }
    ],
}
CONTAINER = {
    "type": "container",
    "title": {"type": "plain_text", "text": "Sources"},
    "is_collapsible": True,
    "default_collapsed": True,
    "child_blocks": [section("one"), {"type": "actions", "elements": [button(action_id="inner")]}],
}
TABLE = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]}


@pytest.mark.parametrize(
    "blocks",
    [
        [section("x" * 3001)],
        [section("")],
        [{"type": "divider"}] * 51,
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "sparkles"}],
        [{"type": "actions", "elements": [button(text={"type": "plain_text", "text": "x" * 76})]}],
        [{"type": "actions", "elements": [button(value="x" * 2001)]}],
        [{"type": "actions", "elements": []}],
        [TWICE],
        [section("x") | {"block_id": "x" * 256}],
        [section("x") | {"block_id": "same"}, section("y") | {"block_id": "same"}],
        [{"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}],
        [CONTAINER | {"is_collapsible": False}],
        [CONTAINER | {"child_blocks": [CONTAINER]}],
        [{"type": "context_actions", "elements": [button()]}],
        [{"type": "markdown", "text": "# h\n" * 51}],
    ],
    ids=lambda blocks: blocks[0]["type"],
)
def test_malformed_or_oversized_blocks_are_invalid(client, blocks):
    with pytest.raises(SlackApiError) as raised:
        client.chat_postMessage(channel="C1", text="x", blocks=blocks)
    assert raised.value.response["error"] == "invalid_blocks"
    assert "json-pointer" in raised.value.response["response_metadata"]["messages"][0]


@pytest.mark.parametrize(
    "blocks",
    [
        [section("x" * 3000)],
        [section("x")] * 50,
        [FEEDBACK, CONTAINER, TABLE],
        [{"type": "actions", "elements": [button(), button(action_id="b")]}],
        [{"type": "markdown", "text": "x" * 12_000}],
    ],
    ids=["section", "fifty", "rich", "actions", "markdown"],
)
def test_blocks_at_the_limit_pass(client, blocks):
    assert client.chat_postMessage(channel="C1", text="x", blocks=blocks)["ok"]


def test_a_message_is_too_long_as_a_whole(client):
    most = [{"type": "markdown", "text": "x" * 12_000}, section("y" * 1_200)]
    assert client.chat_postMessage(channel="C1", text="x", blocks=most)["ok"]
    for more in (section("z"), section("&")):
        assert (
            error(client.chat_postMessage, channel="C1", text="x", blocks=[*most, more])
            == "msg_blocks_too_long"
        )
    escaped = [section("&" * 2_700)]
    assert error(client.chat_postMessage, channel="C1", text="x", blocks=escaped) == "msg_blocks_too_long"
    assert error(client.chat_postMessage, channel="C1", markdown_text="x" * 12_001) == "msg_too_long"
    assert (
        error(client.chat_postMessage, channel="C1", markdown_text="x", text="y") == "markdown_text_conflict"
    )


def test_long_texts_are_cut_without_a_word_and_empty_ones_refused(slack, client):
    client.chat_postMessage(channel="C1", text="x" * 50_000)
    assert len(slack.messages("C1")[0]["text"]) == 40_000
    assert error(client.api_call, "chat.postMessage", json={"channel": "C1", "text": ""}) == "no_text"


def test_scripted_failures_come_as_often_as_they_were_ordered(slack, client):
    slack.fail("chat.postMessage", retry_after=2, times=1)
    with pytest.raises(SlackApiError) as raised:
        client.chat_postMessage(channel="C1", text="x")
    assert (raised.value.response.status_code, raised.value.response["error"]) == (429, "ratelimited")
    assert raised.value.response.headers["Retry-After"] == "2"
    assert client.chat_postMessage(channel="C1", text="y")["ok"]
    slack.fail("chat.postMessage", status=200, error="fatal_error")
    assert error(client.chat_postMessage, channel="C1", text="x") == "fatal_error"
    assert [each.error for each in slack.calls("chat.postMessage")] == ["ratelimited", "", "fatal_error"]


def test_an_answer_can_be_lost_although_the_call_was_carried_out(slack, client):
    slack.fail("chat.postMessage", status=503, done=True)
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="C1", text="was posted")
    assert [each["text"] for each in slack.messages("C1")] == ["was posted"]


def test_a_connection_can_be_cut(slack):
    slack.fail("auth.test", status=0)
    request = urllib.request.Request(
        slack.api_url + "auth.test", b"", {"Authorization": f"Bearer {slack.bot_token}"}
    )
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        urllib.request.urlopen(request)


def test_one_post_a_second_and_channel_when_that_is_on(slack, client):
    slack.limits.pace = 60
    client.chat_postMessage(channel="C1", text="x")
    assert error(client.chat_postMessage, channel="C1", text="x") == "ratelimited"
    assert client.chat_postMessage(channel="G1", text="x")["ok"]


# -- streams, sessions, views ------------------------------------------------------------------------------


def test_a_stream_grows_and_ends_with_blocks_and_metadata(slack, client, ada):
    ts = ada.says("C1", "<@UBOT> why?")
    stream = client.chat_stream(
        channel="C1", thread_ts=ts, recipient_team_id="T1", recipient_user_id="U1", buffer_size=1
    )
    stream.append(markdown_text="Because ")
    assert slack.messages("C1", ts)[-1]["streaming_state"] == "in_progress"
    assert slack.session("C1", ts) == "processing"
    stream.append(markdown_text="of **this**.")
    stream.stop(blocks=[FEEDBACK], metadata={"event_type": "answer", "event_payload": {}})
    message = slack.messages("C1", ts)[-1]
    assert message["text"] == "Because of **this**."
    assert [each["type"] for each in message["blocks"]] == ["markdown", "context_actions"]
    assert message["metadata"]["event_type"] == "answer"
    assert (message["streaming_state"], slack.session("C1", ts)) == ("completed", "active")


def test_a_stream_in_a_channel_says_for_whom_it_is(client, ada):
    ts = ada.says("C1", "<@UBOT> why?")
    assert error(client.chat_startStream, channel="C1", thread_ts=ts) == "missing_recipient_team_id"
    named = {"channel": "C1", "thread_ts": ts, "recipient_team_id": "T1"}
    assert error(client.chat_startStream, **named) == "missing_recipient_user_id"
    dm = ada.dm("why?")
    assert client.chat_startStream(channel=ada.direct, thread_ts=dm)["ok"]


def test_a_stream_takes_12000_characters_at_once(client, ada):
    ts = ada.dm("why?")
    stream = client.chat_startStream(channel=ada.direct, thread_ts=ts)["ts"]
    named = {"channel": ada.direct, "ts": stream}
    assert error(client.chat_appendStream, **named, markdown_text="x" * 12_001) == "msg_too_long"
    assert client.chat_appendStream(**named, markdown_text="x" * 12_000)["ok"]
    assert error(client.chat_appendStream, **named, markdown_text="x" * 1_201) == "msg_too_long"


def test_a_stream_expires_and_its_message_can_then_be_updated(slack, client, ada):
    slack.limits.stream_lifetime = 0.05
    ts = ada.dm("why?")
    stream = client.chat_startStream(channel=ada.direct, thread_ts=ts, markdown_text="so far")["ts"]
    named = {"channel": ada.direct, "ts": stream}
    assert error(client.chat_update, **named, text="x") == "streaming_state_conflict"
    assert slack.wait_for(lambda: slack.messages(ada.direct, ts)[-1]["streaming_state"] == "errored")
    assert error(client.chat_appendStream, **named, markdown_text="x") == "message_not_in_streaming_state"
    assert error(client.chat_stopStream, **named) == "message_not_in_streaming_state"
    client.chat_update(**named, markdown_text="whole")
    assert slack.messages(ada.direct, ts)[-1]["text"] == "whole"


def test_stop_exists_only_while_the_session_is_at_work(slack, client, ada):
    ts = ada.says("C1", "<@UBOT> why?")
    assert ada.stops("C1", ts) is False
    client.agents_sessions_setStatus(channel_id="C1", thread_ts=ts, status="processing", title="Why")
    stream = client.chat_startStream(
        channel="C1", thread_ts=ts, recipient_team_id="T1", recipient_user_id="U1", markdown_text="a"
    )["ts"]
    with listening(slack) as heard:
        assert ada.stops("C1", ts) is True
        assert slack.wait_for(lambda: any(kind == "agent_session_stopped" for kind, _ in kinds(heard)))
    event = next(each.payload["event"] for each in heard if each.payload["event"]["type"].startswith("agent"))
    assert (event["thread_ts"], event["user"], event["streaming_message_ts"]) == (ts, "U1", [stream])
    client.chat_stopStream(channel="C1", ts=stream, session_status="active")
    assert ada.stops("C1", ts) is False


def test_the_words_under_a_thread_go_with_the_first_post(slack, client, ada):
    ts = ada.dm("why?")
    client.assistant_threads_setStatus(
        channel_id=ada.direct, thread_ts=ts, status="is reading", loading_messages=["Reading", "Weighing"]
    )
    assert slack.status(ada.direct, ts) == "is reading"
    client.chat_postMessage(channel=ada.direct, thread_ts=ts, text="so")
    assert slack.status(ada.direct, ts) == ""
    assert slack.statuses[-1].loading_messages == ("Reading", "Weighing")
    assert error(client.agents_sessions_setStatus, channel_id=ada.direct, status="busy") == "invalid_status"


MODAL = {
    "type": "modal",
    "callback_id": "reason",
    "title": {"type": "plain_text", "text": "Why?"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        }
    ],
}


def test_a_click_opens_a_modal_and_its_submission_closes_it(slack, client, ada):
    ts = ada.says("C1", "q")
    client.chat_postMessage(channel="C1", thread_ts=ts, text="a", blocks=[FEEDBACK, CONTAINER])
    answer = slack.messages("C1", ts)[-1]
    with listening(slack) as heard:
        assert ada.clicks(answer, "verdict", "no").acked
        payload = heard[-1].payload
        assert (payload["actions"][0]["type"], payload["actions"][0]["value"]) == ("feedback_buttons", "no")
        assert payload["message"]["ts"] == answer["ts"]
        assert ada.clicks(answer, "inner").acked
        client.views_open(trigger_id=heard[-1].payload["trigger_id"], view=MODAL)
        assert (
            error(client.views_open, trigger_id=payload["trigger_id"] + "x", view=MODAL)
            == "invalid_trigger_id"
        )
        [view] = slack.views
        assert ada.submits(view, {"reason": "too long"}).acked
        values = heard[-1].payload["view"]["state"]["values"]
    assert values["why"]["reason"] == {"type": "plain_text_input", "value": "too long"}
    assert not slack.views


def test_a_trigger_opens_one_modal_and_expires(slack, client, ada):
    slack.limits.trigger_lifetime = 0.0
    with listening(slack) as heard:
        ada.slash("/strategy", "help", "C1")
    trigger = heard[-1].payload["trigger_id"]
    assert error(client.views_open, trigger_id=trigger, view=MODAL) == "expired_trigger_id"


def test_a_modal_stays_open_on_errors_and_changes_on_update(slack, client, ada):
    answers = iter(
        [{"response_action": "errors", "errors": {"why": "No"}}, {"response_action": "update", "view": MODAL}]
    )
    with listening(
        slack, lambda request: next(answers) if request.payload["type"] == "view_submission" else None
    ):
        ada.shortcut("ask_about_message", "C1", ada.says("C1", "text"))
        payload = next(each.payload for each in slack.log if each.kind == "interactive")
        assert (payload["type"], payload["callback_id"]) == ("message_action", "ask_about_message")
        client.views_open(trigger_id=payload["trigger_id"], view=MODAL)
        [view] = slack.views
        assert ada.submits(view).payload["response_action"] == "errors"
        assert ada.submits(view).payload["response_action"] == "update"
        assert [each["id"] for each in slack.views] == [view["id"]]
        assert slack.views[0]["hash"] != view["hash"]


def test_the_home_page_is_published_per_person(slack, client, ada):
    client.views_publish(user_id="U1", view={"type": "home", "blocks": [section("hello")]})
    assert slack.home("U1")["blocks"][0]["text"]["text"] == "hello"
    assert slack.home("U2") is None
    wrong = {"type": "home", "blocks": [{"type": "markdown", "text": "no"}]}
    assert error(client.views_publish, user_id="U1", view=wrong) == "invalid_blocks"
    with listening(slack) as heard:
        ada.opens_home("messages")
        ada.opens_home()
        assert slack.wait_for(lambda: len(heard) == 2)
    assert sorted(each.payload["event"]["tab"] for each in heard) == ["home", "messages"]


# -- Socket Mode -------------------------------------------------------------------------------------------


def test_a_mention_arrives_twice_with_different_ids(slack, ada):
    with listening(slack) as heard:
        ts = ada.says("C1", "<@UBOT> what if?")
        assert slack.wait_for(lambda: len(heard) == 2)
    assert sorted(kinds(heard)) == [("app_mention", None), ("message", None)]
    assert {each.payload["event"]["ts"] for each in heard} == {ts}
    assert len({each.payload["event_id"] for each in heard}) == 2
    assert slack.log[0].latency < 1


def test_files_edits_deletions_and_own_posts_have_their_subtypes(slack, client, ada):
    with listening(slack) as heard:
        ada.dm("read this", files=[("a.txt", b"x")])
        ts = ada.dm("first")
        ada.edits(ada.direct, ts, "second")
        ada.deletes(ada.direct, ts)
        client.chat_postMessage(channel=ada.direct, text="mine")
        assert slack.wait_for(lambda: len(heard) == 5)
    subtypes = sorted(str(subtype) for _, subtype in kinds(heard))
    assert subtypes == ["None", "None", "file_share", "message_changed", "message_deleted"]
    own = [each.payload["event"] for each in heard if each.payload["event"].get("bot_id")]
    assert [each["bot_id"] for each in own] == [slack.bot_id]


def test_what_is_not_acknowledged_comes_again_until_patience_ends(slack, ada):
    slack.rules.ack_within = 0.1
    slack.rules.retry_after = (0.0, 0.0, 0.0)
    with listening(slack, answer=False) as heard:
        ada.dm("hello")
        assert slack.wait_for(lambda: len(heard) == 4)
        assert not slack.wait_for(lambda: len(heard) > 4, 0.3)
    assert sorted(each.retry_attempt for each in heard) == [0, 1, 2, 3]
    assert {each.retry_reason for each in heard} == {"", "timeout"}
    assert len({each.payload["event_id"] for each in heard}) == 1
    assert len({each.envelope_id for each in heard}) == 4


def test_what_is_acknowledged_comes_again_only_if_that_was_ordered(slack, ada):
    slack.redeliver = 3
    with listening(slack) as heard:
        ada.dm("four times")
        assert slack.wait_for(lambda: len(heard) == 4)
    assert len({each.payload["event_id"] for each in heard}) == 1
    assert sorted(each.retry_attempt for each in heard) == [0, 1, 2, 3]


class AtOnce:
    """An app that acknowledges before the courier has turned round, from the attempt on that it is told."""

    tells = False

    def __init__(self, first):
        self.courier, self.first = None, first

    def carry(self, delivery):
        if delivery.attempt >= self.first:
            self.courier.acked(delivery.envelope_id, {})
        return "at once"


@pytest.mark.parametrize("first", [0, 1, 2])
def test_the_courier_stops_at_the_first_acknowledgement(first):
    noted = threading.Semaphore(0)
    courier = Courier(Rules(ack_within=0.02, retry_after=(0.0, 0.0, 0.0)), noted.release)
    courier.carrier = AtOnce(first)
    courier.carrier.courier = courier
    try:
        parcel = courier.send("events_api", {"event_id": "Ev1"})
        assert parcel.done.wait(10)
        second = courier.send("events_api", {"event_id": "Ev2"})  # goes out after what is still due
        assert second.done.wait(10)
        assert [each.attempt for each in parcel.deliveries] == list(range(first + 1))
        assert parcel.acked.attempt == first
    finally:
        courier.stop()


def test_each_payload_goes_to_one_of_several_sockets(slack, ada):
    with listening(slack) as one, listening(slack) as two:
        for number in range(10):
            ada.dm(str(number))
        assert slack.wait_for(lambda: len(one) + len(two) == 10)
    assert one
    assert two


def test_held_events_go_out_in_any_order_and_number(slack, ada):
    with listening(slack) as heard:
        slack.hold()
        for word in "abc":
            ada.dm(word)
        assert not slack.wait_for(lambda: heard, 0.1)
        assert slack.release(lambda parcels: [*reversed(parcels), parcels[0]]) == 4
        assert slack.wait_for(lambda: len(heard) == 4)
    texts = [each.payload["event"]["text"] for each in slack.log]
    assert texts == ["c", "b", "a", "a"]


def test_events_wait_for_a_socket_and_then_look_like_retries(slack, ada):
    ada.dm("is anybody there?")
    with listening(slack) as heard:
        assert slack.wait_for(lambda: len(heard) == 1)
    assert heard[0].retry_attempt == 1


def test_sockets_are_asked_to_move_on_or_cut_and_come_back(slack, ada):
    with listening(slack) as heard:
        first = slack.sockets.opened
        slack.disconnect(after=0.2)
        assert slack.wait_for(lambda: slack.sockets.opened > first and slack.sockets.count(), 10)
        ada.dm("after the refresh")
        assert slack.wait_for(lambda: len(heard) == 1)
        slack.drop()
        ada.dm("after the cut")
        assert slack.wait_for(lambda: len(heard) == 2, 15)


def test_a_socket_needs_a_fresh_ticket(slack, client):
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    url = slack.sockets.address()
    with connect(url, proxy=None) as socket:
        assert json.loads(socket.recv(timeout=5))["type"] == "hello"
    with pytest.raises(InvalidStatus), connect(url, proxy=None):
        pass


def test_a_command_that_nobody_takes_fails_at_once_and_a_slow_one_in_time(slack, ada):
    assert ada.slash("/strategy", "help", "C1").error == "dispatch_failed"
    slack.rules.ack_within = 0.1
    with listening(slack, answer=False):
        assert ada.slash("/strategy", "help", "C1").error == "operation_timeout"


def test_bolt_takes_mentions_commands_and_clicks(slack, ada):
    app = App(client=WebClient(slack.bot_token, base_url=slack.api_url))

    @app.event("app_mention")
    def mention(event, client):
        client.chat_postMessage(
            channel=event["channel"], thread_ts=event["ts"], text="a", blocks=[CONTAINER, FEEDBACK]
        )

    @app.event("message")
    def message():
        pass

    @app.command("/strategy")
    def command(ack, respond):
        ack("at once")
        respond("later")
        respond("for all", response_type="in_channel")

    @app.action("verdict")
    def click(ack, respond):
        ack()
        respond("thanks")

    handler = SocketModeHandler(app, slack.app_token, ping_interval=1)
    handler.connect()
    try:
        ts = ada.says("C1", "<@UBOT> why?")
        [answer] = slack.answer_to("C1", ts)
        response = ada.slash("/strategy", "help", "C1")
        assert (response.text, response.latency < 3) == ("at once", True)
        assert slack.wait_for(lambda: len(slack.messages("C1")) == 2)
        assert ada.clicks(answer, "verdict", "yes").acked
        assert slack.wait_for(lambda: len(slack.ephemerals("U1")) == 3)
        assert {each["text"] for each in slack.ephemerals("U1")} == {"at once", "later", "thanks"}
    finally:
        hang_up(handler.client)
        app.listener_runner.listener_executor.shutdown()


def test_a_response_url_serves_five_times(slack, ada):
    with listening(slack) as heard:
        ada.slash("/strategy", "help", "C1")
    url = heard[0].payload["response_url"]
    request = urllib.request.Request(url, b'{"text": "x"}', {"Content-Type": "application/json"})
    for _ in range(5):
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request)
    raised.value.close()
    assert len(slack.ephemerals("U1")) == 5


def test_guests_and_companies_outside_are_visible_in_events(slack):
    slack.add_channel("C8", name="partners", members=("U1", "UX"), shared=True)
    stranger = slack.add_user("UX", name="Xaver", stranger=True, team="T9")
    with listening(slack) as heard:
        stranger.says("C8", "<@UBOT> hello")
        assert slack.wait_for(lambda: len(heard) == 2)
    assert all(each.payload["is_ext_shared_channel"] for each in heard)
    assert {each.payload["event"]["team"] for each in heard} == {"T9"}


# -- HTTP mode ---------------------------------------------------------------------------------------------


@contextmanager
def request_url(statuses=(), headers=None):
    """An app with a request URL that keeps what it got; it answers with `statuses` first, then with 200."""
    got, left = [], list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append(({key.lower(): value for key, value in self.headers.items()}, body))
            told = json.loads(body).get("challenge", "") if body.startswith(b"{") else "at once"
            status = 200 if told and body.startswith(b"{") else left.pop(0) if left else 200
            self.send_response(status)
            for key, value in (headers or {}).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(told.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/slack/events", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_posts_are_signed_and_the_url_is_verified_first(slack, ada):
    with request_url() as (url, got):
        assert slack.deliver_http(url)
        ada.dm("hello")
        response = ada.slash("/strategy", "help", "C1")
        assert slack.wait_for(lambda: len(got) == 3)
    verifier = SignatureVerifier(slack.signing_secret)
    assert all(verifier.is_valid_request(body, headers) for headers, body in got)
    assert json.loads(got[0][1])["type"] == "url_verification"
    form = parse_qs(next(body for _, body in got if body.startswith(b"token")).decode())
    assert form["command"] == ["/strategy"]
    assert response.text == "at once"


def test_posts_that_fail_come_again_with_retry_headers(slack, ada):
    with request_url([500, 503]) as (url, got):
        slack.deliver_http(url)
        ada.dm("hello")
        assert slack.wait_for(lambda: len(got) == 4)
        assert not slack.wait_for(lambda: len(got) > 4, 0.2)
    retries = [
        (headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")) for headers, _ in got[1:]
    ]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]


def test_a_url_that_says_not_to_come_again_is_left_alone_and_nobody_home_is_a_failure(slack, ada):
    with request_url([500], {"X-Slack-No-Retry": "1"}) as (url, got):
        assert slack.deliver_http(url)
        ada.dm("hello")
        assert slack.wait_for(lambda: len(got) == 2)
        assert not slack.wait_for(lambda: len(got) > 2, 0.2)
    assert slack.deliver_http(url) is False
    ada.dm("is anybody there?")
    assert slack.wait_for(lambda: slack.log[-1].reason == "connection_failed")


def test_nothing_is_left_running(slack):
    before = {each.name for each in threading.enumerate()}
    assert "demo-courier" in before
    slack.stop()
    slack.stop()
    assert not [each.name for each in threading.enumerate() if each.name.startswith("demo-")]

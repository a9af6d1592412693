import json
from pathlib import Path

import pytest

from bot.slack.intake import Accept, Bot, Ignore, decide

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
ORACLES = SHARED / "oracles" / "slack_events.jsonl"
BOT = Bot("UBOT", "BBOT", "T1")
ASKED = {"type": "app_mention", "user": "U1", "text": "<@UBOT> what if?", "channel": "C1", "ts": "5.1"}
ENVELOPE = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1"}


def decided(event=None, body=None, engaged=(), **changes):
    whole = {**(event or ASKED), **changes}
    kept = {name: value for name, value in whole.items() if value is not None}
    return decide(kept, body or ENVELOPE, BOT, lambda channel, thread: (channel, thread) in engaged)


def message(**changes):
    return {**ASKED, "type": "message", "channel_type": "channel", **changes}


def edited(before, after, **changes):
    inner = {"type": "message", "user": "U1", "ts": "5.1", "edited": {"user": "U1", "ts": "6.0"}}
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": "C1",
        "channel_type": "channel",
        "ts": "6.1",
        "message": {**inner, "text": after, **changes},
        "previous_message": {"type": "message", "user": "U1", "ts": "5.1", "text": before},
    }


@pytest.mark.skipif(not ORACLES.exists(), reason="the oracles of events are not here")
def test_every_recorded_event_meets_its_expectation():
    rows = [json.loads(line) for line in ORACLES.read_text().splitlines()]
    assert len(rows) > 20
    for row in rows:
        outcome = decide(row["event"], row["envelope"], BOT, lambda channel, thread: False)
        assert _fits(outcome, row["expect"]), (row["name"], outcome)


def _fits(outcome, expected):
    """Whether what was decided is one of the things the oracle allows."""
    if expected == "ignore" or expected.startswith(("ignore without", "context channel")):
        return isinstance(outcome, Ignore)
    assert isinstance(outcome, Accept) or "ignore" in expected, expected
    kinds = {"no new public answer": "edit", "ignore, or remove": "deleted"}
    [kind] = [kind for words, kind in kinds.items() if expected.startswith(words)] or ["question"]
    return isinstance(outcome, Ignore) or outcome.kind == kind


def test_a_mention_is_a_question_in_its_thread():
    accepted = decided()
    assert (accepted.kind, accepted.key) == ("question", "question:T1:C1:5.1")
    assert accepted.payload["thread"] == "5.1"
    assert accepted.payload["mentioned"]
    assert not accepted.payload["external"]
    json.dumps(accepted.payload)


def test_the_twins_of_a_mention_and_its_redeliveries_have_one_key():
    again = {**ENVELOPE, "event_id": "Ev2", "retry_attempt": 1}
    keys = {decided().key, decided(message()).key, decided(body=again).key, decided(message(), again).key}
    assert len(keys) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"user": "UBOT"},
        {"bot_id": "BBOT"},
        {"bot_id": "BOTHER"},
        {"bot_profile": {"id": "B"}},
        {"app_id": "A9"},
        {"subtype": "bot_message"},
        {"user": "USLACKBOT"},
        {"user": None},
        {"channel": None},
        {"ts": None},
        {"hidden": True},
        *(
            {"subtype": each}
            for each in ("channel_join", "channel_leave", "channel_topic", "tombstone", "reminder_add")
        ),
    ],
)
@pytest.mark.parametrize("kind", ["app_mention", "message"])
def test_what_no_person_said_is_ignored(kind, changes):
    assert isinstance(decided(type=kind, **changes), Ignore)


@pytest.mark.parametrize("subtype", [None, "file_share", "thread_broadcast"])
def test_what_people_say_is_answered_under_each_subtype(subtype):
    assert decided(message(subtype=subtype)).kind == "question"
    direct = message(subtype=subtype, text="q", channel="D1", channel_type="im")
    assert decided(direct).payload["direct"]


def test_files_travel_with_the_question_without_what_is_not_needed():
    files = [{"id": "F1", "name": "a.md", "url_private": "https://x", "thumb_64": "big"}] * 40
    payload = decided(
        message(subtype="file_share", text="", channel="D1", channel_type="im", files=files)
    ).payload
    assert payload["files"] == [{"id": "F1", "name": "a.md", "url_private": "https://x"}] * 30
    assert payload["text"] == ""


def test_a_message_to_nobody_in_particular_is_ignored():
    assert decided(message(text="lunch?")) == Ignore("not addressed to us")
    assert isinstance(decided(message(text="<@UBOTTOM> lunch?")), Ignore)


def test_a_follow_up_needs_no_mention_in_a_thread_of_ours():
    follow_up = message(text="and in Germany?", ts="5.2", thread_ts="5.1")
    assert decided(follow_up, engaged={("C1", "5.1")}).payload["thread"] == "5.1"
    assert isinstance(decided(follow_up, engaged={("C1", "4.0")}), Ignore)


@pytest.mark.parametrize("text", ["<@U2> what do you think?", " <!here> look"])
def test_people_in_our_thread_may_talk_to_each_other(text):
    assert isinstance(decided(message(text=text, ts="5.2", thread_ts="5.1"), engaged={("C1", "5.1")}), Ignore)


def test_a_named_mention_counts():
    assert decided(message(text="hey <@UBOT|strategist> so?")).kind == "question"


def test_an_edit_updates_the_same_question():
    accepted = decided(edited("<@UBOT> what if?", "<@UBOT> what else?"))
    assert (accepted.kind, accepted.key) == ("edit", "edit:T1:C1:5.1:6.0")
    assert accepted.payload["question_key"] == decided().key
    assert accepted.payload["text"] == "<@UBOT> what else?"
    assert accepted.payload["ts"] == "5.1"


def test_an_edit_that_first_mentions_us_is_the_question_itself():
    assert decided(edited("what if?", "<@UBOT> what if?")).key == decided().key


@pytest.mark.parametrize(
    "event",
    [
        edited("<@UBOT> what if?", "<@UBOT> what if?"),  # a preview was attached
        edited("<@UBOT> a", "<@UBOT> b", edited=None),
        edited("<@UBOT> a", "<@UBOT> b", bot_id="B2"),
        edited("<@UBOT> a", "<@UBOT> b", user="UBOT"),
        edited("a", "b"),
        edited("<@UBOT> a", "", subtype="tombstone"),
    ],
)
def test_other_changes_are_ignored(event):
    assert isinstance(decided(event), Ignore)


def test_a_deleted_question_is_noticed():
    gone = {"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": "9", "deleted_ts": "5.1"}
    assert decided(gone | {"event_ts": "9.1"}).payload == {"channel": "C1", "ts": "5.1", "at": "9.1"}


@pytest.mark.parametrize(
    ("body", "event"),
    [
        ({**ENVELOPE, "is_ext_shared_channel": True}, {}),
        (ENVELOPE, {"user_team": "T9"}),
        (ENVELOPE, {"source_team": "T9"}),
    ],
)
def test_the_event_tells_of_outsiders(body, event):
    assert decided(body=body, **event).payload["external"]


def test_rich_text_without_a_text_is_read():
    elements = [{"type": "user", "user_id": "UBOT"}, {"type": "text", "text": "what if?"}]
    section = {"type": "rich_text_section", "elements": elements}
    accepted = decided(message(text="", blocks=[{"type": "rich_text", "elements": [section]}]))
    assert accepted.payload["text"] == "<@UBOT> what if?"


def test_the_session_events_are_understood():
    stop = {"type": "agent_session_stopped", "channel": "D1", "thread_ts": "5.1", "user": "U1"}
    told = {"channel": "D1", "thread": "5.1", "user": "U1", "at": "6.1"}
    assert decided(stop | {"event_ts": "6.1"}).payload == told
    assert isinstance(decided({"type": "agent_session_stopped", "channel": "D1"}), Ignore)
    home = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"}
    assert decided(home).payload == {"user": "U1", "channel": "D1", "tab": "home"}
    changed = {"type": "app_context_changed", "user": "U1", "context": {"entities": []}}
    assert decided(changed).kind == "context"


@pytest.mark.parametrize("event", [{}, {"type": "reaction_added"}, {"type": "assistant_thread_started"}])
def test_other_events_are_ignored(event):
    assert isinstance(decide(event, {}, BOT, lambda channel, thread: True), Ignore)

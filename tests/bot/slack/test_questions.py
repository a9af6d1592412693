"""Questions and answers from end to end: over a real socket, through real jobs, from a real library."""

import itertools
import time

import pytest
from office import texts, until

ASK, FACT = "What happens after an hour without Aurora Models?", "works from paper forms"
STAFF_ASK, STAFF_FACT = "When does the Heliotrope contract end?", "ends in June 2027"
BOARD_ASK, BOARD_FACT = "Why was the Nightjar merger called off?", "nine million"
_numbers = itertools.count(1)


@pytest.fixture
def channel(slack):
    """A new public channel with Ada, Bob and the bot."""
    name = f"C{next(_numbers)}0"
    slack.add_channel(name, members=("U1", "U2"))
    return name


@pytest.fixture
def private(slack):
    """A new private channel with Ada and Root, who are both on the board."""
    name = f"G{next(_numbers)}0"
    slack.add_channel(name, private=True, members=("U1", "U9"))
    return name


def mention(slack, text, user="U1", channel="C1", **more):
    return slack.person(user).says(channel, f"<@{slack.bot_user}> {text}".strip(), **more)


def answer(slack, channel, ts, **more):
    [found] = slack.answer_to(channel, ts, **more)
    return found


def button(message, action):
    return [each for each in _elements(message["blocks"]) if each.get("action_id") == action]


def _elements(blocks):
    for block in blocks:
        yield from block.get("elements", ())
        yield from [block["accessory"]] if "accessory" in block else []
        yield from _elements(block.get("child_blocks", ()))


def whispered(slack, user, before, seconds=5.0):
    """What somebody was told in private since then."""
    assert slack.wait_for(lambda: len(slack.ephemerals(user)) > before, seconds)
    return slack.ephemerals(user)[before:]


def told(slack, user, order, channel):
    """What the command answers to somebody."""
    before = len(slack.ephemerals(user))
    slack.person(user).slash("/strategy", order, channel)
    return texts(whispered(slack, user, before))


def quiet_for(slack, channel, ts, seconds=0.6):
    """Nothing is said in a thread for a while."""
    return not slack.wait_for(lambda: slack.answers(channel, ts), seconds)


# Asking


def test_a_mention_is_answered_once_in_its_thread(slack, channel):
    ts = mention(slack, ASK, channel=channel)
    found = answer(slack, channel, ts)
    assert FACT in texts([found])
    assert found["thread_ts"] == ts


def test_a_direct_message_is_answered_in_its_thread(slack):
    ada = slack.person("U1")
    ts = ada.dm(ASK)
    found = answer(slack, ada.direct, ts)
    assert FACT in texts([found])
    assert found["thread_ts"] == ts


def test_the_interface_speaks_the_language_of_the_reader(slack, channel):
    found = answer(slack, channel, mention(slack, ASK, "U2", channel))
    assert "Hilfreich" in str(found["blocks"])


def test_a_follow_up_needs_no_mention_and_remembers_the_question_before(slack, channel):
    ts = mention(slack, ASK, channel=channel)
    answer(slack, channel, ts)
    slack.person("U2").says(channel, "and after a week?", thread=ts)
    found = slack.answer_to(channel, ts, until=lambda found: len(found) == 2)
    assert "report the outage" in texts(found[1:])


def test_a_thread_without_the_bot_is_left_alone(slack, channel):
    ts = slack.person("U1").says(channel, ASK)
    slack.person("U2").says(channel, "and after a week?", thread=ts)
    assert quiet_for(slack, channel, ts)


def test_a_channel_may_choose_that_follow_ups_need_a_mention(slack, office, channel):
    assert "only where I am mentioned" in told(slack, "U1", "follow-ups off", channel)
    ts = mention(slack, ASK, channel=channel)
    answer(slack, channel, ts)
    slack.person("U2").says(channel, "and after a week?", thread=ts)
    assert not slack.wait_for(lambda: len(slack.answers(channel, ts)) > 1, 0.6)
    mention(slack, "and after a week?", "U2", channel, thread=ts)
    slack.answer_to(channel, ts, until=lambda found: len(found) == 2)
    assert "ohne neue Erwähnung" in told(slack, "U2", "follow-ups on", channel)
    slack.person("U2").says(channel, "and after a day?", thread=ts)
    slack.answer_to(channel, ts, until=lambda found: len(found) == 3)
    assert [(each.actor, each.action, each.subject) for each in office.state.audits(2)] == [
        ("U2", "follow-ups on", f"channel {channel}"),
        ("U1", "follow-ups off", f"channel {channel}"),
    ]


def test_asking_how_follow_ups_are_changes_nothing(slack, office, channel):
    assert "without a new mention" in told(slack, "U1", "follow-ups", channel)
    told(slack, "U1", "follow-ups off", channel)
    rows = len(office.state.audits(500))
    assert "nur, wo ich erwähnt werde" in told(slack, "U2", "follow-ups", channel)
    assert "only where I am mentioned" in told(slack, "U1", "follow-ups off", channel)
    assert len(office.state.audits(500)) == rows


def test_only_employees_who_are_in_the_channel_choose_for_it(slack, office, channel):
    slack.world.directory.channels[channel].members.append("UG")
    assert "did not change it" in told(slack, "UG", "follow-ups off", channel)
    assert "did not change it" in told(slack, "U1", "follow-ups off", slack.person("U1").direct)
    slack.add_channel("CDARK", members=("U1",))
    slack.fail("conversations.members", 503, "", times=2)
    assert "did not change it" in told(slack, "U1", "follow-ups off", "CDARK")
    for each in (channel, slack.person("U1").direct, "CDARK"):
        assert office.state.follow_ups(each) is None


def test_a_mention_without_a_question_gets_examples(slack, channel):
    found = answer(slack, channel, mention(slack, "", channel=channel))
    assert button(found, "ask_example_1")


def test_an_example_is_asked_by_a_click(slack, channel):
    ts = mention(slack, "", channel=channel)
    found = answer(slack, channel, ts)
    slack.person("U2").clicks(found, "ask_example_1")
    slack.answer_to(channel, ts, until=lambda found: len(found) == 2)


def test_a_question_that_is_a_book_gets_advice(slack, channel):
    found = answer(slack, channel, mention(slack, "why " * 3_000, channel=channel))
    assert "too long" in texts([found])


def test_what_the_sources_do_not_say_is_said(slack, channel):
    found = answer(slack, channel, mention(slack, "How tall is the Eiffel tower?", channel=channel))
    assert FACT not in texts([found])
    assert "sources" in texts([found])


def test_a_file_is_read_for_its_question(slack):
    ada = slack.person("U1")
    note = b"# Plan\n\nThe Quokka team moves to the Lisbon office in March 2027.\n"
    ts = ada.dm("Where does the Quokka team move?", files=[("plan.md", note)])
    assert "Lisbon" in texts([answer(slack, ada.direct, ts, seconds=20)])


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [("tool.exe", b"MZ\x00\x01" * 50, "damaged"), ("big.md", b"x" * 2_000, "too large")],
)
def test_a_file_that_cannot_be_read_is_named(slack, office, name, content, why):
    object.__setattr__(office.desk.depot, "most_bytes", 1_000)
    ada = slack.person("U1")
    shown = texts([answer(slack, ada.direct, ada.dm(ASK, files=[(name, content)]), seconds=20)])
    assert name.replace(".", "") in shown.replace(".", "").replace("\u2024", "")
    assert why in shown
    assert FACT in shown
    object.__setattr__(office.desk.depot, "most_bytes", 1_000_000)


def test_a_file_without_a_question_is_not_passed_over_in_silence(slack):
    ada = slack.person("U1")
    found = answer(slack, ada.direct, ada.dm("", files=[("plan.md", b"# Plan")]))
    assert "no question" in texts([found])


# Once, and only what is meant for us


def test_an_event_that_comes_again_and_again_is_answered_once(slack, channel):
    slack.redeliver = 3
    try:
        ts = mention(slack, ASK, channel=channel)
        answer(slack, channel, ts)
        assert not slack.wait_for(lambda: len(slack.answers(channel, ts)) > 1, 0.8)
    finally:
        slack.redeliver = 0


def test_other_bots_are_not_answered_however_often_they_ask(slack, channel):
    other = slack.add_user("UROBO", name="Robo", bot=True)
    slack.world.directory.channels[channel].members.append("UROBO")
    stamps = [other.says(channel, f"<@{slack.bot_user}> {ASK}") for _ in range(5)]
    assert all(quiet_for(slack, channel, ts, 0.2) for ts in stamps)


def test_a_bot_in_disguise_is_found_out(slack, channel):
    slack.add_user("USPY", name="Spy", bot=True)
    event = {"type": "app_mention", "user": "USPY", "text": f"<@{slack.bot_user}> {ASK}", "channel": channel}
    slack.deliver({**event, "ts": "1700000000.000100"})
    assert not slack.wait_for(lambda: slack.answers(channel, "1700000000.000100"), 0.6)


def test_an_edit_updates_the_answer(slack, channel):
    ts = mention(slack, ASK, channel=channel)
    first = answer(slack, channel, ts)
    text = f"<@{slack.bot_user}> What happens after a week without Aurora Models?"
    slack.person("U1").edits(channel, ts, text)
    found = answer(slack, channel, ts, until=lambda found: "report the outage" in texts(found))
    assert found["ts"] == first["ts"]


def test_a_mention_that_comes_with_an_edit_is_answered(slack, channel):
    ts = slack.person("U1").says(channel, ASK)
    slack.person("U1").edits(channel, ts, f"<@{slack.bot_user}> {ASK}")
    assert FACT in texts([answer(slack, channel, ts)])


def test_an_answer_stays_when_its_question_is_deleted(slack, channel):
    ts = mention(slack, ASK, channel=channel)
    answer(slack, channel, ts)
    slack.person("U1").deletes(channel, ts)
    assert not slack.wait_for(lambda: not slack.answers(channel, ts), 0.4)


def test_joining_is_no_question(slack, channel):
    slack.person("U9").joins(channel)
    assert not slack.wait_for(
        lambda: slack.calls("chat.postMessage")[-1].arguments["channel"] == channel, 0.4
    )


def test_the_limit_of_a_day_is_told_politely(slack, office, channel):
    slack.add_user("UBUSY", name="Busy")
    slack.world.directory.channels[channel].members.append("UBUSY")
    day = office.desk.parts.now().date()
    for number in range(office.desk.parts.settings.questions_per_day):
        office.state.counted("UBUSY", day, f"earlier {number}")
    found = answer(slack, channel, mention(slack, ASK, "UBUSY", channel))
    assert "200 questions today" in texts([found])


# Who may see


def test_a_public_channel_is_told_what_every_employee_may_see(slack, channel):
    assert STAFF_FACT in texts([answer(slack, channel, mention(slack, STAFF_ASK, channel=channel))])
    shown = texts([answer(slack, channel, mention(slack, BOARD_ASK, channel=channel))])
    assert BOARD_FACT not in shown
    assert "Minutes of the board" not in shown


def test_the_board_is_told_in_its_own_channel(slack, private):
    assert BOARD_FACT in texts([answer(slack, private, mention(slack, BOARD_ASK, channel=private))])


def test_one_more_member_changes_what_is_told(slack, office):
    slack.add_channel("GMIX", private=True, members=("U1", "U2"))
    shown = texts([answer(slack, "GMIX", mention(slack, BOARD_ASK, channel="GMIX"))])
    assert BOARD_FACT not in shown


def test_who_may_see_more_is_told_in_private_on_request(slack, channel):
    ts = mention(slack, BOARD_ASK, channel=channel)
    found = answer(slack, channel, ts)
    assert "in private" in texts([found])
    before = len(slack.ephemerals("U1"))
    slack.person("U1").clicks(found, "answer_privately")
    told = whispered(slack, "U1", before)
    assert BOARD_FACT in texts(told)
    assert len(slack.answers(channel, ts)) == 1
    before = len(slack.ephemerals("U2"))
    slack.person("U2").clicks(found, "answer_privately")  # anybody may ask; each is told their own
    assert BOARD_FACT not in texts(whispered(slack, "U2", before))


def test_where_a_guest_reads_along_only_public_documents_are_used(slack):
    slack.add_channel("CGUEST", members=("U1", "UG"))
    shown = texts([answer(slack, "CGUEST", mention(slack, STAFF_ASK, channel="CGUEST"))])
    assert STAFF_FACT not in shown
    assert "from outside" in shown
    assert FACT in texts([answer(slack, "CGUEST", mention(slack, ASK, channel="CGUEST"))])


def test_a_shared_channel_is_told_public_documents_only(slack):
    slack.add_channel("CSHARED", members=("U1", "U2"), shared=True)
    shown = texts([answer(slack, "CSHARED", mention(slack, STAFF_ASK, channel="CSHARED"))])
    assert STAFF_FACT not in shown


def test_a_guest_is_told_public_documents_only(slack):
    guest = slack.person("UG")
    assert STAFF_FACT not in texts([answer(slack, guest.direct, guest.dm(STAFF_ASK))])


def test_when_nobody_can_be_looked_up_the_answer_is_public(slack, office, monkeypatch):
    slack.add_user("UNEW", name="New")
    slack.add_channel("CNEW", members=("UNEW",))
    slack.fail("users.info", 500, "internal_error", times=8)
    shown = texts([answer(slack, "CNEW", mention(slack, STAFF_ASK, "UNEW", "CNEW"), seconds=15)])
    assert STAFF_FACT not in shown
    assert "who reads along" in shown
    slack.limits.faults.clear()


def test_a_document_cannot_speak_through_the_answer(slack, channel):
    shown = str(answer(slack, channel, mention(slack, "What did the Zephyr audit find?", channel=channel)))
    assert "unencrypted backups" in shown
    assert "<!" not in shown


def test_no_post_ever_unfurls(slack):
    for method in ("chat.postMessage", "chat.postEphemeral", "chat.update"):
        for call in slack.calls(method):
            assert call.arguments["unfurl_links"] is False
            assert call.arguments["unfurl_media"] is False


# Buttons


def test_opinions_are_kept_and_a_reason_is_asked_for(slack, office, channel):
    found = answer(slack, channel, mention(slack, ASK, channel=channel))
    [pair] = button(found, "feedback")
    answer_id = pair["positive_button"]["value"].split()[1]
    before = len(slack.ephemerals("U2"))
    slack.person("U2").clicks(found, "feedback", pair["positive_button"]["value"])
    whispered(slack, "U2", before)
    ada = slack.person("U1")
    ada.clicks(found, "feedback", pair["negative_button"]["value"])
    assert slack.wait_for(lambda: slack.views)
    ada.submits(slack.views[-1], {"value": "old"})
    opinions = {each.user: each for each in office.state.feedbacks(answer_id)}
    assert opinions["U2"].verdict == "helpful"
    assert opinions["U1"].verdict == "not_helpful"


def test_quotes_are_shown_to_whoever_asks_for_them(slack, channel):
    found = answer(slack, channel, mention(slack, ASK, channel=channel))
    before = len(slack.ephemerals("U2"))
    slack.person("U2").clicks(found, "show_quotes")
    assert FACT in texts(whispered(slack, "U2", before))


def test_quotes_are_of_what_may_be_seen_now(slack, private):
    found = answer(slack, private, mention(slack, BOARD_ASK, channel=private))
    slack.add_user("ULATE", name="Late")
    slack.world.directory.channels[private].members.append("ULATE")
    slack.person("ULATE").clicks(found, "show_quotes")
    assert BOARD_FACT not in texts(whispered(slack, "ULATE", 0))


def test_a_private_answer_is_shared_when_all_may_see_it(slack, channel):
    before, ada = len(slack.ephemerals("U1")), slack.person("U1")
    ada.slash("/strategy", f"ask {STAFF_ASK}", channel)
    told = whispered(slack, "U1", before)[-1]
    ada.clicks(told, "share")
    assert slack.wait_for(lambda: STAFF_FACT in texts(slack.messages(channel)))
    ada.clicks(told, "share")
    time.sleep(0.4)
    assert len([each for each in slack.messages(channel) if each.get("user") == slack.bot_user]) == 1


def test_a_private_answer_is_not_shared_with_people_who_may_not_see_it(slack, office, channel):
    before, ada = len(slack.ephemerals("U1")), slack.person("U1")
    ada.slash("/strategy", f"ask {BOARD_ASK}", channel)
    told = whispered(slack, "U1", before)[-1]
    assert BOARD_FACT in texts([told])
    before = len(slack.ephemerals("U1"))
    ada.clicks(told, "share")
    assert "did not share" in texts(whispered(slack, "U1", before))
    assert not [each for each in slack.messages(channel) if each.get("user") == slack.bot_user]
    assert office.state.audits(1)[0].action == "share refused"


def test_an_answer_that_is_gone_is_told_to_be(slack, channel):
    found = answer(slack, channel, mention(slack, ASK, channel=channel))
    found["blocks"][-1]["elements"][0]["value"] = "forgotten"
    before = len(slack.ephemerals("U1"))
    [action] = [each for each in found["blocks"][-1]["elements"] if each.get("value") == "forgotten"]
    slack.person("U1").clicks(found, action["action_id"])
    assert "no longer kept" in texts(whispered(slack, "U1", before))


# Commands, shortcuts, pages


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("help", "Ask me about"),
        ("", "Ask me about"),
        ("sources", "Vendor note"),
        ("status", "No model is configured"),
        ("frobnicate", "do not know this command"),
        (f"ask {ASK}", FACT),
        (ASK, FACT),
    ],
)
def test_the_command_answers_in_private(slack, channel, text, said):
    before, ada = len(slack.ephemerals("U1")), slack.person("U1")
    response = ada.slash("/strategy", text, channel)
    assert response.acked
    assert said in texts(whispered(slack, "U1", before))
    assert not slack.messages(channel)


def test_the_command_is_told_all_that_its_sender_may_see(slack, channel):
    before = len(slack.ephemerals("U1"))
    slack.person("U1").slash("/strategy", f"ask {BOARD_ASK}", channel)
    assert BOARD_FACT in texts(whispered(slack, "U1", before))
    before = len(slack.ephemerals("U2"))
    slack.person("U2").slash("/strategy", f"ask {BOARD_ASK}", channel)
    assert BOARD_FACT not in texts(whispered(slack, "U2", before))


def test_the_command_works_where_the_bot_is_not(slack):
    slack.add_channel("CAWAY", members=("U1",), bot=False)
    before = len(slack.ephemerals("U1"))
    slack.person("U1").slash("/strategy", f"ask {ASK}", "CAWAY")
    assert FACT in texts(whispered(slack, "U1", before))


def test_the_shortcut_answers_under_the_message(slack, channel):
    ts = slack.person("U2").says(channel, ASK)
    slack.person("U1").shortcut("ask_about_message", channel, ts)
    assert FACT in texts([answer(slack, channel, ts)])


def test_the_shortcut_answers_in_private_where_the_bot_is_not(slack):
    slack.add_channel("CFAR", members=("U1", "U2"), bot=False)
    ts = slack.person("U2").says("CFAR", ASK)
    before = len(slack.ephemerals("U1"))
    slack.person("U1").shortcut("ask_about_message", "CFAR", ts)
    assert FACT in texts(whispered(slack, "U1", before))
    assert not slack.answers("CFAR", ts)


def test_the_home_page_shows_what_its_reader_may_see(slack):
    slack.person("U2").opens_home()
    assert slack.wait_for(lambda: slack.home("U2"))
    shown = texts([slack.home("U2")])
    assert "Handbook for the staff" in shown
    assert "Minutes of the board" not in shown


def test_an_example_of_the_home_page_is_answered_directly(slack):
    ada = slack.person("U1")
    ada.opens_home()
    assert slack.wait_for(lambda: slack.home("U1"))
    before = len(slack.messages(ada.direct))
    ada.clicks(slack.home("U1"), "ask_example_1")
    assert slack.wait_for(lambda: len(slack.messages(ada.direct)) > before)
    asked = slack.messages(ada.direct)[-1]
    slack.answer_to(ada.direct, asked["ts"], until=lambda found: len(found) >= 2)


def test_the_messages_tab_suggests_questions(slack):
    ada = slack.person("U1")
    ada.opens_home("messages")
    assert slack.wait_for(lambda: ada.direct in slack.world.prompts)


def test_looking_elsewhere_changes_nothing(slack, workspace):
    ada = slack.person("U1")
    ada.context_changed({"type": "slack#/types/channel_id", "value": "G1"})
    assert slack.wait_for(lambda: slack.log and slack.log[-1].latency is not None)


def test_first_words_come_soon(slack, channel):
    took = []
    for _ in range(9):
        start = time.monotonic()
        ts = mention(slack, ASK, channel=channel)
        assert slack.wait_for(lambda asked=ts: slack.answers(channel, asked))
        took.append(time.monotonic() - start)
    assert sorted(took)[len(took) // 2] < 0.4


def test_nothing_is_left_at_work(slack, office):
    until(lambda: not len(office.desk.running))
    assert not slack.world.status


# What nobody asked, and who may see what was shared


def test_thanks_in_a_thread_are_taken_in_silence(slack, channel):
    ts = mention(slack, ASK, channel=channel)
    answer(slack, channel, ts)
    for text in ("thanks!", ":+1:", "ok great", "thanks, that helps", "Danke Greta!"):
        slack.person("U2").says(channel, text, thread=ts)
    assert not slack.wait_for(lambda: len(slack.answers(channel, ts)) > 1, 0.8)


@pytest.mark.parametrize("text", ["thanks, that helps", ":+1:"])
def test_thanks_with_a_mention_get_one_short_line(slack, channel, text):
    ts = mention(slack, ASK, channel=channel)
    answer(slack, channel, ts)
    mention(slack, text, "U2", channel, thread=ts)
    found = slack.answer_to(channel, ts, until=lambda found: len(found) == 2)
    assert texts(found[1:]) == "Gern. Weitere Fragen jederzeit."


@pytest.mark.parametrize("text", ["why?", "und Mistral?", "How tall is the Eiffel tower?"])
def test_a_short_question_in_a_thread_is_answered(slack, channel, text):
    ts = mention(slack, ASK, channel=channel)
    answer(slack, channel, ts)
    slack.person("U2").says(channel, text, thread=ts)
    slack.answer_to(channel, ts, until=lambda found: len(found) == 2)


def test_what_people_tell_each_other_in_a_thread_is_answered_only_with_a_mention(slack, channel):
    ts = mention(slack, ASK, channel=channel)
    answer(slack, channel, ts)
    slack.person("U2").says(channel, "I will call the Eiffel tower tomorrow.", thread=ts)
    assert not slack.wait_for(lambda: len(slack.answers(channel, ts)) > 1, 0.8)
    mention(slack, "I will call the Eiffel tower tomorrow.", "U2", channel, thread=ts)
    slack.answer_to(channel, ts, until=lambda found: len(found) == 2)


def test_a_follow_up_that_comes_in_before_its_mention_is_answered_too(slack, channel):
    bob = slack.person("U2")
    slack.hold()
    lunch = bob.says(channel, "lunch?")
    bob.says(channel, "pizza?", thread=lunch)
    question = f"<@{slack.bot_user}> {ASK}"
    ts = slack.person("U1").says(channel, question, thread=lunch)
    bob.says(channel, "and after a week?", thread=lunch)
    bob.says(channel, "thanks", thread=lunch)
    slack.release(lambda parcels: [each for each in parcels if question not in str(each.payload)])
    assert quiet_for(slack, channel, lunch, 2.1)  # as long as Slack takes to try again
    event = {"type": "app_mention", "user": "U1", "text": question, "channel": channel}
    slack.deliver({**event, "ts": ts, "thread_ts": lunch})
    found = slack.answer_to(channel, lunch, until=lambda found: len(found) == 2)
    assert "report the outage" in texts(found)
    assert not slack.wait_for(lambda: len(slack.answers(channel, lunch)) > 2, 0.8)


def test_everybody_may_see_their_own_quotes_of_what_was_shared(slack, channel):
    before, ada = len(slack.ephemerals("U1")), slack.person("U1")
    ada.slash("/strategy", f"ask {STAFF_ASK}", channel)
    ada.clicks(whispered(slack, "U1", before)[-1], "share")
    assert slack.wait_for(lambda: STAFF_FACT in texts(slack.messages(channel)))
    before = len(slack.ephemerals("U2"))
    slack.person("U2").clicks(slack.messages(channel)[-1], "show_quotes")
    assert STAFF_FACT in texts(whispered(slack, "U2", before))


def test_a_guest_who_came_a_moment_ago_counts_when_an_answer_is_shared(slack, channel):
    answer(slack, channel, mention(slack, STAFF_ASK, channel=channel))  # the members are known by now
    before, ada = len(slack.ephemerals("U1")), slack.person("U1")
    ada.slash("/strategy", f"ask {STAFF_ASK}", channel)
    told = whispered(slack, "U1", before)[-1]
    slack.person("UG").joins(channel)
    before = len(slack.ephemerals("U1"))
    ada.clicks(told, "share")
    assert "did not share" in texts(whispered(slack, "U1", before))


def test_in_a_direct_message_there_is_nobody_to_share_with(slack):
    before, ada = len(slack.ephemerals("U1")), slack.person("U1")
    ada.slash("/strategy", f"ask {STAFF_ASK}")
    assert not button(whispered(slack, "U1", before)[-1], "share")


def test_a_guest_alone_is_not_told_of_others_who_read_along(slack):
    guest = slack.person("UG")
    found = answer(slack, guest.direct, guest.dm(STAFF_ASK))
    assert STAFF_FACT not in texts([found])
    assert "public documents only to guests" in texts([found])


def test_a_file_that_slack_keeps_from_a_bot_outside_is_named(slack):
    slack.add_channel("CFILE", members=("U1", "U2"), bot=False)
    ts = slack.person("U2").says(
        "CFILE", "Where does the Quokka team move?", files=[("plan.md", b"# Plan\n")]
    )
    before = len(slack.ephemerals("U1"))
    slack.person("U1").shortcut("ask_about_message", "CFILE", ts)
    assert "could not read the file plan.md" in texts(whispered(slack, "U1", before, 20))

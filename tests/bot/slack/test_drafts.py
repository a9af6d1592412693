"""What readers see while a model writes, over real sockets: streams, restarts, stops, and their fallbacks."""

import pytest
from office import Scripted, texts, until, written

from bot.slack.draft import unmarked
from bot.slack.mrkdwn import draft
from bot.types import Delta, Searching, Writing

WORDS = [Delta(f"word{n} ") for n in range(12)]
SLOWLY = [step for word in WORDS for step in (word, 0.15)]


@pytest.fixture
def slack(stage):
    return stage.slack


@pytest.fixture
def bot(stage):
    """Let the bot's assistant follow a script."""

    def work(*script, answer=None):
        stage.assistant.actor = Scripted(*script, answer=answer)
        return stage.assistant.actor

    return work


def asks(slack, text="what if?", channel="C1", **more):
    return slack.person("U1").says(channel, f"<@{slack.bot_user}> {text}", **more)


def test_a_model_is_read_while_it_writes_and_its_answer_takes_the_place(slack, bot):
    bot(Searching(("what if",)), Writing("Aurora"), *SLOWLY)
    ts = asks(slack)
    assert slack.wait_for(lambda: any("word1" in texts([each]) for each in slack.answers("C1", ts)))
    [answer] = slack.answer_to("C1", ts, 8)
    assert "It is written." in texts([answer])
    assert "word" not in texts([answer])
    assert len(slack.calls("chat.startStream")) == 1
    assert 1 <= len(slack.calls("chat.appendStream")) <= 5
    assert not slack.calls("chat.postMessage")


def test_the_session_is_at_work_meanwhile_and_not_afterwards(slack, bot):
    bot(0.3, *WORDS)
    ts = asks(slack)
    assert slack.wait_for(lambda: slack.session("C1", ts) == "processing")
    assert slack.wait_for(lambda: slack.world.status.get(("C1", ts)))
    slack.answer_to("C1", ts)
    assert slack.session("C1", ts) == "active"
    assert ("C1", ts) not in slack.world.status


def test_the_words_under_the_thread_say_what_is_being_done(slack, bot):
    bot(Searching(("what if",)), 0.2, Writing("Aurora"), 0.3, *WORDS)
    ts = asks(slack)
    slack.answer_to("C1", ts)
    said = [each.arguments["status"] for each in slack.calls("assistant.threads.setStatus")]
    assert said == ["is searching our sources …", "is writing the answer …", ""]


def test_whoever_writes_in_no_time_is_not_announced(slack, bot):
    bot(Writing("extractive"), 0.1)
    ts = asks(slack)
    slack.answer_to("C1", ts)
    assert len(slack.calls("assistant.threads.setStatus")) == 2


def test_the_words_are_gone_for_sure_however_soon_the_answer_is_there(slack, bot):
    bot(*[Writing(f"Vendor {n}") for n in range(5)])
    for _ in range(5):
        ts = asks(slack)
        slack.answer_to("C1", ts)
    assert not slack.world.status


def test_when_another_vendor_takes_over_the_first_text_is_replaced(slack, bot):
    bot(Writing("Aurora"), Delta("the first half "), 0.1, Writing("Borealis", "cut"), *WORDS, 0.2)
    ts = asks(slack)
    assert slack.wait_for(lambda: "word0" in texts(slack.answers("C1", ts)))
    assert "first half" not in texts(slack.answers("C1", ts))
    [answer] = slack.answer_to("C1", ts)
    assert "It is written." in texts([answer])


def test_a_stream_that_expires_goes_on_as_a_message(slack, bot):
    slack.limits.stream_lifetime = 0.3
    bot(Writing("Aurora"), *SLOWLY)
    ts = asks(slack)
    [answer] = slack.answer_to("C1", ts, 8)
    assert "It is written." in texts([answer])


def test_a_draft_is_dead_text(slack, bot):
    bot(Delta("<!channel> <@U1> [here](https://evil.example/x) and more "), 0.5)
    ts = asks(slack)
    assert slack.wait_for(lambda: "more" in texts(slack.answers("C1", ts)))
    shown = texts(slack.answers("C1", ts))
    assert "<!channel" not in shown
    assert "<@U1" not in shown
    assert "](https://evil" not in shown
    slack.answer_to("C1", ts)


def test_a_long_draft_stops_growing_before_slack_minds(slack, bot):
    bot(*[Delta("many words here " * 60) for _ in range(20)], 0.8, Delta("end "))
    ts = asks(slack)
    [answer] = slack.answer_to("C1", ts, 8)
    assert "It is written." in texts([answer])


def test_stop_ends_the_answer_and_says_so(slack, bot):
    bot(Writing("Aurora"), *WORDS, 20)
    ts = asks(slack)
    ada = slack.person("U1")
    assert slack.wait_for(lambda: slack.answers("C1", ts))
    assert ada.stops("C1", ts)
    [answer] = slack.answer_to("C1", ts)
    assert "Stopped" in texts([answer])
    assert slack.session("C1", ts) == "active"


def test_stop_works_before_the_first_word_and_in_direct_messages(slack, bot):
    bot(20)
    ada = slack.person("U1")
    ts = ada.dm("what if?")
    assert slack.wait_for(lambda: slack.session(ada.direct, ts) == "processing")
    assert ada.stops(ada.direct, ts)
    [answer] = slack.answer_to(ada.direct, ts)
    assert "Stopped" in texts([answer])


def test_an_edit_meanwhile_withdraws_the_first_answer(slack, bot):
    assistant = bot(Delta("one two "), 1.5)
    ts = asks(slack, "first?")
    assert slack.wait_for(lambda: slack.answers("C1", ts))
    slack.person("U1").edits("C1", ts, f"<@{slack.bot_user}> second?")
    [answer] = slack.answer_to("C1", ts, 8, until=lambda found: "written" in texts(found))
    assert [question for question, _, _ in assistant.asked] == ["first?", "second?"]
    assert "Stopped" not in texts([answer])


def test_a_question_deleted_meanwhile_takes_its_draft_along(slack, bot):
    bot(Delta("one two "), 10)
    ts = asks(slack)
    assert slack.wait_for(lambda: slack.answers("C1", ts))
    slack.person("U1").deletes("C1", ts)
    assert slack.wait_for(lambda: not slack.answers("C1", ts))


def test_an_error_is_told_in_plain_words_with_a_reference(slack, bot, caplog):
    bot(Delta("one two "), RuntimeError("password hunter2 at line 7"))
    ts = asks(slack)
    [answer] = slack.answer_to("C1", ts)
    shown = texts([answer])
    assert "Reference: " in shown
    assert "hunter2" not in shown
    reference = shown.partition("Reference: ")[2][:8]
    assert len([each for each in caplog.records if reference in each.getMessage()]) == 1


def test_a_model_is_not_asked_again_when_only_slack_failed(slack, bot):
    slack.fail("chat.postMessage", 503, "", times=9)
    assistant = bot(0.0)
    ts = asks(slack)
    slack.answer_to("C1", ts, 20)
    assert len(assistant.asked) == 1


def test_a_long_answer_comes_in_several_messages_and_an_edit_replaces_them(slack, bot):
    assistant = bot(0.0, answer=written("\n\n".join(f"Paragraph {n}. " + "words " * 120 for n in range(60))))
    ts = asks(slack, "long?")
    first = slack.answer_to("C1", ts, 8)
    assert len(first) > 2
    assistant.answer = written("short now")
    slack.person("U1").edits("C1", ts, f"<@{slack.bot_user}> short?")
    [answer] = slack.answer_to("C1", ts, 8, until=lambda found: "short now" in texts(found))
    assert answer["ts"] == first[0]["ts"]
    until(lambda: len(slack.answers("C1", ts)) == 1)


def test_marks_of_passages_are_not_shown_not_even_half_of_one():
    text = "- It stops. [p1]\n- It costs [p1, p12] a lot [see p3] and [p2](x) "
    shown = [draft(unmarked(text[:cut])) for cut in range(len(text) + 1)]
    assert shown[-1] == "- It stops. \n- It costs a lot [see p3] and [p2] (x) "
    assert not [each for each in shown[:-1] if "[p" in each]
    assert all(shown[-1].startswith(each) for each in shown)


def test_what_another_replica_hears_at_the_last_moment_keeps_the_answer_back(slack, stage, bot):
    stamps = []
    bot(Delta("one two "), 0.3, lambda: stage.state.withdraw("C1", stamps[0], "deleted", "9.0"))
    stamps.append(asks(slack))
    assert slack.wait_for(lambda: slack.answers("C1", stamps[0]))
    assert slack.wait_for(lambda: not slack.answers("C1", stamps[0]))
    assert not slack.calls("chat.update")

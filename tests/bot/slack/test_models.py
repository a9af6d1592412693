"""Several models behind the bot: asking another one, comparing them, and hostile ones."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from office import Scripted, texts, written

from bot.compare import Comparison
from bot.models.failover import VendorState
from bot.types import Citation, Delta, Statement

HOSTILE = Path(__file__).parents[3].parent / "shared/data/injections/hostile_model_outputs.jsonl"
LIVE = re.compile(r"<[!@#]|<(?:https?|mailto|slack):|\]\(\s*<?(?:https?:)?//(?!source\.example)")


def state(name):
    return VendorState(name, "openai", f"{name}-1", name, "internal", (), "ready", 0.0, "", None)


class Several(Scripted):
    """Says who was asked."""

    def ask(self, question, audience, asking=None, listen=None, stop=None):
        self.asked.append(asking.only)
        return replace(written(f"Said by {asking.only or 'aurora'}."), backend=asking.only or "aurora")

    def compare(self, question, audience, names, asking=None):
        return Comparison(tuple(replace(written(f"Said by {name}."), backend=name) for name in names))


@pytest.fixture
def slack(stage):
    return stage.slack


@pytest.fixture
def begin(stage):
    """Let this assistant answer, with these models behind it."""

    def work(assistant, *models):
        stage.assistant.actor, stage.models = assistant, tuple(map(state, models))
        return assistant

    return work


def asks(slack):
    ts = slack.person("U1").says("C1", f"<@{slack.bot_user}> what if?")
    return ts, slack.answer_to("C1", ts, 8)[0]


def test_with_one_model_a_click_asks_the_next_at_once(slack, begin):
    assistant = begin(Several(), "aurora")
    ts, found = asks(slack)
    for _ in range(2):  # again is no second answer
        slack.person("U2").clicks(found, "ask_another")
        both = slack.answer_to("C1", ts, 8, until=lambda found: len(found) == 2)
    assert "Said by extractive." in texts(both[1:])
    assert assistant.asked[:2] == ["", "extractive"]


def test_with_several_models_a_window_lets_one_choose(slack, begin):
    begin(Several(), "aurora", "borealis", "corona")
    ts, found = asks(slack)
    ada = slack.person("U1")
    ada.clicks(found, "ask_another")
    assert slack.wait_for(lambda: slack.views)
    ada.submits(slack.views[-1], {"value": "corona"})
    both = slack.answer_to("C1", ts, 8, until=lambda found: len(found) == 2)
    assert "Said by corona." in texts(both[1:])


def test_without_windows_the_next_model_is_asked(slack, begin):
    slack.fail("views.open", 200, "expired_trigger_id")
    begin(Several(), "aurora", "borealis")
    ts, found = asks(slack)
    slack.person("U1").clicks(found, "ask_another")
    both = slack.answer_to("C1", ts, 8, until=lambda found: len(found) == 2)
    assert "Said by borealis." in texts(both[1:])


def test_models_are_compared_under_the_answer(slack, begin):
    begin(Several(), "aurora", "borealis")
    ts, found = asks(slack)
    slack.person("U1").clicks(found, "compare_models")
    both = slack.answer_to("C1", ts, 8, until=lambda found: len(found) == 2)
    assert "Said by aurora." in texts(both[1:])
    assert "Said by borealis." in texts(both[1:])


def test_a_private_answer_stays_private_with_another_model(slack, begin):
    begin(Several(), "aurora")
    ada, before = slack.person("U1"), len(slack.messages("C1"))
    ada.slash("/strategy", "ask what if?", "C1")
    assert slack.wait_for(lambda: "Said by aurora." in texts(slack.ephemerals("U1")))
    ada.clicks(slack.ephemerals("U1")[-1], "ask_another")
    assert slack.wait_for(lambda: "Said by extractive." in texts(slack.ephemerals("U1")))
    assert len(slack.messages("C1")) == before


def test_a_slow_private_answer_says_that_it_goes_on(slack, begin):
    begin(Scripted(2.0))
    slack.person("U2").slash("/strategy", "ask what if?", "C1")
    assert slack.wait_for(lambda: "Ich suche" in texts(slack.ephemerals("U2")))
    assert slack.wait_for(lambda: "It is written." in texts(slack.ephemerals("U2")))


@pytest.mark.skipif(not HOSTILE.exists(), reason="the hostile outputs are not here")
def test_a_model_that_obeys_an_attacker_reaches_nobody(slack, begin, request):
    outputs = [json.loads(line) for line in HOSTILE.read_text().splitlines()]
    source = Citation(
        1, "file:///a.md", "A", "Desk", None, None, "", "en", "quote", link="https://source.example/a"
    )
    assistant = Scripted()
    begin(assistant)
    for row in outputs if request.config.getoption("--full-size") else outputs[::4]:
        text = row["model_output"]
        said = Statement(text, "supported", (1,))
        assistant.script = (Delta(text[: len(text) // 2]), Delta(text[len(text) // 2 :] + " "))
        assistant.answer = replace(written(), statements=(said,), citations=(source,), headline=text[:200])
        asks(slack)
    for call in slack.calls():
        if call.method.startswith("chat."):
            said = {key: call.arguments.get(key) for key in ("text", "blocks", "markdown_text")}
            shown = _without_sources(json.dumps(said, ensure_ascii=False))
            assert not LIVE.search(shown), (call.method, LIVE.search(shown), shown[:2_000])


def _without_sources(text):
    return text.replace("<https://source.example/a|", "(")

"""Several models behind the bot: asking another one, comparing them, and hostile ones."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from office import Office, Scripted, texts, written
from slack_workspace import Workspace

from bot.compare import Comparison
from bot.errors import StateError
from bot.models.failover import VendorState
from bot.slack import create_app
from bot.slack.connection import Connection
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
def slack():
    with Workspace.start() as slack:
        yield slack


@pytest.fixture
def begin(slack, slack_shelf, tmp_path):
    offices = []

    def work(assistant, *models, **settings):
        office = Office(slack, tmp_path, slack_shelf, assistant, settings, models=tuple(map(state, models)))
        offices.append(office.__enter__())
        return office

    yield work
    for office in offices:
        office.__exit__(None, None, None)


def asks(slack):
    ts = slack.person("U1").says("C1", f"<@{slack.bot_user}> what if?")
    return ts, slack.answer_to("C1", ts, 8)[0]


def test_with_one_model_a_click_asks_the_next_at_once(slack, begin):
    assistant = begin(Several(), "aurora").desk.parts.assistant
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
    slack.forbid("views.open")
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
    ada = slack.person("U1")
    ada.slash("/strategy", "ask what if?", "C1")
    assert slack.wait_for(lambda: slack.ephemerals("U1"))
    ada.clicks(slack.ephemerals("U1")[-1], "ask_another")
    assert slack.wait_for(lambda: "Said by extractive." in texts(slack.ephemerals("U1")))
    assert not slack.messages("C1")


def test_a_slow_private_answer_says_that_it_goes_on(slack, begin):
    begin(Scripted(2.0))
    slack.person("U1").slash("/strategy", "ask what if?", "C1")
    assert slack.wait_for(lambda: "Searching" in texts(slack.ephemerals("U1")))
    assert slack.wait_for(lambda: "It is written." in texts(slack.ephemerals("U1")))


def test_outsiders_may_be_refused_altogether(slack, begin):
    assistant = begin(Several(), external="refuse").desk.parts.assistant
    slack.add_channel("CX", members=("U1", "UG"))
    ts = slack.person("U1").says("CX", f"<@{slack.bot_user}> what if?")
    assert "do not answer there" in texts(slack.answer_to("CX", ts, 8))
    guest = slack.person("UG")
    ts = guest.dm("what if?")
    slack.answer_to(guest.direct, ts, 8)
    assert assistant.asked == []


class Full:
    """Jobs that nothing can be added to."""

    def accept(self, kind, key, payload):
        raise StateError("jobs", "the disk is full")


def test_what_cannot_be_kept_is_said_and_not_swallowed(slack, slack_shelf, tmp_path):
    with Office(slack, tmp_path, slack_shelf, Several(), instances=0) as office:
        connection = Connection(create_app(office.desk, Full()), office.desk.parts.settings)
        connection.open()
        try:
            ada = slack.person("U1")
            assert ada.slash("/strategy", "ask what if?", "C1").acked
            assert slack.wait_for(lambda: "Reference" in texts(slack.ephemerals("U1")))
            slack.rules.ack_within = 0.3
            ada.says("C1", f"<@{slack.bot_user}> what if?")
            assert slack.wait_for(lambda: len(slack.ephemerals("U1")) >= 2)
        finally:
            connection.close()


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

"""HTTP mode: signed posts through the web front, and what a stray environment must not change."""

import pytest
from office import Office, texts
from slack_workspace import Workspace

from bot.serve.http import Front, serve_slack
from bot.slack import create_app
from bot.slack.connection import Connection, dispatch

ASK, FACT = "What happens after an hour without Aurora Models?", "works from paper forms"


@pytest.fixture
def slack():
    with Workspace.start() as slack:
        yield slack


@pytest.fixture
def office(slack, slack_shelf, tmp_path):
    settings = {"signing_secret": slack.signing_secret}
    with Office(slack, tmp_path, slack_shelf, settings=settings, instances=0) as office:
        yield office


@pytest.fixture
def served(slack, office):
    """Slack sends its events to a web server of ours."""
    app = create_app(office.desk, office.jobs)
    front = Front(slack.signing_secret, lambda body, headers: dispatch(app, body, headers))
    web = serve_slack(front, "127.0.0.1", 0)
    web.open()
    try:
        assert slack.deliver_http(f"http://127.0.0.1:{web.port}/slack/events")
        yield app
    finally:
        web.close()


def test_a_mention_a_command_and_a_click_work_over_http(slack, served):
    ada = slack.person("U1")
    ts = ada.says("C1", f"<@{slack.bot_user}> {ASK}")
    [found] = slack.answer_to("C1", ts, 10)
    assert FACT in texts([found])
    assert ada.slash("/strategy", "help", "C1").acked
    assert slack.wait_for(lambda: "Ask me about" in texts(slack.ephemerals("U1")))
    assert ada.clicks(found, "show_quotes").acked
    assert slack.wait_for(lambda: FACT in texts(slack.ephemerals("U1")))


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("{}", {}),
        ("{}", {"X-Slack-Request-Timestamp": "abc", "X-Slack-Signature": "v0=1"}),
        ("{}", {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "vö=1"}),
        ("{}", {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=1"}),
        ("[1, 2]", {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=1"}),
        ("{", {"X-Slack-Request-Timestamp": "1", "content-type": "application/json"}),
        ("[" * 20_000, {"X-Slack-Request-Timestamp": "1", "content-type": "application/json"}),
        ("payload=%7B", {"X-Slack-Request-Timestamp": "1"}),
    ],
)
def test_what_slack_did_not_sign_is_refused(office, body, headers):
    app = create_app(office.desk, office.jobs)
    assert 400 <= dispatch(app, body, headers).status < 500


def test_variables_of_another_app_in_the_environment_change_nothing(slack, office, monkeypatch):
    for name in ("CLIENT_ID", "CLIENT_SECRET", "BOT_TOKEN", "SIGNING_SECRET", "VERIFICATION_TOKEN"):
        monkeypatch.setenv(f"SLACK_{name}", "somebody-elses")
    connection = Connection(create_app(office.desk, office.jobs), office.desk.parts.settings)
    connection.open()
    try:
        ts = slack.person("U1").says("C1", f"<@{slack.bot_user}> {ASK}")
        [found] = slack.answer_to("C1", ts, 10)
        assert FACT in texts([found])
    finally:
        connection.close()

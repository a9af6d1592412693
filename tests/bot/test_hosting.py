"""`strategist serve` and `strategist demo` as processes of their own, with a Slack on loopback."""

import json
import re
import signal
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from commands import Desk
from service import free_port, health, served, started, waited
from slack_workspace import Workspace
from sqlalchemy import update

from bot.errors import SettingsError
from bot.hosting import required, secrets, slack_settings
from bot.settings import load
from bot.state import State
from bot.state.tables import withdrawals

QUESTION = "<@UBOT> what's our risk if OpenAI falters?"


@pytest.fixture
def slack():
    with Workspace.start() as made:
        made.add_user("UADA", name="Ada")
        made.add_channel("CGENERAL", "general", members=("UADA",))
        yield made


@pytest.fixture
def home(tmp_path, corpus_home):
    """A data folder with the sample corpus that may be written to."""
    made = tmp_path / "home"
    made.mkdir()
    for each in corpus_home.iterdir():
        target = made / each.name
        if each.is_file():
            target.write_bytes(each.read_bytes())
        else:
            target.symlink_to(each)
    return made


def test_a_mention_is_answered_in_its_thread_and_a_stop_ends_well(home, slack):
    port = free_port()
    with served(home, slack, health_port=port) as process:
        found = waited(lambda: health(port), home)
        assert (found["ok"], found["connected"], found["pending"]) == (True, True, 0)
        asked = Desk(home).strategist("health", health_port=str(port))
        assert (asked.code, "connected: True" in asked.out) == (0, True)
        ts = slack.person("UADA").says("CGENERAL", QUESTION)
        [message, *_] = waited(lambda: slack.messages("CGENERAL", thread=ts)[1:], home)
        assert message["user"] == "UBOT"
        assert waited(lambda: "Greta" in json.dumps(slack.messages("CGENERAL", thread=ts)[1:]), home)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    log = (home / "log").read_text()
    assert slack.bot_token not in log
    assert "Traceback" not in log


def test_what_was_of_use_for_minutes_is_forgotten(home, slack):
    state = State.open(f"sqlite:///{home / 'state.db'}")
    state.withdraw("CGENERAL", "1.0", "deleted", "2.0")
    with state._store.writing() as connection:
        yesterday = datetime.now(UTC) - timedelta(hours=25)
        connection.execute(update(withdrawals).values(noted_at=yesterday.isoformat(timespec="microseconds")))
    state.withdraw("CGENERAL", "1.5", "deleted", "2.0")
    with served(home, slack, health_port=free_port()):
        waited(lambda: not state.withdrawals({("CGENERAL", "1.0")}), home)
    assert state.withdrawals({("CGENERAL", "1.5")})
    state.close()


def test_over_http_only_signed_posts_come_in(home, slack):
    port = free_port()
    more = {"slack_mode": "http", "slack_signing_secret": slack.signing_secret, "http_port": port}
    with served(home, slack, **more) as process:
        address = f"http://127.0.0.1:{port}/slack/events"

        def refused():
            try:
                urllib.request.urlopen(urllib.request.Request(address, b"{}"), timeout=5)
            except urllib.error.HTTPError as error:
                with error:
                    return error.code
            except OSError:
                return None

        assert waited(refused, home) in (400, 401, 415)
        slack.deliver_http(address)
        ts = slack.person("UADA").says("CGENERAL", QUESTION)
        assert waited(lambda: "Greta" in json.dumps(slack.messages("CGENERAL", thread=ts)[1:]), home)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "STRATEGIST_SLACK_BOT_TOKEN"),
        ({"slack_bot_token": "xoxb-1"}, "STRATEGIST_SLACK_APP_TOKEN"),
        ({"slack_bot_token": "xoxb-1", "slack_mode": "http"}, "STRATEGIST_SLACK_SIGNING_SECRET"),
    ],
)
def test_a_token_that_is_missing_is_named_with_where_to_find_it(given, missing):
    with pytest.raises(SettingsError) as caught:
        required(load(**given))
    assert caught.value.resource == missing
    assert caught.value.advice


def test_serving_without_tokens_is_wrong_use(own_desk):
    ran = own_desk.strategist("serve")
    assert (ran.code, "STRATEGIST_SLACK_BOT_TOKEN" in ran.err) == (2, True)


def test_the_demo_prints_an_address_where_the_bot_answers(home):
    with started(home, "demo", "--port", "0") as process:
        line = process.stdout.readline()
        [address] = re.findall(r"http://127\.0\.0\.1:\d+/\S+", line) or [""]
        assert address, line + (home / "log").read_text()
        with urllib.request.urlopen(address, timeout=10) as page:
            assert b"AI Strategist" in page.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert not (home / "state.db").exists()  # what is asked in a demo is not kept


def test_every_secret_is_known_to_the_log():
    settings = load(slack_bot_token="xoxb-one", slack_signing_secret="two-two")
    assert set(secrets(settings)) == {"xoxb-one", "two-two"}
    assert "xoxb-one" not in repr(slack_settings(settings))

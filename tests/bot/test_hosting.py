"""`strategist serve` and `strategist demo` as processes of their own, with a Slack on loopback."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from commands import Desk
from slack_workspace import Workspace

from bot.errors import SettingsError
from bot.hosting import required, secrets, slack_settings
from bot.settings import load

ROOT = Path(__file__).parents[2]
QUESTION = "<@UBOT> what's our risk if OpenAI falters?"
PATIENCE_S = 60


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


@contextmanager
def started(home, *arguments, **settings):
    """The command, until it is stopped; its standard error goes to a file."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("STRATEGIST_")}
    environment |= {f"STRATEGIST_{key.upper()}": str(value) for key, value in settings.items()}
    environment |= {"STRATEGIST_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)
            process.stdout.close()


def served(home, slack, **more):
    return started(
        home,
        "serve",
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
        slack_api_url=slack.api_url,
        **{"health_port": 0, **more},
    )


def waited(holds, home):
    end = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < end, (home / "log").read_text()
        time.sleep(0.05)
    return found


def free_port():
    import socket

    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


def health(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as found:
            return json.load(found)
    except OSError:
        return None


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

"""`strategist serve` and `strategist demo` as processes of their own, for tests that start and stop them."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60


@contextmanager
def started(home, *arguments, **settings):
    """The command, until it is stopped; its standard error goes to a file."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("STRATEGIST_")}
    environment |= {f"STRATEGIST_{key.upper()}": str(value) for key, value in settings.items()}
    environment |= {"STRATEGIST_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    with (home / "log").open("a") as log:
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
    """The service, connected to the Slack on loopback."""
    return started(
        home,
        "serve",
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
        slack_api_url=slack.api_url,
        **{"health_port": 0, **more},
    )


def waited(holds, home, seconds=PATIENCE_S):
    """What holds, once it does; the service's log if it does not in time."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, (home / "log").read_text()
        time.sleep(0.05)
    return found


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


def health(port):
    """What the service says of itself; None while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as found:
            return json.load(found)
    except OSError:
        return None

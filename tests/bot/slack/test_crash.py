"""The bot killed without warning, again and again: no question is lost, none is answered twice."""

import random
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import shelf
from office import texts, until
from slack_workspace import Workspace

PROGRAM = Path(__file__).with_name("office_process.py")


@contextmanager
def alive(slack, home, library):
    """A bot at work, killed at the end."""
    command = [slack.api_url, slack.bot_token, slack.app_token, str(home), str(library)]
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout.readline() == "ready\n", process.stderr.read()
            yield process
        finally:
            process.kill()
            process.communicate()


def test_killed_at_random_it_answers_each_question_once(tmp_path, request):
    kills, each = (50, 4) if request.config.getoption("--full-size") else (2, 6)
    chance, stamps = random.Random(9), []
    (tmp_path / "shelf").mkdir()
    shelf.library(tmp_path / "shelf", shelf.ALL).close()
    with Workspace.start() as slack:
        for _ in range(kills):
            with alive(slack, tmp_path, tmp_path / "shelf"):
                for _ in range(each):
                    stamps.append(_asked(slack, len(stamps)))
                slack.wait_for(lambda: False, chance.uniform(0.05, 1.2))
        with alive(slack, tmp_path, tmp_path / "shelf"):
            until(lambda: all(_finished(slack, number, ts) for number, ts in enumerate(stamps)), 90)
            slack.wait_for(lambda: False, 1.0)
            told = {number: len(slack.answers("C1", ts)) for number, ts in enumerate(stamps)}
    assert {number: count for number, count in told.items() if count != 1} == {}


def _asked(slack, number):
    return slack.person("U1").says("C1", f"<@{slack.bot_user}> What about number {number}?")


def _finished(slack, number, ts):
    return f"This answers number {number}." in texts(slack.answers("C1", ts))

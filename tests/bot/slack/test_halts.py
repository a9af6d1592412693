"""Two processes over one state: what readers want reaches the one that writes, although it is deaf."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import shelf
from office import Office, Scripted, texts, until, written
from servers import new_database
from slack_workspace import Workspace

PROGRAM = Path(__file__).with_name("office_process.py")
SOON_S = 5.0  # a look each second, and time for a busy machine; the answer itself would take a minute


@pytest.fixture
def slack():
    with Workspace.start() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.db"
    return new_database(request.getfixturevalue("postgres"), f"halts{abs(hash(tmp_path))}")


@contextmanager
def writing(slack, home, url):
    """A process at work on a question, which hears nothing from now on; the question."""
    for each in ("shelf", "writer"):
        (home / each).mkdir()
    shelf.library(home / "shelf", shelf.ALL).close()
    place = [slack.api_url, slack.bot_token, slack.app_token, str(home / "writer"), str(home / "shelf"), url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, str(PROGRAM), *place], text=True, **pipes) as process:
        try:
            assert process.stdout.readline() == "ready\n", process.stderr.read()
            ts = slack.person("U1").says("C1", f"<@{slack.bot_user}> what if? take your time")
            assert slack.wait_for(lambda: slack.session("C1", ts) == "processing", 10)
            assert slack.wait_for(lambda: "one two" in texts(slack.answers("C1", ts)), 10)
            process.stdin.write("deaf\n")
            process.stdin.flush()
            until(lambda: not slack.connected)
            yield ts
        finally:
            process.kill()
            process.communicate()


@pytest.fixture
def question(slack, slack_shelf, tmp_path, url):
    """What one process writes the answer to, while another one hears."""
    with writing(slack, tmp_path, url) as ts:
        (tmp_path / "hearer").mkdir()
        assistant = Scripted(answer=written("The second is written."))
        with Office(slack, tmp_path / "hearer", slack_shelf, assistant, url=url) as office:
            until(lambda: slack.connected)
            yield ts, office.state


def test_stop_reaches_the_process_that_writes(slack, question):
    ts, state = question
    assert slack.person("U1").stops("C1", ts)
    slack.answer_to("C1", ts, SOON_S, until=lambda found: "Stopped" in texts(found))
    assert state.draft("C1", ts) is None


def test_a_question_that_is_deleted_takes_the_draft_along(slack, question):
    ts, state = question
    slack.person("U1").deletes("C1", ts)
    assert slack.wait_for(lambda: not slack.answers("C1", ts), SOON_S)
    until(lambda: state.draft("C1", ts) is None)
    assert state.recent() == ()


def test_an_edit_ends_the_first_answer_and_takes_its_place(slack, question):
    ts, state = question
    [draft] = slack.answers("C1", ts)
    slack.person("U1").edits("C1", ts, f"<@{slack.bot_user}> second?")
    [answer] = slack.answer_to("C1", ts, SOON_S, until=lambda found: "second is" in texts(found))
    assert answer["ts"] == draft["ts"]
    until(lambda: state.draft("C1", ts) is None)
    assert [each.question for each in state.recent()] == ["second?"]

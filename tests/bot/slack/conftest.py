import pytest
import shelf
from office import RESTRICTED, Office
from slack_workspace import Workspace


@pytest.fixture(scope="session")
def slack_shelf(tmp_path_factory):
    """The library that the bot in Slack answers from."""
    home = tmp_path_factory.mktemp("slack-shelf")
    with shelf.library(home, shelf.ALL) as made:
        for name, (text, defaults) in RESTRICTED.items():
            made.put(*shelf.read(name, text, defaults))
        yield made


@pytest.fixture(scope="module")
def workspace():
    """A workspace for a whole file of tests; each test makes the channels it needs."""
    with Workspace.start() as slack:
        slack.add_group("S1", "board", users=("U1", "U9"))
        yield slack


@pytest.fixture(scope="module")
def office(workspace, slack_shelf, tmp_path_factory):
    """The bot at work there."""
    with Office(workspace, tmp_path_factory.mktemp("office"), slack_shelf) as office:
        yield office


@pytest.fixture
def slack(workspace, office):
    """The workspace with the bot in it."""
    return workspace

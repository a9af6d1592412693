import pytest
import shelf
from office import RESTRICTED, Office, Stage, until
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


@pytest.fixture(scope="module")
def house(slack_shelf, tmp_path_factory):
    """A workspace and a bot for a whole file, whose assistant each test chooses."""
    with (
        Workspace.start() as slack,
        Office(slack, tmp_path_factory.mktemp("house"), slack_shelf, Stage(), {"patience_s": 0.3}) as office,
    ):
        yield office


@pytest.fixture
def stage(house):
    """The same, as if nothing had happened before."""
    yield house
    until(lambda: not len(house.desk.running))
    slack = house.slack
    slack.limits.faults.clear()
    slack.limits.stream_lifetime = 300.0
    slack.world.calls.clear()
    house.models = ()

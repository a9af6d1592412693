import pytest
from slack_sdk import WebClient
from slack_workspace import Workspace

from bot.slack.access import Rules, Surface, admit, audience
from bot.slack.intake import Bot
from bot.slack.pacing import Pace, Slack
from bot.slack.people import KEEP_S, Directory
from retrieval.visibility import Audience


class Town:
    """The workspace, who is who there, and a clock to turn."""

    def __init__(self, workspace):
        self.slack, self.now = workspace, 0.0
        client = WebClient(workspace.bot_token, base_url=workspace.api_url, timeout=5, retry_handlers=[])
        line = Slack(client, Pace(first_wait_s=0, post_gap_s=0))
        bot = Bot(workspace.bot_user, workspace.bot_id, line.call("auth.test")["team_id"])
        self.people = Directory(line, bot, lambda: self.now)

    def calls(self, method):
        return len(self.slack.calls(method))


@pytest.fixture
def town():
    with Workspace.start() as workspace:
        yield Town(workspace)


def test_kinds_of_people(town):
    town.slack.add_user("UX", stranger=True)
    town.slack.add_user("UT", team="T9")
    town.slack.add_user("UB", bot=True)
    town.slack.add_user("UD", deleted=True)
    town.slack.add_user("US", ultra_restricted=True)
    kinds = {user: town.people.person(user).kind for user in ("U1", "UG", "US", "UX", "UT", "UB", "UD")}
    assert kinds == {
        **{"U1": "member", "UG": "guest", "US": "guest", "UX": "outsider", "UT": "outsider"},
        **{"UB": "bot", "UD": "gone"},
    }
    assert town.people.person("UNOBODY") is None
    assert town.people.person("U2").locale == "de-DE"
    assert town.people.person("U1").name


def test_user_groups_are_held_by_their_handles(town):
    town.slack.add_group("S1", "legal", users=("U1", "U2"))
    town.slack.add_group("S2", "board", users=("U1",))
    assert town.people.person("U1").groups == {"legal", "board"}
    assert town.people.person("U9").groups == frozenset()
    assert town.calls("usergroups.list") == 1


def test_without_the_list_of_groups_nobody_is_in_one(town):
    town.slack.add_group("S1", "legal", users=("U1",))
    town.slack.fail("usergroups.list", 500, "", times=2)
    assert town.people.person("U1").groups == frozenset()


def test_what_is_known_is_forgotten_within_a_minute(town):
    for _ in range(5):
        town.people.person("U1")
    assert town.calls("users.info") == 1
    town.slack.world.directory.users["U1"].restricted = True
    town.now = KEEP_S + 0.1
    assert town.people.person("U1").kind == "guest"
    assert Directory(None, None, keep_s=3_600)._users._keep_s <= 60


def test_failures_are_forgotten_sooner(town):
    town.slack.fail("users.info", 500, "", times=2)
    assert town.people.person("U1") is None
    assert town.people.person("U1") is None
    town.now = 6
    assert town.people.person("U1").kind == "member"


def test_kinds_of_channels(town):
    town.slack.add_channel("CS", shared=True)
    town.slack.add_channel("GD", group_dm=True, members=("U1", "U2"))
    town.slack.add_channel("CO", bot=False)
    direct = town.slack.person("U1").direct
    found = {each: town.people.channel(each) for each in ("C1", "G1", "GD", direct, "CS", "CO")}
    kinds = {"C1": "public", "G1": "private", "GD": "private", direct: "direct", "CS": "public"}
    assert {each: found[each].kind for each in kinds} == kinds
    assert found["CS"].external
    assert not found["C1"].external
    assert not found["CO"].joined
    assert town.people.channel("CNOT") is None


def test_a_channel_of_five_thousand_is_not_walked_through(town):
    for number in range(5_000):
        town.slack.world.directory.users[f"W{number}"] = town.slack.world.directory.users["U1"]
    town.slack.add_channel("CBIG", members=[f"W{number}" for number in range(5_000)])
    assert audience(Surface("U1", "CBIG"), town.people, Rules()) == Audience.of("employees")
    assert town.calls("conversations.members") == 0
    assert town.calls("users.info") + town.calls("users.list") <= 2


def test_many_members_are_looked_up_together(town):
    members = [f"U1{number:03}" for number in range(150)]
    for user in members:
        town.slack.add_user(user)
    town.slack.add_channel("GBIG", private=True, members=members)
    found = audience(Surface(members[0], "GBIG"), town.people, Rules())
    assert len(found.readers) == 150
    assert town.calls("users.info") <= 2
    assert town.calls("users.list") == 1


@pytest.mark.parametrize("method", ["users.info", "conversations.info", "conversations.members"])
@pytest.mark.parametrize("status", [429, 500, 0])
def test_any_failure_leaves_public_documents_only(town, method, status):
    town.slack.fail(method, status, "ratelimited" if status == 429 else "", retry_after=99, times=9)
    admission = admit(Surface("U1", "G1"), town.people, Rules())
    assert admission.audience == Audience.of()
    assert admission.notice == "unknown"


def test_a_lost_scope_leaves_public_documents_only(town):
    town.slack.scopes.discard("groups:read")
    assert audience(Surface("U1", "G1"), town.people, Rules()) == Audience.of()

import pytest
from slack_sdk import WebClient
from slack_workspace import Workspace

from bot.errors import SlackError
from bot.slack.pacing import Pace, Slack, passing


class Time:
    """A clock that is moved by sleeping."""

    def __init__(self):
        self.now, self.slept = 1_000.0, []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture(scope="module")
def workspace():
    with Workspace.start() as slack:
        yield slack


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def slack(workspace, time):
    workspace.limits.faults.clear()
    workspace.limits.forbidden.clear()
    workspace.world.calls.clear()
    client = WebClient(workspace.bot_token, base_url=workspace.api_url, timeout=2, retry_handlers=[])
    return Slack(client, Pace(), time, time.sleep)


def post(slack, channel="C1", text="hello"):
    return slack.call("chat.postMessage", channel=channel, text=text)


def test_posts_to_one_channel_keep_their_distance_and_others_do_not_wait(slack, time):
    for _ in range(3):
        post(slack)
    assert time.slept == [1.0, 1.0]
    post(slack, "G1")
    assert time.slept == [1.0, 1.0]


@pytest.mark.parametrize(
    "error", [(429, "ratelimited"), (503, ""), (500, ""), (0, ""), (200, "internal_error")]
)
def test_what_passes_is_tried_again(slack, workspace, error):
    workspace.fail("users.info", *error, retry_after=2, times=2)
    assert slack.call("users.info", user="U1")["user"]["id"] == "U1"
    assert len(workspace.calls("users.info")) == 3


def test_what_does_not_pass_is_an_error_at_once(slack, workspace, time):
    with pytest.raises(SlackError) as caught:
        slack.call("users.info", user="UNOBODY")
    assert caught.value.problem == "user_not_found"
    assert not passing(caught.value)
    assert not time.slept


def test_tries_are_bounded_and_waits_grow(slack, workspace, time):
    workspace.fail("users.info", 503, "", times=99)
    with pytest.raises(SlackError) as caught:
        slack.call("users.info", user="U1")
    assert passing(caught.value)
    assert time.slept == [1, 2, 4, 8]


def test_slack_is_given_the_rest_it_asks_for(slack, workspace, time):
    workspace.fail("chat.postMessage", retry_after=30, times=1)
    post(slack)
    assert sum(time.slept) == pytest.approx(30)
    assert len(workspace.calls("chat.postMessage")) == 2


def test_a_rest_of_an_hour_is_not_slept_through_and_not_disturbed(slack, workspace, time):
    workspace.fail("chat.postMessage", retry_after=3600, times=1)
    for _ in range(3):
        with pytest.raises(SlackError) as caught:
            post(slack)
        assert passing(caught.value)
    assert len(workspace.calls("chat.postMessage")) == 1
    post(slack, "G1")  # another channel
    time.now += 3_600
    post(slack)


def test_no_sleep_is_longer_than_a_minute_in_a_storm(slack, workspace, time):
    for _ in range(10):
        workspace.fail("chat.postMessage", retry_after=30, times=1)
        post(slack)
    for _ in range(100):
        post(slack)
    assert max(time.slept) <= 60
    assert len(workspace.calls("chat.postMessage")) == 120


def test_a_post_that_arrived_unseen_is_found_instead_of_repeated(slack, workspace):
    workspace.fail("chat.postMessage", status=0, done=True)
    answer = slack.call("chat.postMessage", found=lambda: {"ts": "found"}, channel="C1", text="x")
    assert answer == {"ts": "found"}
    assert len(workspace.calls("chat.postMessage")) == 1


def test_a_post_that_was_refused_for_sure_is_not_searched_for(slack, workspace):
    workspace.fail("chat.postMessage", retry_after=1)
    answer = slack.call("chat.postMessage", found=lambda: pytest.fail("searched"), channel="C1", text="x")
    assert answer["ts"]


def test_optional_methods_are_tried_once_and_then_left_alone(slack, workspace, caplog):
    workspace.forbid("assistant.threads.setStatus")
    for _ in range(3):
        assert (
            slack.attempt("assistant.threads.setStatus", channel_id="C1", thread_ts="1", status="x") is None
        )
    assert len(workspace.calls("assistant.threads.setStatus")) == 1
    assert len(caplog.records) == 1


def test_an_optional_method_that_fails_here_may_work_there(slack, workspace):
    assert slack.attempt("chat.update", channel="C1", ts="1.1", text="x") is None
    ts = post(slack)["ts"]
    assert slack.attempt("chat.update", channel="C1", ts=ts, text="x")


def test_all_pages_are_read(slack, workspace):
    workspace.add_channel("CMANY", members=[f"U{n}" for n in range(450)])
    found = list(slack.pages("conversations.members", "members", channel="CMANY", limit=200))
    assert len(found) == 451
    assert len(workspace.calls("conversations.members")) == 3


def test_previews_are_off_in_every_post(slack, workspace):
    ts = post(slack)["ts"]
    slack.call("chat.update", channel="C1", ts=ts, text="x")
    slack.call("chat.postEphemeral", channel="C1", user="U1", text="x")
    for call in workspace.calls():
        assert call.arguments["unfurl_links"] is False
        assert call.arguments["unfurl_media"] is False


def test_no_token_stands_in_an_error(slack, workspace):
    for status, word in ((503, "xoxb-1-secret"), (200, "xoxb-1-secret"), (0, "")):
        workspace.fail("users.info", status, word, times=9)
        with pytest.raises(SlackError) as caught:
            slack.call("users.info", tries=1, user="U1")
        assert "xoxb" not in str(caught.value)
        workspace.limits.faults.clear()


def test_an_address_that_nobody_answers_is_an_error(time):
    client = WebClient("xoxb-1", base_url="http://127.0.0.1:9/api/", timeout=1, retry_handlers=[])
    with pytest.raises(SlackError) as caught:
        Slack(client, Pace(tries=2), time, time.sleep).call("auth.test")
    assert passing(caught.value)
    assert not Slack(client).respond("http://127.0.0.1:9/respond/1", text="x")

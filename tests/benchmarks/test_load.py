import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import stage
from benchmarks.burst import Burst, first_acks, targets
from benchmarks.crowd import Crowd, Round
from benchmarks.load import _soak_table
from benchmarks.stage import Vitals
from bot.demo.deliveries import Delivery


@pytest.fixture
def crowd():
    with stage.workspace(channels=6) as slack:
        yield Crowd(slack, ("one?", "two?"), 6, patience_s=0.2)


def test_a_round_tells_its_rate_and_its_waits_in_milliseconds():
    done = Round(2, (0.1, 0.2, 0.3, 0.4), wall=2.0)
    assert (done.rate, done.wait(0.5), done.wait(0.95)) == (120.0, 200.0, 400.0)


def test_whoever_asks_a_slack_without_a_bot_waits_in_vain(crowd):
    done = crowd.ask(3, 2)
    assert (done.waits, done.lost) == ((), 3)


def test_the_bare_listener_answers_each_question_in_its_thread(crowd, tmp_path):
    crowd.patience_s = 10
    with stage.listening(crowd.slack, tmp_path):
        done = crowd.ask(5, 2)
    assert (len(done.waits), done.lost) == (5, 0)
    assert 0 < max(done.waits) < done.wall
    crowd.slack.wait_for(lambda: all(each.latency is not None for each in crowd.events()))
    assert len(crowd.events()) == 10


def test_questions_go_round_channels_and_people(crowd):
    asked = [crowd.says()[0] for _ in range(8)]
    assert asked == ["C000", "C001", "C002", "C003", "C004", "C005", "C000", "C001"]
    first, second = crowd.slack.messages("C000")
    assert (first["user"], second["user"]) == ("U000", "U006")
    assert first["text"] == "<@UBOT> one?"


@pytest.mark.parametrize(
    ("late", "holds"),
    [
        (Vitals(349.0, 45, 60, 9.0), (True, True)),
        (Vitals(351.0, 40, 60, 9.0), (False, True)),
        (Vitals(300.0, 46, 60, 9.0), (True, False)),
    ],
)
def test_growth_is_judged_from_the_first_look_to_the_last(late, holds):
    done = Round(8, (0.1,), wall=1.0)
    table = _soak_table([(200, Vitals(300.0, 40, 60, 1.0), done), (2_000, late, done)], 8)
    assert tuple(target.holds for target in table.targets) == holds
    assert "from question 200 to 2,000" in table.targets[0].promise


OPENS_TWENTY = """
import os, sys, threading
files = [open(os.devnull) for _ in range(20)]
threading.Thread(target=sys.stdin.read).start()
print("ready", flush=True)
"""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no /proc here")
def test_a_process_is_seen_as_the_kernel_sees_it():
    # A process of its own: in ours, threads of other tests open and close files meanwhile.
    with subprocess.Popen(
        [sys.executable, "-c", OPENS_TWENTY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        seen = stage.Process(process.pid).vitals()
    assert 20 <= seen.files <= 26
    assert seen.megabytes > 5
    assert seen.threads == 2


def test_what_never_comes_is_named():
    with pytest.raises(RuntimeError, match="the train"):
        stage.wait(lambda: False, 0.0, "the train")


def delivered(event, at, acked_at):
    return Delivery("e", "events_api", {"event_id": event}, at=at, acked_at=acked_at)


def test_an_event_that_came_again_counts_from_its_first_delivery():
    log = [delivered("a", 1.0, None), delivered("b", 1.0, 1.5), delivered("a", 4.0, 4.25)]
    assert sorted(first_acks(log)) == [0.5, 3.25]
    assert first_acks(log[:1]) == []


@pytest.mark.parametrize(
    ("acks", "kept", "answered", "holds"),
    [
        ((0.2, 0.9), 1, 1, (True, True, True)),
        ((0.2, 1.1), 1, 0, (False, True, False)),
        ((0.2,), 0, 1, (False, False, True)),
    ],
)
def test_a_burst_is_judged_by_its_slowest_and_by_what_is_missing(acks, kept, answered, holds):
    burst = Burst(1, True, 1.0, acks, kept, answered, 5.0, 3)
    assert tuple(each.holds for each in targets([burst])) == holds

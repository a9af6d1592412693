import threading

import pytest

from bot.errors import SlackError, StrategistError, VendorFault
from bot.steps import HandedOver, OtherSteps, Steps, values
from retrieval.errors import DiskFull


class Memory:
    """What lasts over restarts, in a dict."""

    def __init__(self):
        self.kept = {}

    def __call__(self, label, outcome):
        if label not in self.kept:
            self.kept[label] = outcome()
        return self.kept[label]


@pytest.fixture
def memory():
    return Memory()


def steps(memory, done=(), over=None):
    def check():
        if over and over.is_set():
            raise HandedOver

    return Steps(memory, dict(done), check)


def test_a_step_runs_once_and_its_result_is_what_json_makes_of_it(memory):
    made = []
    for _ in range(2):
        run = steps(memory)
        assert run("look", lambda: made.append(1) or {"at": (1, 2), "ä": None}) == {"at": [1, 2], "ä": None}
    assert made == [1]


def test_what_a_handler_does_to_a_result_is_not_remembered(memory):
    run = steps(memory)
    run("look", lambda: {"n": 1})["n"] = 2
    assert run.done == {"look": {"n": 1}}


def test_steps_of_one_name_are_told_apart_by_their_order(memory):
    for _ in range(2):
        run = steps(memory)
        assert [run("post", lambda n=n: n) for n in range(3)] == [0, 1, 2]
    assert list(memory.kept) == ["post", "post 2", "post 3"]


def test_what_an_earlier_attempt_has_done_is_not_asked_for_again(memory):
    run = steps(memory, {"look": 7})
    assert run("look", lambda: 8) == 7
    assert not memory.kept
    assert run("post", lambda: 9) == 9
    assert run.done == {"look": 7, "post": 9}


@pytest.mark.parametrize(
    "error",
    [SlackError("chat.postMessage", "503", "Wait"), DiskFull("file", "no space", "Free some"), KeyError("x")],
)
def test_a_step_that_raised_raises_again_and_is_not_done(memory, error):
    def fail():
        raise error

    first = steps(memory)
    with pytest.raises(type(error)) as raised:
        first("post", fail)
    assert raised.value is error
    again = steps(memory)
    with pytest.raises(StrategistError) as remembered:
        again("post", fail)
    if isinstance(error, StrategistError):
        assert type(remembered.value) is type(error)
        assert str(remembered.value) == str(error)
    else:
        assert "KeyError" in str(remembered.value)
    assert first.done == again.done == {}


def test_an_error_with_words_of_its_own_comes_back_as_the_root(memory):
    def fail():
        raise VendorFault("claude", "is away", "server", 2.0)

    with pytest.raises(VendorFault):
        steps(memory)("ask", fail)
    with pytest.raises(StrategistError, match="claude: is away") as again:
        steps(memory)("ask", fail)
    assert type(again.value) is StrategistError


def test_once_the_job_is_handed_over_nothing_runs(memory):
    over = threading.Event()
    run = steps(memory, over=over)
    over.set()
    with pytest.raises(HandedOver):
        run("post", lambda: 1)
    assert not memory.kept


@pytest.mark.parametrize("kind", [HandedOver, OtherSteps])
def test_no_handler_can_catch_the_end_by_mistake(kind):
    assert not issubclass(kind, Exception)


def test_a_step_on_another_thread_would_not_be_remembered_and_is_refused(memory):
    run, raised = steps(memory), []

    def elsewhere():
        with pytest.raises(RuntimeError, match="'post'"):
            run("post", lambda: 1)
        raised.append(1)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert raised


def test_results_that_json_cannot_hold_are_a_mistake_that_shows(memory):
    with pytest.raises(TypeError):
        steps(memory)("look", object)


def test_of_what_was_remembered_only_results_are_taken_over(memory):
    run = steps(memory)
    run("look", lambda: [1])
    with pytest.raises(KeyError):
        run("post", lambda: {}["x"])
    assert values(memory.kept) == {"look": [1]}

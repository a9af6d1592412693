import threading
import time

import pytest
from speakers import ANSWER, PROMPT, Model, fault, whole

from bot.errors import Cancelled, VendorError
from bot.models import Piece, Prompt
from bot.models.reading import Patience, Reading, read

NEVER = threading.Event()


def reading(*script, first=0.2, gap=0.2, deadline=5.0, stop=None, prompt=PROMPT, tell=None):
    model, heard = Model(list(script)), []
    got = Reading()
    patience = Patience(first, gap, time.monotonic() + deadline)
    read(model, prompt, patience, got, tell or heard.append, stop)
    assert tell or "".join(heard) == got.text
    return got


def test_a_whole_answer_is_whole():
    got = reading(*whole())
    assert (got.text, got.problem(), got.cut_off) == (ANSWER, None, False)
    assert (got.tokens_in, got.tokens_out) == (40, 10)


@pytest.mark.parametrize(
    ("finish", "problem"),
    [("", "truncated"), ("content_filter", "filter"), ("refusal", "refusal"), ("what?", "unknown")],
)
def test_an_answer_without_a_good_end_is_none(finish, problem):
    assert reading(*whole(finish=finish)).problem() == problem


@pytest.mark.parametrize("finish", ["length", "max_tokens"])
def test_an_answer_at_the_models_own_limit_is_cut_off(finish):
    got = reading(*whole(finish=finish))
    assert (got.problem(), got.cut_off) == (None, True)


@pytest.mark.parametrize(
    "script", [(), (Piece(" \n"),), (Piece("", "stop"),), (Piece("\n", "stop"),), (Piece("", "length"),)]
)
def test_an_end_without_text_is_empty(script):
    assert reading(*script).problem() == "empty"


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ((NEVER,), "timeout"),
        ((Piece(""), Piece("\n"), NEVER), "timeout"),
        ((Piece("A "), NEVER), "stall"),
        ((Piece("A "), Piece(""), NEVER), "stall"),
    ],
)
def test_silence_ends_a_call(script, problem):
    began = time.monotonic()
    got = reading(*script)
    assert (got.problem(), got.late) == (problem, False)
    assert 0.2 <= time.monotonic() - began < 2


class Ticking:
    """Sends nothing again and again: what a stream does to stay open."""

    def stream(self, prompt):
        until = time.monotonic() + 5
        while time.monotonic() < until:
            time.sleep(0.02)
            yield Piece("")


def test_only_text_counts_against_silence():
    got = Reading()
    read(Ticking(), PROMPT, Patience(0.2, 0.2, time.monotonic() + 5), got, lambda _: None)
    assert got.problem() == "timeout"
    assert got.seconds < 2


def test_the_deadline_of_the_answer_is_not_the_vendors_fault():
    got = reading(Piece("A "), NEVER, first=9, gap=9, deadline=0.2)
    assert (got.problem(), got.late) == ("stall", True)


@pytest.mark.parametrize("what", [NEVER, ValueError("half a chunk"), fault("cut")[-1]])
def test_after_the_finish_reason_nothing_can_spoil_an_answer(what):
    got = reading(*whole(), what, first=9, gap=9)
    assert (got.text, got.problem()) == (ANSWER, None)
    assert got.seconds < 2


def test_counts_that_follow_the_finish_reason_are_taken():
    got = reading(Piece("A.", "stop"), Piece("", "", 7, 3))
    assert (got.tokens_in, got.tokens_out) == (7, 3)


@pytest.mark.parametrize(
    ("error", "problem"),
    [(ValueError("x"), "malformed"), (ConnectionError("x"), "connection"), (RuntimeError("x"), "unknown")],
)
def test_foreign_errors_are_named_and_do_not_get_out(error, problem):
    assert reading(error).problem() == problem


def test_a_foreign_connection_error_after_text_is_a_cut():
    assert reading(Piece("A "), ConnectionError("x")).problem() == "cut"


def test_what_a_vendor_asked_for_is_kept():
    assert reading(*fault("rate_limit", 86_400)).wait == 86_400


def test_a_client_that_cannot_be_used_is_no_fault_of_a_call():
    with pytest.raises(VendorError):
        reading(VendorError("a", "The package is missing"))


def test_a_model_that_does_not_stop_is_stopped():
    got = reading(*[Piece("word " * 10)] * 100, prompt=Prompt("", "", 20))
    assert (got.problem(), got.cut_off) == (None, True)
    assert len(got.text) < 400


def test_a_stop_ends_the_wait_at_once_and_closes_the_stream():
    stop, go = threading.Event(), threading.Event()
    model, got = Model([Piece("A "), go, Piece("second "), NEVER]), Reading()
    seen = []

    def tell(text):
        seen.append(text)
        threading.Timer(0.05, stop.set).start()

    with pytest.raises(Cancelled):
        read(model, PROMPT, Patience(5, 5, time.monotonic() + 5), got, tell, stop)
    ended = time.monotonic()
    go.set()
    assert model.closed.wait(2)
    assert (seen, got.text) == (["A "], "A ")
    assert got.seconds < 0.05 + 0.2 + 0.1, ended


def test_a_listener_that_fails_closes_the_stream():
    go = threading.Event()
    model = Model([Piece("A "), go, Piece("second "), NEVER])

    def tell(text):
        raise RuntimeError("no screen")

    with pytest.raises(RuntimeError):
        read(model, PROMPT, Patience(5, 5, time.monotonic() + 5), Reading(), tell)
    go.set()
    assert model.closed.wait(2)

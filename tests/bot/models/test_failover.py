import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from speakers import ANSWER, LIMITS, NEED, PROMPT, Desk, FakeClock, MemoryLedger, Model, fault, vendor, whole

from bot.errors import Cancelled, StateError, VendorError
from bot.models import Piece
from bot.models.failover import Gateway, Limits, Need
from bot.models.faults import RULES
from bot.types import Delta, Writing

# Fault -> (calls of the vendor that has it, whether the next vendor is asked, whether it then rests).
PATHS = {
    "connection": (2, True, True),
    "timeout": (1, True, False),
    "stall": (1, True, False),
    "cut": (1, True, False),
    "truncated": (1, True, False),
    "empty": (1, True, False),
    "malformed": (1, True, False),
    "rate_limit": (1, True, True),
    "overload": (2, True, True),
    "server": (2, True, True),
    "quota": (1, True, True),
    "auth": (1, True, True),
    "not_found": (1, True, True),
    "context": (1, True, False),
    "filter": (1, False, False),
    "refusal": (1, True, False),
    "bad_request": (1, True, False),
    "unknown": (1, True, False),
}


def texts(heard):
    """What each writer showed: (name, reason, text)."""
    shown = []
    for event in heard:
        if isinstance(event, Writing):
            shown.append([event.backend, event.reason, ""])
        else:
            shown[-1][2] += event.text
    return [tuple(each) for each in shown]


def larger(**fields):
    """Two vendors, of which the second reads more at once."""
    return [vendor("a", **fields), vendor("b", context_tokens=200_000)]


def test_the_table_names_every_kind():
    assert PATHS.keys() == RULES.keys()


@pytest.mark.parametrize("kind", PATHS)
def test_each_fault_takes_its_path(kind):
    calls, onward, rests = PATHS[kind]
    desk = Desk({"a": Model(fault(kind)), "b": Model()}, larger())
    written = desk.write()
    assert desk.asked() == {"a": calls, "b": int(onward)}
    assert (written.text, [each.backend for each in written.skipped]) == (ANSWER if onward else "", ["a"])
    assert [each.outcome for each in written.attempts] == [kind] * calls + ["complete"] * onward
    assert desk.state("a").state == ("resting" if rests else "ready")


def test_the_first_vendor_answers_and_nobody_else_is_asked():
    desk = Desk({"a": Model(), "b": Model()})
    written = desk.write()
    assert (written.text, written.vendor.name, written.skipped) == (ANSWER, "a", ())
    assert desk.asked() == {"a": 1, "b": 0}
    assert texts(desk.heard) == [("a", "", ANSWER)]


def test_without_vendors_nobody_writes():
    written = Desk({}).write()
    assert (written.text, written.vendor, written.attempts, written.skipped) == ("", None, (), ())


@pytest.mark.parametrize("kind", ["cut", "stall", "malformed", "server", "overload"])
def test_after_half_an_answer_the_next_vendor_begins_anew(kind):
    desk = Desk({"a": Model(fault(kind, after=3)), "b": Model()})
    written = desk.write()
    assert written.text == ANSWER
    [first, second] = texts(desk.heard)
    assert first == ("a", "", "A second vendor ")
    assert second[0::2] == ("b", ANSWER)
    assert second[1].startswith("a ")


@pytest.mark.parametrize(
    ("language", "reason"),
    [("en", "did not answer in time"), ("de", "hat nicht rechtzeitig geantwortet")],
)
def test_the_reason_is_told_in_the_readers_language(language, reason):
    desk = Desk({"a": Model(fault("timeout")), "b": Model()})
    [skipped] = desk.write(Need("internal", language=language)).skipped
    assert (skipped.backend, skipped.reason) == ("a", reason)
    assert desk.heard[1] == Writing("b", f"a {reason}")


def test_the_models_own_limit_is_told_with_the_text():
    written = Desk({"a": Model(whole(finish="length"))}).write()
    assert (written.text, written.cut_off) == (ANSWER, True)
    assert written.attempts[0].detail == "cut off at its own limit"


@pytest.mark.parametrize(("onward", "text"), [("floor", ""), ("next", ANSWER)])
def test_a_content_filter_ends_it_unless_the_vendor_says_otherwise(onward, text):
    models = {"a": Model(whole(finish="content_filter")), "b": Model()}
    desk = Desk(models, [vendor("a", on_content_filter=onward), vendor("b")])
    written = desk.write()
    assert written.text == text
    assert written.skipped[0].reason == "stopped it: its content filter objected"


def test_after_a_filter_no_last_pass_goes_around_it():
    desk = Desk({"a": Model(fault("rate_limit"), whole()), "b": Model(fault("filter"))})
    desk.models["b"] = Model(whole(), fault("filter"))
    assert desk.write().vendor.name == "b"
    assert desk.write().text == ""
    assert desk.asked()["a"] == 1


def test_a_prompt_that_is_too_long_goes_to_who_reads_more():
    models = {name: Model() for name in "abc"} | {"a": Model(fault("context"))}
    known = [vendor("a"), vendor("b", context_tokens=32_000), vendor("c", context_tokens=1_000_000)]
    written = Desk(models, known).write()
    assert written.vendor.name == "c"
    assert [each.backend for each in written.skipped] == ["a", "b"]
    assert "reads no more at once" in written.skipped[1].reason


@pytest.mark.parametrize("kind", ["server", "auth", "filter", "timeout", "context"])
@pytest.mark.parametrize(
    "need",
    [Need("confidential"), Need("internal", (frozenset({"us"}),)), Need("internal", only="a")],
    ids=["confidentiality", "region", "only"],
)
def test_nobody_is_asked_past_the_policy_whatever_fails(kind, need):
    desk = Desk(
        {"a": Model(fault(kind)), "b": Model()},
        [vendor("a", max_confidentiality="secret", regions={"us"}), vendor("b", context_tokens=900_000)],
    )
    assert desk.write(need).text == ""
    assert desk.asked()["b"] == 0


class TestConflict:
    AVOID = Limits(deadline_s=5, conflict="avoid")
    ABOUT = Need("internal", about=frozenset({"a"}))

    def test_a_model_of_whom_the_question_is_about_leaves_it_to_another(self):
        desk = Desk({"a": Model(), "b": Model()}, limits=self.AVOID)
        written = desk.write(self.ABOUT)
        assert written.vendor.name == "b"
        assert written.skipped[0].reason == "runs a model of a, which the question is about"
        assert desk.asked()["a"] == 0

    def test_also_when_the_other_is_down(self):
        desk = Desk({"a": Model(), "b": Model(fault("server"))}, limits=self.AVOID)
        assert (desk.write(self.ABOUT).text, desk.asked()["a"]) == ("", 0)

    @pytest.mark.parametrize("other", [vendor("b", owner="a"), vendor("b", max_confidentiality="public")])
    def test_but_not_when_no_other_is_there(self, other):
        desk = Desk({"a": Model(), "b": Model()}, [vendor("a"), other], self.AVOID)
        assert desk.write(self.ABOUT).vendor.name == "a"

    def test_nor_when_the_other_is_not_set_up(self):
        desk = Desk({"a": Model(), "b": VendorError("b", "its key is missing")}, limits=self.AVOID)
        assert desk.write(self.ABOUT).vendor.name == "a"

    def test_nor_when_somebody_wants_just_this_one(self):
        desk = Desk({"a": Model(), "b": Model()}, limits=self.AVOID)
        assert desk.write(Need("internal", about=frozenset({"a"}), only="a")).vendor.name == "a"

    def test_nor_by_default(self):
        assert Desk({"a": Model(), "b": Model()}).write(self.ABOUT).vendor.name == "a"


class TestResting:
    def test_a_resting_vendor_is_passed_over_with_the_reason(self):
        desk = Desk({"a": Model(fault("server")), "b": Model()})
        desk.write()
        written = desk.write()
        assert desk.asked()["a"] == 2
        assert written.skipped[0].reason == "failed shortly before and is left alone for 20 s"

    def test_it_is_asked_again_when_the_rest_is_over_and_is_then_ready(self):
        desk = Desk({"a": Model(fault("server"), fault("server"), whole()), "b": Model()})
        desk.write()
        desk.clock.forward(20)
        assert desk.write().vendor.name == "a"
        assert (desk.state("a").state, desk.state("a").last) == ("ready", "")

    def test_before_giving_up_it_gets_one_more_chance(self):
        desk = Desk({"a": Model(fault("rate_limit"), whole())})
        assert desk.write().text == ""
        written = desk.write()
        assert (written.text, written.skipped) == (ANSWER, ())

    @pytest.mark.parametrize("kind", ["quota", "auth", "not_found"])
    def test_but_not_when_only_a_person_can_mend_it(self, kind):
        desk = Desk({"a": Model(fault(kind), whole())})
        assert [desk.write().text for _ in range(3)] == ["", "", ""]
        assert desk.asked() == {"a": 1}
        assert desk.state("a").seconds == 600

    def test_a_broken_answer_is_asked_for_once_more_when_nobody_else_is_left(self):
        desk = Desk({"a": Model(fault("cut", after=2), whole()), "b": Model(fault("auth"))})
        written = desk.write()
        assert (written.vendor.name, desk.asked()) == ("a", {"a": 2, "b": 1})

    def test_a_vendor_that_never_answers_is_not_waited_for_twice(self):
        desk = Desk({"a": Model(fault("timeout"))})
        assert (desk.write().text, desk.asked()) == ("", {"a": 1})

    def test_a_dead_vendor_does_not_slow_down_every_question(self):
        desk = Desk({"a": Model(fault("server"))})
        for _ in range(50):
            desk.write()
        assert desk.asked()["a"] <= 4

    def test_fifty_askers_of_a_tripped_vendor_send_one_probe(self):
        go = threading.Event()
        desk = Desk({"a": Model(fault("server"), fault("server"), [go, *fault("server")]), "b": Model()})
        desk.write()
        desk.clock.forward(20)
        with ThreadPoolExecutor(50) as pool:
            asked = [pool.submit(desk.gateway.write, lambda _: PROMPT, NEED, unheard) for _ in range(50)]
            while sum(each.done() for each in asked) < 49:
                time.sleep(0.01)
            go.set()
        assert {each.result().vendor.name for each in asked} == {"b"}
        assert desk.asked()["a"] == 2 + 1
        assert desk.state("a").seconds == 40

    def test_nor_do_fifty_askers_send_more_when_nobody_else_is_there(self):
        go = threading.Event()
        desk = Desk({"a": Model(fault("server"), fault("server"), [go, *fault("server")])})
        desk.write()
        desk.clock.forward(20)
        with ThreadPoolExecutor(50) as pool:
            asked = [pool.submit(desk.gateway.write, lambda _: PROMPT, NEED, unheard) for _ in range(50)]
            while sum(each.done() for each in asked) < 49:
                time.sleep(0.01)
            go.set()
        assert {each.result().text for each in asked} == {""}
        assert desk.asked()["a"] == 2 + 1

    def test_who_has_nobody_else_to_ask_waits_for_the_verdict_of_a_probe(self):
        go = threading.Event()
        desk = Desk(
            {"a": Model(fault("server"), fault("server"), [go, *whole()], whole())},
            [vendor("a", first_token_s=9)],
        )
        desk.write()
        desk.clock.forward(20)
        with ThreadPoolExecutor(10) as pool:
            asked = [pool.submit(desk.gateway.write, lambda _: PROMPT, NEED, unheard) for _ in range(10)]
            while desk.asked()["a"] < 3:
                time.sleep(0.01)
            assert not any(each.done() for each in asked)
            go.set()
        assert {each.result().text for each in asked} == {ANSWER}

    def test_a_stop_ends_that_wait_too(self):
        go, stop = threading.Event(), threading.Event()
        desk = Desk({"a": Model(fault("auth"), [go, *whole()])}, [vendor("a", first_token_s=9)])
        desk.write()
        desk.clock.forward(600)
        with ThreadPoolExecutor(1) as pool:
            probe = pool.submit(desk.gateway.write, lambda _: PROMPT, NEED, unheard)
            while desk.asked()["a"] < 2:
                time.sleep(0.01)
            threading.Timer(0.1, stop.set).start()
            with pytest.raises(Cancelled):
                desk.write(stop=stop)
            go.set()
            assert probe.result().text == ANSWER

    @pytest.mark.parametrize("kind", ["filter", "empty", "bad_request"])
    def test_who_turns_a_text_down_is_up(self, kind):
        desk = Desk({"a": Model(fault("server"), fault("server"), fault(kind)), "b": Model()})
        desk.write()
        desk.clock.forward(20)
        desk.write()
        assert desk.state("a").state == "ready"

    def test_a_rest_is_shared_by_all_who_keep_the_ledger(self):
        ledger, clock = MemoryLedger(), FakeClock()
        desk = Desk({"a": Model(fault("auth")), "b": Model()}, ledger=ledger, clock=clock)
        other = Desk({"a": Model(), "b": Model()}, ledger=ledger, clock=clock)
        other.write()
        desk.write()
        assert set(ledger.kept) == {"a"}
        clock.forward(6)
        assert other.write().vendor.name == "b"
        assert other.state("a").seconds == 594

    def test_a_rest_survives_the_process_and_its_end_is_written_down(self):
        ledger, clock = MemoryLedger(), FakeClock()
        Desk({"a": Model(fault("server"))}, ledger=ledger, clock=clock).write()
        later = Desk({"a": Model(), "b": Model()}, ledger=ledger, clock=clock)
        assert later.write().vendor.name == "b"
        clock.forward(20)
        assert later.write().vendor.name == "a"
        assert ledger.kept == {}


def unheard(_):
    """A listener that does not listen."""


class TestRetryAfter:
    def test_a_short_wait_is_kept_and_the_same_vendor_asked(self):
        desk = Desk({"a": Model(fault("rate_limit", 1), whole()), "b": Model()})
        began = time.monotonic()
        assert desk.write().vendor.name == "a"
        assert 1 <= time.monotonic() - began < 2

    def test_a_day_is_not_slept(self):
        desk = Desk({"a": Model(fault("rate_limit", 86_400)), "b": Model()})
        began = time.monotonic()
        written = desk.write()
        assert (written.vendor.name, written.attempts[0].detail) == ("b", "asked to wait 86400 s")
        assert time.monotonic() - began < 1
        assert desk.state("a").seconds == 300

    def test_no_wait_goes_past_the_deadline(self):
        desk = Desk({"a": Model(fault("rate_limit", 2))}, limits=Limits(deadline_s=1))
        began = time.monotonic()
        assert desk.write().text == ""
        assert time.monotonic() - began < 0.9

    def test_a_stop_ends_the_wait(self):
        stop = threading.Event()
        desk = Desk({"a": Model(fault("rate_limit", 3))})
        threading.Timer(0.1, stop.set).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            desk.write(stop=stop)
        assert time.monotonic() - began < 0.1 + 0.2


class TestDeadline:
    def test_no_call_outlasts_it_and_nobody_is_blamed(self):
        desk = Desk(
            {"a": Model([Piece("A "), threading.Event()]), "b": Model()},
            [vendor("a", gap_s=9), vendor("b")],
            Limits(deadline_s=0.4),
        )
        began = time.monotonic()
        written = desk.write()
        assert time.monotonic() - began < 1
        assert [each.reason for each in written.skipped] == [
            "had not finished when the time for this answer was up",
            "was not asked: the time for this answer was up",
        ]
        assert written.attempts[0].detail == "cost estimated; ended by the deadline"
        assert desk.state("a").last == ""

    def test_how_a_call_failed_is_told_also_when_there_is_no_time_for_another(self):
        models = {"a": Model(fault("cut", after=2)), "b": Model([threading.Event()])}
        desk = Desk(models, [vendor("a"), vendor("b", first_token_s=9)], Limits(deadline_s=0.4))
        [first, _] = desk.write().skipped
        assert (first.backend, first.reason) == ("a", "broke off in the middle")


class TestBudget:
    def desk(self, limit, models=None, **fields):
        models = models or {"a": Model(), "b": Model()}
        known = [vendor("a"), vendor("b", **fields)]
        return Desk(models, known, Limits(deadline_s=5, daily_budget_usd=Decimal(limit)))

    def test_what_does_not_fit_is_skipped_and_the_free_one_asked(self):
        free = {"price": {"input": 0, "output": 0, "seen": "2026-11-01"}}
        written = self.desk("0.0001", **free).write()
        assert (written.vendor.name, written.attempts[0].usd) == ("b", 0)
        assert written.skipped[0].reason == "could cost more than is left of today's budget"

    def test_spent_means_spent_until_tomorrow(self):
        desk = self.desk("0.001")
        spent = [desk.write().text for _ in range(5)]
        assert spent == [ANSWER, ANSWER, "", "", ""]
        assert sum(each.usd for each in desk.ledger.all) == Decimal("0.00032")
        desk.clock.forward(24 * 3600)
        assert desk.write().text == ANSWER

    def test_an_unknown_price_is_never_nothing(self):
        desk = self.desk("1", {"a": Model(fault("auth")), "b": Model()}, price=None)
        written = desk.write()
        assert (written.text, desk.asked()["b"]) == ("", 0)
        assert written.skipped[1].reason == "has no known price, so that today's budget could not be kept"

    def test_without_a_budget_an_unknown_price_is_unknown(self):
        [attempt] = Desk({"a": Model()}, [vendor("a", price=None)]).write().attempts
        assert (attempt.usd, attempt.tokens_in) == (None, 40)

    def test_failed_calls_cost_too_and_what_is_estimated_is_marked(self):
        written = self.desk("1", {"a": Model(fault("cut", after=4)), "b": Model()}).write()
        first, second = written.attempts
        assert (first.detail, second.detail) == ("cost estimated", "")
        assert first.usd == vendor().price.of(11, 8)
        assert desk_total(written) == first.usd + second.usd

    def test_who_turns_a_request_away_does_not_bill_it(self):
        [first, _] = self.desk("1", {"a": Model(fault("auth")), "b": Model()}).write().attempts
        assert (first.tokens_in, first.usd, first.detail) == (0, 0, "")

    def test_what_is_set_aside_comes_back_whatever_happens(self):
        desk = self.desk("0.001", {"a": VendorError("a", "no key"), "b": Model(fault("filter"))})
        for _ in range(9):
            assert desk.write().text == ""
        assert desk.asked()["b"] == 9

    def test_a_ledger_that_cannot_be_reached_costs_nobody_an_answer(self):
        desk = self.desk("0.001")
        desk.ledger.error = StateError("state", "The disk is full")
        assert [desk.write().text for _ in range(4)] == [ANSWER, ANSWER, "", ""]


def desk_total(written):
    return sum(each.usd for each in written.attempts)


class TestCancelling:
    def test_a_stop_is_heard_within_a_fifth_of_a_second_and_costs_are_kept(self):
        stop, never = threading.Event(), threading.Event()
        desk = Desk({"a": Model([Piece("A "), never])}, [vendor("a", gap_s=9)])
        stopped = []

        def halt():
            stopped.append(time.monotonic())
            stop.set()

        threading.Timer(0.1, halt).start()
        with pytest.raises(Cancelled):
            desk.write(stop=stop)
        assert time.monotonic() - stopped[0] < 0.2
        assert [each.outcome for each in desk.ledger.all] == ["cancelled"]
        assert desk.ledger.all[0].detail == "cost estimated"
        assert desk.state("a").state == "ready"

    def test_a_probe_that_is_stopped_frees_its_place(self):
        stop, never = threading.Event(), threading.Event()
        desk = Desk({"a": Model(fault("server"), fault("server"), [never], whole())})
        desk.write()
        desk.clock.forward(20)
        threading.Timer(0.1, stop.set).start()
        with pytest.raises(Cancelled):
            desk.write(stop=stop)
        assert desk.write().text == ANSWER

    def test_who_has_stopped_already_sends_nothing(self):
        stop = threading.Event()
        stop.set()
        desk = Desk({"a": Model()})
        with pytest.raises(Cancelled):
            desk.write(stop=stop)
        assert desk.asked() == {"a": 0}

    def test_a_listener_that_fails_takes_no_place_with_it(self):
        desk = Desk({"a": Model(fault("server"), fault("server"), whole())})
        desk.write()
        desk.clock.forward(20)
        with pytest.raises(ZeroDivisionError):
            desk.gateway.write(
                lambda _: PROMPT, NEED, lambda event: 1 / 0 if isinstance(event, Delta) else None
            )
        assert desk.write().text == ANSWER


class TestStates:
    def test_a_vendor_is_shown_as_it_is_configured_and_stands(self):
        state = Desk({"a": Model()}).state("a")
        assert (state.name, state.via, state.model, state.owner) == ("a", "openai", "a-model", "a")
        assert (state.may_hear, state.regions, state.price.output) == ("internal", ("eu",), 8)
        assert (state.state, state.seconds, state.last) == ("ready", 0, "")

    def test_a_resting_vendor_says_how_long_and_why(self):
        desk = Desk({"a": Model(fault("quota"))})
        desk.write()
        [state] = desk.gateway.states("de")
        assert (state.state, state.seconds, state.last) == ("resting", 600, "hat kein Guthaben mehr von uns")

    def test_a_missing_key_is_seen_without_asking(self):
        [state] = Desk({"a": Model()}, [vendor("a", key_env="OPENAI_API_KEY")]).gateway.states()
        assert (state.state, state.last) == ("not usable", "its key is missing: set OPENAI_API_KEY")

    def test_a_vendor_that_cannot_be_used_is_skipped_and_shown(self):
        desk = Desk({"a": VendorError("a", "the package is missing", "Install it"), "b": Model()})
        written = desk.write()
        assert (written.vendor.name, written.skipped[0].reason) == ("b", "is not set up")
        assert [each.vendor for each in written.attempts] == ["b"]
        assert (desk.state("a").state, desk.state("a").last) == (
            "not usable",
            "the package is missing. Install it",
        )

    def test_a_client_that_turns_out_unusable_when_called_is_no_attempt(self):
        desk = Desk({"a": Model([VendorError("a", "the package is missing")]), "b": Model()})
        written = desk.write()
        assert (written.vendor.name, [each.vendor for each in written.attempts]) == ("b", ["b"])


class TestProbe:
    def test_a_probe_is_an_attempt_like_others(self):
        desk = Desk({"a": Model()})
        attempt = desk.gateway.probe("a")
        assert (attempt.vendor, attempt.outcome, attempt.tokens_in) == ("a", "complete", 40)
        assert desk.ledger.all == [attempt]

    def test_a_probe_wakes_a_resting_vendor(self):
        desk = Desk({"a": Model(fault("auth"), whole())})
        desk.write()
        assert desk.gateway.probe("a").outcome == "complete"
        assert (desk.state("a").state, desk.ledger.kept) == ("ready", {})

    def test_a_probe_ends_a_rest_that_another_process_has_begun_and_that_one_hears_of_it(self):
        clock, ledger = FakeClock(), MemoryLedger()
        models = (Model(fault("auth")), Model())
        one, two = (Desk({"a": each}, ledger=ledger, clock=clock) for each in models)
        one.write()
        assert one.state("a").state == "resting"
        clock.forward(10)
        assert two.gateway.probe("a").outcome == "complete"
        assert ledger.kept == {}
        clock.forward(10)
        assert one.state("a").state == "ready"

    def test_a_probe_that_fails_says_how(self):
        desk = Desk({"a": Model(fault("quota"))})
        assert desk.gateway.probe("a").outcome == "quota"
        assert desk.state("a").state == "resting"

    def test_who_is_not_there_cannot_be_probed(self):
        with pytest.raises(VendorError, match="Configured are: a"):
            Desk({"a": Model()}).gateway.probe("z")


def test_nothing_foreign_gets_into_records_or_logs(caplog):
    caplog.set_level(logging.DEBUG)
    models = {"a": Model(fault("server", after=1)), "b": Model([RuntimeError("sk-secret in a body")])}
    desk = Desk(models)
    written = desk.write()
    told = [written, desk.heard, desk.ledger.all, desk.gateway.states(), caplog.text]
    assert written.text == ""
    assert not [each for each in told if "secret" in f"{each}"]


def test_every_call_is_told_to_the_ledger_once():
    desk = Desk({"a": Model(fault("overload")), "b": Model(fault("cut", after=1), whole())})
    written = desk.write()
    assert desk.ledger.all == list(written.attempts)
    assert {name: [each.vendor for each in written.attempts].count(name) for name in "ab"} == desk.asked()


def test_preparing_makes_all_clients_that_can_be_made():
    made = []
    models = {"a": Model(), "b": VendorError("b", "its key is missing"), "c": Model()}

    def connect(known):
        made.append(known.name)
        if isinstance(models[known.name], Exception):
            raise models[known.name]
        return models[known.name]

    gateway = Gateway([vendor(name) for name in models], connect, LIMITS, MemoryLedger())
    gateway.prepare()
    assert made == ["a", "b", "c"]
    assert [each.state for each in gateway.states()] == ["ready", "not usable", "ready"]
    gateway.write(lambda _: PROMPT, NEED, unheard)
    assert made == ["a", "b", "c"]


def test_closing_closes_the_clients():
    closed = []

    class Client(Model):
        def close(self):
            closed.append(True)

    gateway = Gateway([vendor("a")], lambda _: Client(), LIMITS, MemoryLedger())
    gateway.write(lambda _: PROMPT, NEED, unheard)
    gateway.close()
    assert closed == [True]

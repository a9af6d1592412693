"""Every fault in every protocol, through the real clients: the answer comes whole, or the sources are quoted.

Never is a question lost, and never half an answer shown as one.
"""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from speakers import NEED, PROMPT, FakeClock, MemoryLedger, vendor
from wall import FAULTS, TEXT, Wall

from bot.errors import Cancelled
from bot.models.failover import Gateway, Limits, Need
from bot.models.vendors import connect

VIAS = (
    "openai", "azure", "foundry", "anthropic", "foundry-anthropic",
    "gemini", "mistral", "ollama", "openai-compatible",
)  # fmt: skip
ONCE = {"401", "403", "404", "429", "quota", "400", "413", "context", "filter"} | {"hang", "slow", "trickle"}
FLOOR = {"filter", "finish-filter"}  # who filters, means it
PATIENT = {"first_token_s": 1.0, "gap_s": 0.8}  # the machine that runs the tests may be busy
# What goes wrong in a campaign. A wrong key or an empty account is not a matter of chance.
MIX = ("429", "500", "503", "reset", "hang", "cut", "truncated", "stall", "malformed", "empty", "error-event")


@pytest.fixture
def wall():
    with Wall() as made:
        yield made


def gateway(*vendors, connect=connect, **limits):
    """The real thing: real clients, a clock that stands still, so that rests are not over by accident."""
    return Gateway(
        vendors, connect, Limits(**{"deadline_s": 20, **limits}), MemoryLedger(), FakeClock().clock()
    )


def write(made, need=NEED, listen=lambda _: None):
    return made.write(lambda _: PROMPT, need, listen)


@pytest.mark.parametrize("via", VIAS)
def test_each_fault_in_each_protocol_ends_in_a_whole_answer_or_none(wall, via):
    other = wall.vendor("b", "anthropic" if via == "openai" else "openai", context_tokens=900_000, **PATIENT)

    rescue = connect(other)  # one client for all cells: making it takes longer than asking it

    def cell(fault):
        name = f"a-{fault}"
        first = wall.vendor(name, via, **PATIENT)
        wall.always(name, fault)
        made = gateway(first, other, connect=lambda each: rescue if each is other else connect(each))
        return fault, write(made), wall.count(name)

    with ThreadPoolExecutor(6) as pool, closing(rescue):
        for fault, written, calls in pool.map(cell, FAULTS):
            by = written.vendor.name if written.vendor else ""
            assert by == _writer(fault, via), fault
            assert written.text == (TEXT if by else ""), fault
            assert 1 <= calls <= (1 if fault in ONCE else 2), fault
            assert calls == sum(each.vendor == f"a-{fault}" for each in written.attempts), fault
            assert written.cut_off is (fault == "length"), fault
            assert {each.backend for each in written.skipped} == ({f"a-{fault}"} - {by}), fault


def _writer(fault, via):
    if fault in ("ok", "length"):
        return f"a-{fault}"
    if fault == "finish-filter" and "anthropic" in via:
        return "b"  # there is no filter in this protocol: it says refusal, and a refusal goes to the next one
    if fault == "refusal" and via == "gemini":
        return ""  # and this one says safety, which is its filter
    return "" if fault in FLOOR else "b"


@pytest.mark.parametrize("share", [0, 10, 30, 50, 100])
def test_a_campaign_loses_nothing_and_shows_nothing_wrong(wall, share, request):
    questions, at_once = (300, 6) if request.config.getoption("--full-size") else (40, 6)
    wall.script("a", _failing(share, seed=share))
    wall.script("b", _failing(share // 10, seed=share + 1))
    made = Gateway(
        [wall.vendor("a", "openai", **PATIENT), wall.vendor("b", "anthropic", **PATIENT)],
        connect, Limits(deadline_s=20), ledger := MemoryLedger(),
    )  # fmt: skip
    with ThreadPoolExecutor(at_once) as pool:
        results = list(pool.map(lambda _: write(made), range(questions)))
    made.close()
    assert {each.text for each in results} <= {TEXT, ""}
    assert all(each.text or each.skipped for each in results)
    assert sum(bool(each.text) for each in results) >= 0.8 * questions  # the rest is quoted from the sources
    _books_agree_with_the_wall(wall, results, ledger)
    if share == 100:
        assert wall.count("a") < questions / 4


def _failing(share, seed):
    chance = random.Random(seed)

    def plan(_):
        return chance.choice(MIX) if chance.random() * 100 < share else "ok"

    return plan


def _books_agree_with_the_wall(wall, results, ledger):
    attempts = [attempt for each in results for attempt in each.attempts]
    called = Counter(each.vendor for each in wall.requests)
    assert Counter(each.vendor for each in attempts) == called
    assert sum((each.usd for each in attempts), Decimal(0)) == sum(each.usd for each in ledger.all)
    whole = Counter(each.vendor for each in wall.requests if each.whole)
    wrote = Counter(each.vendor.name for each in results if each.vendor)
    assert wrote <= whole


FAULT = st.sampled_from(sorted(set(FAULTS) - {"hang", "slow", "stall", "trickle"}))


@pytest.fixture(scope="module")
def shared_wall():
    with Wall() as made:
        yield made


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    order=st.permutations(["may", "region", "secret", "both"]),
    faults=st.lists(FAULT, min_size=3, max_size=3),
    need=st.sampled_from(
        [
            Need("confidential", (frozenset({"eu"}),)),
            Need("confidential", (frozenset({"eu"}),), only="region"),
            Need("confidential", (frozenset({"eu"}),), about=frozenset({"openai"})),
        ]
    ),
    conflict=st.sampled_from(["tell", "avoid"]),
)
def test_a_forbidden_vendor_hears_nothing_whatever_fails(shared_wall, order, faults, need, conflict):
    known = {
        "may": {"regions": {"eu"}, "max_confidentiality": "secret"},
        "region": {"regions": {"us"}, "max_confidentiality": "secret"},
        "secret": {"regions": {"eu"}, "max_confidentiality": "internal"},
        "both": {"regions": {"global"}, "max_confidentiality": "public"},
    }
    before = len(shared_wall.requests)
    shared_wall.script("may", faults)
    vendors = [shared_wall.vendor(name, "openai", **known[name], **PATIENT) for name in order]
    made = gateway(*vendors, conflict=conflict)
    for _ in range(2):
        write(made, need)
    made.close()
    asked = {each.vendor for each in shared_wall.requests[before:]}
    assert asked <= {"may"}
    assert bool(asked) is (need.only == "")


def test_a_day_of_retry_after_is_not_slept(wall):
    wall.always("a", "429:86400")
    made = gateway(wall.vendor("a", **PATIENT), wall.vendor("b", "anthropic", **PATIENT))
    written = write(made)
    assert (written.vendor.name, written.attempts[0].detail) == ("b", "asked to wait 86400 s")
    assert sum(each.seconds for each in written.attempts) < 5
    assert made.states()[0].seconds == 300
    made.close()


@pytest.mark.parametrize("fault", ["hang", "slow", "trickle", "stall"])
def test_who_stops_hangs_up_on_the_vendor(wall, fault):
    wall.always("a", fault)
    # Without headers there is no connection yet that could be ended: the client's own limit does that.
    made = gateway(wall.vendor("a", first_token_s=1 if fault == "hang" else 9, gap_s=1))
    made.prepare()
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        made.write(lambda _: PROMPT, NEED, lambda _: None, stop)
    assert time.monotonic() - began < 0.3 + 0.3
    assert wall.left("a", 3)
    made.close()


def test_a_prompt_and_a_key_are_in_no_record(wall):
    wall.script("a", lambda request: "401")
    made = gateway(wall.vendor("a", **PATIENT))
    told = f"{write(made)} {made.states()}"
    assert "sk-wall" not in told
    assert PROMPT.user not in told
    made.close()


def test_the_vendor_that_wrote_is_the_one_that_sent_the_text(wall):
    for name in "abc":
        wall.answer(name, f"This is {name}.")
    wall.script("a", ["503", "503"])
    made = gateway(*(wall.vendor(name, **PATIENT) for name in "abc"))
    written = write(made)
    assert (written.vendor.name, written.text) == ("b", "This is b.")
    assert [each.vendor for each in wall.requests] == [each.vendor for each in written.attempts]
    assert (
        vendor().price.of(written.attempts[-1].tokens_in, written.attempts[-1].tokens_out)
        == written.attempts[-1].usd
    )
    made.close()

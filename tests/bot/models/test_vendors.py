import io
import logging
import re
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import pytest
from wall import FAULTS, TEXT, Wall
from ways import PLAIN, WAYS, ask

from bot.errors import VendorError, VendorFault
from bot.models import Prompt
from bot.models.vendors import connect

EXPECTED = {
    "ok": "complete",
    "401": "auth",
    "403": "auth",
    "404": "not_found",
    "429": "rate_limit",
    "429:2": "rate_limit",
    "429:86400": "rate_limit",
    "quota": "quota",
    "500": "server",
    "503": "overload",
    "529": "overload",
    "400": "bad_request",
    "413": "context",
    "context": "context",
    "filter": "filter",
    "hang": "timeout",
    "slow": "timeout",
    "stall": "stall",
    "cut": "cut",
    "truncated": "truncated",
    "malformed": "malformed",
    "empty": "empty",
    "finish-filter": "filter",
    "refusal": "empty",  # its text stands in a field that the client drops: for us it is no answer
    "length": "length",
    "error-event": "server",
    "reset": "connection",
    "html": "malformed",
    "redirect": "not_found",
    "refused": "connection",
}
OTHERWISE = {
    ("anthropic", "finish-filter"): "refusal",  # its own word for what its classifiers stop
    ("foundry-anthropic", "finish-filter"): "refusal",
    ("anthropic", "refusal"): "refusal",
    ("foundry-anthropic", "refusal"): "refusal",
    ("responses", "refusal"): "refusal",
    ("ollama", "refusal"): "refusal",
    ("gemini", "refusal"): "filter",
    ("anthropic", "error-event"): "overload",
    ("foundry-anthropic", "error-event"): "overload",
    ("gemini", "error-event"): "overload",
    ("mistral", "error-event"): "truncated",  # its client passes over what is no choice
}
SILENT = ("hang", "slow", "stall")
CLOSED_PORT = "http://127.0.0.1:1"


@dataclass
class Seen:
    outcome: str
    wait: float | None
    text: str
    tokens: tuple[int | None, int | None]
    requests: list


def said_in_prompt(request):
    return re.search(r"FAULT<([^>]+)>", request.prompt)[1]


@pytest.fixture(scope="module")
def wall():
    with Wall() as wall:
        yield wall


@pytest.fixture(scope="module")
def chats(wall):
    """(way, patient or hasty or refused) -> a client; built once, as the gateway does."""
    made = {}
    for way, fields in WAYS.items():
        for mood, seconds in (("patient", 20.0), ("hasty", 0.5)):
            vendor = wall.vendor(way, **{"via": way, "first_token_s": seconds, "gap_s": seconds, **fields})
            made[way, mood] = connect(vendor)
        made[way, "refused"] = connect(vendor.model_copy(update={"base_url": CLOSED_PORT}))
        wall.script(way, said_in_prompt)
    yield made
    for chat in made.values():
        chat.close()


@pytest.fixture(scope="module")
def matrix(wall, chats):
    """Every fault against every client, side by side."""

    def cell(at):
        way, fault = at
        mood = "refused" if fault == "refused" else "hasty" if fault in SILENT else "patient"
        seen = ask(chats[way, mood], f"FAULT<{fault}>")
        return at, Seen(*seen, [each for each in wall.to(way) if f"FAULT<{fault}>" in each.prompt])

    with ThreadPoolExecutor(16) as threads:
        return dict(threads.map(cell, [(way, fault) for fault in EXPECTED for way in WAYS]))


def test_the_matrix_holds_every_fault_of_the_wall():
    assert set(FAULTS) - {"trickle"} <= set(EXPECTED)  # that one is asked about below


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", EXPECTED)
def test_every_fault_has_one_name_whoever_the_vendor(matrix, way, fault):
    assert matrix[way, fault].outcome == OTHERWISE.get((way, fault), EXPECTED[fault])


@pytest.mark.parametrize("way", WAYS)
def test_a_call_is_one_request_whatever_happens(matrix, way):
    counts = {fault: len(matrix[way, fault].requests) for fault in EXPECTED}
    assert counts == {fault: int(fault != "refused") for fault in EXPECTED}


@pytest.mark.parametrize("way", WAYS)
def test_text_counts_and_end_come_through(matrix, way):
    seen = matrix[way, "ok"]
    [request] = seen.requests
    assert (seen.text, request.sent, request.whole) == (TEXT, TEXT, True)
    assert seen.tokens == (len(request.prompt) // 4, len(TEXT.split()))


@pytest.mark.parametrize("way", WAYS)
def test_the_time_a_vendor_asks_for_is_heard(matrix, way):
    assert [matrix[way, fault].wait for fault in ("429", "429:2", "429:86400", "503")] == [
        *(None, 2.0, 86_400.0),
        None,
    ]


@pytest.mark.parametrize("way", [way for way in WAYS if "key" not in WAYS[way]])
def test_a_key_is_in_no_message_no_log_and_no_traceback(chats, wall, way, caplog):
    caplog.set_level(logging.INFO)
    chat = chats[way, "patient"]
    with pytest.raises(VendorFault) as raised:
        list(chat.stream(Prompt("", "FAULT<401> and be told")))
    written = io.StringIO()
    traceback.print_exception(raised.value, file=written)
    told = " ".join([repr(chat), str(raised.value), repr(raised.value), written.getvalue(), caplog.text])
    assert f"sk-wall-{way}" in wall.to(way)[-1].key
    assert f"sk-wall-{way}" not in told


@pytest.mark.parametrize(("prompt", "window"), [(1_000, 8_192), (60_000, 24_576), (900_000, 128_000)])
def test_ollama_is_told_how_much_it_has_to_read(chats, wall, prompt, window):
    ask(chats["ollama", "patient"], f"FAULT<ok> {'x' * prompt}")
    assert wall.to("ollama")[-1].body["options"]["num_ctx"] == window


def test_a_vendor_that_counts_nothing_is_not_taken_for_free():
    from bot.models.vendors import _SoFar

    so_far = _SoFar(adds=False)
    chunk = _chunk(usage={"input_tokens": 0, "output_tokens": 5, "total_tokens": 5})
    assert so_far.take(chunk).tokens_in is None


def _chunk(text="", usage=None, **info):
    from langchain_core.messages import AIMessageChunk
    from langchain_core.outputs import ChatGenerationChunk

    return ChatGenerationChunk(
        message=AIMessageChunk(text, usage_metadata=usage), generation_info=info or None
    )


@pytest.mark.parametrize("via", PLAIN)
def test_a_missing_key_is_named_by_its_variable(via, wall):
    with pytest.raises(VendorError, match=r"late: its key is missing. Set LATE_KEY"):
        connect(wall.vendor("late", via=via, key="", key_env="LATE_KEY"))


@pytest.mark.parametrize("via", ["ollama", "openai-compatible"])
def test_servers_of_our_own_need_no_key(via, wall):
    connect(wall.vendor("ours", via=via, key="")).close()


@pytest.mark.parametrize("via", ["azure", "foundry", "foundry-anthropic", "openai-compatible"])
def test_a_missing_address_is_named_where_the_vendor_has_none_of_its_own(via, wall):
    with pytest.raises(VendorError, match=r"vendors\.here\.base_url"):
        connect(wall.vendor("here", via=via, base_url=""))


@pytest.mark.parametrize("address", ["api.openai.com/v1", "https://", "ftp://api.openai.com"])
def test_an_address_that_is_none_is_named(wall, address):
    with pytest.raises(VendorError, match=re.escape(f"{address!r} is no address")):
        connect(wall.vendor("odd", base_url=address))


@pytest.mark.parametrize("key", ["sk-with a blank", "sk-geschlüsselt", "sk-two\nlines"])
def test_a_key_that_is_none_is_not_repeated(wall, key):
    with pytest.raises(VendorError, match="its key holds characters") as raised:
        connect(wall.vendor("odd", key=key, key_env="ODD_KEY"))
    assert key not in str(raised.value)


def test_a_key_may_end_with_a_line_break(wall):
    with closing(connect(wall.vendor("line", key="sk-line\n"))) as chat:
        assert ask(chat, "Hello")[0] == "complete"
    assert wall.to("line")[-1].key == "Bearer sk-line"

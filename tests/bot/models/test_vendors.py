import io
import logging
import re
import subprocess
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from wall import FAULTS, TEXT, Wall

from bot.errors import VendorError, VendorFault
from bot.models import Prompt
from bot.models.faults import judge
from bot.models.vendors import connect

ROOT = Path(__file__).parents[3]
WAYS = {
    "openai": {},
    "responses": {"via": "openai", "model": "gpt-5-pro"},
    "azure": {},
    "azure-dated": {"via": "azure", "api_version": "2024-10-21"},
    "foundry": {"model": "MAI-Thinking-1"},
    "anthropic": {},
    "foundry-anthropic": {},
    "gemini": {},
    "mistral": {},
    "ollama": {},
    "openai-compatible": {"key": ""},
}
PATHS = {
    "openai": "/v1/chat/completions",
    "responses": "/v1/responses",
    "azure": "/openai/v1/chat/completions",
    "azure-dated": "/openai/deployments/azure-dated-model/chat/completions?api-version=2024-10-21",
    "foundry": "/openai/v1/chat/completions",
    "anthropic": "/v1/messages",
    "foundry-anthropic": "/anthropic/v1/messages",
    "gemini": "/v1beta/models/gemini-model:streamGenerateContent?alt=sse",
    "mistral": "/v1/chat/completions",
    "ollama": "/api/chat",
    "openai-compatible": "/v1/chat/completions",
}
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


def ask(chat, user):
    """Everything one call gives, as the gateway would judge it."""
    text, finish, tokens, wait = "", "", (None, None), None
    try:
        for piece in chat.stream(Prompt("You answer from sources.", user, 300)):
            text, finish = text + piece.text, piece.finish or finish
            if piece.tokens_out is not None:
                tokens = (piece.tokens_in, piece.tokens_out)
        outcome = judge(finish)
        outcome = "empty" if outcome == "complete" and not text else outcome
    except VendorFault as fault:
        outcome, wait = fault.kind, fault.wait
    return outcome, wait, text, tokens


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


@pytest.mark.parametrize("way", WAYS)
def test_the_request_is_what_was_configured(matrix, chats, way):
    [request] = matrix[way, "ok"].requests
    assert request.path == f"/{way}{PATHS[way]}"
    assert request.model == WAYS[way].get("model", f"{way}-model")
    assert request.key.removeprefix("Bearer ") == ("none" if "key" in WAYS[way] else f"sk-wall-{way}")
    assert "You answer from sources." in request.prompt
    assert re.search(r'"(max\w*tokens|maxOutputTokens|num_predict)": 300\b', request.prompt)


@pytest.mark.parametrize("way", WAYS)
def test_closing_the_stream_closes_the_connection(way):
    with Wall(pace_s=0.05) as wall:
        chat = connect(wall.vendor(way, **{"via": way, "gap_s": 20.0, **WAYS[way]}))
        stream = chat.stream(Prompt("", "Go on."))
        assert any(piece.text for piece in stream)  # it has begun
        stream.close()
        assert wall.left(way)
        assert list(stream) == []
        assert len(wall.to(way)[0].sent) < len(TEXT)
        chat.close()


@pytest.mark.parametrize("way", WAYS)
def test_a_vendor_that_only_shows_signs_of_life_can_be_left_by_another_thread(chats, wall, way):
    stream = chats[way, "patient"].stream(Prompt("", "FAULT<trickle> by another thread"))
    before = wall.count(way)
    reader = threading.Thread(target=lambda: [None for _ in stream])
    reader.start()
    while wall.count(way) == before:
        reader.join(0.01)
    stream.close()
    reader.join(5)
    assert not reader.is_alive()
    assert wall.left(way)


@pytest.mark.parametrize("way", WAYS)
def test_a_redirect_takes_nothing_to_another_host(chats, wall, way):
    with Wall() as other:
        wall.elsewhere = other.url
        assert ask(chats[way, "patient"], "FAULT<redirect> elsewhere")[0] == "not_found"
        assert other.requests == []


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


@pytest.mark.parametrize("via", [via for via in WAYS if via not in ("responses", "azure-dated")])
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


@pytest.mark.skipif(find_spec("langchain_aws") is not None, reason="langchain_aws is installed")
def test_a_missing_package_is_named_by_its_extra(wall):
    with pytest.raises(VendorError, match=r"langchain_aws is missing. Install ai-strategist\[aws\]"):
        connect(wall.vendor("rock", via="bedrock"))


@pytest.mark.parametrize(
    "address", ["", "/", "/openai/v1", "/openai/v1/", "/anthropic", "/anthropic/v1/messages"]
)
def test_an_azure_resource_may_be_given_with_or_without_a_path(wall, address):
    for via, path in (("foundry", PATHS["foundry"]), ("foundry-anthropic", PATHS["foundry-anthropic"])):
        chat = connect(wall.vendor(f"bare-{via}", via=via, base_url=f"{wall.url}/bare-{via}{address}"))
        assert ask(chat, "Hello")[0] == "complete"
        assert wall.to(f"bare-{via}")[-1].path == f"/bare-{via}{path}"
        chat.close()


SCRIPT = """
import sys, urllib.error, urllib.request
from bot.models import Prompt
from bot.models.vendor import Vendor
from bot.models.vendors import connect
here, there = sys.argv[1:]
loaded = lambda: sorted({name.partition(".")[0] for name in sys.modules})
print(*loaded())
for via, path in (("ollama", ""), ("openai", "/v1"), ("anthropic", ""), ("gemini", ""), ("mistral", "/v1")):
    vendor = Vendor(name=via, via=via, model="m", owner="o", key="sk-mine", regions={"eu"},
                    base_url=f"{here}/{via}{path}", max_confidentiality="internal")
    chat = connect(vendor)
    assert "".join(piece.text for piece in chat.stream(Prompt("s", "u"))), via
    if via == "ollama":
        print(*loaded())
try:
    urllib.request.urlopen(f"{there}/from-here-on-the-bare-client")
except urllib.error.HTTPError:
    chat._model.invoke("u")
from langsmith.run_trees import get_cached_client
get_cached_client().close()
"""
ADDRESSES = (
    *(
        "LANGSMITH_ENDPOINT",
        "LANGCHAIN_ENDPOINT",
        "LANGSMITH_GATEWAY_URL",
        "OPENAI_BASE_URL",
        "OPENAI_API_BASE",
    ),
    *("ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL", "GOOGLE_GEMINI_BASE_URL", "MISTRAL_BASE_URL", "OLLAMA_HOST"),
)
SWITCHES = (
    *("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"),
    *("LANGSMITH_GATEWAY", "GOOGLE_GENAI_USE_VERTEXAI"),
)
KEYS = ("LANGSMITH_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "GOOGLE_API_KEY")


@dataclass
class Abroad:
    here: list
    there: list  # requests before the bare client was used
    there_bare: list
    loaded: tuple[set, set]  # packages before anything was connected, and with one vendor


@pytest.fixture(scope="module")
def abroad():
    """Vendors asked in a process whose environment wants everything elsewhere."""
    with Wall() as wall, Wall() as elsewhere:
        for via in ("openai", "anthropic", "gemini", "mistral", "ollama"):
            wall.vendor(via, via=via)
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, wall.url, elsewhere.url],
            env={
                **{"PATH": "", "PYTHONPATH": str(ROOT)},
                **dict.fromkeys(ADDRESSES, elsewhere.url),
                **dict.fromkeys(SWITCHES, "true"),
                **dict.fromkeys(KEYS, "sk-of-somebody-else"),
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        early, one = (set(line.split()) for line in done.stdout.splitlines())
        there = elsewhere.requests
        [divide] = [n for n, each in enumerate(there) if each.path == "/from-here-on-the-bare-client"]
        return Abroad(wall.requests, there[:divide], there[divide + 1 :], (early, one))


def test_variables_of_others_send_nothing_elsewhere(abroad):
    assert {each.vendor for each in abroad.here} == {"openai", "anthropic", "gemini", "mistral", "ollama"}
    assert all("sk-mine" in each.key for each in abroad.here)
    assert abroad.there == []


def test_the_same_variables_make_a_bare_client_tell_somebody_else(abroad):
    assert abroad.there_bare


def test_only_the_client_that_is_configured_is_imported(abroad):
    early, one = abroad.loaded
    assert "langchain_core" not in early
    assert "langchain_ollama" in one
    assert not {"langchain_openai", "langchain_anthropic", "openai", "anthropic"} & one

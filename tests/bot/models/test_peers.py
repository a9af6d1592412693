"""Model servers that nobody here wrote. They run where --peer says where they are installed."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.errors import VendorFault
from bot.models import Prompt
from bot.models.faults import judge
from bot.models.vendor import Price, Vendor
from bot.models.vendors import connect

TEXT = "OpenAI earns far less than it spends, so its future is open [p1]."
WAYS = {
    "openai": "/v1",
    "responses": "/v1",
    "azure": "",
    "azure-dated": "",
    "foundry": "",
    "anthropic": "",
    "gemini": "",
    "mistral": "/v1",
    "ollama": "",
    "openai-compatible": "/v1",
}


def failing(status, message, **error):
    more = {"retryAfter": error.pop("retryAfter")} if "retryAfter" in error else {}
    return {"response": {"error": {"message": message, **error}, "status": status, **more}}


SLOWLY = {"chunkSize": 5, "latency": 20}
# What it is asked -> what it does, and what that may be called: for some protocols it is coarse.
ANSWERS = {
    "all is well": ({"response": {"content": TEXT}}, {"complete"}),
    "no money": (failing(429, "No quota left", code="insufficient_quota"), {"quota", "rate_limit"}),
    "too fast": (failing(429, "Slow down", type="rate_limit_error", retryAfter=7), {"rate_limit"}),
    "no key": (failing(401, "Wrong key", type="authentication_error"), {"auth"}),
    "broken": (failing(500, "Oops", type="server_error"), {"server"}),
    "busy": (failing(529, "Overloaded", type="overloaded_error"), {"overload"}),
    "cut short": ({"response": {"content": TEXT}, **SLOWLY, "truncateAfterChunks": 6}, {"cut", "truncated"}),
    "line lost": (
        {"response": {"content": TEXT * 20}, **SLOWLY, "disconnectAfterMs": 150},
        {"cut", "truncated"},
    ),
    "out of words": ({"response": {"content": TEXT, "finishReason": "length"}}, {"length", "truncated"}),
}
BEYOND_IT = {("ollama", "out of words")}


def folders(request, *parts):
    given = [Path(each) for each in request.config.getoption("--peer")]
    return [each for each in given if each.joinpath(*parts).exists()]


def free_port():
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        return found.getsockname()[1]


@contextmanager
def served(command, port, health, **more):
    """A server process, once it answers; ended in the end, also when it has been stopped."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}{health}", process)
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()


def wait_for(address, process):
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"{address} does not answer")


def vendor(via, address, model="peer-model", **fields):
    price = Price(input=Decimal(0), output=Decimal(0), seen=date(2026, 11, 1))
    given = {
        "name": via,
        "via": via,
        "model": model,
        "owner": "self-hosted",
        "key": "sk-peer",
        "price": price,
    }
    limits = {"regions": {"local"}, "max_confidentiality": "internal", "first_token_s": 5, "gap_s": 2}
    return Vendor.model_validate({**given, **limits, "base_url": address, **fields})


def ask(chat, user, heard=lambda text: None, most=300):
    """(outcome, text, tokens) of one call."""
    text, finish, tokens = "", "", None
    try:
        for piece in chat.stream(Prompt("You answer from sources.", user, most)):
            text, finish = text + piece.text, piece.finish or finish
            tokens = piece.tokens_out if piece.tokens_out is not None else tokens
            heard(text)
    except VendorFault as fault:
        return fault.kind, text, fault.wait
    return judge(finish), text, tokens


@pytest.fixture(scope="module")
def aimock(request, tmp_path_factory):
    """The address of @copilotkit/aimock with our fixtures."""
    found = folders(request, "node_modules", ".bin", "llmock")
    if not found:
        pytest.skip("no --peer with @copilotkit/aimock in it")
    fixtures = tmp_path_factory.mktemp("fixtures") / "answers.json"
    rows = [{"match": {"userMessage": said}, **does} for said, (does, _) in ANSWERS.items()]
    fixtures.write_text(json.dumps({"fixtures": rows}))
    port = free_port()
    program = found[0].resolve() / "node_modules" / ".bin" / "llmock"
    with served([program, "-p", str(port), "-f", fixtures, "--log-level", "silent"], port, "/health"):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("way", "said"), [(way, said) for said in ANSWERS for way in WAYS if (way, said) not in BEYOND_IT]
)
def test_another_ones_mock_of_every_vendor_is_understood_the_same(aimock, way, said):
    via = {"responses": "openai", "azure-dated": "azure"}.get(way, way)
    more = {"model": "gpt-5-pro"} if way == "responses" else {}
    more |= {"api_version": "2024-10-21"} if way == "azure-dated" else {}
    with closing(connect(vendor(via, aimock + WAYS[way], **more))) as chat:
        outcome, text, wait = ask(chat, said)
    assert outcome in ANSWERS[said][1]
    if said == "all is well":
        assert text == TEXT
    if said == "too fast":
        assert wait == 7.0


@pytest.fixture(scope="module")
def transformers(request, tmp_path_factory):
    """A context that starts a real inference server with a random model: yields its address and process."""
    found = folders(request, "bin", "python")
    if not found:
        pytest.skip("no --peer with transformers[serving] in it")
    python = found[0].absolute() / "bin" / "python"
    model = tmp_path_factory.mktemp("tiny-model")
    builder = Path(__file__).with_name("tiny_model.py")
    subprocess.run([python, builder, model], check=True, capture_output=True, timeout=300)

    @contextmanager
    def start():
        port = free_port()
        command = [python, "-m", "transformers.cli.transformers", "serve", model]
        options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
        address = f"http://127.0.0.1:{port}/v1"
        with (
            served([*command, *options], port, "/health", env=environment) as process,
            closing(connect(vendor("openai-compatible", address, f"{model}", key=""))) as chat,
        ):
            yield chat, process

    return start


def test_a_real_server_that_is_stopped_and_then_killed_in_mid_answer(transformers):
    with transformers() as (chat, process):
        outcome, text, tokens = ask(chat, "What if?", most=40)
        assert (outcome, bool(text), tokens) == ("length", True, 40)

        stop = once(lambda: process.send_signal(signal.SIGSTOP))
        assert ask(chat, "What if it stands still?", stop, most=1_400)[0] == "stall"
        process.send_signal(signal.SIGCONT)

        kill = once(process.kill)
        assert ask(chat, "What if it is gone?", kill, most=1_400)[0] == "cut"
        assert ask(chat, "And now?")[0] == "connection"


def once(act):
    """Do it when some text has come, and not again."""
    done = []

    def heard(text):
        if len(text) > 20 and not done:
            done.append(act())

    return heard

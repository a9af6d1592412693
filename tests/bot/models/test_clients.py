import re
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from wall import Wall
from ways import PATHS, WAYS, ask

from bot.errors import VendorError
from bot.models.vendors import connect

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def wall():
    with Wall() as wall:
        yield wall


@pytest.fixture(scope="module")
def asked(wall):
    """way -> the request of one call through a client of its own."""
    for way, fields in WAYS.items():
        with closing(connect(wall.vendor(way, **{"via": way, "first_token_s": 20.0, **fields}))) as chat:
            assert ask(chat, "What if?")[0] == "complete"
    return {way: wall.to(way)[0] for way in WAYS}


@pytest.mark.parametrize("way", WAYS)
def test_the_request_is_what_was_configured(asked, way):
    request = asked[way]
    assert request.path == f"/{way}{PATHS[way]}"
    assert request.model == WAYS[way].get("model", f"{way}-model")
    assert request.key.removeprefix("Bearer ") == ("none" if "key" in WAYS[way] else f"sk-wall-{way}")
    assert "You answer from sources." in request.prompt
    assert re.search(r'"(max\w*tokens|maxOutputTokens|num_predict)": 300\b', request.prompt)


def test_gemini_is_not_told_to_end_the_whole_answer_after_our_pause(asked):
    assert asked["gemini"].headers["x-server-timeout"] == "600"


@pytest.mark.parametrize("way", WAYS)
def test_a_redirect_takes_nothing_to_another_host(wall, way):
    with Wall() as other:
        wall.elsewhere = other.url
        name = f"{way}-moved"
        wall.always(name, "redirect")
        with closing(connect(wall.vendor(name, **{"via": way, "first_token_s": 20.0, **WAYS[way]}))) as chat:
            assert ask(chat, "What if?")[0] == "not_found"
        assert (wall.count(name), other.requests) == (1, [])


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
    *("OPENAI_PROXY", "ANTHROPIC_PROXY"),
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

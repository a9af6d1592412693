import json
import threading
import urllib.error
import urllib.request
from contextlib import closing

import pytest
from wall import TEXT, Wall

from bot.models.vendors import connect

WAYS = {
    "openai": {},
    "responses": {"via": "openai", "model": "gpt-5-pro"},
    "azure": {"api_version": "2024-10-21"},
    "foundry": {},
    "anthropic": {},
    "foundry-anthropic": {},
    "gemini": {},
    "mistral": {},
}


@pytest.fixture(scope="module")
def wall():
    with Wall() as wall:
        yield wall


def post(wall, name, model="m", **body):
    request = urllib.request.Request(
        f"{wall.url}/{name}/v1/chat/completions",
        json.dumps({"model": model, "messages": [], **body}).encode(),
        {"Authorization": "Bearer sk-test"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def outcome(wall, name, **body):
    try:
        return post(wall, name, **body)["choices"][0]["message"]["content"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize("way", WAYS)
def test_a_whole_answer_is_understood_by_the_real_client(wall, way):
    with closing(connect(wall.vendor(way, **{"via": way, "first_token_s": 20.0, **WAYS[way]}))) as chat:
        answer = chat._model.invoke("What if?")
    [request] = wall.to(way)
    assert (answer.text, request.stream, request.sent) == (TEXT, False, TEXT)
    assert answer.usage_metadata["output_tokens"] == len(TEXT.split())


def test_a_script_is_followed_in_order_and_then_what_always_holds(wall):
    wall.vendor("scripted")
    wall.script("scripted", ["503", "ok"])
    wall.always("scripted", "404")
    assert [outcome(wall, "scripted") for _ in range(4)] == [503, TEXT, 404, 404]
    assert [each.fault for each in wall.to("scripted")] == ["503", "ok", "404", "404"]


def test_a_script_is_each_taken_once_however_many_call(wall):
    wall.vendor("crowded")
    wall.script("crowded", ["503"] * 10)
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(outcome(wall, "crowded"))) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (seen.count(503), seen.count(TEXT)) == (10, 10)


def test_a_model_may_be_scripted_or_carry_its_fault_in_its_name(wall):
    wall.vendor("named")
    wall.script("scripted-model", ["500"])
    assert outcome(wall, "named", model="scripted-model") == 500
    assert outcome(wall, "named", model="anything--503") == 503
    assert outcome(wall, "named", model="any--thing") == TEXT


def test_answers_are_texts_or_functions_of_the_request(wall):
    wall.vendor("told")
    wall.answer("told", lambda request: f"You said {request.body['messages'][0]} [p1].")
    assert outcome(wall, "told", messages=["hello"]) == "You said hello [p1]."


def test_the_log_says_what_came_and_with_which_key(wall):
    wall.vendor("logged", via="openai-compatible")
    post(wall, "logged", temperature=0)
    [request] = wall.to("logged")
    assert (request.via, request.protocol, request.model) == ("openai-compatible", "chat", "m")
    assert (request.key, request.body["temperature"], request.whole) == ("Bearer sk-test", 0, True)


def test_a_caller_that_stays_is_not_said_to_have_left(wall):
    wall.vendor("stayed")
    post(wall, "stayed")
    assert not wall.left("stayed")


def test_what_nobody_speaks_is_logged_and_not_found(wall):
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{wall.url}/who/v1/models", timeout=5)
    with error.value:
        assert error.value.code == 404
    assert wall.requests[-1].path == "/who/v1/models"


def test_it_ends_while_a_caller_still_waits():
    with Wall() as wall:
        wall.vendor("waiting")
        wall.always("waiting", "hang")
        caller = threading.Thread(target=_ignore_errors, args=(wall,))
        caller.start()
        while not wall.count("waiting"):
            caller.join(0.01)
    caller.join(5)
    assert not caller.is_alive()


def _ignore_errors(wall):
    with pytest.raises((OSError, urllib.error.URLError)):
        post(wall, "waiting")

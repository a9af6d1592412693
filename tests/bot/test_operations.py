import json

import pytest
from service import free_port
from wall import Wall

VENDOR = """
[vendors.{name}]
via = "openai-compatible"
model = "{name}-model"
owner = "openai"
max_confidentiality = "internal"
regions = ["eu"]
base_url = "{url}"
key_env = "{name}_KEY"
first_token_s = 1
gap_s = 1
price = {{ input = 2, output = 8, seen = 2026-11-01 }}
"""


@pytest.fixture
def wall():
    with Wall() as made:
        yield made


@pytest.fixture
def configured(own_desk, wall, monkeypatch):
    """A desk with two vendors: `gpt` has a key, `other` has none."""
    base = wall.vendor("gpt", via="openai-compatible", model="gpt-model").base_url
    text = "".join(VENDOR.format(name=name, url=base) for name in ("gpt", "other"))
    (own_desk.home / "strategist.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("gpt_KEY", "sk-very-secret")
    return own_desk


def test_without_vendors_the_sources_are_quoted_and_nothing_is_wrong(own_desk):
    ran = own_desk.strategist("models")
    assert (ran.code, "quotes the sources" in ran.out) == (0, True)
    ran = own_desk.strategist("models", "test")
    assert (ran.code, "No vendor is configured" in ran.out) == (0, True)


def test_the_models_are_listed_in_order_with_their_state_and_extractive_last(configured):
    lines = configured.strategist("models").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["gpt", "other", "extractive"]
    assert "ready" in lines[1]
    assert "not usable" in lines[2]
    assert "other_KEY" in lines[2]


def test_the_list_is_there_for_programs_too(configured):
    rows = [json.loads(line) for line in configured.strategist("models", "--json").out.splitlines()]
    assert [each["name"] for each in rows] == ["gpt", "other"]
    assert rows[0]["price"] == {"input": "2", "output": "8", "seen": "2026-11-01"}


def test_each_is_asked_one_tiny_question_and_who_fails_is_named(configured, wall):
    ran = configured.strategist("models", "test")
    good, bad = ran.out.splitlines()
    assert ran.code == 1
    assert "gpt-model" in good and "ok," in good and "tokens in" in good and "$" in good
    assert "not usable" in bad and "other_KEY" in bad
    assert len(wall.requests) == 1
    assert "sk-very-secret" not in ran.out + ran.err


def test_one_can_be_tested_alone(configured):
    [row] = [
        json.loads(line) for line in configured.strategist("models", "test", "gpt", "--json").out.splitlines()
    ]
    assert (row["vendor"], row["outcome"]) == ("gpt", "complete")
    assert row["tokens_in"] > 0


def test_a_fault_is_told_in_plain_words(configured, wall):
    wall.always("gpt-model", "401")
    ran = configured.strategist("models", "test", "gpt")
    assert (ran.code, "refused the key" in ran.out) == (1, True)


def test_the_doctor_asks_the_models_too(configured):
    ran = configured.strategist("doctor")
    assert "ok   model gpt: ok," in ran.out
    assert "todo model other: not usable" in ran.out


def test_the_doctor_points_out_an_owner_that_no_question_can_concern(own_desk, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "vendors.yaml").write_text("openai:\n  name: OpenAI\n", encoding="utf-8")
    (shelf / "note.md").write_text("# Note\n\nThe kettle in Bremen is blue.\n", encoding="utf-8")
    assert own_desk.strategist("ingest", str(shelf)).code == 0
    text = VENDOR.format(name="gpt", url="http://127.0.0.1:9/v1")
    (own_desk.home / "strategist.toml").write_text(text.replace('owner = "openai"', 'owner = "open-ai"'))
    assert (
        "todo owner of gpt: 'open-ai' is no vendor of vendors.yaml (openai)"
        in own_desk.strategist("doctor").out
    )
    (own_desk.home / "strategist.toml").write_text(text)
    assert "owner of gpt" not in own_desk.strategist("doctor").out


def test_without_a_service_its_health_is_bad_and_the_next_step_is_said(own_desk):
    port = str(free_port())
    ran = own_desk.strategist("health", health_port=port)
    assert (ran.code, ran.out) == (1, "ok: False, alive: False\n")
    assert ran.err == f"No service answers on port {port}. Start it: strategist serve\n"
    ran = own_desk.strategist("health", "--json", health_port=port)
    assert (ran.code, json.loads(ran.out)) == (1, {"ok": False, "alive": False})

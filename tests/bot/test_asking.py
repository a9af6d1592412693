"""`strategist ask` with models: the real clients, a loopback server of vendors, a real library."""

import json

import pytest
from wall import Wall

from bot.settings import load
from bot.state import State

NOTE = """---
title: "Vendor note: Aurora Models"
publisher: Desk
published: 2026-10-01
visibility: public
confidentiality: internal
---
# Vendor note: Aurora Models

After a day without Aurora Models the backlog reaches 900 claims.
"""
WROTE = "After a day without Aurora Models the backlog reaches 900 claims [p1]."
QUESTION = "What happens after a day without Aurora Models?"
VENDOR = """
[vendors.{name}]
via = "openai-compatible"
model = "{name}-model"
owner = "{name}"
max_confidentiality = "{hears}"
regions = ["eu"]
base_url = "{url}"
first_token_s = 20
gap_s = 20
price = {{ input = 2, output = 8, seen = 2026-11-01 }}
"""


@pytest.fixture
def wall():
    with Wall() as made:
        for name in ("gpt", "claude"):
            made.answer(f"{name}-model", WROTE)
        yield made


@pytest.fixture
def configured(own_desk, wall, tmp_path):
    """A desk with one note, and two vendors in order: gpt, then claude."""
    url = wall.vendor("x", via="openai-compatible", model="x").base_url
    text = "".join(VENDOR.format(name=name, url=url, hears="internal") for name in ("gpt", "claude"))
    (own_desk.home / "strategist.toml").write_text(text, encoding="utf-8")
    (tmp_path / "aurora.md").write_text(NOTE, encoding="utf-8")
    assert own_desk.strategist("ingest", str(tmp_path / "aurora.md"), "--quiet").code == 0
    return own_desk


def asked(desk, *options):
    return json.loads(desk.strategist("ask", QUESTION, "--json", *options).out)


def test_a_model_writes_and_its_statement_is_held_against_its_source(configured):
    value = asked(configured)
    assert (value["backend"], value["model"], value["owner"]) == ("gpt", "gpt-model", "gpt")
    [statement] = value["statements"]
    assert (statement["verdict"], statement["citations"]) == ("supported", [1])
    assert value["citations"][0]["quote"] in NOTE
    assert value["usd"] > 0
    assert value["skipped"] == []


def test_when_one_falters_the_next_answers_and_the_answer_says_so(configured, wall):
    wall.always("gpt-model", "401")
    printed = configured.strategist("ask", QUESTION).out
    assert "claude-model (claude)" in printed
    assert "gpt: refused the key" in printed
    assert len([each for each in wall.requests if each.model == "claude-model"]) == 1


def test_when_all_falter_the_sources_are_quoted_and_the_answer_says_why(configured, wall):
    for model in ("gpt-model", "claude-model"):
        wall.always(model, "401")
    value = asked(configured)
    assert (value["status"], value["backend"]) == ("answered", "extractive")
    assert [each["backend"] for each in value["skipped"]] == ["gpt", "claude"]
    assert value["statements"][0]["text"] in NOTE


def test_what_is_too_confidential_for_a_vendor_does_not_reach_it(configured, wall, monkeypatch):
    for name in ("GPT", "CLAUDE"):
        monkeypatch.setenv(f"STRATEGIST_VENDORS__{name}__MAX_CONFIDENTIALITY", "public")
    value = asked(configured)
    assert value["backend"] == "extractive"
    assert "may hear up to public" in value["skipped"][0]["reason"]
    assert list(wall.requests) == []


def test_one_model_can_be_asked_by_name(configured, wall):
    assert asked(configured, "--model", "claude")["backend"] == "claude"
    assert asked(configured, "--model", "extractive")["attempts"] == []
    assert {each.model for each in wall.requests} == {"claude-model"}


def test_a_name_that_is_no_vendor_is_wrong_use_and_lists_those_there_are(configured):
    ran = configured.strategist("ask", QUESTION, "--model", "gbt")
    assert ran.code == 2
    assert "There are: gpt, claude, extractive" in ran.err


def test_several_are_shown_side_by_side_with_what_they_agree_on(configured, wall):
    altered = "After a day without Aurora Models the backlog reaches 700 claims [p1]."
    wall.answer("claude-model", f"- {WROTE}\n- {altered}")
    value = asked(configured, "--compare", "gpt,claude,extractive")
    assert [each["backend"] for each in value["answers"]] == ["gpt", "claude", "extractive"]
    assert ["gpt", "claude", "extractive"] in [each["backends"] for each in value["agreed"]]
    assert [each["backends"] for each in value["differing"]] == [["claude"]]
    verdicts = {each["text"]: each["verdict"] for each in value["answers"][1]["statements"]}
    assert sorted(verdicts.values()) == ["supported", "unsupported"], verdicts
    printed = configured.strategist("ask", QUESTION, "--compare", "gpt,claude").out
    assert "=== gpt ===" in printed and "=== claude ===" in printed


def test_answers_are_kept_with_who_wrote_them_and_what_they_cost(configured):
    value = asked(configured)
    state = State.open(load(home=str(configured.home)).state_url())
    try:
        kept = state.answer(value["id"])
        assert kept is not None
        assert (kept.question, kept.answer["model"]) == (QUESTION, "gpt-model")
    finally:
        state.close()


def test_a_chat_understands_what_was_asked_before(configured):
    ran = configured.strategist("chat", stdin=f"{QUESTION}\nAnd who writes it?\n\n")
    assert ran.code == 0
    assert ran.out.count("As of") == 2


def test_thanks_and_greetings_get_a_reply_and_no_answer(configured, wall):
    ran = configured.strategist("chat", stdin="hello\nthanks!\ndanke!\n\n")
    assert ran.code == 0
    replies = ["What would you like to know?", "Happy to help.", "Gern."]
    assert [line.startswith(r) for line, r in zip(ran.out.splitlines(), replies, strict=True)] == [True] * 3
    assert "As of" not in ran.out and not list(wall.requests)
    told = json.loads(configured.strategist("ask", "thanks!", "--json").out)
    assert told["status"] == "unknown"  # a program gets what it asked for


def test_a_budget_that_is_spent_leaves_the_sources_to_speak(configured, wall, monkeypatch):
    monkeypatch.setenv("STRATEGIST_DAILY_BUDGET_USD", "0")
    value = asked(configured)
    assert value["backend"] == "extractive"
    assert "budget" in value["skipped"][0]["reason"]
    assert list(wall.requests) == []


def damaged(desk):
    (desk.home / "state.db").unlink(missing_ok=True)
    (desk.home / "state.db").mkdir()
    return desk


def test_a_state_that_cannot_be_opened_costs_nobody_the_answer(configured):
    ran = damaged(configured).strategist("ask", QUESTION, "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["backend"] == "gpt"
    assert "not kept" in ran.err and "not counted" in ran.err and "state.db" in ran.err


def test_what_cannot_be_counted_must_not_cost_anything_where_there_is_a_budget(configured, wall):
    ran = damaged(configured).strategist("ask", QUESTION, "--json", daily_budget_usd="5")
    value = json.loads(ran.out)
    assert (ran.code, value["backend"]) == (0, "extractive")
    assert "budget" in value["skipped"][0]["reason"]
    assert list(wall.requests) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--compare", ","), "names nobody"),
        (("--compare", "gpt,other"), "no vendor 'other'"),
        (("--model", "gpt,claude"), "no vendor 'gpt,claude'"),
        (("--model", ","), "no vendor ','"),
        (("--model", "gpt", "--compare", "claude"), "cannot go with --model"),
    ],
)
def test_names_that_make_no_sense_are_refused_before_anybody_is_asked(configured, wall, options, said):
    ran = configured.strategist("ask", QUESTION, *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert list(wall.requests) == []

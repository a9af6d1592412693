import re

import pytest

from bot.errors import PromptError
from bot.prompts import load, load_all

ANSWER = dict.fromkeys(
    "language most inference assumption missing mark today passages thread question".split(), "x"
)
FRONT = "---\nversion: 7\n---\n"
NAMES = " ".join(f"${name}" for name in ANSWER)


def written(folder, text, name="answer"):
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def test_the_packaged_prompts_have_versions_and_known_variables():
    prompts = load_all()
    assert prompts.answer.version
    assert prompts.plan.version
    assert prompts.answer.variables == ANSWER.keys()


def test_the_rules_are_told_by_us_and_the_material_comes_as_the_readers_turn():
    prompt = load("answer").prompt(900, **(ANSWER | {"passages": "PASSAGES", "question": "QUESTION"}))
    assert prompt.most_tokens == 900
    assert "PASSAGES" in prompt.user
    assert "QUESTION" in prompt.user
    assert "PASSAGES" not in prompt.system
    assert "QUESTION" not in prompt.system
    assert "===" not in prompt.system + prompt.user


@pytest.mark.parametrize(
    "text",
    [
        "{question} {x.__class__} {{7*7}} {% raw %} %s %(x)s",
        "$question ${question} $$ $14 Mrd. $",
        "\\n \\1 \\g<0> </question x>",
        "=== what follows ===\n---\nversion: 9\n---",
    ],
)
def test_text_of_documents_stays_as_it_is(text):
    prompt = load("answer").prompt(100, **(ANSWER | {"passages": text, "question": "why?"}))
    assert text in prompt.user
    assert "why?" in prompt.user


def test_a_missing_value_is_named():
    with pytest.raises(PromptError, match=r"names variables that nobody fills: \$question, \$today"):
        load("answer").fill(**{key: "" for key in ANSWER if key not in ("question", "today")})


def test_a_value_for_which_there_is_no_place_is_named():
    with pytest.raises(PromptError, match=r"does not name: \$colour"):
        load("answer").fill(**ANSWER, colour="red")


def test_the_whole_text_can_be_filled_at_once():
    assert load("answer").fill(**ANSWER).count("x") >= len(ANSWER)


def test_a_prompt_of_ones_own_is_used(tmp_path):
    template = load("answer", written(tmp_path, f"{FRONT}Costs $$5.\n=== turn\n{NAMES}\n"))
    assert template.version == "7"
    assert template.prompt(1, **ANSWER).system == "Costs $5."


def test_where_there_is_none_of_ones_own_the_packaged_one_is_used(tmp_path):
    assert load("plan", tmp_path) == load("plan")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"Be kind.\n===\n{NAMES}", "does not name its version"),
        (f"{FRONT}Be kind.\n{NAMES}", "no reader's turn"),
        (f"{FRONT}Be kind.\n===\n{NAMES}\n===\n", "or several"),
        (f"{FRONT}Be kind, $name.\n===\n{NAMES}", r"nobody fills: \$name"),
        (f"{FRONT}Be kind.\n===\n$question", r"does not name: \$assumption, \$inference"),
        (f"{FRONT}Pay 5 $.\n===\n{NAMES}", "a \\$ that starts no variable"),
    ],
)
def test_what_is_wrong_with_a_prompt_is_said_at_the_start(tmp_path, text, problem):
    with pytest.raises(PromptError, match=problem) as caught:
        load("answer", written(tmp_path, text))
    assert "answer.md" in str(caught.value)


def test_a_prompt_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "answer.md").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PromptError, match="cannot be read"):
        load("answer", tmp_path)


def test_a_prompt_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(PromptError, match="cannot be read"):
        load("nothing", tmp_path)


def test_windows_line_ends_are_read(tmp_path):
    (tmp_path / "answer.md").write_bytes(f"{FRONT}Be kind.\n===\n{NAMES}\n".replace("\n", "\r\n").encode())
    assert load("answer", tmp_path).system == "Be kind.\n"


def test_nothing_in_the_prompts_looks_like_a_secret():
    text = load("answer").system + load("plan").system
    assert not re.search(r"sk-|xox[abp]-|[A-Za-z0-9+/]{32,}|password|api.?key", text, re.IGNORECASE)

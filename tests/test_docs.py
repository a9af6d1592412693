"""Holds the documents to the code: settings, commands, fields and files that they name must exist."""

import json
import re
import shlex
import shutil
import tomllib
from pathlib import Path
from typing import get_args

import pytest
import values
from commands import Desk
from scribe import Line

from bot import contract
from bot.app import build
from bot.models.vendor import Via
from bot.settings import documented, documented_vendor, load
from retrieval.types import Found, Hit, IngestResult
from retrieval.visibility import Audience

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.M | re.S)
STAYS = ("serve", "demo")  # they run until they are stopped; their own tests start and stop them
ANSWER = contract.answer(values.ANSWER)
FOUND = contract.found("", "q", Found((Hit(values.PASSAGE, values.SOURCE, 0.5),), True, 0.9))


def commands(program):
    """The command lines of a program in README's shell blocks."""
    lines = (line for kind, _, text in BLOCK.findall(README) if kind == "sh" for line in text.splitlines())
    return [line for line in lines if shlex.split(line)[:1] == [program]]


def section(title):
    """The text under a heading of README, up to the next heading of any level."""
    [found] = re.findall(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", README, re.M | re.S)
    return found


def tables(text):
    """The first column of each table, without its head, as lists of what stands in backticks."""
    found = re.findall(r"(?:^\|.*\n)+", text, re.M)
    return [re.findall(r"^\| `([^`]+)` \|", table, re.M) for table in found]


def test_each_setting_is_listed_with_its_default_and_meaning():
    rows = [line.strip("| ").split(" | ") for line in section("Settings").splitlines() if "| `" in line]
    listed = [(name.strip("`"), default.strip("`"), meaning) for name, default, meaning in rows]
    assert listed == [(name, default or "(empty)", meaning) for name, default, meaning in documented()]


def test_each_line_of_a_vendor_is_listed():
    text = section("Models that write").partition("| key of a vendor |")[2]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    listed = [(name.strip("`"), default.strip("`"), meaning) for name, default, meaning in rows]
    assert listed == [(name, default or "(empty)", meaning) for name, default, meaning in documented_vendor()]


def test_every_way_to_reach_a_vendor_is_listed():
    text = section("Models that write").partition("| key of a vendor |")[0]
    listed = re.findall(r"`([a-z-]+)`", " ".join(re.findall(r"^\| ([^|]+) \|", text, re.M)))
    assert set(listed) - {"via"} == set(get_args(Via))


def test_the_configuration_that_is_shown_is_accepted(tmp_path, monkeypatch):
    [text] = [text for kind, _, text in BLOCK.findall(README) if kind == "toml"]
    (tmp_path / "strategist.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("STRATEGIST_HOME", str(tmp_path))
    assert [each.name for each in load().ordered()] == ["claude", "gpt", "mai", "local"]


def test_every_setting_that_is_mentioned_exists():
    known = {name for name, _, _ in documented()} | {"STRATEGIST_VENDORS__CLAUDE__MODEL"}
    mentioned = set(re.findall(r"STRATEGIST_[A-Z_]*[A-Z]", README + ARCHITECTURE))
    assert mentioned <= known


@pytest.mark.parametrize("line", commands("make"))
def test_each_make_target_that_is_shown_exists(line):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    target = shlex.split(line)[1]
    assert re.search(rf"^{target}:", makefile, re.M)


def test_each_make_target_named_in_the_text_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`make (\w+)", README + ARCHITECTURE)):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_the_variables_given_to_make_and_docker_are_known_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for name in set(re.findall(r"\bmake \w+ (\w+)=", README)):
        assert re.search(rf"^{name} \?=", makefile, re.M), name
    for name in set(re.findall(r"--build-arg (\w+)=", README)):
        assert re.search(rf"^ARG {name}\b", dockerfile, re.M), name


def test_all_commands_are_shown():
    shown = {shlex.split(line)[1] for line in commands("strategist")}
    assert shown == set(
        "ask chat search ingest sources remove rebuild eval doctor setup models serve demo".split()
    )
    assert "`strategist health`" in README


def test_the_commands_that_are_shown_run_in_the_order_of_the_document(tmp_path, models, monkeypatch):
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    (tmp_path / "tests" / "data").mkdir(parents=True)
    golden = (ROOT / "tests" / "data" / "golden.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "tests" / "data" / "golden.jsonl").write_text("\n".join(golden[:3]), encoding="utf-8")
    for _, name, text in BLOCK.findall(README):
        if name:
            (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "models").symlink_to(models)
    monkeypatch.chdir(tmp_path)
    for line in commands("strategist"):
        if shlex.split(line)[1] in STAYS:
            continue
        configured = {"config": str(tmp_path / "strategist.toml")} if re.search("model|compare", line) else {}
        ran = Desk(tmp_path / "home").strategist(*shlex.split(line)[1:], **configured)
        # Nobody has the keys of the vendors that are shown, and `models test` says so.
        assert ran.code == ("models test" in line), (line, ran.err)


@pytest.mark.parametrize("line", [each for each in commands("strategist") if shlex.split(each)[1] == "ask"])
def test_each_question_that_is_shown_has_an_answer_in_the_sample_documents(line, desk):
    words = shlex.split(re.sub(r" --(model|compare) \S+", "", line))
    ran = desk.strategist(*words[1:], "--json")
    assert json.loads(ran.out)["status"] == "answered"


@pytest.mark.parametrize(
    "line", [each for each in commands("strategist") if re.search("--model|--compare", each)]
)
def test_the_models_that_a_shown_command_names_may_hear_what_it_is_about(
    line, corpus_home, tmp_path, monkeypatch
):
    [text] = [text for kind, _, text in BLOCK.findall(README) if kind == "toml"]
    (tmp_path / "strategist.toml").write_text(text, encoding="utf-8")
    lines = {name: Line("Nothing.") for name in ("claude", "gpt", "mai", "local")}
    monkeypatch.setenv("STRATEGIST_CONFIG", str(tmp_path / "strategist.toml"))
    settings = load(home=corpus_home, state=f"sqlite:///{tmp_path}/state.db")
    _, _, question, _, names = shlex.split(line)
    with build(settings, connect=lambda vendor: lines[vendor.name]) as app:
        app.assistant.compare(question, Audience.whole_library(), names.split(","))
    told = [name for name, each in lines.items() if any("JSON" not in p.system for p in each.heard)]
    assert told == [name for name in names.split(",") if name != "extractive"]


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        ('`strategist ask "…" --json`', [ANSWER, ANSWER["citations"][0], contract.attempt(values.ATTEMPT)]),
        ('`strategist search "…" --json`', [FOUND, FOUND["hits"][0]]),
        ("`strategist ingest PATH… --json`", [contract.ingested(IngestResult("file:///a.md", "new"))]),
        ("`strategist eval FILE`", [("question", "expect_sources", "expect_facts", "unanswerable")]),
    ],
)
def test_each_json_contract_lists_the_fields_there_are(title, fields):
    listed = tables(section(title))
    assert [sorted(each) for each in listed] == [sorted(each) for each in fields]


def test_the_fields_of_a_source_are_listed():
    text = section("`strategist sources --json`")
    assert [name for name in contract.source(values.SOURCE) if f"`{name}`" not in text] == []


def test_json_that_is_shown_is_json():
    for kind, _, text in BLOCK.findall(README):
        if kind == "jsonl":
            assert all(isinstance(json.loads(line), dict) for line in text.splitlines())


def test_the_front_matter_that_is_shown_can_be_taken_in(own_desk, tmp_path):
    [text] = [text for kind, _, text in BLOCK.findall(README) if kind == "yaml"]
    (tmp_path / "shown.md").write_text(f"---\n{text}---\n\n# Shown\n\nThis stands in the manual.\n")
    ran = own_desk.strategist("ingest", str(tmp_path / "shown.md"), "--json")
    assert (ran.code, json.loads(ran.out)["visibility"]) == (0, "group:board,group:legal"), ran.out
    keys = [table for table in tables(section("Who may see what")) if "title" in table]
    assert keys == [re.findall(r"^(\w+):", text, re.M)]


def test_the_transcript_stands_between_its_marks():
    [transcript] = re.findall(r"<!-- transcript -->\n(.*?)<!-- /transcript -->", README, re.S)
    assert "OpenAI" in transcript
    assert "file:///" not in transcript
    assert "\x1b" not in transcript


def test_what_the_documents_name_exists():
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:md|toml|yaml|tsv|py))`", README + ARCHITECTURE)
    # By make bench, by make setup, and by whoever configures models.
    made_later = {"benchmarks/RESULTS.md", ".venv/bin/strategist", "strategist.toml"}
    files = {path.name for path in ROOT.glob("corpus/*")}
    missing = [name for name in set(named) - made_later if not (ROOT / name).exists() and name not in files]
    assert not missing


def test_names_of_the_architecture_are_in_the_code():
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("retrieval/*.py"))
    for name in ("fuse", "diversify", "confidence"):
        assert f"`search.{name}`" in ARCHITECTURE
        assert f"def {name}(" in code


@pytest.mark.parametrize(
    "note", sorted((ROOT / "corpus" / "vendors").glob("*.md")), ids=lambda each: each.stem
)
def test_a_sample_note_says_so_of_itself_and_not_in_what_may_be_quoted(note):
    _, front, body = note.read_text(encoding="utf-8").split("---\n", 2)
    assert "sample: true" in front
    assert not re.search(r"made up|invented|sample", body, re.I)


def test_the_changelog_has_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_no_document_names_a_machine_or_a_package_host():
    # Built from parts, so that this file may be searched for the same words.
    hosts = re.compile("|".join(["/wor" + "k/", "/hom" + "e/", "download" + r"\.pytorch", "pypi" + r"\.org"]))
    for name in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "Makefile", "Dockerfile"):
        assert not hosts.search((ROOT / name).read_text(encoding="utf-8")), name

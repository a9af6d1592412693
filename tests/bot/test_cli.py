import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval.owner import Owner

ROOT = Path(__file__).parents[2]
QUESTION = "what's our risk if OpenAI falters?"
UNKNOWN = "How long does Gouda cheese ripen?"
COMMANDS = (
    *("ask", "chat", "search", "ingest", "sources", "remove", "rebuild", "eval", "doctor", "setup"),
    *("models", "serve", "health", "demo"),
)


@pytest.fixture
def note(tmp_path):
    file = tmp_path / "note.md"
    file.write_text("---\ntitle: Note\nvisibility: employees\n---\n# Note\n\nThe kettle in Bremen is blue.\n")
    return file


def lines(ran):
    return [json.loads(line) for line in ran.out.splitlines()]


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_lists_every_command(desk, flag):
    ran = desk.strategist(flag)
    assert ran.code == 0
    assert all(f"  {name} " in ran.out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_that_names_it(desk, command):
    ran = desk.strategist(command, "--help")
    assert ran.code == 0
    assert f"strategist {command}" in ran.out


# ask


def test_ask_prints_a_cited_dated_answer(desk):
    ran = desk.strategist("ask", QUESTION)
    assert (ran.code, ran.err) == (0, "")
    assert "Vendor note: OpenAI" in ran.out
    assert "Sample data of an invented company" in ran.out
    assert "[1]" in ran.out
    assert "\x1b" not in ran.out


def test_a_person_reads_paths_from_where_they_are_and_a_program_reads_uris(desk, monkeypatch):
    monkeypatch.chdir(ROOT)
    for command in (("ask", QUESTION), ("sources",)):
        ran = desk.strategist(*command)
        assert re.search(r"\s{2}corpus/vendors/openai\.md *$", ran.out, re.M)
        assert "file://" not in ran.out
        assert f"file://{ROOT}/corpus/vendors/openai.md" in desk.strategist(*command, "--json").out
    monkeypatch.chdir(desk.home)
    assert f"    file://{ROOT}/corpus/vendors/openai.md\n" in desk.strategist("ask", QUESTION).out


def test_ask_json_is_one_object(desk):
    ran = desk.strategist("ask", QUESTION, "--json")
    value = json.loads(ran.out)
    assert ran.code == 0
    assert value["status"] == "answered"
    assert any(each["uri"].endswith("corpus/vendors/openai.md") for each in value["citations"])
    assert all(each["quote"] for each in value["citations"])
    assert 1 <= len(value["statements"]) <= 6


def test_a_german_question_is_answered_in_german(desk):
    value = json.loads(desk.strategist("ask", "Welchen Verlust erwartet OpenAI für 2026?", "--json").out)
    assert value["language"] == "de"
    assert any("14 Milliarden" in each["text"] for each in value["statements"])


def test_what_is_not_there_is_declined_with_exit_code_0(desk):
    ran = desk.strategist("ask", UNKNOWN, "--json")
    value = json.loads(ran.out)
    assert (ran.code, value["status"], value["statements"], value["citations"]) == (0, "unknown", [], [])
    assert value["headline"] == "Our sources do not say."
    assert 1 <= len(value["nearest"]) <= 3
    assert "Our sources do not say." in desk.strategist("ask", UNKNOWN).out


def test_ask_as_somebody_shows_what_they_may_see(desk):
    value = json.loads(desk.strategist("ask", QUESTION, "--as", "public", "--json").out)
    shown = [each["uri"] for each in (*value["citations"], *value["nearest"])]
    assert shown
    assert not [uri for uri in shown if "/vendors/" in uri]


def test_several_principals_count_each(desk):
    ran = desk.strategist("sources", "--as", "public, employees", "--json")
    assert any("/vendors/" in each["uri"] for each in lines(ran))


@pytest.mark.parametrize("principals", ["staff", "", ",", "employees,", "Public"])
def test_an_unknown_principal_is_wrong_use_and_shows_nothing(desk, principals):
    ran = desk.strategist("ask", QUESTION, "--as", principals)
    assert (ran.code, ran.out) == (2, "")
    assert "--as" in ran.err
    assert "employees" in ran.err


@pytest.mark.parametrize("question", ["", "  ", "x" * 5000])
def test_a_question_that_cannot_be_asked_is_wrong_use(desk, question):
    ran = desk.strategist("ask", question)
    assert (ran.code, ran.out) == (2, "")
    assert "question" in ran.err


@pytest.mark.parametrize("arguments", [["ask"], ["nonsense"], ["ask", "x", "--nonsense"], ["ingest"]])
def test_a_wrong_command_line_is_wrong_use(desk, arguments):
    ran = desk.strategist(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Usage: strategist" in ran.err


def test_a_wrong_setting_is_wrong_use_and_one_line(desk):
    ran = desk.strategist("sources", threads="many")
    assert (ran.code, ran.out) == (2, "")
    [line] = ran.err.splitlines()
    assert "STRATEGIST_THREADS" in line
    assert "'many'" in line


def test_a_data_folder_that_cannot_be_used_is_exit_code_3(desk, tmp_path):
    (tmp_path / "file").write_text("x")
    ran = desk.strategist("sources", home=str(tmp_path / "file" / "home"))
    assert (ran.code, ran.out) == (3, "")
    assert str(tmp_path / "file") in ran.err


def test_asking_an_empty_library_says_how_to_fill_it(own_desk):
    ran = own_desk.strategist("ask", QUESTION)
    assert ran.code == 0
    assert "strategist ingest" in ran.err
    assert "Our sources do not say." in ran.out


# chat


def test_chat_answers_until_an_empty_line(desk):
    ran = desk.strategist("chat", stdin=f"{QUESTION}\n{UNKNOWN}\n\nnever asked\n")
    assert ran.code == 0
    assert ran.out.index("Vendor note: OpenAI") < ran.out.index("Our sources do not say.")


def test_chat_goes_on_after_a_question_that_cannot_be_asked(desk):
    ran = desk.strategist("chat", stdin=f"{'x' * 5000}\n{QUESTION}\n")
    assert ran.code == 0
    assert "5,000 characters" in ran.err
    assert "Vendor note: OpenAI" in ran.out


# search


def test_search_shows_passages(desk):
    ran = desk.strategist("search", "supply-chain risk Anthropic", "-k", "3")
    assert ran.code == 0
    assert " 3. " in ran.out
    assert " 4. " not in ran.out
    assert "answerable: " in ran.out


def test_search_json_has_k_hits_best_first(desk):
    value = json.loads(desk.strategist("search", "OpenAI contract end", "-k", "4", "--json").out)
    scores = [each["score"] for each in value["hits"]]
    assert len(scores) == 4
    assert scores == sorted(scores, reverse=True)
    assert isinstance(value["answerable"], bool)


def test_search_batch_answers_line_by_line_in_order(desk, tmp_path):
    rows = [{"id": "a", "query": "OpenAI contract"}, {"id": 2, "query": "Wärme Käse"}, {"query": "MAI-1"}]
    file = tmp_path / "queries.jsonl"
    file.write_text("\n".join(json.dumps(each) for each in rows))
    ran = desk.strategist("search", "--batch", str(file), "-k", "2")
    assert ran.code == 0
    assert [each["id"] for each in lines(ran)] == ["a", 2, ""]
    assert [each["query"] for each in lines(ran)] == [each["query"] for each in rows]
    assert all(set(each) >= {"id", "hits", "answerable"} for each in lines(ran))
    assert all(len(each["hits"]) <= 2 for each in lines(ran))


def test_search_in_a_batch_and_alone_find_the_same(desk, tmp_path):
    (tmp_path / "one.jsonl").write_text(json.dumps({"id": "", "query": QUESTION}))
    [batched] = lines(desk.strategist("search", "--batch", str(tmp_path / "one.jsonl")))
    assert batched == json.loads(desk.strategist("search", QUESTION, "--json").out)


@pytest.mark.parametrize("arguments", [[], ["query", "--batch", "file.jsonl"], ["x", "-k", "0"]])
def test_search_takes_a_query_or_a_batch(desk, arguments):
    ran = desk.strategist("search", *arguments)
    assert (ran.code, ran.out) == (2, "")


def test_a_batch_that_cannot_be_read_fails_and_is_named(desk, tmp_path):
    ran = desk.strategist("search", "--batch", str(tmp_path / "missing.jsonl"))
    assert (ran.code, ran.out) == (1, "")
    assert "missing.jsonl" in ran.err


# ingest, sources, remove, rebuild


def test_a_document_is_new_then_unchanged_then_changed(own_desk, note):
    def once(*more):
        ran = own_desk.strategist("ingest", str(note), "--json", *more)
        assert ran.code == 0, ran.err
        [line] = lines(ran)
        return line

    first = once()
    assert list(first) == ["uri", "result", "passages", "reason", "seconds", "visibility"]
    assert (first["result"], first["passages"], first["visibility"]) == ("new", 1, "employees")
    assert once()["result"] == "unchanged"
    note.write_text(note.read_text().replace("blue", "green"))
    assert once()["result"] == "changed"
    assert "green" in own_desk.strategist("search", "kettle in Bremen").out


def test_each_item_of_a_batch_gets_its_line_and_a_bad_one_makes_exit_code_1(own_desk, note, tmp_path):
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "blob.txt").write_bytes(bytes(range(256)) * 40)
    paths = [str(tmp_path / "missing.md"), str(tmp_path / "empty.md"), str(tmp_path / "blob.txt"), str(note)]
    ran = own_desk.strategist("ingest", *paths, "--json")
    results = {each["uri"].rpartition("/")[2]: each for each in lines(ran)}
    assert ran.code == 1
    assert results["note.md"]["result"] == "new"
    for name in ("missing.md", "empty.md", "blob.txt"):
        assert results[name]["result"] in ("failed", "refused")
        assert results[name]["reason"]


def test_quiet_says_only_what_failed(own_desk, note, tmp_path):
    ran = own_desk.strategist("ingest", str(note), str(tmp_path / "missing.md"), "--quiet")
    assert (ran.code, ran.out) == (1, "")
    assert "missing.md" in ran.err
    assert "note.md" not in ran.err


def test_the_report_of_an_ingest_is_plain_lines(own_desk, note):
    ran = own_desk.strategist("ingest", str(note))
    assert ran.code == 0
    assert ran.out.startswith("new ")
    assert "visible to employees" in ran.out
    assert "\x1b" not in ran.out + ran.err


def test_a_document_that_does_not_say_gets_the_label_named_and_only_then(own_desk, tmp_path):
    plain = tmp_path / "plain.md"
    plain.write_text("# Plain\n\nThe lift in Kiel is out of order.\n")

    def seen():
        [source] = lines(own_desk.strategist("sources", "--json"))
        return source["visibility"], source["confidentiality"]

    own_desk.strategist("ingest", str(plain))
    assert seen() == ("admins", "secret")
    own_desk.strategist("ingest", str(plain), "--visibility", "employees", "--confidentiality", "internal")
    assert seen() == ("employees", "internal")


@pytest.mark.parametrize("label", [["--visibility", "staff"], ["--confidentiality", "hush"]])
def test_an_unknown_label_is_wrong_use_and_takes_nothing_in(own_desk, note, label):
    ran = own_desk.strategist("ingest", str(note), *label)
    assert (ran.code, ran.out) == (2, "")
    assert label[1] in ran.err
    assert not lines(own_desk.strategist("sources", "--json"))


def test_a_second_ingest_at_the_same_time_says_who_holds_the_library(own_desk, note):
    with Owner(own_desk.home):
        ran = own_desk.strategist("ingest", str(note))
    assert ran.code == 3
    assert f"process {os.getpid()}" in ran.err


def test_asking_goes_on_while_another_process_writes(own_desk, note):
    assert own_desk.strategist("ingest", str(note)).code == 0
    with Owner(own_desk.home):
        ran = own_desk.strategist("ask", "What colour is the kettle in Bremen?")
    assert ran.code == 0
    assert "blue" in ran.out


def test_sources_are_listed_with_who_may_see_them(desk):
    ran = desk.strategist("sources")
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "7 documents"
    assert len(lines(desk.strategist("sources", "--json"))) == 7


def test_a_vanished_file_is_gone_and_listed_only_when_asked_for(own_desk, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("stays", "goes"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nThis note {name} for now.\n")
    own_desk.strategist("ingest", str(folder))
    (folder / "goes.md").unlink()
    ran = own_desk.strategist("ingest", str(folder), "--json")
    assert {each["uri"].rpartition("/")[2]: each["result"] for each in lines(ran)}["goes.md"] == "gone"
    assert ran.code == 0
    assert len(lines(own_desk.strategist("sources", "--json"))) == 1
    assert {each["state"] for each in lines(own_desk.strategist("sources", "--gone", "--json"))} == {
        *("active", "gone"),
    }


def test_removing_deletes_a_document_and_says_what_it_did_not_find(own_desk, note):
    own_desk.strategist("ingest", str(note))
    [source] = lines(own_desk.strategist("sources", "--json"))
    ran = own_desk.strategist("remove", source["uri"], "file:///nothing.md")
    assert ran.code == 1
    assert f"removed {source['uri']}" in ran.out
    assert "file:///nothing.md" in ran.err
    assert not lines(own_desk.strategist("sources", "--gone", "--json"))
    assert "kettle" not in own_desk.strategist("search", "kettle in Bremen").out


def test_a_document_can_be_removed_by_its_path(own_desk, note, monkeypatch):
    own_desk.strategist("ingest", str(note))
    monkeypatch.chdir(note.parent)
    assert own_desk.strategist("remove", "note.md").code == 0
    assert not lines(own_desk.strategist("sources", "--json"))


def test_rebuilt_indexes_find_the_same(own_desk, note):
    own_desk.strategist("ingest", str(note))
    before = own_desk.strategist("search", "kettle", "--json").out
    shutil.rmtree(own_desk.home / "lexical")
    assert own_desk.strategist("rebuild").code == 0
    assert own_desk.strategist("search", "kettle", "--json").out == before


# eval, doctor, setup


def test_eval_prints_the_figures(desk, tmp_path):
    file = tmp_path / "golden.jsonl"
    rows = [
        {"question": QUESTION, "expect_sources": ["vendors/openai.md"], "expect_facts": []},
        {"question": UNKNOWN, "unanswerable": True},
    ]
    file.write_text("\n".join(json.dumps(each) for each in rows))
    value = json.loads(desk.strategist("eval", str(file), "--json").out)
    assert list(value) == [
        *("questions", "source recall", "facts found", "fully right"),
        *("declined, answerable", "declined, unanswerable"),
    ]
    assert (value["questions"], value["source recall"], value["declined, unanswerable"]) == (2, 1.0, 1.0)
    table = desk.strategist("eval", str(file))
    assert table.code == 0
    assert "source recall" in table.out


def test_eval_names_the_line_that_is_wrong(desk, tmp_path):
    (tmp_path / "golden.jsonl").write_text('{"question": "a?"}\n{"q": 1}\n')
    ran = desk.strategist("eval", str(tmp_path / "golden.jsonl"))
    assert (ran.code, ran.out) == (1, "")
    assert "line 2" in ran.err


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_eval_of_an_empty_library_measures_nothing(own_desk, tmp_path, flags):
    (tmp_path / "golden.jsonl").write_text(json.dumps({"question": UNKNOWN, "unanswerable": True}))
    ran = own_desk.strategist("eval", str(tmp_path / "golden.jsonl"), *flags)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "eval: nothing is indexed. Take documents in: strategist ingest corpus\n"


def test_eval_for_readers_who_may_see_nothing_measures_nothing(own_desk, note, tmp_path):
    assert own_desk.strategist("ingest", str(note)).code == 0
    (tmp_path / "golden.jsonl").write_text(json.dumps({"question": UNKNOWN, "unanswerable": True}))
    ran = own_desk.strategist("eval", str(tmp_path / "golden.jsonl"), "--as", "public")
    assert (ran.code, ran.out) == (1, "")
    assert "nothing is indexed that public may see" in ran.err
    assert own_desk.strategist("eval", str(tmp_path / "golden.jsonl"), "--as", "employees").code == 0


def test_doctor_is_content_with_a_whole_installation(desk):
    ran = desk.strategist("doctor")
    assert ran.code == 0, ran.out
    assert all(line.startswith(("ok ", "     ->")) for line in ran.out.splitlines())


def test_doctor_names_the_next_step_where_something_is_missing(own_desk):
    ran = own_desk.strategist("doctor")
    assert ran.code == 1
    assert "todo library" in ran.out
    assert "-> Take some in: strategist ingest" in ran.out


def test_setup_has_nothing_to_do_twice(own_desk):
    ran = own_desk.strategist("setup")
    assert (ran.code, ran.err) == (0, "")
    assert "ready" in ran.out


# screens and pipes


def test_on_a_screen_there_is_colour_and_in_a_pipe_there_is_none(desk):
    command = [sys.executable, "-m", "bot", "doctor"]
    environment = {**os.environ, "STRATEGIST_HOME": str(desk.home), "TERM": "xterm-256color"}
    leader, follower = pty.openpty()
    sources = [*command[:-1], "search", "OpenAI", "-k", "1"]
    with subprocess.Popen(sources, stdout=follower, stderr=subprocess.DEVNULL, env=environment):
        os.close(follower)
        screen = b"".join(iter(lambda: _read(leader), b""))
    os.close(leader)
    piped = subprocess.run(sources, capture_output=True, env=environment, check=True).stdout
    assert b"\x1b[1m" in screen
    assert b"\x1b" not in piped


def _read(leader):
    try:
        return os.read(leader, 65536)
    except OSError:  # Linux says EIO when the other end is closed
        return b""


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_terminal_that_lacks_our_letters_is_no_error(desk, more):
    environment = {**os.environ, "STRATEGIST_HOME": str(desk.home), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "bot", "ask", "Welchen Verlust erwartet OpenAI für 2026?", *more]
    done = subprocess.run(command, capture_output=True, env=environment, check=True)
    assert b"14 Milliarden" in done.stdout
    if more:
        assert "für" in done.stdout.decode().lower()
        assert json.loads(done.stdout.decode())["status"] == "answered"


def test_an_argument_that_is_no_text_is_no_error(desk):
    environment = {**os.environ, "STRATEGIST_HOME": str(desk.home)}
    command = [sys.executable, "-m", "bot", "search", b"\xff OpenAI contract", "--json"]
    done = subprocess.run(command, capture_output=True, env=environment, check=True)
    assert json.loads(done.stdout.decode())["hits"]


def test_a_reader_that_leaves_early_is_no_error(desk):
    environment = {**os.environ, "STRATEGIST_HOME": str(desk.home)}
    done = subprocess.run(
        f"{sys.executable} -m bot sources --json | head -c 10",
        shell=True,
        capture_output=True,
        env=environment,
        check=True,
    )
    assert (len(done.stdout), done.stderr) == (10, b"")

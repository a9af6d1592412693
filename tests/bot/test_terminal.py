import json
import subprocess
import sys
from dataclasses import replace

import pytest
from values import ANSWER, PASSAGE, SOURCE

from bot import terminal
from bot.doctor import Finding
from bot.evaluate import Grade
from bot.readout import show_answer
from retrieval.types import Found, Hit


@pytest.fixture
def shown(capsys):
    """What a function of the terminal prints into a pipe."""

    def of(show, *values):
        show(*values)
        return capsys.readouterr().out

    return of


def test_output_into_a_pipe_is_plain(shown):
    for show, value in (
        (show_answer, ANSWER),
        (terminal.show_sources, [SOURCE]),
        (terminal.show_findings, [Finding("x", False, "bad", "do this")]),
        (terminal.show_hits, Found((Hit(PASSAGE, SOURCE, 0.5),), True, 0.9)),
    ):
        printed = shown(show, value)
        assert "\x1b" not in printed
        assert printed.strip()


def test_sources_are_a_row_each_and_a_count(shown):
    gone = replace(SOURCE, state="gone", title="Alt")
    lines = shown(terminal.show_sources, [SOURCE, gone]).splitlines()
    assert "Notiz" in lines[1]
    assert "employees" in lines[1]
    assert "Alt (gone)" in lines[2]
    assert lines[-1] == "2 documents"


def test_json_keeps_the_letters(shown):
    printed = shown(terminal.as_json, {"title": "Büro"})
    assert "Büro" in printed
    assert json.loads(printed) == {"title": "Büro"}


def test_grades_name_what_was_wrong(shown):
    grades = [
        Grade("right?", False, False, (1, 1), (0, 0), ()),
        Grade("wrong?", False, False, (0, 1), (0, 0), ("a.md",)),
    ]
    printed = shown(terminal.show_grades, grades, {"questions": 2, "source recall": 0.5})
    assert "wrong?" in printed
    assert "missing: a.md" in printed
    assert "right?" not in printed
    assert "0.500" in printed


def test_a_finding_that_is_not_good_comes_with_the_next_step(shown):
    printed = shown(terminal.show_findings, [Finding("library", False, "no documents", "Take some in")])
    assert printed == "todo library: no documents\n     -> Take some in\n"


def test_nothing_that_a_terminal_obeys_gets_through():
    hostile = "odd\x1b[31mred\nnew file\x9b\u202e.md"
    assert terminal.visible(hostile) == "odd\\x1b[31mred\\nnew file\\x9b\\u202e.md"


@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_who_closes_a_stream_gets_the_other(closed):
    program = "from bot import terminal; terminal.plainly(); terminal.say('told'); terminal.complain('asked')"
    ran = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, program],
        capture_output=True,
        text=True,
        check=False,
    )
    heard = {">&-": ("", "asked\n"), "2>&-": ("told\n", "")}
    assert (ran.returncode, (ran.stdout, ran.stderr)) == (0, heard[closed])


def test_a_place_is_a_path_only_below_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert terminal.place(f"file://{tmp_path}/notes/ä b.md") == "notes/ä b.md"
    beside = f"file://{tmp_path}-other/a.md"
    assert [terminal.place(each) for each in (beside, "https://a.example/x", "")] == [
        *(beside, "https://a.example/x", "")
    ]
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert terminal.place(beside) == beside

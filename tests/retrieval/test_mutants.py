"""Each wall that keeps hidden documents hidden is taken down in a copy, and the tests must notice."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLASS_FILTER = (
    "lookup.py",
    "return visible(connection.execute(query).scalars(), audience)",
    "return tuple(connection.execute(query).scalars())",
)
VIEW_FILTER = ("catalogue.py", "seen = visible(known[1], audience)", "seen = tuple(known[1])")
LAST_CHECK = ("catalogue.py", "if may_see(each.visibility, audience)}", "}")
LEXICAL_FILTER = ("lexical.py", "[(occur.Must, visible), ", "[")
THE_RULE = ("visibility.py", "bool(audience.readers) and all(", "bool(audience.readers) and any(")
PROPERTY = "test_library.py::test_an_audience_gets_all_that_it_may_see_and_nothing_else"
MUTANTS = {
    "the class filter": ([CLASS_FILTER], PROPERTY, "hidden documents are listed"),
    "the filter of a search, seen alone": (
        [VIEW_FILTER],
        "test_library.py::test_the_classes_of_an_audience_are_those_it_may_see",
        "AssertionError",
    ),
    "the last check, seen alone": (
        [LAST_CHECK],
        "test_library.py::test_the_last_check_drops_hidden_passages_whoever_found_them",
        "AssertionError",
    ),
    "both": ([VIEW_FILTER, LAST_CHECK], PROPERTY, "hidden passages are found"),
    "the lexical filter, seen alone": (
        [LEXICAL_FILTER],
        "test_lexical.py::test_only_the_classes_asked_for_are_searched",
        "AssertionError",
    ),
    "the rule": ([THE_RULE], PROPERTY, "hidden passages are found"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_taking_down_a_wall_is_noticed(name, tmp_path):
    edits, test, words = MUTANTS[name]
    copy = tmp_path / "copy"
    for folder in ("retrieval", "tests/retrieval"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "tests/fakes.py", "tests/servers.py"):
        shutil.copy(ROOT / file, copy / file)
    for file, old, new in edits:
        path = copy / "retrieval" / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{file} no longer holds the line that this test takes out: {old}"
        path.write_text(text.replace(old, new), "utf-8")
    done = run(copy, test)
    assert done.returncode == 1, done.stdout + done.stderr
    assert words in done.stdout


def run(copy, test):
    options = ["-q", "-x", "--tb=short", "-p", "no:cacheprovider", "--hypothesis-profile=unshrunk"]
    command = [sys.executable, "-m", "pytest", *options, f"tests/retrieval/{test}"]
    environment = {"PYTHONPATH": f"{copy}:{copy / 'tests'}", "HOME": str(copy), "PATH": ""}
    return subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_copy_is_what_is_tested(tmp_path):
    (tmp_path / "retrieval").mkdir()
    (tmp_path / "retrieval" / "__init__.py").write_text("raise SystemExit('the copy')")
    done = subprocess.run(
        [sys.executable, "-c", "import retrieval"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "the copy" in done.stderr

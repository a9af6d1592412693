import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from shelves import lexicon

from retrieval import segments
from retrieval.analysis import analyse, ask
from retrieval.errors import DiskFull, StoreDamaged, StoreReadOnly
from retrieval.lexical import Entry, LexicalIndex

ROOT = Path(__file__).parents[2]


def entry(name, text="OpenAI lost money", group="public", language="en"):
    return Entry(name, group, language, analyse(text, language, lexicon()))


def question(text, language="en"):
    return ask(text, language, lexicon())


def index(folder, stamp="catalogue:lexicon"):
    return LexicalIndex(folder / "lexical", stamp)


def found(opened, text="OpenAI", classes=("public",), k=10):
    return [key for key, _ in opened.search(question(text), classes, k)]


@pytest.fixture
def built(tmp_path):
    made = index(tmp_path)
    made.apply([entry(f"p{n}", f"OpenAI note {n}") for n in range(20)], [], 7, fresh=True)
    return made


# Searching


def test_only_the_classes_asked_for_are_searched(tmp_path):
    made = index(tmp_path)
    groups = {"a": "public", "b": "admins", "c": "employees"}
    made.apply([entry(name, group=group) for name, group in groups.items()], [], 1, fresh=True)
    for classes in ([], ["public"], ["admins"], ["public", "employees"], ["none"]):
        assert {groups[name] for name in found(made, classes=classes)} == set(classes) - {"none"}


def test_a_class_that_is_the_start_of_another_is_another(tmp_path):
    made = index(tmp_path)
    made.apply([entry("a", group="c1"), entry("b", group="c12")], [], 1, fresh=True)
    assert found(made, classes=["c1"]) == ["a"]


def test_the_best_match_comes_first_and_scores_fall(built):
    hits = built.search(question("note 7 of OpenAI"), ["public"], 20)
    assert hits[0][0] == "p7"
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)


def test_a_question_finds_the_other_language_by_its_lexicon(tmp_path):
    made = index(tmp_path)
    made.apply([entry("a", "Die Versicherung zahlt", language="de"), entry("b", "Rain")], [], 1, fresh=True)
    assert found(made, "insurance") == ["a"]


def test_a_question_without_words_finds_nothing(built):
    assert found(built, "?!") == []


def test_frequencies_are_counted_per_language(built):
    [stem] = question("notes").stems["en"]
    assert built.frequency(stem, "en", ["public"]) == 20
    assert built.frequency(stem, "de", ["public"]) == built.frequency(stem, "en", ["employees"]) == 0
    assert built.count() == 20


# Following


def test_taking_up_a_change_twice_changes_nothing(built):
    for _ in range(2):
        built.apply([entry("p3", "Mistral")], ["p4"], 8, fresh=False)
    assert built.count() == 19
    assert found(built, "Mistral") == ["p3"]
    assert "p4" not in found(built, "OpenAI note", k=50)
    assert built.generation() == 8


def test_a_fresh_start_forgets_what_was_there(built):
    built.apply([entry("new")], [], 9, fresh=True)
    assert (built.count(), found(built)) == (1, ["new"])


def test_generation_outlives_the_process_unless_the_analysis_is_another(built, tmp_path):
    assert index(tmp_path).generation() == 7
    assert index(tmp_path, "catalogue:other lexicon").generation() == 0
    built.forget()
    assert index(tmp_path).generation() == 0


def test_a_reader_sees_what_the_owner_makes_later(tmp_path):
    reader = index(tmp_path)
    assert (reader.generation(), reader.count(), found(reader)) == (0, 0, [])
    owner = index(tmp_path)
    owner.apply([entry("a")], [], 1, fresh=True)
    assert (reader.generation(), found(reader)) == (1, ["a"])


def test_opening_makes_nothing(tmp_path):
    assert index(tmp_path).generation() == 0
    assert list(tmp_path.iterdir()) == []


def test_a_killed_writer_leaves_an_index_that_can_be_followed(built, tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from retrieval.lexical import *\n"
        "from retrieval.analysis import Terms\n"
        "index = LexicalIndex(Path(sys.argv[1]), 'catalogue:lexicon')\n"
        "def entries():\n"
        "    for n in range(300): yield Entry(f'q{n}', 'public', 'en', Terms(('_ope',), ('open',)))\n"
        "    os.kill(os.getpid(), 9)\n"
        "index.apply(entries(), ['p1'], 8, False)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path / "lexical")], cwd=ROOT, check=False)
    assert ended.returncode == -9
    again = index(tmp_path)
    assert (again.generation(), again.count()) == (7, 20)
    again.apply([entry("q1")], ["p1"], 8, fresh=False)
    assert (index(tmp_path).generation(), again.count()) == (8, 20)


# Damage


def damage(path, how):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data if how == "flipped" else data[: len(data) // 2])


@pytest.mark.parametrize("how", ["flipped", "truncated"])
def test_a_changed_file_makes_the_index_count_as_missing(built, tmp_path, how):
    folder, whole = tmp_path / "lexical", tmp_path / "whole"
    shutil.copytree(folder, whole)
    for path in whole.iterdir():
        if path.suffix in (".idx", ".store", ".term", ".fieldnorm"):
            shutil.rmtree(folder)
            shutil.copytree(whole, folder)
            damage(folder / path.name, how)
            again = index(tmp_path)
            assert (again.generation(), again.count(), found(again)) == (0, 0, []), path.name


@pytest.mark.parametrize(
    "name", ["meta.json", "generation.json", ".idx", ".pos", ".store", ".term", ".fieldnorm"]
)
def test_a_missing_file_makes_the_index_count_as_missing(built, tmp_path, name):
    for path in (tmp_path / "lexical").iterdir():
        if path.name == name or path.suffix == name:
            path.unlink()
    assert (index(tmp_path).generation(), found(index(tmp_path))) == (0, [])


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"generation": 7}', '{"generation": "x", "files": {}}', "\0"]
)
def test_a_note_that_is_none_of_ours_is_no_note(built, tmp_path, text):
    (tmp_path / "lexical" / "generation.json").write_text(text)
    assert index(tmp_path).generation() == 0


def test_a_reader_leaves_a_damaged_index_as_it_is_and_the_owner_makes_it_anew(built, tmp_path):
    for path in (tmp_path / "lexical").glob("*.idx"):
        damage(path, "truncated")
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "lexical").iterdir()}
    again = index(tmp_path)
    assert found(again) == []
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "lexical").iterdir()} == before
    again.apply([entry("a")], [], 8, fresh=again.generation() == 0)
    assert (found(again), index(tmp_path).generation()) == (["a"], 8)


def test_a_folder_that_vanishes_under_an_open_index_is_made_anew(built, tmp_path):
    shutil.rmtree(tmp_path / "lexical")
    assert built.generation() == 0
    built.apply([entry("a")], [], 8, fresh=True)
    assert (found(built), built.generation()) == (["a"], 8)


# Errors of Tantivy


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError("IoError(Os { code: 28, kind: StorageFull })"), DiskFull),
        (OSError("write failed (os error 30)"), StoreReadOnly),
        (ValueError("Data corrupted"), StoreDamaged),
        (RuntimeError(""), StoreDamaged),
    ],
)
def test_errors_are_named_for_what_they_are(tmp_path, error, kind):
    with pytest.raises(kind, match=tmp_path.name), segments.mapped(tmp_path):
        raise error


def test_an_interrupt_is_no_damage(tmp_path):
    with pytest.raises(KeyboardInterrupt), segments.mapped(tmp_path):
        raise KeyboardInterrupt

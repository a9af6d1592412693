import json
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from retrieval import soundness, stamp
from retrieval.errors import StoreDamaged
from retrieval.soundness import Finding
from retrieval.vectors import VectorIndex

DIMENSION = 384
RANDOM = np.random.default_rng(7)


def vectors(count):
    centres = RANDOM.normal(size=(20, DIMENSION))
    points = centres[RANDOM.integers(20, size=count)] + RANDOM.normal(size=(count, DIMENSION))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def entries(matrix, group="public", prefix="p"):
    return [(f"{prefix}{row}", group, vector) for row, vector in enumerate(matrix)]


def index(folder, embedder="minilm", **more):
    return VectorIndex(folder / "vectors", embedder, DIMENSION, **more)


@pytest.fixture
def opened(tmp_path):
    made = index(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A store of 3,000 vectors that was closed in order; tests copy it before they break it."""
    folder, matrix = tmp_path_factory.mktemp("built"), vectors(3000)
    made = index(folder)
    made.apply(entries(matrix), [])
    made.set_generation(5)
    made.close()
    return folder, matrix


@pytest.fixture
def copied(built, tmp_path):
    folder = tmp_path / "vectors"
    shutil.copytree(built[0] / "vectors", folder)
    return folder


def verdict(folder):
    return VectorIndex(folder, "minilm", DIMENSION).examine()


# Searching


def test_finds_what_an_exact_scan_finds(opened):
    matrix, query = vectors(500), vectors(1)[0]
    opened.apply(entries(matrix), [])
    found = opened.search(query, ["public"], 10)
    best = np.argsort(-(matrix @ query))[:10]
    assert [id for id, _ in found] == [f"p{row}" for row in best]
    assert [score for _, score in found] == pytest.approx((matrix @ query)[best].tolist(), abs=1e-5)


def test_asks_only_the_classes_it_was_given(opened):
    matrix = vectors(60)
    opened.apply([*entries(matrix[:30]), *entries(matrix[30:], "board", "secret")], [])
    assert opened.search(matrix[40], ["board"], 1)[0][0] == "secret10"
    assert all(id.startswith("p") for id, _ in opened.search(matrix[40], ["public"], 30))
    assert len(opened.search(matrix[40], ["public", "board"], 100)) == 60


def test_no_classes_answer_nothing_and_touch_nothing(tmp_path):
    assert index(tmp_path).search(vectors(1)[0], [], 10) == []
    assert not (tmp_path / "vectors").exists()


def test_questions_are_answered_while_a_change_is_taken_up(opened):
    matrix, answers = vectors(60), []
    opened.apply(entries(matrix[:30]), [])

    def slowly():
        yield from entries(matrix[30:], "board")
        asking = threading.Thread(target=lambda: answers.extend(opened.search(matrix[0], ["public"], 1)))
        asking.start()
        asking.join(timeout=20)

    opened.apply(slowly(), [])
    assert [id for id, _ in answers] == ["p0"]


def test_an_unknown_class_is_empty(opened):
    opened.apply(entries(vectors(3)), [])
    assert opened.search(vectors(1)[0], ["nobody"], 10) == []
    assert (opened.count("nobody"), opened.count("public")) == (0, 3)


def test_taking_up_the_same_change_twice_changes_nothing(opened):
    matrix = vectors(30)
    for _ in range(2):
        opened.apply(entries(matrix[:20]), [(f"p{row}", "public") for row in range(20, 30)])
    assert opened.count("public") == 20


def test_a_passage_can_leave_a_class_and_come_back(opened):
    [entry] = entries(vectors(1))
    opened.apply([entry], [])
    opened.apply([entry], [("p0", "public")])
    assert opened.count("public") == 1
    opened.apply([("p0", "board", entry[2])], [("p0", "public")])
    assert (opened.count("public"), opened.count("board")) == (0, 1)


def test_more_than_one_batch_is_taken_up(built):
    made = index(built[0])
    assert made.count("public") == 3000
    made.close()


def test_vectors_of_another_length_are_refused(opened):
    with pytest.raises(ValueError, match="384 numbers"):
        opened.apply([("p0", "public", np.ones(3, dtype=np.float32))], [])


def test_nearly_equal_vectors_are_all_found(opened):
    # chroma#7758: with Chroma's own ef_search, 28 of 35 came back.
    base = vectors(1)[0]
    alike = base + RANDOM.normal(size=(240, DIMENSION)).astype(np.float32) * 1e-4
    opened.apply([*entries(alike), *entries(vectors(400), prefix="other")], [])
    found = [id for id, _ in opened.search(base, ["public"], 240)]
    assert len([id for id in found if id.startswith("p")]) >= 0.95 * 240


# Following the catalogue


def test_generation_outlives_the_process(tmp_path):
    made = index(tmp_path)
    assert made.generation() == 0
    made.apply(entries(vectors(3)), [])
    made.set_generation(41)
    made.close()
    again = index(tmp_path)
    assert again.generation() == 41
    assert again.count("public") == 3
    again.close()


def test_reading_leaves_a_clean_store_clean(built, copied):
    made = VectorIndex(copied, "minilm", DIMENSION)
    made.search(built[1][0], ["public"], 3)
    assert stamp.read(copied).clean
    made.close()
    assert verdict(copied).finding is Finding.OK


def test_another_embedder_or_catalogue_starts_anew(tmp_path):
    first = index(tmp_path, catalogue="one")
    first.apply(entries(vectors(3)), [])
    first.set_generation(9)
    first.close()
    for other in (index(tmp_path, "e5", catalogue="one"), index(tmp_path, catalogue="two")):
        assert other.generation() == 0
        assert other.examine().finding is Finding.OTHER
        other.apply([], [])
        assert other.count("public") == 0
        other.close()


def test_a_store_of_another_chromadb_starts_anew(copied):
    stamp.write(copied, replace(stamp.read(copied), chromadb="1.4.0"))
    assert verdict(copied).finding is Finding.OTHER


def test_nothing_is_imported_before_it_is_needed():
    code = "import sys, retrieval.vectors as v; from pathlib import Path; "
    code += "v.VectorIndex(Path('nowhere'), 'e', 3).generation(); print('chromadb' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


# Soundness


def test_a_copy_of_a_clean_store_is_sound(copied):
    assert verdict(copied).finding is Finding.OK


def test_a_killed_writer_leaves_a_store_that_works_or_that_is_found_out(tmp_path):
    code = (
        "import os, sys, numpy as np; from pathlib import Path; from retrieval.vectors import VectorIndex\n"
        f"index = VectorIndex(Path(sys.argv[1]), 'minilm', {DIMENSION})\n"
        f"m = np.random.default_rng(1).normal(size=(300, {DIMENSION})).astype('f4')\n"
        "index.apply([(str(i), 'public', v) for i, v in enumerate(m)], [])\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path / "vectors")], check=False)
    assert ended.returncode == -9
    assert not stamp.read(tmp_path / "vectors").clean
    made = index(tmp_path)
    finding = made.examine().finding  # damaged in 6 of 40 stores whose writer died while it wrote (facts)
    assert finding in (Finding.OK, Finding.DAMAGED)
    assert finding is Finding.DAMAGED or (made.generation(), made.count("public")) == (0, 300)
    made.close()


def test_truncated_database_is_damaged(copied):
    database = copied / stamp.SQLITE
    database.write_bytes(database.read_bytes()[:30_000])
    assert verdict(copied).finding is Finding.DAMAGED


def test_missing_database_is_damaged(copied):
    (copied / stamp.SQLITE).unlink()
    assert verdict(copied).finding is Finding.DAMAGED


@pytest.mark.parametrize("clean", [True, False])
def test_missing_segment_is_damaged(copied, clean):
    for folder in copied.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    stamp.write(copied, replace(stamp.read(copied), clean=clean))
    assert verdict(copied).finding is Finding.DAMAGED


def flip(copied, count, seed):
    [file] = copied.glob("*/data_level0.bin")
    data, chance = bytearray(file.read_bytes()), random.Random(seed)
    for position in chance.sample(range(len(data)), count):
        data[position] ^= 1 << chance.randrange(8)
    file.write_bytes(data)


def test_flipped_bytes_after_a_clean_end_are_damage(copied):
    flip(copied, 64, seed=1)
    found = verdict(copied)
    assert found.finding is Finding.DAMAGED
    assert "data_level0.bin" in found.reason


def test_flipped_bytes_in_a_doubtful_store_kill_only_the_child(copied):
    flip(copied, 2000, seed=2)
    stamp.write(copied, replace(stamp.read(copied), clean=False))
    assert verdict(copied).finding is Finding.DAMAGED


def test_a_store_without_our_stamp_is_foreign(copied):
    (copied / "stamp.json").unlink()
    assert verdict(copied).finding is Finding.FOREIGN


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"files": 3}', '{"files": {}, "rm": "-rf"}'])
def test_a_stamp_that_is_none_of_ours_is_no_stamp(copied, text):
    (copied / "stamp.json").write_text(text)
    assert verdict(copied).finding is Finding.FOREIGN


@pytest.mark.parametrize("clean", [True, False])
@pytest.mark.parametrize("column", ["schema_str", "config_json_str"])
def test_a_store_that_names_code_is_never_opened(copied, tmp_path, column, clean):
    # CVE-2026-45829: sentence_transformer with trust_remote_code runs the model folder's own Python.
    model, canary = tmp_path / "model", tmp_path / "PWNED"
    model.mkdir()
    (model / "modules.json").write_text(
        json.dumps([{"idx": 0, "name": "0", "path": "", "type": "evil.Evil"}])
    )
    (model / "evil.py").write_text(f"open({str(canary)!r}, 'w')")
    settings = {"model_name": str(model), "device": "cpu", "kwargs": {"trust_remote_code": True}}
    function = {"type": "known", "name": "sentence_transformer", "config": settings}
    with closing(sqlite3.connect(copied / stamp.SQLITE)) as database:
        [(schema,)] = database.execute("SELECT schema_str FROM collections")
        poisoned = json.loads(schema)
        poisoned["keys"]["#embedding"]["float_list"]["vector_index"]["config"]["embedding_function"] = (
            function
        )
        database.execute(f"UPDATE collections SET {column} = ?", [json.dumps(poisoned)])
        database.commit()
    stamp.write(copied, replace(stamp.read(copied), clean=clean))
    made = VectorIndex(copied, "minilm", DIMENSION)
    for use in (lambda: made.apply(entries(vectors(1)), []), lambda: made.count("public")):
        with pytest.raises(StoreDamaged, match="names code"):
            use()
    assert not canary.exists()


def test_a_schema_that_is_no_json_is_damage(copied):
    with closing(sqlite3.connect(copied / stamp.SQLITE)) as database:
        database.execute("UPDATE collections SET schema_str = '{'")
        database.commit()
    assert verdict(copied).finding is Finding.DAMAGED


def test_a_probe_ends_in_time(copied):
    found = soundness.probe(copied, seconds=0.01)
    assert (found.finding, found.reason) == (Finding.DAMAGED, "it did not answer within 0 s")


def test_quarantine_makes_room_and_keeps_one_bad_store(built, copied):
    for wanted in ("vectors.damaged-1", "vectors.damaged-2"):
        (copied / stamp.SQLITE).write_bytes(b"no database")
        made = VectorIndex(copied, "minilm", DIMENSION)
        with pytest.raises(StoreDamaged, match="rebuild"):
            made.apply([], [])
        aside = made.quarantine()
        assert aside.name == wanted
        assert made.generation() == 0
        made.apply(entries(built[1][:50]), [])
        made.set_generation(1)
        assert made.count("public") == 50
        made.close()
    assert [path.name for path in sorted(copied.parent.glob("vectors.damaged*"))] == ["vectors.damaged-2"]


def test_names_of_embedders_do_not_run_into_each_other(tmp_path):
    # The prefix is a slug, and these two have the same one; the stamp tells them apart before that matters.
    first = index(tmp_path, "a/b")
    first.apply(entries(vectors(2)), [])
    first.close()
    assert index(tmp_path, "a-b").examine().finding is Finding.OTHER

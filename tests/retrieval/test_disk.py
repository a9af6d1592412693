"""No room, or no right to write: each item says so, questions are answered, and nothing is lost for later."""

import json
import os
import shutil
import subprocess
from contextlib import suppress

import pytest
from commands import Desk
from shelves import ALL, contents, item, opened, take, titles, write

from retrieval.errors import DiskFull, StoreReadOnly

MEGABYTES = 24


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own, in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or not shutil.which("mount") or run("mount", *options) != 0:
        pytest.skip("a small disk needs root and mount(8)")
    yield folder
    run("mount", "-o", "remount,rw", str(folder))
    run("umount", "-l", str(folder))


def run(*command):
    return subprocess.run(command, capture_output=True, check=False).returncode


def fill_up(disk, spare=0):
    """Leave `spare` bytes free; return the file that takes the rest."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
    with path.open("r+b") as file:
        file.truncate(max(0, path.stat().st_size - spare))
    return path


def notes(folder, first, last):
    for number in range(first, last):
        write(folder, f"{number:03d}.md", f"OpenAI lost {number} million. " + f"Word{number} said so. " * 200)


def read_only(disk):
    assert run("mount", "-o", "remount,ro", str(disk)) == 0


# A full disk


def test_without_room_each_item_fails_by_name_and_what_was_in_is_found(disk, tmp_path):
    notes(tmp_path / "docs", 0, 5)
    with opened(disk / "home") as library:
        assert {each[0] for each in take(library, tmp_path / "docs").values()} == {"new"}
        filler = fill_up(disk)
        notes(tmp_path / "docs", 5, 10)
        failed = {}
        with suppress(DiskFull):  # from the caches, once each item was reported
            for each in library.ingest([str(tmp_path / "docs")]):
                failed[each.uri[-6:]] = (each.result, each.reason)
        assert [failed[f"{n:03d}.md"][0] for n in range(10)] == ["unchanged"] * 5 + ["failed"] * 5
        for number in range(5, 10):
            assert "no space left" in failed[f"{number:03d}.md"][1]
            assert "MiB free" in failed[f"{number:03d}.md"][1]
        assert titles(library.search("OpenAI lost 3 million Word3", ALL, 1)) == ["003"]
        filler.unlink()
        said = take(library, tmp_path / "docs")
        assert [said[f"{n:03d}.md"][0] for n in range(10)] == ["unchanged"] * 5 + ["new"] * 5
        assert titles(library.search("OpenAI lost 7 million Word7", ALL, 1)) == ["007"]


def test_on_a_full_disk_a_new_process_answers(disk, tmp_path):
    notes(tmp_path / "docs", 0, 5)
    with opened(disk / "home") as library:
        take(library, tmp_path / "docs")
    fill_up(disk)
    with opened(disk / "home") as library:
        assert titles(library.search("OpenAI lost 3 million Word3", ALL, 1)) == ["003"]
        assert library.catch_up()


def test_on_a_full_disk_caches_that_are_behind_do_not_stop_an_answer(disk, tmp_path):
    notes(tmp_path / "docs", 0, 5)
    with opened(disk / "home") as library:
        take(library, tmp_path / "docs")
    for cache in ("lexical", "vectors"):
        shutil.rmtree(disk / "home" / cache)
    filler = fill_up(disk)
    with opened(disk / "home") as library:
        assert not library.catch_up()
        assert "003" in titles(library.search("OpenAI lost 3 million Word3", ALL, 5))
        filler.unlink()
        assert library.catch_up()
        assert titles(library.search("OpenAI lost 3 million Word3", ALL, 1)) == ["003"]


@pytest.mark.parametrize("kilobytes", [64, 256, 512, 1024, 2048])
def test_wherever_the_room_ends_nothing_is_lost(disk, tmp_path, kilobytes):
    notes(tmp_path / "docs", 0, 5)
    with opened(disk / "home") as library:
        take(library, tmp_path / "docs")
        filler = fill_up(disk, kilobytes * 1024)
        notes(tmp_path / "docs", 5, 40)
        reported = []
        with suppress(DiskFull):
            reported += library.ingest([str(tmp_path / "docs")])
        assert "003" in titles(library.search("OpenAI lost 3 million Word3", ALL, 5))
    filler.unlink()
    with opened(disk / "home") as library:
        take(library, tmp_path / "docs")
        assert library.catch_up()
        assert titles(library.search("OpenAI lost 30 million Word30", ALL, 1)) == ["030"]
    with opened(tmp_path / "other") as library:
        take(library, tmp_path / "docs")
    held, wanted = contents(disk / "home"), contents(tmp_path / "other")
    for table in ("passages", "embeddings", "sentence_embeddings"):
        assert held[table] == wanted[table]


# A folder that cannot be written


@pytest.fixture
def home(disk, tmp_path):
    """Five notes on the small disk, with no file open there: one that is keeps it from becoming read-only."""
    notes(tmp_path / "docs", 0, 5)
    with opened(tmp_path / "made elsewhere") as library:
        take(library, tmp_path / "docs")
    return shutil.copytree(tmp_path / "made elsewhere", disk / "home")


def test_a_read_only_folder_answers_and_says_why_nothing_comes_in(disk, home, tmp_path):
    before = contents(home)
    read_only(disk)
    with opened(home) as library, opened(tmp_path / "made elsewhere") as other:
        assert library.catch_up()
        question = "OpenAI lost 3 million Word3"
        assert titles(library.search(question, ALL)) == titles(other.search(question, ALL))
        assert not library.try_to_own()
        said = take(library, tmp_path / "docs")
        assert len(said) == 5
        for result, reason in said.values():
            assert result == "failed"
            assert "cannot be written" in reason
            assert "Make the folder writable" in reason
        with pytest.raises(StoreReadOnly):
            library.put(*item("d0"))
        assert len(library.sources(ALL)) == 5
    run("mount", "-o", "remount,rw", str(disk))
    assert contents(home) == before


@pytest.mark.parametrize("cache", ["lexical", "vectors"])
def test_a_read_only_folder_without_a_cache_still_answers(disk, home, cache):
    shutil.rmtree(home / cache)
    read_only(disk)
    with opened(home) as library:
        assert not library.catch_up()
        assert "003" in titles(library.search("OpenAI lost 3 million Word3", ALL, 5))


def test_a_read_only_folder_is_listed_and_searched_by_the_command(disk, home, models):
    (home / "models").symlink_to(models)
    read_only(disk)
    desk = Desk(home)
    listed = desk.strategist("sources", "--json")
    assert (listed.code, len(listed.out.splitlines())) == (0, 5)
    found = desk.strategist("search", "OpenAI lost 3 million", "--json")
    assert found.code == 0
    assert "003.md" in found.out
    said = desk.strategist("ingest", str(home.parents[1] / "docs"), "--json")
    assert said.code == 1
    assert [json.loads(line)["result"] for line in said.out.splitlines()] == ["failed"] * 5

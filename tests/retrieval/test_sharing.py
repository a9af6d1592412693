"""Two processes and one folder: one owner at a time, and questions are answered meanwhile."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Desk
from shelves import ALL, ids, item, opened, outcomes, titles, write

from retrieval.errors import StoreBusy
from retrieval.owner import Owner

ROOT = Path(__file__).parents[2]

HOLD = """
import sys
from pathlib import Path
sys.path[:0] = {path!r}
from shelves import opened, write

class Slow:
    name, dimension, languages = "fake", 64, frozenset({{"en"}})
    def __init__(self, inner): self.inner = inner
    def query(self, text): return self.inner.query(text)
    def passages(self, texts):
        if any("slow" in text for text in texts): sys.stdin.readline()
        return self.inner.passages(texts)
    def parted(self, texts): return apart(self.passages, texts)

from fakes import FakeEmbedder
from retrieval.pooling import apart
with opened(Path({home!r}), Slow(FakeEmbedder())) as library:
    for each in library.ingest([{docs!r}]):
        print(each.uri.rpartition("/")[2], each.result, flush=True)
"""


@pytest.fixture
def busy(tmp_path):
    """A process in the middle of an ingest: a.md is in, b.md waits for a line on its standard input."""
    home, docs = tmp_path / "home", tmp_path / "docs"
    write(docs, "a.md")
    write(docs, "b.md", "This one is slow.")
    write(docs, "c.md", "Mistral is French.")
    path = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "retrieval")]
    code = HOLD.format(path=path, home=str(home), docs=str(docs))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "a.md new\n"
        yield process, home, docs
        process.kill()


def finish(process):
    rest, _ = process.communicate("\n", timeout=60)
    assert process.returncode == 0
    return rest.splitlines()


def test_a_second_ingest_hears_who_is_at_it_and_nothing_is_lost(busy, tmp_path):
    process, home, docs = busy
    write(tmp_path / "more", "d.md", "Google is large.")
    with opened(home) as second:
        with pytest.raises(StoreBusy, match=f"process {process.pid} "):
            list(second.ingest([str(tmp_path / "more")]))
        with pytest.raises(StoreBusy):
            second.remove("anything")
        assert not second.try_to_own()
        assert not second.catch_up()
        assert titles(second.search("OpenAI money", ALL)) == ["a"]
        assert finish(process) == ["b.md new", "c.md new"]
        assert outcomes(second, tmp_path / "more", docs) == {
            "d.md": "new",
            **dict.fromkeys(["a.md", "b.md", "c.md"], "unchanged"),
        }
        assert set(titles(second.search("Mistral is French", ALL))) >= {"c"}


def test_the_command_says_who_is_at_it_and_ends_with_3(busy, models):
    process, home, docs = busy
    (home / "models").symlink_to(models)
    done = Desk(home).strategist("ingest", str(docs))
    assert done.code == 3
    assert f"process {process.pid} " in done.err
    assert "stop it" in done.err
    assert done.out == ""
    assert finish(process) == ["b.md new", "c.md new"]


def test_killing_the_owner_frees_the_folder(busy):
    process, home, docs = busy
    process.kill()
    process.wait()
    with opened(home) as library:
        assert outcomes(library, docs) == {"a.md": "unchanged", "b.md": "new", "c.md": "new"}


def test_a_second_library_in_this_process_is_a_second_owner(tmp_path):
    with opened(tmp_path) as first, opened(tmp_path) as second:
        assert first.try_to_own()
        first.put(*item("d0"))
        with pytest.raises(StoreBusy, match=f"process {os.getpid()} "):
            second.put(*item("d1"))
        assert ids(second.search("OpenAI", ALL)) == ["d0-0"]


def test_owning_may_be_nested_and_ends_with_the_outermost(tmp_path):
    with opened(tmp_path) as library:
        with library.owning():
            library.put(*item("d0"))
            with pytest.raises(StoreBusy), Owner(tmp_path):
                pass
        with Owner(tmp_path):
            pass

"""One library for many threads, while another process takes documents in and out."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from subprocess import PIPE

import pytest
from shelves import ALL, item, opened, titles, write

from retrieval.errors import StoreBusy
from retrieval.owner import Hold, Owner
from retrieval.visibility import Audience

ROOT = Path(__file__).parents[2]
THREADS, SEARCHES = 16, 30
PUBLIC = Audience.of()
# Takes in and takes out until its standard input ends; then says what was public when.
WRITE = """
import sys, threading
from pathlib import Path
sys.path[:0] = {path!r}
from contextlib import suppress
from retrieval.errors import StoreBusy
from shelves import item, opened

ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
with opened(Path({home!r})) as library:
    n = 0
    while not ended.is_set():
        with suppress(StoreBusy):  # the threads bring the caches up to date in between
            library.put(*item(f"d{{n % 7}}", text=f"OpenAI lost {{n}} million dollars."))
            library.remove(f"d{{(n + 3) % 7}}")
            n += 1
        if n == 3: print("going", flush=True)
    library.put(*item("secret", "admins", "OpenAI has a secret."))
print(n)
"""


@pytest.fixture
def home(tmp_path):
    with opened(tmp_path / "home") as library:
        library.put_many(item(f"old{n}", text=f"Note {n} on OpenAI.") for n in range(20))
        library.put(*item("secret", "public", "OpenAI has a secret."))
    return tmp_path / "home"


def started(threads):
    for each in threads:
        each.start()
    return threads


def test_sixteen_threads_search_while_another_process_writes(home):
    path = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "retrieval")]
    code = WRITE.format(path=path, home=str(home))
    errors, empty = [], []

    def ask(library, number):
        try:
            for n in range(SEARCHES):
                found = library.search(f"What did OpenAI lose, note {n % 20}?", ALL, 5)
                if not found.hits:
                    empty.append(number)
                library.covers("OpenAI", PUBLIC)("OpenAI lost money.", "en")
                library.similar("OpenAI lost", [hit.passage.text for hit in found.hits])
                library.sources(PUBLIC)
                library.refresh()
                if n % 10 == 0:
                    library.catch_up()
        except Exception as error:
            errors.append(error)

    with (
        subprocess.Popen([sys.executable, "-c", code], stdin=PIPE, stdout=PIPE) as writer,
        opened(home) as library,
    ):
        assert writer.stdout.readline() == b"going\n"
        threads = started([threading.Thread(target=ask, args=(library, n)) for n in range(THREADS)])
        for each in threads:
            each.join(timeout=120)
        assert not any(each.is_alive() for each in threads)
        assert (errors, empty) == ([], [])
        assert "secret" in titles(library.search("OpenAI has a secret", PUBLIC, 50))
        written, _ = writer.communicate(timeout=60)
        ended = time.monotonic()
        while "secret" in titles(library.search("OpenAI has a secret", PUBLIC, 50)):
            assert time.monotonic() - ended < 5, "what was revoked is still found"
        assert int(written) > 3
        assert writer.returncode == 0


def test_a_long_running_reader_notices_what_another_process_did(home, tmp_path):
    with opened(home) as reader, opened(home) as other:
        assert reader.refresh()
        assert not reader.refresh()
        other.put(*item("new", text="Mistral is French."))
        assert reader.refresh()
        assert titles(reader.search("Mistral", PUBLIC, 1)) == ["new"]
        assert not reader.refresh()
        glossary = tmp_path / "glossary.tsv"
        glossary.write_text("RPO\trecovery point objective\tFrench\n")
        list(other.ingest([str(glossary)]))
        assert titles(reader.search("RPO", PUBLIC, 1)) == ["new"], "without a refresh, too"
        assert reader.refresh()
        assert not reader.refresh()


def test_a_refresh_costs_little_when_nothing_changed(home):
    with opened(home) as reader:
        reader.refresh()
        began = time.process_time()
        for _ in range(200):
            reader.refresh()
        assert (time.process_time() - began) / 200 < 0.002  # measured .0003; the machine may be slow


# One hold for the threads of a process


def test_a_second_thread_waits_its_turn_to_write(tmp_path):
    with opened(tmp_path) as library:
        inside = threading.Event()

        def put():
            inside.set()
            library.put(*item("second"))

        with library.owning():
            library.put(*item("first"))
            [thread] = started([threading.Thread(target=put)])
            assert inside.wait(10)
            assert titles(library.search("OpenAI", ALL)) == ["first"]
            assert not reachable(lambda: library.remove("none"))
        thread.join(timeout=30)
        assert set(titles(library.search("OpenAI", ALL))) == {"first", "second"}


def reachable(action):
    """Whether another thread gets through at once."""
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    thread.join(timeout=0.3)
    return not thread.is_alive()


def test_catching_up_never_waits_for_a_thread_that_writes(tmp_path):
    with opened(tmp_path) as library, opened(tmp_path) as other:
        other.put(*item("d0"))
        library._indexes.lexical.forget()  # there is something to catch up with
        with library.owning():
            caught = []
            thread = threading.Thread(target=lambda: caught.append(library.catch_up()))
            thread.start()
            thread.join(timeout=30)
            assert caught == [False]
        assert library.catch_up()


def test_owned_until_closed_other_threads_may_still_write(tmp_path):
    with opened(tmp_path) as library:
        assert library.try_to_own()
        [thread] = started([threading.Thread(target=lambda: library.put(*item("d0")))])
        thread.join(timeout=30)
        assert titles(library.search("OpenAI", ALL)) == ["d0"]
        with pytest.raises(StoreBusy), Owner(tmp_path):
            pass


def test_what_goes_wrong_on_taking_a_folder_lets_it_go(tmp_path):
    def fail():
        raise ValueError("no")

    hold = Hold(tmp_path, fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"), hold.working():
            pass
    assert not hold.held
    with Owner(tmp_path):
        pass


def test_an_ingest_runs_beside_searches_of_this_process(home, tmp_path):
    for n in range(10):
        write(tmp_path / "docs", f"{n}.md", f"OpenAI note {n} of the harbour.")
    with opened(home) as library:
        [thread] = started([threading.Thread(target=lambda: list(library.ingest([str(tmp_path / "docs")])))])
        while thread.is_alive():
            assert library.search("OpenAI", ALL).hits
        assert len(library.sources(ALL)) == 31

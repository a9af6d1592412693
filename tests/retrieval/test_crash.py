"""kill -9 in the middle of an ingest: the next one ends where an undisturbed one does."""

import contextlib
import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from crashing import ingest
from shelves import ALL, contents, ids, opened, write

from retrieval.visibility import Audience

FILES, KILLS = 60, 30
VENDORS = ("OpenAI", "Microsoft", "Anthropic", "Mistral", "Google")
QUESTIONS = ("OpenAI revenue in 2026", "Which contract has the number 17?")
AUDIENCES = (ALL, Audience.of("employees", "group:board"))
VISIBILITIES = ("public", "employees", "group:board", "admins")


def name(number):
    return f"{number % 7}/note{number}.md"


def note(number, **labels):
    vendor = VENDORS[number % len(VENDORS)]
    text = f"# {vendor}\n\n{vendor} lost {number} million in 2026. The contract number is {number}.\n\n"
    text += f"## Contract\n\nIt ends in {2026 + number}. We can leave after {number % 12} months."
    return {"text": text, "visibility": VISIBILITIES[number % len(VISIBILITIES)], **labels}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """Two folders to take in and the homes to begin from: an empty one, and one that knew an older folder."""
    root = tmp_path_factory.mktemp("worlds")
    new, old = root / "new", root / "old"
    for number in range(FILES):
        write(new, name(number), **note(number))
    shutil.copytree(new, old)
    with opened(root / "empty"):
        pass
    with opened(root / "older") as library:
        list(library.ingest([str(old)]))
    for number in range(0, FILES, 4):
        write(old, name(number), **note(number, text=f"{VENDORS[number % 5]} says nothing of {number} now."))
    for number in range(1, FILES, 4):
        write(old, name(number), **note(number, visibility="employees", title="Relabelled"))
    for number in range(2, FILES, 8):
        (old / name(number)).rename(old / f"renamed{number}.md")
    for number in range(6, FILES, 8):
        (old / name(number)).unlink()
    return {"empty": new, "older": old}, root


@pytest.fixture(scope="module")
def undisturbed(worlds):
    folders, root = worlds
    ended = {}
    for start, folder in folders.items():
        home = root / f"{start} undisturbed"
        shutil.copytree(root / start, home)
        with opened(home) as library:
            list(library.ingest([str(folder)]))
        ended[start] = state(home)
    return ended


def state(home):
    """What the catalogue holds, what searches find by either way, and what the caches hold."""
    with opened(home, exact_limit=0) as library:
        exact = answers(library)
        assert library.try_to_own()
        by_chroma = answers(library)
        indexes = library._indexes
        classes = library._catalogue.visibility_classes(ALL)
        held = {each: indexes.vectors.count(each) for each in classes}
        wanted = {each: library._catalogue.count([each]) for each in classes}
        assert held == wanted
        assert indexes.lexical.count() == sum(wanted.values())
        assert not indexes.behind()
    return contents(home), exact, by_chroma


def answers(library):
    """The score of each hit; not their order, for it is left to chance between equals."""
    found = [
        (question, each, library.search(question, each, 100)) for question in QUESTIONS for each in AUDIENCES
    ]
    assert all(len(set(ids(each))) == len(ids(each)) for _, _, each in found)
    return {
        (question, audience.operator, hit.passage.id): hit.score
        for question, audience, each in found
        for hit in each.hits
    }


class Killed:
    """An ingest in a process of its own, killed once it has reported so many items and a little later."""

    def __init__(self, home, folder):
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["crashing"])
        self.progress, end = context.Pipe(duplex=False)
        self.process = context.Process(target=ingest, args=(home, folder, end))
        self.process.start()
        end.close()

    def after(self, items, seconds):
        """Whether it was killed before it had ended by itself."""
        with self.progress:
            seen = [self.progress.recv() for _ in range(items)]
            time.sleep(seconds)
            with contextlib.suppress(ProcessLookupError):  # it may have ended by itself meanwhile
                os.kill(self.process.pid, signal.SIGKILL)
            self.process.join()
            while self.progress.poll():
                try:
                    seen.append(self.progress.recv())
                except EOFError:
                    break
        return "end" not in seen


def moments():
    """30 points: before the first item, between items and inside them, and while the caches follow."""
    chance = random.Random(2026)
    for number in range(KILLS):
        start = ("empty", "older")[number % 2]
        if number % 5 == 4:
            yield number, start, FILES, chance.uniform(0, 0.5)
        else:
            yield number, start, chance.randrange(FILES), chance.uniform(0, 0.05)


@pytest.fixture
def room(tmp_path):
    """A folder in memory where there is one: what a kill leaves does not depend on the disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as folder:
        yield Path(folder)


def test_an_ingest_that_is_killed_and_run_again_ends_like_an_undisturbed_one(worlds, undisturbed, room):
    folders, root = worlds

    def trial(number, start, items, seconds):
        home = room / str(number)
        shutil.copytree(root / start, home)
        killed = Killed(home, folders[start]).after(items, seconds)
        with opened(home) as library:
            list(library.ingest([str(folders[start])]))
        held, *scores = state(home)
        wanted, *others = undisturbed[start]
        assert held == wanted, (number, start, items, seconds)
        assert scores == [pytest.approx(each, abs=1e-4) for each in others]
        return killed

    with ThreadPoolExecutor(2) as two:
        killed = [two.submit(trial, *each) for each in moments()]
        assert sum(each.result() for each in killed) >= KILLS * 0.8

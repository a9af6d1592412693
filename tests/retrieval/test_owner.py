import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from retrieval.errors import StoreBusy, StoreReadOnly
from retrieval.owner import Owner, holder

HOLD = (
    "import sys, time; from pathlib import Path; from retrieval.owner import Owner\n"
    "sys.argv = ['/usr/bin/strategist', 'serve', 'a question about salaries']\n"
    "with Owner(Path({folder!r})):\n"
    "    print('held', flush=True); time.sleep(60)\n"
)


@pytest.fixture
def other(tmp_path):
    code = HOLD.format(folder=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_owner_hears_who_holds_it_and_what_to_do(tmp_path, other):
    with pytest.raises(StoreBusy) as busy, Owner(tmp_path):
        pass
    message = str(busy.value)
    for words in (f"process {other.pid} (strategist serve)", "since 20", str(tmp_path), "stop it"):
        assert words in message
    assert "salaries" not in message


def test_holder_is_known_while_it_holds(tmp_path, other):
    assert holder(tmp_path).pid == other.pid
    other.kill()
    other.wait()
    assert holder(tmp_path) is None


def test_kill_9_frees_the_folder(tmp_path, other):
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    with Owner(tmp_path):
        assert holder(tmp_path).pid == os.getpid()


def test_nobody_holds_a_folder_that_never_had_an_owner(tmp_path):
    assert holder(tmp_path) is None
    assert holder(tmp_path / "nowhere") is None


def test_may_be_entered_again_after_it_was_left(tmp_path):
    owner = Owner(tmp_path / "new" / "folder")
    for _ in range(2):
        with owner, pytest.raises(StoreBusy), Owner(tmp_path / "new" / "folder"):
            pass


def test_may_not_be_entered_twice_at_once(tmp_path):
    owner = Owner(tmp_path)
    with owner, pytest.raises(RuntimeError):
        owner.__enter__()


def test_waits_as_long_as_it_was_told(tmp_path):
    first = Owner(tmp_path)
    first.__enter__()
    timer = threading.Timer(0.3, first.__exit__, (None, None, None))
    timer.start()
    started = time.monotonic()
    with Owner(tmp_path, wait=20):
        assert 0.2 < time.monotonic() - started < 15
    timer.join()


def test_gives_up_after_its_wait(tmp_path):
    started = time.monotonic()
    with Owner(tmp_path), pytest.raises(StoreBusy), Owner(tmp_path, wait=0.2):
        pass
    assert time.monotonic() - started >= 0.2


def test_a_child_that_outlives_the_owner_does_not_keep_the_lock(tmp_path):
    with Owner(tmp_path):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
    try:
        with Owner(tmp_path):
            pass
    finally:
        child.kill()
        child.wait()


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"pid": None})])
def test_a_lock_without_a_readable_name_is_still_a_lock(tmp_path, text):
    with Owner(tmp_path):
        (tmp_path / "owner.lock").write_text(text)
        with pytest.raises(StoreBusy, match="not said"), Owner(tmp_path):
            pass


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("this user may write everywhere (root)")
    with pytest.raises(StoreReadOnly), Owner(tmp_path):
        pass

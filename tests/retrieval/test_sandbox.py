import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval import formats, sandbox
from retrieval.errors import ParseFailed
from retrieval.sandbox import Limits, Sandbox, parse_safely
from retrieval.types import Fetched

MARKDOWN = "---\ntitle: Größe\n---\n# A\n\ntext 💥\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"


def markdown(text: str, uri: str = "file:///x.md") -> Fetched:
    return Fetched(uri, text.encode(), "text/markdown", "0")


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def test_the_outcome_is_the_same_as_without_a_sandbox(box: Sandbox):
    for fetched in (
        markdown(MARKDOWN),
        Fetched("file:///x.txt", "Größe\n\nzwei\u200b".encode(), "text/plain", "0"),
        Fetched("file:///x.html", b"<html><body><h1>T</h1><p>x</p></body></html>", "text/html", "0"),
    ):
        assert box.parse(fetched) == formats.parse(fetched)


def test_one_worker_serves_many_files_quickly(box: Sandbox):
    box.parse(markdown(MARKDOWN))
    worker = box._worker
    start = time.monotonic()
    for _ in range(20):
        box.parse(markdown(MARKDOWN))
    assert time.monotonic() - start < 20 * 0.25  # measured: 0.01 s each; this machine may be busy
    assert box._worker is worker


def test_a_file_of_tens_of_megabytes_passes_the_pipe(box: Sandbox):
    with pytest.raises(ParseFailed, match=r"holds more than 2,000,000 characters\. Split it"):
        box.parse(Fetched("file:///x.txt", b"word " * 4_000_000, "text/plain", "0"))


def test_a_failure_of_the_parser_names_the_file_and_the_next_step(box: Sandbox):
    with pytest.raises(ParseFailed) as error:
        box.parse(markdown("---\ntitle: x\n", "file:///broken.md"))
    assert error.value.resource == "file:///broken.md"
    assert "never closed" in error.value.problem
    assert error.value.advice


def test_an_unknown_media_type_is_a_failure(box: Sandbox):
    with pytest.raises(ParseFailed, match="not supported: image/png"):
        box.parse(Fetched("file:///x.png", b"x", "image/png", "0"))


def test_a_parser_that_takes_too_long_is_stopped_and_the_next_file_parsed():
    with Sandbox(Limits(seconds=1)) as box:
        start = time.monotonic()
        with pytest.raises(ParseFailed, match="longer than 1 s to parse"):
            box.parse(markdown("[" * 1_500_000))
        assert time.monotonic() - start < 12
        assert box.parse(markdown("next")).blocks


def test_a_parser_that_takes_too_much_memory_is_stopped_and_the_next_file_parsed():
    greedy = Fetched("file:///x.txt", b"word " * 4_000_000, "text/plain", "0")
    with Sandbox(Limits(memory_mb=80, characters=50_000_000)) as box:
        with pytest.raises(ParseFailed, match="needs more than 80 MB"):
            box.parse(greedy)
        assert box.parse(markdown("next")).blocks


def test_recursion_is_named():
    deep = "<ul><li>" * 110 + "x"
    with pytest.raises(ParseFailed, match="nested too deeply"):
        parse_safely(Fetched("file:///x.html", (deep * 9).encode(), "text/html", "0"))


def test_a_worker_that_was_killed_is_replaced(box: Sandbox):
    box.parse(markdown("one"))
    assert box._worker is not None
    os.kill(box._worker.pid, signal.SIGKILL)
    assert box.parse(markdown("two")).blocks[0].text == "two"


@pytest.mark.parametrize(
    ("kind", "payload", "said"),
    [
        (b"s", b"11", r"crashed the parser \(SIGSEGV\)"),
        (b"s", b"9", "needs more than 512 MB"),
        (b"s", b"14", "longer than 20 s"),
        (b"s", b"0", "crashed the parser"),
        (b"o", b"", "more than 2,000,000 characters"),
        (b"p", b"not json", "broke the parser"),
        (b"p", b"[1]", "broke the parser"),
        (b"p", b"[" * 100_000, "broke the parser"),
        (b"p", b'{"blocks": [["script", "x", [], null]], "metadata": {}, "notes": []}', "broke the parser"),
        (b"p", b'{"blocks": [["prose", 1, [], null]], "metadata": {}, "notes": []}', "broke the parser"),
        (b"p", b'{"blocks": [["prose", "x", [], true]], "metadata": {}, "notes": []}', "broke the parser"),
        (b"p", b'{"blocks": [], "metadata": {"a": 1}, "notes": []}', "broke the parser"),
        (b"p", b'{"failed": ["is bad", "do this"]}', r"is bad\. do this"),
        (b"p", b'{"memory": true}', "needs more than 512 MB"),
    ],
)
def test_what_comes_back_is_not_trusted(kind: bytes, payload: bytes, said: str):
    with pytest.raises(ParseFailed, match=said):
        Sandbox()._judge("file:///x", kind, payload)


def test_a_reply_with_more_text_than_allowed_is_a_failure_whatever_the_worker_says():
    payload = b'{"blocks": [["prose", "xxx", [], null]], "metadata": {}, "notes": []}'
    with pytest.raises(ParseFailed, match="more than 2 characters"):
        Sandbox(Limits(characters=2))._judge("file:///x", b"p", payload)


def test_threads_share_a_sandbox(box: Sandbox):
    found: dict[int, str] = {}

    def work(number: int) -> None:
        found[number] = box.parse(markdown(f"text {number}")).blocks[0].text

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"text {number}" for number in range(8)}


def test_nothing_of_ours_is_known_to_the_worker(box: Sandbox):
    box.parse(markdown("x"))
    assert box._worker is not None
    process = Path(f"/proc/{box._worker.pid}")
    if not process.exists():
        pytest.skip("needs /proc")
    names = {entry.split(b"=")[0] for entry in (process / "environ").read_bytes().split(b"\0") if entry}
    assert names == {b"OPENBLAS_NUM_THREADS", b"OMP_NUM_THREADS"}
    targets = {str(entry.readlink()) for entry in (process / "fd").iterdir()}
    assert all(target.startswith(("pipe:", "/dev/null")) for target in targets)
    assert os.getsid(box._worker.pid) == box._worker.pid


def test_closing_ends_the_worker_and_a_closed_sandbox_can_be_used_again():
    box = Sandbox()
    box.parse(markdown("x"))
    assert box._worker is not None
    pid = box._worker.pid
    box.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert box.parse(markdown("y")).blocks
    box.close()


def test_the_worker_dies_with_its_parent():
    script = (
        "from retrieval.sandbox import *; from retrieval.types import Fetched; import os\n"
        "box = Sandbox(); box.parse(Fetched('x', b'x', 'text/plain', '0'))\n"
        "print(box._worker.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    root = Path(sandbox.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=root, timeout=60)
    pid = int(done.stdout)
    for _ in range(100):
        if not _runs(pid):
            return
        time.sleep(0.05)
    pytest.fail("the worker outlived its parent by 5 s")


def _runs(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False

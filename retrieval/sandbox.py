"""Runs parsers in a child process with limits on time, memory and output.

    Sandbox ── pipe: a file ──> retrieval.worker ── fork with limits ──> formats.parse
            <── pipe: JSON ───                   <── pipe: JSON ───────

One worker serves many files: it loads the packages once and forks for each, so that no file can reach
another. Measured on two cores shared with other work: 17 ms for a Markdown file of 4 KB (3 of them the
parser's), 30 for a small HTML page, 0.3 s once for the worker and 0.6 for trafilatura. Needs a POSIX
system; the memory limit needs Linux.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from retrieval.errors import ParseFailed
from retrieval.types import Block, Fetched, Parsed
from retrieval.worker import OVERFLOW, PARSED, SIZE

_START = """import sys
sys.argv[1] in sys.path or sys.path.insert(0, sys.argv[1])
from retrieval.worker import main
main(*map(int, sys.argv[2:]))"""
_GRACE = 15  # seconds on top, for imports and the pipe; the fork's own alarm is the limit
_CHUNK = 1 << 20
_KINDS = ("prose", "table", "code")


@dataclass(frozen=True, slots=True)
class Limits:
    """What parsing one file may take: wall-clock seconds, address space in MB, characters of text."""

    seconds: int = 20
    memory_mb: int = 512
    characters: int = 2_000_000


class _Died(Exception):
    """The worker is gone or does not answer."""


class Sandbox:
    """Parses files in a child process. Use as a context manager, or call `close`; safe across threads."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self.limits = limits
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def parse(self, fetched: Fetched) -> Parsed:
        """Parse one file. Raises ParseFailed, also when a limit is hit or the parser crashes."""
        with self._lock:
            reply = self._reply(fetched)
        return self._judge(fetched.uri, reply[:1], reply[1:])

    def close(self) -> None:
        """End the worker. The next `parse` starts another."""
        with self._lock:
            self._stop()

    def _reply(self, fetched: Fetched) -> bytes:
        """Ask the worker; a dead one gets one successor, for it may have been killed while it was idle."""
        try:
            with contextlib.suppress(_Died):
                return self._exchange(fetched)
            return self._exchange(fetched)
        except TimeoutError:
            raise self._too_slow(fetched.uri) from None
        except _Died:
            advice = "Try again; if it stays so, run strategist doctor"
            raise ParseFailed(fetched.uri, "the parser process ended by itself", advice) from None

    def _exchange(self, fetched: Fetched) -> bytes:
        worker = self._worker = self._worker or _start(self.limits)
        deadline = time.monotonic() + self.limits.seconds + _GRACE
        head = json.dumps({"uri": fetched.uri, "media_type": fetched.media_type, "digest": fetched.digest})
        sizes = len(head.encode()).to_bytes(SIZE) + len(fetched.data).to_bytes(SIZE)
        try:
            _send(worker, sizes + head.encode() + fetched.data, deadline)
            size = int.from_bytes(_receive(worker, SIZE, deadline))
            return _receive(worker, size + 1, deadline)
        except BaseException:
            self._stop()  # a reply still on its way would be taken for the next file's
            raise

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            with worker:  # closes the pipes and waits
                _kill(worker)

    def _judge(self, uri: str, kind: bytes, payload: bytes) -> Parsed:
        if kind == OVERFLOW:
            raise self._too_long(uri)
        if kind != PARSED:
            raise self._crashed(uri, int(payload))
        try:
            outcome = json.loads(payload)
            if outcome.get("memory"):
                raise self._too_big(uri)
            if "failed" in outcome:
                problem, advice = outcome["failed"]
                raise ParseFailed(uri, str(problem), str(advice))
            parsed = _parsed(outcome)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ParseFailed(uri, "broke the parser", "Save it again in another format") from None
        if sum(len(block.text) for block in parsed.blocks) > self.limits.characters:
            raise self._too_long(uri)
        return parsed

    def _crashed(self, uri: str, number: int) -> ParseFailed:
        if number in (signal.SIGALRM, signal.SIGXCPU):
            return self._too_slow(uri)
        if number == signal.SIGKILL:
            return self._too_big(uri)
        name = signal.Signals(number).name if number in set(signal.Signals) else "an error"
        problem = f"crashed the parser ({name}): it is damaged, or needs more than {self.limits.memory_mb} MB"
        return ParseFailed(uri, problem, "Open it and save it again, or split it into parts")

    def _too_slow(self, uri: str) -> ParseFailed:
        return ParseFailed(uri, f"takes longer than {self.limits.seconds} s to parse", "Split it into parts")

    def _too_big(self, uri: str) -> ParseFailed:
        problem = f"needs more than {self.limits.memory_mb} MB of memory to parse"
        return ParseFailed(uri, problem, "Split it into parts")

    def _too_long(self, uri: str) -> ParseFailed:
        problem = f"holds more than {self.limits.characters:,} characters"
        return ParseFailed(uri, problem, "Split it into parts")


def parse_safely(fetched: Fetched, limits: Limits = Limits()) -> Parsed:
    """Parse one file in a worker of its own; for several files keep a Sandbox. Raises ParseFailed."""
    with Sandbox(limits) as sandbox:
        return sandbox.parse(fetched)


def _start(limits: Limits) -> subprocess.Popen[bytes]:
    """Start a worker in a session of its own, without our environment, user site and open files."""
    root = str(Path(__file__).resolve().parent.parent)
    numbers = map(str, (limits.seconds, limits.memory_mb, limits.characters))
    worker = subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-c", _START, root, *numbers],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},  # numpy's threads would be forked
        start_new_session=True,
        bufsize=0,
    )
    for pipe in (worker.stdin, worker.stdout):
        assert pipe is not None
        os.set_blocking(pipe.fileno(), False)
    return worker


def _kill(worker: subprocess.Popen[bytes]) -> None:
    """End the worker and whatever it has forked."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)


def _send(worker: subprocess.Popen[bytes], data: bytes, deadline: float) -> None:
    assert worker.stdin is not None
    view = memoryview(data)
    try:
        while view:
            _wait(worker.stdin.fileno(), selectors.EVENT_WRITE, deadline)
            view = view[os.write(worker.stdin.fileno(), view[:_CHUNK]) :]
    except BrokenPipeError:
        raise _Died from None


def _receive(worker: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
    assert worker.stdout is not None
    data = bytearray()
    while len(data) < size:
        _wait(worker.stdout.fileno(), selectors.EVENT_READ, deadline)
        chunk = os.read(worker.stdout.fileno(), min(_CHUNK, size - len(data)))
        if not chunk:
            raise _Died
        data += chunk
    return bytes(data)


def _wait(descriptor: int, event: int, deadline: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, event)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise TimeoutError


def _parsed(raw: Any) -> Parsed:  # noqa: ANN401 (JSON from a process that read hostile input)
    """Check every value: what comes back is trusted no more than the file."""
    blocks = tuple(_block(*each) for each in raw["blocks"])
    metadata = {_text(key): _text(value) for key, value in raw["metadata"].items()}
    return Parsed(blocks, metadata, tuple(_text(note) for note in raw["notes"]))


def _block(kind: Any, text: Any, headings: Any, page: Any) -> Block:  # noqa: ANN401
    if kind not in _KINDS or not (page is None or type(page) is int):
        raise ValueError
    return Block(kind, _text(text), tuple(map(_text, headings)), page)


def _text(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise TypeError
    return value

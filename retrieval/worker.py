"""The sandbox's child: a small process that forks once for each file and never parses anything itself.

It is started fresh (no thread, no open file, no secret of the parent's), loads a parser once, on a
sample of our own, and forks: a parse that ends badly, or that a hostile file has taken over, ends with
its fork.
The way back is JSON, never pickle. Speaks to `retrieval.sandbox` only.
"""

import contextlib
import gc
import json
import os
import resource
import signal
import sys
from functools import cache
from importlib import import_module
from typing import Any, BinaryIO

from retrieval import formats
from retrieval.errors import IngestError, ParseFailed
from retrieval.types import Fetched, Parsed

PARSED, SIGNAL, OVERFLOW = b"p", b"s", b"o"  # what the first byte of a reply says
SIZE = 8  # bytes of a length, big-endian
_FILES = 64  # open at the same time; parsers need a handful


def main(seconds: int, memory_mb: int, characters: int) -> None:
    """Answer requests until the parent closes the pipe, which it also does by dying."""
    requests, replies = _own_pipes()
    while (fetched := _request(requests)) is not None:
        _warm_up(fetched.media_type)
        kind, payload = _in_fork(fetched, seconds, memory_mb, characters)
        replies.write(len(payload).to_bytes(SIZE) + kind + payload)
        replies.flush()


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move the pipes away from stdin and stdout, on which C libraries print."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    return requests, replies


def _request(requests: BinaryIO) -> Fetched | None:
    sizes = requests.read(2 * SIZE)
    if len(sizes) < 2 * SIZE:
        return None
    head = json.loads(requests.read(int.from_bytes(sizes[:SIZE])))
    data = requests.read(int.from_bytes(sizes[SIZE:]))
    return Fetched(head["uri"], data, head["media_type"], head["digest"])


@cache
def _warm_up(media_type: str) -> None:
    """Load a parser's packages and fill its caches with a sample of our own; every fork has them then."""
    if sample := formats.SAMPLES.get(media_type):
        formats.parse(Fetched("sample", sample, media_type, ""))
    for package in formats.PACKAGES.get(media_type, ()):
        import_module(package)
    gc.freeze()  # the forks share these objects' pages


def _in_fork(fetched: Fetched, seconds: int, memory_mb: int, characters: int) -> tuple[bytes, bytes]:
    """Parse in a fork with limits; return how it ended and what it said."""
    inward, outward = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):  # whatever happens, nothing of ours runs on in the fork
            _shut_in(outward, seconds, memory_mb)
            _write(outward, _outcome(fetched, characters))
            os._exit(0)
        os._exit(1)
    os.close(outward)
    limit = 8 * characters + 16 * 2**20  # UTF-8, with JSON around it and headings repeated
    with os.fdopen(inward, "rb") as pipe:
        payload = pipe.read(limit + 1)
    if len(payload) > limit:
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if len(payload) > limit:
        return OVERFLOW, b""
    ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return (PARSED, payload) if os.waitstatus_to_exitcode(status) == 0 else (SIGNAL, str(ended).encode())


def _shut_in(outward: int, seconds: int, memory_mb: int) -> None:
    """Close all but the way out and set the limits. The alarm's default action ends the process."""
    os.closerange(3, outward)
    os.closerange(outward + 1, _FILES)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    limits = {
        resource.RLIMIT_CPU: seconds + 1,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: _FILES,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform != "darwin":  # macOS knows RLIMIT_AS and refuses to set it
        limits[resource.RLIMIT_AS] = memory_mb * 2**20
    for name, value in limits.items():
        resource.setrlimit(name, (value, value))


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _outcome(fetched: Fetched, characters: int) -> bytes:
    """What parsing came to, as JSON; the one place where foreign exceptions become ours."""
    try:
        outcome = _parsed(fetched, characters)
    except MemoryError:
        outcome = {"memory": True}
    except RecursionError:
        outcome = _failed("is nested too deeply", "Flatten its structure")
    except IngestError as error:
        outcome = _failed(error.problem, error.advice)
    except Exception as error:  # a parser may raise anything on a damaged file; named, never hidden
        problem = f"cannot be read: {type(error).__name__}: {str(error)[:200]}"
        outcome = _failed(problem, "It may be damaged: open it and save it again")
    return json.dumps(outcome, ensure_ascii=False).encode("utf-8", "replace")


def _parsed(fetched: Fetched, characters: int) -> dict[str, Any]:
    parsed: Parsed = formats.parse(fetched)
    if sum(len(block.text) for block in parsed.blocks) > characters:
        raise ParseFailed(fetched.uri, f"holds more than {characters:,} characters", "Split it into parts")
    # By hand: dataclasses.asdict copies deeply and takes 2 of 6 s for a document of 100,000 paragraphs.
    blocks = [[each.kind, each.text, each.headings, each.page] for each in parsed.blocks]
    return {"blocks": blocks, "metadata": parsed.metadata, "notes": parsed.notes}


def _failed(problem: str, advice: str) -> dict[str, Any]:
    return {"failed": [problem, advice]}

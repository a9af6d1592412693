"""Runs `strategist` as the console script does, in this process: same arguments, same exit codes."""

import contextlib
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.__main__ import main


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Desk:
    """A data folder, and the commands that are typed there."""

    home: Path

    def strategist(self, *arguments, stdin="", **settings):
        """Run one command; `settings` are STRATEGIST_<NAME> without the prefix, in lower case."""
        environment = {"home": str(self.home), **settings}
        out, err = io.StringIO(), io.StringIO()
        with (
            _environment({f"STRATEGIST_{key.upper()}": value for key, value in environment.items()}),
            _typed(["strategist", *arguments], stdin),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = _exit_code()
        return Ran(code, out.getvalue(), err.getvalue())


def _exit_code():
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


@contextlib.contextmanager
def _environment(values):
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _typed(arguments, stdin):
    before = sys.argv, sys.stdin
    sys.argv, sys.stdin = arguments, io.StringIO(stdin)
    try:
        yield
    finally:
        sys.argv, sys.stdin = before

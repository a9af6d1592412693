"""A real PostgreSQL for the tests, where its programs are found."""

import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def folder():
    """Where a PostgreSQL may keep its data: not below pytest's folders, which are closed to other users."""
    with tempfile.TemporaryDirectory(prefix="pg") as made:
        yield Path(made)


@contextmanager
def serving(root):
    """A PostgreSQL of our own, data and socket in a `folder()`; skips by name where there is none to run."""
    pytest.importorskip("psycopg", reason="PostgreSQL: the driver is not installed")
    if not (shutil.which("initdb") and shutil.which("postgres")):
        pytest.skip("PostgreSQL: initdb and postgres are not on the PATH")
    user = {"user": "nobody"} if os.geteuid() == 0 else {}
    if user:  # PostgreSQL refuses to run as root
        os.chown(root, pwd.getpwnam("nobody").pw_uid, -1)
    made = (root / "data").exists()  # by an earlier one that was stopped
    _ = made or subprocess.run(
        ["initdb", "-D", root / "data", "-U", "strategist", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=root,
        **user,
    )
    options = ["-D", root / "data", "-k", root, "-h", "", "-c", "fsync=off"]
    with (
        (root / "log").open("w") as log,
        subprocess.Popen(["postgres", *options], stdout=log, stderr=log, cwd=root, **user) as server,
    ):
        yield _ready(root)
        # Fast shutdown: it does not wait for connections that a killed test has left behind.
        server.send_signal(2)


def new_database(root, name):
    """The URL of a database made for one test."""
    import psycopg

    with psycopg.connect(host=str(root), user="strategist", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    return f"postgresql://strategist@/{name}?host={root}"


def _ready(root):
    import psycopg

    for _ in range(200):
        try:
            psycopg.connect(host=str(root), user="strategist", dbname="postgres").close()
        except psycopg.OperationalError:
            threading.Event().wait(0.05)
        else:
            return root
    raise AssertionError((root / "log").read_text())

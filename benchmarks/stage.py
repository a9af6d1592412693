"""What a load is put on: `strategist serve` in a process of its own, a Slack on loopback, PostgreSQL.

PostgreSQL is as its packages install it, on a socket in a folder: its log is flushed at every commit.
"""

import json
import os
import pwd
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.data import DataMissing
from bot.demo.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 40
_READY_S = 60.0
_LABELS = ("--visibility", "employees", "--confidentiality", "internal")
_TESTS = ROOT / "tests"
_TICKS = os.sysconf("SC_CLK_TCK")
_MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Vitals:
    """A process between two questions."""

    megabytes: float  # resident
    files: int  # open, sockets included
    threads: int
    seconds: float  # of processor time since its start


@dataclass(frozen=True, slots=True)
class Process:
    """A bot at work. `port`: of /healthz; 0 for one that has none."""

    pid: int
    port: int = 0

    def vitals(self) -> Vitals:
        """As the kernel sees it (Linux)."""
        place = Path(f"/proc/{self.pid}")
        status = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines())
        spent = (place / "stat").read_text().rpartition(")")[2].split()[11:13]
        return Vitals(
            int(status["VmRSS"].split()[0]) * 1024 / _MEGABYTE,
            len(list((place / "fd").iterdir())),
            int(status["Threads"]),
            sum(map(int, spent)) / _TICKS,
        )

    def health(self) -> dict[str, Any]:
        """What /healthz says; nothing as long as nobody is there."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as found:
                told: dict[str, Any] = json.load(found)
        except OSError:
            return {}
        return told

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until nothing is left to do."""
        wait(lambda: self.health().get("pending") == 0, seconds, "open questions")


def wait(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Look a few times a second until something holds; an error when it does not in time."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise RuntimeError(f"still waiting for: {what}")
        time.sleep(0.1)


@contextmanager
def workspace(channels: int) -> Iterator[Workspace]:
    """A Slack in which many people share many channels, at the pace that Slack allows each channel."""
    with Workspace.start() as slack:
        slack.forget(4_000)
        slack.limits.pace = 0.9  # Slack's rule is one post a second and channel, with some patience
        people = [f"U{number:03}" for number in range(PEOPLE)]
        for each in people:
            slack.add_user(each, name=f"Person {each}")
        for number in range(channels):
            slack.add_channel(f"C{number:03}", f"channel-{number}", members=people)
        yield slack


@contextmanager
def postgres(root: Path) -> Iterator[str]:
    """The URL of an empty database on a server that lives as long as this."""
    if not (shutil.which("initdb") and shutil.which("postgres")):
        raise DataMissing(Path("PATH/initdb"))
    user: dict[str, Any] = {"user": "nobody"} if os.geteuid() == 0 else {}
    root.mkdir()
    if user:  # PostgreSQL refuses to run as root
        os.chown(root, pwd.getpwnam("nobody").pw_uid, -1)
        root.parent.chmod(0o755)
    initdb = ["initdb", "-D", str(root / "data"), "-U", "strategist", "-A", "trust", "-E", "UTF8"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=root, **user)
    command = ["postgres", "-D", str(root / "data"), "-k", str(root), "-h", ""]
    with (
        (root / "log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=root, **user) as server,
    ):
        try:
            wait(lambda: _created(root), _READY_S, "PostgreSQL")
            yield f"postgresql://strategist@/bot?host={root}"
        finally:
            server.send_signal(2)  # it does not wait for connections that are left


def _created(root: Path) -> bool:
    import psycopg

    try:
        with psycopg.connect(host=str(root), user="strategist", dbname="postgres", autocommit=True) as server:
            server.execute("CREATE DATABASE bot")
    except psycopg.OperationalError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Installation:
    """A home folder with the sample corpus in it, and the settings of the bot that works there."""

    home: Path
    settings: Mapping[str, str]

    @classmethod
    def make(cls, home: Path, models: Path, **settings: str) -> "Installation":
        """Take the corpus in, as an operator would."""
        home.mkdir()
        (home / "models").symlink_to(models.resolve())
        made = cls(home, settings)
        command = [sys.executable, "-m", "bot", "ingest", str(ROOT / "corpus"), *_LABELS]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=made.environment())
        return made

    def environment(self, **more: str) -> dict[str, str]:
        """Of a process of this installation."""
        own = {key: value for key, value in os.environ.items() if not key.startswith("STRATEGIST_")}
        own["HANGING_KEY"] = "sk-hanging"
        given = {"home": str(self.home), **self.settings, **more}
        return own | {f"STRATEGIST_{key.upper()}": value for key, value in given.items()}

    @contextmanager
    def serving(self, slack: Workspace, **more: str) -> Iterator[Process]:
        """`strategist serve`, connected, with default settings, until it is told to stop."""
        port = _free_port()
        tokens = {"slack_bot_token": slack.bot_token, "slack_app_token": slack.app_token}
        places = {"slack_api_url": slack.api_url, "health_port": str(port)}
        environment = self.environment(**tokens, **places, **more)
        command = [sys.executable, "-m", "bot", "serve"]
        with _running(command, self.home / "log", environment) as pid:
            process = Process(pid, port)
            wait(lambda: process.health().get("ok"), _READY_S, (self.home / "log").read_text())
            yield process


@contextmanager
def listening(slack: Workspace, folder: Path) -> Iterator[Process]:
    """The bare listener, connected."""
    arguments = [slack.api_url, slack.bot_token, slack.app_token]
    command = [sys.executable, str(Path(__file__).with_name("listener.py")), *arguments]
    with _running(command, folder / "listener.log", dict(os.environ)) as pid:
        wait(lambda: slack.connected, _READY_S, "the bare listener")
        yield Process(pid)


@contextmanager
def hanging() -> Iterator[tuple[Callable[[], int], dict[str, str]]]:
    """A model that takes each call and never says a word: how many it took, and its vendor's settings."""
    if str(_TESTS) not in sys.path:
        sys.path.append(str(_TESTS))
    with import_module("wall").Wall() as wall:
        vendor = {
            "via": "openai", "model": "model--hang", "owner": "openai", "max_confidentiality": "internal",
            "regions": '["eu"]', "base_url": f"{wall.url}/hanging/v1", "key_env": "HANGING_KEY",
        }  # fmt: skip
        yield lambda: len(wall.requests), {f"vendors__hanging__{key}": each for key, each in vendor.items()}


@contextmanager
def _running(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[int]:
    with log.open("w") as output:
        child = subprocess.Popen(command, stdout=output, stderr=output, cwd=ROOT, env=environment)
        try:
            yield child.pid
        finally:
            child.terminate()
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _free_port() -> int:
    import socket

    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])

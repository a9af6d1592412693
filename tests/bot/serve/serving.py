"""A whole `serve` process around real jobs, for signals. What it is sent comes in through a fake intake."""

import os
import threading
import time
from dataclasses import dataclass, field

import dbos  # noqa: F401 (imported once, before the forks)
import waitress  # noqa: F401

from bot.errors import StateError
from bot.jobs import Jobs, JobSettings
from bot.serve.health import Vitals
from bot.serve.run import Serving, serve


@dataclass
class Intake:
    """Accepts what comes through the pipe: (KEY, SECONDS)."""

    talk: object
    jobs: Jobs
    way: str
    connected: bool = False
    _thread: threading.Thread = field(default=None)

    def open(self):
        if self.way == "refused":
            raise StateError("slack", "invalid_auth")
        self.connected = True
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self):
        self.connected = False
        if self.way == "fails to close":
            raise RuntimeError("already gone")
        if self.way == "hangs":
            time.sleep(600)

    def _listen(self):
        while True:
            key, seconds = self.talk.recv()
            try:
                self.talk.send((key, self.jobs.accept("answer", key, [key, seconds])))
            except StateError as error:
                self.talk.send((key, error.problem))


def run(talk, url, done, way, stop_s):
    """Serve until a signal; the exit code is the process's."""

    def write(*words):
        handle = os.open(done, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, (" ".join(words) + "\n").encode())
        os.close(handle)

    def answer(step, payload):
        key, seconds = payload
        step("begin", lambda: write("begin", key))
        time.sleep(seconds)
        step("post", lambda: write("post", key))

    jobs = Jobs(JobSettings(url, recoveries=50), {"answer": answer}, print)
    intake = Intake(talk, jobs, way)
    vitals = Vitals(lambda: intake.connected, jobs.pending)

    def hourly():
        write("swept", "up")
        if way == "fails to sweep":
            raise RuntimeError("no broom")

    def close():
        write("closed", "all")

    def ready(port):
        talk.send(("ready", port))

    raise SystemExit(serve(Serving(jobs, intake, vitals, 0, stop_s, close, ready, hourly)))

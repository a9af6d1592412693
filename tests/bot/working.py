"""A process that does jobs, to be killed: it obeys what it is sent, and appends what it did to a file.

("accept", KEY[, SECONDS[, KIND]]) -> ("ok", KEY, whether it was new)      ("stop", SECONDS) -> ("left", N)
Started by a fork server that has imported what it needs, so that many are quick.
"""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import dbos  # noqa: F401 (imported once, before the forks)
import psycopg  # noqa: F401

from bot.jobs import Jobs, JobSettings


def work(talk, url, done, options):
    """Obey until told to stop."""
    Worker(talk, url, done, options).obey()


class Worker:
    def __init__(self, talk, url, done, options):
        self.talk, self.done = talk, done
        self.lock = threading.Lock()
        settings = JobSettings(url, **options)
        self.jobs = Jobs(settings, {"answer": self.answer, "deadly": self.deadly}, self.give_up)

    def write(self, *words):
        """One line, whole or not at all, also when the next instant kills this process."""
        handle = os.open(self.done, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, (" ".join(map(str, words)) + "\n").encode())
        os.close(handle)

    def say(self, *words):
        with self.lock:
            self.talk.send(words)

    def answer(self, run, payload):
        """Three steps: look, think for a while, post. Each says that it was made."""
        for name in ("look", "think", "post"):
            run(name, lambda name=name: self.step(run, name, payload["key"], payload["seconds"]))

    def step(self, run, name, key, seconds):
        thinking = name == "think" and seconds
        if thinking:
            self.write("thinking", key)
            time.sleep(seconds)
        self.write(name, key)
        if thinking:
            run.check()
            self.write("shown", key)
        return {"step": name}

    def deadly(self, run, payload):
        self.write("deadly", payload["key"])
        os._exit(9)

    def give_up(self, kind, payload, reference):
        self.write("gave-up", payload["key"], reference)

    def accept(self, key, seconds=0.0, kind="answer"):
        self.say("ok", key, self.jobs.accept(kind, key, {"key": key, "seconds": seconds}))

    def obey(self):
        self.jobs.start()
        self.say("ready")
        with ThreadPoolExecutor(32) as pool:
            while True:
                command, *words = self.talk.recv()
                if command == "accept":
                    pool.submit(self.accept, *words)
                elif command == "stop":
                    pool.shutdown()
                    self.say("left", self.jobs.stop(words[0]))
                    os._exit(0)

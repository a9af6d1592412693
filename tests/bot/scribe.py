"""Models that write what a test tells them: a gateway of one text, and backends for the real gateway."""

import threading
from contextlib import suppress

from bot.errors import VendorFault
from bot.models import Piece
from bot.models.failover import Gateway, Limits, Written
from bot.models.vendor import Vendor
from bot.types import Attempt, Delta, Writing


def vendor(name="claude", **values):
    """A vendor that may hear internal passages, unless told otherwise."""
    words = {"via": "anthropic", "model": f"{name}-x", "owner": "anthropic"}
    return Vendor(**(words | {"max_confidentiality": "internal", "regions": ["eu"], "name": name} | values))


class Scribe:
    """A gateway with one vendor: `answer` and `plan` are texts, or functions of the prompt."""

    def __init__(self, answer="", plan="", who=None, skipped=(), cut_off=False):
        self.texts = {"answer": answer, "plan": plan}
        self.who = who or vendor()
        self.skipped, self.cut_off = tuple(skipped), cut_off
        self.asked = []  # (kind, prompt, need)

    def write(self, prompt, need, listen, stop=None):
        filled = prompt(self.who)
        kind = "plan" if "JSON" in filled.system else "answer"
        self.asked.append((kind, filled, need))
        text = self.texts[kind]
        text = text(filled) if callable(text) else text
        if not text:
            return Written("", None, (), self.skipped)
        listen(Writing(self.who.name))
        listen(Delta(text))
        attempt = Attempt(self.who.name, self.who.model, "complete", 0.1, 10, 5)
        return Written(text, self.who, (attempt,), self.skipped, self.cut_off)

    def prompts(self, kind="answer"):
        """What was asked for, of one kind."""
        return [prompt for asked, prompt, _ in self.asked if asked == kind]

    def needs(self, kind="answer"):
        """Who might be asked, each time."""
        return [need for asked, _, need in self.asked if asked == kind]


class Line:
    """A backend for the real gateway: texts one after the other, then an end or a fault."""

    def __init__(self, *texts, fault="", finish="stop"):
        self.texts, self.fault, self.finish = texts, fault, finish
        self.heard = []

    def stream(self, prompt):
        self.heard.append(prompt)
        for text in self.texts:
            yield Piece(text)
        if self.fault:
            raise VendorFault("line", "It broke", self.fault)
        yield Piece("", self.finish, 100, 50)


class Forgetful:
    """A ledger that keeps nothing."""

    def spent(self, day):
        return 0

    def spend(self, day, attempt):
        pass

    def rests(self):
        return {}

    def rest(self, name, rest):
        pass


def gateway(lines, vendors=None, **limits):
    """The real gateway over lines by vendor name."""
    known = vendors or [vendor(name) for name in lines]
    return Gateway(known, lambda each: lines[each.name], Limits(**limits), Forgetful())


class Hanging:
    """A gateway whose plan never comes, until it is told to stop."""

    def __init__(self, answer):
        self.scribe = Scribe(answer)
        self.stopped = threading.Event()

    def write(self, prompt, need, listen, stop=None):
        if "JSON" not in prompt(vendor()).system:
            return self.scribe.write(prompt, need, listen, stop)
        with suppress(AttributeError):
            stop.wait(30)
            self.stopped.set()
        return Written("", None, (), ())

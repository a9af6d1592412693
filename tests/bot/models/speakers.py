"""Models that say what a test wants, a clock that stands still, a ledger in memory, and vendors."""

import threading
from collections import defaultdict
from datetime import date
from decimal import Decimal

from bot.errors import VendorFault
from bot.models import Piece, Prompt
from bot.models.failover import Clock, Gateway, Limits, Need
from bot.models.vendor import Price, Vendor

PROMPT = Prompt("Be brief.", "What if OpenAI falters?", 100)
ANSWER = "A second vendor limits the risk."
NEED = Need("internal")
LIMITS = Limits(deadline_s=5)


def vendor(name="a", **fields):
    """A vendor for internal texts, in the EU, with a price."""
    given = {
        "name": name, "via": "openai", "model": f"{name}-model", "owner": name, "regions": {"eu"},
        "max_confidentiality": "internal", "first_token_s": 0.3, "gap_s": 0.3,
        "price": Price(input=Decimal(2), output=Decimal(8), seen=date(2026, 11, 1)),
    }  # fmt: skip
    return Vendor.model_validate(given | fields)


class Model:
    """Says its script: a list of pieces, errors (raised) and events (waited for), one list a call.

    The last list is used again and again. `asked` are the prompts, `closed` is set when a stream was closed.
    """

    def __init__(self, *scripts):
        self._scripts = list(scripts or [whole()])
        self.asked = []
        self.closed = threading.Event()
        self._lock = threading.Lock()

    def stream(self, prompt):
        with self._lock:
            self.asked.append(prompt)
            script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        return self._say(script)

    def _say(self, script):
        try:
            for each in script:
                if isinstance(each, threading.Event):
                    each.wait(5)
                elif isinstance(each, BaseException):
                    raise each
                else:
                    yield each
        finally:
            self.closed.set()


def whole(text=ANSWER, finish="stop", tokens=(40, 10)):
    """A whole answer, word by word, and how it ends."""
    words = [Piece(f"{word} ") for word in text.split()]
    words[-1] = Piece(words[-1].text.strip())
    return [*words, Piece("", finish, *tokens)]


def fault(kind, wait=None, after=0):
    """A call that fails after some words."""
    return [*whole()[:after], VendorFault("a", "it said no: sk-secret", kind, wait)]


class FakeClock:
    """Both clocks of the gateway; they go on when told to."""

    def __init__(self, now=1_000.0, wall=1_795_000_000.0):
        self.now, self.time = now, wall

    def forward(self, seconds):
        self.now += seconds
        self.time += seconds

    def clock(self):
        return Clock(lambda: self.now, lambda: self.time)


class MemoryLedger:
    """A ledger that several gateways may share."""

    def __init__(self):
        self.attempts = defaultdict(list)
        self.kept = {}
        self.error = None

    def _check(self):
        if self.error:
            raise self.error

    def spent(self, day):
        self._check()
        return sum((each.usd for each in self.attempts[day] if each.usd is not None), Decimal(0))

    def spend(self, day, attempt):
        self._check()
        self.attempts[day].append(attempt)

    def rests(self):
        self._check()
        return dict(self.kept)

    def rest(self, name, rest):
        self._check()
        if rest is None:
            self.kept.pop(name, None)
        else:
            self.kept[name] = rest

    @property
    def all(self):
        """Every attempt of every day."""
        return [each for day in self.attempts.values() for each in day]


class Desk:
    """A gateway over models, and what a reader heard of it."""

    def __init__(self, models, vendors=None, limits=None, ledger=None, clock=None):
        self.models = models
        self.ledger = ledger or MemoryLedger()
        self.clock = clock or FakeClock()
        self.heard = []
        known = vendors or [vendor(name) for name in models]
        self.gateway = Gateway(known, self.connect, limits or LIMITS, self.ledger, self.clock.clock())

    def connect(self, known):
        model = self.models[known.name]
        if isinstance(model, Exception):
            raise model
        return model

    def write(self, need=NEED, stop=None, prompt=PROMPT):
        self.heard = []
        return self.gateway.write(lambda _: prompt, need, self.heard.append, stop)

    def asked(self):
        """How often each model was called."""
        return {name: len(model.asked) for name, model in self.models.items() if isinstance(model, Model)}

    def state(self, name):
        return next(each for each in self.gateway.states() if each.name == name)

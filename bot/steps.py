"""The steps of a job: each runs once, and a job that goes on later takes its remembered result from there."""

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from bot import errors
from retrieval import errors as library_errors

Json = Any  # whatever json.dumps takes; what comes back is what json.loads makes of it
Remember = Callable[[str, Callable[[], str]], str]


class HandedOver(BaseException):
    """This process must stop working on the job. Not an Exception: no handler may catch it and go on."""


class OtherSteps(BaseException):
    """The job took another way before, in another release. Not an Exception for the same reason."""


class Steps:
    """`run(name, function)`: the result of the function, now or as it was when this step ran before.

    `remember` does the same for texts and lasts over restarts. A step that raised is remembered too, so that
    a job takes the same way again; only a later attempt, which knows what is `done`, tries it anew.
    `check` raises HandedOver where others have the job now: for a step to ask before it does what shows.
    """

    def __init__(self, remember: Remember, done: Mapping[str, Json], check: Callable[[], None]) -> None:
        self.done: dict[str, Json] = dict(done)
        self.check = check
        self._remember = remember
        self._thread = threading.get_ident()
        self._seen: dict[str, int] = {}

    def __call__(self, name: str, function: Callable[[], Json]) -> Json:
        """Run a step on the job's own thread."""
        if threading.get_ident() != self._thread:
            raise RuntimeError(f"the step {name!r} was run on a thread that is not its job's")
        self.check()
        label = self._label(name)
        if label not in self.done:
            self.done[label] = self._run(label, function)
        # A copy: what the handler does to it is not remembered.
        return json.loads(json.dumps(self.done[label]))

    def _label(self, name: str) -> str:
        self._seen[name] = self._seen.get(name, 0) + 1
        return name if self._seen[name] == 1 else f"{name} {self._seen[name]}"

    def _run(self, label: str, function: Callable[[], Json]) -> Json:
        raised: list[Exception] = []

        def outcome() -> str:
            try:
                return json.dumps({"value": function()})
            except Exception as error:
                raised.append(error)
                return json.dumps({"error": _described(error)})

        found = json.loads(self._remember(label, outcome))
        if "error" in found:
            raise raised[0] if raised else _again(**found["error"])
        return found["value"]


def values(outcomes: Mapping[str, str]) -> dict[str, Json]:
    """The results among what was remembered; steps that raised are left out."""
    found = {label: json.loads(text) for label, text in outcomes.items()}
    return {label: each["value"] for label, each in found.items() if "value" in each}


def _described(error: Exception) -> dict[str, Json]:
    kind = type(error).__name__
    if isinstance(error, errors.StrategistError):
        return {"kind": kind, "words": [error.resource, error.problem, error.advice]}
    return {"kind": kind, "words": ["", f"{kind}: {error}"]}


def _again(kind: str, words: list[str]) -> errors.StrategistError:
    found = getattr(errors, kind, None) or getattr(library_errors, kind, None)
    # One that takes other words than these cannot be made of them.
    plain = isinstance(found, type) and vars(found).get("__init__") is None
    return found(*words) if found and plain else errors.StrategistError(*words)

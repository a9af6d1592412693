"""The bot's branch of the exception tree; the root and the library's branch are in retrieval.errors.

StrategistError
├── SettingsError        a setting has a wrong value: names the setting, the value and the fix
├── QuestionError        a question that cannot be asked: empty, or far too long
├── Cancelled            the reader stopped the answer before it was there
├── PromptError          a prompt file that is missing, or whose variables are not the known ones
├── VendorError          a vendor's model cannot be used at all: a package is missing, a key is not set
├── VendorFault          one call of a vendor's model failed: names the vendor and the kind of fault
├── StateError           the questions, answers and settings that are kept cannot be read or written
├── SlackError           Slack refused, or could not be reached
└── EvaluationError      a file of golden questions that cannot be read
"""

from typing import TYPE_CHECKING

from retrieval.errors import StrategistError

if TYPE_CHECKING:
    from bot.types import Attempt

__all__ = [
    "Cancelled",
    "EvaluationError",
    "PromptError",
    "QuestionError",
    "SettingsError",
    "SlackError",
    "StateError",
    "StrategistError",
    "VendorError",
    "VendorFault",
]


class SettingsError(StrategistError):
    """A setting has a wrong value."""


class QuestionError(StrategistError):
    """The question is empty or too long to be one."""


class Cancelled(StrategistError):
    """The reader asked to stop. `attempts`: the calls of models (bot.types.Attempt) made until then."""

    attempts: "tuple[Attempt, ...]" = ()


class PromptError(StrategistError):
    """A prompt file is missing or names a variable that nobody fills."""


class VendorError(StrategistError):
    """A vendor's model cannot be used until somebody changes something here."""


class VendorFault(StrategistError):
    """One call of a vendor's model failed: `kind` of bot.models.faults; `wait` seconds if it asked so."""

    def __init__(self, resource: str, problem: str, kind: str, wait: float | None = None) -> None:
        super().__init__(resource, problem)
        self.kind = kind
        self.wait = wait


class StateError(StrategistError):
    """What is kept besides documents cannot be read or written."""


class SlackError(StrategistError):
    """Slack refused a call, or could not be reached."""


class EvaluationError(StrategistError):
    """A file of questions is not in the documented form, or nothing is indexed to ask."""

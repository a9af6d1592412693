"""The bot's branch of the exception tree; the root and the library's branch are in retrieval.errors.

StrategistError
├── SettingsError        a setting has a wrong value: names the setting, the value and the fix
├── QuestionError        a question that cannot be asked: empty, or far too long
└── EvaluationError      a file of golden questions that cannot be read
"""

from retrieval.errors import StrategistError

__all__ = ["EvaluationError", "QuestionError", "SettingsError", "StrategistError"]


class SettingsError(StrategistError):
    """A setting has a wrong value."""


class QuestionError(StrategistError):
    """The question is empty or too long to be one."""


class EvaluationError(StrategistError):
    """A file of questions is not in the documented form."""

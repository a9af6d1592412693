"""Keeps secrets out of the logs: whatever looks like one, and every key we were given, becomes a mask."""

import logging
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import quote

from bot.redaction import MASK, redact

_SHORTEST = 6  # a shorter value would mask ordinary words


class Redacting(logging.Filter):
    """As a filter of a handler, or of everything through `protected`. `secrets` are masked by their value."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        forms = {form for each in secrets if len(each) >= _SHORTEST for form in (each, quote(each, safe=""))}
        self._secrets = sorted(forms, key=len, reverse=True)  # one may be part of another

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through, masked: the message with its arguments, the exception, the stack."""
        record.msg, record.args = self.text(_message(record)), ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = "".join(traceback.format_exception(record.exc_info[1])).rstrip()
        record.exc_info = None  # a handler that formats it by itself would show it bare
        if record.exc_text:
            record.exc_text = self.text(record.exc_text)
        if record.stack_info:
            record.stack_info = self.text(record.stack_info)
        return True

    def text(self, text: str) -> str:
        """The same text with masks."""
        for each in self._secrets:
            text = text.replace(each, MASK)
        return redact(text)


@contextmanager
def protected(secrets: Iterable[str] = ()) -> Iterator[None]:
    """All records of all loggers are masked as they are made, so no handler, also a later one, sees more."""
    before, redacting = logging.getLogRecordFactory(), Redacting(secrets)

    def make(*arguments: object, **more: object) -> logging.LogRecord:
        record = before(*arguments, **more)
        redacting.filter(record)
        return record

    logging.setLogRecordFactory(make)
    try:
        yield
    finally:
        logging.setLogRecordFactory(before)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        # A wrong format string is no reason to lose the words, nor to have them printed as they are.
        return f"{record.msg} {record.args}"

"""The one error mouth: whatever went wrong, in plain words with a reference, and once in the log."""

import logging
from collections.abc import Mapping
from typing import Any

from bot.assistant import MOST_CHARACTERS
from bot.errors import QuestionError, SlackError, VendorError, VendorFault
from bot.slack import blocks
from bot.slack.kit import Rendered
from bot.slack.texts import Locale
from retrieval.errors import RetrievalError

logger = logging.getLogger(__name__)


def told(error: Exception, locale: Locale, reference: str, question: str = "") -> Rendered:
    """What the reader is told. No text of an error ever reaches them; the log gets it under the reference."""
    key, values = _words(error, question)
    if key == "internal":
        logger.error("reference %s: unforeseen", reference, exc_info=error)
    elif not isinstance(error, QuestionError):
        logger.warning("reference %s: %s", reference, error)
    return blocks.failure(key, locale, reference, **values)


def _words(error: Exception, question: str) -> tuple[str, Mapping[str, Any]]:
    if isinstance(error, QuestionError):
        return ("too_long" if len(question) > MOST_CHARACTERS else "empty"), {}
    if isinstance(error, VendorError | VendorFault):
        return "vendor", {"reason": error.resource}
    if isinstance(error, RetrievalError):
        return "library", {}
    return ("slack" if isinstance(error, SlackError) else "internal"), {}

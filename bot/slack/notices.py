"""Short messages about the work itself: begun, stopped, failed, not today, thank you. Pure."""

import re

from bot.courtesy import courtesy
from bot.slack import texts
from bot.slack.citing import one_line
from bot.slack.kit import Rendered, clip, context
from bot.slack.listing import greeting, help
from bot.slack.message import notice
from bot.slack.texts import Locale, say

_VALUE = 300  # characters of a name or a reason


def working(locale: Locale, step: str = "working") -> Rendered:
    """The placeholder while an answer is in the making. `step`: working or reading."""
    text = say(step, locale)
    return Rendered(text, (context(text),))


def stopped(locale: Locale) -> Rendered:
    """The reader pressed Stop."""
    return notice(say("stopped", locale))


def given_up(locale: Locale, reference: str) -> Rendered:
    """A question that could not be answered, whatever was tried."""
    return notice(say("given_up", locale), say("reference", locale, reference=one_line(reference)))


def limit_reached(locale: Locale, limit: int) -> Rendered:
    """The questions of this day are used up."""
    return notice(say("limit_reached", locale, limit=limit))


def failure(key: str, locale: Locale, reference: str = "", **values: str) -> Rendered:
    """What went wrong, and what to do: see the `failure.` texts. `values` are shown as dead text."""
    known = f"failure.{key}" if texts.knows(f"failure.{key}") else "failure.internal"
    text = say(known, locale, **{name: clip(one_line(each), _VALUE) for name, each in values.items()})
    return notice(text, *([say("reference", locale, reference=one_line(reference))] if reference else []))


def follow_ups(locale: Locale, on: bool) -> Rendered:
    """How follow-ups in a channel are dealt with, and how to change that."""
    return notice(say("follow_ups.on" if on else "follow_ups.off", locale))


def courteous(text: str, locale: Locale) -> Rendered | None:
    """What is said to words that ask nothing; None where there may be a question."""
    kind = courtesy(text)
    if kind == "address":
        return failure("empty", locale)
    if kind == "thanks" or (kind == "nothing" and re.search(r"[^\s.?!\u2026]", text)):
        return notice(say("welcome", locale))
    return help(locale) if kind == "help" else greeting(locale) if kind else None


def shared(locale: Locale) -> Rendered:
    """To the person who shared an answer."""
    return notice(say("share.done", locale))


def thanks(locale: Locale) -> Rendered:
    """To the person who judged an answer."""
    return notice(say("feedback.thanks", locale))

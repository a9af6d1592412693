"""All that Slack is shown, as pure functions from values to blocks; the pieces stand in their own rooms."""

from bot.slack.answers import Shown, answer, quiet_line, quotes
from bot.slack.kit import Rendered
from bot.slack.notices import failure, given_up, limit_reached, shared, stopped, thanks, working

__all__ = [
    "Rendered",
    "Shown",
    "answer",
    "failure",
    "given_up",
    "limit_reached",
    "quiet_line",
    "quotes",
    "shared",
    "stopped",
    "thanks",
    "working",
]

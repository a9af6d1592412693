"""All that Slack is shown, as pure functions from values to blocks; the pieces stand in their own rooms."""

from bot.slack import home, modals
from bot.slack.comparing import comparison
from bot.slack.kit import Rendered
from bot.slack.listing import example, examples, greeting, help, prompts, sources, status
from bot.slack.message import Shown, answer, quiet_line, quotes
from bot.slack.notices import failure, follow_ups, given_up, limit_reached, shared, stopped, thanks, working

__all__ = [
    "Rendered",
    "Shown",
    "answer",
    "comparison",
    "example",
    "examples",
    "failure",
    "follow_ups",
    "given_up",
    "greeting",
    "help",
    "home",
    "limit_reached",
    "modals",
    "prompts",
    "quiet_line",
    "quotes",
    "shared",
    "sources",
    "status",
    "stopped",
    "thanks",
    "working",
]

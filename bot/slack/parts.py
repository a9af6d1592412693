"""What the Slack room is given: the parts of the product it works with, and its settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.assistant import Assistant
from bot.slack.access import External
from bot.slack.pacing import Pace
from retrieval.documents import Defaults
from retrieval.ingest import Rules
from retrieval.library import Library

if TYPE_CHECKING:
    from bot.models.failover import VendorState
    from bot.state import State

_MEGABYTE = 1024 * 1024


def _no_models() -> "Sequence[VendorState]":
    return ()


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """The knobs of this room; bot.settings fills them. Tokens are shown nowhere."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = "https://slack.com/api/"
    admins: frozenset[str] = frozenset()  # user ids and group:HANDLE
    external: External = "public"
    follow_ups: bool = True
    questions_per_day: int = 200
    large_channel: int = 200
    file_bytes: int = 20 * _MEGABYTE
    call_s: int = 10  # one call of Slack's Web API
    # How long a finished answer waits for a Slack that is down. Longer, and an outage would hold all workers:
    # after it the job is tried again later, and posts the answer that the state keeps.
    patience_s: float = 60.0
    ping_s: float = 3.0  # between two pings of the socket: how soon a dropped one is noticed
    threads: int = 64
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class Parts:
    """The rest of the product, as this room needs it."""

    settings: SlackSettings
    assistant: Assistant
    library: Library
    state: "State"
    models: "Callable[[], Sequence[VendorState]]" = _no_models
    defaults: Defaults = field(default_factory=Defaults)  # of files that come with a question
    rules: Rules = field(default_factory=Rules)
    now: Callable[[], datetime] = _now

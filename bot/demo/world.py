"""The state that all parts of the workspace share, under one lock, and what is written down of each call."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.demo.directory import Directory
from bot.demo.limits import Limits
from bot.demo.messages import Messages
from bot.errors import SlackError

Json = dict[str, Any]
SCOPES = (
    *("app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write"),
    *("commands", "files:read", "groups:history", "groups:read", "im:history", "im:read", "im:write"),
    *("mpim:history", "mpim:read", "reactions:write", "team:read", "usergroups:read", "users:read"),
)
EVENTS = (
    *("agent_session_stopped", "app_context_changed", "app_home_opened", "app_mention"),
    *("message.channels", "message.groups", "message.im", "message.mpim"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API as it came in, and what was answered."""

    method: str
    arguments: Json
    at: float  # time.monotonic()
    error: str = ""  # "": it was carried out
    status: int = 200
    answer: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Status:
    """What a thread was said to be doing: by assistant.threads.setStatus or by agents.sessions.setStatus."""

    method: str
    channel: str
    thread: str
    status: str
    loading_messages: tuple[str, ...] = ()
    title: str = ""


@dataclass(slots=True)
class Hook:
    """A response_url: where it leads, and how often it may still be used."""

    channel: str
    user: str
    message: Json | None = None
    left: int = 5
    until: float = field(default_factory=lambda: time.monotonic() + 1800)


@dataclass(slots=True)
class World:
    """Everything that is true in the workspace. Whoever reads or writes it holds `lock`."""

    directory: Directory = field(default_factory=Directory)
    messages: Messages = field(default_factory=Messages)
    limits: Limits = field(default_factory=Limits)
    bot_token: str = field(default_factory=lambda: f"xoxb-{secrets.token_hex(12)}")
    app_token: str = field(default_factory=lambda: f"xapp-1-{secrets.token_hex(12)}")
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    subscriptions: set[str] = field(default_factory=lambda: set(EVENTS))
    base_url: str = ""
    connect: Callable[[], str] = lambda: ""  # a fresh address for one socket
    send: Callable[[str, Json], object] = lambda kind, payload: None  # hands a payload to the app
    calls: deque[Call] = field(default_factory=deque)
    statuses: deque[Status] = field(default_factory=deque)
    status: dict[tuple[str, str], str] = field(default_factory=dict)  # the words under a thread now
    sessions: dict[tuple[str, str], str] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    prompts: dict[str, Json] = field(default_factory=dict)  # suggested prompts by channel
    homes: dict[str, Json] = field(default_factory=dict)
    views: dict[str, Json] = field(default_factory=dict)  # open modals by id
    triggers: dict[str, tuple[str, float]] = field(default_factory=dict)  # id -> user, valid until
    hooks: dict[str, Hook] = field(default_factory=dict)
    files: dict[str, Json] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    reactions: list[tuple[str, str, str]] = field(default_factory=list)  # channel, ts, name
    version: int = 0  # grows with every change
    lock: threading.RLock = field(default_factory=threading.RLock)
    changed: threading.Condition = field(init=False)

    def __post_init__(self) -> None:
        self.changed = threading.Condition(self.lock)

    def touch(self) -> None:
        """Say that something changed, to everybody who waits for it."""
        with self.lock:
            self.version += 1
            self.changed.notify_all()

    def wait(self, holds: Callable[[], object], seconds: float) -> bool:
        """Wait until something holds, asked again at every change, and now and then for what is outside."""
        until = time.monotonic() + seconds
        while True:
            version = self.version
            if holds():  # without the lock: it may well ask the Web API, which needs it
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            with self.lock:
                if self.version == version:
                    self.changed.wait(min(0.05, left))

    def need(self, scope: str) -> None:
        """Refuse what the app's scopes do not allow."""
        if scope not in self.scopes:
            raise SlackError(scope, "missing_scope")

    def trigger(self, user: str) -> str:
        """A trigger_id: good for one modal, for a short time."""
        now = time.monotonic()
        self.triggers = {key: kept for key, kept in self.triggers.items() if kept[1] > now - 60}
        self.hooks = {key: kept for key, kept in self.hooks.items() if kept.until > now - 60}
        name = f"{time.time_ns()}.{len(self.triggers)}.{secrets.token_hex(8)}"
        self.triggers[name] = (user, time.monotonic() + self.limits.trigger_lifetime)
        return name

    def hook(self, channel: str, user: str, message: Json | None = None) -> str:
        """A fresh response_url."""
        token = secrets.token_hex(12)
        self.hooks[token] = Hook(channel, user, message)
        return f"{self.base_url}/respond/{token}"

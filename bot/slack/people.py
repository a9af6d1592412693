"""Who is who in the workspace, looked up in Slack and remembered for at most a minute. Failures are None."""

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar

from bot.errors import SlackError
from bot.slack.access import Channel, ChannelKind, Person, PersonKind
from bot.slack.intake import Bot
from bot.slack.pacing import Slack

KEEP_S = 60.0
_KEEP_FAILURE_S = 5.0  # an outage is not asked about by each question anew
_MANY = 20  # people at once, from which the list of all is read instead
_PAGE = 200
_TRIES = 2
_ALL = 5_000  # people in the list of all that are read; who stands behind them is asked for one by one
_SLACKBOT = "USLACKBOT"
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Kept(Generic[K, V]):
    """Values by key, each loaded once at a time and forgotten after a while."""

    def __init__(self, clock: Callable[[], float], keep_s: float) -> None:
        self._clock = clock
        self._keep_s = keep_s
        self._values: dict[K, tuple[float, V | None]] = {}
        self._locks: dict[K, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: K, load: Callable[[], V]) -> V | None:
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            known = self._values.get(key)
            if known is not None and known[0] > self._clock():
                return known[1]
            try:
                value: V | None = load()
            except SlackError:
                value = None
            self.put(key, value)
            return value

    def put(self, key: K, value: V | None) -> None:
        keep_s = self._keep_s if value is not None else min(_KEEP_FAILURE_S, self._keep_s)
        self._values[key] = (self._clock() + keep_s, value)

    def drop(self, key: K) -> None:
        self._values.pop(key, None)

    def fresh(self, key: K) -> bool:
        known = self._values.get(key)
        return known is not None and known[0] > self._clock()


class Directory:
    """The `People` of bot.slack.access, from Slack."""

    def __init__(
        self, slack: Slack, bot: Bot, clock: Callable[[], float] = time.monotonic, keep_s: float = KEEP_S
    ) -> None:
        self._slack = slack
        self._bot = bot
        keep_s = min(keep_s, KEEP_S)
        self._users: _Kept[str, dict[str, Any]] = _Kept(clock, keep_s)
        self._channels: _Kept[str, Channel] = _Kept(clock, keep_s)
        self._members: _Kept[str, tuple[str, ...]] = _Kept(clock, keep_s)
        self._groups: _Kept[str, dict[str, frozenset[str]]] = _Kept(clock, keep_s)
        self._lists: _Kept[str, bool] = _Kept(clock, keep_s)

    def person(self, user: str) -> Person | None:
        """Who this is; None when that could not be found out."""
        found = self._users.get(user, lambda: self._user(user)) if user else None
        if found is None:
            return None
        groups = self._groups.get("", self._handles) or {}  # without the list nobody is in a group
        kind = _kind(found, self._bot)
        name = str((found.get("profile") or {}).get("display_name") or found.get("real_name") or "")
        locale = str(found.get("locale") or "en-US")
        return Person(user, kind, groups.get(user, frozenset()), locale, name or str(found.get("name") or ""))

    def persons(self, users: Sequence[str]) -> tuple[Person | None, ...]:
        """Who these are. After the first that cannot be found out no other is asked for."""
        if sum(not self._users.fresh(user) for user in users) > _MANY:
            self._lists.get("", self._everybody)
        found: list[Person | None] = []
        for user in users:
            unknown = bool(found) and found[-1] is None
            found.append(None if unknown else self.person(user))
        return tuple(found)

    def channel(self, channel: str) -> Channel | None:
        """What this conversation is."""
        return self._channels.get(channel, lambda: self._channel(channel))

    def members(self, channel: str) -> tuple[str, ...] | None:
        """Who is in it, over all pages."""
        return self._members.get(channel, lambda: self._all_members(channel))

    def forget(self, channel: str) -> None:
        """Look a conversation and its members up anew: for what nobody can take back."""
        self._channels.drop(channel)
        self._members.drop(channel)

    def _user(self, user: str) -> dict[str, Any]:
        answer = self._slack.call("users.info", tries=_TRIES, user=user, include_locale=True)
        return _known(answer.get("user"), "users.info")

    def _everybody(self) -> bool:
        pages = self._slack.pages("users.list", "members", tries=_TRIES, limit=_PAGE * 5, include_locale=True)
        for user in islice(pages, _ALL):
            if isinstance(user, dict) and user.get("id"):
                self._users.put(str(user["id"]), user)
        return True

    def _channel(self, channel: str) -> Channel:
        answer = self._slack.call(
            "conversations.info", tries=_TRIES, channel=channel, include_num_members=True
        )
        found = _known(answer.get("channel"), "conversations.info")
        size = found.get("num_members")
        return Channel(
            channel,
            _channel_kind(found),
            _outsiders(found),
            size if isinstance(size, int) else None,
            joined=bool(found.get("is_member", True)),
        )

    def _all_members(self, channel: str) -> tuple[str, ...]:
        found = self._slack.pages(
            "conversations.members", "members", tries=_TRIES, channel=channel, limit=_PAGE
        )
        return tuple(str(user) for user in found)

    def _handles(self) -> dict[str, frozenset[str]]:
        answer = self._slack.call("usergroups.list", tries=_TRIES, include_users=True)
        handles: dict[str, set[str]] = {}
        for group in answer.get("usergroups") or ():
            for user in group["users"] if "users" in group else self._users_of(str(group.get("id"))):
                handles.setdefault(user, set()).add(str(group.get("handle")))
        return {user: frozenset(found) for user, found in handles.items()}

    def _users_of(self, group: str) -> Sequence[str]:
        answer = self._slack.call("usergroups.users.list", tries=_TRIES, usergroup=group)
        return [str(user) for user in answer.get("users") or ()]


def _known(found: object, method: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise SlackError(method, "no_answer")
    return found


def _kind(user: dict[str, Any], bot: Bot) -> PersonKind:
    if user.get("deleted"):
        return "gone"
    if user.get("is_bot") or user.get("id") == _SLACKBOT:
        return "bot"
    if user.get("is_stranger") or not _at_home(user, bot):
        return "outsider"
    return "guest" if user.get("is_restricted") or user.get("is_ultra_restricted") else "member"


def _at_home(user: dict[str, Any], bot: Bot) -> bool:
    """Whether a user belongs to our workspace, or to another one of the same organisation."""
    team = user.get("team_id")
    enterprise = (user.get("enterprise_user") or {}).get("enterprise_id")
    related = bool(enterprise) and enterprise == bot.enterprise
    return bool(team) and (team in (bot.team, bot.enterprise) or related)


def _channel_kind(channel: dict[str, Any]) -> ChannelKind:
    if channel.get("is_im"):
        return "direct"
    if channel.get("is_private") is False and channel.get("is_channel") and not channel.get("is_mpim"):
        return "public"
    return "private"  # also group conversations, and what does not say: every member counts


def _outsiders(channel: dict[str, Any]) -> bool:
    pending = channel.get("is_pending_ext_shared") or channel.get("pending_connected_team_ids")
    shared = channel.get("is_shared") and not channel.get("is_org_shared")
    return bool(channel.get("is_ext_shared") or pending or shared)

"""Who is in the workspace: people, conversations and user groups, in the shapes the Web API shows them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.errors import SlackError

Json = dict[str, Any]
Kind = Literal["channel", "group", "mpim", "im"]
TEAM = "T1"
BOT_USER = "UBOT"
BOT_ID = "BBOT"
APP = "A1"
BOT_NAME = "AI Strategist"


@dataclass(slots=True)
class User:
    """A person or a bot. Guests are `restricted` (several channels) or `ultra_restricted` (one)."""

    id: str
    name: str
    locale: str = "en-US"
    restricted: bool = False
    ultra_restricted: bool = False
    stranger: bool = False
    team: str = TEAM
    bot: bool = False
    admin: bool = False
    deleted: bool = False
    bot_id: str = ""

    @property
    def guest(self) -> bool:
        """Whether this is a guest of either kind, or somebody of another company."""
        return self.restricted or self.ultra_restricted or self.stranger

    def shown(self, with_locale: bool = True) -> Json:
        """The user object of users.info and users.list."""
        handle = self.name.lower().replace(" ", ".")
        profile = {"real_name": self.name, "display_name": self.name, "team": self.team}
        if self.bot:
            profile |= {"bot_id": self.bot_id, "api_app_id": APP if self.id == BOT_USER else ""}
        shown: Json = {"id": self.id, "team_id": self.team, "name": handle, "real_name": self.name}
        shown |= {"deleted": self.deleted, "is_bot": self.bot, "is_app_user": False, "profile": profile}
        shown |= {"tz": "Europe/Berlin", "tz_offset": 3600, "updated": 1700000000}
        if not self.deleted:  # Slack leaves these out for people who left
            shown |= {"is_admin": self.admin, "is_owner": False, "is_primary_owner": False}
            shown |= {"is_restricted": self.restricted or self.ultra_restricted}
            shown |= {"is_ultra_restricted": self.ultra_restricted}
        if self.stranger:
            shown["is_stranger"] = True
        return shown | ({"locale": self.locale} if with_locale else {})


@dataclass(slots=True)
class Channel:
    """A conversation of any kind; `shared` is Slack Connect. `members` hold the bot where it was invited."""

    id: str
    name: str
    kind: Kind = "channel"
    members: list[str] = field(default_factory=list)
    shared: bool = False
    archived: bool = False
    topic: str = ""

    @property
    def private(self) -> bool:
        """Whether people of the workspace who are not members cannot see it."""
        return self.kind != "channel"

    @property
    def has_bot(self) -> bool:
        """Whether our bot is a member."""
        return BOT_USER in self.members

    def shown(self) -> Json:
        """The object of conversations.info."""
        shown: Json = {"id": self.id, "created": 1700000000, "is_archived": self.archived}
        shown |= {"is_channel": self.kind in ("channel", "group"), "is_group": False}
        shown |= {"is_im": self.kind == "im", "is_mpim": self.kind == "mpim", "is_private": self.private}
        shown |= {"is_shared": self.shared, "is_ext_shared": self.shared, "is_org_shared": False}
        if self.kind == "im":
            return shown | {"user": next((each for each in self.members if each != BOT_USER), "")}
        shown |= {"name": self.name, "name_normalized": self.name, "is_general": self.name == "general"}
        shown |= {"is_member": self.has_bot, "num_members": len(self.members), "context_team_id": TEAM}
        return shown | {"topic": {"value": self.topic}, "purpose": {"value": self.topic}}


@dataclass(slots=True)
class Group:
    """A user group such as @legal."""

    id: str
    handle: str
    users: list[str] = field(default_factory=list)
    disabled: bool = False

    def shown(self, with_users: bool) -> Json:
        """The object of usergroups.list."""
        shown: Json = {"id": self.id, "team_id": TEAM, "is_usergroup": True, "name": self.handle.title()}
        shown |= {"handle": self.handle, "date_delete": 1700000000 if self.disabled else 0}
        shown["user_count"] = len(self.users)
        return shown | ({"users": list(self.users)} if with_users else {})


class Directory:
    """All of them, by id. The bot itself is always there."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {BOT_USER: User(BOT_USER, BOT_NAME, bot=True, bot_id=BOT_ID)}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, Group] = {}

    def user(self, user: object) -> User:
        """A user by id, or Slack's word for one who is not there."""
        if str(user) not in self.users:
            raise SlackError(str(user), "user_not_found")
        return self.users[str(user)]

    def channel(self, channel: object) -> Channel:
        """A conversation by id (a user's id opens the direct message), or channel_not_found."""
        if str(channel) in self.users:
            return self.direct(str(channel))
        if str(channel) not in self.channels:
            raise SlackError(str(channel), "channel_not_found")
        return self.channels[str(channel)]

    def for_bot(self, channel: object) -> Channel:
        """The same as the bot sees it: what is private and without it does not exist."""
        found = self.channel(channel)
        if found.private and not found.has_bot:
            raise SlackError(found.id, "channel_not_found")
        return found

    def direct(self, user: str) -> Channel:
        """The direct message of a user with the bot."""
        found = Channel(f"D{self.user(user).id}", "", "im", [user, BOT_USER])
        return self.channels.setdefault(found.id, found)

    def of(self, user: str) -> Iterator[Channel]:
        """The conversations a user is in."""
        return (each for each in self.channels.values() if user in each.members)

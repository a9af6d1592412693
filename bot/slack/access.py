"""Who will read an answer in Slack, and what all of them may see. Pure: look-ups come in as `People`.

The surface decides, not the asker. In a direct or ephemeral answer the asker reads; in a private channel
every member; in a public channel every employee, for each of them may look in. Where a guest or another
company is present, only public documents are used, or none. Whatever cannot be established counts as the
least: a failed look-up leaves public documents, an unknown surface leaves nothing.

A channel with more than `large` members is not walked through: what every employee may see is used there,
and what was shared with that very channel if it is private. Guests in it are noticed by the channel's own
marks and when they ask, not otherwise.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from retrieval.visibility import ADMINS, EMPLOYEES, PUBLIC, Audience

PersonKind = Literal["member", "guest", "outsider", "bot", "gone"]
ChannelKind = Literal["direct", "private", "public"]
External = Literal["public", "refuse"]
Notice = Literal["", "external", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack. `groups` are handles of user groups."""

    id: str
    kind: PersonKind
    groups: frozenset[str] = frozenset()
    locale: str = "en-US"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation. `external`: another company is, or is about to be, in it. `size` None: not known.

    `joined`: the bot is in it.
    """

    id: str
    kind: ChannelKind
    external: bool = False
    size: int | None = None
    joined: bool = True


class People(Protocol):
    """Look-ups, each None where it failed."""

    def persons(self, users: Sequence[str]) -> tuple[Person | None, ...]:
        """Who these are."""
        ...

    def channel(self, channel: str) -> Channel | None:
        """What this conversation is."""
        ...

    def members(self, channel: str) -> tuple[str, ...] | None:
        """Who is in it."""
        ...


@dataclass(frozen=True, slots=True)
class Surface:
    """Where an answer will be read. `alone`: by the asker only. `external`: the event told of outsiders."""

    asker: str
    channel: str = ""
    alone: bool = False
    external: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What the company decided. `admins` are user ids and group:HANDLE."""

    external: External = "public"
    admins: frozenset[str] = frozenset()
    large: int = 200


@dataclass(frozen=True, slots=True)
class Admission:
    """For whom an answer is written, and what the reader should be told about that."""

    audience: Audience
    notice: Notice = ""


_PUBLIC_ONLY = Admission(Audience.of(), "unknown")


def audience(surface: Surface, people: People, rules: Rules) -> Audience:
    """What everybody who reads the answer may see."""
    return admit(surface, people, rules).audience


def admit(surface: Surface, people: People, rules: Rules) -> Admission:
    """The same, with what there is to say about it."""
    [asker] = people.persons([surface.asker])
    if asker is not None and asker.kind in ("bot", "gone"):
        return Admission(Audience.nobody(), "unknown")
    if surface.alone:
        return _alone(asker, surface, people, rules)
    if not surface.channel:
        return Admission(Audience.nobody(), "unknown")
    channel = people.channel(surface.channel)
    if channel is None or asker is None:
        return _PUBLIC_ONLY
    if channel.kind == "direct":
        return _alone(asker, Surface(surface.asker, alone=True, external=surface.external), people, rules)
    if surface.external or channel.external or asker.kind != "member":
        return _outside(rules)
    return _gathered(channel, people, rules)


def _alone(asker: Person | None, surface: Surface, people: People, rules: Rules) -> Admission:
    if asker is None:
        return _PUBLIC_ONLY
    if surface.external or asker.kind != "member":
        return _outside(rules)
    shared = _own_channel(surface, people) if surface.channel else ()
    return Admission(Audience((holds(asker, rules, shared),)))


def _own_channel(surface: Surface, people: People) -> tuple[str, ...]:
    """The private channel that somebody asks in, if they are a member of it: being named is no grant."""
    channel = people.channel(surface.channel)
    if channel is None or channel.kind != "private" or channel.external:
        return ()
    members = people.members(channel.id)
    return (channel.id,) if members and surface.asker in members else ()


def _gathered(channel: Channel, people: People, rules: Rules) -> Admission:
    if channel.size is not None and channel.size > rules.large:
        shared = {f"channel:{channel.id}"} if channel.kind == "private" else set()
        return Admission(Audience.of(EMPLOYEES, *shared))
    members = people.members(channel.id)
    persons = people.persons(members) if members is not None else (None,)
    if any(person is None for person in persons):
        return _PUBLIC_ONLY
    readers = [person for person in persons if person is not None and person.kind != "bot"]
    if any(reader.kind in ("guest", "outsider") for reader in readers):
        return _outside(rules)
    if not readers:
        return Admission(Audience.nobody(), "unknown")
    if channel.kind == "public":
        return Admission(Audience.of(EMPLOYEES))
    return Admission(_all_of(holds(reader, rules, (channel.id,)) for reader in readers))


def _all_of(readers: Iterable[frozenset[str]]) -> Audience:
    return Audience(tuple(dict.fromkeys(readers)))  # equal readers are one question to the rule


def _outside(rules: Rules) -> Admission:
    if rules.external == "refuse":
        return Admission(Audience.nobody(), "refused")
    return Admission(Audience.of(), "external")


def holds(person: Person, rules: Rules, channels: Iterable[str] = ()) -> frozenset[str]:
    """The principals of one person, asked in these private channels."""
    if person.kind != "member":
        return frozenset({PUBLIC})
    groups = {f"group:{handle}" for handle in person.groups}
    shared = {f"channel:{channel}" for channel in channels}
    admin = {ADMINS} if is_admin(person, rules) else set()
    return frozenset({PUBLIC, EMPLOYEES, f"user:{person.id}"} | groups | shared | admin)


def is_admin(person: Person | None, rules: Rules) -> bool:
    """Whether the company named this person, or a user group they are in, as an administrator."""
    if person is None or person.kind != "member":
        return False
    return bool(rules.admins & {person.id, *(f"group:{handle}" for handle in person.groups)})

import random

import pytest

from bot.slack.access import Channel, Person, Rules, Surface, admit, audience, is_admin
from retrieval.visibility import Audience, may_see

RULES = Rules(admins=frozenset({"UADMIN", "group:owners"}))
HANDLES = ("legal", "board", "owners")
KINDS = ("member", "member", "member", "member", "guest", "outsider", "bot", "gone")
VISIBILITIES = (
    *("public", "employees", "admins", "group:legal", "group:board,user:U1", "user:U0", "user:U2"),
    *("channel:C", "channel:X", "channel:C,group:legal", "user:UADMIN"),
)


class Town:
    """A workspace in a dictionary. What is missing could not be looked up."""

    def __init__(self, persons=(), channels=(), members=None):
        self._persons = {person.id: person for person in persons}
        self._channels = {channel.id: channel for channel in channels}
        self._members = members or {}
        self.walked = []

    def persons(self, users):
        return tuple(self._persons.get(user) for user in users)

    def channel(self, channel):
        return self._channels.get(channel)

    def members(self, channel):
        self.walked.append(channel)
        return self._members.get(channel)


ADA, BEN = Person("U1", "member", frozenset({"legal"})), Person("U2", "member")
GUEST, STRANGER = Person("UG", "guest"), Person("UX", "outsider")
BOT, GONE = Person("UB", "bot"), Person("UD", "gone")
EVERYBODY = (ADA, BEN, GUEST, STRANGER, BOT, GONE)


def town(*members, kind="private", **channel):
    users = tuple(member.id for member in members)
    return Town(EVERYBODY, [Channel("C", kind, **channel)], {"C": users})


def seen(surface, people, rules=RULES):
    found = audience(surface, people, rules)
    return {each for each in VISIBILITIES if may_see(each, found)}


def test_alone_the_asker_counts():
    assert seen(Surface("U1", alone=True), Town(EVERYBODY)) == {
        *("public", "employees", "group:legal", "group:board,user:U1", "channel:C,group:legal")
    }


def test_a_direct_conversation_is_the_askers():
    people = Town(EVERYBODY, [Channel("D", "direct")])
    assert seen(Surface("U1", "D"), people) == seen(Surface("U1", alone=True), people)


def test_a_private_channel_shows_what_all_of_its_members_may_see():
    assert seen(Surface("U1", "C"), town(ADA, BEN)) == {
        *("public", "employees", "channel:C", "channel:C,group:legal")
    }


def test_a_public_channel_shows_what_every_employee_may_see():
    assert seen(Surface("U1", "C"), town(ADA, kind="public")) == {"public", "employees"}


def test_bots_do_not_read():
    assert seen(Surface("U1", "C"), town(ADA, BOT)) == seen(Surface("U1", "C"), town(ADA))


@pytest.mark.parametrize(
    ("kind", "other"),
    [("public", GUEST), ("public", STRANGER), ("private", GUEST), ("private", STRANGER), ("private", GONE)],
)
def test_one_person_from_outside_leaves_public_documents(kind, other):
    assert seen(Surface("U1", "C"), town(ADA, other, kind=kind)) == {"public"}


@pytest.mark.parametrize("kind", ["public", "private"])
@pytest.mark.parametrize("large", [False, True])
def test_a_shared_channel_leaves_public_documents(kind, large):
    people = town(ADA, BEN, kind=kind, external=True, size=5_000 if large else 2)
    assert seen(Surface("U1", "C"), people) == {"public"}
    assert admit(Surface("U1", "C"), people, RULES).notice == "external"


def test_the_event_may_know_more_of_outsiders_than_the_look_up():
    assert seen(Surface("U1", "C", external=True), town(ADA, kind="public")) == {"public"}
    assert seen(Surface("U1", alone=True, external=True), Town(EVERYBODY)) == {"public"}


def test_outsiders_may_be_refused():
    refusing = Rules(external="refuse")
    for people in (town(ADA, GUEST), town(ADA, external=True)):
        assert admit(Surface("U1", "C"), people, refusing).audience == Audience.nobody()
        assert admit(Surface("U1", "C"), people, refusing).notice == "refused"


def test_a_large_channel_is_not_walked_through():
    people = town(ADA, kind="public", size=5_000)
    assert seen(Surface("U1", "C"), people) == {"public", "employees"}
    private = town(ADA, size=201)
    assert seen(Surface("U1", "C"), private) == {"public", "employees", "channel:C", "channel:C,group:legal"}
    assert people.walked == private.walked == []


def test_what_cannot_be_looked_up_leaves_public_documents():
    nobody_known = Town((), [Channel("C", "public")], {"C": ("U1",)})
    channel_unknown = Town(EVERYBODY)
    members_unknown = Town(EVERYBODY, [Channel("C", "private")])
    one_unknown = Town(EVERYBODY, [Channel("C", "private")], {"C": ("U1", "U?")})
    for people in (nobody_known, channel_unknown, members_unknown, one_unknown):
        assert seen(Surface("U1", "C"), people) == {"public"}
        assert admit(Surface("U1", "C"), people, RULES).notice == "unknown"


def test_who_left_a_bot_and_nowhere_see_nothing():
    for surface in (Surface("UD", alone=True), Surface("UB", "C"), Surface("U1")):
        assert audience(surface, town(ADA), RULES) == Audience.nobody()
    assert audience(Surface("U1", "C"), town(BOT), RULES) == Audience.nobody()


def test_being_asked_from_a_private_channel_counts_for_its_members_only():
    asked = Surface("U1", "C", alone=True)
    assert "channel:C" in seen(asked, town(ADA, BEN))
    assert "channel:C" not in seen(asked, town(BEN))
    assert "channel:C" not in seen(asked, town(ADA, kind="public"))
    assert "channel:C" not in seen(asked, Town(EVERYBODY, [Channel("C", "private")]))


def test_administrators_are_named_by_the_company():
    assert is_admin(Person("UADMIN", "member"), RULES)
    assert is_admin(Person("U7", "member", frozenset({"owners"})), RULES)
    assert not is_admin(Person("owners", "member"), RULES)
    assert not is_admin(ADA, RULES)
    assert not is_admin(Person("UADMIN", "guest"), RULES)
    assert not is_admin(None, RULES)


def test_two_thousand_random_cases_agree_with_a_rule_told_another_way():
    chance = random.Random(20_261_126)
    outcomes = [_case(chance) for _ in range(2_000)]
    differences = [case for case, ours, theirs in outcomes if ours != theirs]
    assert not differences
    assert len({frozenset(ours) for _, ours, _ in outcomes}) > 20  # the cases are not all alike


def _case(chance):
    persons = [
        Person(f"U{n}", chance.choice(KINDS), frozenset(h for h in HANDLES if chance.random() < 0.4))
        for n in range(6)
    ]
    known = [person for person in persons if chance.random() < 0.97]
    users = tuple(person.id for person in persons if chance.random() < 0.4)
    external = chance.random() < 0.1
    channel = Channel("C", chance.choice(("direct", "private", "private", "public")), external, len(users))
    members = {"C": users} if chance.random() < 0.95 else {}
    people = Town(known, [channel] if chance.random() < 0.95 else [], members)
    where = chance.choice(("C", "C", "C", ""))
    surface = Surface(f"U{chance.randrange(6)}", where, chance.random() < 0.3, chance.random() < 0.05)
    rules = Rules(chance.choice(("public", "refuse")), RULES.admins, large=4)
    ours = seen(surface, people, rules)
    theirs = {each for each in VISIBILITIES if _brute(each, surface, people, rules)}
    return (surface, persons, channel, members), ours, theirs


def _brute(visibility, surface, people, rules):
    """Reader by reader, without audiences: would anybody who must not read this document read it?"""
    asker = people.persons([surface.asker])[0]
    channel = people.channel(surface.channel) if surface.channel else None
    if asker is not None and asker.kind in ("bot", "gone"):
        return False
    if not surface.alone and not surface.channel:
        return False
    if asker is None or (not surface.alone and channel is None):
        return visibility == "public"
    alone = surface.alone or channel.kind == "direct"
    outside = surface.external or asker.kind != "member" or (not alone and channel.external)
    if outside:
        return visibility == "public" and rules.external == "public"
    if alone:
        own = surface.alone and channel and channel.kind == "private" and not channel.external
        inside = own and surface.asker in (people.members("C") or ())
        return _reads(visibility, asker, rules, "C" if inside else "")
    if channel.size > rules.large:
        allowed = {"public", "employees", *(["channel:C"] if channel.kind == "private" else [])}
        return bool(set(visibility.split(",")) & allowed)
    members = people.members("C")
    readers = people.persons(members) if members is not None else [None]
    if None in readers:
        return visibility == "public"
    readers = [each for each in readers if each.kind != "bot"]
    if any(each.kind in ("guest", "outsider") for each in readers):
        return visibility == "public" and rules.external == "public"
    if channel.kind == "public":
        return bool(readers) and visibility in ("public", "employees")
    return bool(readers) and all(_reads(visibility, each, rules, "C") for each in readers)


def _reads(visibility, person, rules, channel):
    for principal in visibility.split(","):
        kind, _, name = principal.partition(":")
        if principal == "public":
            return True
        if person.kind != "member":
            continue
        if (
            principal == "employees"
            or (kind == "user" and name == person.id)
            or (kind == "group" and name in person.groups)
            or (kind == "channel" and name == channel)
            or (kind == "admins" and (person.id in rules.admins or "owners" in person.groups))
        ):
            return True
    return False

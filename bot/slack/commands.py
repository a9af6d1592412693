"""The slash command and the message shortcut."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.slack import blocks, mrkdwn
from bot.slack.actions import listed
from bot.slack.answering import Answering, Question
from bot.slack.desk import Desk
from bot.slack.kit import Rendered
from bot.slack.place import Place
from bot.slack.private import Confidence, Whisper

_WORDS = ("ask", "sources", "status", "help")
_GERMAN = {"hilfe": "help", "quellen": "sources", "frage": "ask", "zustand": "status"}
_FOLLOW_UPS = "follow-ups"
_WISHES = ("", "on", "off")


@dataclass(frozen=True, slots=True)
class Order:
    """What a command says: the word, and what stands behind it."""

    word: str
    rest: str = ""


def parsed(text: str) -> Order:
    """Read a command. Several words without one of ours in front are a question; a single one is unknown."""
    first, rest = [*text.split(None, 1), "", ""][:2]
    word, rest = _GERMAN.get(first.lower(), first.lower()), rest.strip()
    if not first:
        return Order("help")
    if word == _FOLLOW_UPS and rest.lower() in _WISHES:
        return Order(_FOLLOW_UPS, rest.lower())
    if word == "ask":
        return Order(word, rest) if rest else Order("help")
    if word in _WORDS and not _goes_on(rest):
        return Order(word, rest)
    return Order("ask", text.strip()) if rest or first.endswith("?") else Order("unknown", first)


def _goes_on(rest: str) -> bool:
    """ "help me choose a vendor", "status of OpenAI?": a sentence that begins with a word of ours."""
    return len(rest.split()) > 1 or rest.endswith("?")


def command(desk: Desk, payload: Mapping[str, Any], again: bool) -> str:
    """Answer a slash command; only its sender sees the answer."""
    place = Place.of(payload, str(payload["key"]))
    order = parsed(mrkdwn.read(str(payload["text"]), desk.bot.user))
    whisper = Whisper(desk, place, str(payload["response_url"]))
    if order.word == "ask":
        Confidence(desk, whisper, order.rest).answer()
        return order.word
    locale = desk.locale(place.user)
    if order.word == "sources":
        rendered = listed(desk, place)
    elif order.word == "status":
        admission = desk.admit(place.user, place.channel, alone=True)
        count = len(desk.parts.library.sources(admission.audience))
        rendered = blocks.status(desk.parts.models(), locale, count, desk.is_admin(place.user))
    elif order.word == _FOLLOW_UPS:
        rendered = _follow_ups(desk, place, order.rest)
    elif order.word == "help":
        rendered = blocks.help(locale)
    else:
        rendered = blocks.failure("unknown_command", locale)
    desk.patiently(lambda: whisper.one(rendered))
    return order.word


def _follow_ups(desk: Desk, place: Place, wish: str) -> Rendered:
    """Have follow-ups in this channel answered without a mention, or not; without a wish say how it is."""
    locale, state = desk.locale(place.user), desk.parts.state
    if wish and not _at_home(desk, place):
        return blocks.failure("follow_ups", locale)
    if wish and state.follow_ups(place.channel) is not (wish == "on"):
        state.set_follow_ups(place.channel, wish == "on")
        state.audit(place.user, f"follow-ups {wish}", f"channel {place.channel}")
    return blocks.follow_ups(locale, desk.follows(place.channel))


def _at_home(desk: Desk, place: Place) -> bool:
    """Whether somebody is an employee and a member of the channel: what is not known counts as no."""
    person, channel = desk.people.person(place.user), desk.people.channel(place.channel)
    if person is None or person.kind != "member" or channel is None or channel.kind == "direct":
        return False
    return place.user in (desk.people.members(place.channel) or ())


def shortcut(desk: Desk, payload: Mapping[str, Any], again: bool) -> str:
    """Take a message as the question: answered in its thread, or in private where we are not a member."""
    question = Question.of(payload, desk.bot.user, again)
    channel = desk.people.channel(question.place.channel)
    if channel is not None and channel.joined:
        place = replace(question.place, direct=channel.kind == "direct")
        return str(Answering(desk, replace(question, place=place)).work())
    whisper = Whisper(desk, question.place, str(payload["response_url"]))
    Confidence(desk, whisper, question.text, files=question.files).answer()
    return "answered privately"

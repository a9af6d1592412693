"""The App Home, the suggested prompts of the messages tab, and the two small windows."""

from collections.abc import Mapping
from typing import Any

from bot.slack import blocks, clicks
from bot.slack.access import is_admin
from bot.slack.desk import Desk
from bot.slack.place import Place
from bot.slack.private import Whisper
from bot.slack.texts import Locale, locale_of

_UNANSWERED = 30


def opened(desk: Desk, user: str, channel: str, tab: str) -> None:
    """Somebody opened the app: show them their home page, or what they could ask."""
    person = desk.people.person(user)
    locale = locale_of(person.locale if person else "")
    if tab == "messages":
        desk.slack.attempt(
            "assistant.threads.setSuggestedPrompts", channel_id=channel, prompts=blocks.prompts(locale)
        )
        return
    desk.slack.call("views.publish", user_id=user, view=_home(desk, user, locale))


def _home(desk: Desk, user: str, locale: Locale) -> Mapping[str, Any]:
    parts = desk.parts
    admission = desk.admit(user, "", alone=True)
    sources = parts.library.sources(admission.audience)
    recent = sorted(sources, key=lambda each: (each.published is not None, each.published), reverse=True)
    if not is_admin(desk.people.person(user), desk.rules):
        return blocks.home.view(recent, locale)
    unanswered = [each.question for each in parts.state.unanswered(_UNANSWERED)]
    return blocks.home.view(recent, locale, blocks.home.Overview(parts.models(), unanswered, sources))


def judged(desk: Desk, payload: Mapping[str, Any], trigger: str) -> None:
    """Keep what somebody thinks of an answer. Who did not find it helpful is asked for a reason."""
    place = Place.of(payload, str(payload["key"]))
    verdict, answer_id = clicks.verdict_of(str(payload["value"]))
    if not verdict:
        return
    desk.parts.state.feedback(answer_id, place.user, "helpful" if verdict == "helpful" else "not_helpful")
    whisper = Whisper(desk, place, str(payload["response_url"]))
    desk.soon(lambda: _after(desk, whisper, verdict, answer_id, trigger), "asking for a reason")


def _after(desk: Desk, whisper: Whisper, verdict: str, answer_id: str, trigger: str) -> None:
    locale = desk.locale(whisper.place.user)
    window = blocks.modals.reason(answer_id, locale)
    asked = verdict != "helpful" and desk.slack.attempt("views.open", trigger_id=trigger, view=window)
    if not asked:
        whisper.one(blocks.thanks(locale))


def reason_given(desk: Desk, user: str, view: Mapping[str, Any]) -> None:
    """Keep the reason with the opinion."""
    answer_id, reason = blocks.modals.reason_of(view)
    if answer_id:
        desk.parts.state.feedback(answer_id, user, "not_helpful", reason)

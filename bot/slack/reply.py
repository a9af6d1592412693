"""The answer in its thread: one message, or several for a long one, each posted once whatever happens.

Every message bears a key. Before it is posted a second time, after a crash or a lost connection, the thread
is searched for that key. A message that exists is changed, so that an answer replaces its own draft, and an
edited question its own answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.errors import SlackError
from bot.slack import threads
from bot.slack.intake import Bot
from bot.slack.kit import Rendered
from bot.slack.pacing import Slack
from bot.slack.place import Place

Render = Callable[[bool], Sequence[Rendered]]  # plain or not -> the messages

# Slack does not like how it looks: plainer, then.
_UNFIT: Final = frozenset(
    {
        *("invalid_blocks", "msg_blocks_too_long", "msg_too_long", "invalid_blocks_format"),
        *("invalid_attachments", "too_many_attachments", "invalid_arguments", "invalid_arg_name"),
        *("block_mismatch", "no_text", "invalid_metadata_format", "metadata_too_large"),
    }
)
_STREAMS: Final = "streaming_state_conflict"
# The message cannot be changed: another one, then.
_FIXED: Final = frozenset(
    {
        *("message_not_found", "cant_update_message", "edit_window_closed", _STREAMS),
        *("is_inactive", "update_failed", "unknown_method"),
    }
)
# The conversation is closed to us: to the asker directly, then.
_CLOSED: Final = frozenset(
    {
        *(
            "not_in_channel",
            "channel_not_found",
            "is_archived",
            "restricted_action",
            "restricted_action_thread",
        ),
        *("restricted_action_read_only_channel", "restricted_action_non_threadable_channel"),
        *("restricted_action_thread_only_channel", "user_is_restricted"),
    }
)
_GONE: Final = frozenset({"thread_not_found", "cannot_reply_to_message"})
_TEXT_ONLY: Final = 3_800


@dataclass(slots=True)
class Reply:
    """Posts the answer of one place. `begun` is told of its first message; `known` are messages by number."""

    slack: Slack
    bot: Bot
    place: Place
    begun: Callable[[str], None]
    known: dict[int, str] = field(default_factory=dict)
    strict: bool = False  # never to the asker directly where the conversation is closed to us

    def recall(self, bound: str, taken: Callable[[str], bool]) -> None:
        """Find what stands there already, after a crash or for an edited question.

        `bound`: the message we remember. `taken`: whether a message is known to answer something else.
        """
        found = threads.ours(self.slack, self.bot, self.place)
        for number in range(len(found.marked) + 1):
            if ts := found.marked.get(self.place.mark(number)):
                self.known[number] = ts
        loose = [ts for ts in found.unmarked if not taken(ts)]  # a stream that a crash cut short
        first = self.known.get(0) or bound or (loose[0] if loose else "")
        if first:
            self.known[0] = first
            self.slack.insist("chat.stopStream", channel=self.place.channel, ts=first)

    def stray(self, taken: Callable[[str], bool]) -> str:
        """A message of ours that bears no key and answers nothing else: a stream that began unseen."""
        found = threads.ours(self.slack, self.bot, self.place)
        return next((ts for ts in reversed(found.unmarked) if not taken(ts)), "")

    def say(self, render: Render) -> str:
        """Post or update; plainer where Slack refuses the layout. The first message's time."""
        for plain in (False, True):
            try:
                return self._all(render(plain))
            except SlackError as error:
                if error.problem not in _UNFIT:
                    raise
        return self._all([Rendered(each.text[:_TEXT_ONLY], ()) for each in render(True)])

    def _all(self, rendered: Sequence[Rendered]) -> str:
        for number, each in enumerate(rendered):
            self.known[number] = self._put(number, each)
            if number == 0:
                self.begun(self.known[0])
        for surplus in [number for number in self.known if number >= len(rendered)]:
            self.slack.attempt("chat.delete", channel=self.place.channel, ts=self.known.pop(surplus))
        return self.known.get(0, "")

    def _put(self, number: int, rendered: Rendered) -> str:
        message = {**_content(rendered), "metadata": self.place.metadata(number)}
        if ts := self.known.get(number):
            if self._changed(ts, message):
                return ts
            # It would stand beside its successor: half an answer, or an old one.
            self.slack.attempt("chat.delete", channel=self.place.channel, ts=ts)
        return self._post(number, message)

    def _changed(self, ts: str, message: dict[str, Any]) -> bool:
        """Change a message; False where it cannot be changed. A stream that did not end is ended first."""
        for running in (True, False):
            try:
                self.slack.call("chat.update", channel=self.place.channel, ts=ts, **message)
            except SlackError as error:
                if error.problem not in _FIXED | _CLOSED:
                    raise
                if error.problem != _STREAMS or not running:
                    return False
                self.slack.insist("chat.stopStream", channel=self.place.channel, ts=ts)
            else:
                return True
        return False

    def _post(self, number: int, message: dict[str, Any]) -> str:
        place = self.place
        try:
            answer = self.slack.call(
                "chat.postMessage",
                found=lambda: self._posted(number),
                channel=place.channel,
                thread_ts=place.thread or None,
                **message,
            )
        except SlackError as error:
            if error.problem in _GONE:
                return ""  # the question was deleted: there is nobody to answer
            if error.problem not in _CLOSED or place.direct or self.strict:
                raise
            return self._directly(message)
        return str(answer.get("ts", ""))

    def _posted(self, number: int) -> dict[str, Any] | None:
        """The message, if it arrived although Slack's answer did not."""
        found = threads.ours(self.slack, self.bot, self.place).marked.get(self.place.mark(number))
        return {"ts": found} if found else None

    def _directly(self, message: dict[str, Any]) -> str:
        opened = self.slack.call("conversations.open", users=self.place.user)
        channel = (opened.get("channel") or {}).get("id")
        self.slack.call("chat.postMessage", channel=channel, **message)
        return ""


def _content(rendered: Rendered) -> dict[str, Any]:
    return {"text": rendered.text, "blocks": list(rendered.blocks)}

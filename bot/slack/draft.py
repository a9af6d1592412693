"""What a reader sees while an answer is being written: a stream, or else a message that is edited.

Every step may fail without harm: bot.slack.reply posts the answer itself, whatever became of the draft.
"""

import re
import time
from collections.abc import Callable
from typing import Any, Final

from bot.errors import SlackError
from bot.slack import mrkdwn
from bot.slack.pacing import Slack
from bot.slack.place import Place
from bot.types import Delta, Event, Writing

APPEND_GAP_S: Final = 0.7  # between two batches of a stream
EDIT_GAP_S: Final = 3.0  # between two edits of a message
MOST_CHARACTERS: Final = 11_000  # of a draft: Slack takes 12,000 of Markdown
_MARKS: Final = re.compile(
    r"\[p\d{1,3}(?:[,;\s]+p\d{1,3})*(?:\](?![(:\[])[ \t]?|[,;\s]*p?\Z)|\[(?:p\d{0,3})?\Z"
)


class Draft:
    """The provisional text of one answer. `ts` is its message, once there is one."""

    def __init__(
        self,
        slack: Slack,
        place: Place,
        begun: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        ts: str = "",
        find: Callable[[], str] = lambda: "",
    ) -> None:
        self.ts = ts  # of an answer that stands there already: it is edited
        self._slack = slack
        self._place = place
        self._begun = begun
        self._find = find  # looks for a stream that began although Slack's answer was lost
        self._clock = clock
        self._text = ""  # all that the writer has said
        self._shown = ""  # all of it that the reader has seen, as shown
        self._streaming = False
        self.label = ""  # Markdown that stands above it: that nobody has checked it yet
        self.lost = False  # nothing is shown, or we do not know: the reply looks before it posts
        self._last = float("-inf")

    def event(self, event: Event) -> None:
        """Follow the writer."""
        if isinstance(event, Writing):
            self._restart()
        elif isinstance(event, Delta) and not self.lost:
            self._text += event.text
            self._show()

    def close(self) -> None:
        """End the stream, if one is open, so that its message can be changed."""
        if self._streaming:
            self._streaming = False
            self._slack.insist(
                "chat.stopStream", channel=self._place.channel, ts=self.ts, session_status="processing"
            )

    def _restart(self) -> None:
        """Somebody else writes now: what was shown is void, and gives way to the new text."""
        self.close()
        self._text = ""
        if self.ts:
            self._last = float("-inf")

    def _show(self) -> None:
        gap = APPEND_GAP_S if self._streaming else EDIT_GAP_S if self.ts else 0
        if self._clock() - self._last < gap:
            return
        written = mrkdwn.draft(unmarked(self._text))
        text = self.label + written
        if written.strip() and text != self._shown and len(text) <= MOST_CHARACTERS:
            self._write(text)
            self._last = self._clock()

    def _write(self, text: str) -> None:
        if not self.ts:
            self._begin(text)
        elif not self._streaming or not self._append(text):
            self._edit(text)
        self._shown = text

    def _begin(self, text: str) -> None:
        place = self._place
        answer = self._slack.attempt(
            "chat.startStream",
            self._there,
            channel=place.channel,
            thread_ts=place.thread,
            markdown_text=text,
            recipient_team_id=place.team,
            recipient_user_id=place.user,
        )
        self._streaming = answer is not None
        if answer is None:
            answer = self._post(text)
        if answer is None:
            self.lost = True
            return
        self.ts = str(answer.get("ts", ""))
        self._begun(self.ts)

    def _there(self) -> dict[str, Any] | None:
        ts = self._find()
        return {"ts": ts} if ts else None

    def _post(self, text: str) -> dict[str, object] | None:
        place = self._place
        try:
            return self._slack.call(
                "chat.postMessage",
                tries=1,
                channel=place.channel,
                thread_ts=place.thread,
                metadata=place.metadata(),
                **_message(text),
            )
        except SlackError:
            return None  # it may be there nevertheless: the answer will look for it

    def _append(self, text: str) -> bool:
        """Add what is new to the stream; False when the stream is over, which Slack does after minutes."""
        if text.startswith(self._shown):
            new = text[len(self._shown) :]
            place = self._place
            if self._slack.attempt("chat.appendStream", channel=place.channel, ts=self.ts, markdown_text=new):
                return True
        self.close()
        return False

    def _edit(self, text: str) -> None:
        self._slack.attempt("chat.update", channel=self._place.channel, ts=self.ts, **_message(text))


def unmarked(text: str) -> str:
    """Without the marks of passages, [p1], also half ones: the answer has numbers instead."""
    return _MARKS.sub("", text)


def _message(text: str) -> dict[str, Any]:
    return {"text": text[:3_000], "blocks": [{"type": "markdown", "text": text}]}

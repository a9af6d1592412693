"""Where an answer goes: the conversation, the thread and the question of one answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

EVENT: Final = "strategist_answer"  # the type of the metadata that marks our answers


@dataclass(frozen=True, slots=True)
class Place:
    """`key` is what the answer is known by in Slack and here; `ts` is the message (or click) that asked.

    `since`: from when on the answer may stand there already; from `ts` on, if it is empty.
    """

    key: str
    team: str
    channel: str
    thread: str
    ts: str
    user: str
    direct: bool = False
    since: str = ""

    @classmethod
    def of(cls, payload: Mapping[str, Any], key: str) -> "Place":
        """The place of an accepted question."""
        team, channel, thread, ts, user = (
            str(payload[name]) for name in ("team", "channel", "thread", "ts", "user")
        )
        return cls(key, team, channel, thread, ts, user, bool(payload.get("direct")))

    @property
    def id(self) -> str:
        """The id under which the answer is kept."""
        return sha256(self.key.encode()).hexdigest()[:16]

    def mark(self, number: int = 0) -> str:
        """The key of the answer's n-th message."""
        return f"{self.key}#{number}" if number else self.key

    def metadata(self, number: int = 0) -> dict[str, Any]:
        """What marks the n-th message of this answer, for us to find it again. Nothing secret is in it."""
        return {"event_type": EVENT, "event_payload": {"key": self.mark(number)}}


def marked(message: Mapping[str, Any]) -> str:
    """The key in a message's metadata, if it is one of our answers."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT:
        return ""
    return str((metadata.get("event_payload") or {}).get("key", ""))

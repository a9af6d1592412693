"""What a channel has chosen for itself."""

from sqlalchemy import select

from bot.state.store import Room, put
from bot.state.tables import channels


class Channels(Room):
    """One setting so far: whether follow-ups in a thread are answered without a new mention."""

    def follow_ups(self, channel: str) -> bool | None:
        """What the channel chose; None where it did not."""
        query = select(channels.c.follow_ups).where(channels.c.channel == channel)
        with self._store.reading() as connection:
            return connection.execute(query).scalar()

    def set_follow_ups(self, channel: str, on: bool) -> None:
        """Choose."""
        with self._store.writing() as connection:
            put(connection, channels, {"channel": channel, "follow_ups": on}, replace=True)

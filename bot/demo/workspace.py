"""A Slack workspace on loopback: its Web API, Socket Mode or signed posts, and people that act in it."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self

from bot.demo import streams
from bot.demo.deliveries import Courier, Delivery, Parcel, Rules
from bot.demo.directory import BOT_ID, BOT_USER, Channel, Group, User
from bot.demo.doors import Doors
from bot.demo.events import envelope
from bot.demo.limits import Fault, Limits
from bot.demo.messages import shown
from bot.demo.people import Person
from bot.demo.request_url import RequestUrl
from bot.demo.server import Answer, Server
from bot.demo.sockets import Sockets
from bot.demo.world import Call, Status, World
from bot.errors import SlackError

Json = dict[str, Any]


class Workspace:
    """The whole of it. Everything listens on 127.0.0.1 only; `stop` ends every thread and closes every port.

    What is simulated: the Web API methods and limits that a question-answering bot meets, streams that
    expire, sessions with Stop, Socket Mode with acknowledgements, redelivery and one-of-N, signed posts.
    What is not: OAuth, search, canvases, scheduled messages, uploads by the app, more than one app.
    """

    bot_user, bot_id = BOT_USER, BOT_ID

    def __init__(self, port: int = 0) -> None:
        self.world = World()
        self.rules = Rules()
        self.courier = Courier(self.rules, self.world.touch)
        self.sockets = Sockets(self.courier.acked, self._arrived)
        self.courier.carrier = self.sockets
        self._posts: list[RequestUrl] = []
        self._over = threading.Event()
        self.page_url = ""  # where people look at it in a browser
        self._routes: dict[str, Answer] = dict(Doors(self.world, self._over).routes)
        try:
            self._server = Server(self._routes, port)
        except OSError as error:
            self._stop_couriers()
            place = f"127.0.0.1:{port}"
            raise SlackError(place, "this port is taken or not allowed", "Choose another one") from error
        self.world.base_url = f"http://127.0.0.1:{self._server.port}"
        self.world.connect, self.world.send = self.sockets.address, self.courier.send

    @classmethod
    def start(cls, port: int = 0) -> Self:
        """A workspace that runs. Port 0: any free one."""
        return cls(port)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End everything; once is enough."""
        if self._over.is_set():
            return
        self._over.set()
        self.world.touch()
        self._server.stop()
        self._stop_couriers()

    def _stop_couriers(self) -> None:
        self.courier.stop()
        self.sockets.stop()
        for each in self._posts:
            each.stop()

    @property
    def api_url(self) -> str:
        """What a client takes as its base_url."""
        return f"{self.world.base_url}/api/"

    @property
    def port(self) -> int:
        """The port of the Web API."""
        return self._server.port

    @property
    def bot_token(self) -> str:
        """The bot's token (xoxb)."""
        return self.world.bot_token

    @property
    def app_token(self) -> str:
        """The app's token for Socket Mode (xapp)."""
        return self.world.app_token

    @property
    def signing_secret(self) -> str:
        """What signs posts to the request URL."""
        return self.world.signing_secret

    @property
    def limits(self) -> Limits:
        """The knobs: stream_lifetime, trigger_lifetime, largest_message, pace."""
        return self.world.limits

    @property
    def scopes(self) -> set[str]:
        """The app's scopes; take one away to see missing_scope."""
        return self.world.scopes

    @scopes.setter
    def scopes(self, scopes: Iterable[str]) -> None:
        self.world.scopes = set(scopes)

    @property
    def subscriptions(self) -> set[str]:
        """The events that the app hears."""
        return self.world.subscriptions

    @subscriptions.setter
    def subscriptions(self, events: Iterable[str]) -> None:
        self.world.subscriptions = set(events)

    # -- who is there ----------------------------------------------------------------------------------

    def add_user(self, id: str, name: str = "", **traits: Any) -> Person:  # noqa: ANN401 - fields of User
        """Add a person (or, with bot=True, another bot): locale, restricted, stranger, team, admin, ..."""
        user = User(id, name or id, **traits)
        if user.bot and not user.bot_id:
            user.bot_id = f"B{id.removeprefix('U')}"
        with self.world.lock:
            self.world.directory.users[id] = user
            self.world.touch()
        return self.person(id)

    def add_channel(
        self,
        id: str,
        name: str = "",
        private: bool = False,
        members: Sequence[str] = (),
        shared: bool = False,
        *,
        bot: bool = True,
        group_dm: bool = False,
    ) -> Channel:
        """Add a channel; `bot=False` leaves our bot outside."""
        inside = [*members, *([BOT_USER] if bot and BOT_USER not in members else [])]
        kind = "mpim" if group_dm else "group" if private else "channel"
        with self.world.lock:
            channel = Channel(id, name or id.lower(), kind, inside, shared)  # type: ignore[arg-type]
            self.world.directory.channels[id] = channel
            self.world.touch()
        return channel

    def add_group(self, id: str, handle: str, users: Sequence[str] = ()) -> Group:
        """Add a user group."""
        with self.world.lock:
            group = self.world.directory.groups[id] = Group(id, handle, list(users))
        return group

    def person(self, id: str) -> Person:
        """Somebody who acts."""
        self.world.directory.user(id)
        return Person(id, self.world, lambda: self.rules.ack_within)

    # -- what is there to see --------------------------------------------------------------------------

    def messages(self, channel: str, thread: str | None = None) -> list[Json]:
        """Messages of a channel or of one thread, oldest first, with metadata and `channel`."""
        with self.world.lock:
            place = self.world.directory.channel(channel).id
            store = self.world.messages
            found = store.thread(place, thread) if thread else store.history(place)[::-1]
            for each in found:
                streams.expire(self.world, each)
            return [_seen(each) | {"channel": place} for each in found]

    def ephemerals(self, user: str) -> list[Json]:
        """What only this person was shown, oldest first."""
        with self.world.lock:
            return [dict(each) for each in self.world.messages.hidden if each["ephemeral_to"] == user]

    def home(self, user: str) -> Json | None:
        """The home page that was published for a user."""
        with self.world.lock:
            return self.world.homes.get(user)

    @property
    def views(self) -> list[Json]:
        """Open modals, the newest last."""
        with self.world.lock:
            return [dict(each) for each in self.world.views.values()]

    @property
    def statuses(self) -> list[Status]:
        """Every status that was set, in order."""
        with self.world.lock:
            return list(self.world.statuses)

    def session(self, channel: str, thread: str) -> str:
        """The session status of a thread ("" without one)."""
        with self.world.lock:
            return self.world.sessions.get((self.world.directory.channel(channel).id, thread), "")

    def status(self, channel: str, thread: str) -> str:
        """The words that stand under a thread now ("" without any)."""
        with self.world.lock:
            return self.world.status.get((self.world.directory.channel(channel).id, thread), "")

    def calls(self, method: str | None = None) -> list[Call]:
        """Calls of the Web API in order: all, or those of one method."""
        with self.world.lock:
            return [each for each in self.world.calls if method in (None, each.method)]

    @property
    def log(self) -> list[Delivery]:
        """Every attempt to hand something to the app, in order."""
        return self.courier.delivered()

    def forget(self, most: int) -> None:
        """Remember only so many calls and deliveries from now on: for a workspace that runs long."""
        with self.world.lock:
            self.world.calls = deque(self.world.calls, most)
            self.world.statuses = deque(self.world.statuses, most)
        self.courier.forget(most)

    def wait_for(self, holds: Callable[[], object], seconds: float = 5.0) -> bool:
        """Wait until something holds, asked again whenever anything changes. False: it did not in time."""
        return self.world.wait(holds, seconds)

    # -- what goes wrong -------------------------------------------------------------------------------

    def fail(
        self,
        method: str,
        status: int = 429,
        error: str = "ratelimited",
        retry_after: float = 1,
        times: int = 1,
        *,
        done: bool = False,
        hang: float = 0.0,
    ) -> None:
        """Let the next calls of a method ("*": any) fail. `done`: carried out, only the answer is lost."""
        with self.world.lock:
            self.limits.faults.append(Fault(method, status, error, retry_after, times, done, hang))

    def forbid(self, *methods: str) -> None:
        """Let methods be unknown, as on other emulators."""
        self.limits.forbidden.update(methods)

    def disconnect(self, reason: str = "refresh_requested", after: float = 0.5) -> None:
        """Ask all sockets to move on ("warning" | "refresh_requested" | "link_disabled")."""
        self.sockets.disconnect(reason, after)

    def drop(self) -> None:
        """Cut all sockets without a word."""
        self.sockets.drop()

    @property
    def redeliver(self) -> int:
        """How many times more each event is delivered although it was acknowledged."""
        return self.rules.again

    @redeliver.setter
    def redeliver(self, times: int) -> None:
        self.rules.again = times

    def hold(self) -> None:
        """Keep events back until `release`."""
        self.courier.hold()

    def release(self, order: Callable[[list[Parcel]], Sequence[Parcel]] = list) -> int:
        """Let held events go in an order of one's own; a parcel named twice goes twice."""
        return self.courier.release(order)

    def deliver(self, event: Json, **over: object) -> Parcel:
        """Hand an event of one's own to the app; `over` replaces fields of its envelope."""
        channel = self.world.directory.channels.get(str(event.get("channel")))
        return self.courier.send("events_api", envelope(event, channel, **over))

    def deliver_http(self, url: str) -> bool:
        """HTTP mode from now on. Whether the URL gave Slack's challenge back."""
        post = RequestUrl(
            url, self.signing_secret, self.rules.ack_within, self.courier.acked, self.courier.failed
        )
        self._posts.append(post)
        verified = post.verify()
        self.courier.carrier = post
        self._arrived()
        return verified

    @property
    def connected(self) -> bool:
        """Whether an app is there to hear."""
        return self.courier.carrier is not self.sockets or self.sockets.count() > 0

    @property
    def over(self) -> bool:
        """Whether it is stopped, or about to."""
        return self._over.is_set()

    def route(self, head: str, answer: Answer) -> None:
        """Let somebody else answer what is asked under a path."""
        self._routes[head] = answer

    def _arrived(self) -> None:
        self.courier.arrived()
        self.world.touch()


def _seen(message: Json) -> Json:
    """A message as a reader sees it: with the state of its stream."""
    state = message.get("streaming_state")
    return shown(message, metadata=True) | ({"streaming_state": state} if state else {})

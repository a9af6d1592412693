"""People that act: they write, edit, click, open modals and press Stop, and see what comes back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.demo import events, files, streams, views
from bot.demo.blocks import elements
from bot.demo.deliveries import Parcel
from bot.demo.directory import Channel
from bot.demo.messages import said
from bot.demo.responses import answered
from bot.demo.world import World
from bot.errors import SlackError

Json = dict[str, Any]
File = tuple[str, bytes]  # name and content


@dataclass(frozen=True, slots=True)
class Response:
    """How the app took a click, a command or a modal: in time or not, and what it said with it."""

    acked: bool
    latency: float | None = None
    payload: Json = field(default_factory=dict)
    error: str = ""  # what Slack tells the person: "operation_timeout", "dispatch_failed"

    @property
    def text(self) -> str:
        """The text of an immediate answer."""
        return str(self.payload.get("text", ""))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace. All texts are as Slack writes them on the wire (`<@UBOT>`, `&lt;`)."""

    id: str
    world: World
    patience: Callable[[], float]  # seconds that Slack waits for an answer to a click

    def says(self, channel: str, text: str, thread: str | None = None, files: Sequence[File] = ()) -> str:
        """Write a message; its time stamp comes back."""
        with self.world.lock:
            place = self._inside(channel)
            head = self.world.messages.head(place.id, thread) if thread else None
            message = said(self.world.directory.user(self.id), text, head, self._kept(files))
            self.world.messages.add(place.id, message)
            events.message(self.world, place, message)
            self.world.touch()
            return str(message["ts"])

    def dm(self, text: str, thread: str | None = None, files: Sequence[File] = ()) -> str:
        """Write to the bot directly."""
        return self.says(self.direct, text, thread, files)

    @property
    def direct(self) -> str:
        """The id of the direct message with the bot."""
        with self.world.lock:
            return self.world.directory.direct(self.id).id

    def edits(self, channel: str, ts: str, text: str) -> None:
        """Change an own message."""
        with self.world.lock:
            place, message = self._own(channel, ts)
            new = said(self.world.directory.user(self.id), text)
            old = dict(message)
            edited = {"user": self.id, "ts": self.world.messages.clock.ts()}
            message |= {"text": text, "blocks": new.get("blocks", []), "edited": edited}
            events.changed(self.world, place, message, old)
            self.world.touch()

    def deletes(self, channel: str, ts: str) -> None:
        """Take an own message back."""
        with self.world.lock:
            place, _ = self._own(channel, ts)
            events.deleted(self.world, place, self.world.messages.remove(place.id, ts))
            self.world.touch()

    def joins(self, channel: str) -> None:
        """Become a member; Slack says so in the channel."""
        with self.world.lock:
            place = self.world.directory.channel(channel)
            if self.id in place.members:
                return
            place.members.append(self.id)
            text = f"<@{self.id}> has joined the channel"
            message: Json = {"type": "message", "subtype": "channel_join", "user": self.id, "text": text}
            self.world.messages.add(place.id, message)
            events.message(self.world, place, message)
            self.world.touch()

    def slash(self, command: str, text: str = "", channel: str | None = None) -> Response:
        """Give a slash command; an immediate text is shown to this person alone, or to all."""
        with self.world.lock:
            place = self._inside(channel or self.direct)
            user = self.world.directory.user(self.id)
            payload = events.command(self.world, user, command, text, place)
        response = self._sent("slash_commands", payload)
        if response.payload.get("text") or response.payload.get("blocks"):
            with self.world.lock:
                token = payload["response_url"].rpartition("/")[2]
                answered(self.world, self.world.hooks[token], response.payload)
        return response

    def clicks(self, message: Json, action_id: str, value: str | None = None) -> Response:
        """Click a button (or choose `value`) in a message, a modal or the home page."""
        with self.world.lock:
            user = self.world.directory.user(self.id)
            action = pressed(message.get("blocks", ()), action_id, value, self.world.messages.clock.ts())
            if "ts" in message:
                place = self.world.directory.channel(message["channel"])
                found = self._seen(place, message)
                payload = events.block_actions(self.world, user, action, found, place)
            else:
                payload = events.view_actions(self.world, user, action, views.public(message))
        return self._sent("interactive", payload)

    def submits(self, view: Json, values: Mapping[str, Any] | None = None) -> Response:
        """Send a modal off with values by block_id or action_id; it closes unless the app says otherwise."""
        with self.world.lock:
            view = self.world.views.get(view["id"], view)
            state = {"state": {"values": filled(view, values or {})}}
            user = self.world.directory.user(self.id)
            payload = events.view_submission(self.world, user, views.public(view) | state)
        response = self._sent("interactive", payload)
        if response.acked:
            with self.world.lock:
                self._after(view, response.payload)
                self.world.touch()
        return response

    def shortcut(self, callback_id: str, channel: str, ts: str) -> Response:
        """Choose a shortcut in the menu of a message."""
        with self.world.lock:
            place = self._inside(channel)
            message = self.world.messages.find(place.id, ts)
            user = self.world.directory.user(self.id)
            payload = events.shortcut(self.world, user, callback_id, message, place)
        return self._sent("interactive", payload)

    def stops(self, channel: str, thread: str) -> bool:
        """Press Stop. There is such a button only while the session is processing: False without it."""
        with self.world.lock:
            place = self._inside(channel)
            head = self.world.messages.head(place.id, thread)
            if self.world.sessions.get((place.id, head)) != "processing":
                return False
            running = [
                each for each in self.world.messages.thread(place.id, head) if _streams(self.world, each)
            ]
            ids = [each["ts"] for each in running]
            events.stopped(self.world, self.id, place.id, head, ids)
            return True

    def opens_home(self, tab: str = "home") -> None:
        """Open the app's page: its home, or its messages."""
        with self.world.lock:
            direct = self.world.directory.direct(self.id)
            events.home_opened(self.world, self.id, tab, direct)

    def context_changed(self, *entities: Json) -> None:
        """Look at something else with the app open beside it."""
        with self.world.lock:
            direct = self.world.directory.direct(self.id)
            events.context_changed(self.world, self.id, direct, list(entities))

    def _sent(self, kind: str, payload: Json) -> Response:
        parcel = self.world.send(kind, payload)
        if not isinstance(parcel, Parcel) or not parcel.done.wait(self.patience()):
            return Response(False, error="operation_timeout")
        delivery = parcel.acked
        if delivery is None:
            return Response(False, error="dispatch_failed")
        return Response(True, delivery.latency, delivery.answer)

    def _kept(self, attached: Sequence[File]) -> tuple[Json, ...]:
        return tuple(files.kept(self.world, name, content, self.id) for name, content in attached)

    def _inside(self, channel: str) -> Channel:
        found = self.world.directory.channel(channel)
        if self.id not in found.members:
            raise SlackError(f"{self.id} in {found.id}", "not_in_channel")
        return found

    def _own(self, channel: str, ts: str) -> tuple[Channel, Json]:
        place = self._inside(channel)
        message = self.world.messages.find(place.id, ts)
        if message["user"] != self.id:
            raise SlackError(ts, "cant_update_message")
        return place, message

    def _seen(self, place: Channel, message: Json) -> Json:
        """The message as it is kept: in the channel, or among what only this person sees."""
        for each in self.world.messages.hidden:
            if each["ts"] == message["ts"] and each["ephemeral_to"] == self.id:
                return each
        self._inside(place.id)
        return self.world.messages.find(place.id, message["ts"])

    def _after(self, view: Json, told: Json) -> None:
        action = told.get("response_action")
        if action == "errors":
            return
        if action == "update":
            views.replaced(self.world, view, told.get("view"))
        elif action == "push":
            new = views.checked(self.world, told.get("view"), "modal")
            new |= {"user": self.id, "root_view_id": view["root_view_id"], "previous_view_id": view["id"]}
            self.world.views[new["id"]] = new
        else:
            root = view.get("root_view_id") if action == "clear" else None
            for each in list(self.world.views.values()):
                if each["id"] == view["id"] or (root and each["root_view_id"] == root):
                    del self.world.views[each["id"]]


def _streams(world: World, message: Json) -> bool:
    streams.expire(world, message)
    return message.get("streaming_state") == "in_progress"


def pressed(blocks: Sequence[Json], action_id: str, value: str | None, at: str) -> Json:
    """The action of a click on an element, found by its action_id; by its value where several share it."""
    found = [(block, each) for block, each in elements(blocks) if each["action_id"] == action_id]
    if not found:
        raise SlackError(action_id, "no such action_id in these blocks")
    fitting = [pair for pair in found if value is not None and pair[1].get("value") == value]
    block, element = (fitting or found)[0]
    action: Json = {"type": element["type"], "action_id": action_id, "block_id": block.get("block_id")}
    action["action_ts"] = at
    return action | _chosen(element, value)


def _chosen(element: Json, value: str | None) -> Json:
    if element["type"] == "feedback_buttons":
        buttons = [element["positive_button"], element["negative_button"]]
        button = next((each for each in buttons if each["value"] == value), None)
        if button is None:
            raise SlackError(str(value), "no such feedback button")
        return {"text": button["text"], "value": button["value"]}
    if "options" in element:
        option = next((each for each in element["options"] if each["value"] == value), None)
        if option is None:
            raise SlackError(str(value), "no such option")
        return {"selected_option": option}
    keep = ("text", "value", "url", "icon")
    return {key: element[key] for key in keep if key in element}


def filled(view: Json, values: Mapping[str, Any]) -> Json:
    """The state of a modal's inputs. `values` are what was typed or chosen, by block_id or action_id."""
    state: Json = {}
    for block, element in elements(view.get("blocks", ())):
        kept = state.setdefault(block["block_id"], {})
        value = values.get(block["block_id"], values.get(element["action_id"]))
        kept[element["action_id"]] = _state(element, value)
    return state


def _state(element: Json, value: Any) -> Json:  # noqa: ANN401 - a text, or several for checkboxes
    kind, options = element["type"], element.get("options", ())
    if kind == "checkboxes" or kind.startswith("multi_"):
        wanted = [value] if isinstance(value, str) else list(value or ())
        return {"type": kind, "selected_options": [each for each in options if each["value"] in wanted]}
    if "options" in element:
        chosen = [each for each in options if each["value"] == value] or [element.get("initial_option")]
        return {"type": kind, "selected_option": chosen[0]}
    return {"type": kind, "value": element.get("initial_value") if value is None else value}

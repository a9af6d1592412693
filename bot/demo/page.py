"""The demo in a browser: a page that looks like a channel, and the small JSON API behind it.

Only this computer can reach it, and only who knows the address: it holds a secret that is new at each start.
Requests that come from another site's page, or under another host name, are turned away.
"""

import hmac
import json
import secrets
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from bot.demo.people import Person, Response
from bot.demo.server import Reply, Request
from bot.demo.snapshot import snapshot
from bot.demo.typed import sent, typed
from bot.demo.workspace import Workspace
from bot.errors import SlackError

Json = dict[str, Any]
_PAGE = Path(__file__).with_name("page.html")
_LONGEST_WAIT = 20.0  # seconds that the page waits for news
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_GONE = Reply(404, b"not found", "text/plain", _HEADERS)
_FOREIGN = Reply(403, b"not from here", "text/plain", _HEADERS)


class Page:
    """Answers everything under `/demo/`."""

    def __init__(self, slack: Workspace) -> None:
        self._slack = slack
        self._secret = secrets.token_urlsafe(18)
        slack.route("/demo/", self.answer)

    @property
    def url(self) -> str:
        """Where the page is, with its secret."""
        return f"http://127.0.0.1:{self._slack.port}/demo/{self._secret}/"

    def answer(self, request: Request) -> Reply:
        """The page itself, the state of the workspace, or what an act came to."""
        if not self._from_here(request):
            return _FOREIGN
        secret, _, rest = request.path.removeprefix("/demo/").partition("/")
        if not hmac.compare_digest(secret.encode(), self._secret.encode()):
            return _GONE
        if request.method == "POST":
            return self._acted(request) if rest == "act" else _GONE
        if rest == "state":
            return self._state(request.query)
        return _drawn() if not rest else _GONE

    def _from_here(self, request: Request) -> bool:
        """Whether host and origin are ours: no other site, and no other name for this computer."""
        hosts = {f"{name}:{self._slack.port}" for name in ("127.0.0.1", "localhost")}
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "none")
        same = origin is None or origin in {f"http://{each}" for each in hosts}
        if request.method == "POST":
            json_only = request.headers.get("content-type", "").startswith("application/json")
            same = same and origin is not None and json_only
        return request.headers.get("host") in hosts and same and site in ("none", "same-origin")

    def _state(self, query: str) -> Reply:
        asked = {key: values[0] for key, values in parse_qs(query).items()}
        world = self._slack.world
        with world.lock:
            people = [each for each in world.directory.users.values() if not each.bot]
        user = next((each for each in people if each.id == asked.get("as")), people[0])
        since = int(asked["since"]) if asked.get("since", "").isdigit() else -1
        self._slack.wait_for(lambda: world.version > since or self._slack.over, _LONGEST_WAIT)
        place, thread = asked.get("place", ""), asked.get("thread", "")
        seen = snapshot(world, user, place, thread, self._slack.connected)
        return Reply.of(seen, headers=_HEADERS)

    def _acted(self, request: Request) -> Reply:
        try:
            told = json.loads(request.body)
            act = _ACTS[str(told["do"])]
            done = act(self._slack, self._slack.person(str(told["as"])), told)
        except SlackError as error:
            return Reply.of({"ok": False, "error": error.problem}, headers=_HEADERS)
        except (ValueError, KeyError, TypeError, RecursionError):
            return Reply.of({"ok": False, "error": "malformed"}, 400, _HEADERS)
        return Reply.of({"ok": True} | done, headers=_HEADERS)


def _drawn() -> Reply:
    nonce = secrets.token_urlsafe(16)
    page = _PAGE.read_text("utf-8").replace("{{nonce}}", nonce)
    headers = _HEADERS | {"Content-Security-Policy": _POLICY.format(nonce=nonce)}
    return Reply(200, page.encode(), "text/html; charset=utf-8", headers)


def _says(slack: Workspace, person: Person, told: Json) -> Json:
    text = sent(str(told["text"]), *_names(slack))
    attached = [(str(each["name"]), _content(each)) for each in told.get("files", ())]
    return {"ts": person.says(str(told["place"]), text, told.get("thread") or None, attached)}


def _content(attached: Json) -> bytes:
    try:
        return b64decode(str(attached["content"]), validate=True)
    except NotBase64:
        raise SlackError(str(attached["name"]), "malformed_file") from None


def _names(slack: Workspace) -> tuple[Mapping[str, str], Mapping[str, str]]:
    directory = slack.world.directory
    people = {each.name: each.id for each in directory.users.values()}
    return people, {each.name: each.id for each in directory.channels.values() if each.name}


def _edits(slack: Workspace, person: Person, told: Json) -> Json:
    person.edits(str(told["place"]), str(told["ts"]), sent(str(told["text"]), *_names(slack)))
    return {}


def _typed(slack: Workspace, person: Person, told: Json) -> Json:
    """An own message as its author typed it."""
    found = slack.world.messages.find(str(told["place"]), told["ts"])
    return {"text": typed(str(found["text"]), _names(slack)[0]) if found["user"] == person.id else ""}


def _deletes(slack: Workspace, person: Person, told: Json) -> Json:
    person.deletes(str(told["place"]), str(told["ts"]))
    return {}


def _slash(slack: Workspace, person: Person, told: Json) -> Json:
    command, _, text = str(told["text"]).partition(" ")
    return _response(person.slash(command, sent(text.strip(), *_names(slack)), str(told["place"])))


def _clicks(slack: Workspace, person: Person, told: Json) -> Json:
    value = told.get("value")
    value = None if value is None else str(value)
    return _response(person.clicks(_clicked(slack, person, told), str(told["action"]), value))


def _clicked(slack: Workspace, person: Person, told: Json) -> Json:
    """The message, modal or home page that holds what was clicked, as it is here and not as the page says."""
    if told.get("view") == "home":
        return slack.home(person.id) or {}
    if told.get("view"):
        return next((each for each in slack.views if each["id"] == told["view"]), {})
    place, ts = str(told["place"]), str(told["ts"])
    for each in slack.ephemerals(person.id):
        if (each["channel"], each["ts"]) == (place, ts):
            return each
    return {**slack.world.messages.find(place, ts), "channel": place}


def _submits(slack: Workspace, person: Person, told: Json) -> Json:
    view = next((each for each in slack.views if each["id"] == told["view"]), None)
    if view is None or view["user"] != person.id:
        raise SlackError(str(told["view"]), "not_found")
    return _response(person.submits(view, dict(told["values"])))


def _closes(slack: Workspace, person: Person, told: Json) -> Json:
    with slack.world.lock:
        view = slack.world.views.get(str(told["view"]))
        if view is not None and view["user"] == person.id:
            del slack.world.views[view["id"]]
    slack.world.touch()
    return {}


def _shortcut(slack: Workspace, person: Person, told: Json) -> Json:
    return _response(person.shortcut(str(told["callback"]), str(told["place"]), str(told["ts"])))


def _stops(slack: Workspace, person: Person, told: Json) -> Json:
    return {"stopped": person.stops(str(told["place"]), str(told["ts"]))}


def _opens(slack: Workspace, person: Person, told: Json) -> Json:
    person.opens_home("home" if told.get("tab") == "home" else "messages")
    return {}


def _response(response: Response) -> Json:
    errors = response.payload.get("errors") if response.payload.get("response_action") == "errors" else None
    return {"ok": response.acked, "error": response.error} | ({"errors": errors} if errors else {})


_ACTS: Mapping[str, Callable[[Workspace, Person, Json], Json]] = {
    "says": _says,
    "edits": _edits,
    "typed": _typed,
    "deletes": _deletes,
    "slash": _slash,
    "clicks": _clicks,
    "submits": _submits,
    "closes": _closes,
    "shortcut": _shortcut,
    "stops": _stops,
    "opens": _opens,
}

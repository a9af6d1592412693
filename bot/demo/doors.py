"""What the HTTP side answers: calls of the Web API, downloads of files, posts to a response_url."""

import threading
from collections.abc import Mapping
from typing import Any

from bot.demo import files, responses, web_api
from bot.demo.limits import Fault
from bot.demo.server import Answer, Reply, Request
from bot.demo.world import World

Json = dict[str, Any]


class Doors:
    """The three ways in. `over` is set when the workspace closes: nobody hangs longer than that."""

    def __init__(self, world: World, over: threading.Event) -> None:
        self._world, self._over = world, over

    @property
    def routes(self) -> Mapping[str, Answer]:
        """Who answers which path."""
        return {"/api/": self._call, "/files-pri/": self._file, "/respond/": self._response}

    def _call(self, request: Request) -> Reply:
        try:
            kind = request.headers.get("content-type", "")
            given = web_api.arguments(request.query, kind, request.body)
        except (ValueError, RecursionError):
            return Reply.of({"ok": False, "error": "invalid_json"})
        token = str(given.pop("token", ""))
        method = request.path.removeprefix("/api/")
        told, fault = web_api.answer(self._world, method, given, request.token or token)
        if fault is not None and fault.hang:
            self._over.wait(fault.hang)
        return _worded(told, fault, sorted(self._world.scopes))

    def _file(self, request: Request) -> Reply:
        with self._world.lock:
            kind, content = files.download(self._world, request.path, request.token)
        return Reply(200 if content or kind != "text/plain" else 404, content, kind)

    def _response(self, request: Request) -> Reply:
        try:
            told = web_api.arguments("", request.headers.get("content-type", ""), request.body)
        except (ValueError, RecursionError):
            return Reply(400, b"invalid_payload", "text/plain")
        status, word = responses.respond(self._world, request.path.rpartition("/")[2], told)
        return Reply(status, word.encode(), "text/plain")


def _worded(told: Json, fault: Fault | None, scopes: list[str]) -> Reply:
    headers = {"x-oauth-scopes": ",".join(scopes)}
    if told.get("error") == "ratelimited":
        after = fault.retry_after if fault is not None else 1
        return Reply.of(told, 429, headers | {"Retry-After": f"{after:g}"})
    if fault is None or fault.status == 200:
        return Reply.of(told, headers=headers)
    if fault.status and fault.status < 500:
        return Reply.of(told, fault.status, headers)
    return Reply(fault.status, b"<html>upstream error</html>", "text/html")

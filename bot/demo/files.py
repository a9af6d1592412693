"""Files that people attach: their description, and their content for whoever has a token."""

from typing import Any

from bot.demo.directory import BOT_USER, TEAM
from bot.demo.limits import required
from bot.demo.world import World
from bot.errors import SlackError

Json = dict[str, Any]
TYPES = {
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
    "html": "text/html",
    "pdf": "application/pdf",
    "json": "application/json",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
SIGN_IN = (
    b"<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to Demo</body></html>"
)


def kept(world: World, name: str, content: bytes, user: str, mimetype: str = "") -> Json:
    """Take a file in, and give its description as it stands in a message."""
    number = f"F{len(world.files) + 1}"
    ending = name.rpartition(".")[2].lower()
    url = f"{world.base_url}/files-pri/{TEAM}-{number}"
    described: Json = {"id": number, "created": 1700000000, "name": name, "title": name, "user": user}
    described |= {"mimetype": mimetype or TYPES.get(ending, "application/octet-stream"), "filetype": ending}
    described |= {"size": len(content), "mode": "hosted", "is_external": False, "is_public": True}
    described |= {"url_private": f"{url}/{name}", "url_private_download": f"{url}/download/{name}"}
    described |= {"permalink": f"https://demo.slack.com/files/{user}/{number}", "file_access": "visible"}
    world.files[number], world.contents[number] = described, content
    return described


def info(world: World, arguments: Json) -> Json:
    """files.info."""
    world.need("files:read")
    required(arguments, ["file"])
    found = world.files.get(str(arguments["file"]))
    if found is None or not _shared(world, found):
        raise SlackError(str(arguments["file"]), "file_not_found")
    return {"file": found, "comments": [], "response_metadata": {"next_cursor": ""}}


def download(world: World, path: str, token: str) -> tuple[str, bytes]:
    """Media type and content; without a token that may read files Slack gives a sign-in page, with 200."""
    number = path.removeprefix(f"/files-pri/{TEAM}-").partition("/")[0]
    described = world.files.get(number)
    if described is None:
        return "text/plain", b""
    if token != world.bot_token or "files:read" not in world.scopes or not _shared(world, described):
        return "text/html; charset=utf-8", SIGN_IN
    return described["mimetype"], world.contents[number]


def _shared(world: World, described: Json) -> bool:
    """Whether the bot is where the file was posted; one that was posted nowhere is open to it."""
    places = [
        world.directory.channels[channel]
        for channel, messages in world.messages.channels.items()
        for each in messages.values()
        if described["id"] in (part["id"] for part in each.get("files", ()))
    ]
    return not places or any(BOT_USER in each.members for each in places)


METHODS = {"files.info": info}

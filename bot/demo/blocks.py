"""Block Kit as far as the bot uses it: what Slack would refuse as invalid_blocks, how long a message is."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bot.demo.messages import block_id
from bot.errors import SlackError

Json = dict[str, Any]
_INPUTS = frozenset(
    [
        *("plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input"),
        *("static_select", "multi_static_select", "external_select", "users_select", "multi_users_select"),
        *("conversations_select", "multi_conversations_select", "channels_select", "multi_channels_select"),
        *("radio_buttons", "checkboxes", "datepicker", "timepicker", "datetimepicker", "file_input"),
    ]
)
_BUTTONS = frozenset(["button", "overflow", "workflow_button"])
_ACTIONS = _INPUTS | _BUTTONS
_MESSAGE_ONLY = frozenset(["markdown", "context_actions", "table", "task_card", "plan", "container"])
_HEADING = re.compile(r"^#{1,6} ", re.M)
_RULE = re.compile(r"^(?:-{3,}|\*{3,}|_{3,})\s*$", re.M)
_TABLE = re.compile(r"^\|?[ :|-]*-[ :|-]*\|[ :|-]*$", re.M)
_HEADING_COSTS = 100  # rendered characters
_ESCAPED = {"&": 5, "<": 4, ">": 4}


def check(blocks: object, surface: str = "message") -> None:
    """Refuse blocks that Slack would refuse, with a pointer to the place."""
    if not isinstance(blocks, list):
        raise SlackError("blocks must be an array [json-pointer:/blocks]", "invalid_blocks_format")
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        _block(block, f"/blocks/{index}", surface)
        _fresh(block.get("block_id"), seen, f"/blocks/{index}/block_id", "block_id")


def with_ids(blocks: list[Json]) -> list[Json]:
    """The same blocks, each with a block_id; those in a container, too."""
    kept = [{**each, "block_id": each.get("block_id") or block_id()} for each in blocks]
    for each in kept:
        if "child_blocks" in each:
            each["child_blocks"] = with_ids(each["child_blocks"])
    return kept


def elements(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with its block, also those inside a container."""
    for block in blocks:
        yield from elements(block.get("child_blocks", ()))
        inner = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        yield from ((block, each) for each in inner if isinstance(each, dict) and "action_id" in each)


def rendered(blocks: Iterable[Json]) -> int:
    """How many characters a message has as Slack counts them: escaped, with a price for each heading."""
    return sum(sum(map(_cost, texts(each))) + _HEADING_COSTS * _headings(each) for each in blocks)


def expanded(blocks: Iterable[Json]) -> int:
    """How many blocks these are once the markdown in them is taken apart."""
    return sum(1 + _parts(each) for each in blocks)


def tables(blocks: Iterable[Json]) -> int:
    """How many table blocks a message has."""
    return sum(each.get("type") == "table" for each in blocks)


def texts(part: object) -> Iterator[str]:
    """Every text in a block that a reader sees."""
    if isinstance(part, list):
        for each in part:
            yield from texts(each)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in ("text", "alt_text") and isinstance(value, str):
                yield value
            else:
                yield from texts(value)


def _cost(text: str) -> int:
    return sum(_ESCAPED.get(letter, 1) for letter in text)


def _headings(block: Json) -> int:
    if block.get("type") == "container":
        return sum(map(_headings, block.get("child_blocks", ())))
    return len(_HEADING.findall(block["text"])) if block.get("type") == "markdown" else 0


def _parts(block: Json) -> int:
    if block.get("type") != "markdown":
        return len(block.get("child_blocks", ()))
    return sum(len(each.findall(block["text"])) for each in (_HEADING, _RULE, _TABLE))


def _refuse(what: str, where: str) -> SlackError:
    return SlackError(f"{what} [json-pointer:{where}]", "invalid_blocks")


def _fresh(name: object, seen: set[str], where: str, kind: str) -> None:
    if name is None:
        return
    if not isinstance(name, str) or not 1 <= len(name) <= 255:
        raise _refuse(f"{kind} must be 1 to 255 characters", where)
    if name in seen:
        raise _refuse(f"`{kind}` {name!r} already exists", where)
    seen.add(name)


def _text(part: object, most: int, where: str, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> None:
    if not isinstance(part, dict) or part.get("type") not in kinds:
        raise _refuse(f"must be a text object of {' or '.join(kinds)}", where)
    text = part.get("text")
    if not isinstance(text, str) or not text:
        raise _refuse("must be more than 0 characters", f"{where}/text")
    if len(text) > most:
        raise _refuse(f"must be less than {most + 1} characters", f"{where}/text")


def _list(block: Json, key: str, most: int, where: str) -> list[Any]:
    found = block.get(key)
    if not isinstance(found, list) or not found:
        raise _refuse(f"missing required field: {key}", where)
    if len(found) > most:
        raise _refuse(f"no more than {most} items allowed", f"{where}/{key}")
    return found


def _block(block: object, where: str, surface: str) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    if not isinstance(block, dict) or kind not in _CHECKS:
        raise _refuse(f"unsupported type: {kind}", where)
    if surface != "message" and kind in _MESSAGE_ONLY:
        raise _refuse(f"{kind} is not allowed in a {surface}", where)
    _CHECKS[kind](block, where)
    ids: set[str] = set()
    for _, each in elements([{**block, "child_blocks": []}]):
        _fresh(each.get("action_id"), ids, f"{where}/elements", "action_id")


def _section(block: Json, where: str) -> None:
    if "text" not in block and "fields" not in block:
        raise _refuse("missing required field: text", where)
    if "text" in block:
        _text(block["text"], 3000, f"{where}/text")
    if "fields" in block:
        for index, each in enumerate(_list(block, "fields", 10, where)):
            _text(each, 2000, f"{where}/fields/{index}")
    if "accessory" in block:
        _element(block["accessory"], f"{where}/accessory", _ACTIONS | {"image"})


def _context(block: Json, where: str) -> None:
    for index, each in enumerate(_list(block, "elements", 10, where)):
        if isinstance(each, dict) and each.get("type") == "image":
            _element(each, f"{where}/elements/{index}", frozenset(["image"]))
        else:
            _text(each, 3000, f"{where}/elements/{index}")


def _header(block: Json, where: str) -> None:
    _text(block.get("text"), 150, f"{where}/text", ("plain_text",))


def _divider(block: Json, where: str) -> None:
    if set(block) - {"type", "block_id"}:
        raise _refuse("invalid additional property", where)


def _markdown(block: Json, where: str) -> None:
    if not isinstance(block.get("text"), str) or not block["text"]:
        raise _refuse("must be more than 0 characters", f"{where}/text")
    if len(block["text"]) > 12_000:
        raise SlackError(f"{len(block['text'])} characters [json-pointer:{where}/text]", "msg_too_long")


def _actions(block: Json, where: str) -> None:
    for index, each in enumerate(_list(block, "elements", 25, where)):
        _element(each, f"{where}/elements/{index}", _ACTIONS)


def _context_actions(block: Json, where: str) -> None:
    for index, each in enumerate(_list(block, "elements", 5, where)):
        _element(each, f"{where}/elements/{index}", frozenset(["feedback_buttons", "icon_button"]))


def _input(block: Json, where: str) -> None:
    _text(block.get("label"), 2000, f"{where}/label", ("plain_text",))
    _element(block.get("element"), f"{where}/element", _INPUTS)


def _rich_text(block: Json, where: str) -> None:
    kinds = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
    for index, each in enumerate(_list(block, "elements", 1000, where)):
        if not isinstance(each, dict) or each.get("type") not in kinds or "elements" not in each:
            raise _refuse("unsupported rich text element", f"{where}/elements/{index}")


def _table(block: Json, where: str) -> None:
    for row, cells in enumerate(_list(block, "rows", 100, where)):
        if not isinstance(cells, list) or not 1 <= len(cells) <= 20:
            raise _refuse("a row has 1 to 20 cells", f"{where}/rows/{row}")
        for index, cell in enumerate(cells):
            _cell(cell, f"{where}/rows/{row}/{index}")


def _cell(cell: object, where: str) -> None:
    kind = cell.get("type") if isinstance(cell, dict) else None
    if not isinstance(cell, dict) or kind not in ("raw_text", "raw_number", "rich_text"):
        raise _refuse(f"unsupported cell: {kind}", where)
    if kind == "rich_text":
        _rich_text(cell, where)
    elif not isinstance(cell.get("text"), str) or not cell["text"]:
        raise _refuse("must be more than 0 characters", f"{where}/text")


def _container(block: Json, where: str) -> None:
    if "rich_text_title" not in block:
        _text(block.get("title"), 150, f"{where}/title", ("plain_text",))
    if block.get("default_collapsed") and not block.get("is_collapsible"):
        raise _refuse("default_collapsed needs is_collapsible", where)
    for index, each in enumerate(_list(block, "child_blocks", 10, where)):
        if isinstance(each, dict) and each.get("type") == "container":
            raise _refuse("a container holds no container", f"{where}/child_blocks/{index}")
        _block(each, f"{where}/child_blocks/{index}", "message")


def _image(block: Json, where: str) -> None:
    if not block.get("alt_text") or not (block.get("image_url") or block.get("slack_file")):
        raise _refuse("missing required field: alt_text or image_url", where)
    if len(block.get("image_url", "")) > 3000:
        raise _refuse("must be less than 3001 characters", f"{where}/image_url")


def _task_card(block: Json, where: str) -> None:
    if not block.get("task_id") or not block.get("title"):
        raise _refuse("missing required field: task_id or title", where)


def _plan(block: Json, where: str) -> None:
    for index, each in enumerate(block.get("tasks", ())):
        _task_card(each, f"{where}/tasks/{index}")


_CHECKS: dict[str, Callable[[Json, str], None]] = {
    "section": _section,
    "context": _context,
    "header": _header,
    "divider": _divider,
    "markdown": _markdown,
    "actions": _actions,
    "context_actions": _context_actions,
    "input": _input,
    "rich_text": _rich_text,
    "table": _table,
    "container": _container,
    "image": _image,
    "task_card": _task_card,
    "plan": _plan,
}


def _element(element: object, where: str, kinds: frozenset[str]) -> None:
    kind = element.get("type") if isinstance(element, dict) else None
    if not isinstance(element, dict) or kind not in kinds:
        raise _refuse(f"unsupported element: {kind}", where)
    if kind == "button":
        _text(element.get("text"), 75, f"{where}/text", ("plain_text",))
    if kind in ("button", "icon_button", "overflow", "feedback_buttons") and not element.get("action_id"):
        raise _refuse("missing required field: action_id", where)
    if len(str(element.get("value", ""))) > 2000:
        raise _refuse("must be less than 2001 characters", f"{where}/value")
    if kind == "image":
        _image(element, where)
    if kind == "feedback_buttons":
        _feedback(element, where)
    _options(element, where)


def _feedback(element: Json, where: str) -> None:
    for key in ("positive_button", "negative_button"):
        button = element.get(key)
        if not isinstance(button, dict) or not isinstance(button.get("value"), str):
            raise _refuse(f"missing required field: {key}", where)
        _text(button.get("text"), 75, f"{where}/{key}/text", ("plain_text",))
        if len(button["value"]) > 2000:
            raise _refuse("must be less than 2001 characters", f"{where}/{key}/value")


def _options(element: Json, where: str) -> None:
    if "options" not in element:
        return
    most = {"overflow": 5, "radio_buttons": 10, "checkboxes": 10}.get(str(element["type"]), 100)
    for index, each in enumerate(_list(element, "options", most, where)):
        if not isinstance(each, dict) or not isinstance(each.get("value"), str):
            raise _refuse("missing required field: value", f"{where}/options/{index}")
        _text(each.get("text"), 75, f"{where}/options/{index}/text")
        if len(each["value"]) > 150:
            raise _refuse("must be less than 151 characters", f"{where}/options/{index}/value")

"""The people and places of the demo: one of each kind that the rules of access tell apart."""

from bot.demo.directory import BOT_NAME, BOT_USER
from bot.demo.messages import said
from bot.demo.workspace import Workspace

EMPLOYEE, COLLEAGUE, GUEST, ADMIN = "UADA", "UJONAS", "UGITA", "UMARA"
WELCOME = (
    f"Welcome! Type *@{BOT_NAME}* and a question, such as: <@{BOT_USER}> what's our risk if OpenAI falters?\n"
    "It answers in a thread, with its sources. You can write to it directly, too, or try `/strategy help`."
)
PRIVATE = "What is said here may draw on what every member of this channel may see."
OUTSIDE = "Guests read along here: the bot answers from public documents only."


def furnish(slack: Workspace) -> None:
    """Fill an empty workspace."""
    slack.add_user(EMPLOYEE, name="Ada Lang")
    slack.add_user(COLLEAGUE, name="Jonas Weber", locale="de-DE")
    slack.add_user(GUEST, name="Gita Rao", restricted=True)
    slack.add_user(ADMIN, name="Mara Olsen", admin=True)
    staff = (EMPLOYEE, COLLEAGUE, ADMIN)
    slack.add_channel("CGENERAL", "general", members=staff)
    slack.add_channel("GSTRATEGY", "strategy-private", private=True, members=(EMPLOYEE, ADMIN))
    slack.add_channel("CPARTNERS", "with-guests", members=(*staff, GUEST))
    slack.add_group("SLEADS", handle="leadership", users=(EMPLOYEE, ADMIN))
    for channel, text in (("CGENERAL", WELCOME), ("GSTRATEGY", PRIVATE), ("CPARTNERS", OUTSIDE)):
        _note(slack, channel, text)
    for user in (*staff, GUEST):
        slack.world.directory.direct(user)


def _note(slack: Workspace, channel: str, text: str) -> None:
    """A message that stood there before the bot came: it hears nothing of it."""
    with slack.world.lock:
        slack.world.messages.add(channel, said(slack.world.directory.user(ADMIN), text))

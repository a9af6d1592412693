"""`strategist ask` and `chat`: one question from the command line to the answer on the screen, and kept."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot import contract, readout, terminal
from bot.assistant import Asking
from bot.courtesy import courtesy
from bot.errors import StateError
from bot.followup import language
from bot.phrases import say
from bot.types import Answer
from retrieval.visibility import Audience

if TYPE_CHECKING:
    from bot.app import App
    from bot.state import State

TERMINAL = "terminal"


def told(
    app: "App",
    question: str,
    audience: Audience,
    *,
    only: str = "",
    thread: tuple[str, ...] = (),
    as_json: bool = False,
) -> None:
    """Answer, show it, and keep it where answers are kept. On a screen a model's draft is seen growing.

    What asks nothing ("thanks!") is replied to; a program that reads JSON gets an answer in any case.
    """
    if not as_json and question.strip() and (kind := courtesy(question)):
        terminal.say(say("welcome" if kind == "thanks" else "greeting", language(question, thread)))
        return
    with terminal.drafting() as listen:
        answer = app.assistant.ask(question, audience, Asking(thread, only), listen)
    if as_json:
        terminal.as_json(contract.answer(answer))
    else:
        readout.show_answer(answer)
    if app.state:  # afterwards: a database that keeps us waiting keeps no reader waiting
        keep(app.state, question, answer)


def compared(
    app: "App", question: str, audience: Audience, names: Sequence[str], *, as_json: bool = False
) -> None:
    """Answers of several from the same passages, what they agree on, and what only some say."""
    comparison = app.assistant.compare(question, audience, names)
    if as_json:
        terminal.as_json(contract.comparison(comparison))
    else:
        readout.show_comparison(comparison)
    if app.state:
        for each in comparison.answers:
            keep(app.state, question, each)


def keep(state: "State", question: str, answer: Answer) -> None:
    """Record an answer; that it cannot be kept is said, and costs nobody the answer."""
    from bot.state import Kept

    now = datetime.now(UTC)
    kept = Kept(answer.id, now, question, answer.status, contract.answer(answer), surface=TERMINAL)
    try:
        state.record(kept)
    except StateError as error:
        terminal.complain(f"This answer is not kept: {error}")

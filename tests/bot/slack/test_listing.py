from dataclasses import dataclass, replace

import pytest
from gate import all_alive, buttons, refused, rows
from values import SOURCE

from bot.slack import clicks, listing

MANY = [replace(SOURCE, id=f"d{n}", title=f"Title {n}") for n in range(38)]


@dataclass(frozen=True)
class State:
    name: str = "openai"
    model: str = "gpt"
    state: str = "ready"
    seconds: float = 0.0
    last: str = ""


def lines(rendered):
    return "\n".join(each["text"]["text"] for each in rendered.blocks if each["type"] == "section").split(
        "\n"
    )


def test_a_page_of_sources_counts_itself_and_offers_the_next():
    pages = [listing.sources(MANY, "en", page) for page in (0, 1, 2, 3, -1)]
    shown = [[each for each in lines(page) if each.startswith("•")] for page in pages]
    assert [len(each) for each in shown] == [15, 15, 8, 8, 15]
    assert len({*shown[0], *shown[1], *shown[2]}) == 38
    assert buttons(pages[:1])[clicks.MORE_SOURCES]["value"] == "1"
    assert buttons(pages[1:2])[clicks.MORE_SOURCES]["value"] == "2"
    assert not buttons(pages[2:3])
    assert "16 to 30 of 38" in str(pages[1].blocks)
    assert not refused(pages)


def test_a_source_is_title_publisher_date_language():
    assert listing.source_line(SOURCE, "en") == "• *Notiz* · Büro · 1 September 2026 · in German"
    linked = replace(SOURCE, source="https://a.example/x", published=None)
    assert (
        listing.source_line(linked, "de") == "• <https://a.example/x|Notiz> · Büro · ohne Datum · auf Deutsch"
    )


def test_only_an_admin_reads_who_may_see_it():
    gone = replace(SOURCE, state="gone", visibility="group:legal")
    assert "legal" not in listing.source_line(gone, "en")
    assert "group:legal · internal · gone" in listing.source_line(gone, "en", admin=True)


def test_no_source_says_what_to_do():
    assert "administrator" in listing.sources([], "en").text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State(), "• *openai* · gpt · ready"),
        (State(state="resting", seconds=29.6), "• *openai* · gpt · resting for 30 s after a fault"),
        (State(state="probing"), "• *openai* · gpt · being tried again"),
        (State(state="not usable", last="a key"), "• *openai* · gpt · not usable"),
    ],
)
def test_a_model_says_how_it_stands(state, words):
    assert words in lines(listing.status([state], "en", 3))


def test_only_an_admin_reads_the_latest_fault():
    state = State(state="not usable", last="<!here> no key")
    assert "no key" not in str(listing.status([state], "en"))
    told = listing.status([state], "en", admin=True)
    assert "last fault: &lt;!here&gt; no key" in str(told)


def test_without_models_the_sources_are_quoted():
    assert "quote the sources" in str(listing.status([], "en"))


@pytest.mark.parametrize("locale", ["en", "de"])
def test_examples_are_buttons_that_ask_them(locale):
    for rendered in (listing.help(locale), listing.greeting(locale)):
        found = buttons([rendered])
        assert [listing.example(each["value"], locale) for each in found.values()] == [
            each["message"] for each in listing.prompts(locale)
        ]
        assert not refused([rendered])
    assert listing.example("9", locale) == listing.example("", locale) == ""


def test_help_promises_nothing_that_is_not_there():
    for word in ("digest", "add <", "/strategy add"):
        assert word not in str(listing.help("en"))


def test_hostile_metadata_is_dead_in_lists():
    for row in rows("metadata.jsonl"):
        value = row["value"]
        hostile = replace(SOURCE, title=value, publisher=value, uri=value, source=value, visibility=value)
        state = State(name=value, model=value, last=value)
        made = [listing.sources([hostile], "en", admin=True), listing.status([state], "de", admin=True)]
        assert not all_alive(made)
        assert not refused(made)

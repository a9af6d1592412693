import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from gate import all_alive, buttons, refused, rows
from values import ANSWER, CITATION

from bot.slack import clicks
from bot.slack.message import Shown, answer, quotes
from bot.types import Answer, Attempt, Nearest, Skipped, Statement

LINK = "https://openai.com/pricing"
KEPT = replace(ANSWER, id="A1", citations=(replace(CITATION, link=LINK),))
WRITTEN = replace(
    KEPT,
    backend="mistral",
    model="mistral-large",
    owner="mistral",
    statements=(
        Statement("The contract ends in March.", "supported", (1,)),
        Statement("We would have to move by then.", "supported", (1,), (), "inference"),
        Statement("Prices stay as they are.", "supported", (), (), "assumption"),
        Statement("It costs 7 euros.", "unsupported", (1,), ("7 is in no source",)),
    ),
    missing=("What moving would cost",),
    skipped=(Skipped("openai", "did not answer in time"),),
    attempts=(Attempt("mistral", "mistral-large", "complete", 2.5, 1_000, 200, Decimal("0.0123")),),
    seconds=3.2,
)
MODELS = ("openai", "mistral")


def markdown(messages):
    return "\n".join(b["text"] for each in messages for b in each.blocks if b["type"] == "markdown")


def kinds(message):
    return [each["type"] for each in message.blocks]


def everything(messages):
    return str([[each.text, each.blocks] for each in messages])


def test_an_answer_is_said_then_grounded_then_judged():
    [message] = answer(KEPT, "en", Shown(models=MODELS))
    assert kinds(message) == ["markdown", "context", "container", "context", "context_actions", "actions"]
    assert markdown([message]) == (
        f"**1 point from 1 source.**\n\n- Der Vertrag endet. [[1]({LINK})] (in German)"
    )
    assert message.text == "1 point from 1 source."


def test_the_sources_are_folded_away_with_title_publisher_date_age_and_quote():
    [message] = answer(KEPT, "en")
    [container] = [each for each in message.blocks if each["type"] == "container"]
    assert container["default_collapsed"] and container["is_collapsible"]
    assert container["title"]["text"] == "Sources (1)"
    text = container["child_blocks"][0]["text"]["text"]
    assert text == (
        f"<{LINK}|Notiz> · Büro · 1 September 2026 (2 months)\n"
        "[1] “Der Vertrag endet.” (Notiz &gt; Risiken · in German)"
    )


@pytest.mark.parametrize("link", ["", "file:///notes/a.md", "javascript:x", "slack://x"])
def test_a_source_without_a_web_address_is_a_number_and_a_title(link):
    messages = answer(replace(KEPT, citations=(replace(CITATION, link=link),)), "en")
    assert "- Der Vertrag endet. [1] (in German)" in markdown(messages)
    assert "*Notiz* · Büro" in everything(messages)
    assert not all_alive(messages)


def test_statements_say_what_they_are():
    text = markdown(answer(WRITTEN, "en"))
    assert f"- The contract ends in March. [[1]({LINK})]\n" in text
    assert "- *Inference:* We would have to move by then." in text
    assert "- *Assumption:* Prices stay as they are.\n" in text
    assert "⚠ not borne out by the sources: 7 is in no source" in text
    assert "**Not in our sources**\n\n- What moving would cost" in text


def test_the_quiet_line_says_who_wrote_it_who_did_not_and_what_it_cost():
    [message] = answer(WRITTEN, "de")
    quiet = [each for each in message.blocks if each["type"] == "context"][-1]["elements"][0]["text"]
    assert quiet == (
        "Stand 22. November 2026 · 3/4 belegt · mistral-large (mistral) · "
        "openai: did not answer in time · 3.20 s · 1.200 Token, $0.01"
    )


def test_quoting_is_called_by_what_it_does():
    assert "quoted without a model" in everything(answer(KEPT, "en"))
    assert "extractive" not in everything(answer(KEPT, "en"))


def test_the_interface_speaks_the_readers_language_and_the_answer_its_own():
    german = everything(answer(WRITTEN, "de", Shown(models=MODELS, ephemeral=True, more_privately=True)))
    for word in (
        "Quellen (1)",
        "Hilfreich",
        "Anderes Modell fragen",
        "Mit dem Kanal teilen",
        "Schlussfolgerung",
    ):
        assert word in german
    assert "The contract ends" in german


def test_buttons_hold_the_answers_id_and_nothing_else():
    messages = answer(WRITTEN, "en", Shown(models=MODELS, ephemeral=True, more_privately=True))
    found = buttons(messages)
    assert set(found) == {clicks.ANOTHER, clicks.QUOTES, clicks.COMPARE, clicks.SHARE, clicks.PRIVATELY}
    assert {each["value"] for each in found.values()} == {"A1"}
    [pair] = [b for b in messages[-1].blocks if b["type"] == "context_actions"]
    element = pair["elements"][0]
    values = (element["positive_button"]["value"], element["negative_button"]["value"])
    assert [clicks.verdict_of(each) for each in values] == [("helpful", "A1"), ("not_helpful", "A1")]


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        (Shown(), {clicks.ANOTHER, clicks.COMPARE, clicks.SHARE, clicks.PRIVATELY}),
        (Shown(models=MODELS, quotes=True), {clicks.QUOTES, clicks.SHARE, clicks.PRIVATELY}),
    ],
)
def test_a_button_is_there_only_where_it_does_something(shown, missing):
    assert not missing & set(buttons(answer(WRITTEN, "en", shown)))


def test_an_answer_that_is_not_kept_has_no_buttons():
    [message] = answer(replace(KEPT, id=""), "en", Shown(models=MODELS, ephemeral=True))
    assert not buttons([message])
    assert "context_actions" not in kinds(message)


def test_more_in_private_names_and_counts_nothing():
    less, more = (everything(answer(KEPT, "en", Shown(more_privately=each))) for each in (False, True))
    added = set(re.findall(r"\w+", more)) - set(re.findall(r"\w+", less))
    assert not {each for each in added if each.isdigit()}
    assert "I may be able to tell you more in private." in more


UNKNOWN = Answer(
    status="unknown",
    language="en",
    as_of=date(2026, 11, 22),
    headline="Our sources do not say.",
    nearest=(Nearest("Vendor note: <!here> X", "file:///x.md"), Nearest("Y", "https://y.example/")),
    id="A2",
)


def test_an_unknown_answer_says_what_is_nearest_and_offers_only_what_makes_sense():
    [message] = answer(UNKNOWN, "en", Shown(models=MODELS, ephemeral=True))
    text = markdown([message])
    assert text.startswith("**Our sources do not say.**")
    assert "**Nearest in our sources**\n\n- Vendor note: &lt;!here&gt; X\n- Y" in text
    assert not buttons([message])
    assert "container" not in kinds(message)
    assert not all_alive([message])
    assert "Try other words" in markdown(answer(replace(UNKNOWN, nearest=()), "en"))


def test_an_answer_of_nothing_says_so():
    empty = replace(
        WRITTEN, headline="", statements=(Statement("\u200b\u202e", "supported", ()),), missing=()
    )
    [message] = answer(empty, "en")
    assert "nothing that can be shown" in markdown([message])
    assert message.text.strip()
    assert not refused([message])


@pytest.mark.parametrize("marker", ["[0]", "[99]", "[-1]", "[1, 99]", "[1][99]", "[ 2 ; 3 ]", "[1–4]"])
def test_numbers_that_a_model_wrote_by_itself_are_dropped(marker):
    doubtful = replace(
        WRITTEN, statements=(Statement(f"The dependency is high {marker}.", "supported", (1,)),)
    )
    assert f"- The dependency is high. [[1]({LINK})]" in markdown(answer(doubtful, "en"))


def test_a_source_is_quoted_letter_by_letter():
    quoted = replace(KEPT, statements=(Statement("# 5 * x_y [2] **b** | `c` 1. d", "supported", (1,)),))
    text = markdown(answer(quoted, "en"))
    assert "- \\# 5 * x_y [2] \\*\\*b\\*\\* | \\`c\\` 1. d" in text


@pytest.mark.parametrize("start", ["# ", "- ", "1. ", "> ", "| ", "## ", "* ", "+ ", "12) "])
def test_a_statement_of_one_line_stays_one_line_of_the_list(start):
    stated = replace(WRITTEN, statements=(Statement(f"{start}words", "supported", (1,)),))
    lines = [each for each in markdown(answer(stated, "en")).splitlines() if "words" in each]
    assert len(lines) == 1
    assert lines[0].startswith("- ")
    from markdown_it import MarkdownIt

    kinds = {each.type for each in MarkdownIt().parse(lines[0])}
    assert kinds <= {
        *("bullet_list_open", "list_item_open", "paragraph_open", "inline", "paragraph_close")
    } | {*("list_item_close", "bullet_list_close")}


TABLE = "| Vendor | Price |\n| --- | --- |\n| A | 3 <!here> |\n| B | [x](https://evil.example) |"


def test_a_table_of_a_model_stays_a_table():
    stated = replace(
        WRITTEN, statements=(Statement("Before.", "supported", (1,)), Statement(TABLE, "supported", (1,)))
    )
    messages = answer(stated, "en")
    assert "| A | 3 &lt;!here&gt; |\n| B | x |\n\n[[1](" in markdown(messages)
    assert not all_alive(messages, [LINK])


def huge(statements=400, citations=120):
    cited = tuple(
        replace(CITATION, n=n, uri=f"file:///{n}.md", link=f"{LINK}?n={n}", quote="Satz & Wort < 3. " * 60)
        for n in range(1, citations + 1)
    )
    said = tuple(
        Statement(f"Statement {n} says R&D < 5. " + "word " * 20, "supported", (n % citations + 1,))
        for n in range(statements)
    )
    table = "| a | b |\n| --- | --- |\n" + "| 1 | 2 |\n" * 1_500
    fence = "```py\n" + "x = 1\n" * 4_000 + "```"
    blocks = tuple(
        Statement(each, "supported", (1,)) for each in (table, fence, "# Head\n\n" * 60 + "y" * 30_000)
    )
    return replace(
        WRITTEN,
        statements=said + blocks,
        citations=cited,
        missing=("what " * 200,) * 30,
        cautions=("careful " * 600,) * 15,
        headline="headline " * 900,
        skipped=(Skipped("x" * 200, "y" * 4_000),) * 9,
    )


@pytest.mark.parametrize(
    "shown", [Shown(), Shown(plain=True), Shown(quotes=True, models=MODELS, ephemeral=True)]
)
def test_the_longest_answer_fits_into_messages_and_none_of_it_is_lost(shown):
    messages = answer(huge(), "en", replace(shown, question="why? " * 2_000))
    assert not refused(messages)
    text = str([each.blocks for each in messages])
    assert {int(each) for each in re.findall(r"Statement (\d+) says", text)} == set(range(400))
    assert text.count("| 1 | 2 |") == 1_500
    assert text.count("x = 1") == 4_000
    assert set(buttons(messages[-1:])) >= set() and messages[-1].blocks[-1]["type"] == "actions"
    assert not [each for each in messages[:-1] if "actions" in kinds(each)]
    assert not all_alive(messages, [f"{LINK}?n={n}" for n in range(120, 0, -1)] + [LINK])


def test_one_of_several_messages_says_which_it_is():
    messages = answer(huge(), "en")
    assert messages[1].text.endswith(f"(2/{len(messages)})")


def test_a_plain_message_uses_nothing_that_a_workspace_may_refuse():
    messages = answer(WRITTEN, "en", Shown(plain=True, models=MODELS))
    assert {each for message in messages for each in kinds(message)} <= {"section", "context", "actions"}
    assert {clicks.HELPFUL, clicks.NOT_HELPFUL} <= set(buttons(messages))
    assert f"• The contract ends in March. [<{LINK}|1>]" in messages[0].text
    assert "Helpful" not in messages[0].text


def test_the_question_and_who_shared_it_stand_above():
    [message] = answer(KEPT, "en", Shown(question="<!here> why?", shared_by="Ada <@U1>"))
    assert [each["text"] for each in message.blocks[0]["elements"]] == [
        *("Your question: &lt;!here&gt; why?", "Shared by Ada &lt;@U1&gt;")
    ]


def test_quotes_are_shown_in_full_under_their_sources():
    long = replace(KEPT, citations=(replace(CITATION, link=LINK, quote="Wort " * 300),))
    [message] = quotes(long, "en")
    assert message.blocks[1]["text"]["text"].count("Wort") == 300
    assert not refused([message])
    assert "quotes no source" in quotes(UNKNOWN, "en")[0].text


def test_all_quotes_of_a_large_answer_fit():
    messages = quotes(huge(), "de")
    assert not refused(messages)
    assert everything(messages).count("Satz") == 120 * 60


def test_hostile_outputs_as_statements():
    for row in rows("hostile_model_outputs.jsonl"):
        row = {**row, "model_output": row["model_output"][:12_000]}  # longer ones: test_mrkdwn
        for backend in (WRITTEN, KEPT):
            said = replace(backend, statements=(Statement(row["model_output"], "supported", (1,)),))
            for plain in (False, True):
                messages = answer(said, "en", Shown(models=MODELS, ephemeral=True, plain=plain))
                assert not refused(messages), row["id"]
                assert not all_alive(messages, [LINK]), row["id"]
                if backend is WRITTEN or row["kind"] != "citation":
                    found = [
                        each for each in row["forbidden_in_posted_payload"] if each in everything(messages)
                    ]
                    assert not found, row["id"]

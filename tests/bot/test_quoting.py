from dataclasses import replace
from datetime import date

import pytest

from bot.asked import asked
from bot.focus import Focus
from bot.models.extractive import write
from bot.quoting import Wanted, alike, bear_out, choose, group, introduce, rate, row
from bot.types import Brief
from retrieval.language import sentences, words
from retrieval.types import Hit, Passage, Source
from retrieval.vocabulary import Named

VENDORS = (Named("aurora", "Aurora"), Named("borealis", "Borealis"))
TABLE = """| System | Criticality | Fallback |
|---|---|---|
| Claims desk assistant | Tier 1 | Borealis, tested in May 2026 |
| Menu translator | Tier 3 |  |"""


def hit(text: str, title: str = "Note", score: float = 0.8, name: str = "a") -> Hit:
    spans = tuple(sentences(text, "en"))
    passage = Passage(f"{name}#0", name, 0, text, spans, "en", (title,))
    source = Source(
        name, f"file:///{name}", title, "en", "public", "public", "", "", date(2026, 1, 1), None, (), False, 1
    )
    return Hit(passage, source, score, tuple(0.5 for _ in spans))


def wanted(question: str, **others) -> Wanted:
    """Coverage by plain words, the question's focus and kinds."""
    said = [each for each in words(question) if len(each) > 3]

    def covers(text: str, _: str) -> tuple[float, ...]:
        held = set(words(text))
        return tuple((each in held) / max(len(said), 1) for each in said)

    return Wanted(covers, Focus.of(question, VENDORS, ()), asked(question), str.islower, **others)


def chosen(question: str, *hits: Hit) -> list[str]:
    measure = wanted(question)
    return [each.text for each in choose([rate(one, measure) for one in hits], "en", measure.kinds)]


def borne_out(question: str, *hits: Hit) -> bool:
    measure = wanted(question)
    return bear_out([rate(each, measure) for each in hits], measure)


CONTRACTS = (
    hit("The Aurora contract ends on 3 May 2027. The Aurora office has green chairs.", "Aurora", name="a"),
    hit("The Borealis contract ends on 9 June 2028 and renews.", "Borealis", name="b"),
)


def test_only_sentences_about_the_named_vendor_are_said():
    assert chosen("When does the Borealis contract end?", *CONTRACTS)[0].startswith("The Borealis contract")
    assert not any("Aurora" in each for each in chosen("When does the Borealis contract end?", *CONTRACTS))


def test_another_vendor_s_contract_is_no_answer():
    assert borne_out("When does the Aurora contract end?", *CONTRACTS)
    assert not borne_out("When does the Aurora contract end?", CONTRACTS[1])
    assert not borne_out(
        "Which availability does the Aurora contract promise?",
        hit(
            "The Borealis contract does promise an availability of 99 percent. Aurora has green chairs.",
            "Vendors",
        ),
    )


def test_a_name_that_no_passage_has_is_not_answered():
    question = "When does the Cohere contract end?"
    every = [rate(each, wanted(question)) for each in CONTRACTS]
    assert bear_out(every, wanted(question))
    assert not bear_out(every, wanted(question, strangers=frozenset({"cohere"})))


def test_a_fact_that_no_sentence_holds_is_not_answered():
    text = "The Aurora contract is long and the price of the Aurora contract is fair."
    assert not borne_out("What is the price of the Aurora contract?", hit(text, "Aurora"))
    assert borne_out("What is the price of the Aurora contract?", hit(text[:-5] + "400 EUR.", "Aurora"))


def test_what_came_with_a_question_is_quoted_however_far_from_it():
    page = replace(hit("Green chairs were bought in spring.", "Page"), sentence_scores=(0.1,))
    brief = Brief("Summarise this?", "en", (page,), date(2026, 1, 1))
    assert write(brief, wanted(brief.question)).status == "unknown"
    [told] = write(brief, wanted(brief.question, strict=False)).statements
    assert told.text == "Green chairs were bought in spring."


def test_the_sentence_with_the_date_comes_first():
    text = "The Aurora contract is kept in the safe. Nobody likes it. The Aurora contract ends on 3 May 2027."
    assert chosen("When does the Aurora contract end?", hit(text, "Aurora"))[0].endswith("3 May 2027.")


def test_the_best_sentence_of_an_open_question_leads_and_the_others_keep_their_order():
    text = "One board meets.\n\nTwo boards plan.\n\nRisk of Aurora grows.\n\nFour boards vote."
    every = rate(hit(text, "Board"), wanted("risk of Aurora"))
    assert [each.first for each in group([every[2], every[3], every[0]])] == [2, 0, 3]
    assert [each.first for each in group([every[2], every[3], every[0]], best_first=True)] == [2, 3, 0]


def test_a_lead_is_said_with_its_list():
    text = "The following tools are approved:\n- Aurora Chat\n- Borealis Draw\n\nAll others are not."
    spans = ((0, 33), (36, 47), (50, 63), (65, 84))
    assert [text[a:b] for a, b in spans][1:3] == ["Aurora Chat", "Borealis Draw"]
    page = hit(text)
    page = replace(page, passage=replace(page.passage, sentences=spans), sentence_scores=(0.9, 0.1, 0.1, 0.1))
    every = rate(page, wanted("Which tools are approved?"))
    whole = introduce(every[0], every[1:])
    assert whole.text == "The following tools are approved: Aurora Chat, Borealis Draw"
    assert whole.quote == text[:63]
    assert chosen("Which tools are approved?", page)[0] == whole.text


def test_a_paragraph_is_said_from_its_beginning_where_nothing_particular_is_asked_for():
    text = "If Aurora fails, the desk stops. If Aurora fails, nobody calls. If Aurora fails, all go home."
    page = replace(hit(text, "Aurora"), sentence_scores=(0.5, 0.5, 0.6))
    assert chosen("what if Aurora fails?", page) == [text]


def test_a_sentence_is_said_once_alone_or_with_what_follows_it():
    text = "The Aurora contract ends in May. The Aurora contract ends in June. The Aurora contract renews."
    said = chosen("How does the Aurora contract end?", hit(text, "Aurora"))
    assert sum(each.count("ends in June") for each in said) == 1


def test_a_table_row_is_read_as_a_sentence():
    rows = TABLE.splitlines()
    assert (
        row(rows[2], TABLE)
        == "Claims desk assistant: Criticality Tier 1, Fallback Borealis, tested in May 2026."
    )


def test_an_empty_cell_is_passed_over():
    assert row(TABLE.splitlines()[3], TABLE) == "Menu translator: Criticality Tier 3."


@pytest.mark.parametrize("line", TABLE.splitlines()[:2])
def test_header_rows_say_nothing(line):
    assert row(line, TABLE) == ""


@pytest.mark.parametrize(
    "table", ["| A | B |\n|---|---|", "| only |\n|---|\n| one |", "| A | B |\n|---|---|\n| 1 | 2 | 3 |"]
)
def test_a_table_that_cannot_be_read_says_nothing(table):
    assert row(table.splitlines()[-1], table) == ""


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("The desk works from paper forms.", "the desk works from paper forms", True),
        ("After an hour the desk works from paper.", "After an hour, the desk works from paper!", True),
        ("The contract ends in March 2027.", "The board expects a tested fallback.", False),
        ("", "", False),
    ],
)
def test_sentences_are_alike_when_their_words_are(left, right, same):
    assert alike(left, right) is same

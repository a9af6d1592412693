import pytest

from bot import check
from retrieval.language import sentences
from retrieval.lexicon import load
from retrieval.types import Language, Passage

LEXICON = load()


def passage(text: str, language: Language, headings: tuple[str, ...] = ()) -> Passage:
    return Passage("x#0", "x", 0, text, sentences(text, language), language, headings)


PASSAGES = {
    "p1": passage(
        "OpenAI rechnet für 2026 mit einem Verlust von 14 Mrd. $. Bis 2029 könnten sich die Verluste auf "
        "zusammen 115 Milliarden Dollar summieren. "
        "Microsoft hält seit Oktober 2025 einen Anteil von 27 % an OpenAI.",
        "de",
    ),
    "p2": passage(
        "Greta drafts answers to about 1,900 service tickets per week on OpenAI. The fallback of Greta to "
        "Anthropic Claude was tested on 11 June 2026 and passed. The owner is Miriam Osterkamp.",
        "en",
        ("Vendor note: OpenAI",),
    ),
    "p3": passage("Lotse runs on Azure OpenAI. Its fallback to Mistral was tested on 21 April 2026.", "en"),
}


def one(text: str, **options) -> check.Checked:
    (found,) = check.statements(text, PASSAGES, LEXICON, **options)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "OpenAI expects a loss of $14 billion in 2026 [p1].",
        "OpenAI rechnet für 2026 mit einem Verlust von 14 Milliarden Dollar [p1].",
        "Microsoft holds a share of 27 percent of OpenAI [p1].",
        "The fallback of Greta to Claude was tested on June 11, 2026 and passed [p2].",
        "Der Fallback von Greta zu Anthropic Claude wurde am 11. Juni 2026 getestet [p2].",
        "The fallback of Greta was tested in June 2026 [p2].",
        "Greta drafts answers to nearly 2,000 service tickets per week [p2].",
        "The owner is Osterkamp [p2].",
    ],
)
def test_faithful_statements_are_supported(text):
    assert one(text).problems == ()
    assert one(text).verdict == "supported"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "OpenAI expects a loss of $15 billion in 2026 [p1].",
            "number $15 billion is not in the cited passages",
        ),
        ("OpenAI expects a loss of 14 million dollars in 2026 [p1].", "number 14 million dollar"),
        ("OpenAI expects a loss of $14 billion in 2027 [p1].", "date 2027 is not in the cited passages"),
        ("Mistral expects a loss of $14 billion in 2026 [p1].", "name Mistral is not in the cited passages"),
        ("The fallback of Greta was tested on 12 June 2026 [p2].", "date 12 June 2026"),
        ("The fallback of Greta to Claude was never tested [p2].", "the opposite"),
        ("The owner is Sabine Osterkamp [p2].", "name Sabine"),
        ("Greta drafts answers to 2,000 service tickets per week [p2].", "number 2,000"),
        ("OpenAI rechnet für 2026 mit einem Verlust von 15 Mrd. $ [p1].", "die Zahl 15 Mrd. $ steht nicht"),
        ("Employees should learn cooking and swim in cold lakes [p2].", "most of it is not"),
        ("OpenAI loses money.", "it cites no passage"),
        ("OpenAI loses money [p8].", "it cites p8, which is no passage"),
    ],
)
def test_planted_errors_are_problems_in_words(text, problem):
    checked = one(text)
    assert checked.verdict == "unsupported"
    assert any(problem in each for each in checked.problems), checked.problems


def test_a_fact_of_another_sentence_does_not_support():
    checked = one("The owner is Miriam Osterkamp [p3].")
    assert checked.verdict == "unsupported"
    swapped = one(
        "The fallback of Greta to Anthropic Claude was tested on 21 April 2026 and passed [p2, p3]."
    )
    assert swapped.problems == ("the cited passage gives another date here than 21 April 2026",)


def test_the_quote_is_the_literal_sentence_of_the_cited_passage():
    checked = one("The fallback of Greta to Claude was tested on 11 June 2026 and passed [p2].")
    assert checked.quote == "The fallback of Greta to Anthropic Claude was tested on 11 June 2026 and passed."
    assert checked.text == "The fallback of Greta to Claude was tested on 11 June 2026 and passed."
    assert checked.citations == ("p2",)


def test_title_and_date_of_the_document_support_names_and_dates():
    text = "In February 2026 OpenAI expects a loss of $14 billion [p1]."
    assert one(text).problems == ("date February 2026 is not in the cited passages",)
    assert one(text, context={"p1": "Kurzbericht, 2026-02-18"}).problems == ()


def test_only_known_keys_are_citations():
    checked = one("The owner is Miriam Osterkamp [p2, p9].")
    assert checked.citations == ("p2",)
    assert checked.verdict == "unsupported"


def test_similarity_is_asked_with_the_claim_and_the_sentences():
    asked: list[tuple[str, int]] = []

    def similar(claim, texts):
        asked.append((claim, len(texts)))
        return [0.9] * len(texts)

    assert one("The owner is Miriam Osterkamp [p2].", similar=similar).verdict == "supported"
    assert asked == [("The owner is Miriam Osterkamp.", 3)]


def test_claims_can_be_verified_without_markers():
    evidence = ["Greta runs on OpenAI.", "Lotse runs on Azure."]
    assert check.verify("Greta runs on OpenAI.", evidence, LEXICON).supported
    assert not check.verify("Greta runs on Mistral.", evidence, LEXICON).supported
    assert not check.verify("Greta runs on OpenAI.", [], LEXICON).supported


@pytest.mark.parametrize("text", ["", "   ", "[p1]", "…", "## Heading", "|---|---|"])
def test_nothing_said_is_no_statement(text):
    assert check.statements(text, PASSAGES, LEXICON) == ()


def test_each_cited_passage_gives_its_own_quote():
    checked = one("Greta and Lotse both run on OpenAI [p2, p3].")
    assert dict(checked.quotes) == {
        "p2": "Greta drafts answers to about 1,900 service tickets per week on OpenAI.",
        "p3": "Lotse runs on Azure OpenAI.",
    }


def test_a_passage_that_was_cited_for_nothing_gives_no_quote():
    checked = one("The fallback of Greta to Claude was tested on 11 June 2026 and passed [p1, p2].")
    assert [key for key, _ in checked.quotes] == ["p2"]
    assert checked.citations == ("p1", "p2")


def test_an_answer_in_pieces_is_checked_like_the_whole():
    whole = "Lotse runs on Azure OpenAI [p3]. The owner of Greta is Sabine Osterkamp [p2]."
    check_piece = check.checker(PASSAGES, LEXICON)
    pieces = [each for part in whole.split(". ") for each in check_piece(f"{part.rstrip('.')}.", "en")]
    assert tuple(pieces) == check.statements(whole, PASSAGES, LEXICON)
    assert [each.rules for each in pieces] == [(), ("name",)]


def test_problems_are_told_in_the_language_asked_for():
    [checked] = check.checker(PASSAGES, LEXICON)("OpenAI 15 Mrd. $ [p1]", "de")
    assert "die Zahl 15 Mrd. $ steht nicht in den zitierten Passagen" in checked.problems


SAID = {
    "de": "OpenAI erzielt laut dem Artikel hochgerechnet knapp 20 Milliarden Dollar Umsatz im Jahr. "
    "Rund zwei Drittel der Anfragen laufen über Azure.",
    "en": "OpenAI's contract caps prices only until 28 February 2027. Greta stops drafting after an hour. "
    "After a day sales staff write quotations by hand. Two-thirds of the models failed the test.",
}


@pytest.mark.parametrize(
    ("source", "claim", "rule"),
    [
        ("de", "OpenAI erzielt mehr als 20 Milliarden Dollar Umsatz im Jahr.", "number"),
        ("de", "OpenAI erzielt über 20 Mrd. $ Umsatz im Jahr.", "number"),
        ("de", "Rund ein Drittel der Anfragen läuft über Azure.", "number"),
        ("de", "Rund 3/4 der Anfragen laufen über Azure.", "number"),
        ("en", "The contract caps prices after 28 February 2027.", "bound"),
        ("en", "The contract caps prices from 28 February 2027.", "bound"),
        ("en", "Greta stops drafting after a day.", "other number"),
        ("en", "Greta keeps drafting after an hour.", "opposite"),
        ("en", "Greta continues drafting after an hour.", "opposite"),
        ("en", "One-third of the models failed the test.", "number"),
    ],
)
def test_what_a_small_word_turns_is_seen(source, claim, rule):
    found = check.verify(claim, [SAID[source]], LEXICON, source)
    assert rule in [each.rule for each in found.problems]


@pytest.mark.parametrize(
    ("source", "claim"),
    [
        ("de", "OpenAI erzielt fast 20 Mrd. $ Umsatz im Jahr."),
        ("de", "OpenAI erzielt rund 20 Milliarden Dollar Umsatz im Jahr."),
        ("de", "Rund 67 Prozent der Anfragen laufen über Azure."),
        ("de", "Rund 2/3 der Anfragen laufen über Azure."),
        ("en", "The contract caps prices only until 28 February 2027."),
        ("en", "Greta stops drafting after 60 minutes."),
        ("en", "After 24 hours sales staff write quotations by hand."),
        ("en", "66% of the models failed the test."),
    ],
)
def test_the_same_in_other_words_is_not_blamed(source, claim):
    assert check.verify(claim, [SAID[source]], LEXICON, source).problems == ()

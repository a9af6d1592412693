import pytest

from bot.followup import language, leans, stand_alone
from retrieval.vocabulary import Named

VENDORS = (
    Named("openai", "OpenAI", ("Open AI", "GPT-5")),
    Named("anthropic", "Anthropic", ("Claude",)),
    Named("mistral", "Mistral AI", ("Mistral",)),
    Named("google", "Google", ("Gemini",)),
    Named("microsoft", "Microsoft", ("Azure OpenAI", "Azure")),
    Named("self-hosted", "Self-hosted models", ("Ferrum",)),
)
SYSTEMS = (Named("greta", "Greta"), Named("lotse", "Lotse"), Named("vertragslupe", "Vertragslupe"))


@pytest.mark.parametrize(
    "question",
    [
        "And Anthropic?",
        "Und Anthropic?",
        "What about Mistral?",
        "Was ist mit Mistral?",
        "Wie sieht es bei Mistral aus?",
        "Und nach einer Woche?",
        "After a week?",
        "Why?",
        "Seit wann?",
        "Who owns it?",
        "Wem gehört sie?",
        "What does that cost, and who pays for this?",
        "Was kostet das?",
        "Wer ist dafür zuständig?",
        "How long would they take?",
        "Anthropic?",
    ],
)
def test_a_question_that_leans_on_the_one_before(question):
    assert leans(question)


ALONE = [
    "What if OpenAI falters?",
    "Was passiert, wenn OpenAI ausfällt?",
    "Which systems are Tier 1?",
    "Wie hoch ist das Risiko bei Mistral?",
    "Welche Verträge enden dieses Jahr?",
    "Können Sie die Tier-1-Systeme nennen?",
    "Which contracts end this year?",
    "Is it true that Microsoft holds a share of OpenAI since October 2025 and leads the board?",
]


@pytest.mark.parametrize("question", ALONE)
def test_a_question_that_stands_alone(question):
    assert not leans(question)
    assert stand_alone(question, ("Something else entirely?",), VENDORS) == question


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("What if OpenAI falters?", "And Anthropic?", "What if Anthropic falters?"),
        ("Was, wenn OpenAI ausfällt?", "Und Claude?", "Was, wenn Claude ausfällt?"),
        ("What if GPT-5 falters?", "What about Mistral?", "What if Mistral falters?"),
        ("what's our risk if OpenAI falters?", "And Google?", "what's our risk if Google falters?"),
        ("What if OpenAI falters?", "ok, and Google?", "What if Google falters?"),
        ("What if OpenAI falters?", "Danke, und Google?", "What if Google falters?"),
        ("What if OpenAI falters?", "I meant Google", "What if Google falters?"),
        ("Was kostet OpenAI?", "Und wie sieht es bei Mistral aus?", "Was kostet Mistral?"),
        ("Was kostet OpenAI?", "Und Google oder Mistral?", "Was kostet Google oder Mistral?"),
        ("Was kostet OpenAI?", "Gilt das auch für Mistral?", "Was kostet Mistral?"),
        ("Wann endet OpenAIs Vertrag?", "Und Mistrals?", "Wann endet Mistrals Vertrag?"),
        ("Who owns the OpenAI relationship?", "And who owns Google?", "Who owns the Google relationship?"),
        (
            "When does the OpenAI contract end?",
            "And the Google contract?",
            "When does the Google contract end?",
        ),
        ("Does Greta depend on OpenAI?", "And Lotse?", "Does Lotse depend on OpenAI?"),
        ("Does Greta depend on OpenAI?", "And on Google?", "Does Greta depend on Google?"),
        ("What does Greta cost?", "and Zephyr?", "What does Zephyr cost?"),
        ("What happens after an hour?", "After a week?", "What happens after a week?"),
        ("What if OpenAI falters?", "And after a week?", "What if OpenAI falters after a week?"),
        (
            "Was passiert nach einer Stunde ohne OpenAI?",
            "Und nach einer Woche?",
            "Was passiert nach einer Woche ohne OpenAI?",
        ),
        (
            "What if OpenAI falters for an hour?",
            "And Anthropic after a day?",
            "What if Anthropic falters after a day?",
        ),
    ],
)
def test_what_changed_takes_the_place_of_what_it_changes(before, question, expected):
    assert stand_alone(question, (before,), VENDORS, SYSTEMS) == expected


OPENAI = "Who owns the OpenAI relationship?"
DEUTSCH = "Was kostet OpenAI?"


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (OPENAI, "When does the contract end?", "When does the OpenAI contract end?"),
        (OPENAI, "When does our contract end?", "When does our OpenAI contract end?"),
        (OPENAI, "What is the notice period?", "What is the OpenAI notice period?"),
        (OPENAI, "And the notice period?", "The OpenAI notice period?"),
        (OPENAI, "Notice period?", "Notice period for OpenAI?"),
        (OPENAI, "What is the biggest risk?", "What is the biggest OpenAI risk?"),
        (OPENAI, "Is there any fallback?", "Is there any OpenAI fallback?"),
        (OPENAI, "What do we pay per year?", "What do we pay per year for OpenAI?"),
        (OPENAI, "What does it cost us per year?", "What does OpenAI cost us per year?"),
        (OPENAI, "And its price?", "OpenAI's price?"),
        (OPENAI, "Which systems run on it?", "Which systems run on OpenAI?"),
        (OPENAI, "Which systems are affected?", "Which systems are affected for OpenAI?"),
        (OPENAI, "What happens after a day?", "What happens after a day without OpenAI?"),
        (OPENAI, "Which data may it process?", "Which data may OpenAI process?"),
        (OPENAI, "Which data classes are allowed?", "Which data classes are allowed for OpenAI?"),
        (OPENAI, "How does it compare to Mistral?", "How does OpenAI compare to Mistral?"),
        (
            OPENAI,
            "Who is the owner, and when was it signed?",
            "Who is the owner of OpenAI, and when was it signed?",
        ),
        ("What does Mistral cost?", "Who owns that relationship?", "Who owns the Mistral relationship?"),
        ("What does Mistral cost?", "Who is the owner?", "Who is the owner of Mistral?"),
        ("What is Greta?", "Who owns it?", "Who owns Greta?"),
        ("When is Greta's fallback ready?", "When was it tested?", "When was the Greta fallback tested?"),
        ("Do we have a contract with OpenAI?", "When does it end?", "When does the OpenAI contract end?"),
        ("Compare OpenAI and Google", "What do they cost?", "What do OpenAI and Google cost?"),
        ("What does Zephyr cost?", "Who owns it?", "Who owns Zephyr?"),
        (DEUTSCH, "Wann endet der Vertrag?", "Wann endet der Vertrag von OpenAI?"),
        (DEUTSCH, "Wann läuft der Vertrag aus?", "Wann läuft der Vertrag von OpenAI aus?"),
        (DEUTSCH, "Kündigungsfrist?", "Kündigungsfrist von OpenAI?"),
        (DEUTSCH, "Und die Kündigungsfrist?", "Die Kündigungsfrist von OpenAI?"),
        (DEUTSCH, "Wer ist der Besitzer?", "Wer ist der Besitzer von OpenAI?"),
        (DEUTSCH, "Wer ist dafür zuständig?", "Wer ist für OpenAI zuständig?"),
        (DEUTSCH, "Wer ist zuständig?", "Wer ist zuständig für OpenAI?"),
        (DEUTSCH, "Und wenn es ausfällt?", "Wenn OpenAI ausfällt?"),
        (DEUTSCH, "Welche Daten dürfen dorthin?", "Welche Daten von OpenAI dürfen dorthin?"),
        (DEUTSCH, "Wie sieht es mit den Kosten aus?", "Den Kosten von OpenAI?"),
        (DEUTSCH, "Wie teuer ist das?", "Wie teuer ist das bei OpenAI?"),
        (DEUTSCH, "Gibt es einen Notfallplan?", "Gibt es einen Notfallplan von OpenAI?"),
        (OPENAI, "Do we have a plan B?", "Do we have a OpenAI plan B?"),
        (OPENAI, "How many seats are used?", "How many seats are used for OpenAI?"),
        (DEUTSCH, "Welche Systeme hängen davon ab?", "Welche Systeme hängen von OpenAI ab?"),
        (DEUTSCH, "Welche Systeme sind betroffen?", "Welche Systeme sind betroffen bei OpenAI?"),
        (DEUTSCH, "Welche Kündigungsfrist gilt?", "Welche Kündigungsfrist von OpenAI gilt?"),
        (DEUTSCH, "Was passiert nach einer Woche?", "Was passiert nach einer Woche ohne OpenAI?"),
        (
            "Was kostet Google?",
            "Was passiert nach einem Tag Ausfall?",
            "Was passiert nach einem Tag Ausfall von Google?",
        ),
        ("Was zahlen wir für Ferrum?", "Wer ist der Besitzer?", "Wer ist der Besitzer von Ferrum?"),
        (
            "Was macht Vertragslupe?",
            "Gibt es eine Ausweichlösung?",
            "Gibt es eine Ausweichlösung von Vertragslupe?",
        ),
        ("Was macht Vertragslupe?", "Was kostet das?", "Was kostet Vertragslupe?"),
        ("Was kostet Zephyr?", "Wer ist der Besitzer?", "Wer ist der Besitzer von Zephyr?"),
        ("Gibt es einen Vertrag mit OpenAI?", "Wann endet er?", "Wann endet der Vertrag von OpenAI?"),
        (
            "Wie lange läuft der Vertrag von Mistral?",
            "Verlängert er sich automatisch?",
            "Verlängert der Vertrag von Mistral sich automatisch?",
        ),
        ("Was kostet Mistral?", "Was kostet uns das pro Jahr?", "Was kostet uns das pro Jahr bei Mistral?"),
        (OPENAI, "Wann endet der Vertrag?", "Wann endet der Vertrag von OpenAI?"),
        (DEUTSCH, "When does the contract end?", "When does the OpenAI contract end?"),
        (DEUTSCH, "Who owns it?", "Who owns OpenAI?"),
    ],
)
def test_a_question_without_a_subject_gets_that_of_the_one_before(before, question, expected):
    assert stand_alone(question, (before,), VENDORS, SYSTEMS) == expected


@pytest.mark.parametrize("before", [OPENAI, DEUTSCH, "What is Greta?"])
@pytest.mark.parametrize(
    "question",
    [
        *ALONE,
        *(
            "Which contract ends first?",
            "Which vendors may process confidential data?",
            "Which owner is new?",
        ),
        *("Welche Systeme gibt es?", "Welche Anbieter nutzen wir?", "Welcher Vertrag endet zuerst?"),
        *("When do all contracts end?", "Wann enden alle Verträge?", "What do we spend in total?"),
        *("When do contracts end?", "Was zahlen wir insgesamt?", "Welche Fallbacks sind ungetestet?"),
        *("What does Mistral cost?", "Wer besitzt Mistral?", "When does the Google contract end?"),
        *("Who chairs the works council?", "Wer leitet den Betriebsrat?", "What is AGI?", "What is compute?"),
        *("Does the EU AI Act apply to us?", "What does Mistral charge, and who owns it?"),
        *("Was kostet der Umzug nach Hagen?", "What is the weather in Paris?", "Was ist eine GPU?"),
    ],
)
def test_no_subject_is_put_over_a_question_of_its_own(before, question):
    assert stand_alone(question, (before,), VENDORS, SYSTEMS) == question


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (OPENAI, "And what does Google cost?", "What does Google cost?"),
        (OPENAI, "What about Mistral's price?", "Mistral's price?"),
        (DEUTSCH, "Und was zahlen wir für Mistral?", "Was zahlen wir für Mistral?"),
        (DEUTSCH, "Und welcher Vertrag endet zuerst?", "Welcher Vertrag endet zuerst?"),
    ],
)
def test_a_question_with_a_subject_of_its_own_keeps_only_that(before, question, expected):
    assert stand_alone(question, (before,), VENDORS, SYSTEMS) == expected


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("Is OpenAI or Anthropic better?", "And Mistral?"),
        ("What if OpenAI falters?", "And OpenAI?"),
        ("What if OpenAI falters?", "Why?"),
        ("Which contracts end in 2027?", "Who owns them?"),
        ("What does OpenAI cost?", "Is Mistral cheaper?"),
        ("What does OpenAI cost?", "And all vendors?"),
        ("Welche Verträge enden 2027?", "Und wem gehören sie?"),
    ],
)
def test_where_no_subject_can_be_seen_one_follows_the_other(before, question):
    assert stand_alone(question, (before,), VENDORS, SYSTEMS) == f"{before} {question}"


@pytest.mark.parametrize(
    ("thread", "question", "expected"),
    [
        (
            ("What if OpenAI falters after an hour?", "And after a day?"),
            "And Anthropic?",
            "What if Anthropic falters after a day?",
        ),
        (
            ("When does our contract with Anthropic end?", "and Mistral?"),
            "What does it cost us per year?",
            "What does Mistral cost us per year?",
        ),
        (
            ("When does our contract with Anthropic end?", "and Mistral?", "What does it cost us per year?"),
            "Who owns that relationship?",
            "Who owns the Mistral relationship?",
        ),
        (("Was kostet OpenAI?", "Und Mistral?"), "Warum?", "Was kostet Mistral? Warum?"),
        (("Was kostet OpenAI?", "Und Mistral?", "Warum?"), "Besitzer?", "Besitzer von Mistral?"),
        (
            ("Was zahlen wir für Ferrum?", "Wer ist der Besitzer?"),
            "Und wie lange läuft der Leasingvertrag?",
            "Wie lange läuft der Leasingvertrag von Ferrum?",
        ),
        (
            ("Which vendors do we use?", "When do their contracts end?"),
            "And Mistral?",
            "When do Mistral's contracts end?",
        ),
        (("Welche Verträge enden 2027?",), "Und Mistral?", "Welche Verträge von Mistral enden 2027?"),
        (("Which contract ends first?",), "And Mistral?", "Which contract ends first for Mistral?"),
        (("Kosten OpenAI", *("Kündigungsfrist?", "Besitzer?") * 4), "Risiko?", "Risiko von OpenAI?"),
        (
            ("Which contracts end in 2027?", "Why?", "Who owns them?", "Since when?"),
            "Really?",
            "Which contracts end in 2027? Who owns them? Since when? Really?",
        ),
        (("What if OpenAI falters?", "thanks!"), "And Google?", "What if Google falters?"),
        (
            ("What if OpenAI falters?", "Which contracts end in 2027?"),
            "Who owns them?",
            "Which contracts end in 2027? Who owns them?",
        ),
        (
            ("Who owns OpenAI?", "Which contract ends first?"),
            "Why is that?",
            "Which contract ends first? Why is that?",
        ),
        (
            ("Was kostet OpenAI?", "And Mistral?"),
            "Wann endet der Vertrag?",
            "Wann endet der Vertrag von Mistral?",
        ),
    ],
)
def test_a_conversation_goes_on(thread, question, expected):
    assert stand_alone(question, thread, VENDORS, SYSTEMS) == expected


def test_thanks_ask_nothing_of_what_was_before():
    assert stand_alone("thanks!", ("What if OpenAI falters?",), VENDORS) == "thanks!"


def test_without_a_conversation_a_question_is_what_it_is():
    assert stand_alone("And Anthropic?", (), VENDORS) == "And Anthropic?"
    assert stand_alone("When does the contract end?", (), VENDORS) == "When does the contract end?"


def test_without_a_list_of_vendors_capitals_tell_a_name():
    assert stand_alone("And Anthropic?", ("What if OpenAI falters?",)) == "What if Anthropic falters?"
    assert stand_alone("who owns it?", ("what if openai falters?",)) == "what if openai falters? who owns it?"


def test_a_short_question_has_the_language_of_the_conversation():
    assert language("Anthropic?", ("Was, wenn OpenAI ausfällt?",)) == "de"
    assert language("Anthropic?", ()) == "en"
    assert language("And what about the price?", ("Was, wenn OpenAI ausfällt?",)) == "en"
    assert language("und?", ("Was, wenn OpenAI ausfällt?", "Mistral?", "ok!")) == "de"
    assert language("Ferrum Kosten", ("What if OpenAI falters?",)) == "de"
    assert language("Lotse?", ("What if OpenAI falters?",)) == "en"
    assert language("Warum?", ("What if OpenAI falters?",)) == "de"
    assert language("Kosten?", ()) == "de"

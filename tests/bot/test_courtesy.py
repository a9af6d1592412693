import time

import pytest

from bot.courtesy import asks, courtesy


@pytest.mark.parametrize("text", ["", "?", " ... ", ":wave:", "👍🏽", ":+1: :tada:", "—", "``` ```"])
def test_without_a_letter_nothing_is_asked(text):
    assert courtesy(text) == "nothing"


@pytest.mark.parametrize("text", ["https://example.com/x", "see", "example (https://example.com/x)"])
def test_an_address_alone_asks_nothing(text):
    assert courtesy(text) == ("address" if text.startswith("https") else "")


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "Hi there!",
        "Guten Morgen zusammen",
        "Hallo?",
        "Hi Greta",
        "test",
        "Hallo Frau Dr. Meyer!",
        "Hi AI Strategist",
    ],
)
def test_a_greeting_asks_nothing(text):
    assert courtesy(text) == "greeting"


THANKS = """
thanks!|ok, super|thanks, that helps|danke!|Danke dir|ok great :+1:|perfekt, danke|lol|Danke Greta!|thanks Bob
Danke, Greta!|Danke @Greta|alles klar, danke dir|super, das hilft mir weiter|das hilft|that helps a lot
👍 danke|thank you so much for the quick answer|Vielen Dank für die schnelle Antwort|Besten Dank
Danke für die Info|verstehe|ach so|aha|hm|hmm|sounds good|makes sense|good point|interessant!
spannend|sehr gut|gut zu wissen|good to know|ok danke, das wars|das war's, danke
that’s all, thanks|great answer|gute Antwort|well done
perfect, exactly what I needed|genau das habe ich gesucht|danke, reicht|wird gemacht|will do|you're welcome
gern geschehen|kein Problem|ja bitte|yes please|see you tomorrow|schönes Wochenende|have a nice day|love it
Hi, danke!|Das ist sehr hilfreich, danke|thanks for your help|passt so, danke|ja|nein|okay dann|mega
"""


@pytest.mark.parametrize("text", THANKS.replace("\n", "|").strip("|").split("|"))
def test_thanks_and_assent_ask_nothing(text):
    assert courtesy(text) == "thanks"


@pytest.mark.parametrize("text", ["help", "Hilfe!", "Who are you?", "what can you do", "Was kannst du?"])
def test_asking_what_can_be_asked_is_helped(text):
    assert courtesy(text) == "help"


QUESTIONS = """
and Anthropic?|und Mistral?|und Mistral|and Google?|warum?|why?|und?|mehr|more details|weiter|right?|ok?|true?
stimmt das?|wirklich?|really?|danke, und Mistral?|thanks and Mistral|ok, and what about the EU?|no fallback?
Hi, what is our risk if OpenAI falters?|ok and in the EU|thanks, but why?|helpdesk risk|Hallodri|2027|Quellen
https://example.com/x is that true?|thanks for Mistral|Danke für die Übersicht zu Mistral|ist das gut
top risks|Danke, was kostet Mistral|ja, aber warum|das ist gut für wen|good models|klasse Modelle|inwiefern
Hallo OpenAI Kündigungsfrist|Moin Vertragsende OpenAI|Danke Anthropic Kosten|Hi EU AI Act
Hallo Kündigungsfrist|thanks, Mistral|Hi OpenAI|Hallo Kündigungsfrist Mistral!|Danke, Kosten
cheers OpenAI Contract|Hallo, Verlust
ok Mistral|Danke Mistral Preise bitte|summary|good summary of Mistral|OpenAI|no fallback
"""


@pytest.mark.parametrize("text", QUESTIONS.replace("\n", "|").strip("|").split("|"))
def test_a_question_stays_one(text):
    assert courtesy(text) == ""


@pytest.mark.parametrize("text", ["ja " * 60 + "x", "that is really so very " * 8 + "x", "danke " * 25 + "x"])
def test_no_text_takes_long(text):
    start = time.perf_counter()
    assert courtesy(text) == ""
    assert asks(text + " zz?")
    assert time.perf_counter() - start < 0.05


@pytest.mark.parametrize(
    "text",
    [
        *("I will ask Greta tomorrow.", "Let's discuss this on Monday", "ok I'll take it to the board"),
        *("Das klären wir morgen", "Ich frage mal Tom", "Wir nehmen Azure", "It looks expensive to me"),
        *("ok, we will talk to Tom, then I decide", "thanks, I'll ask Greta :+1:", "Wir prüfen das. Danke!"),
        *("We meet on Monday, and I bring the numbers", "Das ist teuer, aber wir zahlen es"),
        *("thanks!", "hello", ":+1:", "", "https://example.com"),
    ],
)
def test_what_people_tell_each_other_asks_nothing(text):
    assert not asks(text)


@pytest.mark.parametrize(
    "text",
    [
        *QUESTIONS.replace("\n", "|").strip("|").split("|"),
        *(
            "I would like to know what Mistral costs",
            "Tell me more",
            "ich möchte mehr wissen",
            "Kosten Umzug",
        ),
        *("Ich brauche die Kosten von Mistral", "that contract's end date", "zeig mir die Quellen", "help"),
        *(
            "I mean Google",
            "ich meine Google",
            "We need the costs",
            "ich will die Kosten sehen",
            "this is it?",
        ),
        *("we are on Azure, does that change anything", "I can't read German, translate it"),
        *(
            "Ich hätte gern eine Tabelle",
            "das klingt gut, und bei Mistral",
            "let's look at Anthropic instead",
        ),
        *("ich bin unsicher, ist das noch aktuell", "I thought the deadline was November"),
        *("Ich seh da keine Zahlen", "I cannot see the date", "that is too long, shorten it"),
        *("this is wrong, check the date again", "we are 40 people, calculate the cost"),
        *(
            "they are in the EU, correct",
            "We pay 410,000, right",
            "er ist der Owner oder",
            "lets see Mistral",
        ),
        *("it would help to see Mistral", "it is Mistral I am after", "Das ist auf Englisch, übersetze es"),
    ],
)
def test_what_may_be_a_question_asks(text):
    assert asks(text)

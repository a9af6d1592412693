import pytest

from bot import names
from bot.evidence import gather
from retrieval.lexicon import Lexicon
from retrieval.types import Language

PAIRS = [
    ("bericht", "report"),
    ("vertrag", "contract"),
    ("lieferant", "supplier"),
    ("risiko", "risk"),
    ("modell", "model"),
    ("vorstand", "board"),
    ("warschau", "warsaw"),
    ("london", "london"),
]
LEXICON = Lexicon(PAIRS)


def found(text: str, language: Language) -> list[str]:
    return [each.text for each in names.find(text, language, LEXICON)]


def missing(claim: str, language: Language, source: str, other: Language) -> list[str]:
    evidence = gather([(source, other)], LEXICON)
    return [
        each.text for each in names.missing(names.find(claim, language, LEXICON), language, evidence, LEXICON)
    ]


def test_german_nouns_and_compounds_are_no_names():
    assert found("Der Bericht nennt Anthropic als Vertragsrisiko.", "de") == ["Anthropic"]


def test_a_short_known_end_makes_no_compound():
    lexicon = Lexicon([*PAIRS, ("villen", "villas"), ("ville", "town")])
    assert [each.text for each in names.find("Er lebt in Jacksonville.", "de", lexicon)] == ["Jacksonville"]


def test_english_function_words_at_the_start_are_no_names():
    assert found("The contract with Mistral ends.", "en") == ["Mistral"]


def test_digits_belong_to_a_name():
    assert found("runs MAI-1 on H100, not GPT-4", "en") == ["MAI-1", "H100", "GPT-4"]


@pytest.mark.parametrize(
    ("claim", "language", "source", "other"),
    [
        ("OpenAIs Vertrag", "de", "OpenAI hat einen Vertrag.", "de"),
        ("Microsoft's model", "en", "a model of Microsoft", "en"),
        ("the report of Altman", "en", "Sam Altman wrote it.", "en"),
        ("in Germany", "en", "in Deutschland", "de"),
        ("das Pentagon", "de", "the Pentagon", "en"),
        ("aus Kalifornien", "de", "from California", "en"),
        ("in Warschau", "de", "in Warsaw", "en"),
        ("the EU", "en", "the European Union", "en"),
        ("GPT 4 and GPT4", "en", "GPT-4-Modelle", "de"),
        ("the Board met", "en", "Der Vorstand tagte.", "de"),
        ("OpenAI models", "en", "OpenAI-Modelle", "de"),
        ("der GPT-4-Wrapper", "de", "a GPT-4 wrapper", "en"),
        ("OpenAI's Altman", "en", "OpenAIs Altman", "de"),
        ("the U.S. board", "en", "der Vorstand in den USA", "de"),
        ("under GDPR", "en", "nach der DSGVO", "de"),
        ("in North Africa", "en", "die Städte Nordafrikas", "de"),
        ("an African-American group", "en", "eine afroamerikanische Gruppe", "de"),
        ("the Waldensians", "en", "die Waldenser", "de"),
        ("It said I've seen that we don't", "en", "der Bericht", "de"),
    ],
)
def test_a_name_is_found_in_every_spelling(claim, language, source, other):
    assert missing(claim, language, source, other) == []


@pytest.mark.parametrize(
    ("claim", "language", "source", "other", "name"),
    [
        ("a model of Mistral", "en", "a model of OpenAI", "en", "Mistral"),
        ("runs GPT-5 now", "en", "runs GPT-4 now", "en", "GPT-5"),
        ("der Bericht von Axios", "de", "der Bericht der Times", "de", "Axios"),
        ("in France", "en", "in Deutschland", "de", "France"),
        ("in North Africa", "en", "in Nordamerika", "de", "Africa"),
        ("in London", "en", "in Boston", "de", "London"),
        ("said Tim Altman", "en", "said Sam Altman. Tim left.", "en", "Tim"),
    ],
)
def test_another_name_is_missing(claim, language, source, other, name):
    assert missing(claim, language, source, other) == [name]

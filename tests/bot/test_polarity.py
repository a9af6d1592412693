import pytest

from bot.check import verify
from retrieval.lexicon import load

LEXICON = load()


def opposite(claim: str, source: str) -> bool:
    return any(each.rule == "opposite" for each in verify(claim, [source], LEXICON).problems)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The fallback of Greta was not tested in June.", "The fallback of Greta was tested in June."),
        ("The fallback of Greta was tested in June.", "The fallback of Greta was never tested in June."),
        ("Revenue of the vendor increased in spring.", "Revenue of the vendor decreased in spring."),
        ("Der Umsatz des Anbieters steigt im Frühjahr.", "Der Umsatz des Anbieters sinkt im Frühjahr."),
        (
            "Das Modell ist für vertrauliche Daten nicht erlaubt.",
            "Das Modell ist für vertrauliche Daten erlaubt.",
        ),
        (
            "Die Zahlen des Artikels wurden abhängig geprüft.",
            "Die Zahlen des Artikels wurden unabhängig geprüft.",
        ),
        ("The fallback was not tested in June.", "Der Fallback wurde im Juni getestet."),
        (
            "The plant lies west of the river and east of the station.",
            "The plant lies east of the river and east of the station.",
        ),
        (
            "Der Anbieter mit dem kleinsten Umsatz hat den größten Verlust.",
            "Der Anbieter mit dem größten Umsatz hat den größten Verlust.",
        ),
    ],
)
def test_a_flip_is_a_problem(claim, source):
    assert opposite(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Greta runs on Claude.", "Greta runs on Claude, and Lotse does not run anywhere else."),
        ("Not only Greta is affected, Lotse is affected.", "Greta and Lotse are affected."),
        ("Anthropic does not lift its limits on use.", "Anthropic refuses to lift its limits on use."),
        ("The fallback was never tested.", "Der Fallback wurde nie getestet."),
        (
            "Cleaning lowers the risk of infections, and repair increases the risk.",
            "Cleaning lowers the risk of infections in most cases.",
        ),
        ("Larger and smaller vendors fail.", "Smaller and larger vendors fail."),
        (
            "The share rose in the north and fell in the south.",
            "Der Anteil stieg im Norden und fiel im Süden.",
        ),
        ("They withdrew without conditions.", "Sie zogen sich bedingungslos zurück."),
        ("The evidence is insufficient.", "Es gibt keine ausreichenden Beweise."),
        ("A decision falls no later than June.", "Eine Entscheidung fällt spätestens im Juni."),
        ("Convention No. 81 covers labour inspection.", "Convention 81 covers labour inspection."),
    ],
)
def test_agreement_is_none(claim, source):
    assert not opposite(claim, source)

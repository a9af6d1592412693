import pytest

from bot import coverage
from bot.evidence import gather
from retrieval.lexicon import Lexicon
from retrieval.types import Language

LEXICON = Lexicon([("vertrag", "contract"), ("risiko", "risk"), ("wächst", "grows"), ("anbieter", "vendor")])


def cover(claim: str, language: Language, source: str, other: Language) -> coverage.Cover:
    return coverage.measure(coverage.read(claim, language, LEXICON), gather([(source, other)], LEXICON))


def test_a_copy_is_covered_whole():
    found = cover("The vendor risk grows.", "en", "Costs fall. The vendor risk grows.", "en")
    assert (found.best, found.pair, found.sequence) == (1.0, 1.0, 1.0)
    assert found.sentence is not None and found.sentence.text == "The vendor risk grows."


def test_two_sentences_in_a_row_may_share_the_content():
    found = cover("The vendor risk grows.", "en", "The vendor pays. The risk grows.", "en")
    assert found.best == pytest.approx(2 / 3)
    assert found.pair == 1.0


@pytest.mark.parametrize(
    ("claim", "language", "source", "other"),
    [
        ("The vendor risk grows.", "en", "Das Risiko beim Anbieter wächst.", "de"),
        ("Das Anbieterrisiko wächst.", "de", "The risk of the vendor grows.", "en"),
        ("Microsoft sieht Kapitalismus.", "de", "Microsoft, capitalism, sieht", "en"),
    ],
)
def test_translations_compounds_and_cognates_count_as_found(claim, language, source, other):
    assert cover(claim, language, source, other).best >= 2 / 3


def test_nothing_is_covered_by_nothing():
    assert cover("The vendor risk grows.", "en", "", "en") == coverage.Cover(0.0, 0.0, 0.0, None)

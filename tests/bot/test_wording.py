import pytest

from bot.check import verify
from retrieval.lexicon import load

LEXICON = load()
TERM = "The contract started on 1 March 2025 and ends on 28 February 2027."


def rules(claim, source):
    return [each.rule for each in verify(claim, [source], LEXICON).problems]


def test_two_dates_in_each_others_place_are_seen():
    assert rules("The contract started on 28 February 2027 and ends on 1 March 2025.", TERM) == ["role"]


@pytest.mark.parametrize(
    "claim",
    [
        "The contract ends on 28 February 2027 and started on 1 March 2025.",
        "Der Vertrag begann am 1. März 2025 und endet am 28. Februar 2027.",
    ],
)
def test_dates_in_their_own_place_are_no_problem(claim):
    assert rules(claim, TERM) == []

from dataclasses import replace
from datetime import date

import pytest
from values import PASSAGE, SOURCE

from bot.focus import NO_FOCUS, Focus
from bot.models.failover import Need
from bot.plan import Search
from bot.research import Findings, highest, look_up, needed, regions, worth_telling
from retrieval.types import Hit
from retrieval.visibility import Audience
from retrieval.vocabulary import Named

ALL = Audience.whole_library()
HOUR = Search("What happens to the claims desk after an hour without Aurora Models?")
SHIPS = Search("How many ferries does the shipyard in Emden build for Norway?")
NOWHERE = Search("Which moon of Saturn has an ocean?")


def hit(name="p1", score=0.5, **source):
    return Hit(replace(PASSAGE, id=name), replace(SOURCE, **source), score)


def test_one_search_brings_what_the_library_brings(shelved):
    found = shelved.search(HOUR.text, ALL, 16)
    assert look_up(shelved, [HOUR], ALL) == Findings(HOUR.text, found.hits, answerable=True)


def test_several_searches_bring_the_best_of_each_once(shelved):
    found = look_up(shelved, [HOUR, SHIPS], ALL)
    assert {each.source.title for each in found.hits[:3]} >= {
        "Vendor note: Aurora Models",
        "Kurzbericht zur Werft",
    }
    assert len({each.passage.id for each in found.hits}) == len(found.hits)
    scores = [each.score for each in found.hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("searches", "goes_by", "answerable"),
    [
        ([HOUR, SHIPS], HOUR, True),
        ([NOWHERE, SHIPS], SHIPS, True),
        ([NOWHERE], NOWHERE, False),
    ],
)
def test_quotes_go_by_the_first_search_that_finds_an_answer(shelved, searches, goes_by, answerable):
    found = look_up(shelved, searches, ALL)
    assert (found.question, found.answerable) == (goes_by.text, answerable)


def test_what_came_with_the_question_goes_first_and_answers(shelved):
    mine = hit("mine", 0.1)
    found = look_up(shelved, [NOWHERE], ALL, [mine])
    assert (found.hits[0], found.answerable) == (mine, True)
    assert found.telling[0] == mine


def test_nobody_finds_nothing(shelved):
    assert look_up(shelved, [HOUR], Audience.nobody()).hits == ()


def test_a_period_and_vendors_are_handed_on(shelved):
    search = Search("Pricing of the Borealis contract", date(2026, 1, 1), ("borealis",))
    assert look_up(shelved, [search], ALL).hits[0].source.title


def test_a_model_is_told_what_is_at_least_half_as_good_as_the_best():
    hits = tuple(hit(f"p{n}", score) for n, score in enumerate((0.9, 0.5, 0.44, 0.1)))
    assert Findings("", hits, True).telling == hits[:2]
    assert Findings("", (), True).telling == ()
    assert Findings("", hits, True, attached=1).telling == hits[:3]


def test_a_confidential_passage_beside_the_subject_keeps_no_model_from_the_question():
    focus = Focus.of("What if Ferrum fails?", (Named("self", "Ferrum"), Named("openai", "OpenAI")), ())
    on, beside, secret = (
        hit(name, score, title=f"Note on {name}", confidentiality=word)
        for name, score, word in (
            ("Ferrum", 0.9, "internal"),
            ("Coffee", 0.8, "internal"),
            ("OpenAI", 0.7, "confidential"),
        )
    )
    need = Need("internal")
    assert worth_telling(Findings("", (on, beside, secret), True), need, focus) == (on, beside)
    assert worth_telling(Findings("", (on, beside, secret), True), need, NO_FOCUS) == (on, beside, secret)
    assert worth_telling(Findings("", (beside, secret), True), need, focus) == (beside, secret)
    assert worth_telling(Findings("", (secret, on), True, attached=1), need, focus) == (secret, on)


def test_the_best_are_those_nearly_as_good_as_the_best():
    hits = tuple(hit(f"p{n}", score) for n, score in enumerate((0.9, 0.85, 0.5)))
    assert Findings("", hits, True).best() == hits[:2]


@pytest.mark.parametrize(
    ("words", "most"),
    [
        (["public"], "public"),
        (["public", "confidential", "internal"], "confidential"),
        (["secret", "confidential"], "secret"),
        (["secret", "top secret"], "top secret"),
        (["", "public"], ""),
    ],
)
def test_the_most_confidential_word_decides_and_an_unknown_one_most(words, most):
    assert highest(words) == most


def test_each_document_that_restricts_is_heard():
    hits = [hit(regions=("eu", "local")), hit(), hit(regions=("us",)), hit(regions=("us",))]
    assert regions(hits) == (frozenset({"eu", "local"}), frozenset({"us"}))


def test_the_need_holds_question_and_passages():
    asked = Need("internal", (), frozenset({"openai"}), "claude", "de")
    need = needed([hit(confidentiality="secret", regions=("eu",))], asked)
    assert need == Need("secret", (frozenset({"eu"}),), frozenset({"openai"}), "claude", "de")
    assert needed([hit(confidentiality="public")], asked) == asked

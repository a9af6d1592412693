from benchmarks import checking, planting
from benchmarks.checking import Checker, Scored
from benchmarks.planting import Case
from bot.problems import Problem
from retrieval.lexicon import load

TEXT = "On 3 May 2025, Greta was moved to Mistral at 1,900 tickets."
CASE = Case(TEXT, "en", TEXT + " In October Lotse was told of Ferrum.", "en")
PLANT = "The plant in Hagen is run by Siemens now and not by Ferrum."
OTHER = Case(PLANT, "en", PLANT, "en")


SMALL_WORDS = (
    "In the Ferrum note Ferrum may serve up to 40 users per month with some of the models of Ferrum.",
    "Later the share of Ferrum rose by 7 percent in the plant, far from Siemens, to 12 percent.",
)
CASES = [CASE, OTHER, *(Case(text, "en", text, "en") for text in SMALL_WORDS)]


def test_every_kind_of_error_is_planted_and_only_where_there_is_a_place_for_it():
    for kind in planting.KINDS:
        planted = planting.plant(CASES, kind)
        assert planted and all(each.text not in [case.text for case in CASES] for each in planted), kind
    assert [each.source for each in planting.plant([CASE, OTHER], "date")] == [CASE.source]


def test_planting_is_repeatable():
    assert planting.plant([CASE, OTHER], "number", seed=1) == planting.plant([CASE, OTHER], "number", seed=1)


def test_planted_errors_are_flagged_and_the_original_is_not():
    checker = Checker(load())
    assert checking.flagged(checker, [CASE])[0][1] == frozenset()
    for kind in ("number", "date", "name", "negation"):
        ((_, kinds),) = checking.flagged(checker, planting.plant([CASE], kind) or [CASE])[:1]
        assert kind in kinds or kind == "name"


def test_kinds_of_problems():
    assert [checking.kind_of(Problem(rule)) for rule in ("thin", "opposite", "other date", "name")] == [
        "content",
        "negation",
        "date",
        "name",
    ]


def test_macro_f1_and_balanced_accuracy():
    scored = [Scored(1.0, True, True), Scored(0.9, True, False), Scored(0.1, False, False)]
    assert checking.balanced_accuracy(scored) == 0.75
    assert checking.macro_f1(scored) == 2 / 3


def test_tables_without_the_shared_data_measure_our_corpus(tmp_path):
    first, left_out = checking.tables(load(), tmp_path, limit=12)
    assert first.rows[0][0] == "nothing planted"
    assert "Left out" in left_out.notes[0]

from bot.check import Problem, verify
from bot.problems import _WORDS
from retrieval.lexicon import load


def test_every_problem_is_told_in_both_languages():
    for rule in _WORDS:
        english, german = Problem(rule, "Greta").say("en"), Problem(rule, "Greta").say("de")
        assert english != german
        assert ("Greta" in english) == ("Greta" in german)


def test_a_problem_names_what_it_is_about():
    found = verify("Lotse runs only on Azure in Hagen.", ["Lotse runs on Azure in Hagen."], load())
    assert [each.say("de") for each in found.problems] == ["die zitierte Passage sagt nicht „only“"]

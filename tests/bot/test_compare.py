import threading
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from values import ANSWER, CITATION

from bot.compare import Group, Said, group, merged, side_by_side, told
from bot.types import Attempt, Skipped, Statement
from retrieval.lexicon import load

QUOTE = ("file:///a.md", "Der Vertrag endet.")


class Judge:
    """Finds nothing similar by meaning, unless told that it does."""

    lexicon = load()

    def __init__(self, cosine=0.0):
        self.cosine = cosine

    def similar(self, claim, texts):
        return [self.cosine] * len(texts)


def said(backend, text, *quotes, verdict="supported", language="en"):
    return Said(backend, Statement(text, verdict, ()), frozenset(quotes), language)


def groups(*all_said, cosine=0.0):
    return [(each.text, each.backends) for each in group(all_said, Judge(cosine))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "OpenAI expects a loss of $14 billion in 2026.",
            "In 2026 OpenAI expects a loss of 14 billion dollars.",
        ),
        ("The contract ends in March 2027.", "The contract ends in March 2027!"),
    ],
)
def test_the_same_in_other_words_is_agreed(one, other):
    assert groups(said("a", one), said("b", other)) == [(one, ("a", "b"))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("OpenAI expects a loss of $14 billion in 2026.", "OpenAI expects a loss of $15 billion in 2026."),
        ("The contract ends in March 2027.", "The contract ends in April 2027."),
        ("The fallback to Claude was tested.", "The fallback to Claude was not tested."),
        ("The fallback to Claude was tested.", "The fallback to Mistral was tested."),
        ("Der Vertrag endet im März 2027.", "Der Vertrag endet im April 2027."),
    ],
)
def test_another_figure_date_name_or_the_opposite_is_not(one, other):
    found = groups(said("a", one, QUOTE), said("b", other, QUOTE), cosine=0.95)
    assert [backends for _, backends in found] == [("a",), ("b",)]


def test_the_same_source_needs_fewer_words_in_common():
    one, other = "Greta would stop within the hour.", "Without help Greta would fail."
    assert len(groups(said("a", one), said("b", other))) == 2
    assert len(groups(said("a", one, QUOTE), said("b", other, QUOTE))) == 1


def test_meaning_joins_what_has_no_words_in_common():
    one, other = "Work goes on by hand.", "Staff use paper forms."
    assert len(groups(said("a", one), said("b", other), cosine=0.9)) == 1
    assert len(groups(said("a", one), said("b", other), cosine=0.6)) == 2
    assert len(groups(said("a", one, QUOTE), said("b", other, QUOTE), cosine=0.6)) == 1


def test_what_one_model_says_twice_is_no_agreement():
    found = groups(
        said("a", "The contract ends."), said("a", "The contract ends!"), said("b", "The contract ends")
    )
    assert [backends for _, backends in found] == [("a", "b"), ("a",)]


def test_a_group_speaks_in_words_that_are_borne_out():
    doubted = said("a", "The contract ends.", verdict="unsupported")
    both = Group((doubted, said("b", "The contract ends now.")))
    assert str(both) == "The contract ends now. (a, b)"
    assert Group((doubted,)).text == "The contract ends."


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["It ends.", "It ends in 2027.", "No."]))))
def test_no_statement_is_lost_or_told_twice(pairs):
    everything = [said(backend, text) for backend, text in pairs]
    kept = [each for found in group(everything, Judge()) for each in found.said]
    assert sorted(map(str, kept)) == sorted(map(str, everything))


def test_an_answers_statements_come_with_their_quotes_but_without_assumptions():
    assumed = Statement("Nobody looks.", "unsupported", (), kind="assumption")
    answer = replace(ANSWER, statements=(*ANSWER.statements, assumed), citations=(CITATION,))
    [only] = told(answer)
    assert (only.backend, only.quotes) == ("extractive", {(CITATION.uri, CITATION.quote)})


def test_answers_that_only_quote_are_shown_once_with_all_reasons():
    first = replace(ANSWER, skipped=(Skipped("a", "late"),), attempts=(Attempt("a", "m", "stall", 1.0),))
    second = replace(ANSWER, skipped=(Skipped("b", "no key"),))
    model = replace(ANSWER, backend="c", skipped=())
    [shown, quoted] = merged([first, model, second])
    assert shown == model
    assert quoted.skipped == (Skipped("a", "late"), Skipped("b", "no key"))
    assert [each.vendor for each in quoted.attempts] == ["a"]
    assert merged([model, first]) == (model, first)


def test_all_write_at_once_and_come_in_the_order_asked():
    together = threading.Barrier(2, timeout=30)

    def write(name):
        together.wait()
        return replace(
            ANSWER, backend=name, attempts=(Attempt(name, "m", "complete", 1.0, 5, 5, Decimal("0.01")),)
        )

    compared = side_by_side(["a", "b"], write, Judge())
    assert [each.backend for each in compared.answers] == ["a", "b"]
    assert [each.backends for each in compared.agreed] == [("a", "b")]
    assert compared.differing == ()
    assert [each.usd for each in compared.answers] == [Decimal("0.01")] * 2


def test_what_only_one_says_differs():
    texts = {"a": "Der Vertrag endet.", "b": "Die Werft baut Fähren."}

    def write(name):
        one = Statement(texts[name], "supported", (1,))
        return replace(ANSWER, language="de", backend=name, statements=(one,))

    compared = side_by_side(["a", "b"], write, Judge())
    assert compared.agreed == ()
    assert [each.text for each in compared.differing] == list(texts.values())


def test_calls_that_look_alike_are_all_paid():
    call = Attempt("a", "a-model", "auth", 0.0, 10, 0, Decimal("0.01"))
    quoted = replace(ANSWER, backend="extractive", attempts=(call,))
    [once] = merged([quoted, quoted])
    assert once.usd == Decimal("0.02")

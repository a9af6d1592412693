import pytest
from hypothesis import given
from hypothesis import strategies as st
from speakers import NEED, vendor

from bot.models.policy import Need, admitted, concerned, conflict, objection

LEVELS = ("public", "internal", "confidential", "secret")
REGIONS = ("eu", "us", "global", "local")


@pytest.mark.parametrize("asked", LEVELS)
@pytest.mark.parametrize("most", LEVELS)
def test_a_vendor_hears_up_to_its_confidentiality(asked, most):
    allowed = LEVELS.index(asked) <= LEVELS.index(most)
    assert (objection(vendor(max_confidentiality=most), Need(asked)) is None) is allowed


def test_a_word_that_nobody_knows_is_heard_by_nobody():
    assert objection(vendor(max_confidentiality="secret"), Need("cosmic"))


@pytest.mark.parametrize(
    ("works", "allowed", "may"),
    [
        ({"eu"}, [{"eu"}], True),
        ({"eu"}, [{"eu", "us"}], True),
        ({"us"}, [{"eu"}], False),
        ({"eu", "us"}, [{"eu"}], False),
        ({"global"}, [{"eu", "us"}], False),
        ({"us"}, [{"global"}], True),
        ({"eu"}, [{"eu"}, {"us"}], False),
        ({"local"}, [{"eu"}], True),
        ({"local"}, [set()], True),
        ({"local", "us"}, [{"local"}], False),
        ({"eu"}, [set()], False),
        ({"us"}, [], True),
    ],
)
def test_each_region_of_a_vendor_must_be_allowed_by_each_document(works, allowed, may):
    need = Need("internal", regions=tuple(frozenset(each) for each in allowed))
    assert (objection(vendor(regions=works), need) is None) is may


@given(
    st.sets(st.sampled_from(REGIONS), min_size=1),
    st.lists(st.frozensets(st.sampled_from(REGIONS)), max_size=3),
    st.frozensets(st.sampled_from(REGIONS)),
)
def test_one_more_restriction_never_lets_anybody_in(works, allowed, more):
    known = vendor(regions=works)
    if objection(known, Need("internal", regions=tuple(allowed))):
        assert objection(known, Need("internal", regions=(*allowed, more)))


@pytest.mark.parametrize(
    ("need", "words"),
    [
        (Need("secret"), "may hear up to internal, and what this answer rests on is secret"),
        (Need("secret", language="de"), "darf bis „internal“ mithören"),
        (
            Need("internal", (frozenset({"us", "local"}),)),
            "works in eu, and what this answer rests on may be",
        ),
        (Need("internal", (frozenset({"us"}),), language="de"), "darf nur in us verarbeitet werden"),
        (Need("internal", (frozenset({"local"}),)), "may be worked on nowhere but here"),
        (Need("internal", (frozenset({"local"}),), language="de"), "darf nur hier verarbeitet werden"),
    ],
)
def test_the_reason_can_be_read_by_an_employee(need, words):
    assert words in objection(vendor(), need)


def test_who_may_be_asked_keeps_the_order_and_says_why_not():
    known = [vendor("b"), vendor("c", max_confidentiality="public"), vendor("a")]
    allowed, skipped = admitted(known, NEED)
    assert [each.name for each in allowed] == ["b", "a"]
    assert [each.backend for each in skipped] == ["c"]


def test_with_one_vendor_wanted_the_others_are_not_named():
    allowed, skipped = admitted([vendor("a"), vendor("b")], Need("internal", only="b"))
    assert ([each.name for each in allowed], skipped) == (["b"], ())


def test_a_wish_does_not_go_past_the_policy():
    allowed, [skipped] = admitted([vendor("a"), vendor("b")], Need("secret", only="b"))
    assert (allowed, skipped.backend) == ((), "b")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "is not configured"), ("de", "ist nicht konfiguriert")]
)
def test_a_wish_for_a_vendor_that_there_is_not_is_told(language, words):
    allowed, [skipped] = admitted([vendor("a")], Need("internal", only="z", language=language))
    assert (allowed, skipped.backend, skipped.reason) == ((), "z", words)


def test_a_question_concerns_who_owns_the_model():
    need = Need("internal", about=frozenset({"openai"}))
    assert concerned(vendor(owner="openai"), need)
    assert not concerned(vendor(owner="mistral"), need)
    assert (
        conflict(vendor(owner="openai"), need).reason == "runs a model of openai, which the question is about"
    )

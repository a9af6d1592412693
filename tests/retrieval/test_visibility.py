import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import Refused
from retrieval.visibility import Audience, may_see, normalise, visibility_class, visible

principals = st.sampled_from(["public", "employees", "admins", "group:a", "group:b", "user:U1", "channel:C1"])
visibilities = st.lists(principals, min_size=1, max_size=3).map(lambda each: normalise(",".join(each)))
readers = st.frozensets(principals, max_size=4)


@given(visibilities, st.lists(readers, max_size=4))
def test_the_rule_agrees_with_its_definition(visibility, people):
    allowed = bool(people) and all(any(p in person for p in visibility.split(",")) for person in people)
    assert may_see(visibility, Audience(tuple(people))) == allowed


@given(st.lists(visibilities, max_size=6), st.lists(readers, min_size=1, max_size=3), readers)
def test_one_more_reader_never_sees_more(every, people, other):
    before = set(visible(every, Audience(tuple(people))))
    assert set(visible(every, Audience((*people, other)))) <= before


def test_nobody_sees_nothing_and_the_operator_sees_all():
    assert not may_see("public", Audience.nobody())
    assert may_see("admins", Audience.whole_library())


def test_everybody_holds_public():
    assert may_see("public", Audience.of("employees"))
    assert not may_see("employees", Audience.of())


@pytest.mark.parametrize("word", ["", "evrybody", "group:", "group:a b", "Public", "employees,evil", "*"])
def test_an_unknown_visibility_is_refused(word):
    with pytest.raises(Refused, match="visibility"):
        normalise(word)


@pytest.mark.parametrize("word", ["everyone", "everybody", "all", "all_employees", "all-employees"])
def test_a_word_for_all_people_is_refused_and_the_advice_tells_staff_from_anybody(word):
    with pytest.raises(Refused) as refused:
        normalise(f"group:board,{word}")
    assert f"unknown visibility {word}" in refused.value.problem
    assert "public (anybody), employees (all staff)" in refused.value.advice


def test_normal_form_is_sorted_and_public_swallows_the_rest():
    assert normalise(" group:b , group:a,group:b") == "group:a,group:b"
    assert normalise("group:a,public") == "public"


@given(visibilities, visibilities)
def test_classes_are_safe_names_and_tell_visibilities_apart(left, right):
    assert visibility_class(left).isalnum()
    assert (visibility_class(left) == visibility_class(right)) == (left == right)

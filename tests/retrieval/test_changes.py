from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sample_documents import document

from retrieval.changes import Change, Fingerprint, decide, fingerprint
from retrieval.types import Block, Document

prints = some.builds(Fingerprint, some.sampled_from(["a", "b", "c"]), some.sampled_from(["x", "y", "z"]))
DOCUMENT = Document(
    "d1", "file:///a.md", "A", (Block("prose", "One."),), "0" * 64, "en", "employees", "internal"
)


@given(some.none() | prints, some.none() | prints)
def test_every_pair_has_one_decision_and_only_the_right_one(new, known):
    change = decide(new, known)
    assert (change is Change.NEW) == (new is not None and known is None)
    assert (change is Change.GONE) == (new is None and known is not None)
    assert (change is Change.UNCHANGED) == (new == known)
    if new and known:
        assert (change is Change.CHANGED) == (new.digest != known.digest)
        assert (change is Change.RELABELLED) == (new.digest == known.digest and new != known)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "B"},
        {"visibility": "public"},
        {"confidentiality": "secret"},
        {"publisher": "FT"},
        {"source": "web"},
        {"published": date(2026, 2, 16)},
        {"review": date(2026, 12, 1)},
        {"vendors": ("openai",)},
        {"sample": True},
        {"digest": "1" * 64},
    ],
)
def test_labels_change_no_text(changes):
    assert decide(fingerprint(replace(DOCUMENT, **changes)), fingerprint(DOCUMENT)) is Change.RELABELLED


@pytest.mark.parametrize(
    "changes",
    [
        {"blocks": (Block("prose", "One"),)},
        {"blocks": (Block("table", "One."),)},
        {"blocks": (Block("prose", "One.", ("H",)),)},
        {"blocks": (Block("prose", "One.", (), 2),)},
        {"blocks": ()},
        {"language": "de"},
    ],
)
def test_text_structure_and_language_ask_for_a_new_embedding(changes):
    assert decide(fingerprint(replace(DOCUMENT, **changes)), fingerprint(DOCUMENT)) is Change.CHANGED


def test_fields_do_not_run_into_each_other():
    one = replace(DOCUMENT, source="ab", publisher="c")
    other = replace(DOCUMENT, source="a", publisher="bc")
    assert fingerprint(one) != fingerprint(other)


texts = some.lists(some.text(max_size=5), max_size=4)


@given(texts, texts)
def test_documents_have_one_fingerprint_exactly_when_their_texts_are_equal(one, other):
    first, second = (replace(DOCUMENT, blocks=tuple(Block("prose", t) for t in ts)) for ts in (one, other))
    assert (fingerprint(first).digest == fingerprint(second).digest) == (one == other)


def test_regions_are_a_label_and_none_leaves_the_old_print():
    none = fingerprint(document())
    some = fingerprint(document(regions=("eu",)))
    assert decide(some, none) is Change.RELABELLED
    # As it was before documents could name regions: nothing may be taken in anew for that.
    assert none.metadata.startswith("8d64d67f86f495a5")

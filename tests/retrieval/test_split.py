from dataclasses import replace
from itertools import accumulate, combinations, pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.split import cuts, split
from retrieval.types import Block, Document


def document(*blocks: Block, title: str = "T") -> Document:
    return Document("d1", "file:///x.md", title, blocks, "0" * 64, "en", "public", "public")


def prose(text: str, *headings: str) -> Block:
    return Block("prose", text, headings)


blocks = st.lists(
    st.builds(
        Block,
        st.sampled_from(["prose", "code"]),
        st.text("ab .\n", max_size=300),
        st.sampled_from([(), ("A",), ("A", "B")]),
    ),
    max_size=8,
)


@given(blocks, st.integers(20, 400))
def test_no_word_is_lost_and_none_is_doubled(parts, limit):
    passages = split(document(*parts), limit)
    assert "".join("".join(p.text.split()) for p in passages) == "".join(
        "".join(b.text.split()) for b in parts
    )


@given(blocks, st.integers(20, 400))
def test_sentence_spans_lie_in_their_passage_and_ids_differ(parts, limit):
    passages = split(document(*parts), limit)
    assert len({p.id for p in passages}) == len(passages)
    for passage in passages:
        assert passage.sentences
        assert all(0 <= a < b <= len(passage.text) for a, b in passage.sentences)


@given(blocks, st.integers(20, 400))
def test_only_a_single_sentence_is_longer_than_the_limit(parts, limit):
    for passage in split(document(*parts), limit):
        assert len(passage.text) <= limit or len(passage.sentences) == 1


@given(st.text("ab .\n", min_size=1, max_size=300).filter(str.strip))
def test_what_fits_in_one_passage_is_not_cut(text):
    assert len(split(document(prose(text)), max(20, len(text)))) == 1


@given(blocks, blocks, blocks, st.integers(20, 400))
def test_an_edit_leaves_the_other_sections_as_they_are(kept, before, after, limit):
    def section(heading, parts):
        return [prose(each.text, heading) for each in parts]

    old = split(document(*section("Edited", before), *section("Kept", kept)), limit)
    new = split(document(*section("Edited", after), *section("Kept", kept)), limit)
    old_texts, new_texts = ([p.text for p in each if p.headings == ("Kept",)] for each in (old, new))
    assert old_texts == new_texts


def spans_of(lengths):
    ends = list(accumulate(length + 1 for length in lengths))
    return [(end - length - 1, end - 1) for length, end in zip(lengths, ends, strict=True)]


def priced(lengths):
    """The spans of items, with what a cut before each of them costs."""
    costs = st.lists(st.floats(0, 1), min_size=len(lengths), max_size=len(lengths))
    return st.tuples(st.just(spans_of(lengths)), costs.map(lambda each: [0.0, *each[1:]]))


@given(st.lists(st.integers(1, 500), max_size=40).flatmap(priced), st.integers(100, 1000))
def test_runs_are_consecutive_and_within_the_limit_unless_one_item_is_not(items, limit):
    spans, costs = items
    runs = cuts(spans, limit, costs)
    assert [i for a, b in runs for i in range(a, b)] == list(range(len(spans)))
    assert all(b - a == 1 or spans[b - 1][1] - spans[a][0] <= limit for a, b in runs)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=7).flatmap(priced), st.integers(100, 1000))
def test_no_other_choice_of_cuts_costs_less(items, limit):
    spans, costs = items

    def price(runs):
        lengths = [spans[b - 1][1] - spans[a][0] for a, b in runs]
        return sum((length / (0.9 * limit) - 1) ** 2 for length in lengths) + sum(costs[a] for a, _ in runs)

    places = range(1, len(spans))
    every = (
        list(pairwise([0, *chosen, len(spans)]))
        for n in range(len(spans))
        for chosen in combinations(places, n)
    )
    allowed = (
        runs for runs in every if all(b - a == 1 or spans[b - 1][1] - spans[a][0] <= limit for a, b in runs)
    )
    assert price(cuts(spans, limit, costs)) == pytest.approx(min(map(price, allowed)))


def test_sentences_are_never_cut():
    text = " ".join(f"Sentence number {i} says something of its own." for i in range(60))
    for passage in split(document(prose(text)), 300):
        assert passage.text.startswith("Sentence")
        assert passage.text.endswith("own.")
        assert len(passage.text) <= 300


def test_passages_of_one_section_are_about_equally_long():
    text = " ".join(f"Sentence number {i:03} says something of its own." for i in range(25))
    lengths = [len(p.text) for p in split(document(prose(text)), 1000)]
    assert len(lengths) == 2
    assert min(lengths) > 0.7 * max(lengths)


def test_no_last_passage_of_one_sentence():
    text = " ".join(f"Sentence number {i:03} says something of its own." for i in range(63))
    lengths = [len(p.text) for p in split(document(prose(text)), 1000)]
    assert min(lengths) > 0.7 * max(lengths)


def test_a_passage_ends_with_its_paragraph_where_that_is_near():
    first = " ".join(f"Sentence number {i:03} says something of its own." for i in range(16))
    second = " ".join(f"Remark number {i:03} says something of its own." for i in range(19))
    assert [p.text for p in split(document(prose(first), prose(second)))] == [first, second]


def test_a_passage_ends_where_the_subject_does():
    fruit = " ".join(f"The orchard ripens apples, pears and plums in month {i:03}." for i in range(13))
    ships = " ".join(f"A harbour moors ferries, tankers and tugs at berth {i:03}." for i in range(16))
    assert [p.text for p in split(document(prose(f"{fruit} {ships}")))] == [fruit, ships]


def test_a_new_sentence_leaves_most_of_a_long_section_as_it_is():
    paragraphs = [
        prose(" ".join(f"Sentence {i} of paragraph {n} speaks of subject {n}." for i in range(3 + n % 4)))
        for n in range(100)
    ]
    old = {p.id for p in split(document(*paragraphs))}
    new = {p.id for p in split(document(prose("A sentence that was not there before."), *paragraphs))}
    assert len(old) > 15
    assert len(old - new) <= 4


def test_very_many_tiny_lines_are_split_in_time_that_grows_with_their_number():
    start = process_time()
    passages = split(document(prose("a\n" * 50_000)))
    assert process_time() - start < 15  # measured: 1 s; with all of both sides counted at each line 49 s
    assert sum(len(p.sentences) for p in passages) == 50_000


def test_headings_separate_passages_and_travel_with_them():
    passages = split(document(prose("One thing.", "A"), prose("Other thing.", "A", "B")))
    assert [p.headings for p in passages] == [("A",), ("A", "B")]
    assert passages[1].locator == "A > B"


def test_the_mark_of_a_list_item_is_text_of_the_passage_but_not_of_the_sentence():
    items = ["- The AI Office rotates keys. It logs them.", "  - Nested so.", "* A star.", "• A bullet."]
    items += ["1. First step. Then more.", "2) Second step.", "(c) Third step.", "– A dash."]
    [passage] = split(document(prose("\n".join(items))))
    assert passage.text == "\n".join(items)
    said = "The AI Office rotates keys.|It logs them.|Nested so.|A star.|A bullet."
    said += "|First step.|Then more.|Second step.|Third step.|A dash."
    assert passage.sentence_texts() == tuple(said.split("|"))


@pytest.mark.parametrize(
    "text", ["12. Mai 2027 endet der Vertrag.", "– 5 percent it was.", "-5 percent.", "1."]
)
def test_what_only_looks_like_the_mark_of_a_list_item_stays(text):
    [passage] = split(replace(document(prose(text)), language="de"))
    assert passage.sentence_texts() == (text,)


def test_a_dash_within_a_line_and_one_in_code_are_no_marks():
    [passage] = split(document(prose("It ended. - So they say.")))
    assert passage.sentence_texts() == ("It ended.", "- So they say.")
    [listing] = split(document(Block("code", "- hosts: all")))
    assert listing.sentence_texts() == ("- hosts: all",)


def test_a_table_stays_whole_and_its_rows_are_its_sentences():
    table = "| a | b |\n|---|---|\n| 1 | 2. x |\n| 3 | 4 |"
    [passage] = split(document(Block("table", table)))
    assert passage.text == table
    assert passage.sentence_texts() == tuple(table.splitlines())


def test_a_huge_table_is_cut_between_rows_with_its_header_repeated():
    rows = [f"| {i} | {'x' * 80} |" for i in range(200)]
    passages = split(document(Block("table", "\n".join(["| n | t |", "|---|---|", *rows]))))
    assert len(passages) > 1
    assert all(p.text.startswith("| n | t |\n|---|---|\n") for p in passages)
    assert sum(len(p.text.splitlines()) - 2 for p in passages) == 200


def test_a_long_header_is_not_repeated_and_the_rows_under_it_still_stand_together():
    header = [f"| {'h' * 4_500} |", "|---|"]
    rows = [f"| {i} {'x' * 80} |" for i in range(50)]
    passages = split(document(Block("table", "\n".join([*header, *rows]))))
    assert 1 < len(passages) <= 10
    assert "\n".join(p.text for p in passages) == "\n".join([*header, *rows])


@pytest.mark.parametrize("width", [10, 900, 1_100, 3_000, 200_000])
def test_the_passages_of_a_table_are_not_much_longer_than_the_table(width):
    table = "\n".join([f"| {'h' * width} |", "|---|", *(f"| row {i} |" for i in range(20_000))])
    assert sum(len(p.text) for p in split(document(Block("table", table)))) < 1.5 * len(table)


def test_ids_survive_a_new_title_and_a_new_paragraph_before():
    old = split(document(prose("Kept sentence.", "A")))
    new = split(document(prose("Fresh sentence.", "Z"), prose("Kept sentence.", "A"), title="Other"))
    assert old[0].id == new[1].id


def test_the_same_text_twice_makes_two_passages():
    passages = split(document(prose("Same.", "A"), prose("Same.", "B")))
    assert len({p.id for p in passages}) == 2

from hypothesis import given
from hypothesis import strategies as st

from retrieval.split import pack, split
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


@given(st.lists(st.integers(1, 500), max_size=40), st.integers(100, 1000))
def test_runs_are_consecutive_and_within_the_limit_unless_one_item_is_not(lengths, limit):
    runs = pack(lengths, limit)
    assert [i for a, b in runs for i in range(a, b)] == list(range(len(lengths)))
    assert all(b - a == 1 or sum(lengths[a:b]) <= limit for a, b in runs)


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


def test_headings_separate_passages_and_travel_with_them():
    passages = split(document(prose("One thing.", "A"), prose("Other thing.", "A", "B")))
    assert [p.headings for p in passages] == [("A",), ("A", "B")]
    assert passages[1].locator == "A > B"


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


def test_ids_survive_a_new_title_and_a_new_paragraph_before():
    old = split(document(prose("Kept sentence.", "A")))
    new = split(document(prose("Fresh sentence.", "Z"), prose("Kept sentence.", "A"), title="Other"))
    assert old[0].id == new[1].id


def test_the_same_text_twice_makes_two_passages():
    passages = split(document(prose("Same.", "A"), prose("Same.", "B")))
    assert len({p.id for p in passages}) == 2

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack import kit
from bot.slack.mrkdwn import safe
from bot.slack.splitting import MOST_BLOCKS, MOST_MARKDOWN, MOST_RENDERED, chunks, cost, count, pack, split

TABLE = "| a | b |\n| --- | --- |\n"


def test_what_fits_stays_whole():
    text = f"# Head\n\nWords.\n\n{TABLE}| 1 | 2 |\n\n```\nx\n\ny\n```"
    assert split(text) == (text,)


def test_chunks_are_blocks_and_a_fence_keeps_its_empty_lines():
    assert chunks("a\nb\n\n```py\nx\n\ny\n```\n\n| a |\n| --- |\n| 1 |") == [
        *("a\nb", "```py\nx\n\ny\n```", "| a |\n| --- |\n| 1 |")
    ]


def test_a_cut_comes_between_blocks():
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 30 for n in range(20))
    parts = split(text, 600)
    assert "\n\n".join(parts) == text
    assert all(part.startswith("Paragraph") for part in parts)


def test_fences_and_tables_stay_whole_where_they_fit():
    fence = "```py\n" + "x = 1\n" * 50 + "```"
    table = TABLE + "| 1 | 2 |\n" * 40
    parts = split(f"{'word ' * 60}\n\n{fence}\n\n{'word ' * 60}\n\n{table.strip()}", 500)
    assert fence in parts
    assert table.strip() in parts


def test_a_fence_that_does_not_fit_becomes_several_fences():
    lines = [f"x = {n}" if n % 7 else "" for n in range(400)]
    parts = split("```py\n" + "\n".join(lines) + "\n```", 700)
    assert all(part.startswith("```py\n") and part.endswith("\n```") and len(part) <= 700 for part in parts)
    assert [line for part in parts for line in part.split("\n")[1:-1]] == lines


def test_a_table_that_does_not_fit_becomes_several_under_the_same_head():
    rows = [f"| {n} | x |" for n in range(300)]
    parts = split(TABLE + "\n".join(rows), 700)
    assert all(part.startswith(TABLE) and len(part) <= 700 for part in parts)
    assert [row for part in parts for row in part.split("\n")[2:]] == rows


def test_a_row_that_is_too_long_becomes_text_and_loses_nothing():
    rows = ["| 1 | 2 |", f"| {'word ' * 300}| end |", "| 3 | 4 |"]
    parts = split(TABLE + "\n".join(rows), 500)
    assert max(map(len, parts)) <= 500
    assert "".join(parts).count("word") == 300
    assert "end" in parts[-2] or "end" in parts[-1]


def test_sentences_are_kept_together():
    text = " ".join(f"This is sentence number {n}." for n in range(60))
    parts = split(text, 200)
    assert all(part.endswith(".") for part in parts)
    assert " ".join(parts) == text


def test_a_link_is_never_cut():
    text = " ".join(["word"] * 30 + ["[[1](https://a.example/" + "x" * 60 + ")]"] * 20)
    for part in split(text, 200):
        assert part.count("[[1](") == part.count(")]")


def test_a_word_without_end_is_cut_outside_entities_and_escapes():
    parts = split("&amp;" * 400 + "\\*" * 400, 333)
    assert max(map(len, parts)) <= 333
    assert all(re.fullmatch(r"(?:&amp;|\\\*)+", part) for part in parts)


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "Some words here. ",
                "word ",
                "x" * 300,
                "\n",
                "\n\n",
                "- item\n",
                "  - deeper\n",
                "# Head\n\n",
            ),
            *(
                f"\n\n{TABLE}| 1 | {'y' * 40} |\n| 3 | 4 |\n\n",
                "\n\n```\ncode\n\nmore\n```\n\n",
                "a < b & c ",
                "**bold** ",
            ),
        ]
    ),
    max_size=60,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(PIECES, st.integers(200, 900))
def test_no_limit_is_exceeded_and_no_word_is_lost(text, most):
    written = safe(text)
    parts = split(written, most)
    assert all(0 < len(part) <= most for part in parts)
    letters = re.sub(r"\| a \| b \|\n\| --- \| --- \|", "", written)
    kept = re.sub(r"\| a \| b \|\n\| --- \| --- \|", "", "\n".join(parts))
    assert sorted(re.findall(r"[a-zS]", kept)) == sorted(re.findall(r"[a-zS]", letters))


def test_blocks_are_packed_within_every_limit():
    blocks = [kit.markdown("# x\n\n" * 8 + "word " * 500) for _ in range(8)] + [kit.section("y" * 2_900)] * 9
    messages = pack([*blocks, kit.context("tail"), kit.section("last")], 2)
    assert [each for message in messages for each in message] == [
        *blocks,
        kit.context("tail"),
        kit.section("last"),
    ]
    for message in messages:
        assert sum(map(cost, message)) <= MOST_RENDERED
        assert sum(map(count, message)) <= MOST_BLOCKS
        assert sum(len(each["text"]) for each in message if each["type"] == "markdown") <= MOST_MARKDOWN
    assert messages[-1][-2:] == [kit.context("tail"), kit.section("last")]


def test_a_heading_costs_more_than_its_letters():
    assert cost(kit.markdown("# Head")) > cost(kit.markdown("Head")) + 100


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_nothing_is_no_part(text):
    assert split(text) == ()

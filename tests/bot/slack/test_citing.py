from dataclasses import replace

import pytest
from gate import alive, rows
from values import ANSWER, CITATION

from bot.slack.citing import headline, joined, linked, numbers, quote_list, source_list, titles

LINK = "https://a.example/x"


def test_numbers_lead_to_their_sources_where_these_have_an_address():
    both = replace(ANSWER, citations=(replace(CITATION, link=LINK), replace(CITATION, n=2)))
    assert numbers((1, 2, 1, 9), both) == f"[[1]({LINK}), 2]"
    assert numbers((9,), both) == ""


def test_citations_of_one_source_share_its_entry():
    both = replace(ANSWER, citations=(CITATION, replace(CITATION, n=2, quote="Zweitens.")))
    [container] = source_list(both, "de", plain=False)
    text = container["child_blocks"][0]["text"]["text"]
    assert container["title"]["text"] == "Quellen (1)"
    assert text.count("Notiz*") == 1
    assert "[1] “Der Vertrag endet.”" in text
    assert "[2] “Zweitens.”" in text


def test_many_sources_fill_several_containers():
    many = tuple(replace(CITATION, n=n, uri=f"file:///{n}", quote="w " * 400) for n in range(1, 200))
    containers = source_list(replace(ANSWER, citations=many), "en", plain=False)
    assert len(containers) > 1
    assert containers[1]["title"]["text"] == "More sources"
    assert all(len(each["child_blocks"]) <= 10 for each in containers)
    assert all(f"[{n}]" in str(containers) for n in range(1, 200))


def test_what_a_source_lacks_is_not_shown_or_named():
    bare = replace(CITATION, publisher="", published=None, age_days=None, locator="", quote="", sample=True)
    assert headline(bare, "en") == "*Notiz* · no date · sample data"
    assert source_list(replace(ANSWER, citations=(bare,)), "en", plain=True)[1]["text"]["text"].startswith(
        "[1] *Notiz*"
    )
    assert source_list(replace(ANSWER, citations=()), "en", plain=True) == []
    assert quote_list(replace(ANSWER, citations=()), "en") == []


def test_titles_are_the_labels():
    cited = (replace(CITATION, link=LINK), replace(CITATION, link="https://b.example", title=""))
    assert titles(replace(ANSWER, citations=cited)) == {LINK: "Notiz", "https://b.example": "Büro"}


@pytest.mark.parametrize(
    "title",
    [
        "[1] Trusted",
        "a|b",
        "`code` <@U1>",
        "*Board* <https://evil.example|openai.com>",
        "<!channel>",
        "x>\ny",
        "",
        "```",
    ],
)
def test_no_title_breaks_its_link(title):
    link = linked(title, LINK)
    assert link.startswith(f"<{LINK}|")
    assert link.endswith(">")
    assert link.count("<") == link.count(">") == link.count("|") == 1
    assert "\n" not in link and "`" not in link
    assert not alive(link, [LINK])


def test_entries_are_joined_as_long_as_they_fit():
    assert joined(["a" * 40, "b" * 40, "c" * 300], 100) == [f"{'a' * 40}\n\n{'b' * 40}", "c" * 98 + " …"]


def test_hostile_metadata_is_dead_wherever_it_stands():
    for row in rows("metadata.jsonl"):
        value = row["value"]
        hostile = replace(
            CITATION, title=value, publisher=value, locator=value, quote=value, uri=value, link=value
        )
        answer = replace(ANSWER, citations=(hostile,))
        for blocks in (
            source_list(answer, "en", False),
            source_list(answer, "de", True),
            quote_list(answer, "en"),
        ):
            assert not [each for block in blocks for each in alive(str(block.get("text", block)))]

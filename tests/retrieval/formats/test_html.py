import pytest

from retrieval.errors import ParseFailed
from retrieval.types import Block

SENTENCE = "Die Abhängigkeit von einem Anbieter ist ein Risiko, das jede Firma kennen und prüfen sollte. "
PAGE = f"""<!doctype html><html lang="de-AT"><head><meta charset="utf-8"><title>KI - Blatt</title>
<meta property="og:title" content="KI-Strategie"><meta property="og:site_name" content="Beispielblatt">
<meta name="author" content="Eva Muster">
<meta property="article:published_time" content="2026-02-16T08:00:00Z">
<link rel="canonical" href="https://blatt.example/ki"></head><body>
<nav><ul><li><a href="/">Start</a></li><li><a href="/p">Politik</a></li></ul></nav>
<article><h1>KI-Strategie</h1><p>{SENTENCE * 4}</p><h2>Zahlen</h2>
<ul><li>eins<ul><li>Unterpunkt</li></ul></li><li>zwei</li></ul><ol><li>erstens</li></ol>
<table><tr><th>Firma</th><th>Wert</th></tr><tr><td>A</td><td>1<br>Mrd | €</td></tr></table>
<pre>x = 1
y = 2</pre></article>
<footer>Impressum und Datenschutz</footer></body></html>"""


def texts(parsed) -> str:
    return "\n".join(block.text for block in parsed.blocks)


def body(read, html: str):
    return read("html", f"<html><body>{html}</body></html>")


def test_an_article_keeps_headings_lists_and_tables_and_loses_the_page_around_it(read):
    parsed = read("html", PAGE)
    assert parsed.blocks == (
        Block("prose", (SENTENCE * 4).strip(), ("KI-Strategie",)),
        Block("prose", "- eins\n  - Unterpunkt\n- zwei", ("KI-Strategie", "Zahlen")),
        Block("prose", "1. erstens", ("KI-Strategie", "Zahlen")),
        Block("table", "| Firma | Wert |\n| --- | --- |\n| A | 1 Mrd \\| € |", ("KI-Strategie", "Zahlen")),
        Block("code", "x = 1\ny = 2", ("KI-Strategie", "Zahlen")),
    )


HEADED = f"""<h1>Schlüssel</h1><p>{SENTENCE * 2}</p><h2>Widerruf</h2><p>Alte Schlüssel enden. {SENTENCE}</p>
<ul><li>Die von Tests bleiben.</li></ul>
<h2>Verträge</h2><p>Verträge prüft die Rechtsabteilung. {SENTENCE}</p>"""


@pytest.mark.parametrize(
    "frame", ["{}", "<div><div>{}</div></div>", "<main>{}</main>", "<article>{}</article>"]
)
def test_headings_and_lists_are_kept_with_and_without_a_frame_around_the_article(read, frame):
    blocks = body(read, frame.format(HEADED)).blocks
    paths = [block.headings for block in blocks]
    revoked = ("Schlüssel", "Widerruf")
    assert paths == [("Schlüssel",), revoked, revoked, ("Schlüssel", "Verträge")]
    assert blocks[2].text == "- Die von Tests bleiben."


def test_an_article_on_a_page_full_of_links_gets_its_headings_without_the_page(read):
    links = "".join(
        f'<div><a href="/{n}">Noch eine Meldung, die niemand sucht, Nummer {n}</a></div>' for n in range(40)
    )
    blocks = body(read, f"<div>{links}</div><div>{HEADED}</div><div>{links}</div>").blocks
    assert "Meldung" not in " ".join(block.text for block in blocks)
    assert [b.headings[-1] for b in blocks if b.text.startswith(("Alte", "Verträge"))] == [
        "Widerruf",
        "Verträge",
    ]


def test_metadata_has_the_names_of_the_front_matter(read):
    assert read("html", PAGE).metadata == {
        "title": "KI-Strategie",
        "author": "Eva Muster",
        "publisher": "Beispielblatt",
        "published": "2026-02-16",
        "language": "de",
        "source": "https://blatt.example/ki",
    }


def test_a_canonical_link_to_a_local_file_is_no_source(read):
    html = (
        '<html><head><link rel="canonical" href="file:///etc/passwd"></head><body><p>Text</p></body></html>'
    )
    assert "source" not in read("html", html).metadata


def test_no_date_is_guessed_from_the_text(read):
    assert "published" not in body(read, "<p>Stand: 3. Mai 2024. Copyright 2023.</p>").metadata


def test_an_internal_page_of_tables_is_kept_whole(read):
    rows = "<tr><td>A</td><td>1</td></tr><tr><td>B</td><td>2</td></tr>"
    parsed = body(read, f"<h1>Preise</h1><table>{rows}</table>")
    assert parsed.blocks == (Block("table", "| A | 1 |\n| --- | --- |\n| B | 2 |", ("Preise",)),)


def test_a_table_that_only_lays_out_the_page_is_no_table(read):
    parsed = body(read, "<table><tr><td><h1>T</h1><p>one</p></td><td><p>two</p></td></tr></table>")
    assert [(b.kind, b.text) for b in parsed.blocks] == [("prose", "one"), ("prose", "two")]


def test_boxes_part_words_and_inline_elements_do_not(read):
    assert texts(body(read, "<div>a<b>b</b>c</div><div>d<br>e</div>f")) == "abc\nd e\nf"


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>SECRET</p>",
        "<p aria-hidden='true'>SECRET</p>",
        "<p style='display: none'>SECRET <b>SECRET</b></p>",
        "<span style='visibility:hidden'>SECRET</span>",
        "<span style='font-size:0'>SECRET</span>",
        "<span style='opacity:0'>SECRET</span>",
        "<span style='color:#fff'>SECRET</span>",
        "<font color='white'>SECRET</font>",
        "<template>SECRET</template>",
        "<noscript>SECRET</noscript>",
        "<!-- SECRET -->",
        "<script>SECRET</script>",
        "<style>.x{display:none}</style><i class=x>SECRET</i>",
        "<p style='display:none'><i hidden>SECRET</i></p>",
        "<textarea>SECRET</textarea>",
    ],
)
def test_what_a_reader_does_not_see_never_becomes_text(read, hidden: str):
    parsed = body(read, f"<p>before</p>{hidden} tail<p>after</p>")
    assert "SECRET" not in texts(parsed)
    assert texts(parsed).split() == ["before", "tail", "after"]


def test_hidden_elements_are_counted(read):
    assert body(read, "<p>x</p><p hidden>a</p><p hidden></p>").notes == ("hidden elements dropped: 1",)


def test_white_text_on_a_dark_ground_is_seen(read):
    assert texts(body(read, "<div style='background:#003'><p style='color:#fff'>seen</p></div>")) == "seen"


@pytest.mark.parametrize(
    "wall",
    [
        "Wir verwenden Cookies. Alle akzeptieren. Ablehnen. Zum Weiterlesen Abo abschliessen.",
        "We value your privacy. We and our partners use cookies. Accept all. Reject all. Manage options.",
        "Dieser Artikel ist nur für Abonnenten. Jetzt anmelden oder Abo abschließen.",
        "Subscribe to continue reading. Already a subscriber? Log in.",
    ],
)
def test_a_consent_or_pay_wall_is_not_an_article(read, wall: str):
    with pytest.raises(ParseFailed, match="consent or paywall page"):
        body(read, f"<div>{wall}</div>")


def test_an_article_about_cookies_is_an_article(read):
    text = "Browser wollen Cookies ablehnen; Verlage akzeptieren das nicht. " + SENTENCE * 20
    assert SENTENCE.strip() in texts(body(read, f"<article><p>{text}</p></article>"))


def test_a_charset_that_lies_does_not_cost_umlauts(read):
    html = '<html><head><meta charset="utf-8"></head><body><p>Größe</p></body></html>'
    assert texts(read("html", html.encode("latin-1"))) == "Größe"
    assert texts(read("html", html.encode("utf-16-le"))) == "Größe"


def test_nul_bytes_are_dropped(read):
    assert texts(read("html", b"<html><body><p>be\0fore</p></body></html>")) == "before"


def test_an_xml_declaration_is_no_obstacle(read):
    html = '<?xml version="1.0" encoding="latin-1"?><html><body><p>ü</p></body></html>'
    assert texts(read("html", html)) == "ü"


def test_entities_of_a_document_type_are_not_resolved(read):
    kind = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert "root:" not in texts(read("html", f"{kind}<html><body><p>a &x; b</p></body></html>"))


def test_nesting_that_would_cut_the_text_off_is_a_failure(read):
    with pytest.raises(ParseFailed, match="nested too deeply"):
        body(read, "<div>" * 2_000 + "deep")


def test_a_page_without_text_has_no_blocks(read):
    assert body(read, "<img src=x>").blocks == ()

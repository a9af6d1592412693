"""HTML: the article without its page (trafilatura), or the whole page where there is no article."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from retrieval.errors import ParseFailed
from retrieval.formats.decode import decode, wide_encoding
from retrieval.formats.front import split_front_matter
from retrieval.formats.hidden import has_background, hidden_selectors, hides, selectors_of, whitens
from retrieval.formats.labels import RESTRICTIONS, check_name, check_said
from retrieval.formats.walk import blocks_of
from retrieval.types import Block, Fetched, Parsed

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,40})", re.I)
_UNSEEN = ("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "select", "textarea")
_FURNITURE = ("nav", "footer", "aside", "dialog", "button")
_KEPT = frozenset({"html", "body", "main", "article"})  # scripts reveal these; hidden they would hide all
_ATTRIBUTES = 200  # of one element
_READ = (
    "hidden",
    "aria-hidden",
    "style",
    "class",
    "id",
    "color",
    "bgcolor",
    "lang",
    "rel",
    "href",
    "name",
    "property",
    "content",
)
_LABELS = frozenset((*RESTRICTIONS, "review", "sample", "vendors"))  # what pages say in <meta>, as we name it
_ARTICLE = 250  # characters; trafilatura's own least size of a text worth the name
_FRAMES = ("article", "main")  # without one of them trafilatura keeps paragraphs only: no heading, no list
_LINKED = 0.2  # share of text in links, below which a page is a document and not a site
_WALL = 1_200  # characters; a longer page is an article that mentions cookies
_SUBJECT = re.compile(r"cookie|consent|einwilligung|tracking|werbung|abo\b|abonn|subscri|paywall", re.I)
_DEMAND = re.compile(
    r"akzeptieren|zustimmen|ablehnen|einverstanden|anmelden|registrieren|abschlie(?:ß|ss)en|weiterlesen"
    r"|accept|agree|reject|decline|manage (?:options|preferences)|log ?in|sign (?:in|up)|continue reading",
    re.I,
)


def parse(fetched: Fetched) -> Parsed:
    """Blocks and metadata of what a reader of the page sees. Raises ParseFailed."""
    declared = _CHARSET.search(fetched.data[:2048])
    data = fetched.data if wide_encoding(fetched.data) else fetched.data.replace(b"\0", b"")
    text, notes = decode(data, fetched.uri, declared.group(1).decode("ascii") if declared else "")
    head, text, read = _front(text, fetched.uri)
    tree = _tree(text, fetched.uri)
    metadata = _metadata(tree) | _labels(tree, fetched.uri) | head
    hidden = _drop_unseen(tree)
    _mark_code(tree)
    blocks = _main_text(tree)
    _refuse_wall(blocks, fetched.uri)
    dropped = (f"hidden elements dropped: {hidden}",) if hidden else ()
    return Parsed(blocks, metadata, notes + read + dropped)


def _front(text: str, uri: str) -> tuple[dict[str, str], str, tuple[str, ...]]:
    """Front matter over a page, as site generators have it; what begins with a tag has none."""
    return ({}, text, ()) if text.lstrip("\ufeff \t\r\n").startswith("<") else split_front_matter(text, uri)


def _tree(text: str, uri: str) -> Any:  # noqa: ANN401 (lxml has no types)
    from lxml import etree
    from lxml import html as lxml_html

    safe = {"recover": True, "no_network": True, "huge_tree": False}
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, **safe)
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise ParseFailed(uri, f"holds no HTML that can be read: {error}", "Save the page again") from None
    if any(entry.level_name == "FATAL" and "RESOURCE_LIMIT" in entry.type_name for entry in parser.error_log):
        raise ParseFailed(uri, "is nested too deeply to be read whole", "Save its text as Markdown or text")
    _shorten_attributes(tree)
    return tree


def _shorten_attributes(tree: Any) -> None:  # noqa: ANN401
    """Keep what we read of elements with absurdly many attributes: 50,000 cost trafilatura 94 s."""
    for element in tree.iter():
        if isinstance(element.tag, str) and len(element.attrib) > _ATTRIBUTES:
            kept = {name: value for name in _READ if (value := element.get(name)) is not None}
            element.attrib.clear()
            element.attrib.update(kept)


def _drop_unseen(tree: Any) -> int:  # noqa: ANN401
    """Remove what no reader sees; return how many hidden elements had text."""
    css = "\n".join(style.text or "" for style in tree.iter("style"))
    for element in list(tree.iter(*_UNSEEN)):
        element.drop_tree()
    selectors = hidden_selectors(css)
    hidden = [each for each in tree.iter() if isinstance(each.tag, str) and _is_hidden(each, selectors)]
    texts = sum(bool(each.text_content().strip()) for each in hidden)
    for element in hidden:
        if element.getparent() is not None:
            element.drop_tree()
    return texts


def _is_hidden(element: Any, selectors: frozenset[str]) -> bool:  # noqa: ANN401
    attributes, tag = dict(element.attrib), element.tag
    if tag in _KEPT or not attributes:
        return False
    if hides(attributes) or (selectors and selectors & selectors_of(tag, attributes)):
        return True
    if whitens(f"color:{attributes.get('color', '')};{attributes.get('style', '')}"):
        return not any(has_background(dict(each.attrib)) for each in (element, *element.iterancestors()))
    return False


def _mark_code(tree: Any) -> None:  # noqa: ANN401
    """Put <code> into every <pre>: trafilatura takes one without it for a quotation and joins its lines."""
    from lxml import html as lxml_html

    for pre in tree.iter("pre"):
        if pre.find(".//code") is None:
            code = lxml_html.Element("code")
            code.text, pre.text = pre.text, None
            code.extend(list(pre))
            pre.append(code)


def _metadata(tree: Any) -> dict[str, str]:  # noqa: ANN401
    """The page's own words about itself, under the names of the front matter. No date is guessed."""
    from trafilatura.metadata import extract_metadata

    found = extract_metadata(tree, date_config={"extensive_search": False, "original_date": True})
    source = found.url or ""
    values = {
        "title": found.title,
        "author": found.author,
        "publisher": found.sitename,
        "published": found.date,
        "language": (tree.get("lang") or "")[:2].lower(),
        "source": source if urlsplit(source).scheme in ("http", "https") else "",
    }
    return {key: value for key, value in values.items() if value}


def _labels(tree: Any, uri: str) -> dict[str, str]:  # noqa: ANN401
    """What <meta name="visibility" content="group:legal"> and its like say, under the same rules."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").strip().lower()
        check_name(name, "<meta>", uri, ("visibility", "confidentiality"))  # "geo.region" is another thing
        if name in _LABELS:
            value = meta.get("content") or ""
            check_said(name, value, "<meta>", uri)
            if found.setdefault(name, value) != value:
                raise ParseFailed(uri, f"<meta>: {name} is given twice", "Keep one of them")
    return found


def _main_text(tree: Any) -> tuple[Block, ...]:  # noqa: ANN401
    """The article; or everything, on a page that has none or that is a document by itself."""
    article, page = _article(tree), blocks_of(_without_furniture(tree))
    if _size(article) < _ARTICLE:
        return page or article
    headed = any(block.headings for block in article)
    bare = not headed and any(block.headings for block in page) and next(tree.iter(*_FRAMES), None) is None
    if (bare or _size(article) < 0.6 * _size(page)) and _link_share(tree) < _LINKED:
        return page
    return article if headed else _under_headings(article, page)


def _under_headings(article: tuple[Block, ...], page: tuple[Block, ...]) -> tuple[Block, ...]:
    """The article's blocks under the headings that its page has over them."""
    paths = {"".join(block.text.split()): block.headings for block in reversed(page)}
    found: list[Block] = []
    path: tuple[str, ...] = ()
    for block in article:
        path = paths.get("".join(block.text.split()), path)
        found.append(replace(block, headings=path))
    return tuple(found)


def _article(tree: Any) -> tuple[Block, ...]:  # noqa: ANN401
    from trafilatura import bare_extraction

    found: Any = bare_extraction(tree, include_comments=False, include_tables=True, include_formatting=False)
    return () if found is None or found.body is None else blocks_of(found.body)


def _without_furniture(tree: Any) -> Any:  # noqa: ANN401
    from copy import deepcopy

    page = deepcopy(tree)
    for element in list(page.iter(*_FURNITURE, "head")):
        if element.getparent() is not None:
            element.drop_tree()
    return page


def _link_share(tree: Any) -> float:  # noqa: ANN401
    linked = sum(len(link.text_content()) for link in tree.iter("a"))
    return linked / max(1, len(tree.text_content()))


def _size(blocks: tuple[Block, ...]) -> int:
    return sum(len(block.text) for block in blocks)


def _refuse_wall(blocks: tuple[Block, ...], uri: str) -> None:
    """Refuse a page that asks for consent or money instead of telling its story."""
    text = "\n".join(block.text for block in blocks)
    if len(text) < _WALL and _SUBJECT.search(text) and len(set(_DEMAND.findall(text.lower()))) > 1:
        problem = "looks like a consent or paywall page, not the article"
        raise ParseFailed(uri, problem, "Open it in a browser, consent or log in, then save the page again")

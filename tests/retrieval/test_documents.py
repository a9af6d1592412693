from dataclasses import replace
from datetime import date

import pytest

from retrieval.documents import Defaults, describe, doubts
from retrieval.errors import ParseFailed, Refused
from retrieval.types import Block, Fetched, Parsed

FETCHED = Fetched("file:///corpus/Größe_2026.md", b"x", "text/markdown", "d" * 64)
TEXT = Block("prose", "The supplier is the risk and we have no fallback.", ("Top", "Sub"))


def parsed(**metadata: str) -> Parsed:
    return Parsed((TEXT,), metadata)


def test_the_words_of_the_front_matter_become_values():
    document = describe(
        FETCHED,
        parsed(
            title="Note",
            source="internal",
            publisher="AI Office",
            published="2026-02-16",
            language="de",
            vendors="OpenAI, microsoft, openai,",
            visibility="group:legal, group:board",
            confidentiality="Internal",
            review="31.12.2026",
            sample="true",
        ),
    )
    assert document.title == "Note"
    assert (document.source, document.publisher) == ("internal", "AI Office")
    assert (document.published, document.review) == (date(2026, 2, 16), date(2026, 12, 31))
    assert document.language == "de"
    assert document.vendors == ("openai", "microsoft")
    assert (document.visibility, document.confidentiality) == ("group:board,group:legal", "internal")
    assert document.sample is True
    assert document.digest == FETCHED.digest


def test_silence_means_the_safest():
    document = describe(FETCHED, parsed())
    assert (document.visibility, document.confidentiality) == ("admins", "secret")
    assert (document.published, document.review, document.vendors, document.sample) == (None, None, (), False)


def test_defaults_of_the_operator_hold_where_the_document_is_silent():
    defaults = Defaults("employees", "internal", "Wiki")
    found = describe(FETCHED, parsed(visibility=""), defaults)
    assert (found.visibility, found.confidentiality, found.publisher) == ("employees", "internal", "Wiki")


def test_the_id_depends_on_the_uri_alone():
    one = describe(FETCHED, parsed(title="A"))
    two = describe(replace(FETCHED, digest="e" * 64), parsed(title="B", visibility="public"))
    other = describe(replace(FETCHED, uri="file:///other.md"), parsed(title="A"))
    assert one.id == two.id != other.id
    assert len(one.id) == 24


@pytest.mark.parametrize(
    ("blocks", "title"),
    [((TEXT,), "Top"), ((Block("prose", "text"), TEXT), "Top"), ((Block("prose", "text"),), "Größe_2026")],
)
def test_the_title_falls_back_to_the_first_heading_then_the_file_name(blocks: tuple[Block, ...], title: str):
    assert describe(FETCHED, Parsed(blocks)).title == title


def test_the_language_is_detected_unless_it_is_declared():
    german = Parsed((Block("prose", "Der Anbieter ist das Risiko und wir haben keinen Ersatz."),))
    assert describe(FETCHED, german).language == "de"
    assert describe(FETCHED, parsed()).language == "en"
    assert describe(FETCHED, parsed(language="DE-at")).language == "de"
    assert describe(FETCHED, parsed(language="fr")).language == "en"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("published", "2026-02-31"),
        ("published", "16/02/2026"),
        ("published", "February 2026"),
        ("review", "soon"),
        ("confidentiality", "top secret"),
        ("visibility", "everybody"),
        ("visibility", "public, nonsense"),
        ("sample", "maybe"),
        ("regions", "mars"),
        ("regions", "eu, everywhere"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_by_field_and_value(name: str, value: str):
    with pytest.raises(Refused) as error:
        describe(FETCHED, parsed(**{name: value}))
    assert name in str(error.value)
    assert value.split(", ")[-1] in str(error.value)
    assert error.value.resource == FETCHED.uri
    assert error.value.advice


def test_a_date_in_the_future_is_kept_and_noted():
    document = describe(FETCHED, parsed(published="2027-01-15"))
    assert document.published == date(2027, 1, 15)
    assert doubts(document, date(2027, 1, 14)) == ("published lies in the future: 2027-01-15",)
    assert doubts(document, date(2027, 1, 15)) == ()
    assert doubts(describe(FETCHED, parsed()), date(2027, 1, 14)) == ()


def test_a_time_after_the_date_does_no_harm():
    assert describe(FETCHED, parsed(published="2026-02-16T08:00:00+01:00")).published == date(2026, 2, 16)


@pytest.mark.parametrize("blocks", [(), (Block("prose", " \n"),)])
def test_a_document_without_text_is_a_failure(blocks: tuple[Block, ...]):
    with pytest.raises(ParseFailed, match="holds no text"):
        describe(FETCHED, Parsed(blocks))


def test_regions_restrict_and_silence_does_not():
    assert describe(FETCHED, parsed(regions="Local, EU, eu")).regions == ("eu", "local")
    assert describe(FETCHED, parsed()).regions == ()


@pytest.mark.parametrize("value", ["", " ", ",", " , ,"])
def test_regions_without_a_region_are_refused(value: str):
    with pytest.raises(Refused, match=r"regions: .* is not allowed\. Allowed: eu, us, global, local"):
        describe(FETCHED, parsed(regions=value))

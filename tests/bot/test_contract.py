import json
from dataclasses import replace
from decimal import Decimal

import pytest
from values import ANSWER, CITATION, PASSAGE, SOURCE

from bot import contract
from bot.types import Attempt, Statement
from retrieval.types import Found, Hit, IngestResult


def test_an_answer_has_these_fields():
    value = contract.answer(ANSWER)
    assert list(value) == [
        *("status", "language", "as_of", "headline", "statements", "citations"),
        *("missing", "backend", "model", "owner", "skipped", "cautions", "nearest"),
        *("attempts", "tokens", "usd", "seconds", "id"),
    ]
    assert value["statements"] == [
        {
            "text": "Der Vertrag endet.",
            "verdict": "supported",
            "citations": [1],
            "kind": "fact",
            "problems": [],
        },
    ]
    assert value["citations"] == [
        {
            "n": 1,
            "uri": "file:///notes/a.md",
            "title": "Notiz",
            "publisher": "Büro",
            "published": "2026-09-01",
            "age_days": 82,
            "locator": "Notiz > Risiken",
            "language": "de",
            "quote": "Der Vertrag endet.",
            "sample": False,
            "link": "",
        }
    ]
    assert value["as_of"] == "2026-11-22"
    assert value["skipped"] == [{"backend": "other", "reason": "no key"}]
    assert value["nearest"] == [{"title": "B", "uri": "file:///notes/b.md"}]
    assert value["cautions"] == ["Old."]


def test_a_missing_date_is_null():
    undated = replace(ANSWER, citations=(replace(CITATION, published=None, age_days=None),))
    [citation] = contract.answer(undated)["citations"]
    assert (citation["published"], citation["age_days"]) == (None, None)


def test_a_search_has_these_fields():
    found = Found((Hit(PASSAGE, SOURCE, 0.123456789),), True, 0.98765)
    assert contract.found("q7", "Vertrag", found) == {
        "id": "q7",
        "query": "Vertrag",
        "hits": [
            {
                "uri": "file:///notes/a.md",
                "passage": "p1",
                "text": "Der Vertrag endet.",
                "score": 0.123457,
                "title": "Notiz",
                "locator": "p. 3, Notiz > Risiken",
            }
        ],
        "answerable": True,
        "confidence": 0.9877,
    }


def test_the_id_of_a_query_goes_back_as_it_came():
    assert contract.found(7, "", Found((), False, 0.0))["id"] == 7


def test_an_ingested_item_has_these_fields():
    assert contract.ingested(IngestResult("file:///a.md", "new", 3, "", 0.25, "employees")) == {
        "uri": "file:///a.md",
        "result": "new",
        "passages": 3,
        "reason": "",
        "seconds": 0.25,
        "visibility": "employees",
    }


def test_a_source_has_these_fields():
    assert list(contract.source(SOURCE)) == [
        *("id", "uri", "title", "language", "visibility", "confidentiality", "source", "publisher"),
        *("published", "review", "vendors", "sample", "passages", "state", "regions"),
    ]


def test_everything_is_plain_json():
    assert json.loads(json.dumps(contract.answer(ANSWER)))["citations"][0]["published"] == "2026-09-01"
    assert json.loads(json.dumps(contract.source(SOURCE)))["vendors"] == ["openai"]


WRITTEN = replace(
    ANSWER,
    statements=(Statement("x", "unsupported", (1,), ("thin",), "inference"),),
    missing=("the price",),
    backend="gpt",
    model="gpt-x",
    owner="openai",
    attempts=(
        Attempt("claude", "c", "timeout", 12.0, 900, 0, None, "no text after 12 s"),
        Attempt("gpt", "gpt-x", "complete", 2.5, 900, 80, Decimal("0.0123")),
    ),
    id="abc",
)


def test_an_attempt_without_a_known_price_makes_the_sum_unknown():
    value = contract.answer(WRITTEN)
    assert (value["usd"], value["tokens"]) == (None, 1880)
    assert [each["usd"] for each in value["attempts"]] == [None, 0.0123]
    assert contract.answer(ANSWER)["usd"] is None  # no model was asked: nothing was spent, nothing is known


@pytest.mark.parametrize("answer", [ANSWER, WRITTEN, replace(WRITTEN, status="unknown", citations=())])
def test_an_answer_comes_back_from_its_json(answer):
    assert contract.read_answer(json.loads(json.dumps(contract.answer(answer)))) == answer


def test_what_an_older_version_kept_comes_back_too():
    kept = json.loads(json.dumps(contract.answer(WRITTEN)))
    for each in ("model", "owner", "missing", "attempts", "id"):
        del kept[each]
    del kept["statements"][0]["problems"]
    del kept["citations"][0]["link"]
    back = contract.read_answer(kept)
    assert (back.headline, back.model, back.attempts) == (WRITTEN.headline, "", ())
    assert back.statements[0] == replace(WRITTEN.statements[0], problems=())
    assert contract.read_answer({"headline": "So", "status": "answered"}).headline == "So"


def test_what_a_newer_version_added_is_left_out():
    kept = json.loads(json.dumps(contract.answer(WRITTEN)))
    kept["mood"] = kept["citations"][0]["mood"] = "fair"
    assert contract.read_answer(kept) == WRITTEN

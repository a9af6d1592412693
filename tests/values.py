"""An answer, a citation, a passage and its source, for whatever prints or grades them."""

from datetime import date
from decimal import Decimal

from bot.types import Answer, Attempt, Citation, Nearest, Skipped, Statement
from retrieval.types import Passage, Source

CITATION = Citation(
    n=1,
    uri="file:///notes/a.md",
    title="Notiz",
    publisher="Büro",
    published=date(2026, 9, 1),
    age_days=82,
    locator="Notiz > Risiken",
    language="de",
    quote="Der Vertrag endet.",
)
ANSWER = Answer(
    status="answered",
    language="en",
    as_of=date(2026, 11, 22),
    headline="1 point from 1 source.",
    statements=(Statement("Der Vertrag endet.", "supported", (1,)),),
    citations=(CITATION,),
    backend="extractive",
    skipped=(Skipped("other", "no key"),),
    seconds=0.5,
    cautions=("Old.",),
    nearest=(Nearest("B", "file:///notes/b.md"),),
)
ATTEMPT = Attempt("gpt", "gpt-x", "complete", 2.5, 900, 80, Decimal("0.0123"))
SOURCE = Source(
    id="d1",
    uri="file:///notes/a.md",
    title="Notiz",
    language="de",
    visibility="employees",
    confidentiality="internal",
    source="",
    publisher="Büro",
    published=date(2026, 9, 1),
    review=None,
    vendors=("openai",),
    sample=False,
    passages=1,
)
PASSAGE = Passage("p1", "d1", 0, "Der Vertrag endet.", ((0, 18),), "de", ("Notiz", "Risiken"), 3)

from datetime import UTC, date, datetime

from bot.slack import kept
from bot.slack.place import Place, marked
from bot.types import Answer, Citation, Nearest, Skipped, Statement
from retrieval.visibility import Audience

PLACE = Place("question:T1:C1:5.1", "T1", "C1", "5.1", "5.1", "U1")
QUOTE = Citation(
    1, "file:///a.md", "A", "Desk", date(2026, 1, 2), 9, "p. 1", "en", "it is so", link="https://a.example"
)
ANSWER = Answer(
    status="answered",
    language="de",
    as_of=date(2026, 11, 22),
    headline="So",
    statements=(Statement("It is so", "unsupported", (1,), ("figure differs",), "inference"),),
    citations=(QUOTE,),
    backend="Aurora",
    skipped=(Skipped("Borealis", "did not answer"),),
    cautions=("old",),
    nearest=(Nearest("B", "file:///b.md"),),
    missing=("the price",),
    model="aurora-1",
    owner="aurora",
    id=PLACE.id,
)


def test_what_all_readers_hold_is_kept_with_it():
    audience = Audience((frozenset({"public", "employees", "user:U1"}), frozenset({"public", "employees"})))
    record = kept.kept(PLACE, "so?", ANSWER, audience, "channel", datetime.now(UTC))
    assert record.audience == ("employees", "public")
    assert (record.id, record.channel, record.asker) == (PLACE.id, "C1", "U1")


def test_all_that_is_shown_must_be_visible():
    class Visible:
        def __init__(self, uri):
            self.uri = uri

    both = (Visible("file:///a.md"), Visible("file:///b.md"))
    assert kept.all_visible(ANSWER, both)
    assert not kept.all_visible(ANSWER, both[:1])  # a title that is near is shown, too
    assert not kept.all_visible(ANSWER, both[1:])


def test_keys_are_found_again():
    assert marked({"metadata": PLACE.metadata()}) == PLACE.key
    assert marked({"metadata": PLACE.metadata(2)}) == PLACE.mark(2) != PLACE.key
    assert marked({}) == marked({"metadata": {"event_type": "other", "event_payload": {"key": "x"}}}) == ""

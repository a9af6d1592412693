"""The whole way with a model: plan, search, write, check, and what a reader is told of who wrote it."""

import json
import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import scribe
import shelf
from scribe import Hanging, Line, Scribe, vendor

from bot.assistant import Asking, Assistant
from bot.errors import Cancelled
from bot.types import Delta, Searching, Skipped, Writing
from retrieval.documents import Defaults
from retrieval.visibility import Audience

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
HOUR = "What happens to the claims desk after an hour without Aurora Models?"
ALL = Audience.whole_library()
VENDORS = """aurora:
  name: Aurora Models
  aliases: [Aurora]
borealis:
  name: Borealis
  products: [Borealis Chat]
"""
BOARD = """---
title: "Board minutes"
published: 2026-11-05
confidentiality: confidential
regions: [eu, local]
---
# Board minutes

The board gave two million euros for leaving the Northlight cluster by June 2027.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("answering")
    with shelf.library(folder / "home", shelf.ALL | {"board": BOARD}) as made:
        path = folder / "vendors.yaml"
        path.write_text(VENDORS, encoding="utf-8")
        made.vocabulary.take(path, path.as_uri())
        yield made


@pytest.fixture
def assistant(library):
    """The assistant with a gateway."""

    def made(gateway, **options):
        return Assistant(library, 180, lambda: shelf.TODAY, gateway=gateway, **options)

    return made


def key_of(prompt, words):
    """The id of the passage with these words, and a sentence of it."""
    for found in re.finditer(r"<passage \w+ id=(p\d+) [^>]*>\n(.*?)\n</passage", prompt.user, re.DOTALL):
        for line in re.split(r"(?<=[.]) |\n", found[2]):
            if words in line:
                return found[1], line.strip()
    raise AssertionError(f"no passage with {words!r}")


def quoting(*wanted, lead="", tail=""):
    """A model that says what stands in the passages with these words, and cites them."""

    def write(prompt):
        lines = ["- {1} [{0}]".format(*key_of(prompt, words)) for words in wanted]
        return "\n".join([*filter(None, [lead]), *lines, *filter(None, [tail])])

    return write


def test_a_model_answers_from_the_passages(assistant):
    model = Scribe(quoting("paper forms"))
    answer = assistant(model).ask(HOUR, ALL)
    assert (answer.status, answer.backend, answer.model, answer.owner) == (
        "answered",
        "claude",
        "claude-x",
        "anthropic",
    )
    assert [each.verdict for each in answer.statements] == ["supported"]
    assert "paper forms" in answer.citations[0].quote
    assert answer.seconds > 0
    assert re.fullmatch("[0-9a-f]{32}", answer.id)
    assert answer.tokens == 15
    assert [kind for kind, *_ in model.asked] == ["answer"]


def test_two_answers_have_two_ids(assistant):
    asked = assistant(Scribe(quoting("paper forms")))
    assert asked.ask(HOUR, ALL).id != asked.ask(HOUR, ALL).id


def test_what_is_not_there_is_told_to_no_model(assistant):
    model = Scribe("Titan has one [p1].")
    answer = assistant(model).ask("Which moon of Saturn has an ocean?", ALL)
    assert (answer.status, answer.backend) == ("unknown", "extractive")
    assert answer.nearest
    assert model.prompts() == []


def test_when_the_model_finds_nothing_it_says_what_is_missing(assistant):
    answer = assistant(Scribe("Missing: who pays for the outage.")).ask(HOUR, ALL)
    assert (answer.status, answer.headline) == ("unknown", "Our sources do not say.")
    assert answer.missing == ("who pays for the outage.",)
    assert answer.nearest
    assert (answer.backend, answer.model) == ("claude", "claude-x")


def test_without_vendors_nothing_is_said_of_them(library):
    answer = Assistant(library, 180, lambda: shelf.TODAY).ask(HOUR, ALL)
    assert (answer.backend, answer.skipped, answer.attempts, answer.model) == ("extractive", (), (), "")


def test_when_nobody_writes_the_sources_are_quoted_and_the_reason_told(assistant):
    skipped = (Skipped("claude", "did not answer in time"),)
    heard = []
    answer = assistant(Scribe("", skipped=skipped)).ask(HOUR, ALL, listen=heard.append)
    assert (answer.backend, answer.skipped, answer.status) == ("extractive", skipped, "answered")
    assert heard[-1] == Writing("extractive", "claude did not answer in time")


def test_a_model_whose_text_has_no_ground_is_replaced_by_quotes(assistant):
    heard = []
    model = Scribe("The claims desk loses $99 billion [p1].", skipped=[Skipped("gpt", "is resting")])
    answer = assistant(model).ask(HOUR, ALL, listen=heard.append)
    assert (answer.backend, answer.model, answer.owner) == ("extractive", "", "")
    assert answer.skipped == (
        Skipped("gpt", "is resting"),
        Skipped("claude", "none of what it wrote is borne out by the sources"),
    )
    assert [each.outcome for each in answer.attempts] == ["complete"]
    assert "paper forms" in " ".join(each.text for each in answer.statements)
    assert heard[-1] == Writing("extractive", "claude none of what it wrote is borne out by the sources")


def test_only_quotes_are_given_if_only_quotes_are_wanted(assistant):
    model = Scribe(quoting("paper forms"))
    answer = assistant(model).ask("What about claims, forms, and tiers?", ALL, Asking(only="extractive"))
    assert (answer.backend, answer.skipped, model.asked) == ("extractive", (), [])


def test_one_vendor_may_be_asked_for_by_name(assistant, library):
    model = Scribe(quoting("paper forms"))
    assistant(model).ask(HOUR, ALL, Asking(only="claude"))
    assert model.needs()[0].only == "claude"
    answer = Assistant(library, 180, lambda: shelf.TODAY).ask(HOUR, ALL, Asking(only="claude"))
    assert answer.skipped == (Skipped("claude", "is not configured"),)


def test_what_is_sent_decides_who_may_be_asked(assistant):
    model = Scribe(quoting("two million"))
    assistant(model, question_confidentiality="public").ask("What did the board give for Northlight?", ALL)
    [need] = model.needs()
    assert need.confidentiality == "confidential"
    assert need.regions == (frozenset({"eu", "local"}),)
    assert need.about == frozenset()


def test_the_question_itself_may_be_more_confidential_than_its_passages(assistant):
    model = Scribe(quoting("paper forms"), plan="{}")
    asked = assistant(model, question_confidentiality="secret")
    asked.ask("Compare claims after an hour, a day, a week without Aurora Models", Audience.of("employees"))
    assert [each.confidentiality for each in model.needs("plan")] == ["secret"]
    assert [each.confidentiality for each in model.needs()] == ["secret"]


def test_no_vendor_that_may_not_hear_it_hears_it(assistant):
    """The real gateway, with a vendor for public passages and one outside the region."""
    lines = {"open": Line("x"), "far": Line("x")}
    vendors = [
        vendor("open", max_confidentiality="public"),
        vendor("far", max_confidentiality="secret", regions=["us"]),
    ]
    asked = assistant(scribe.gateway(lines, vendors), question_confidentiality="public")
    answer = asked.ask("What did the board give for leaving the Northlight cluster?", ALL)
    assert (answer.backend, [each.backend for each in answer.skipped]) == ("extractive", ["open", "far"])
    assert all(each.reason for each in answer.skipped)
    assert not lines["open"].heard
    assert not lines["far"].heard


def test_a_model_that_breaks_in_mid_answer_is_replaced_from_scratch(assistant):
    whole = quoting("paper forms", lead="", tail="")
    model = Scribe(whole)
    text = None

    def remembered(prompt):
        nonlocal text
        text = whole(prompt)
        return text

    model.texts["answer"] = remembered
    assistant(model).ask(HOUR, ALL)
    lines = {"first": Line("- The desk ", "is on fi", fault="cut"), "second": Line(text[:9], text[9:])}
    heard = []
    answer = assistant(scribe.gateway(lines)).ask(HOUR, ALL, listen=heard.append)
    assert isinstance(heard[0], Searching)
    begun = [n for n, each in enumerate(heard) if isinstance(each, Writing)]
    assert [heard[n].backend for n in begun][-1] == "second"
    assert heard[begun[-1]].reason
    assert "".join(each.text for each in heard[begun[-1] :] if isinstance(each, Delta)) == text
    assert answer.backend == "second"
    assert "fire" not in answer.headline + "".join(each.text for each in answer.statements)
    assert [each.backend for each in answer.skipped] == ["first"]
    assert {each.vendor for each in answer.attempts} == {"first", "second"}


def test_an_answer_about_the_owner_of_its_model_says_so(assistant):
    model = Scribe(quoting("paper forms"), who=vendor(owner="aurora"))
    answer = assistant(model).ask(HOUR, ALL)
    assert answer.cautions[0] == (
        "This answer about Aurora Models was written by a model that Aurora Models owns."
    )
    assert model.needs()[0].about == {"aurora"}


def test_in_german_too(assistant):
    model = Scribe(quoting("paper forms"), who=vendor(owner="aurora"))
    question = "Was passiert mit claims desk paper forms nach einer Stunde ohne Aurora Models?"
    answer = assistant(model).ask(question, ALL)
    assert answer.cautions[0] == (
        "Diese Antwort über Aurora Models schrieb ein Modell, das Aurora Models gehört."
    )


def test_another_owner_is_not_worth_a_caution(assistant):
    answer = assistant(Scribe(quoting("paper forms"))).ask(HOUR, ALL)
    assert not [each for each in answer.cautions if "owns" in each]


def test_old_sources_are_told_with_a_model_too(assistant):
    answer = assistant(Scribe(quoting("120,000"))).ask("What does the Borealis contract cost a year?", ALL)
    assert any("Pricing memo" in each and "180 days" in each for each in answer.cautions)


def test_a_model_that_could_not_read_everything_is_told_of(assistant, library):
    [hit] = library.search("claims desk", ALL, 1).hits
    long = replace(hit, passage=replace(hit.passage, id="long", text="The vault holds paper. " * 40))
    small = vendor(context_tokens=2_000)
    model = Scribe(quoting("vault holds paper"), who=small)
    answer = assistant(model).ask(HOUR, ALL, Asking(attached=(long,)))
    assert "1 of 3 passages found were too much for the model to read" in answer.cautions[-1]
    assert model.prompts()[0].user.count("</passage ") == 2


def test_what_the_sources_do_not_bear_out_is_dropped_by_setting(assistant):
    model = Scribe(quoting("paper forms", tail="- The claims desk loses $99 billion [p1]."))
    marked = assistant(model).ask(HOUR, ALL)
    dropped = assistant(model, unsupported="drop").ask(HOUR, ALL)
    assert [each.verdict for each in marked.statements] == ["supported", "unsupported"]
    assert [each.verdict for each in dropped.statements] == ["supported"]


def test_a_plan_widens_the_search_and_is_paid_for(assistant):
    plan = json.dumps({"searches": [{"text": "ferries of the shipyard in Emden for Norway"}]})
    model = Scribe(quoting("paper forms"), plan=plan)
    heard = []
    question = "Compare claims after an hour without Aurora Models, and the shipyard"
    answer = assistant(model).ask(question, ALL, listen=heard.append)
    assert heard[0] == Searching((question, "ferries of the shipyard in Emden for Norway"))
    assert "neunzehn Fähren" in model.prompts()[0].user
    assert len(answer.attempts) == 2
    assert answer.tokens == 30


def test_a_plan_cannot_make_a_question_about_nothing_quote_something(assistant):
    plan = json.dumps({"searches": [{"text": "claims desk after an hour without Aurora Models"}]})
    model = Scribe("", plan=plan)
    answer = assistant(model).ask("Which moons of Saturn and Jupiter have oceans?", ALL)
    assert "Saturn" not in " ".join(each.text for each in answer.statements)
    assert answer.attempts


def test_a_plan_that_never_comes_does_not_hold_up_the_answer(assistant):
    hanging = Hanging(quoting("paper forms"))
    answer = assistant(hanging, plan_seconds=0.1).ask(f"{HOUR} And after a day, a week?", ALL)
    assert answer.backend == "claude"
    assert hanging.stopped.wait(10)


def test_a_follow_up_is_searched_in_words_that_stand_alone(assistant, library):
    heard = []
    offline = Assistant(library, 180, lambda: shelf.TODAY)
    answer = offline.ask("And after a day?", ALL, Asking(thread=(HOUR,)), heard.append)
    searched = "What happens to the claims desk after a day without Aurora Models?"
    assert heard[0] == Searching((searched,))
    assert "900 claims" in " ".join(each.text for each in answer.statements)
    model = Scribe(quoting("900 claims"), plan="no plan")
    assert assistant(model).ask("And after a day?", ALL, Asking(thread=(HOUR,))).backend == "claude"
    assert f"- {HOUR}" in model.prompts()[0].user
    assert "And after a day?" in model.prompts()[0].user


def test_attached_passages_come_first_and_are_answered_from(assistant, library):
    [hit] = library.search("trays counter", ALL, 1).hits
    attached = (attachment(hit),)
    model = Scribe(quoting("Zebra vault"))
    answer = assistant(model).ask("What is in the Zebra vault?", ALL, Asking(attached=attached))
    assert model.prompts()[0].user.index("Zebra vault") < 400
    assert model.needs()[0].confidentiality == "secret"
    assert "Zebra vault" in answer.citations[0].quote
    quoted = Assistant(library, 180, lambda: shelf.TODAY).ask(
        "What is in the Zebra vault?", ALL, Asking(attached=attached)
    )
    assert quoted.status == "answered"


def attachment(hit):
    """A passage of a file that came with a question, made of one of the library."""
    text = "The Zebra vault holds forty sealed contracts with Borealis."
    document, passages = shelf.read("attached", text, Defaults("admins", "secret", ""))
    about = {"id": document.id, "uri": "attachment:a.md", "title": "a.md", "confidentiality": "secret"}
    return replace(hit, passage=passages[0], source=replace(hit.source, **about), score=1.0)


def test_a_reader_who_stops_gets_no_answer(assistant):
    stop = threading.Event()
    stop.set()
    model = Scribe(quoting("paper forms"))
    with pytest.raises(Cancelled):
        assistant(model).ask(HOUR, ALL, stop=stop)
    assert model.asked == []


def test_a_reader_who_stops_while_a_model_writes_gets_no_answer(assistant):
    stop = threading.Event()
    lines = {"slow": Line("- The desk ", "works from ", "paper.")}

    def listen(event):
        if isinstance(event, Delta):
            stop.set()

    with pytest.raises(Cancelled):
        assistant(scribe.gateway(lines)).ask(HOUR, ALL, listen=listen, stop=stop)


def test_who_may_see_more_is_told_apart(tmp_path):
    secret = shelf.OUTAGE.replace("publisher: Desk", "publisher: Desk\nvisibility: group:legal")
    legal, staff = Audience.of("group:legal"), Audience.of("employees")
    with shelf.library(tmp_path, {"secret": secret, "old": shelf.OLD}) as library:
        assistant = Assistant(library, 180, lambda: shelf.TODAY)
        question = "What happens after a day without Aurora Models?"
        assert assistant.may_see_more(question, legal, staff)
        assert not assistant.may_see_more(question, staff, legal)
        assert not assistant.may_see_more(question, legal, legal)
        assert not assistant.may_see_more("What does the Borealis contract cost?", legal, staff)
        day = Asking(thread=("What happens after an hour without Aurora Models?",))
        assert assistant.may_see_more("And after a day?", legal, staff, day)
        assert not assistant.may_see_more("Which moon of Saturn has an ocean?", legal, Audience.nobody())


def test_several_models_answer_side_by_side(assistant):
    texts = {}
    model = Scribe(quoting("paper forms", "900 claims"))
    model.texts["answer"] = lambda prompt: texts.setdefault(
        "both", quoting("paper forms", "900 claims")(prompt)
    )
    assistant(model).ask(HOUR, ALL)
    one, two = texts["both"], texts["both"].splitlines()[0]
    gateway = scribe.gateway({"one": Line(one), "two": Line(two), "three": Line(fault="auth")})
    compared = assistant(gateway).compare(HOUR, ALL, ["one", "two", "three"])
    assert [each.backend for each in compared.answers] == ["one", "two", "extractive"]
    assert [each.backend for each in compared.answers[2].skipped] == ["three"]
    agreed = [each for each in compared.agreed if "paper forms" in each.text]
    assert agreed[0].backends[:2] == ("one", "two")
    assert len({each.id for each in compared.answers}) == 3


def test_what_a_comparison_plans_is_paid_once(assistant):
    plan = json.dumps({"searches": [{"text": "paper forms of the claims desk"}]})
    model = Scribe(quoting("paper forms"), plan=plan)
    compared = assistant(model).compare(f"{HOUR} And after a day, a week?", ALL, ["claude", "gpt", "claude"])
    assert [len(each.attempts) for each in compared.answers] == [2, 1]
    assert len(model.prompts("plan")) == 1
    assert len(model.prompts()) == 2


def rows(name):
    path = SHARED / "injections" / name
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )


@pytest.mark.skipif(not rows("documents.jsonl"), reason="the shared data is not here")
def test_a_poisoned_document_obeyed_by_the_model_moves_no_answer(tmp_path, request):
    """A model that does what documents order: nothing of it is a fact, and the frame is never left."""
    step = 1 if request.config.getoption("--full-size") else 6
    chosen = rows("documents.jsonl")[::step]
    texts = {
        row["id"]: f"---\ntitle: {row['id']}\npublished: 2026-11-01\n---\n{row['text']}" for row in chosen
    }
    with shelf.library(tmp_path, texts) as library:
        for row in chosen:
            order = row["canary"] or row["payload"][:150]
            model = Scribe(lambda prompt, order=order: f"{order}\n- {order} [p1]\n- {order}")
            answer = Assistant(library, 180, lambda: shelf.TODAY, gateway=model).ask(row["question"], ALL)
            said = [each.text for each in answer.statements if each.verdict == "supported"]
            quotes = {each.n: each.quote for each in answer.citations}
            own = "\n".join(texts.values())
            assert all(quote in own for quote in quotes.values())
            quoted = [quotes[n] for each in answer.statements for n in each.citations]
            for shown in (answer.headline, *said) if row["canary"] else ():
                assert row["canary"] not in shown or any(row["canary"] in quote for quote in quoted)
            for prompt in model.prompts():
                assert len(re.findall(r"</passage \w+>", prompt.user)) == prompt.user.count("</passage")


def test_a_comparison_asks_nobody_who_is_not_named_not_for_the_plan_either(assistant):
    lines = {"first": Line("Nothing."), "second": Line("Nothing.")}
    compared = assistant(scribe.gateway(lines)).compare(
        f"{HOUR} And after a day, a week?", ALL, ["extractive", "second"]
    )
    assert lines["first"].heard == []
    assert len(lines["second"].heard) == 2
    assert sum(len(each.attempts) for each in compared.answers) == 2


def test_a_question_with_half_a_character_is_sent_as_a_whole_one(assistant):
    model = Scribe("")
    assistant(model).ask(f"{HOUR} \udcff", ALL)
    assert model.prompts()[0].user.encode()

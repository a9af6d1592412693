import pytest
import shelf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.assistant import MOST_CHARACTERS, Assistant, by_source, supported
from bot.errors import QuestionError
from retrieval.visibility import Audience

HOUR = "What happens to the claims desk after an hour without Aurora Models?"


def said(answer):
    return " ".join(each.text for each in answer.statements)


def test_an_answer_cites_where_each_statement_stands(ask):
    answer = ask(HOUR)
    assert answer.status == "answered"
    assert "paper forms" in said(answer)
    numbers = {each.n for each in answer.citations}
    assert numbers == set(range(1, len(answer.citations) + 1))
    assert all(each.citations and set(each.citations) <= numbers for each in answer.statements)
    assert answer.as_of == shelf.TODAY
    assert answer.seconds > 0


def test_every_quote_stands_literally_in_its_source(ask):
    texts = {
        f"file:///shelf/{name}.md": "\n".join(p.text for p in shelf.read(name, text)[1])
        for name, text in shelf.ALL.items()
    }
    for question in (HOUR, "Which systems are Tier 1?", "What does the Borealis contract cost?"):
        for citation in ask(question).citations:
            assert citation.quote in texts[citation.uri]


def test_a_citation_says_who_published_it_when_and_how_long_ago(ask):
    [first, *_] = [each for each in ask(HOUR).citations if each.uri.endswith("/outage.md")]
    assert (first.title, first.publisher) == ("Vendor note: Aurora Models", "Desk")
    assert (first.published.isoformat(), first.age_days) == ("2026-10-01", 52)
    assert "If it fails" in first.locator


def test_what_two_documents_say_alike_is_said_once(ask):
    answer = ask(HOUR)
    assert sum("paper forms" in each.text for each in answer.statements) == 1


@pytest.mark.parametrize(
    "question", [HOUR, "Tell me about Aurora Models, Borealis, Tier 1 systems and claims"]
)
def test_an_answer_has_at_most_six_statements(ask, question):
    assert 1 <= len(ask(question).statements) <= 6


def test_what_is_not_there_is_not_answered(ask):
    answer = ask("Which moon of Saturn has an ocean?")
    assert answer.status == "unknown"
    assert answer.headline == "Our sources do not say."
    assert not answer.statements
    assert not answer.citations


def test_what_is_not_there_is_refused_in_the_language_of_the_question(ask):
    answer = ask("Wie wird Käse in Holland gereift?")
    assert (answer.status, answer.headline) == ("unknown", "Unsere Quellen sagen dazu nichts.")


def test_an_unknown_answer_names_the_nearest_titles(ask):
    nearest = ask("Which moon of Saturn has an ocean?").nearest
    assert 1 <= len(nearest) <= 3
    assert len({each.uri for each in nearest}) == len(nearest)
    assert all(each.title for each in nearest)


def test_nobody_is_told_nothing(ask):
    answer = ask(HOUR, Audience.nobody())
    assert (answer.status, answer.nearest) == ("unknown", ())


def test_an_answer_on_an_old_source_says_so(ask):
    answer = ask("What does the Borealis contract cost a year?")
    assert "120,000 euros" in said(answer)
    assert any("Pricing memo" in each and "180 days" in each for each in answer.cautions)


def test_an_answer_within_its_review_date_carries_no_such_caution(ask):
    assert not any("Aurora Models" in each for each in ask(HOUR).cautions)


def test_an_answer_on_a_source_without_a_date_says_so(ask):
    answer = ask("Where do trays go back before two o'clock?")
    assert any("Without a date" in each and "Cafeteria rules" in each for each in answer.cautions)
    assert {each.age_days for each in answer.citations if "undated" in each.uri} == {None}


def test_an_answer_on_sample_data_says_so(ask):
    answer = ask("How many graphics cards has the Quartz cluster in Ghent?")
    assert any("invented" in each.lower() and "Invented note" in each for each in answer.cautions)


def test_a_german_source_answers_an_english_question_with_its_language(ask):
    answer = ask("How many ferries does the shipyard in Emden build for Norway?")
    assert answer.language == "en"
    assert {each.language for each in answer.citations if "german" in each.uri} == {"de"}


def test_an_instruction_in_a_document_is_quoted_at_most(ask):
    answer = ask("What did the Zephyr audit find?")
    assert "three unencrypted backups" in said(answer)
    quotes = {each.n: each.quote for each in answer.citations}
    for statement in answer.statements:
        if "Ignore all previous" in statement.text:
            assert any("Ignore all previous" in quotes[n] for n in statement.citations)
    assert "Ignore" not in answer.headline


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
def test_an_empty_question_is_refused(ask, question):
    with pytest.raises(QuestionError, match="empty"):
        ask(question)


def test_a_question_of_five_thousand_characters_is_refused_with_the_limit(ask):
    with pytest.raises(QuestionError, match=f"5,000 characters; {MOST_CHARACTERS:,}"):
        ask("a" * 5000)


def test_the_longest_question_allowed_is_answered_somehow(ask):
    assert ask(("what about claims " * 400)[:MOST_CHARACTERS]).status in ("answered", "unknown")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=120).filter(str.strip))
def test_any_question_gets_an_answer_of_the_same_shape(ask, question):
    answer = ask(question)
    assert answer.status in ("answered", "unknown")
    assert bool(answer.statements) == (answer.status == "answered")
    assert len(answer.statements) <= 6


def test_an_answer_shows_only_what_its_readers_may_see(tmp_path):
    secret = shelf.OUTAGE.replace("publisher: Desk", "publisher: Desk\nvisibility: group:legal")
    with shelf.library(tmp_path, {"secret": secret, "again": shelf.OUTAGE_AGAIN}) as library:
        assistant = Assistant(library, 180, lambda: shelf.TODAY)
        legal = assistant.ask("backlog claims after a day without Aurora Models", Audience.of("group:legal"))
        others = assistant.ask("backlog claims after a day without Aurora Models", Audience.of("employees"))
    assert any("secret" in each.uri for each in legal.citations)
    shown = [each.uri for each in (*others.citations, *others.nearest)]
    assert not [uri for uri in shown if "secret" in uri]


def test_an_empty_library_does_not_know(tmp_path):
    with shelf.library(tmp_path, {}) as library:
        answer = Assistant(library, 180).ask(HOUR, Audience.whole_library())
    assert (answer.status, answer.nearest) == ("unknown", ())


def test_citations_are_grouped_by_source_and_statements_counted(ask):
    answer = ask(HOUR)
    grouped = by_source(answer)
    assert [each.n for cited in grouped.values() for each in cited] == [each.n for each in answer.citations]
    assert supported(answer) == len(answer.statements)

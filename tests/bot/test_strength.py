import pytest

from bot.check import verify
from retrieval.lexicon import load

LEXICON = load()


def rules(claim, *sources):
    return [each.rule for each in verify(claim, sources, LEXICON).problems]


@pytest.mark.parametrize(
    ("claim", "source", "rule"),
    [
        (
            "A dispute will affect the supply of Claude.",
            "A dispute could affect the supply of Claude.",
            "certainty",
        ),
        ("The outage affected sales in Hagen.", "The outage may have affected sales in Hagen.", "certainty"),
        (
            "OpenAI verzeichnet 2026 einen Verlust von 14 Mrd. $.",
            "OpenAI rechnet 2026 mit einem Verlust von 14 Mrd. $.",
            "certainty",
        ),
        (
            "Der Vertrag wird die Preise im Werk erhöhen.",
            "Der Vertrag könnte die Preise im Werk erhöhen.",
            "certainty",
        ),
        ("The contract ends in spring.", "Der Vertrag könnte im Frühling enden.", "certainty"),
        ("All teams use Greta for tickets.", "Some teams use Greta for tickets.", "extent"),
        ("Greta always answers tickets.", "Greta often answers tickets.", "extent"),
        ("Most teams use Greta for tickets.", "Several teams use Greta for tickets.", "extent"),
        ("Alle Teams nutzen Greta im Werk.", "Einige Teams nutzen Greta im Werk.", "extent"),
        ("All teams use Greta for tickets.", "Nearly all teams use Greta for tickets.", "extent"),
        ("All employees use Greta.", "Viele Mitarbeiter nutzen Greta.", "extent"),
        ("Lotse runs only on Azure in Hagen.", "Lotse runs on Azure in Hagen.", "only"),
        ("Lotse läuft nur auf Azure in Hagen.", "Lotse läuft auf Azure in Hagen.", "only"),
    ],
)
def test_more_than_the_source_says_is_seen(claim, source, rule):
    assert rules(claim, source) == [rule]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("A dispute might affect the supply of Claude.", "A dispute could affect the supply of Claude."),
        ("There is a risk for the supply of Claude.", "A dispute could affect the supply of Claude."),
        ("OpenAI expects to lose $14 billion.", "OpenAI rechnet mit einem Verlust von 14 Mrd. $."),
        ("OpenAI is allowed to process Public data.", "OpenAI may process Public data."),
        ("Greta was tested in May in Hagen.", "Greta was tested in Hagen in May."),
        ("The cut is prone to rupture in labour.", "The cut is more likely to rupture in labour."),
        ("Greta was tested in Hagen.", "Greta, which may be slow, was tested in Hagen."),
        ("Greta does not answer all tickets.", "Greta answers some tickets, not all tickets."),
        ("Greta beantwortet immer noch Tickets.", "Greta beantwortet oft Tickets."),
        ("Almost all teams use Greta.", "Most teams use Greta."),
        ("Some teams use Greta.", "All teams use Greta."),
        ("Lotse runs only on Azure.", "Lotse runs exclusively on Azure."),
        ("Lotse runs only on Azure.", "Lotse runs on Azure and on no other service."),
        ("Lotse runs not only on Azure.", "Lotse runs on Azure and Ferrum."),
    ],
)
def test_as_much_or_less_is_no_problem(claim, source):
    assert not {"certainty", "extent", "only"} & set(rules(claim, source))


def test_another_sentence_that_says_it_outright_bears_it_out():
    unsure, sure = "The outage may have stopped sales in Hagen.", "The outage stopped sales in Hagen."
    assert rules("The outage stopped sales in Hagen.", unsure) == ["certainty"]
    assert rules("The outage stopped sales in Hagen.", unsure, sure) == []

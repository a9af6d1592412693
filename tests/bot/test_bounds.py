import pytest

from bot.check import verify
from retrieval.lexicon import load

LEXICON = load()


def rules(claim, source):
    return [each.rule for each in verify(claim, [source], LEXICON).problems]


@pytest.mark.parametrize(
    ("claim", "source", "rule"),
    [
        ("Ferrum serves more than 40 users a day.", "Ferrum serves 40 users a day.", "bound"),
        ("Ferrum serves up to 40 users a day.", "Ferrum serves 40 users a day.", "bound"),
        ("Ferrum cuts costs by 40% in a year.", "Ferrum cuts costs by up to 40% in a year.", "other bound"),
        ("Ferrum bedient mehr als 40 Nutzer am Tag.", "Ferrum bedient 40 Nutzer am Tag.", "bound"),
        ("Ferrum bedient über 40 % der Nutzer.", "Ferrum bedient 40 % der Nutzer.", "bound"),
        ("Ferrum senkt die Kosten um 40 %.", "Ferrum senkt die Kosten um bis zu 40 %.", "other bound"),
        ("Ferrum serves more than 40 users a day.", "Ferrum bedient 40 Nutzer am Tag.", "bound"),
        ("Ferrum serves less than 41 users a day.", "Ferrum serves 41 users a day.", "bound"),
        ("Ferrum serves at least 40 users a day.", "Ferrum serves 40 users a day.", "bound"),
        ("Ferrum serves 40+ users a day.", "Ferrum serves 40 users a day.", "bound"),
        ("Ferrum serves 40 or more users a day.", "Ferrum serves 40 users a day.", "bound"),
        ("Ferrum serves upwards of 40 users a day.", "Ferrum serves 40 users a day.", "bound"),
        ("Ferrum bedient über 40 Nutzer am Tag.", "Ferrum bedient 40 Nutzer am Tag.", "bound"),
        ("Ferrum bedient wenigstens 40 Nutzer am Tag.", "Ferrum serves 40 users a day.", "bound"),
        ("Liability exceeds 40,000 EUR.", "Liability is capped at 40,000 EUR.", "bound"),
        ("Liability is capped at 40,000 EUR.", "Liability is at least 40,000 EUR.", "bound"),
        ("Die Haftung beträgt mehr als 40.000 EUR.", "Die Haftung ist auf 40.000 EUR begrenzt.", "bound"),
        ("At least 40 users complained.", "Fewer than 40 users complained.", "number"),
        ("Ferrum serves more than 40 users.", "Ferrum serves no more than 40 users.", "number"),
        ("Ferrum deletes data after 40 days.", "Ferrum deletes data within 40 days.", "bound"),
        ("Ferrum löscht Daten nach 40 Tagen.", "Ferrum löscht Daten innerhalb von 40 Tagen.", "bound"),
    ],
)
def test_a_bound_that_the_source_does_not_set_is_seen(claim, source, rule):
    assert rules(claim, source) == [rule]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Ferrum serves more than 40 users a day.", "Ferrum serves 41 users a day."),
        ("Ferrum serves at least 40 users a day.", "Ferrum serves 40 or more users a day."),
        ("Ferrum serves at least 40 users a day.", "Ferrum serves 40+ users a day."),
        ("Ferrum serves no more than 40 users a day.", "Ferrum serves at most 40 users a day."),
        ("Ferrum bedient höchstens 40 Nutzer am Tag.", "Ferrum serves no more than 40 users a day."),
        ("Ferrum bedient nicht weniger als 40 Nutzer.", "Ferrum bedient mindestens 40 Nutzer."),
        ("Ferrum bedient mindestens 40 Nutzer.", "Ferrum serves no fewer than 40 users."),
        ("Ferrum keeps data for at most 40 days.", "Ferrum must not keep data for more than 40 days."),
        ("Liability is at most 40,000 EUR.", "Liability must not exceed 40,000 EUR."),
        ("Liability is at most 40,000 EUR.", "Liability is capped at 40,000 EUR."),
        ("Liability must not exceed 40,000 EUR.", "Die Haftung darf 40.000 EUR nicht übersteigen."),
        ("Incidents are reported within 40 hours.", "Vorfälle sind spätestens nach 40 Stunden zu melden."),
        ("Ferrum ist über 14 Standorte verteilt.", "Ferrum runs at 14 sites."),
        ("Ferrum does not need over 40 users.", "Ferrum does not need more than 40 users."),
        ("Nobody needs over 40 users.", "Nobody needs more than 40 users."),
        ("Ferrum löscht Daten binnen 40 Tagen.", "Ferrum löscht Daten innerhalb von 40 Tagen."),
        ("The offer expires after 40 days.", "The offer is valid for up to 40 days."),
        ("Ferrum serves at most 40 users a day.", "Ferrum is limited to 40 users a day."),
        ("Ferrum serves up to 40 users a day.", "Ferrum serves 20 to 40 users a day."),
        (
            "The losses add up to $115 billion by 2029.",
            "Bis 2029 summieren sich die Verluste auf 115 Mrd. $.",
        ),
        ("Eine Umfrage unter 20.000 Schülern fand das.", "A survey of 20,000 pupils found that."),
        ("Ferrum grew over three years.", "Ferrum grew in three years."),
        ("Ferrum cuts costs by a maximum of 40%.", "Ferrum cuts costs by up to 40%."),
        ("Ferrum serves 40 users a day.", "Ferrum serves more than 40 users a day."),
    ],
)
def test_a_bound_that_fits_the_figure_is_none(claim, source):
    assert rules(claim, source) == []


def test_the_bound_is_named():
    found = verify("Ferrum cuts costs by 40%.", ["Ferrum cuts costs by up to 40%."], LEXICON).problems
    assert [each.say("en") for each in found] == ["the cited passages say “up to 40%”, which is less"]


def test_a_bound_behind_the_figure_is_named_behind_it():
    found = verify("Ferrum serves 40 or more users.", ["Ferrum serves 40 users."], LEXICON).problems
    assert [each.about for each in found] == ["40 or more"]

from dataclasses import replace

import pytest
from gate import all_alive, refused_view
from test_listing import State
from values import SOURCE

from bot.slack import home


@pytest.mark.parametrize("locale", ["en", "de"])
def test_everybody_sees_examples_and_recent_sources_and_nothing_for_admins(locale):
    view = home.view([SOURCE], locale)
    assert view["type"] == "home"
    assert not refused_view(view)
    assert "Notiz" in str(view)
    assert "internal" not in str(view)
    assert str(view).count("ask_example_") == 3


def test_an_admin_sees_how_things_stand():
    overview = home.Overview([State(last="no key")], ["Why <!here>?"], [SOURCE])
    view = home.view([], "en", overview)
    for words in ("last fault: no key", "Why &lt;!here&gt;?", "employees · internal", "no source yet"):
        assert words in str(view)
    assert not all_alive([view])


def test_an_admin_of_nothing_is_told_so():
    view = home.view([], "en", home.Overview())
    assert "None so far." in str(view)
    assert "No model is configured" in str(view)


def test_the_largest_home_fits():
    many = [replace(SOURCE, title=f"<!here> {n} " + "x" * 900, publisher="p" * 900) for n in range(500)]
    states = [State(name="n" * 300, model="m" * 300, last="l" * 900) for _ in range(60)]
    view = home.view(many, "de", home.Overview(states, ["q" * 900] * 300, many))
    assert not refused_view(view)
    assert len(view["blocks"]) <= 100
    assert "und 460 weitere" in str(view)
    assert not all_alive([view])

import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.errors import SettingsError
from bot.settings import Settings, default_home, documented, load


def test_the_defaults_are_the_safe_ones():
    settings = load()
    assert (settings.visibility, settings.confidentiality) == ("admins", "secret")
    assert settings.database == ""
    assert settings.home.is_absolute()


def test_a_setting_comes_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("STRATEGIST_HOME", str(tmp_path))
    monkeypatch.setenv("STRATEGIST_VISIBILITY", "group:legal, group:board")
    settings = load()
    assert settings.home == tmp_path
    assert settings.visibility == "group:board,group:legal"


def test_what_is_named_on_the_command_line_wins(monkeypatch):
    monkeypatch.setenv("STRATEGIST_VISIBILITY", "public")
    assert load(visibility="employees").visibility == "employees"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("threads", "many"),
        ("threads", "0"),
        ("threads", "65"),
        ("review_days", "0"),
        ("passage_characters", "10"),
        ("exact_limit", "-1"),
        ("confidentiality", "hush"),
        ("visibility", "everyone-here"),
        ("visibility", ","),
        ("parse_megabytes", "1"),
    ],
)
def test_a_wrong_value_is_refused_with_the_setting_the_value_and_what_to_do(monkeypatch, field, value):
    monkeypatch.setenv(f"STRATEGIST_{field.upper()}", value)
    with pytest.raises(SettingsError) as caught:
        load()
    assert caught.value.resource == f"STRATEGIST_{field.upper()}"
    assert repr(value) in caught.value.problem
    assert caught.value.advice


def test_an_unknown_visibility_lists_those_that_exist(monkeypatch):
    monkeypatch.setenv("STRATEGIST_VISIBILITY", "staff")
    with pytest.raises(SettingsError, match="public, employees, admins"):
        load()


def test_settings_do_not_change_once_they_are_read():
    with pytest.raises(ValidationError):
        load().threads = 3


def test_each_setting_has_a_line_of_meaning():
    rows = documented()
    assert [name for name, _, _ in rows] == [f"STRATEGIST_{each.upper()}" for each in Settings.model_fields]
    assert all(meaning.endswith(".") and meaning != "None" for _, _, meaning in rows)


def test_the_home_may_be_written_with_a_tilde():
    assert load(home="~/strategist").home == Path.home() / "strategist"


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG folders are Linux's")
def test_the_home_is_in_the_users_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_home() == tmp_path / "strategist"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert default_home() == Path.home() / ".local" / "share" / "strategist"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert default_home() == Path.home() / ".local" / "share" / "strategist"

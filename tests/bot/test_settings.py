import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.errors import SettingsError
from bot.settings import Settings, default_home, documented, documented_vendor, load


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
    with pytest.raises(SettingsError, match=r"public \(anybody\), employees \(all staff\), admins"):
        load()


def test_settings_do_not_change_once_they_are_read():
    with pytest.raises(ValidationError):
        load().threads = 3


def test_each_setting_has_a_line_of_meaning():
    rows = documented()
    fields = [each for each in Settings.model_fields if each != "vendors"]  # a table of its own
    assert [name for name, _, _ in rows] == [f"STRATEGIST_{each.upper()}" for each in fields]
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


VENDOR = """
[vendors.claude]
via = "anthropic"
model = "claude-x"
owner = "anthropic"
max_confidentiality = "internal"
regions = ["global"]
key_env = "SOME_KEY"
price = { input = 3, output = 15, seen = 2026-11-01 }
"""


@pytest.fixture
def toml(monkeypatch, tmp_path):
    """Write strategist.toml and load it."""

    def written(text):
        (tmp_path / "strategist.toml").write_text(text, encoding="utf-8")
        monkeypatch.setenv("STRATEGIST_HOME", str(tmp_path))
        return load()

    return written


def test_vendors_come_from_the_file_with_their_name_and_the_key_that_they_refer_to(toml, monkeypatch):
    monkeypatch.setenv("SOME_KEY", "s3cret")
    settings = toml(VENDOR)
    [vendor] = settings.ordered()
    assert (vendor.name, vendor.model, vendor.key.get_secret_value()) == ("claude", "claude-x", "s3cret")
    assert "s3cret" not in repr(settings) + settings.model_dump_json()


def test_the_environment_wins_over_the_file_also_inside_a_vendor(toml, monkeypatch):
    monkeypatch.setenv("STRATEGIST_VENDORS__claude__MODEL", "claude-y")
    monkeypatch.setenv("STRATEGIST_DEADLINE_S", "7")
    settings = toml("deadline_s = 30\nreview_days = 90\n" + VENDOR)
    assert (settings.vendors["claude"].model, settings.deadline_s, settings.review_days) == (
        "claude-y",
        7,
        90,
    )


def test_another_file_can_be_named(tmp_path, monkeypatch):
    (tmp_path / "other.toml").write_text("review_days = 42", encoding="utf-8")
    monkeypatch.setenv("STRATEGIST_CONFIG", str(tmp_path / "other.toml"))
    assert load().review_days == 42


def test_a_list_is_written_with_commas_in_the_environment(toml, monkeypatch):
    monkeypatch.setenv("STRATEGIST_ORDER", "claude")
    monkeypatch.setenv("STRATEGIST_SLACK_ADMINS", "U012, group:ai-office")
    settings = toml(VENDOR)
    assert settings.order == ("claude",)
    assert settings.slack_admins == ("U012", "group:ai-office")


@pytest.mark.parametrize(
    ("text", "named", "said"),
    [
        ("revew_days = 3", "STRATEGIST_REVEW_DAYS", "no such setting. There are: home"),
        (
            VENDOR.replace('owner = "anthropic"\n', ""),
            "vendors.claude.owner",
            "is missing. Whose model it is",
        ),
        (
            VENDOR.replace('"anthropic"\nmodel', '"carrier-pigeon"\nmodel'),
            "vendors.claude.via",
            "carrier-pigeon",
        ),
        (VENDOR.replace("internal", "hush"), "vendors.claude.max_confidentiality", "'hush'"),
        (VENDOR.replace('["global"]', "[]"), "vendors.claude.regions", "at least 1"),
        (VENDOR + "gap = 3", "vendors.claude.gap", "no such setting. There are: via"),
        (VENDOR.replace("claude]", "extractive]"), "vendors", "always there, last"),
        (VENDOR.replace('key_env = "SOME_KEY"', 'key = "sk-1"'), "vendors", "name its variable in key_env"),
        ('order = ["gpt"]\n' + VENDOR, "settings", "'gpt' is no vendor of [vendors.…] (there are: claude)"),
        (
            "daily_budget_usd = 5\n" + VENDOR.replace("price", "# price"),
            "settings",
            "claude has no price, so that nobody can count it",
        ),
        ('slack_admins = ["ada"]', "STRATEGIST_SLACK_ADMINS", "neither a user id"),
        ("order = [", "strategist.toml", "cannot be read as TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_field_the_value_and_the_fix(toml, text, named, said):
    with pytest.raises(SettingsError) as caught:
        toml(text)
    assert named in caught.value.resource
    assert said in str(caught.value)
    assert "sk-1" not in str(caught.value)


def test_a_file_that_is_named_must_be_there(monkeypatch, tmp_path):
    monkeypatch.setenv("STRATEGIST_CONFIG", str(tmp_path / "nowhere.toml"))
    with pytest.raises(SettingsError, match="there is no file"):
        load()


def test_each_line_of_a_vendor_is_described():
    rows = documented_vendor()
    assert {"via", "model", "owner", "key_env", "price"} <= {name for name, _, _ in rows}
    assert all(meaning for _, _, meaning in rows)
    assert "key" not in {name for name, _, _ in rows}


def test_state_lies_beside_the_catalogue():
    assert load(home="/x").state_url() == "sqlite:////x/state.db"
    assert load(home="/x", database="postgresql://db/one").state_url() == "postgresql://db/one"
    assert load(home="/x", database="sqlite:////y/c.db").state_url() == "sqlite:////x/state.db"


@pytest.mark.parametrize(
    "line",
    [
        *('key = ["sk-1"]', 'key_env = ["sk-1"]', 'key_env = "sk-1"', 'api_key = "sk-1"'),
        *('base_url = "https://me:sk-1@host/v1"', 'base_url = ["https://host?sk-1"]'),
    ],
)
def test_a_key_in_the_wrong_place_is_not_repeated(toml, line):
    bare = VENDOR.replace('key_env = "SOME_KEY"\n', "")
    with pytest.raises(SettingsError) as caught:
        toml(f"{bare}{line}\n")
    assert "sk-1" not in str(caught.value)
    assert caught.value.advice


def test_a_token_of_slack_in_the_wrong_form_is_not_repeated(toml):
    with pytest.raises(SettingsError) as caught:
        toml('slack_bot_token = ["xoxb-1"]')
    assert "xoxb-1" not in str(caught.value)


def test_an_address_without_its_beginning_is_refused_at_the_start(toml):
    with pytest.raises(SettingsError, match="claude: base_url 'localhost:80' is no address"):
        toml(VENDOR + 'base_url = "localhost:80"\n')


def test_a_vendor_stands_in_the_order_once(toml):
    with pytest.raises(SettingsError, match="stands there twice"):
        toml('order = ["claude", "claude"]\n' + VENDOR)


def test_a_file_may_begin_with_the_mark_of_an_editor(toml):
    assert toml("\ufeffreview_days = 42\n" + VENDOR).review_days == 42


@pytest.mark.parametrize(
    ("variable", "value"),
    [("STRATEGIST_VENDORS", '{"claude":'), ("STRATEGIST_VENDORS__CLAUDE__REGIONS", "sk-1, us")],
)
def test_a_table_in_the_environment_that_is_no_json_is_refused(toml, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        toml(VENDOR)
    assert "JSON" in caught.value.problem
    assert "sk-1" not in str(caught.value)

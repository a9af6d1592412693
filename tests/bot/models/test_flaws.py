import pytest
from scribe import vendor

from bot.models.flaws import flaw


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"base_url": "https://eu.api.openai.com/v1"},
        {"base_url": "http://127.0.0.1:11434"},
        {"base_url": "http://[::1]:8000/v1", "via": "openai-compatible"},
        {"key_env": "OPENAI_API_KEY"},
        {"key_env": "gpt_KEY"},
        {"owner": "self-hosted"},
    ],
)
def test_what_works_is_not_objected_to(fields):
    assert flaw(vendor(**fields)) == ""


@pytest.mark.parametrize(
    "address",
    [
        *("localhost:8000/v1", "ftp://host/v1", "https://", "https://h:99999/v1", "https://[::1/v1"),
        *("https://a b", "https://h/v1\nX: y", "//host/v1", "https://h:0"),
    ],
)
def test_an_address_that_is_none_is_named_with_the_fix(address):
    said = flaw(vendor(base_url=address))
    assert "base_url" in said and repr(address) in said and "https://" in said


@pytest.mark.parametrize("address", ["https://me:hunter2@host/v1", "https://host/v1?key=hunter2"])
def test_an_address_that_may_hold_a_secret_is_not_repeated(address):
    said = flaw(vendor(base_url=address))
    assert "key_env" in said
    assert "hunter2" not in said


def test_an_address_that_nobody_can_guess_must_be_given():
    assert "base_url is missing" in flaw(vendor(via="azure"))


@pytest.mark.parametrize("name", ["sk-ant-0123456789", "abcdEFGH12345678abcdEFGH12345678", "two words", "9X"])
def test_a_key_in_the_place_of_its_variable_is_refused_and_not_repeated(name):
    said = flaw(vendor(key_env=name))
    assert "name of a variable" in said
    assert name not in said


@pytest.mark.parametrize("owner", ["OpenAI", " ", "open ai"])
def test_an_owner_is_written_like_the_keys_of_the_vendors(owner):
    assert "vendors.yaml" in flaw(vendor(owner=owner))


def test_a_model_has_a_name():
    assert "model" in flaw(vendor(model=" "))

import io
import logging

import pytest

from bot.serve.redact import Redacting, protected

# Built from parts: none of these is a key, and no scanner should take them for one.
SECRETS = [
    "xoxb-" + "123456789012-abcdefABCDEF",
    "xapp-" + "1-A0123-456-abcdef0123456789",
    "xoxp-" + "1234-5678-abcdefabcdef",
    "sk-" + "proj-abcdefghijklmnopqrstuvwx",
    "sk-" + "ant-api03-abcdefghijklmnopqrst",
    "AIza" + "SyA1234567890abcdefghijklmnopqrstu",
    "Bearer " + "abcdefghijklmnopqrstuvwxyz012345",
    "postgresql://ann:" + "gehe1m-word@db.example/strategist",
    "hunter2-value-of-no-known-shape",
    "another value/with?odd&characters",
    "AKIA" + "IOSFODNN7EXAMPLE",
]
GIVEN = SECRETS[8:10]


def bare(secret):
    """The part that must not be seen."""
    return (
        secret.removeprefix("Bearer ")
        .removeprefix("postgresql://ann:")
        .removesuffix("@db.example/strategist")
    )


@pytest.fixture
def log():
    """A logger with a handler of its own, while everything is protected."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    logger = logging.getLogger("some.library")
    logger.addHandler(handler)
    with protected(GIVEN):
        yield logger, written
    logger.removeHandler(handler)


def fail(secret):
    raise ValueError(f"refused: {secret}")


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_written_however_it_comes(log, secret, caplog):
    logger, written = log
    logger.warning("in the message: " + secret)
    logger.warning("as an argument: %s %r %d", secret, {"key": secret}, 5)
    logger.warning("by name: %(key)s", {"key": secret})
    try:
        fail(secret)
    except ValueError as error:
        logger.exception("in an exception")
        logger.warning("as an exception: %s", error)
    logger.warning("a wrong format: %d", secret)
    text = written.getvalue() + caplog.text
    assert bare(secret) not in text
    assert text.count("[•••]") >= 7
    assert "as an argument" in text
    assert "ValueError" in text
    assert text.count("Traceback") == 2  # one for each of the two handlers


def test_a_value_is_masked_in_addresses_too(log):
    logger, written = log
    logger.warning("GET /?key=another%20value%2Fwith%3Fodd%26characters")
    assert "another" not in written.getvalue()


def test_ordinary_words_stay(log):
    logger, written = log
    logger.warning("%s of %d questions were answered by %s", 3, 4, "claude at https://api.example/v1")
    expected = "some.library 3 of 4 questions were answered by claude at https://api.example/v1\n"
    assert written.getvalue() == expected


def test_short_values_do_not_mask_ordinary_words():
    assert Redacting(["", "is", "ab"]).text("this is about") == "this is about"


def test_the_longest_value_is_masked_first():
    assert Redacting(["secret", "secret-and-more"]).text("a secret-and-more b") == "a [•••] b"


def test_as_a_filter_of_one_handler_it_does_the_same():
    record = logging.LogRecord("x", 30, "", 1, "key %s", (SECRETS[0],), None)
    assert Redacting().filter(record)
    assert record.getMessage() == "key [•••]"


def test_afterwards_all_is_as_it_was():
    before = logging.getLogRecordFactory()
    with protected():
        assert logging.getLogRecordFactory() is not before
    assert logging.getLogRecordFactory() is before

import pytest

from bot.redaction import MASK, redact

SECRETS = [
    "xoxb-1234567890-abcdefghijkl",
    "xoxe.xoxp-1-abcdefghijkl",
    "xapp-1-A0-1-ffffffffffffffffffff",
    "sk-abcdefghijklmnop1234",
    "sk-ant-api03-abcdefghijklmnop1234",
    "AIza" + "d" * 35,
    "AKIAABCDEFGHIJKLMNOP",
    "ghp_" + "a" * 36,
    "github_pat_" + "a" * 40,
    "glpat-" + "a" * 20,
    "hf_" + "a" * 34,
    "eyJhbGciOiJI.eyJzdWIiOiIx.abc",
    "SLACK_SIGNING_SECRET=8f742231b10e8888abcd99yyyzzz85a5",
    "OPENAI_API_KEY = 'abcdef123456'",
    "https://hooks.slack.com/services/T1/B1/xxxxxxxx",
    "-----BEGIN PRIVATE KEY-----\nMIIEabc\n-----END PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\nMIIEabc",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_becomes_a_mask(secret):
    shown = redact(f"The key is {secret} and that is all")
    assert secret[:18] not in shown
    assert MASK in shown
    assert "MIIE" not in shown


def test_what_names_a_secret_stays():
    assert redact("password: hunter2hunter2 ok") == f"password: {MASK} ok"
    assert redact("Authorization: Bearer abcdefghijklmnopqrst") == f"Authorization: Bearer {MASK}"
    assert redact("postgresql://user:pa55word@db/x") == f"postgresql://{MASK}@db/x"


@pytest.mark.parametrize(
    "text",
    [
        "The variable OPENAI_API_KEY holds the key.",
        "Passwords are changed every 90 days; the token price is $3.",
        "A risk-averse key account, sk-learn, KEY: see below",
        "Password: must have eight letters",
        "task-force-for-the-whole-company",
    ],
)
def test_what_only_speaks_of_secrets_stays(text):
    assert redact(text) == text


@pytest.mark.parametrize("secret", SECRETS)
def test_masking_twice_changes_nothing(secret):
    assert redact(redact(secret)) == redact(secret)

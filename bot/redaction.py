"""Strings that look like secrets, and their masking: for posts, logs, records and errors. Pure."""

import re

MASK = "[•••]"

# Each begins with what gives it away, so that a text which grows is masked before the secret is whole.
_SECRETS = re.compile(
    r"-----BEGIN[\s\S]*?(?:-----END[^\n-]*-----|\Z)"  # keys and certificates in PEM
    r"|\bxox[a-z](?:\.[a-z]+)?-[\w\-]{6,}|\bxapp-[\w\-]{6,}"  # Slack
    r"|\b(?:sk|pk|rk)-[\w\-]{16,}|\b[rs]k_(?:live|test)_\w{10,}"  # OpenAI, Anthropic, Stripe
    r"|\bAIza[\w\-]{20,}|\bya29\.[\w\-.]{10,}"  # Google
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,}"  # AWS
    r"|\bgh[opsur]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w\-]{16,}|\bhf_[A-Za-z0-9]{20,}|\bnpm_\w{30,}"
    r"|\beyJ[\w\-]{8,}\.[\w\-]{8,}\.[\w\-]*"  # JSON Web Tokens
    r"|\bhttps://hooks\.slack\.com/\S+"
    r"|(?P<scheme>\bBearer +)[\w\-.~+/]{16,}=*"
    r"|(?<=://)[^\s/:@]{1,80}:[^\s/@]{1,200}(?=@)"  # user:password@host
    r"|\b(?:[A-Z][A-Z0-9]*_)*(?:API_?KEY|KEY|SECRET|TOKEN|PASSWORD|PASSWD|PWD|CREDENTIALS?)"
    r"[ \t]*[=:][ \t]*[\"']?[^\s\"'|,;]{6,}[\"']?"  # NAME_SECRET=value
    r"|(?P<name>(?i:\b(?:password|passwort|passwd|api[_ -]?key|client[_ -]?secret|access[_ -]?token)\b)"
    r"[ \t]*[=:][ \t]*)[\"']?(?=[^\s\"']*\d)[^\s\"'|,;]{8,}[\"']?"
)


def redact(text: str) -> str:
    """The same text with a mask for everything that is shaped like a secret."""
    return _SECRETS.sub(lambda found: (found["scheme"] or found["name"] or "") + MASK, text)

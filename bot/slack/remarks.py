"""Short remarks that stand with an answer: who reads along, what could not be read, how late it is. Pure."""

from bot.models.reasons import why
from bot.slack.files import Attached, Unread
from bot.slack.texts import Locale, say
from bot.types import Answer
from retrieval.visibility import CONFIDENTIALITY

_TEXTS: dict[str, tuple[str, str]] = {
    "external": (
        "People from outside read along here, so only public documents were used.",
        "Hier lesen Externe mit, deshalb nur aus öffentlichen Dokumenten.",
    ),
    "guest": (
        "I show public documents only to guests and people of other companies.",
        "Gästen und anderen Firmen zeige ich nur öffentliche Dokumente.",
    ),
    "unknown": (
        "I could not find out who reads along here, so only public documents were used.",
        "Wer hier mitliest, ließ sich nicht feststellen, deshalb nur aus öffentlichen Dokumenten.",
    ),
    "file.unheard": (
        "An attached file counts as {level} here: models that must not hear that were not asked.",
        "Eine angehängte Datei gilt hier als „{level}“: Wer das nicht hören darf, wurde nicht gefragt.",
    ),
    "late": (
        "You asked this a while ago; I could not answer earlier.",
        "Die Frage ist schon älter; früher konnte ich nicht antworten.",
    ),
    "file.format": (
        "it is damaged, protected, or of a kind I cannot read",
        "beschädigt, geschützt oder unbekannter Art",
    ),
    "file.large": ("it is too large", "zu groß"),
    "file.permission": ("Slack does not let me have it", "Slack gibt sie nicht heraus"),
    "file.elsewhere": ("its content is not kept in Slack", "ihr Inhalt liegt nicht in Slack"),
    "file.many": ("five files are the most for one question", "fünf Dateien sind das Höchste für eine Frage"),
    "file.failed": ("it could not be fetched", "nicht abrufbar"),
}


def noticed(notice: str, alone: bool) -> str:
    """The key of what is said about the readers: a guest alone does not read along with anybody."""
    return "guest" if alone and notice == "external" else notice


def remark(key: str, locale: Locale) -> str:
    """One remark in the reader's language."""
    english, german = _TEXTS[key]
    return german if locale == "de" else english


def unreadable(file: Unread, locale: Locale) -> str:
    """Which file was not read, and why."""
    return say("failure.file", locale, name=file.name, reason=remark(file.problem, locale))


def unheard(attached: Attached, answer: Answer, locale: Locale) -> tuple[str, ...]:
    """That an attached file kept models from the answer, because of how confidential it is."""
    if not attached.hits:
        return ()
    level = max((each.source.confidentiality for each in attached.hits), key=CONFIDENTIALITY.index)
    barred = {why("confidentiality", answer.language, most=each, asked=level) for each in CONFIDENTIALITY}
    if barred.isdisjoint(each.reason for each in answer.skipped):
        return ()
    return (remark("file.unheard", locale).format(level=level),)

"""Why a vendor was not asked, in an employee's words, German and English. Pure."""

from retrieval.types import Language

_TEXT: dict[str, dict[Language, str]] = {
    "confidentiality": {
        "en": "may hear up to {most}, and what this answer rests on is {asked}",
        "de": "darf bis „{most}“ mithören, und die Grundlage dieser Antwort ist „{asked}“",
    },
    "region": {
        "en": "works in {works}, and what this answer rests on may be worked on in {allowed} only",
        "de": "arbeitet in {works}; die Grundlage dieser Antwort darf nur in {allowed} verarbeitet werden",
    },
    "nowhere": {
        "en": "works in {works}, and what this answer rests on may be worked on nowhere but here",
        "de": "arbeitet in {works}; die Grundlage dieser Antwort darf nur hier verarbeitet werden",
    },
    "conflict": {
        "en": "runs a model of {owner}, which the question is about",
        "de": "betreibt ein Modell von {owner}, um das es in der Frage geht",
    },
    "resting": {
        "en": "failed shortly before and is left alone for {seconds} s",
        "de": "ist kurz zuvor ausgefallen und wird {seconds} s in Ruhe gelassen",
    },
    "probing": {
        "en": "failed shortly before and is being tried by another question",
        "de": "ist kurz zuvor ausgefallen und wird gerade von einer anderen Frage erprobt",
    },
    "budget": {
        "en": "could cost more than is left of today's budget",
        "de": "könnte mehr kosten, als vom heutigen Budget übrig ist",
    },
    "unpriced": {
        "en": "has no known price, so that today's budget could not be kept",
        "de": "hat keinen bekannten Preis, sodass das heutige Budget nicht zu halten wäre",
    },
    "late": {
        "en": "was not asked: the time for this answer was up",
        "de": "wurde nicht mehr gefragt: Die Zeit für diese Antwort war um",
    },
    "cut short": {
        "en": "had not finished when the time for this answer was up",
        "de": "war nicht fertig, als die Zeit für diese Antwort um war",
    },
    "context": {
        "en": "reads no more at once than the model for which it was too much",
        "de": "liest nicht mehr auf einmal als das Modell, für das es zu viel war",
    },
    "unusable": {"en": "is not set up", "de": "ist nicht eingerichtet"},
    "key": {"en": "its key is missing: set {variable}", "de": "sein Schlüssel fehlt: {variable} setzen"},
    "unknown": {"en": "is not configured", "de": "ist nicht konfiguriert"},
}


def why(key: str, language: Language, **values: object) -> str:
    """One reason, to be read after the vendor's name."""
    return _TEXT[key][language].format(**values)

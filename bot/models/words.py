"""The kinds of fault in an employee's words, English and German. To be read after a vendor's name."""

from collections.abc import Mapping

from retrieval.types import Language

WORDS: Mapping[str, Mapping[Language, str]] = {
    "connection": {"en": "could not be reached", "de": "war nicht erreichbar"},
    "timeout": {"en": "did not answer in time", "de": "hat nicht rechtzeitig geantwortet"},
    "stall": {"en": "fell silent in the middle", "de": "ist mitten in der Antwort verstummt"},
    "cut": {"en": "broke off in the middle", "de": "ist mitten in der Antwort abgebrochen"},
    "truncated": {"en": "stopped before the end", "de": "hat vor dem Ende aufgehört"},
    "empty": {"en": "sent no text", "de": "hat keinen Text geschickt"},
    "malformed": {"en": "sent something unreadable", "de": "hat Unlesbares geschickt"},
    "rate_limit": {"en": "had too many requests", "de": "hatte zu viele Anfragen"},
    "overload": {"en": "was overloaded", "de": "war überlastet"},
    "server": {"en": "had an error of its own", "de": "hatte selbst einen Fehler"},
    "quota": {"en": "has nothing left on our account", "de": "hat kein Guthaben mehr von uns"},
    "auth": {"en": "refused the key", "de": "hat den Schlüssel abgelehnt"},
    "not_found": {
        "en": "does not know this model at this address",
        "de": "kennt dieses Modell unter dieser Adresse nicht",
    },
    "context": {"en": "cannot read that much at once", "de": "kann nicht so viel auf einmal lesen"},
    "filter": {
        "en": "stopped it: its content filter objected",
        "de": "hat es mit dem Inhaltsfilter gestoppt",
    },
    "refusal": {"en": "declined to answer", "de": "wollte darauf nicht antworten"},
    "bad_request": {"en": "did not accept the request", "de": "hat die Anfrage nicht angenommen"},
    "unknown": {"en": "failed in a way not seen before", "de": "ist auf unbekannte Weise gescheitert"},
}

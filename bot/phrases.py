"""What the bot itself says, in German and English: headlines, cautions, the words for not knowing. Pure."""

from collections.abc import Sequence
from datetime import date

from bot.types import Citation
from retrieval.types import Language

_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
}
_TEXT: dict[str, dict[Language, str]] = {
    "headline": {"en": "{points} from {sources}{dates}.", "de": "{points} aus {sources}{dates}."},
    "dated": {"en": ", dated {span}", "de": ", Stand {span}"},
    "partly dated": {
        "en": ", dated {span}, {undated} without a date",
        "de": ", Stand {span}, {undated} ohne Datum",
    },
    "all undated": {"en": " without a date", "de": " ohne Datum"},
    "unknown": {"en": "Our sources do not say.", "de": "Unsere Quellen sagen dazu nichts."},
    "stale": {
        "en": "Past its review date or older than {days} days: {titles}. Check before you rely on it.",
        "de": "Über dem Prüfdatum oder älter als {days} Tage: {titles}. Vor Gebrauch prüfen.",
    },
    "undated": {
        "en": "Without a date: {titles}.",
        "de": "Ohne Datum: {titles}.",
    },
    "future": {
        "en": "Dated in the future: {titles}. Check the date.",
        "de": "In die Zukunft datiert: {titles}. Datum prüfen.",
    },
    "sample": {
        "en": "Sample data of an invented company: {titles}.",
        "de": "Beispieldaten einer erfundenen Firma: {titles}.",
    },
    "left out": {
        "en": "{left} of {all} passages found were too much for the model to read, and not considered.",
        "de": "{left} von {all} gefundenen Passagen waren dem Modell zu viel und blieben unberücksichtigt.",
    },
    "cut off": {
        "en": "The model broke off before its answer was complete.",
        "de": "Das Modell brach ab, bevor seine Antwort vollständig war.",
    },
    "more": {
        "en": "The model wrote more points than can be read aloud; {left} were left out.",
        "de": "Das Modell schrieb mehr Punkte, als sich vorlesen lassen; {left} sind weggelassen.",
    },
    "dropped": {
        "en": "Left out because the sources do not bear them out: {left} of the model's {all} points.",
        "de": "Weggelassen, weil die Quellen sie nicht belegen: {left} von {all} Punkten des Modells.",
    },
    "owned": {
        "en": "This answer about {name} was written by a model that {name} owns.",
        "de": "Diese Antwort über {name} schrieb ein Modell, das {name} gehört.",
    },
    "baseless": {
        "en": "none of what it wrote is borne out by the sources",
        "de": "nichts von dem, was es schrieb, ist durch die Quellen belegt",
    },
    "welcome": {
        "en": "Happy to help. Ask whenever you like.",
        "de": "Gern. Weitere Fragen jederzeit.",
    },
    "greeting": {
        "en": "What would you like to know? For example: what is our risk if OpenAI falters?",
        "de": "Was möchtest du wissen? Zum Beispiel: Was ist unser Risiko, wenn OpenAI ausfällt?",
    },
    "link": {"en": "(link removed)", "de": "(Link entfernt)"},
}
_LABELS: dict[str, dict[Language, str]] = {
    "inference": {"en": "Inference", "de": "Schlussfolgerung"},
    "assumption": {"en": "Assumption", "de": "Annahme"},
    "missing": {"en": "Missing", "de": "Es fehlt"},
}
_LANGUAGE_NAMES: dict[Language, dict[Language, str]] = {
    "en": {"en": "in English", "de": "in German"},
    "de": {"en": "auf Englisch", "de": "auf Deutsch"},
}


def say(key: str, language: Language, **values: object) -> str:
    """One of the bot's own sentences."""
    return _TEXT[key][language].format(**values)


def label(key: str, language: Language) -> str:
    """The word at the head of a statement that is no fact, or of a line that says what is missing."""
    return _LABELS[key][language]


def name_of(language: Language) -> str:
    """A language's name as a prompt has it, in English."""
    return "German" if language == "de" else "English"


def language_name(of: Language, reader: Language) -> str:
    """ "in German" or "auf Deutsch", in the reader's language."""
    return _LANGUAGE_NAMES[reader][of]


def long_date(day: date, language: Language) -> str:
    """A date as it is read aloud."""
    month = _MONTHS[language][day.month - 1]
    return f"{day.day}. {month} {day.year}" if language == "de" else f"{day.day} {month} {day.year}"


def age(days: int, language: Language) -> str:
    """An age in the unit a person would use; a negative one is a date that has not come yet."""
    if days < 0:
        return "in the future" if language == "en" else "in der Zukunft"
    for unit, singular in ((365, "year"), (30, "month"), (1, "day")):
        if days >= 2 * unit or unit == 1:
            return _count(days // unit, singular, language)
    return ""


def headline(citations: Sequence[Citation], language: Language, points: int | None = None) -> str:
    """How many points, from how many sources, of which time; without citations, that we do not know.

    Each citation counts as a point unless their number is given.
    """
    if not citations:
        return say("unknown", language)
    days = {each.uri: each.published for each in citations}
    return say(
        "headline",
        language,
        points=_count(len(citations) if points is None else points, "point", language),
        sources=_count(len(days), "source", language),
        dates=_dates(list(days.values()), language),
    )


def _dates(days: Sequence[date | None], language: Language) -> str:
    """Of which time the sources are, and how many of them do not say."""
    known = [day for day in days if day]
    if not known:
        return say("all undated", language)
    key = "dated" if len(known) == len(days) else "partly dated"
    return say(key, language, span=span(known, language), undated=len(days) - len(known))


def span(days: Sequence[date], language: Language) -> str:
    """From the oldest to the newest date, or one date."""
    first, last = min(days), max(days)
    if first == last:
        return long_date(last, language)
    joint = " to " if language == "en" else " bis "
    return f"{long_date(first, language)}{joint}{long_date(last, language)}"


_UNITS: dict[str, dict[Language, tuple[str, str]]] = {
    "year": {"en": ("year", "years"), "de": ("Jahr", "Jahre")},
    "month": {"en": ("month", "months"), "de": ("Monat", "Monate")},
    "day": {"en": ("day", "days"), "de": ("Tag", "Tage")},
    "point": {"en": ("point", "points"), "de": ("Punkt", "Punkte")},
    "source": {"en": ("source", "sources"), "de": ("Quelle", "Quellen")},
}


def _count(number: int, unit: str, language: Language) -> str:
    one, many = _UNITS[unit][language]
    return f"{number} {one if number == 1 else many}"

"""A subject put into a question that names none: "the contract" becomes "the OpenAI contract". Pure."""

import re
from collections.abc import Callable

from bot.attributes import is_attribute
from retrieval.types import Language

_TRAILING = re.compile(r"[\s?!.\u2026]*$")
_SPAN_END = (
    r"(?:minutes?|hours?|days?|weeks?|months?|years?|"
    r"minuten?|stunden?|tage?[ns]?|wochen?|monate?[ns]?|jahre?[ns]?)"
)
_TIME_OF_FAILURE = re.compile(
    rf"\b(?:happens?|happen|passiert|geschieht|wäre)\b.*\b{_SPAN_END}\W*$|\b{_SPAN_END}\W+(?:passiert|geschieht)\b",
    re.IGNORECASE,
)
_ADJECTIVE = r"(?:(?:last|next|current|annual|yearly|monthly|biggest|main|exact|second|data|known)\s+)?"
_ENGLISH_NOUN = re.compile(
    rf"\b(the|our|a|an|any|no)\s+({_ADJECTIVE})(?!owners?|contacts?)(?=([a-z][\w-]*))", re.IGNORECASE
)
_ENGLISH_THAT = re.compile(
    r"\b(?:this|that|these|those|such an?)\s+(?!(?:year|month|week|quarter|one|be|is|are|the)\b)(?=[a-z])"
)
_OWNER = re.compile(r"\b((?:owner|contact|head)s?)\b(?! (?:of|for)\b)", re.IGNORECASE)
_WHOSE = re.compile(r"\b(?:its|their|his|her)\s+(?=\w)", re.IGNORECASE)
_IT = re.compile(
    r"\b(?:it(?!['\u2019\w]|\s+(?:true|possible|likely|ok|okay|safe|enough|take|takes|necessary)\b)|they|them|"
    r"theirs|(?:this|that|those|these)(?=\s*[?.!,]|\s*$|\s+(?:cost|end|take|mean|affect|change|work)s?\b))\b",
    re.IGNORECASE,
)
_CHARGED = re.compile(r"\b(zuständig|verantwortlich)(?=\s*[?.!]|\s*$)", re.IGNORECASE)
# Nouns of the question before that "it" more likely means than the vendor, by the verb that goes with it.
_MEANT = (
    (
        r"ends?|expires?|runs? out|renews?|renewed|starts?|begins?|signed|cancel\w*|terminat\w*|"
        r"aus|endet?|beginnt|verlänger\w*|künd\w*|gekündigt",
        {"en": r"contract|agreement|lease", "de": r"\w*[Vv]ertrag\b"},
    ),
    (r"tested|passed|getestet|bestanden", {"en": r"fallback", "de": r"Fallback|Ausweichlösung|Ersatz\w*"}),
)
_GERMAN_NOUN = re.compile(r"(?<!\w)[A-ZÄÖÜ][\w-]*")
_GERMAN_IT = re.compile(
    r"(?<=wenn )(?:sie|es|das|dies|er)\b|(?<=falls )(?:sie|es|das|dies|er)\b|"
    r"(?<!dauert )(?<!gibt )(?<!geht )(?<!ist )(?<!sind )(?<!war )(?<!waren )"
    r"\b(?:sie|ihn|ihm|es|das|dies|er)(?=\s*[?.!,]|\s*$)",
    re.IGNORECASE,
)
_HE = re.compile(r"\b(?:er|sie|dieser|diese)\b")
_DA = re.compile(r"\bda(?:r(?=[aäuü]))?(für|von|mit|gegen|bei|zu|an|über|auf|durch)\b", re.IGNORECASE)


def about(question: str, subject: str, before: str, language: Language) -> str:
    """A question with its subject. `before`: the question that named it, for what else "it" may mean."""
    noun = _meant(question, before, language)
    put = _english if language == "en" else _german
    return put(question, subject, noun)


def _meant(question: str, before: str, language: Language) -> str:
    for verbs, nouns in _MEANT:
        if re.search(rf"\b(?:{verbs})\b", question, re.IGNORECASE):
            found = re.search(nouns[language], before, re.IGNORECASE if language == "en" else 0)
            return found[0] if found else ""
    return ""


def _english(question: str, subject: str, noun: str) -> str:
    whole = f"the {subject} {noun}" if noun else subject
    steps: tuple[Callable[[str], str], ...] = (
        lambda text: _WHOSE.sub(f"{subject}'s ", text, count=1),
        lambda text: _ENGLISH_THAT.sub(f"the {subject} ", text, count=1),
        lambda text: _IT.sub(whole, text, count=1),
        lambda text: _OWNER.sub(rf"\1 of {subject}", text, count=1),
        lambda text: _before_noun(text, subject),
    )
    return _first_change(question, steps, f"without {subject}" if _fails(question) else f"for {subject}")


def _before_noun(text: str, subject: str) -> str:
    found = _ENGLISH_NOUN.search(text)
    if not found or not is_attribute(found[3].lower()):
        return text
    return f"{text[: found.end()]}{subject} {text[found.end() :]}"


def _german(question: str, subject: str, noun: str) -> str:
    whole = f"{'die' if noun.endswith('ung') else 'der'} {noun} von {subject}" if noun else subject
    steps: tuple[Callable[[str], str], ...] = (
        lambda text: _DA.sub(rf"\1 {subject}", text, count=1),
        lambda text: _after_noun(text, subject),
        lambda text: (_HE if noun else _GERMAN_IT).sub(whole, text, count=1),
        lambda text: _CHARGED.sub(rf"\1 für {subject}", text, count=1),
    )
    return _first_change(question, steps, f"ohne {subject}" if _fails(question) else f"bei {subject}")


def _after_noun(text: str, subject: str) -> str:
    for found in _GERMAN_NOUN.finditer(text):
        if is_attribute(found[0].lower()) and (found.start() or found.end() == len(text.rstrip(" ?!."))):
            return f"{text[: found.end()]} von {subject}{text[found.end() :]}"
    return text


def _fails(question: str) -> bool:
    return bool(_TIME_OF_FAILURE.search(question))


def _first_change(question: str, steps: tuple[Callable[[str], str], ...], otherwise: str) -> str:
    """The change that comes first in the text: in "the contract, and does it renew" the contract is named."""
    changes = [each for each in (step(question) for step in steps) if each != question]
    if changes:
        return min(changes, key=lambda each: _alike(each, question))
    end = _TRAILING.search(question)
    at = end.start() if end else len(question)
    return f"{question[:at]} {otherwise}{question[at:]}"


def _alike(left: str, right: str) -> int:
    """How many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((n for n, (mine, other) in pairs if mine != other), min(len(left), len(right)))

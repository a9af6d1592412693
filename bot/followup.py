"""Questions that lean on the ones before: "And Anthropic?", "Und nach einer Woche?", "Who owns it?". Pure.

Without a model the new question gets what it lacks. What changed is put in the place of what it changes (a
vendor for a vendor, a time span for a time span); a question without a subject gets that of the one before.
Only where no subject can be seen does one question follow the other: two questions joined weigh the same, and
the words of the first ("owns") pull sentences that answer it again.
"""

import re
from collections.abc import Collection, Sequence

from bot.attributes import general, is_attribute, only_attributes
from bot.carrying import about
from bot.courtesy import courtesy
from bot.subjects import Mention, Names, subject
from bot.swapping import changed, content, without
from retrieval.language import detect, words
from retrieval.types import Language
from retrieval.vocabulary import Named

_REMEMBERED = 12  # earlier questions that a chain of follow-ups may lean on
_JOINED = 2  # of them that follow the first where no subject is seen
_SHORT = 7  # content words from which a question is thought to stand alone, pronoun or not
_FEW = 1  # content words with which it cannot

_OPENING = re.compile(
    r"(?:(?:ok(?:ay)?|thanks|thank you|danke|gut|alles klar|great|super|cool|well|ja|yes|nein|no|hm+)[,.!;]+"
    r"\s*)*(?:(?:(?:and|but|or|so|und|aber|oder)\s+)?(?:what about|how about|same for|"
    r"the same for|was ist mit|wie steht es (?:mit|um)|wie sieht es (?:mit|bei)|"
    r"wie ist es (?:mit|bei)|wie wäre es mit|gilt das auch|dasselbe für|das gleiche für|i mean|i meant|"
    r"ich meine|ich meinte)|and|or|but|so|then|also|und|oder|aber|dann|sondern)\b[\s,]*",
    re.IGNORECASE,
)
_SAME: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|those|these|this(?! (?:year|month|week|"
        r"quarter|morning|afternoon))|the same|the former|the latter|that(?=\s*[?.!]|$))\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:sie|ihn|ihm|ihnen|ihre[mnrs]?|ihr|er|deren|dessen|"
        r"diese[mnrs]?(?! (?:Jahr|Monat|Woche|Quartal))|"
        r"jene[mnrs]?|das(?! [A-ZÄÖÜ])|(?<!gibt )(?<!geht )es(?=\s*[?.!]|$)|davon|dafür|damit|dagegen|"
        r"darüber|daran|dabei|dazu|dadurch|danach|davor|dort|dorthin|dahin|derselbe|dieselbe|dasselbe|denen)\b"
    ),
}
# What stands for a subject only where one is known: "that relationship", and "which systems are affected?".
_IMPLIED = re.compile(
    r"\b(?:(?:that|such an?) (?!(?:is|are|be|the|our|we)\b)[a-z]{3,}|affected|impacted|betroffen\w*)\b",
    re.IGNORECASE,
)
_AUS = re.compile(r"\s+aus(?=\W*$)")  # "wie sieht es mit den Kosten aus?"
_END = re.compile(r"(?<=[?!])\s+")
_COMPARED = re.compile(
    r"\b(?:than|as|compared?|versus|vs|als|vergleich\w*|(?:bett|cheap|saf|bess|billig|günstig|sicher|teur)er)\b",
    re.I,
)
_DEFINED = re.compile(
    r"\s*(?:what(?:'s|\u2019s| is| are)|was (?:ist|sind|heißt|bedeutet))\b|.*\bmeans?\W*$", re.I
)


def stand_alone(
    question: str,
    thread: Sequence[str],
    vendors: Collection[Named] = (),
    systems: Collection[Named] = (),
) -> str:
    """The question in words that need no conversation, as far as rules can tell."""
    names = Names.of(vendors, systems) if thread else Names(None, {})
    before = ""
    for each in _said(thread):
        before = resolve(each, before, names) if before else each
    return resolve(question, before, names) if before and not courtesy(question) else question


def _said(thread: Sequence[str]) -> list[str]:
    return [each for each in thread[-_REMEMBERED:] if not courtesy(each)]


def language(question: str, thread: Sequence[str]) -> Language:
    """A question's language; one too short to tell has that of the conversation.

    A word alone may be a name in any language: "Lotse?" in an English conversation stays English.
    """
    told: Language = "en"
    for each in (asked := [*_said(thread), question]):
        alone = len(words(each)) == len(content(each)) == 1
        told = told if alone and each is not asked[0] else detect(each, told)
    return told


def leans(question: str) -> bool:
    """Whether a question can hardly be understood without the one before it."""
    if len(content(question)) <= _FEW or _OPENING.match(question.strip()):
        return True
    return len(content(question)) < _SHORT and bool(_pronoun(question))


def _pronoun(question: str) -> re.Match[str] | None:
    told = detect(question)
    # A German pronoun at the start ("Das kostet was?") is read as one inside, where "Sie" is an address.
    return _SAME[told].search(question[:1].lower() + question[1:] if told == "de" else question)


def resolve(question: str, before: str, names: Names) -> str:
    """One question of two."""
    told = detect(question, detect(before))
    opening, rest = _opened(question.strip())
    own, known = names.mentions(rest, told), names.mentions(before, detect(before, told))
    if swapped := changed(rest, before, own, known):
        return swapped
    carried = subject(known, told)
    alone = rest[:1].upper() + rest[1:] if opening else question
    if own and not _compares(rest, own):
        if content(without(rest, own)):
            return alone
        return _joined(question, before) if known else about(_last(before), subject(own, told), "", told)
    if carried and _lacks_subject(rest, named=bool(own), opened=bool(opening)):
        return about(alone, carried, before, told)
    if _asks_anew(rest):
        return alone
    return _joined(question, before) if own or leans(question) else question


def _opened(question: str) -> tuple[str, str]:
    """Words that only say that a question goes on, and the question itself."""
    opening = _OPENING.match(question)
    if not opening:
        return "", question
    rest = question[opening.end() :]
    return opening[0], _AUS.sub("", rest) if "sieht" in opening[0].lower() else rest


def _joined(question: str, before: str) -> str:
    first, *others = _END.split(before.strip())
    return " ".join([first, *others[-_JOINED:], question.strip()])


def _last(before: str) -> str:
    return _END.split(before.strip())[-1]


def _compares(rest: str, own: Sequence[Mention]) -> bool:
    """Whether one name is held against something that is not named: "How does it compare to Mistral?"."""
    if len({each.key for each in own}) > 1:
        return False
    pronoun = _pronoun(rest)
    return bool(_COMPARED.search(rest)) or bool(pronoun and pronoun.start() < own[0].start)


def _lacks_subject(rest: str, *, named: bool, opened: bool) -> bool:
    """Whether a question needs the subject of the one before, and has words of its own to ask about it."""
    asked = content(rest)
    if not asked or _asks_anew(rest):
        return False
    if _pronoun(rest) or _IMPLIED.search(rest):
        return len(asked) < _SHORT
    return not named and not general(rest) and (len(asked) <= _FEW or opened or only_attributes(asked))


def _asks_anew(rest: str) -> bool:
    """Whether a question is about all, or what a word means: "Which contract ends first?", "What is AGI?"."""
    asked = content(rest)
    if not asked or _pronoun(rest) or _IMPLIED.search(rest):
        return False
    if len(asked) <= _FEW and _DEFINED.match(rest) and not is_attribute(asked[0]):
        return True
    return general(rest) and len(words(rest)) > 2

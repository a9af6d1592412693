"""What can be wrong with a statement, by rule, and how a reader is told in German and in English."""

from dataclasses import dataclass

from retrieval.types import Language

_WORDS: dict[str, dict[Language, str]] = {
    "number": {
        "en": "number {} is not in the cited passages",
        "de": "die Zahl {} steht nicht in den zitierten Passagen",
    },
    "date": {
        "en": "date {} is not in the cited passages",
        "de": "das Datum {} steht nicht in den zitierten Passagen",
    },
    "name": {
        "en": "name {} is not in the cited passages",
        "de": "der Name {} steht nicht in den zitierten Passagen",
    },
    "other number": {
        "en": "the cited passage gives another number here than {}",
        "de": "die zitierte Passage nennt hier eine andere Zahl als {}",
    },
    "other date": {
        "en": "the cited passage gives another date here than {}",
        "de": "die zitierte Passage nennt hier ein anderes Datum als {}",
    },
    "other name": {
        "en": "the cited passage names another here than {}",
        "de": "die zitierte Passage nennt hier einen anderen Namen als {}",
    },
    "bound": {
        "en": "the cited passages do not say “{}”",
        "de": "die zitierten Passagen sagen nicht „{}“",
    },
    "other bound": {
        "en": "the cited passages say “{}”, which is less",
        "de": "die zitierten Passagen sagen „{}“, das ist weniger",
    },
    "rate": {
        "en": "the cited passages count by another time than “{}”",
        "de": "die zitierten Passagen rechnen mit einem anderen Zeitraum als „{}“",
    },
    "role": {
        "en": "the cited passage has {} the other way round",
        "de": "in der zitierten Passage stehen {} umgekehrt",
    },
    "opposite": {
        "en": "the cited passage says the opposite (“{}”)",
        "de": "die zitierte Passage sagt das Gegenteil („{}“)",
    },
    "certainty": {
        "en": "the cited passage is less certain (“{}”)",
        "de": "die zitierte Passage ist weniger sicher („{}“)",
    },
    "extent": {
        "en": "the cited passage says less than “{}”",
        "de": "die zitierte Passage sagt weniger als „{}“",
    },
    "only": {
        "en": "the cited passage does not say “{}”",
        "de": "die zitierte Passage sagt nicht „{}“",
    },
    "thin": {
        "en": "most of it is not in the cited passages",
        "de": "das meiste davon steht nicht in den zitierten Passagen",
    },
    "uncited": {"en": "it cites no passage", "de": "es ist keine Passage zitiert"},
    "unknown": {
        "en": "it cites {}, which is no passage",
        "de": "es zitiert {}, eine solche Passage gibt es nicht",
    },
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a statement: the rule (a key of the words above), and what it is about."""

    rule: str
    about: str = ""

    def say(self, language: Language) -> str:
        """In words for a reader."""
        return _WORDS[self.rule][language].format(self.about)

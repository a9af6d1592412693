"""Words that ask nothing: a greeting, thanks, a thumbs-up, an address alone: nothing to search for. Pure.

A message is polite when it is made of polite phrases and nothing else, so that "thanks, and Mistral?" and
"ok, in the EU" stay questions. With a question mark only a greeting is polite: "right?" wants to be told.
"""

import re
from typing import Final, Literal

Courtesy = Literal["", "nothing", "address", "greeting", "thanks", "help"]

_LONGEST: Final = 150  # characters; whoever writes more says something
_EMOJI: Final = re.compile(r":[a-z0-9_+'-]{1,60}:|(?<!\S)(?:[+-]\d{1,3}|@[\w.-]+)(?=[\s.,!]|\Z)")
_ADDRESS: Final = re.compile(r"\b(?:https?://|www\.)\S+|\([^()\s]*://[^()\s]*\)", re.I)
_LETTER: Final = re.compile(r"[^\W_]")
# "Danke Greta!", "thanks, Bob": one word with a capital, at the end and after a word of courtesy, is a
# name. Two are none, since every German noun has a capital, too, nor is one that names a matter.
_MATTER: Final = (
    r"(?!\w*(?:ung|heit|keit|schaft|tion|frist|ende|kosten|preise?|risik\w*|risks?|vertr[aä]g\w*|quellen?"
    r"|costs?|prices?|pricing|contracts?|deadlines?|sources?|vendors?|anbieter|budget|status|update|notice"
    r"|mistral|anthropic|google|microsoft|azure|gemini|amazon|meta|nvidia|verlust\w*|strategie|strategy)\b)"
)
_NAMED: Final = re.compile(
    r"(?i:\b(thanks|thank you|thx|cheers|merci|danke|dank dir|hi|hello|hey|hallo|moin)),?"
    rf"(?: (?:Herr|Frau|Mr|Mrs|Ms|Dr)\b\.?)* (?i:{_MATTER})[A-ZÄÖÜ][a-zß-öø-ÿ]{{1,14}}(?=[\s.!]*\Z)"
)
_FOLDED: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "'": "", "\u2019": ""})


def _any(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


# All in lower case, umlauts and apostrophes folded.
_ALL: Final = (
    r"(?: (?:there|zusammen|team|all|alle|an alle|everyone|everybody|folks|guys|leute|bot"
    r"|(?:ai )?strategist))*"
)
_HELLO: Final = _any(
    r"(?:hi|hello|hey|hallo|hallihallo|moin|servus|test|ping|gruess (?:dich|gott|euch))" + _ALL,
    r"(?:good (?:morning|afternoon|evening|day)|guten (?:morgen|tag|abend))" + _ALL,
)
_FAREWELL: Final = _any(
    r"(?:good)?bye|see you(?: later| soon| tomorrow)?|ciao|tschuess|bis (?:morgen|dann|spaeter|bald|gleich)",
    r"(?:have a )?(?:nice|good|great) (?:day|evening|weekend|one)",
    r"schoen(?:es|en) (?:wochenende|abend|tag|feierabend|urlaub)(?: noch)?",
    r"(?:lg|vg|mfg|(?:liebe|viele|beste) gruesse)",
)
_FOR: Final = (
    r"(?: (?:for|fuer)(?: (?:the|your|this|that|all|die|das|den|deine|eure|ihre|diese|dein|super|tolle"
    r"|quick|fast|prompt|great|good|clear|detailed|schnelle|rasche|gute|klare))*(?: (?:answer|reply"
    r"|response|help|infos?|information|hint|tip|explanation|summary|overview|clarification|antwort|hilfe"
    r"|auskunft|hinweis|tipp|erklaerung|zusammenfassung|uebersicht|rueckmeldung|muehe|all|alles|this|that))?)?"
)
_THANKS: Final = (
    r"(?:(?:many|vielen|besten|herzlichen|lieben|tausend) )?"
    r"(?:thanks|thank you|thx|tyvm|ty|cheers|merci|danke(?:schoen| schoen)?|dank)"
    r"(?: (?:a lot|a ton|so much|very much|much|again|indeed|sehr|dir|euch|ihnen|nochmals?|schon ?mal"
    r"|im voraus|auch|both))*" + _ALL + _FOR
)
_VERY: Final = (
    r"(?:(?:very|really|so|super|quite|pretty|extremely|sehr|echt|wirklich|ganz|total|ja|voll|mal) )*"
)
_GOOD: Final = (
    r"(?:good|great|super|cool|nice|perfect|awesome|excellent|wonderful|amazing|brilliant|fantastic|interesting"
    r"|helpful|useful|fine|sweet|neat|lovely|impressive|clear|right|correct|true|crazy|gute?|tolle?|perfekte?|prima"
    r"|klasse|spitze|top|starke?|mega|hammer|genial|krass|coole?|fein|schoen|spannend|interessant|hilfreich"
    r"|nuetzlich|wunderbar|ausgezeichnet|hervorragend|sauber|geil|bestens|richtig|klar|verstaendlich)"
)
_OF: Final = (
    r"(?: (?:answer|job|work|stuff|one|overview|point|to know|to hear|explanation|antwort|arbeit|sache|punkt"
    r"|uebersicht|erklaert|gemacht|zu wissen|so))?"
)
_PRAISE: Final = _any(
    r"(?:(?:that|this|it)(?:s| is| was| sounds| looks)? |sounds |looks |(?:das|es) (?:ist|war|klingt) )?"
    + _VERY
    + _GOOD
    + _OF,
    r"(?:(?:that|this|it|which) )?(?:really |already |definitely )?(?:helps|helped|works|makes sense)"
    r"(?: (?:me|us|a lot|a great deal|so much|very much|for me|for us))*",
    r"(?:(?:das|es|so|was) )?(?:hilft|half|reicht|passt|genuegt|hat geholfen)"
    r"(?: (?:mir|uns|sehr|schon|weiter|auch|enorm|erstmal|erst mal|voellig|so|gut|dann|ungemein|total))*",
    r"(?:das|es) hat (?:mir |uns )?(?:sehr |wirklich )?(?:weiter)?geholfen",
    r"(?:exactly |just )?what i (?:needed|wanted)",
    r"genau das (?:habe? ich gesucht|(?:brauchte|wollte|suchte) ich)",
    r"well done|love it|i like it|gefaellt mir(?: sehr| gut)?|weiter so",
)
_ASSENT: Final = _any(
    r"ok|okay|okey|k+|okidoki|alright|all right|all (?:good|clear|set)|sure|yes|yep|yup|yeah|ja|jo|jup|jepp",
    r"jap|no|nope|nein|nee|noe|doch|got it|gotcha|noted|understood|i see|fair enough|will do|done|on it",
    r"agreed|dann|exactly|absolutely|indeed|of course|never ?mind|no (?:problem|worries)|np",
    r"you ?a?re welcome|my pleasure|same here|me too|thats (?:all|it)|that is all|verstanden|verstehe",
    r"alles (?:klar|gut)|genau|stimmt|geht klar|in ordnung|einverstanden|gerne?(?: geschehen)?",
    r"kein (?:problem|ding)|keine ursache|bitte(?: sehr| schoen|schoen)?|please|wird gemacht",
    r"mache? ich|machen wir|erledigt|notiert|gemerkt|(?:sehe|finde) ich auch(?: so)?",
    r"das (?:war|waer)e? ?s|das ist alles|ach ?so|aha|oha|h+m+|mhm+|oh+|ah+|uff",
    r"puh|wow|lol|rofl|xd|(?:ha){2,}h?|(?:he){2,}|(?:hi){2,}|u?oops|ups",
)
_GREETS: Final = re.compile(rf"{_HELLO}(?: {_HELLO})*")
_PHRASE: Final = _any(_HELLO, _FAREWELL, _THANKS, _PRAISE, _ASSENT)
_POLITE: Final = re.compile(rf"{_PHRASE}(?: {_PHRASE})*")
_HELP: Final = re.compile(
    r"help(?: me)?|hilfe|hilf mir|who are you|what are you|what can you do(?: for (?:me|us))?|how do you work"
    r"|wer bist du|was bist du|was kannst du(?: alles)?|wie funktionierst du"
)


def courtesy(text: str) -> Courtesy:
    """What a text is instead of a question; empty where it may be one."""
    rest = _ADDRESS.sub(" ", _EMOJI.sub(" ", text))
    if not _LETTER.search(rest):
        return "address" if _ADDRESS.search(text) else "nothing"
    words = _words(_NAMED.sub(r"\1", rest))
    if _HELP.fullmatch(words):
        return "help"
    if _GREETS.fullmatch(words):
        return "greeting"
    polite = len(words) <= _LONGEST and "?" not in rest and _POLITE.fullmatch(words)
    return "thanks" if polite else ""


def _words(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower().translate(_FOLDED)).split())


_ASKS: Final = re.compile(
    r"\b(?:wer|wen|wem|was|wie|wo|wann|warum|wieso|weshalb|wozu|wohin|welche[rnsm]?|ob|who|what|how|where|when"
    r"|why|which|whether|show|list|explain|compare|tell|give|find|summar\w+|zeig\w*|nenn\w*|liste\w*|erklaer\w*"
    r"|vergleich\w*|sag|gib|such\w*|fass\w*|more|mehr|please|bitte|need|want|wonder\w*|mean|meant|like|know"
    r"|curious|interested|brauch\w*|moecht\w*|ich will|wir wollen|mein\w*|interessier\w*|wissen|wuesst\w*"
    r"|haett\w*|wuerd\w*|would|id (?:love|rather|prefer)|gern|lieber|prefer|instead|stattdessen|look at"
    r"|(?:cant|cannot|can ?not|dont|lets|let us|to|lass uns) (?:see|read|look|understand|get|have)"
    r"|(?:sehe?|finde?|verstehe?|lese?) (?:ich )?(?:da |hier |das |es )?(?:kein\w*|nichts?)|thought|dachte\w*"
    r"|unclear|unsure|not sure|confus\w*|unklar|unsicher|nicht sicher|doubt|bezweif\w*|translat\w*"
    r"|uebersetz\w*|elaborat\w*|ausfuehr\w*|miss(?:ing|es)|fehl\w*|wrong|falsch|too (?:short|long|vague)"
    r"|zu (?:kurz|lang|vage|ungenau)|am after|tabelle\w*|tables?)\b"
    r"|^(?:und|and|or|oder|but|aber)\b|\b(?:oder|or|right|correct|richtig|gell|too)$"
)
_TELLS: Final = re.compile(
    r"(?:(?:ok|okay|ja|yes|nein|no|gut|well|so|also|then|dann|danke|thanks|and|but|because|und|aber|denn|weil)"
    r" )*(?:(?:i|ill|im|ive|id|we|well|weve|were|lets|let us|he|she|they|ich|wir|man|lass|lasst)\b"
    r"|(?:that|this|it) (?:s|is|was|isnt|wasnt|are|looks|sounds|seems|will|would|should|can|has)\b"
    r"|(?:das|dies|es|er|sie) (?:ist|war|sieht|klingt|wird|sollte|soll|muss|kann|hat)\b"
    r"|(?:das|dies|es) \w+ (?:ich|wir)\b)"
)
_CLAUSE: Final = re.compile(r"[,;:.!]+(?=\s|\Z)|\n|\s[-–—]+\s")


def asks(text: str) -> bool:
    """Whether a text that is addressed to nobody may be a question to us; in doubt it is.

    It is none when it is polite, or told to others: "I will call them", "das klären wir morgen".
    """
    return courtesy(text) in ("", "help") and not _told(text)


def _told(text: str) -> bool:
    """Whether every clause tells something: "we use Azure, is that safe" and "…, translate it" do not."""
    if "?" in text or _ASKS.search(_words(text)):
        return False
    clauses = _CLAUSE.split(_EMOJI.sub(" ", text))
    return all(courtesy(each) not in ("", "help") or _TELLS.match(_words(each)) for each in clauses)

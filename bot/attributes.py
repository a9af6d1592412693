"""What one asks of a vendor or a system that has been named already: its contract, cost, owner, outage. Pure.

"When does the contract end?" consists of such words only; "Who chairs the works council?" does not, and stays
a question of its own. German words may have anything before them, as compounds end in what they are.
"""

import re
from collections.abc import Sequence

_ENGLISH = (
    r"contracts?|contractual|agreements?|leas(?:es?|ing)|relationships?|costs?|costly|pric\w+|pay\w*|paid|spen[dt]\w*|"
    r"expens\w+|cheap|budget|fees?|charg\w+|own(?:s|ed|ers?|ership)?|responsib\w+|accountab\w+|contact|notice|"
    r"notices|period|deadline|cancel\w*|terminat\w+|fallbacks?|backups?|replac\w+|alternatives?|substitutes?|standby|"
    r"data|class\w*|confidential\w*|availability|uptime|review\w*|note|outages?|downtime|fail\w*|falter\w*|goes|"
    r"incidents?|risks?|risky|exit|effort|leav\w+|switch\w*|migrat\w+|regions?|renew\w*|expir\w+|test\w*|retest|"
    r"tier|criticality|critical|support|seats?|depend\w*|lock|terms?|duration|happen\w*|capacity|impact|"
    r"plans?|worst|consequences?|limits?|sla|rto|dpa|hosted|hosting|process\w*"
)
_GERMAN = (
    r"\w*vertr(?:a|ä)g\w*|\w*vereinbarung\w*|\w*leasing\w*|\w*beziehung\w*|\w*kosten|kostet\w*|\w*preise?s?|"
    r"\w*gebühr\w*|budget|\w*ausgaben?|zahl(?:en|t|st)|bezahl(?:en|t)|teuer|billig|\w*besitzer\w*|besitzt|"
    r"\w*eigentümer\w*|\w*inhaber\w*|gehört|verantwort\w*|\w*zuständig\w*|ansprechpartner\w*|\w*kontakt|haftet|"
    r"\w*frist(?:en)?|laufzeit(?:en)?|\w*ausfall\w*|\w*ausfäll\w*|fällt|\w*störung\w*|\w*ersatz|ersetz\w+|"
    r"alternativ\w*|ausweich\w*|rückfall\w*|daten\w*|\w*risik\w*|\w*prüf\w*|\w*notiz\w*|\w*wechsel\w*|"
    r"\w*ausstieg\w*|aussteigen|verlassen|\w*aufwand|stufe|kritikalität|verfügbarkeit|regione?n?|verlänger\w*|"
    r"\w*plan|\w*künd\w+|\w*tests?|getestet\w*|passier\w+|gescheh\w+|geschieht|abhängig\w*|folgen|auswirkung\w*|avv"
)
_FILLERS = (
    r"ends?|ended|ending|starts?|started|begins?|began|last|lasts|long|longer|runs?|sign\w*|current\w*|exact\w*|"
    r"annual\w*|yearly|monthly|years?|months?|days?|weeks?|hours?|minutes?|quarters?|per|today|now|next|previous|"
    r"big\w*|main|major|high\w*|low\w*|big|great\w*|due|dates?|automatic\w*|early|earliest|late|latest|there|give|"
    r"given|takes?|must|needs?|get|gets|person|money|euros?|eur|ready|ever|never|still|already|really|roughly|"
    r"about|approximately|s|one|two|three|second|happened|allowed|possible|enough|result|passed|planned|"
    r"läuft|laufen|lief|enden?|endet|beginn\w*|begann|start\w*|tage?n?s?|stunden?|wochen?|jahre?n?s?|monate?n?s?|"
    r"pro|jährlich\w*|monatlich\w*|aktuell\w*|genau\w*|derzeit\w*|momentan\w*|lange|länger|hoch|groß\w*|größt\w*|"
    r"höchst\w*|wichtigst\w*|nächst\w*|letzt\w*|erst\w*|gilt|gelten|steht|sieht|kommt|geht|geld|ungefähr|bereits|"
    r"use[sd]?|needed|case|b|genutzt|nutz(?:en|t)|gebraucht|eigentlich|erlaubt\w*|möglich|schnell|spätestens|frühestens|wirklich|\d+"
)
_ATTRIBUTE = re.compile(f"(?:{_ENGLISH}|{_GERMAN})")
_FILLER = re.compile(f"(?:{_FILLERS})")
# Of all, not of one. "Which data class" and "welche Frist" ask of one nevertheless.
_GENERAL = re.compile(
    r"\b(?:which(?! (?:data|notice|risks?|regions?|terms)\b)|"
    r"welche\w*(?! (?:Daten\w*|Kündigungsfrist|Frist|Risik\w*|Regione?n?|Laufzeit|Folgen|Alternativen?)\b)|"
    r"(?<!at )(?<!after )all|alle[rnms]?|each|every|everyone|jede[rnms]?|sämtliche\w*|list|overall|insgesamt|"
    r"total|vendors?|suppliers?|providers?|systems?|contracts|owners|models?|anbieter\w*|lieferant\w*|systeme?n?|"
    r"verträgen?|modelle?n?|meisten|most)\b",
    re.IGNORECASE,
)


def is_attribute(word: str) -> bool:
    """Whether a lower-case word is what vendors and systems have, or what happens to them."""
    return bool(_ATTRIBUTE.fullmatch(word))


def is_filler(word: str) -> bool:
    """Whether a lower-case word only says more of an attribute: a time, an extent, an end."""
    return bool(_FILLER.fullmatch(word))


def general(text: str) -> bool:
    """Whether a question is about all vendors or systems: "Which contract ends first?"."""
    return bool(_GENERAL.search(text))


def only_attributes(content: Sequence[str]) -> bool:
    """Whether content words ask for an attribute and for nothing else."""
    return any(map(is_attribute, content)) and all(is_attribute(e) or is_filler(e) for e in content)

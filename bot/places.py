"""Names that German and English spell differently: countries, cities, rivers, alliances. Pure data.

The lexicon is about words; these are names, and a name that changes is an error in a statement.
"""

from functools import lru_cache

_PAIRS = """
deutschland germany german deutsche deutscher deutsches deutschen
frankreich france french französisch franzosen
italien italy italian italienisch italiener|spanien spain spanish spanisch spanier
polen poland polish polnisch
österreich austria austrian österreichisch|schweiz switzerland swiss schweizer|niederlande netherlands dutch
belgien belgium belgian|dänemark denmark danish|schweden sweden swedish|norwegen norway norwegian
finnland finland finnish|griechenland greece greek griechisch|türkei turkey turkish türkisch
ungarn hungary hungarian|tschechien czechia czech|rumänien romania|bulgarien bulgaria|kroatien croatia
russland russia russian russisch|ukraine ukrainian|china chinese chinesisch chinas chinesen
japan japanese japanisch|korea korean südkorea nordkorea|indien india indian indisch|israel israeli
ägypten egypt egyptian ägyptisch|südafrika africa|afrika africa african afrikanisch|asien asia asian asiatisch
europa europe european europäisch europäische europäischen|amerika america american amerikanisch amerikaner
brasilien brazil brazilian|mexiko mexico|kanada canada canadian kanadisch|australien australia australian
großbritannien britain british uk britisch briten|england english englisch engländer
schottland scotland scottish schottisch schotten
irland ireland irish irisch|wales welsh walisisch
vereinigte united|staaten states|königreich kingdom|nationen nations
usa us america united states vereinigte staaten amerika amerikanisch american
uk united kingdom vereinigtes vereinigte vereinigten königreich britain großbritannien
eu europäische european union
kalifornien california
warschau warsaw|wien vienna|münchen munich|köln cologne|nürnberg nuremberg|brüssel brussels|genf geneva
zürich zurich|rom rome roman römisch römer|mailand milan|venedig venice|florenz florence|neapel naples
moskau moscow|peking beijing|athen athens|lissabon lisbon|prag prague|kopenhagen copenhagen
straßburg strasbourg|singapur singapore|tokio tokyo|luxemburg luxembourg
rhein rhine|donau danube|elbe|themse thames|nil nile|mittelmeer mediterranean|ostsee baltic|nordsee north
bayern bavaria bavarian|sachsen saxony saxon|preußen prussia prussian|hessen hesse|schlesien silesia
iran iranian persien persia persian|irak iraq|syrien syria|saudi-arabien saudi arabia|arabisch arab arabic
mongolei mongolia mongolian mongolen mongol mongols mongolisch|taiwan taiwanese|vietnam vietnamese
normandie normandy|normannen normans norman normannisch|latein latin lateinisch|hebräisch hebrew
christ christus christian christlich christen|jesus|gott god|papst pope|bibel bible
islam islamic islamisch muslim
ki ai|dsgvo gdpr|ezb ecb|bip gdp|eugh ecj cjeu|aeuv tfeu|euv teu|iwf imf|igh icj|neuschottland nova scotia
mwst vat|un uno nations nationen|nato
pentagon verteidigungsministerium|kongress congress|weißes haus white house
johannes john|paulus paul|petrus peter|heinrich henry|friedrich frederick|wilhelm william|karl charles
ludwig louis
franz francis|georg george|jakob james jacob|maria mary|elisabeth elizabeth|katharina catherine|martin
"""
# Names that the lexicon has as words, spelt alike in both languages.
_ALIKE = """
afghanistan alabama alaska alberta aleppo amsterdam angola ankara arizona arkansas asus atlanta auckland
bahamas bahrain bali baltimore bangalore bangkok barcelona beirut belize berlin birmingham bologna bordeaux
boston bremen brooklyn broadway cambridge canberra caracas chicago chile colorado connecticut cornwall
dakota dallas delaware delhi denver detroit dortmund dresden dubai dublin düsseldorf ecuador edmonton
frankfurt gambia ghana gibraltar glasgow guangzhou guatemala haifa haiti hamburg hannover hanoi harvard
havelland hiroshima hollywood honduras houston idaho illinois indiana iowa islamabad istanbul jakarta
johannesburg kabul kansas kentucky kosovo kuwait kyoto lagos leipzig liberia lima liverpool london louisiana
madrid malawi malaysia manchester manhattan manila marseille maryland massachusetts mauritius memphis miami
michigan minnesota missouri montana montreal mumbai nairobi namibia nebraska nepal nevada nicaragua nigeria
norfolk ohio oklahoma oman ontario oregon osaka oslo ottawa oxford pakistan panama paraguay paris
pennsylvania peru petersburg philadelphia pittsburgh portugal pretoria quebec queensland riviera rotterdam
santiago saskatchewan seattle senegal seoul shanghai sheffield stanford stuttgart sudan sydney tennessee
texas toronto tunis uganda uruguay utah vancouver venezuela vermont virginia warwick washington westminster
wisconsin wyoming yale zagreb azure bonn ebola florida georgia maastricht versailles amazon adac airbus
bosch bluetooth cisco google iphone mazda microsoft nasa opec siemens toyota tesla afd cdu csu fdp spd dax
"""

# What one language writes as a word of its own, and the other as the beginning of one: North, Nord-.
REGIONS = {
    "north": "nord", "northern": "nord", "south": "sud", "southern": "sud", "east": "ost", "eastern": "ost",
    "west": "west", "western": "west", "central": "zentral", "northwest": "nordwest", "northeast": "nordost",
    "southwest": "sudwest", "southeast": "sudost", "nova": "neu", "african": "afro", "latin": "latein",
}  # fmt: skip
REGION_STARTS = (
    "nordwest", "nordost", "sudwest", "sudost", "nord", "sud", "ost", "west", "zentral", "mittel", "neu",
    "latein", "afro",
)  # fmt: skip


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for group in _PAIRS.replace("\n", "|").split("|"):
        members = group.split()
        for member in members:
            table.setdefault(member, set()).update(members)
    for name in _ALIKE.split():
        table.setdefault(name, {name})
    return {name: frozenset(others) for name, others in table.items()}


def known(word: str) -> bool:
    """Whether a lower-case word is a name of this list."""
    return word in _groups()


def spellings(word: str) -> frozenset[str]:
    """The other spellings of a lower-case name and its adjectives; itself alone if it is not listed."""
    return _groups().get(word, frozenset((word,)))

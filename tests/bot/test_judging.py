"""Answers as a good model writes them over the sample corpus: the faithful stands, the altered falls."""

import re
from datetime import date
from pathlib import Path

import pytest
import shelf

from bot.draft import write
from bot.judging import Yardstick
from bot.models.failover import Written
from bot.sheet import Sheet
from bot.types import Brief
from retrieval.lexicon import load
from retrieval.types import Hit, Source

CORPUS = Path(__file__).parents[2] / "corpus"
LEXICON = load()
TODAY = date(2026, 11, 22)

# Each {words} stands for the passage that holds them.
ENGLISH = """The largest exposure is Angebotswerk, a Tier 1 system without a tested fallback {same models}.
- Within an hour, Greta stops drafting and 14 agents in Hagen handle tickets manually {14 service agents}.
- After a day, Greta should be running on Anthropic Claude at 18% higher cost a ticket {18 percent higher}.
- After a week, around 340 quotations worth an estimated EUR 2.1 million are delayed {2.1 million EUR}.
- Greta's switch to Claude was tested on 11 June 2026 and succeeded: it took 38 minutes {38 minutes}.
- Angebotswerk's fallback to Azure OpenAI has never been tested {has never been tested}.
- The contract ends on 28 February 2027; notice must be given by 30 November 2026 {30 November 2026}.
- Inference: a long outage mainly threatens sales {2.1 million EUR}."""
GERMAN = """Am stärksten gefährdet ist Angebotswerk, ein Tier-1-System ohne getesteten Ersatz {same models}.
- Nach einer Stunde ohne Greta antworten 14 Mitarbeiter in Hagen von Hand {14 service agents}.
- Nach einem Tag läuft Greta mit rund 18 % höheren Kosten pro Ticket auf Anthropic Claude {18 percent higher}.
- Nach einer Woche verzögern sich 340 Angebote mit geschätzt 2,1 Mio. EUR Auftragswert {2.1 million EUR}.
- Die Umschaltung von Greta auf Claude wurde am 11. Juni 2026 getestet und dauerte 38 Minuten {38 minutes}.
- Der Vertrag endet am 28. Februar 2027, gekündigt werden muss bis 30. November 2026 {30 November 2026}.
- Schlussfolgerung: Ein langer Ausfall trifft vor allem den Vertrieb {2.1 million EUR}."""
ARTICLE = """As of February 2026, OpenAI is expected to lose $14 billion in 2026 {14 Milliarden Dollar}.
- OpenAI has annualised revenue of nearly $20 billion {20 Milliarden Dollar}.
- Its losses could add up to $115 billion by 2029 {115 Milliarden}.
- Microsoft still holds 27% of OpenAI Group PBC since October 2025 {27 Prozent}.
- OpenAI has been testing advertising in ChatGPT since 11 February 2026 {seit dem 11. Februar 2026}.
- First internal previews of MAI-1 ran on 15,000 Nvidia H100 GPUs in August 2025 {15.000 Nvidia}."""
ARTIKEL = """OpenAI macht laut einem Artikel vom Februar 2026 hohe Verluste {14 Milliarden Dollar}.
- Für 2026 wird ein Verlust von 14 Mrd. $ erwartet, bei knapp 20 Mrd. $ Umsatz {14 Milliarden Dollar}.
- Bis 2029 könnten die Verluste 115 Mrd. $ erreichen {115 Milliarden}.
- Seit dem 11.02.2026 testet OpenAI Werbung in ChatGPT {seit dem 11. Februar 2026}.
- Die Forscherin Zoë Hitzig ging im Februar 2026 nach dem Start der Werbetests {Zoë Hitzig verließ}."""
ANSWERS = {
    "english": (ENGLISH, "en", "vendors/openai.md"),
    "german": (GERMAN, "de", "vendors/openai.md"),
    "article": (ARTICLE, "en", "sources/microsoft-mai-1-abkehr-openai.md"),
    "artikel": (ARTIKEL, "de", "sources/microsoft-mai-1-abkehr-openai.md"),
}


def passages(name):
    path = CORPUS / name
    document, found = shelf.read(path.stem, path.read_text(encoding="utf-8"))
    fields = {key: getattr(document, key) for key in Source.__slots__ if hasattr(document, key)}
    source = Source(**fields, passages=len(found))
    return tuple(Hit(each, source, 0.9) for each in found)


def judged(text, language, name):
    brief = Brief("What if OpenAI falters?", language, passages(name), TODAY)
    shown = Sheet.of(brief, "m1")

    def key(found):
        return next(f"[{key}]" for key, hit in shown.hits.items() if found[1] in hit.passage.text)

    written = Written(re.sub(r"\{(.*?)\}", key, text), None, (), ())
    return write(written, brief, shown, Yardstick(LEXICON))


@pytest.mark.parametrize("name", ANSWERS)
def test_a_faithful_answer_stands_from_its_first_line_to_its_last(name):
    text, language, source = ANSWERS[name]
    answer = judged(text, language, source)
    assert [each.problems for each in answer.statements] == [()] * text.count("\n- ")
    assert {each.verdict for each in answer.statements} == {"supported"}
    assert answer.headline.split(" [")[0].rstrip(".") == text.split(" {")[0]


def altered(text, number):
    """The text with the first digit of its nth number raised by one."""
    spot = list(re.finditer(r"(?<![\w.,])\d[\d.,]*\d?(?![\w-])", text))[number]
    digit = str(int(spot.group()[0]) % 9 + 1)
    return text[: spot.start()] + digit + text[spot.start() + 1 :]


def altered_lines():
    for name, (text, language, source) in ANSWERS.items():
        for line in text.splitlines()[1:]:
            said = line.rsplit(" {", 1)[0]
            for number in range(len(re.findall(r"(?<![\w.,])\d[\d.,]*\d?(?![\w-])", said))):
                yield pytest.param(
                    line, altered(line, number), language, source, id=f"{name}-{said[2:32]}-{number}"
                )


@pytest.mark.parametrize(("line", "other", "language", "source"), list(altered_lines()))
def test_one_changed_figure_is_seen(line, other, language, source):
    answer = judged(f"{line}\n{other}", language, source)
    assert [each.verdict for each in answer.statements] == ["supported", "unsupported"]


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("Its losses will add up to $115 billion by 2029", "unsupported"),
        ("Inference: its losses will add up to $115 billion by 2029", "supported"),
        ("Inference: its losses will add up to $116 billion by 2029", "unsupported"),
    ],
)
def test_an_inference_may_be_surer_than_its_source_but_counts_as_it_does(said, verdict):
    line = "- Microsoft still holds 27% of OpenAI Group PBC since October 2025 {27 Prozent}."
    answer = judged(f"{line}\n- {said} {{115 Milliarden}}.", "en", "sources/microsoft-mai-1-abkehr-openai.md")
    assert [each.verdict for each in answer.statements] == ["supported", verdict]

from bot import coverage, facts
from bot.evidence import gather
from retrieval.lexicon import load

LEXICON = load()
SOURCE = "Greta runs on OpenAI since 3 May 2025. Lotse runs on Mistral and costs 40 EUR. Sam Altman spoke."


def unfounded(claim: str) -> list[tuple[str, str]]:
    return list(facts.unfounded(facts.read(claim, "en", LEXICON), gather([(SOURCE, "en")], LEXICON), LEXICON))


def exchanged(claim: str) -> list[tuple[str, str]]:
    evidence = gather([(SOURCE, "en")], LEXICON)
    sentence = coverage.measure(coverage.read(claim, "en", LEXICON), evidence).sentence
    assert sentence is not None
    return list(facts.exchanged(facts.read(claim, "en", LEXICON), sentence, evidence, LEXICON))


def test_each_fact_has_one_kind():
    found = facts.read("On 3 May 2025 GPT-4 cost 40 EUR", "en", LEXICON)
    assert [each.text for each in found.moments] == ["3 May 2025"]
    assert [each.text for each in found.figures] == ["40 EUR"]
    assert [each.text for each in found.names] == ["GPT-4"]


def test_what_stands_nowhere_is_unfounded():
    assert unfounded("Greta runs on Claude since 4 May 2025 and costs 50 EUR.") == [
        ("date", "4 May 2025"),
        ("number", "50 EUR"),
        ("name", "Claude"),
    ]


def test_what_stands_elsewhere_may_be_exchanged():
    assert unfounded("Greta runs on Mistral since 3 May 2025.") == []
    assert exchanged("Greta runs on Mistral since 3 May 2025.") == [("name", "Mistral")]


def test_a_fact_that_replaces_none_is_not_exchanged():
    assert exchanged("Greta runs on OpenAI.") == []

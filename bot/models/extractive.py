"""The offline backend: the sentences of the sources that answer best, quoted. Needs no model, no network.

It cannot follow an instruction that stands in a document, because it follows none: it ranks and quotes.
"""

from bot.citations import cite
from bot.phrases import headline
from bot.quoting import Wanted, bear_out, choose, rate
from bot.types import Answer, Brief, Statement

NAME = "extractive"


def write(brief: Brief, wanted: Wanted) -> Answer:
    """Answer with at most six literal sentences, or with none where no sentence can be the answer."""
    rated = [rate(hit, wanted) for hit in brief.hits]
    here = not wanted.strict or bear_out(rated, wanted)
    chosen = choose(rated, brief.language, wanted.kinds) if here else []
    citations = tuple(cite(each.hit, each.quote, n, brief.as_of) for n, each in enumerate(chosen, 1))
    statements = tuple(Statement(each.text, "supported", (n,)) for n, each in enumerate(chosen, 1))
    return Answer(
        status="answered" if statements else "unknown",
        language=brief.language,
        as_of=brief.as_of,
        headline=headline(citations, brief.language),
        statements=statements,
        citations=citations,
        backend=NAME,
    )

"""What the statement checker catches of planted errors, what it blames wrongly, and two public sets.

The planted errors are those of `benchmarks.planting`. AttributionBench and SummEdits are other people's
judgements of claims and summaries; the checker's thresholds were chosen on AttributionBench dev.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.data import SHARED, DataMissing
from benchmarks.metrics import auroc, mean
from benchmarks.planting import KINDS, Case, across, faithful, plant
from benchmarks.report import Table, Target, markdown
from bot import check
from bot.evidence import Evidence, gather
from bot.problems import Problem
from retrieval.language import sentences
from retrieval.lexicon import Lexicon, load
from retrieval.types import Language

if TYPE_CHECKING:
    from benchmarks.product import Options

_RULES = ("number", "date", "name", "negation")
_WORDING = frozenset(("bound", "rate", "certainty", "extent", "only", "role"))
_LONGEST = 20_000  # characters of a reference; a few web pages of AttributionBench are books
_KINDS = {"thin": "content", "opposite": "negation"}
_OWN_RULES = {  # by which a planted error should be seen, where the last word of its name does not say it
    "turned bound": ("bound", "number"),
    "unit": ("number",),
    "direction": ("negation",),
    "exchanged names": ("role", "name"),
    "exchanged numbers": ("role", "number"),
}
_SUMMEDITS = ("news", "ectsum", "qmsumm", "sales_call", "sales_email")
PROMISED = {"number": 0.95, "date": 0.95}
_FALSE_ALARMS = 0.05


@dataclass(frozen=True, slots=True)
class Judgement:
    """An item of a public set: a claim, its evidence, and whether people found it borne out."""

    claim: str
    evidence: tuple[str, ...]
    supported: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """How the checker saw an item: its score, its verdict, and what people said."""

    score: float
    verdict: bool
    supported: bool


class Checker:
    """The checker with its lexicon; evidence is gathered once for each text."""

    def __init__(self, lexicon: Lexicon, similar: check.Similarity | None = None) -> None:
        self.lexicon = lexicon
        self.similar = similar
        self._gather = lru_cache(maxsize=64)(self._read)

    def _read(self, sources: tuple[tuple[str, Language], ...], context: str) -> Evidence:
        return gather(sources, self.lexicon, [(context, sources[0][1])] if context else [])

    def findings(self, case: Case) -> check.Findings:
        """What the checker finds in a case."""
        evidence = self._gather(((case.source, case.source_language),), case.context)
        return check.examine(case.text, case.language, evidence, self.lexicon, self.similar)

    def score(self, item: Judgement) -> Scored:
        """A claim held against its evidence, sentence by sentence: the weakest sentence counts."""
        evidence = self._gather(tuple((text[:_LONGEST], "en") for text in item.evidence), "")
        spans = sentences(item.claim, "en") or ((0, len(item.claim)),)
        found = [
            check.examine(item.claim[start:end], "en", evidence, self.lexicon, self.similar)
            for start, end in spans
        ]
        facts = sum(problem.rule != "thin" for each in found for problem in each.problems)
        score = min(each.support for each in found) - _FACT * facts
        return Scored(score, all(each.supported for each in found), item.supported)


_FACT = 0.1  # what a fact that is not borne out takes from the score of a public item


def kind_of(problem: Problem) -> str:
    """number, date, name, negation or content: what a rule looks at."""
    return _KINDS.get(problem.rule, problem.rule.removeprefix("other "))


def flagged(checker: Checker, cases: Iterable[Case]) -> list[tuple[Case, frozenset[str]]]:
    """Each case with the kinds of problems that the checker found in it."""
    return [(case, frozenset(map(kind_of, checker.findings(case).problems))) for case in cases]


def attributionbench(shared: Path = SHARED) -> tuple[Judgement, ...]:
    """AttributionBench dev: claims with references (OSU NLP)."""
    lines = _existing(shared / "attributionbench" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return tuple(
        Judgement(row["claim"], tuple(row["references"]), row["attribution_label"] == "attributable")
        for row in rows
    )


def summedits(domain: str, shared: Path = SHARED) -> tuple[Judgement, ...]:
    """SummEdits: summaries of one domain, some with an edit that makes them wrong (Laban et al. 2023)."""
    path = _existing(shared / "summedits" / f"summedits_{domain}.json")
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return tuple(Judgement(row["summary"], (row["doc"],), int(row["label"]) == 1) for row in rows)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise DataMissing(path)
    return path


def run(options: "Options") -> list[Table]:
    """The planted errors, the other language, and the public sets with and without the embedder."""
    embedder = options.remembering()

    def similar(claim: str, texts: Sequence[str]) -> Sequence[float]:
        vectors = embedder.passages([claim, *texts])
        return [float(each) for each in np.asarray(vectors[1:]) @ np.asarray(vectors[0])]

    return tables(load(), options.data, similar, options.limit)


def tables(
    lexicon: Lexicon, shared: Path = SHARED, similar: check.Similarity | None = None, limit: int | None = None
) -> list[Table]:
    """All tables; without `similar` only the figures that need no embedder, without data only our corpus."""
    checker = Checker(lexicon)
    cases = faithful(shared)[:limit]
    made = [planted_table(checker, cases)]
    try:
        abroad = across(shared)[:limit]
        made += [across_table(checker, abroad), caught_across_table(checker, abroad)]
        made.append(public_table(lexicon, shared, similar, limit))
    except DataMissing as error:
        note = f"Left out: {error}."
        made.append(Table("Other languages and public sets", ("set",), (), (note,)))
    return made


def table(similar: check.Similarity | None = None) -> str:
    """All tables as Markdown."""
    return "\n".join(markdown(each) for each in tables(load(), similar=similar))


def planted_table(checker: Checker, cases: Sequence[Case]) -> Table:
    """Catch rates by kind of planted error, and false alarms on the text it was planted in."""
    alarms = flagged(checker, cases)
    rows = [("nothing planted", str(len(alarms)), _share(bool(kinds) for _, kinds in alarms), "")]
    targets = [_at_most("false alarms on faithful text", mean(bool(kinds) for _, kinds in alarms))]
    for kind in KINDS:
        found = flagged(checker, plant(cases, kind))
        caught = mean(bool(kinds) for _, kinds in found)
        own = frozenset(_OWN_RULES.get(kind, (kind.split()[-1],)))
        rows.append((kind, str(len(found)), f"{caught:.1%}", _share(bool(own & kinds) for _, kinds in found)))
        if kind in PROMISED:
            targets.append(_at_least(f"planted {kind}s caught", caught, PROMISED[kind]))
    return Table(
        "Statement checker: planted errors",
        ("planted", "statements", "flagged", "by the rule for it"),
        tuple(rows),
        ("Sentences of corpus/ and XQuAD (de, en) against their paragraph, and reordered copies.",),
        tuple(targets),
    )


def across_table(checker: Checker, cases: Sequence[Case]) -> Table:
    """False alarms on faithful statements in the other language, by rule."""
    rows = []
    for language, name in (("en", "English on German"), ("de", "German on English")):
        found = flagged(checker, [case for case in cases if case.language == language])
        count = Counter(kind for _, kinds in found for kind in kinds)
        shares = [f"{count[kind] / len(found):.1%}" for kind in (*_RULES, "content")]
        shares += [
            _share(bool(kinds & _WORDING) for _, kinds in found),
            _share(bool(kinds) for _, kinds in found),
        ]
        rows.append((name, str(len(found)), *shares))
    return Table(
        "Statement checker: false alarms across languages",
        ("statement on source", "statements", *_RULES, "content", "wording", "any"),
        tuple(rows),
        (
            "XQuAD sentences against the parallel paragraph. The translators themselves changed some numbers "
            "and names (20 miles, 32 km), so the floor is above zero. Wording: bounds, rates, certainty, "
            "extent, only, exchanged names and numbers.",
        ),
    )


def caught_across_table(checker: Checker, cases: Sequence[Case]) -> Table:
    """Catch rates of planted errors on a source in the other language, by kind."""
    clean = [case for case, kinds in flagged(checker, cases) if not kinds]
    rows = []
    for kind in KINDS:
        found = flagged(checker, plant(clean, kind))
        sides = [[kinds for case, kinds in found if case.language == language] for language in ("en", "de")]
        shares = (f"{_share(map(bool, side))} of {len(side)}" if side else "-" for side in sides)
        rows.append((kind, *shares))
    return Table(
        "Statement checker: planted errors across languages",
        ("planted", "English on German", "German on English"),
        tuple(rows),
        ("XQuAD sentences that the checker passes on the parallel paragraph, with one error planted.",),
    )


def public_table(
    lexicon: Lexicon, shared: Path, similar: check.Similarity | None = None, limit: int | None = None
) -> Table:
    """AttributionBench and SummEdits, with and without the embedder."""
    rows: list[tuple[str, ...]] = []
    targets: list[Target] = []
    for name, use in (("words", None), ("words + embedder", similar)):
        if name == "words" or similar is not None:
            checker = Checker(lexicon, use)
            for title, items in _public(shared):
                scored = [checker.score(item) for item in items[:limit]]
                rows.append((title, name, str(len(scored)), *_figures(scored)))
                if title == "AttributionBench dev":
                    promise = f"macro-F1 on AttributionBench ({name})"
                    targets.append(_at_least(promise, macro_f1(scored), 0.65))
    return Table(
        "Statement checker: public sets",
        ("set", "checker", "items", "macro-F1", "balanced accuracy", "AUROC"),
        tuple(rows),
        ("Thresholds were chosen on AttributionBench dev, nothing on SummEdits.",),
        tuple(targets),
    )


def _public(shared: Path) -> Iterator[tuple[str, tuple[Judgement, ...]]]:
    yield "AttributionBench dev", attributionbench(shared)
    for domain in _SUMMEDITS:
        yield f"SummEdits {domain}", summedits(domain, shared)


def _figures(scored: Sequence[Scored]) -> tuple[str, str, str]:
    good = [each.score for each in scored if each.supported]
    bad = [each.score for each in scored if not each.supported]
    area = f"{auroc(good, bad):.3f}" if good and bad else "-"
    return f"{macro_f1(scored):.3f}", f"{balanced_accuracy(scored):.3f}", area


def macro_f1(scored: Sequence[Scored]) -> float:
    """The mean of the F1 of both classes."""
    return mean(_f1(scored, wanted) for wanted in (True, False))


def _f1(scored: Sequence[Scored], wanted: bool) -> float:
    right = sum(each.verdict == each.supported == wanted for each in scored)
    said = sum(each.verdict == wanted for each in scored) + sum(each.supported == wanted for each in scored)
    return 2 * right / said if said else 0.0


def balanced_accuracy(scored: Sequence[Scored]) -> float:
    """The mean of the shares of both classes that were seen as such."""
    classes = [[each for each in scored if each.supported == wanted] for wanted in (True, False)]
    return mean(mean(each.verdict == each.supported for each in some) for some in classes if some)


def _share(flags: Iterable[bool]) -> str:
    return f"{mean(flags):.1%}"


def _at_least(promise: str, measured: float, least: float) -> Target:
    return Target(f"{promise}: at least {least:.0%}", f"{measured:.1%}", measured >= least)


def _at_most(promise: str, measured: float) -> Target:
    return Target(f"{promise}: at most {_FALSE_ALARMS:.0%}", f"{measured:.1%}", measured <= _FALSE_ALARMS)


if __name__ == "__main__":
    print(table())

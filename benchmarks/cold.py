"""The first answer of the day: `strategist ask` in a new process, against a bare script of the usual parts.

The script is sentence-transformers and Chroma, as their front pages show; same corpus, same question, same
model. It finds and prints passages, no more. Peak memory is the kernel's figure for each process.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import metrics
from benchmarks.product import Options
from benchmarks.report import Table, Target
from retrieval.documents import Defaults, describe
from retrieval.fetch import expand, fetch
from retrieval.formats import parse
from retrieval.split import split

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "what's our risk if OpenAI falters?"
_RUNS = 5
_RATIO, _MEGABYTES = 1 / 3, 500.0
# A process counts as large as the one that started it was: this one may have loaded torch, a bare Python not.
_LAUNCH = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([done.returncode, seconds, peak, done.stdout.decode("utf-8", "replace")[-2000:]]))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds from start to end, and its peak memory in MB."""

    seconds: float
    megabytes: float


def run(options: Options) -> list[Table]:
    """Median of five for both, taken in turn so that a busy moment hits both."""
    with TemporaryDirectory(prefix="bench-") as folder:
        home, store = Path(folder) / "home", Path(folder) / "chroma"
        ask, bare = _prepare_ours(home), _prepare_bare(Path(folder), store)
        _process(ask), _process(bare)  # the disk's cache is warm for both
        pairs = [(_process(ask), _process(bare)) for _ in range(options.limit or _RUNS)]
    ours, theirs = ([pair[side] for pair in pairs] for side in (0, 1))
    return [_table(ours, theirs)]


def _prepare_ours(home: Path) -> list[str]:
    strategist = ["env", f"STRATEGIST_HOME={home}", sys.executable, "-m", "bot"]
    _process([*strategist, "setup"])
    _process([*strategist, "ingest", str(ROOT / "corpus")])
    return [*strategist, "ask", QUESTION]


def _prepare_bare(folder: Path, store: Path) -> list[str]:
    texts = folder / "passages.json"
    texts.write_text(json.dumps(_passages()), encoding="utf-8")
    script = [sys.executable, str(Path(__file__).with_name("bare.py"))]
    _process([*script, "build", str(store), str(texts)])
    return [*script, "ask", str(store), QUESTION]


def _passages() -> list[str]:
    """The corpus in the product's own passages."""
    found = [fetch(uri) for uri in expand([str(ROOT / "corpus")]) if uri.endswith(".md")]
    documents = [describe(each, parse(each), Defaults()) for each in found]
    return [passage.text for each in documents for passage in split(each)]


def _process(command: Sequence[str]) -> Run:
    launched = [sys.executable, "-I", "-c", _LAUNCH, *command]
    done = subprocess.run(launched, capture_output=True, text=True, cwd=ROOT, check=True)
    code, seconds, peak, said = json.loads(done.stdout)
    if code != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {code}:\n{said}")
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes here
    return Run(seconds, peak * unit / 1e6)


def _table(ours: Sequence[Run], theirs: Sequence[Run]) -> Table:
    rows = [_row("`strategist ask`, a cited answer", ours), _row("bare script, passages", theirs)]
    ratio = _seconds(ours) / _seconds(theirs)
    peak = max(each.megabytes for each in ours)
    targets = (
        Target("cold ask in at most a third of the bare script's time", f"{ratio:.2f}", ratio <= _RATIO),
        Target(f"peak memory of ask under {_MEGABYTES:.0f} MB", f"{peak:.0f} MB", peak < _MEGABYTES),
    )
    notes = (
        f"Median of {len(ours)} runs each, in turn, after one to warm the disk's cache; the corpus of this "
        f'repository, "{QUESTION}", model exported and documents taken in before.',
    )
    columns = ("", "seconds, median", "fastest", "slowest", "peak memory, MB")
    return Table("Cold question", columns, tuple(rows), notes, targets)


def _seconds(runs: Sequence[Run]) -> float:
    return metrics.percentile([each.seconds for each in runs], 0.5)


def _row(name: str, runs: Sequence[Run]) -> tuple[str, ...]:
    seconds = [each.seconds for each in runs]
    peak = max(each.megabytes for each in runs)
    return (name, f"{_seconds(runs):.2f}", f"{min(seconds):.2f}", f"{max(seconds):.2f}", f"{peak:.0f}")

"""`python -m benchmarks [name...]`: runs tables, prints them, keeps them in RESULTS.md."""

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.data import SHARED, DataMissing
from benchmarks.machine import stamp
from benchmarks.product import Options
from benchmarks.report import RESULTS, Table, keep, section

TABLES = (
    "retrieval", "multihop", "chunking", "unanswerable", "latency", "cold", "throughput", "embedding",
    "checking", "failover", "load",
)  # fmt: skip
# No peer may call home or the hub: what runs here needs no network.
_QUIET = {
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "LANGSMITH_TRACING": "false",
    "TOKENIZERS_PARALLELISM": "false",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named tables, or all; 1 when a target was missed."""
    chosen = _parser().parse_args(arguments)
    os.environ.update(_QUIET)
    warnings.simplefilter("ignore")  # of the peers
    options = Options(chosen.data.resolve(), chosen.cache.resolve(), chosen.limit)
    sections: dict[str, str] = {}
    missed = 0
    for name in chosen.names or TABLES:
        made = stamp()
        tables = _run(name, options)
        if not tables:
            continue
        sections[name] = section(name, made, tables)
        missed += sum(not target.holds for table in tables for target in table.targets)
        print(sections[name], flush=True)
        if chosen.limit is None:
            keep({name: sections[name]}, TABLES, chosen.results)
    print(f"{missed} targets missed." if missed else "All targets that were measured hold.")
    return 1 if missed else 0


def _run(name: str, options: Options) -> list[Table]:
    try:
        tables: list[Table] = import_module(f"benchmarks.{name}").run(options)
    except DataMissing as error:
        print(f"{name}: skipped, {error}", file=sys.stderr)
        return []
    return tables


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(TABLES))
    parser.add_argument("--data", type=Path, default=SHARED, help="folder of the evaluation sets")
    parser.add_argument(
        "--cache", type=Path, default=Path(".strategist/bench"), help="folder for the model and for vectors"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="file to keep results in")
    parser.add_argument(
        "--limit", type=int, default=None, help="questions (sizes, runs) for a quick look; nothing is kept"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())

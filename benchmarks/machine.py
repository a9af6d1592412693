"""Where and with what a table was made: machine, date, commit, versions of packages."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PACKAGES = (
    "onnxruntime", "torch", "sentence-transformers", "chromadb", "tantivy", "bm25s", "PyStemmer",
    "langchain-classic", "rank-bm25", "llama-index-core", "haystack-ai",
)  # fmt: skip


def stamp(now: datetime | None = None) -> str:
    """One paragraph: date, commit, machine and load, versions."""
    when = (now or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC")
    return f"{when}, commit {commit()}. {machine()}. {versions()}."


def commit(root: Path = ROOT) -> str:
    """The short commit id, marked where the tree differs from it."""
    known = _git(root, "rev-parse", "--short", "HEAD")
    if not known:
        return "none"
    others = ("--untracked-files=no", "--", ".", ":!benchmarks/RESULTS.md")
    changed = _git(root, "status", "--porcelain", *others)
    return f"{known} with local changes" if changed else known


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def machine() -> str:
    """Processor, cores we may use, memory, load of the last minute, Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return f"{_processor()}, {cores} cores{_memory()}{load}; Python {platform.python_version()}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return ""
    return f", {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB"


def versions() -> str:
    """The versions of what is compared, where installed."""
    found = ((name, _version(name)) for name in _PACKAGES)
    return ", ".join(f"{name} {number}" for name, number in found if number)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""

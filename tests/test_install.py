"""Installs the product as the Dockerfile does, into environments that have nothing of it."""

import os
import re
import shlex
import shutil
import site
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@dataclass(frozen=True)
class Step:
    stage: int
    word: str
    text: str


def _steps():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    stage, found = 0, []
    for line in lines:
        if line.strip() and not line.startswith("#"):
            word, text = line.split(maxsplit=1)
            stage += word == "FROM"
            found.append(Step(stage, word, text))
    return found


STEPS = _steps()
RUNS = [each for each in STEPS if each.word == "RUN"]
INSTALLS = [part for run in RUNS for part in run.text.split("&&") if "pip install" in part]
LAST = [each for each in STEPS if each.stage == max(step.stage for step in STEPS)]


def _index(text):
    return next(number for number, each in enumerate(INSTALLS) if text in each)


def _said(word):
    return next(each.text for each in LAST if each.word == word)


def test_torch_comes_first_and_pinned_with_arguments_for_the_cpu_build():
    torch = INSTALLS[_index("torch==")]
    assert "${TORCH_ARGS}" in torch
    assert _index("--upgrade") < _index("torch==") < _index('".[')
    argument = next(number for number, each in enumerate(STEPS) if each.text.startswith("TORCH_ARGS"))
    assert argument < next(number for number, each in enumerate(STEPS) if "torch==" in each.text)


def test_every_way_to_install_pins_the_same_torch_and_the_package_accepts_it():
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("Dockerfile", "Makefile")]
    [pin] = {version for text in texts for version in re.findall(r"torch==([\d.]+)", text)}
    wanted = next(each for each in map(Requirement, PROJECT["dependencies"]) if each.name == "torch")
    assert pin in wanted.specifier


def test_the_makefile_installs_in_the_same_order():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert (
        makefile.index("--upgrade") < makefile.index("$(TORCH_ARGS) ") < makefile.index('--editable ".[dev]"')
    )


def test_the_extras_that_are_installed_exist():
    [extras] = re.findall(r'"\.\[([\w,]+)\]"', "\n".join(INSTALLS))
    assert set(extras.split(",")) <= PROJECT["optional-dependencies"].keys()


def test_what_is_copied_exists():
    for step in STEPS:
        if step.word == "COPY" and "--from" not in step.text:
            *names, _ = [each for each in shlex.split(step.text) if not each.startswith("--")]
            assert all((ROOT / name).exists() for name in names), step


def test_the_image_runs_without_rights_and_keeps_its_data_in_one_place():
    assert _said("USER") not in ("root", "0")
    assert "--uid" in next(each.text for each in LAST if each.word == "RUN")
    assert _said("VOLUME") == "/data"
    assert "STRATEGIST_HOME=/data" in _said("ENV")
    assert shlex.split(_said("ENTRYPOINT").strip("[]")) == ["strategist"]


def test_nothing_is_built_in_the_last_stage():
    assert not [each for each in LAST if each.word == "RUN" and "pip" in each.text]


def test_the_image_is_made_for_a_python_that_the_package_accepts():
    [version] = {
        each.text.split()[0].partition(":")[2].removesuffix("-slim") for each in STEPS if each.word == "FROM"
    }
    assert version in Requirement(f"python{PROJECT['requires-python']}").specifier


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """The folder in which the Dockerfile's first stage installs: what it copies, and nothing else."""
    folder = tmp_path_factory.mktemp("src")
    for step in STEPS:
        if step.word == "COPY" and step.stage == 1:
            *names, target = shlex.split(step.text)
            for name in names:
                _copy(ROOT / name, folder / target if target != "./" else folder / name)
    return folder


def _copy(source, target):
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


@pytest.fixture(scope="module")
def wheel(stage, tmp_path_factory):
    """The package, built from the stage with the setuptools that torch brings: nothing is downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    flags = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", str(folder)]
    _run([sys.executable, "-m", "pip", "wheel", *flags, str(stage)])
    [made] = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    """An environment with the package alone; its dependencies are reached through a path file."""
    folder = tmp_path_factory.mktemp("bare")
    _run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    python = folder / "bin" / "python"
    flags = ["--no-deps", "--no-index", "--quiet"]
    _run([sys.executable, "-m", "pip", "--python", str(python), "install", *flags, str(wheel)])
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    return folder / "bin"


def _run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _strategist(bare, home, *arguments):
    home.mkdir(exist_ok=True)
    environment = {"STRATEGIST_HOME": str(home), "PATH": f"{bare}:/usr/bin:/bin", "HOME": str(home)}
    return _run([bare / "strategist", *arguments], env=environment, cwd=home)


def test_the_wheel_holds_every_module_and_the_data_beside_them(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {
        path.relative_to(ROOT).as_posix()
        for room in ("bot", "retrieval")
        for path in (ROOT / room).rglob("*.py")
    }
    assert modules <= names
    beside = (
        *("retrieval/lexicon.de-en.tsv", "prompts/answer.md", "prompts/plan.md"),
        *("bot/slack/manifest.json", "bot/demo/page.html"),
    )
    assert not set(beside) - names
    assert [name for name in names if name.startswith("bot/state/migrations/versions/")]
    assert [name for name in names if name.startswith("retrieval/migrations/versions/")]


def test_the_wheel_holds_nothing_else(wheel):
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"bot", "prompts", "retrieval"}


def test_the_command_starts_in_a_bare_environment(bare, tmp_path):
    assert "Usage: strategist" in _strategist(bare, tmp_path, "--help")


def test_the_installed_package_is_the_one_that_runs(bare, tmp_path):
    where = _run([bare / "python", "-c", "import bot.cli; print(bot.cli.__file__)"], cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(bare.parent)


def test_the_health_check_asks_the_service_that_the_image_runs(bare, tmp_path):
    command = shlex.split(_said("HEALTHCHECK").partition("CMD")[2].strip(" []").replace(",", " "))
    assert shlex.split(_said("CMD").strip("[]")) == ["serve"]
    environment = {
        "STRATEGIST_HOME": str(tmp_path),
        "STRATEGIST_HEALTH_PORT": "1",
        "PATH": f"{bare}:/usr/bin",
    }
    asked = subprocess.run(
        [bare / command[0], *command[1:]], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (asked.returncode, asked.stdout.strip()) == (1, "ok: False, alive: False"), asked.stderr


def test_the_installed_package_takes_a_document_in_and_answers(bare, tmp_path, models):
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models)
    note = tmp_path / "note.md"
    note.write_text("# Harbour\n\nThe harbour crane in Emden lifts ninety tonnes since its repair.\n")
    _strategist(bare, home, "ingest", str(note), "--quiet")
    assert "ninety tonnes" in _strategist(bare, home, "ask", "How much does the harbour crane in Emden lift?")


def test_the_exact_steps_of_the_dockerfile_install_a_product_that_answers(pytestconfig, stage, tmp_path):
    if not pytestconfig.getoption("--install-everything"):
        pytest.skip("downloads torch: ask for it with --install-everything")
    home, environment = tmp_path / "data", tmp_path / "environment"
    settings = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))},
        "PATH": f"{environment}/bin:{Path(sys.executable).parent}:/usr/bin:/bin",
        "TORCH_ARGS": pytestconfig.getoption("--torch-args"),
    }
    for run in RUNS:
        if run.stage == 1:
            text = run.text.replace("/opt/strategist", str(environment)).replace("/data", str(home))
            _run(["bash", "-ec", text], cwd=stage, env=settings)
    bare = environment / "bin"
    _strategist(bare, home, "ingest", str(ROOT / "corpus"), "--quiet")
    assert "Vendor note: OpenAI" in _strategist(bare, home, "ask", "what's our risk if OpenAI falters?")

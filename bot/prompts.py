"""The prompts: Markdown files beside the code, with a version and $variables. Nothing in them is secret.

A file starts with front matter that names its version. A line of === parts what the model is told by us
from what it is told as the reader's turn. Values go in verbatim: a $ or a brace in a document is text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template as Dollars

from bot.errors import PromptError
from bot.models import Prompt

_HOMES = (Path(__file__).with_name("_prompts"), Path(__file__).parents[1] / "prompts")
_FRONT = re.compile(r"---\nversion: *(\S+)\n---\n")
_TURN = re.compile(r"^===.*\n", re.MULTILINE)
_VARIABLES = {
    "answer": frozenset(
        "language most inference assumption missing mark today passages thread question".split()
    ),
    "plan": frozenset("vendors mark today thread question".split()),
}


@dataclass(frozen=True, slots=True)
class Template:
    """One prompt file: what the model is told, and what the reader's turn is."""

    name: str
    version: str
    system: str
    user: str

    def fill(self, **values: object) -> str:
        """The whole text with its variables filled in; PromptError when one is missing or too many."""
        prompt = self.prompt(1, **values)
        return f"{prompt.system}\n{prompt.user}"

    def prompt(self, most_tokens: int, **values: object) -> Prompt:
        """The same as a model gets it. No value is read for variables of its own."""
        _compare(self.name, frozenset(values), self.variables)
        system, user = (Dollars(part).substitute(values) for part in (self.system, self.user))
        return Prompt(system.strip(), user.strip(), most_tokens)

    @property
    def variables(self) -> frozenset[str]:
        """The names that stand in the file behind a $."""
        return frozenset(
            name for part in (self.system, self.user) for name in Dollars(part).get_identifiers()
        )


@dataclass(frozen=True, slots=True)
class Prompts:
    """All that are needed to answer with a model."""

    answer: Template
    plan: Template


@lru_cache(maxsize=4)
def load_all(folder: Path | None = None) -> Prompts:
    """Every prompt, compared with what will be filled in; PromptError says what is wrong with one."""
    return Prompts(load("answer", folder), load("plan", folder))


def load(name: str, folder: Path | None = None) -> Template:
    """A prompt by its name, from the folder or, where that has none of it, from the packaged ones."""
    path = _path(name, folder)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(str(path), f"cannot be read ({error})", "Put a UTF-8 text file there") from error
    template = _read(name, path, text.replace("\r\n", "\n"))
    _compare(str(path), _VARIABLES.get(name, template.variables), template.variables)
    return template


def _path(name: str, folder: Path | None) -> Path:
    homes = [*([folder] if folder else []), *_HOMES]
    places = [home / f"{name}.md" for home in homes]
    return next((place for place in places if place.exists()), places[0])


def _read(name: str, path: Path, text: str) -> Template:
    front = _FRONT.match(text)
    if front is None:
        raise PromptError(str(path), "does not name its version", 'Start it with "---", "version: 1", "---"')
    parts = _TURN.split(text[front.end() :])
    if len(parts) != 2:
        raise PromptError(str(path), "has no reader's turn, or several", "Part the two with one line of ===")
    for part in parts:
        _refuse_stray_dollars(path, part)
    return Template(name, front[1], parts[0], parts[1])


def _refuse_stray_dollars(path: Path, part: str) -> None:
    if not Dollars(part).is_valid():
        raise PromptError(str(path), "has a $ that starts no variable", "Write $$ for a dollar sign")


def _compare(where: str, given: frozenset[str], named: frozenset[str]) -> None:
    faults: Mapping[str, frozenset[str]] = {
        "names variables that nobody fills": named - given,
        "does not name": given - named,
    }
    for problem, names in faults.items():
        if names:
            listed = ", ".join(f"${name}" for name in sorted(names))
            raise PromptError(where, f"{problem}: {listed}", "Compare it with the packaged prompt")

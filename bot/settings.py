"""Every knob of the product, its default, and one line of meaning. The only reader of the environment."""

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError
from retrieval.errors import Refused
from retrieval.visibility import normalise


def default_home() -> Path:
    """The user's data directory: XDG on Linux, Application Support on macOS, AppData on Windows."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "strategist"
    if sys.platform == "win32":
        return Path.home() / "AppData" / "Local" / "strategist"
    shared = Path(os.environ.get("XDG_DATA_HOME", ""))
    # The XDG specification has relative paths ignored.
    return (shared if shared.is_absolute() else Path.home() / ".local" / "share") / "strategist"


class Settings(BaseSettings):
    """Read once, at the composition root. Each field is STRATEGIST_<NAME> in the environment."""

    model_config = SettingsConfigDict(env_prefix="STRATEGIST_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=default_home, description="The one folder that holds everything kept.")
    database: str = Field(
        default="", description="SQLAlchemy URL of the catalogue; empty: SQLite in the home folder."
    )
    model: str = Field(
        default="all-MiniLM-L6-v2", description="Embedding model: the packaged one, a hub name, or a folder."
    )
    threads: int = Field(default=2, ge=1, le=64, description="Threads for embedding.")
    visibility: str = Field(
        default="admins", description="Who may see a document that does not say so itself."
    )
    confidentiality: Literal["public", "internal", "confidential", "secret"] = Field(
        default="secret", description="Confidentiality of a document that does not say so itself."
    )
    publisher: str = Field(default="", description="Publisher of a document that does not name one.")
    review_days: int = Field(
        default=180,
        ge=1,
        le=36_500,
        description="Age in days from which a source without a review date counts as old.",
    )
    passage_characters: int = Field(
        default=1000, ge=200, le=8000, description="Upper length of a passage when documents are split."
    )
    exact_limit: int = Field(
        default=20_000, ge=0, description="Up to so many passages are compared one by one; above, Chroma."
    )
    file_megabytes: int = Field(default=32, ge=1, le=1_024, description="Largest file that is taken in.")
    parse_seconds: int = Field(default=20, ge=1, le=3_600, description="Time a parser may take for one file.")
    parse_megabytes: int = Field(
        default=512, ge=64, le=65_536, description="Memory a parser may take for one file."
    )
    document_characters: int = Field(
        default=2_000_000, ge=1000, description="Most text that one document may hold."
    )

    @field_validator("home")
    @classmethod
    def _expanded(cls, value: Path) -> Path:
        # Absolute: another working directory must not mean another library.
        return value.expanduser().absolute()

    @field_validator("visibility")
    @classmethod
    def _known_visibility(cls, value: str) -> str:
        try:
            return normalise(value, "STRATEGIST_VISIBILITY")
        except Refused as error:
            raise ValueError(f"{error.problem}. {error.advice}") from error


def load(**overrides: object) -> Settings:
    """Settings from the environment; a wrong value is refused with the field, the value and the fix."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "STRATEGIST_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(
            name, f"{first['msg']} (it is {first['input']!r})", "See the README's settings"
        ) from error


@lru_cache(maxsize=1)
def documented() -> tuple[tuple[str, str, str], ...]:
    """(environment name, default, meaning) of every setting, for the README and `doctor`."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "the user's data directory" if name == "home" else field.get_default()
        rows.append((f"STRATEGIST_{name.upper()}", str(default), str(field.description)))
    return tuple(rows)

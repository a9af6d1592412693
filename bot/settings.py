"""Every knob of the product, its default, and one line of meaning. The only reader of the environment."""

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as Unparsable

from bot.errors import SettingsError
from bot.models.flaws import flaw
from bot.models.vendor import Confidentiality, Vendor
from retrieval.errors import Refused
from retrieval.visibility import normalise

EXTRACTIVE = "extractive"  # the backend that quotes: always last, never configured
CONFIG = "strategist.toml"
_VENDOR_NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_HIDDEN = ("vendors",)  # described by a table of its own, see `documented_vendor`
_SECRET = ("key", "key_env", "base_url", "slack_bot_token", "slack_app_token", "slack_signing_secret")
_ADVICE = "See the README's settings"


def default_home() -> Path:
    """The user's data directory: XDG on Linux, Application Support on macOS, AppData on Windows."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "strategist"
    if sys.platform == "win32":
        return Path.home() / "AppData" / "Local" / "strategist"
    shared = Path(os.environ.get("XDG_DATA_HOME", ""))
    # The XDG specification has relative paths ignored.
    return (shared if shared.is_absolute() else Path.home() / ".local" / "share") / "strategist"


def config_file() -> Path:
    """Where strategist.toml is looked for: STRATEGIST_CONFIG, else the home folder."""
    named = os.environ.get("STRATEGIST_CONFIG", "")
    home = os.environ.get("STRATEGIST_HOME", "")
    return (
        Path(named).expanduser() if named else (Path(home).expanduser() if home else default_home()) / CONFIG
    )


class Settings(BaseSettings):
    """Read once, at the composition root: STRATEGIST_<NAME> of the environment, <name> of strategist.toml."""

    model_config = SettingsConfigDict(
        env_prefix="STRATEGIST_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    home: Path = Field(default_factory=default_home, description="The one folder that holds everything kept.")
    config: str = Field(default="", description="Path of strategist.toml; empty: in the home folder.")
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
    confidentiality: Confidentiality = Field(
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

    vendors: dict[str, Vendor] = Field(default={}, description="The models that may write, by name.")
    order: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Vendors in the order in which they are asked; empty: as they are written."
    )
    deadline_s: float = Field(
        default=60.0, gt=0, le=600, description="Seconds that all vendors together may take for one answer."
    )
    daily_budget_usd: Decimal | None = Field(
        default=None, ge=0, description="US dollars a day for models; empty: no limit."
    )
    conflict_of_interest: Literal["tell", "avoid"] = Field(
        default="tell",
        description="A question about a vendor, answered by its own model: say so, or avoid it.",
    )
    unsupported: Literal["mark", "drop"] = Field(
        default="mark", description="A model's statement that its sources do not bear out."
    )
    question_confidentiality: Confidentiality = Field(
        default="internal", description="How confidential the questions themselves are."
    )
    prompts: str = Field(default="", description="Folder of prompts to use instead of the packaged ones.")

    slack_bot_token: SecretStr = Field(default=SecretStr(""), description="The app's bot token (xoxb).")
    slack_app_token: SecretStr = Field(
        default=SecretStr(""), description="The app-level token for Socket Mode (xapp)."
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""), description="The signing secret, for HTTP mode."
    )
    slack_mode: Literal["socket", "http"] = Field(
        default="socket", description="How Slack reaches the bot: over its own socket, or over HTTP."
    )
    slack_api_url: str = Field(default="https://slack.com/api/", description="Address of Slack's Web API.")
    slack_admins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="User ids and group:HANDLE of those who may see what is for admins."
    )
    slack_external: Literal["public", "refuse"] = Field(
        default="public",
        description="Where guests or other companies read along: public documents only, or no answer.",
    )
    slack_follow_ups: bool = Field(
        default=True, description="Follow-ups in a thread need no new mention; channels may differ."
    )
    questions_per_day: int = Field(
        default=200, ge=1, le=100_000, description="Questions that one person may ask in a day."
    )
    workers: int = Field(default=16, ge=1, le=256, description="Questions that are answered at once.")
    state: str = Field(
        default="",
        description="SQLAlchemy URL for questions, answers and jobs; empty: as the catalogue's, else SQLite.",
    )
    replica: str = Field(
        default="", description="Name of this process among replicas; empty: the host's name."
    )
    keep_days: int = Field(
        default=90, ge=1, le=36_500, description="Days for which questions and answers are kept."
    )
    http_host: str = Field(default="127.0.0.1", description="Address to listen on in HTTP mode.")
    http_port: int = Field(default=3000, ge=0, le=65_535, description="Port to listen on in HTTP mode.")
    health_port: int = Field(
        default=8642, ge=0, le=65_535, description="Port of /healthz on the loopback address."
    )
    stop_s: float = Field(
        default=12.0, ge=0, le=600, description="Seconds that open answers get when the bot is stopped."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line wins over the environment, the environment over strategist.toml."""
        path = config_file()
        toml = InitSettingsSource(settings_cls, _parsed(path) if path.is_file() else {})
        return init_settings, env_settings, toml

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

    @field_validator("order", "slack_admins", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """A list in TOML, words with commas between them in the environment."""
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        return value

    @field_validator("slack_admins")
    @classmethod
    def _known_admins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if not re.fullmatch(r"[UW][A-Z0-9]+|group:[A-Za-z0-9_.-]+", each):
                raise ValueError(f"{each!r} is neither a user id such as U012AB3CD nor group:HANDLE")
        return value

    @field_validator("daily_budget_usd", mode="before")
    @classmethod
    def _no_budget(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("vendors")
    @classmethod
    def _named(cls, value: dict[str, Vendor]) -> dict[str, Vendor]:
        for name in value:
            if name == EXTRACTIVE or not _VENDOR_NAME.fullmatch(name):
                raise ValueError(
                    f"{name!r} cannot be a vendor's name: use small letters, digits, - and _; "
                    f"{EXTRACTIVE} is always there, last, and is not configured"
                )
            if value[name].key.get_secret_value():
                raise ValueError(f"{name}: a key does not belong in a file: name its variable in key_env")
            if wrong := flaw(value[name]):
                raise ValueError(f"{name}: {wrong}")
        return {name: _with_key(name, each) for name, each in value.items()}

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        for name in self.order:
            if name not in self.vendors:
                known = ", ".join(self.vendors) or "none"
                raise ValueError(f"order: {name!r} is no vendor of [vendors.…] (there are: {known})")
            if self.order.count(name) > 1:
                raise ValueError(f"order: {name!r} stands there twice; name each vendor once")
        if self.daily_budget_usd is not None:
            unpriced = [name for name, each in self.vendors.items() if each.price is None]
            if unpriced:
                raise ValueError(
                    f"daily_budget_usd: {', '.join(unpriced)} has no price, so that nobody can count it; "
                    "give it one: price = { input = 2.5, output = 10, seen = 2026-11-01 }"
                )
        return self

    def ordered(self) -> tuple[Vendor, ...]:
        """The vendors as they are asked; those that `order` leaves out are not asked at all."""
        return tuple(self.vendors[name] for name in self.order or self.vendors)

    def state_url(self) -> str:
        """Where questions, answers and jobs are kept: a server if the catalogue lies on one."""
        served = self.state or (self.database if not self.database.startswith("sqlite") else "")
        return served or f"sqlite:///{self.home / 'state.db'}"


def _with_key(name: str, vendor: Vendor) -> Vendor:
    key = SecretStr(os.environ.get(vendor.key_env, "") if vendor.key_env else "")
    return vendor.model_copy(update={"name": name, "key": key})


def load(**overrides: object) -> Settings:
    """Settings from environment and file; a wrong value is refused with the field, the value and the fix."""
    _readable(config_file())
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise _refusal(error) from error
    except Unparsable:  # what stands there may be a key, and its text is not repeated
        advice = 'Write JSON into the variable, for example ["eu"], or the value into strategist.toml'
        raise SettingsError("STRATEGIST_VENDORS", "a variable of the vendors is no JSON", advice) from None


def _parsed(path: Path) -> dict[str, Any]:
    # Without the mark that some editors on Windows put at a file's beginning.
    return tomllib.loads(path.read_text(encoding="utf-8-sig"))


def _readable(path: Path) -> None:
    if not path.exists():
        if os.environ.get("STRATEGIST_CONFIG"):
            raise SettingsError(
                "STRATEGIST_CONFIG", f"there is no file {path}", "Correct the path, or unset it"
            )
        return
    try:
        _parsed(path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(str(path), f"cannot be read as TOML: {error}", "Correct the file") from error


def _refusal(error: ValidationError) -> SettingsError:
    first = error.errors(include_url=False)[0]
    place = [str(part) for part in first["loc"]]
    message = first["msg"].removeprefix("Value error, ")
    if not place:  # a rule over several settings says itself which
        return SettingsError("settings", message, _ADVICE)
    name = ".".join(place) if place[0] in _HIDDEN else "STRATEGIST_" + "_".join(place).upper()
    if first["type"] == "extra_forbidden":
        return SettingsError(name, "there is no such setting", _known(place))
    if first["type"] == "missing":
        return SettingsError(name, "is missing", _meaning(place))
    if isinstance(first["input"], dict) or place[-1] in _SECRET:  # may hold what nobody should read
        return SettingsError(name, message, _ADVICE)
    return SettingsError(name, f"{message} (it is {first['input']!r})", _meaning(place) or _ADVICE)


def _fields(place: list[str]) -> Mapping[str, Any]:
    return Vendor.model_fields if place[0] == "vendors" and len(place) > 2 else Settings.model_fields


def _meaning(place: list[str]) -> str:
    field = _fields(place).get(place[2] if len(place) > 2 else place[0])
    return f"{field.description}" if field is not None and place[0] in _HIDDEN else ""


def _known(place: list[str]) -> str:
    return "There are: " + ", ".join(name for name in _fields(place) if name not in ("key", "name"))


@lru_cache(maxsize=1)
def documented() -> tuple[tuple[str, str, str], ...]:
    """(environment name, default, meaning) of every setting, for the README and `doctor`."""
    rows = []
    for name, field in Settings.model_fields.items():
        if name not in _HIDDEN:
            rows.append(
                (f"STRATEGIST_{name.upper()}", _default(name, field.get_default()), str(field.description))
            )
    return tuple(rows)


def _default(name: str, value: object) -> str:
    if name == "home":
        return "the user's data directory"
    if isinstance(value, SecretStr) or value in (None, ()):
        return ""
    return str(value)


def documented_vendor() -> tuple[tuple[str, str, str], ...]:
    """(key, default or "required", meaning) of every line of a [vendors.NAME] table, for the README."""
    return tuple(
        (
            name,
            "required" if field.is_required() else _default(name, field.get_default()),
            str(field.description),
        )
        for name, field in Vendor.model_fields.items()
        if name not in ("key", "name")
    )

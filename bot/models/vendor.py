"""One vendor as strategist.toml describes it: how it is reached, what it may hear, what it costs."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Via = Literal[
    "openai",
    "azure",
    "foundry",
    "anthropic",
    "foundry-anthropic",
    "gemini",
    "mistral",
    "bedrock",
    "ollama",
    "openai-compatible",
]
Region = Literal["eu", "us", "global", "local"]
Confidentiality = Literal["public", "internal", "confidential", "secret"]


class Price(BaseModel):
    """US dollars for a million tokens, and the day on which somebody read them off the vendor's list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)
    seen: date

    def of(self, tokens_in: int, tokens_out: int) -> Decimal:
        """What a call with these counts costs, in dollars."""
        return (self.input * tokens_in + self.output * tokens_out) / 1_000_000


class Vendor(BaseModel):
    """A [vendors.NAME] table. What decides who hears what has no default: it wants thought."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="", description="The table's own name; not to be written.")
    via: Via = Field(description="How it is reached: the protocol and the client.")
    model: str = Field(
        min_length=1, description="The model's id; on Azure and Foundry the name of the deployment."
    )
    owner: str = Field(min_length=1, description="Whose model it is: a key of vendors.yaml.")
    max_confidentiality: Confidentiality = Field(
        description="The most confidential passages it may hear: public, internal, confidential, secret."
    )
    regions: frozenset[Region] = Field(
        min_length=1, description="Where it works on what it hears: a list of eu, us, global, local."
    )
    base_url: str = Field(
        default="", description="Address of the API; empty: the vendor's own, where it has one."
    )
    key_env: str = Field(default="", description="Name of the environment variable that holds the key.")
    key: SecretStr = Field(default=SecretStr(""), exclude=True, description="Filled from key_env.")
    api_version: str = Field(default="", description="Only azure: an API version; empty: the v1 API.")
    price: Price | None = Field(
        default=None,
        description="{ input, output, seen }: dollars a million tokens, and the day of the list.",
    )
    context_tokens: int = Field(default=128_000, ge=2_000, description="Tokens it can read in one go.")
    most_tokens: int = Field(default=1_500, ge=100, le=64_000, description="Tokens it may write.")
    first_token_s: float = Field(default=12.0, gt=0, le=600, description="Seconds until its first text.")
    gap_s: float = Field(default=10.0, gt=0, le=600, description="Seconds between two pieces of text.")
    on_content_filter: Literal["floor", "next"] = Field(
        default="floor",
        description="When its filter objects: quote the sources instead, or ask the next one.",
    )

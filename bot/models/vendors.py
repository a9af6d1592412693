"""LangChain's chat clients, one builder for each way to reach a vendor; every error of theirs ends here.

Each client makes one attempt, waits a stated time, follows no redirect (which would carry passages and key to
another host) and takes neither address nor key from the environment behind our back.
"""

import logging
import weakref
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.errors import VendorError, VendorFault
from bot.models import Piece, Prompt
from bot.models.faults import Kind, classify, midway, say
from bot.models.vendor import Vendor, Via
from bot.models.wire import Stream, listen

if TYPE_CHECKING:
    from httpx import Response
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import ChatGenerationChunk
    from openai import DefaultHttpxClient

_log = logging.getLogger(__name__)
_LONGER = 0.5  # seconds a client waits beyond a vendor's limits, which whoever asks keeps more exactly
_KEYLESS = "none"  # for a server that wants no key: the client insists on one
_NO_KEY = frozenset({"ollama", "openai-compatible", "bedrock"})
_OWN_ADDRESS = frozenset({"azure", "foundry", "foundry-anthropic", "openai-compatible"})
_ENDS = ("finish_reason", "stop_reason", "stopReason", "done_reason", "status")
_CHARACTERS = 3  # of German text in one token, at the least
_STEP = 8_192  # tokens
_ADDS = frozenset({"gemini"})
_HOOKS = {"response": [listen]}

Close = Callable[[], None]
Made = tuple["BaseChatModel", Close]


class Chat:
    """A vendor's model behind its LangChain client. `close` ends its connections; safe to call twice."""

    def __init__(self, vendor: Vendor, model: "BaseChatModel", close: Close) -> None:
        self._vendor = vendor
        self._model = model
        # Also when it is only forgotten: open connections must not wait for the garbage collector.
        self.close: Close = weakref.finalize(self, close)

    def __repr__(self) -> str:
        return f"Chat({self._vendor.name!r}, {self._vendor.model!r})"

    def stream(self, prompt: Prompt) -> Stream:
        """The pieces in order, also those without text. VendorFault when the call fails or just ends.

        Counts of tokens are running totals. Any thread may close the stream.
        """
        return Stream(self._pieces(prompt))

    def _pieces(self, prompt: Prompt) -> Generator[Piece]:
        so_far = _SoFar(adds=self._vendor.via in _ADDS)
        try:
            # Not stream(): that sets up callbacks, and with them the tracing that LANGSMITH_ and LANGCHAIN_
            # variables switch on, which would send prompts to somebody whom nobody has chosen here.
            for chunk in self._model._stream(_messages(prompt), **_limits(prompt, self._vendor)):
                yield so_far.take(chunk)
        except Exception as error:
            raise self._fault(error, so_far.begun) from None
        if not so_far.ended:
            # Every client takes an answer that just ends for a whole one, and a web page for an empty one.
            kind: Kind = "truncated" if so_far.any else "malformed"
            raise VendorFault(self._vendor.name, say(kind, "en"), kind)

    def _fault(self, error: Exception, begun: bool) -> VendorFault:
        kind, wait = classify(error)
        kind = midway(kind) if begun else kind
        # The error's own text stays here: some vendors repeat the key in it, others the prompt.
        _log.info("%s: %s (%s)", self._vendor.name, kind, type(error).__name__)
        return VendorFault(self._vendor.name, say(kind, "en"), kind, wait)


def connect(vendor: Vendor) -> Chat:
    """A vendor's model, ready to be asked. VendorError names what is missing: package, key or address."""
    key = vendor.key.get_secret_value()
    if not key and (vendor.key_env or vendor.via not in _NO_KEY):
        variable = vendor.key_env or f"a variable, and name it in vendors.{vendor.name}.key_env"
        raise VendorError(vendor.name, "its key is missing", f"Set {variable}")
    if not vendor.base_url and vendor.via in _OWN_ADDRESS:
        raise VendorError(vendor.name, "its address is missing", f"Set vendors.{vendor.name}.base_url")
    try:
        model, close = _BUILDERS[vendor.via](vendor, key, max(vendor.first_token_s, vendor.gap_s) + _LONGER)
    except ImportError as error:
        raise VendorError(vendor.name, f"the package {error.name} is missing", _advice(vendor.via)) from None
    except Exception as error:
        # Its text may hold the key: clients are built by validators that repeat what they were given.
        raise VendorError(vendor.name, f"its client cannot be built ({type(error).__name__})") from None
    return Chat(vendor, model, close)


def _advice(via: Via) -> str:
    extra = {"gemini": "gemini", "mistral": "mistral", "ollama": "ollama", "bedrock": "aws"}.get(via)
    return f"Install ai-strategist[{extra}]" if extra else "Install ai-strategist anew"


def _messages(prompt: Prompt) -> list["BaseMessage"]:
    from langchain_core.messages import HumanMessage, SystemMessage

    return [SystemMessage(prompt.system), HumanMessage(prompt.user)]


def _limits(prompt: Prompt, vendor: Vendor) -> dict[str, Any]:
    most = min(prompt.most_tokens, vendor.most_tokens)
    if vendor.via == "ollama":
        return {"options": {"num_predict": most, "num_ctx": _window(prompt, most, vendor.context_tokens)}}
    return {"max_output_tokens" if vendor.via == "gemini" else "max_tokens": most}


def _window(prompt: Prompt, most: int, largest: int) -> int:
    """Ollama's context: its default is small, and it drops the head of what does not fit without a word.

    In large steps, because another size makes it load the model again.
    """
    needed = (len(prompt.system) + len(prompt.user)) // _CHARACTERS + most
    return min(-(-needed // _STEP) * _STEP, largest)


@dataclass(slots=True)
class _SoFar:
    """What a stream has given. `adds`: the client reports new tokens with each chunk, not all so far."""

    adds: bool
    any: bool = False
    begun: bool = False
    ended: bool = False
    refused: bool = False
    tokens: tuple[int, int] = (0, 0)

    def take(self, chunk: "ChatGenerationChunk") -> Piece:
        message, text = chunk.message, f"{chunk.message.text}"
        finish = _finish({**message.response_metadata, **(chunk.generation_info or {})})
        self.any, self.begun = True, self.begun or bool(text.strip())
        self.refused = self.refused or _refuses(message)
        finish = "refusal" if self.refused and finish else finish
        self.ended = self.ended or bool(finish)
        usage = getattr(message, "usage_metadata", None)
        if not usage:
            return Piece(text, finish)
        self._count(usage["input_tokens"], usage["output_tokens"])
        # No prompt has 0 tokens: a vendor that says so has not counted.
        return Piece(text, finish, self.tokens[0] or None, self.tokens[1])

    def _count(self, taken: int, given: int) -> None:
        join = sum if self.adds else max
        self.tokens = (join((self.tokens[0], taken)), join((self.tokens[1], given)))


def _refuses(message: "BaseMessage") -> bool:
    """Whether a part of the message is a refusal in so many words, after which its end is an ordinary one."""
    parts = [each for each in message.content if isinstance(each, dict)]
    return "refusal" in message.additional_kwargs or any(each.get("type") == "refusal" for each in parts)


def _finish(said: Mapping[str, Any]) -> str:
    """The word for the end, from wherever a client leaves it."""
    incomplete = (said.get("incomplete_details") or {}).get("reason")
    blocked = (said.get("prompt_feedback") or {}).get("block_reason")
    words = (blocked, incomplete, *(said.get(name) for name in _ENDS))
    return next((f"{word}".rpartition(".")[2].casefold() for word in words if word), "")


def _openai(vendor: Vendor, key: str, seconds: float) -> Made:
    address = vendor.base_url or "https://api.openai.com/v1"
    return _openai_like(vendor, key, seconds, address)


def _azure(vendor: Vendor, key: str, seconds: float) -> Made:
    if not vendor.api_version:
        return _openai_like(vendor, key, seconds, f"{_resource(vendor)}/openai/v1")
    from langchain_openai import AzureChatOpenAI

    http = _openai_http(seconds)
    model = AzureChatOpenAI(
        azure_endpoint=_resource(vendor),
        azure_deployment=vendor.model,
        model=vendor.model,
        api_version=vendor.api_version,
        api_key=SecretStr(key),
        azure_ad_token=None,  # else one from the environment would take the key's place
        timeout=seconds,
        max_retries=0,
        stream_usage=True,
        http_client=http,
    )
    return model, http.close


def _foundry(vendor: Vendor, key: str, seconds: float) -> Made:
    return _openai_like(vendor, key, seconds, f"{_resource(vendor)}/openai/v1")


def _compatible(vendor: Vendor, key: str, seconds: float) -> Made:
    return _openai_like(vendor, key or _KEYLESS, seconds, vendor.base_url)


def _openai_like(vendor: Vendor, key: str, seconds: float, address: str) -> Made:
    from langchain_openai import ChatOpenAI

    http = _openai_http(seconds)
    model = ChatOpenAI(
        model=vendor.model,
        base_url=address,
        api_key=SecretStr(key),
        timeout=seconds,
        max_retries=0,
        stream_usage=True,  # with another address than OpenAI's it would count nothing
        output_version="v0",
        http_client=http,
    )
    return model, http.close


def _openai_http(seconds: float) -> "DefaultHttpxClient":
    from openai import DefaultHttpxClient

    return DefaultHttpxClient(follow_redirects=False, timeout=seconds, event_hooks=_HOOKS)


def _anthropic(vendor: Vendor, key: str, seconds: float) -> Made:
    return _claude(vendor, key, seconds, vendor.base_url or "https://api.anthropic.com")


def _foundry_anthropic(vendor: Vendor, key: str, seconds: float) -> Made:
    return _claude(vendor, key, seconds, f"{_resource(vendor)}/anthropic")


def _claude(vendor: Vendor, key: str, seconds: float, address: str) -> Made:
    from anthropic import Anthropic, DefaultHttpxClient
    from langchain_anthropic import ChatAnthropic

    http = DefaultHttpxClient(follow_redirects=False, timeout=seconds, event_hooks=_HOOKS)
    model = ChatAnthropic(
        model_name=vendor.model,
        base_url=address,
        api_key=SecretStr(key),
        timeout=seconds,
        max_retries=0,
        max_tokens_to_sample=vendor.most_tokens,
        stop=None,
    )
    # It takes no HTTP client of ours, and its own follows redirects; the attribute is cached, so this is it.
    model.__dict__["_client"] = Anthropic(
        api_key=key, base_url=address, timeout=seconds, max_retries=0, http_client=http
    )
    return model, http.close


def _gemini(vendor: Vendor, key: str, seconds: float) -> Made:
    from langchain_google_genai import ChatGoogleGenerativeAI

    model = ChatGoogleGenerativeAI(
        model=vendor.model,
        base_url=vendor.base_url or "https://generativelanguage.googleapis.com",
        api_key=SecretStr(key),
        vertexai=False,
        api_version="v1beta",
        timeout=seconds,
        max_retries=1,  # attempts, not retries; 0 means its own five
        client_args={"follow_redirects": False, "event_hooks": _HOOKS},
        # It tells the server our time-out between two chunks as if it were one for the whole answer.
        additional_headers={"X-Server-Timeout": "600"},
    )
    assert model.client is not None  # it is built with the model
    return model, model.client.close


def _mistral(vendor: Vendor, key: str, seconds: float) -> Made:
    from httpx import Client
    from langchain_mistralai import ChatMistralAI

    address = vendor.base_url or "https://api.mistral.ai/v1"
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
    hooks = {"response": [listen, _no_redirect]}
    http = Client(
        base_url=address, headers=headers, timeout=seconds, follow_redirects=False, event_hooks=hooks
    )
    model = ChatMistralAI(
        model_name=vendor.model, api_key=SecretStr(key), base_url=address, max_retries=0, client=http
    )
    return model, http.close


def _no_redirect(response: "Response") -> None:
    """This client looks at errors only, and takes a redirect for an answer in a wrong format."""
    if response.is_redirect:
        response.raise_for_status()


def _ollama(vendor: Vendor, key: str, seconds: float) -> Made:
    from langchain_ollama import ChatOllama

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    model = ChatOllama(
        model=vendor.model,
        base_url=vendor.base_url or "http://127.0.0.1:11434",
        sync_client_kwargs={
            "timeout": seconds,
            "follow_redirects": False,
            "headers": headers,
            "event_hooks": _HOOKS,
        },
    )
    return model, model._client.close


def _bedrock(vendor: Vendor, key: str, seconds: float) -> Made:
    # By name: where the extra is not installed there are no types to check against.
    aws, boto = import_module("langchain_aws"), import_module("botocore.config")
    patience = {"read_timeout": seconds, "connect_timeout": seconds}
    model = aws.ChatBedrockConverse(
        model=vendor.model,
        base_url=vendor.base_url or None,
        region_name=_aws_region(vendor.base_url),
        api_key=SecretStr(key) if key else None,  # none: AWS's own chain of credentials
        config=boto.Config(retries={"total_max_attempts": 1}, **patience),
    )
    return model, model.client.close


def _aws_region(address: str) -> str | None:
    """The region that stands in bedrock-runtime.REGION.amazonaws.com."""
    parts = (urlsplit(address).hostname or "").split(".")
    return parts[1] if parts[-2:] == ["amazonaws", "com"] and len(parts) > 3 else None


def _resource(vendor: Vendor) -> str:
    """An Azure resource's address, whether it was given bare or with the path of one of its APIs."""
    address = vendor.base_url.rstrip("/")
    for path in ("/anthropic/v1/messages", "/anthropic", "/openai/v1", "/openai"):
        address = address.removesuffix(path)
    return address


_BUILDERS: Mapping[Via, Callable[[Vendor, str, float], Made]] = MappingProxyType(
    {
        "openai": _openai,
        "azure": _azure,
        "foundry": _foundry,
        "anthropic": _anthropic,
        "foundry-anthropic": _foundry_anthropic,
        "gemini": _gemini,
        "mistral": _mistral,
        "bedrock": _bedrock,
        "ollama": _ollama,
        "openai-compatible": _compatible,
    }
)

"""LangChain's chat clients, one builder for each way to reach a vendor.

Each client makes one attempt, waits a stated time, follows no redirect (which would carry passages and key to
another host) and takes neither address nor key from the environment behind our back.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.models.vendor import Vendor, Via
from bot.models.wire import listen

if TYPE_CHECKING:
    from httpx import Response
    from langchain_core.language_models import BaseChatModel
    from openai import DefaultHttpxClient

_KEYLESS = "none"  # for a server that wants no key: the client insists on one
_HOOKS = {"response": [listen]}

Close = Callable[[], None]
Made = tuple["BaseChatModel", Close]


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
        openai_proxy="",
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
        openai_proxy="",  # one from the environment cannot go with an HTTP client of ours
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
        disable_streaming=False,  # all that Converse serves can stream
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


BUILDERS: Mapping[Via, Callable[[Vendor, str, float], Made]] = MappingProxyType(
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

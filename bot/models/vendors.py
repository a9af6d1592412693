"""A vendor's model as a backend: what its client sends becomes pieces, and its errors kinds of fault."""

import logging
import weakref
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import VendorError, VendorFault
from bot.models import Piece, Prompt
from bot.models.clients import BUILDERS, Close
from bot.models.faults import Kind, classify, midway, say
from bot.models.flaws import address_flaw
from bot.models.vendor import Vendor, Via
from bot.models.wire import Stream

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import ChatGenerationChunk

_log = logging.getLogger(__name__)
_LONGER = 0.5  # seconds a client waits beyond a vendor's limits, which whoever asks keeps more exactly
_NO_KEY = frozenset({"ollama", "openai-compatible", "bedrock"})
_ENDS = ("finish_reason", "stop_reason", "stopReason", "done_reason", "status")
_CHARACTERS = 3  # of German text in one token, at the least
_STEP = 8_192  # tokens
_ADDS = frozenset({"gemini"})


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
    key = _key(vendor)
    _check_address(vendor)
    try:
        model, close = BUILDERS[vendor.via](vendor, key, max(vendor.first_token_s, vendor.gap_s) + _LONGER)
    except ImportError as error:
        raise VendorError(vendor.name, f"the package {error.name} is missing", _advice(vendor.via)) from None
    except Exception as error:
        # Its text may hold the key: clients are built by validators that repeat what they were given.
        raise VendorError(vendor.name, f"its client cannot be built ({type(error).__name__})") from None
    return Chat(vendor, model, close)


def _key(vendor: Vendor) -> str:
    key = vendor.key.get_secret_value().strip()  # a file's line often ends with a line break
    variable = vendor.key_env or f"a variable, and name it in vendors.{vendor.name}.key_env"
    if not key and (vendor.key_env or vendor.via not in _NO_KEY):
        raise VendorError(vendor.name, "its key is missing", f"Set {variable}")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise VendorError(vendor.name, "its key holds characters that no key has", f"Check {variable}")
    return key


def _check_address(vendor: Vendor) -> None:
    wrong = address_flaw(vendor)
    if wrong:
        problem, _, advice = wrong.partition(": ")
        raise VendorError(vendor.name, problem, f"Set vendors.{vendor.name}.base_url: {advice}")


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

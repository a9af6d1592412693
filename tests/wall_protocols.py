"""The wire formats that the wall speaks: what a request asks for, and an answer or an error as bytes.

Written from the vendors' public references. Each protocol says how it opens, sends a piece of text, sends
something without text, ends with a reason and a count, and complains.
"""

import json
import re
from dataclasses import dataclass
from types import MappingProxyType

HTML = b"<!doctype html><html><head><title>Sign in</title></head><body>Proxy log-in</body></html>"
# What each complaint says, as far as all vendors say much the same.
SAID = {
    "401": "Incorrect API key provided: {key}. You can find your key in the settings.",
    "403": "Your account has no access to this model.",
    "404": "The model does not exist or you do not have access to it.",
    "429": "Rate limit reached, please slow down.",
    "quota": "You exceeded your current quota, please check your plan and billing details.",
    "500": "The server had an error while processing your request.",
    "503": "The server is not ready to handle the request.",
    "529": "Overloaded",
    "400": "Unsupported parameter: 'temperature' is not supported with this model.",
    "413": "Request exceeds the maximum size",
    "context": "This model's maximum context length is 8192 tokens. Your messages came to 9000 tokens.",
    "filter": "The response was filtered due to the prompt triggering the content management policy.",
}
STATUS = MappingProxyType({"quota": 429, "context": 400, "filter": 400})


@dataclass(frozen=True)
class Reply:
    """What the wall sends: the model's name, the text in pieces, why it ends, what it counts."""

    model: str
    pieces: tuple[str, ...]
    finish: str = "stop"  # stop, length, filter or refusal; "": it just ends
    tokens: tuple[int, int] = (11, 7)

    @property
    def text(self):
        return "".join(self.pieces)


def _known(nothing=None, **finishes):
    return MappingProxyType({**finishes, "": nothing})


def sse(value, event=""):
    head = f"event: {event}\n" if event else ""
    return f"{head}data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


class Protocol:
    """What all have in common. `status`: the HTTP status that goes with a fault."""

    media = "text/event-stream"
    blocks_prompt = False  # Gemini does it with an answer that has no candidates, not with an error
    statuses = STATUS

    def status(self, fault):
        return self.statuses.get(fault) or int(fault)


class Chat(Protocol):
    """Chat completions: OpenAI, Azure, Foundry, Mistral and whatever claims to be compatible."""

    finishes = _known(stop="stop", length="length", filter="content_filter", refusal="stop", nothing=None)
    malformed = b'data: {"id": "chatcmpl-1", "choices": [{"delta": {"content": "half a\n\n'

    def __init__(self, usage_with_finish=False):
        self._usage_with_finish = usage_with_finish  # as Mistral does, unasked

    def _chunk(self, model, choices, **more):
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model}
        return sse({**head, "choices": choices, **more})

    def _delta(self, reply, delta, finish=None, **more):
        return self._chunk(reply.model, [{"index": 0, "delta": delta, "finish_reason": finish}], **more)

    def _usage(self, reply):
        taken, given = reply.tokens
        return {"prompt_tokens": taken, "completion_tokens": given, "total_tokens": taken + given}

    def opening(self, reply):
        return [self._delta(reply, {"role": "assistant", "content": ""})]

    def piece(self, reply, text):
        return self._delta(reply, {"content": text})

    def nothing(self, reply):
        return self._delta(reply, {"content": ""})

    def ending(self, reply, request):
        delta = {"refusal": "I cannot help with that."} if reply.finish == "refusal" else {}
        if self._usage_with_finish:
            yield self._delta(reply, delta, self.finishes[reply.finish], usage=self._usage(reply))
        else:
            yield self._delta(reply, delta, self.finishes[reply.finish])
            if (request.get("stream_options") or {}).get("include_usage"):
                yield self._chunk(reply.model, [], usage=self._usage(reply))
        yield b"data: [DONE]\n\n"

    def whole(self, reply):
        message = {"role": "assistant", "content": reply.text}
        if reply.finish == "refusal":
            message |= {"content": None, "refusal": "I cannot help with that."}
        choice = {"index": 0, "message": message, "finish_reason": self.finishes[reply.finish]}
        head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": reply.model}
        return {**head, "choices": [choice], "usage": self._usage(reply)}

    def complaint(self, fault, said, seconds=None):
        codes = {"quota": "insufficient_quota", "context": "context_length_exceeded"}
        codes |= {"filter": "content_filter", "401": "invalid_api_key", "404": "model_not_found"}
        code = codes.get(fault)
        return {"error": {"message": said, "type": code or "error", "param": None, "code": code}}

    def trouble(self, reply):
        return sse({"error": {"message": SAID["500"], "type": "server_error", "code": "server_error"}})


class Responses(Chat):
    """OpenAI's Responses."""

    finishes = _known(stop=None, length="max_output_tokens", filter="content_filter", refusal=None)
    malformed = b'event: response.output_text.delta\ndata: {"type": "response.output_text.de\n\n'
    _at = MappingProxyType(
        {"item_id": "msg_1", "output_index": 0, "content_index": 0, "sequence_number": 1, "logprobs": []}
    )

    def _event(self, kind, **more):
        return sse({"type": kind, "sequence_number": 1, **more}, kind)

    def _item(self, reply):
        part = {"type": "output_text", "text": reply.text, "annotations": [], "logprobs": []}
        if reply.finish == "refusal":
            part = {"type": "refusal", "refusal": "I cannot help with that."}
        return {
            "type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]
        }  # fmt: skip

    def opening(self, reply):
        empty = self._item(Reply(reply.model, ()))
        return [
            self._event("response.created", response=self._response(reply, "in_progress", [])),
            self._event("response.output_item.added", output_index=0, item={**empty, "content": []}),
            self._event("response.content_part.added", **{**self._at, "part": empty["content"][0]}),
        ]

    def piece(self, reply, text):
        return self._event("response.output_text.delta", **{**self._at, "delta": text})

    def nothing(self, reply):
        return self._event("response.in_progress", response=self._response(reply, "in_progress", []))

    def ending(self, reply, request):
        item = self._item(reply)
        if reply.finish == "refusal":
            yield self._event(
                "response.refusal.done", **{**self._at, "refusal": item["content"][0]["refusal"]}
            )
        yield self._event("response.output_item.done", output_index=0, item=item)
        whole = self.whole(reply)
        yield self._event(f"response.{whole['status']}", response=whole)

    def whole(self, reply):
        cut = self.finishes.get(reply.finish)
        return self._response(reply, "incomplete" if cut else "completed", [self._item(reply)])

    def _response(self, reply, status, output):
        taken, given = reply.tokens
        usage = {
            "input_tokens": taken, "output_tokens": given, "total_tokens": taken + given,
            "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0},
        }  # fmt: skip
        cut = self.finishes.get(reply.finish) if status == "incomplete" else None
        return {
            "id": "resp_1", "object": "response", "created_at": 1, "model": reply.model, "status": status,
            "error": None, "incomplete_details": {"reason": cut} if cut else None, "output": output,
            "usage": usage if output else None, "parallel_tool_calls": True, "tool_choice": "auto",
            "tools": [], "instructions": None, "metadata": {}, "temperature": 1, "top_p": 1,
        }  # fmt: skip

    def trouble(self, reply):
        return self._event("error", code="server_error", message=SAID["500"], param=None)


class Messages(Protocol):
    """Anthropic's messages, direct or on Foundry."""

    finishes = _known(stop="end_turn", length="max_tokens", filter="refusal", refusal="refusal", nothing=None)
    malformed = b'event: content_block_delta\ndata: {"type": "content_block_delta", "index": 0, "delta\n\n'
    statuses = MappingProxyType({**STATUS, "quota": 400})

    def _event(self, kind, **more):
        return sse({"type": kind, **more}, kind)

    def opening(self, reply):
        usage = {"input_tokens": reply.tokens[0], "output_tokens": 1}
        message = {**self.whole(reply), "content": [], "stop_reason": None, "usage": usage}
        block = {"type": "text", "text": ""}
        return [
            self._event("message_start", message=message),
            self._event("content_block_start", index=0, content_block=block),
        ]

    def piece(self, reply, text):
        return self._event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})

    def nothing(self, reply):
        return self._event("ping")

    def ending(self, reply, request):
        yield self._event("content_block_stop", index=0)
        delta = {"stop_reason": self.finishes[reply.finish], "stop_sequence": None}
        usage = {"input_tokens": reply.tokens[0], "output_tokens": reply.tokens[1]}
        yield self._event("message_delta", delta=delta, usage=usage)
        yield self._event("message_stop")

    def whole(self, reply):
        taken, given = reply.tokens
        return {
            "id": "msg_1", "type": "message", "role": "assistant", "model": reply.model,
            "content": [{"type": "text", "text": reply.text}] if reply.text else [],
            "stop_reason": self.finishes[reply.finish], "stop_sequence": None,
            "usage": {"input_tokens": taken, "output_tokens": given},
        }  # fmt: skip

    def complaint(self, fault, said, seconds=None):
        kinds = {"401": "authentication_error", "403": "permission_error", "404": "not_found_error"}
        kinds |= {"429": "rate_limit_error", "500": "api_error"}
        kinds |= {"503": "api_error", "529": "overloaded_error", "413": "request_too_large"}
        said = "prompt is too long: 210000 tokens > 200000 maximum" if fault == "context" else said
        said = "Output blocked by content filtering policy" if fault == "filter" else said
        said = "Your credit balance is too low to access the Anthropic API." if fault == "quota" else said
        error = {"type": kinds.get(fault, "invalid_request_error"), "message": said}
        return {"type": "error", "error": error, "request_id": "req_1"}

    def trouble(self, reply):
        return sse({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "error")


class Generate(Protocol):
    """Gemini's generateContent and streamGenerateContent."""

    finishes = _known(stop="STOP", length="MAX_TOKENS", filter="SAFETY", refusal="PROHIBITED_CONTENT")
    malformed = b'data: {"candidates": [{"content": {"parts": [{"text": "half a\r\n\r\n'
    blocks_prompt = True
    statuses = MappingProxyType({**STATUS, "401": 400})

    def _body(self, reply, text, finish=""):
        candidate = {"index": 0, "content": {"role": "model", "parts": [{"text": text}] if text else []}}
        if finish:
            candidate["finishReason"] = finish
        taken, given = reply.tokens
        given = given if finish else min(given, 1)  # so far: each chunk counts all that came before it
        usage = {"promptTokenCount": taken, "candidatesTokenCount": given, "totalTokenCount": taken + given}
        head = {"modelVersion": reply.model, "responseId": "r1"}
        return {**head, "candidates": [candidate], "usageMetadata": usage}

    def opening(self, reply):
        return []

    def piece(self, reply, text):
        return sse(self._body(reply, text))

    def nothing(self, reply):
        return sse(self._body(reply, ""))

    def ending(self, reply, request):
        yield sse(self._body(reply, "", self.finishes[reply.finish]))

    def whole(self, reply):
        return self._body(reply, reply.text, self.finishes.get(reply.finish, ""))

    def blocked(self, reply):
        usage = {"promptTokenCount": reply.tokens[0], "totalTokenCount": reply.tokens[0]}
        return {
            "promptFeedback": {"blockReason": "SAFETY"},
            "usageMetadata": usage,
            "modelVersion": reply.model,
        }

    def complaint(self, fault, said, seconds=None):
        names = {"403": "PERMISSION_DENIED", "404": "NOT_FOUND"}
        names |= {"429": "RESOURCE_EXHAUSTED", "quota": "RESOURCE_EXHAUSTED", "500": "INTERNAL"}
        status = self.status(fault)
        name = names.get(fault, "UNAVAILABLE" if status >= 500 else "INVALID_ARGUMENT")
        said = "API key not valid. Please pass a valid API key." if fault == "401" else said
        if fault == "context":
            said = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
        error = {"code": status, "message": said, "status": name}
        if seconds is not None:
            kind = "type.googleapis.com/google.rpc.RetryInfo"
            error["details"] = [{"@type": kind, "retryDelay": f"{seconds}s"}]
        return {"error": error}

    def trouble(self, reply):
        return sse({"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}})


class Lines(Protocol):
    """Ollama's chat: one JSON value a line."""

    media = "application/x-ndjson"
    finishes = _known(stop="stop", length="length", filter="content_filter", refusal="refusal")
    malformed = b'{"model": "m", "message": {"role": "assistant", "content": "half a\n'

    def _line(self, value):
        return json.dumps(value, ensure_ascii=False).encode() + b"\n"

    def _part(self, reply, text):
        message = {"role": "assistant", "content": text}
        return {"model": reply.model, "created_at": "2026-01-01T00:00:00Z", "message": message, "done": False}

    def opening(self, reply):
        return []

    def piece(self, reply, text):
        return self._line(self._part(reply, text))

    def nothing(self, reply):
        return self._line(self._part(reply, ""))

    def ending(self, reply, request):
        yield self._line({**self.whole(reply), "message": {"role": "assistant", "content": ""}})

    def whole(self, reply):
        counts = {"prompt_eval_count": reply.tokens[0], "eval_count": reply.tokens[1], "total_duration": 1}
        reason = {"done": True, "done_reason": self.finishes[reply.finish]} if reply.finish else {}
        return {**self._part(reply, reply.text), **reason, **counts}

    def complaint(self, fault, said, seconds=None):
        said = "the input length exceeds the context length" if fault == "context" else said
        return {"error": said}

    def trouble(self, reply):
        return self._line({"error": "llama runner process has terminated: signal: killed"})


ROUTES = (
    ("mistral", re.compile(r"/chat/completions$"), Chat(usage_with_finish=True)),
    ("azure", re.compile(r"/openai/deployments/(?P<model>[^/]+)/chat/completions$"), Chat()),
    ("chat", re.compile(r"/chat/completions$"), Chat()),
    ("responses", re.compile(r"/responses$"), Responses()),
    ("messages", re.compile(r"/v1/messages$"), Messages()),
    ("gemini", re.compile(r"/models/(?P<model>[^/:]+):(?P<how>(?:g|streamG)enerateContent)$"), Generate()),
    ("ollama", re.compile(r"/api/chat$"), Lines()),
)  # fmt: skip


def route(path, via):
    """The protocol's name, the protocol and the parts of the path; None when nothing here speaks it."""
    for name, pattern, protocol in ROUTES:
        found = pattern.search(path)
        if found and (name != "mistral" or via == "mistral"):
            return name, protocol, found.groupdict()
    return None


def streams(name, body, parts):
    """Whether a request wants a stream. Ollama streams unless told not to."""
    if name == "gemini":
        return parts["how"] == "streamGenerateContent"
    return bool(body.get("stream", name == "ollama"))

"""The ways to reach a vendor, each through its real client, and how a call on one of them is judged."""

from bot.errors import VendorFault
from bot.models import Prompt
from bot.models.faults import judge

WAYS = {
    "openai": {},
    "responses": {"via": "openai", "model": "gpt-5-pro"},
    "azure": {},
    "azure-dated": {"via": "azure", "api_version": "2024-10-21"},
    "foundry": {"model": "MAI-Thinking-1"},
    "anthropic": {},
    "foundry-anthropic": {},
    "gemini": {},
    "mistral": {},
    "ollama": {},
    "openai-compatible": {"key": ""},
}
PATHS = {
    "openai": "/v1/chat/completions",
    "responses": "/v1/responses",
    "azure": "/openai/v1/chat/completions",
    "azure-dated": "/openai/deployments/azure-dated-model/chat/completions?api-version=2024-10-21",
    "foundry": "/openai/v1/chat/completions",
    "anthropic": "/v1/messages",
    "foundry-anthropic": "/anthropic/v1/messages",
    "gemini": "/v1beta/models/gemini-model:streamGenerateContent?alt=sse",
    "mistral": "/v1/chat/completions",
    "ollama": "/api/chat",
    "openai-compatible": "/v1/chat/completions",
}
PLAIN = [way for way in WAYS if "via" not in WAYS[way]]  # those whose name is the way itself


def ask(chat, user):
    """Everything one call gives, as the gateway would judge it."""
    text, finish, tokens, wait = "", "", (None, None), None
    try:
        for piece in chat.stream(Prompt("You answer from sources.", user, 300)):
            text, finish = text + piece.text, piece.finish or finish
            if piece.tokens_out is not None:
                tokens = (piece.tokens_in, piece.tokens_out)
        outcome = judge(finish)
        outcome = "empty" if outcome == "complete" and not text else outcome
    except VendorFault as fault:
        outcome, wait = fault.kind, fault.wait
    return outcome, wait, text, tokens

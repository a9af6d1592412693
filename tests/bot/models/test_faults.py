import json
from types import SimpleNamespace

import pytest

from bot.models.faults import LONGEST_REST, PAUSE, RULES, Kind, classify, judge, midway, pause, rest, say

KINDS = Kind.__args__


def error(name, message="", bases=("Exception",), **fields):
    """An error whose class has a name and ancestors as a vendor's package has them."""
    import builtins

    parents = tuple(getattr(builtins, each, None) or type(each, (Exception,), {}) for each in bases)
    made = type(name, parents, {})(message)
    for field, value in fields.items():
        setattr(made, field, value)
    return made


def answer(status, headers=()):
    return SimpleNamespace(status_code=status, headers={**dict(headers)})


def refused(status, message, **fields):
    return error("APIStatusError", message, ("APIError",), status_code=status, **fields)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (error("APITimeoutError", bases=("APIConnectionError",)), "timeout"),
        (error("ReadTimeout", bases=("TimeoutException",)), "timeout"),
        (error("ConnectTimeout", bases=("TimeoutException",)), "timeout"),
        (TimeoutError(), "timeout"),
        (error("RemoteProtocolError", bases=("ProtocolError",)), "connection"),
        (error("ConnectError", bases=("NetworkError",)), "connection"),
        (ConnectionRefusedError(), "connection"),
        (error("ClientPayloadError", code=400), "connection"),  # its code is no status
        (error("ModelRefusalError"), "refusal"),
        (error("ContextOverflowError"), "context"),
        (error("NoCredentialsError"), "auth"),
        (json.JSONDecodeError("Expecting value: internal server_error", "<html>", 0), "malformed"),
        (KeyError("choices"), "malformed"),
        (ZeroDivisionError(), "unknown"),
        (MemoryError(), "unknown"),
    ],
)
def test_errors_without_an_answer_are_told_by_their_class(raised, kind):
    assert classify(raised) == (kind, None)


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (301, "", "not_found"),
        (400, "Unknown parameter: 'seed'", "bad_request"),
        (400, "prompt is too long: 210000 tokens > 200000 maximum", "context"),
        (400, "This model's maximum context length is 4096 tokens. However, you requested 5000", "context"),
        (400, "the request exceeds the available context size (exceed_context_size_error)", "context"),
        (400, "Prompt contains 40000 tokens, too large for model with 32768 maximum context", "context"),
        (400, "The input token count (1200000) exceeds the maximum number of tokens", "context"),
        (400, "Your credit balance is too low to access the Anthropic API", "quota"),
        (400, "Output blocked by content filtering policy", "filter"),
        (400, "triggering Azure OpenAI's content management policy", "filter"),
        (400, "API key not valid. Please pass a valid API key.", "auth"),
        (401, "", "auth"),
        (402, "Insufficient Balance", "quota"),
        (403, "", "auth"),
        (403, "blocked by guardrail", "filter"),
        (404, "The API deployment for this resource does not exist", "not_found"),
        (408, "", "timeout"),
        (413, "", "context"),
        (422, "extra fields not permitted", "bad_request"),
        (429, "Rate limit reached for requests", "rate_limit"),
        (429, "Request too large for gpt-5 on tokens per min: Limit 30000, Requested 40000", "context"),
        (429, "You exceeded your current quota, please check your plan and billing details", "quota"),
        (429, "insufficient_quota", "quota"),
        (500, "context length of the log", "server"),  # a server's own words tell nothing
        (502, "", "server"),
        (503, "", "overload"),
        (504, "", "server"),
        (529, "", "overload"),
    ],
)
def test_a_refused_request_is_told_by_status_and_words(status, message, kind):
    assert classify(refused(status, message))[0] == kind


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (error("APIError", "", body={"type": "overloaded_error"}), "overload"),
        (refused(200, "", body={"error": {"type": "overloaded_error"}}), "overload"),
        (error("APIError", "The server had an error", code="server_error"), "server"),
        (error("ResponseError", "llama runner process has terminated", status_code=-1), "server"),
        (ValueError("server_error: The server had an error"), "server"),
        (error("APIError", "", code="rate_limit_exceeded"), "rate_limit"),
        (error("APIError", "", body={"code": "insufficient_quota"}), "quota"),
        (error("EventStreamError", "ThrottlingException"), "rate_limit"),
    ],
)
def test_an_error_inside_a_stream_is_told_by_its_words(raised, kind):
    assert classify(raised)[0] == kind


def test_the_code_of_a_typed_error_counts_more_than_its_type():
    raised = error("OpenAIRateLimitError", "429", ("ModelRateLimitError",), status_code=429)
    raised.code = "insufficient_quota"
    assert classify(raised) == ("quota", None)


def test_a_status_is_found_in_the_response_of_a_cause():
    outer = RuntimeError("failed")
    outer.__cause__ = error("HTTPStatusError", "", response=answer(401))
    assert classify(outer) == ("auth", None)


def test_a_status_is_found_where_aws_has_it():
    raised = error("ClientError", "", response={"ResponseMetadata": {"HTTPStatusCode": 429}})
    assert classify(raised)[0] == "rate_limit"


def test_causes_that_go_round_in_circles_end():
    one, other = RuntimeError("one"), RuntimeError("other")
    one.__cause__, other.__cause__ = other, one
    assert classify(one) == ("unknown", None)


DATES = {"date": "Sun, 22 Nov 2026 10:00:00 GMT", "retry-after": "Sun, 22 Nov 2026 10:01:30 GMT"}


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({}, "", None),
        ({"retry-after": "7"}, "", 7.0),
        ({"retry-after": "0.5"}, "", 0.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, "", 0.25),
        ({"retry-after": "86400"}, "", 86_400.0),
        (DATES, "", 90.0),
        ({"retry-after": DATES["retry-after"]}, "", None),  # our own clock may be wrong
        ({"retry-after": "soon"}, "", None),
        ({}, "Please retry in 34.2s.", 34.2),
        ({}, "Please retry after 86400 seconds", 86_400.0),
        ({}, "'retryDelay': '34s'", 34.0),
    ],
)
def test_the_time_to_come_back_is_found(headers, message, seconds):
    assert classify(refused(429, message, response=answer(429, headers)))[1] == seconds


def test_a_client_that_hides_the_response_hides_no_time_to_come_back():
    try:
        try:
            raise error("HTTPStatusError", "", response=answer(429, {"retry-after": "9"}))
        except Exception:
            raise error("ResponseError", "slow down", status_code=429) from None
    except Exception as raised:
        assert classify(raised) == ("rate_limit", 9.0)


def test_a_limit_per_minute_that_speaks_of_quota_is_a_limit():
    message = "You exceeded your current quota, please check your plan. Please retry in 20s."
    assert classify(refused(429, message)) == ("rate_limit", 20.0)


def test_a_time_to_come_back_says_nothing_where_nobody_should_come_back():
    assert classify(refused(401, "", response=answer(401, {"retry-after": "7"}))) == ("auth", None)


@pytest.mark.parametrize(
    ("finish", "meaning"),
    [
        *(("stop", "complete"), ("end_turn", "complete"), ("STOP", "complete"), ("completed", "complete")),
        *(("length", "length"), ("max_tokens", "length"), ("MAX_TOKENS", "length")),
        *(("content_filter", "filter"), ("SAFETY", "filter"), ("guardrail_intervened", "filter")),
        *(("refusal", "refusal"), ("error", "server"), ("", "truncated"), ("incomplete", "truncated")),
        *(("tool_calls", "malformed"), ("load", "empty"), ("a new word", "unknown")),
    ],
)
def test_the_end_of_an_answer_means_the_same_whoever_says_it(finish, meaning):
    assert judge(finish) == meaning


def test_what_interrupts_an_answer_has_names_of_its_own():
    assert [midway(kind) for kind in ("timeout", "connection", "server")] == ["stall", "cut", "server"]


def test_every_kind_has_a_rule_and_words_in_both_languages():
    assert set(RULES) == set(KINDS)
    words = [say(kind, language) for kind in KINDS for language in ("en", "de")]
    assert len(set(words)) == 2 * len(KINDS)
    assert say("something new", "de") == say("unknown", "de")


@pytest.mark.parametrize(
    ("kind", "wait", "seconds"),
    [
        *(("server", None, PAUSE), ("connection", None, PAUSE), ("overload", None, PAUSE)),
        *(("timeout", None, None), ("stall", None, None), ("cut", None, None), ("auth", None, None)),
        *(("rate_limit", None, None), ("rate_limit", 2.0, 2.0), ("rate_limit", 0.0, PAUSE)),
        *(("rate_limit", 3.5, None), ("overload", 86_400.0, None)),
    ],
)
def test_the_same_vendor_is_asked_again_only_where_that_may_help(kind, wait, seconds):
    assert pause(kind, wait) == seconds


@pytest.mark.parametrize(
    ("kind", "wait", "seconds"),
    [
        *(("auth", None, 600.0), ("quota", None, 600.0), ("not_found", None, 600.0), ("server", None, 0.0)),
        *(("rate_limit", None, 20.0), ("rate_limit", 5.0, 20.0), ("rate_limit", 60.0, 60.0)),
        *(("rate_limit", 86_400.0, LONGEST_REST), ("overload", 86_400.0, LONGEST_REST)),
    ],
)
def test_a_vendor_rests_as_long_as_it_asks_within_reason(kind, wait, seconds):
    assert rest(kind, wait) == seconds


def test_a_vendor_is_not_blamed_for_what_it_was_asked():
    ours = {"context", "filter", "refusal", "bad_request", "empty"}
    assert {kind for kind in KINDS if not RULES[kind].blames} == ours


def test_only_where_a_filter_objects_the_next_vendor_is_not_asked_by_itself():
    assert {kind for kind in KINDS if not RULES[kind].onward} == {"filter"}

import inspect
import re
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from values import ANSWER, PASSAGE, SOURCE

from bot.errors import SlackError
from bot.models.policy import Need, objection
from bot.models.vendor import Vendor
from bot.slack.files import Attached, Depot, Unread
from bot.slack.remarks import unheard, unreadable
from bot.types import Skipped
from retrieval.errors import ParseFailed
from retrieval.types import Hit

TEXT = b"# Plan\n\nWe move to Lisbon.\n"


class Slack:
    """Knows one file by its id."""

    def __init__(self, known=None):
        self.known = known

    def call(self, method, **arguments):
        if self.known is None:
            raise SlackError(method, "file_not_found")
        return {"file": self.known}


@contextmanager
def host(answer):
    """A web server on loopback. `answer(path)` -> status, headers, body. Yields its address and its log."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            got.append((self.path, self.headers.get("Authorization")))
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def read(url, base, known=None, most=1_000, **described):
    depot = Depot(Slack(known), "xoxb-1", f"{base}/api/", most)
    file = {"id": "F1", "name": "plan.md", "mimetype": "text/markdown", "url_private": url, **described}
    return depot.read([file], lambda data, name, media_type: (data, name, media_type))


def problem(attached):
    assert not attached.hits
    [unread] = attached.unread
    assert unread.name == "plan.md"
    return unread.problem


def sent(status=200, body=TEXT, media_type="text/markdown", **headers):
    return lambda path: (status, {"Content-Type": media_type, **headers}, body)


def test_a_file_is_fetched_with_the_token():
    with host(sent()) as (base, got):
        attached = read(f"{base}/files-pri/1", base)
    assert attached.hits == (TEXT, "plan.md", "text/markdown")
    assert got == [("/files-pri/1", "Bearer xoxb-1")]


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://evil.example/files-pri/1",
        "https://files.slack.com.evil.example/1",
        "https://files.slack.com@evil.example/1",
        "http://files.slack.com/1",
        "file:///etc/passwd",
        "ftp://files.slack.com/1",
        "",
    ],
)
def test_nothing_is_fetched_from_anywhere_else(url):
    assert problem(read(url, "http://127.0.0.1:9", known={"url_private": url})) == "file.elsewhere"


def test_the_token_does_not_follow_a_redirect():
    def onward(path):
        return (302, {"Location": "/two"}, b"") if path == "/one" else sent()(path)

    with host(onward) as (base, got):
        assert read(f"{base}/one", base).hits
    assert got == [("/one", "Bearer xoxb-1"), ("/two", None)]


def test_a_redirect_to_another_host_is_not_followed():
    with host(sent()) as (elsewhere, got), host(sent(302, Location=f"{elsewhere}/x")) as (base, _):
        assert problem(read(f"{base}/one", base)) == "file.elsewhere"
    assert not got


def test_redirects_in_a_circle_end():
    with host(sent(302, Location="/one")) as (base, got):
        assert problem(read(f"{base}/one", base)) == "file.failed"
    assert len(got) == 3


def test_a_sign_in_page_is_no_file():
    with host(sent(media_type="text/html; charset=utf-8", body=b"<html>Sign in")) as (base, _):
        assert problem(read(f"{base}/1", base)) == "file.permission"
        assert read(f"{base}/1", base, mimetype="text/html").hits


@pytest.mark.parametrize(("status", "why"), [(401, "permission"), (403, "permission"), (500, "failed")])
def test_what_is_refused_is_named(status, why):
    with host(sent(status)) as (base, _):
        assert problem(read(f"{base}/1", base)) == f"file.{why}"


def test_a_file_that_says_it_is_too_large_is_not_fetched():
    with host(sent()) as (base, got):
        assert problem(read(f"{base}/1", base, size=2_000)) == "file.large"
    assert not got


def test_a_file_that_is_larger_than_it_says_is_dropped():
    with host(sent(body=b"x" * 5_000)) as (base, _):
        assert problem(read(f"{base}/1", base, size=10)) == "file.large"


def test_nobody_there_is_no_silence():
    assert problem(read("http://127.0.0.1:9/1", "http://127.0.0.1:9")) == "file.failed"


@pytest.mark.parametrize("mode", ["external", "tombstone", "hidden_by_limit"])
def test_what_slack_does_not_hold_is_named(mode):
    assert problem(read("https://files.slack.com/1", "http://127.0.0.1:9", mode=mode)) == "file.elsewhere"


def test_a_stub_is_looked_up_first():
    with host(sent()) as (base, _):
        known = {"name": "plan.md", "mimetype": "text/markdown", "url_private": f"{base}/1"}
        assert read("", base, known=known, file_access="check_file_info").hits
    assert problem(read("", "http://127.0.0.1:9", file_access="check_file_info")) == "file.permission"


def test_files_beyond_the_fifth_are_named():
    with host(sent()) as (base, got):
        files = [{"name": f"{n}.md", "url_private": f"{base}/{n}"} for n in range(7)]
        attached = Depot(Slack(), "xoxb-1", f"{base}/api/", 1_000).read(files, lambda *told: (told,))
    assert len(attached.hits) == len(got) == 5
    assert [(each.name, each.problem) for each in attached.unread] == [
        ("5.md", "file.many"),
        ("6.md", "file.many"),
    ]


def test_one_bad_file_does_not_spoil_the_others():
    def examine(data, name, media_type):
        if name == "bad.md":
            raise ParseFailed(name, "damaged")
        return (name,)

    with host(sent()) as (base, _):
        files = [{"name": name, "url_private": f"{base}/{name}"} for name in ("a.md", "bad.md", "c.md")]
        attached = Depot(Slack(), "xoxb-1", f"{base}/api/", 1_000).read(files, examine)
    assert attached.hits == ("a.md", "c.md")
    assert [(each.name, each.problem) for each in attached.unread] == [("bad.md", "file.format")]


def test_each_problem_has_words_in_both_languages():
    source = Path(inspect.getfile(Depot)).read_text()
    problems = set(re.findall(r'"(file\.\w+)"', source))
    assert len(problems) > 5
    for problem in problems:
        english, german = (unreadable(Unread("a.md", problem), locale) for locale in ("en", "de"))
        assert english != german


def of(confidentiality):
    """An attached file as confidential as that."""
    return Attached((Hit(PASSAGE, replace(SOURCE, confidentiality=confidentiality), 0.9),))


def test_a_file_that_no_model_may_hear_says_so():
    hears = {"max_confidentiality": "internal", "regions": {"eu"}}
    vendor = Vendor(name="aurora", via="openai", model="a-1", owner="aurora", **hears)
    reason = objection(vendor, Need("secret", language=ANSWER.language))
    quoted = replace(ANSWER, skipped=(Skipped("aurora", reason),))
    assert "counts as secret" in unheard(of("secret"), quoted, "en")[0]
    assert "gilt hier als" in unheard(of("secret"), quoted, "de")[0]
    assert not unheard(of("public"), quoted, "en")  # something else that was found is the reason
    assert not unheard(of("secret"), replace(ANSWER, skipped=(Skipped("aurora", "is silent"),)), "en")
    assert not unheard(Attached(), quoted, "en")

"""The demo in a browser: who may reach it, what it does with hostile texts, and a walk through it."""

import http.client
import json
import threading
import time

import pytest
from browser import PROGRAM, Browser
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_workspace import hang_up
from test_slack_workspace import CONTAINER, FEEDBACK, MODAL, section

from bot.demo import open_workspace
from bot.demo.typed import sent, typed
from bot.errors import SlackError

needs_browser = pytest.mark.skipif(PROGRAM is None, reason="chromium is not installed")


@pytest.fixture
def slack():
    with open_workspace() as workspace:
        yield workspace


@pytest.fixture
def page(slack, tmp_path):
    with Browser(tmp_path) as browser:
        browser.open(slack.page_url)
        browser.until("document.querySelectorAll('#messages article').length")
        yield browser
        assert not browser.told, browser.told


@pytest.fixture
def client(slack):
    return WebClient(slack.bot_token, base_url=slack.api_url)


def ask(slack, path="", method="GET", body=None, **headers):
    """One request as a browser would make it; headers of None are left out."""
    connection = http.client.HTTPConnection("127.0.0.1", slack.port, timeout=30)
    origin = f"http://127.0.0.1:{slack.port}"
    usual = {"Origin": origin, "Content-Type": "application/json"} if method == "POST" else {}
    given = {key.replace("_", "-").title(): value for key, value in headers.items()}
    target = path if path.startswith("/") else slack.page_url.removeprefix(origin) + path
    wanted = {key: value for key, value in (usual | given).items() if value is not None}
    try:
        connection.request(method, target, json.dumps(body) if body is not None else None, wanted)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        connection.close()


SAY = {"as": "UADA", "do": "says", "place": "CGENERAL", "text": "hello", "thread": ""}


# -- who may reach it --------------------------------------------------------------------------------------


def test_the_page_comes_with_a_policy_that_allows_its_own_script_only(slack):
    status, body, headers = ask(slack)
    policy = headers["Content-Security-Policy"]
    nonce = policy.partition("script-src 'nonce-")[2].partition("'")[0]
    assert status == 200
    assert f'<script nonce="{nonce}">'.encode() in body
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert ask(slack)[2]["Content-Security-Policy"] != policy
    assert b"http://" not in body.replace(b"http://www.w3.org/2000/svg", b"")


def test_without_the_secret_there_is_nothing(slack):
    assert ask(slack, "/demo/")[0] == 404
    assert ask(slack, "/demo/wrong/")[0] == 404
    assert ask(slack, "/demo/wrong/state?as=UADA")[0] == 404
    assert ask(slack, "/demo/wrong/act", "POST", SAY)[0] == 404
    assert ask(slack, "/demo/sch%C3%B6n/")[0] == 404
    with open_workspace() as other:
        assert other.page_url.rpartition("/demo/")[2] != slack.page_url.rpartition("/demo/")[2]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": None},
        {"host": "evil.example"},
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
    ids=str,
)
def test_other_sites_cannot_act_even_with_the_secret(slack, headers):
    assert ask(slack, "act", "POST", SAY, **headers)[0] == 403
    assert [each["text"] for each in slack.messages("CGENERAL") if each["text"] == "hello"] == []


def test_the_page_itself_can_act(slack):
    assert ask(slack, "act", "POST", SAY)[0] == 200
    assert slack.messages("CGENERAL")[-1]["text"] == "hello"


@pytest.mark.parametrize(
    "body", [None, [], 7, {}, {"do": "says"}, {"do": "__class__", "as": "UADA"}, SAY | {"files": 7}]
)
def test_malformed_acts_are_refused(slack, body):
    assert ask(slack, "act", "POST", body)[0] == 400


@pytest.mark.parametrize(
    "act",
    [
        SAY | {"place": "GSTRATEGY", "as": "UGITA"},
        SAY | {"as": "U404"},
        SAY | {"thread": "1.0"},
        SAY | {"files": [{"name": "x", "content": "***"}]},
        {"as": "UADA", "do": "stops", "place": "GSTRATEGY", "ts": "1.0"},
        {"as": "UADA", "do": "submits", "view": "V404", "values": {}},
        {"as": "UADA", "do": "edits", "place": "CGENERAL", "ts": "1.0", "text": "x"},
    ],
    ids=lambda act: act["do"],
)
def test_what_a_person_may_not_do_is_told_in_words(slack, act):
    status, body, _ = ask(slack, "act", "POST", act)
    assert (status, json.loads(body)["ok"]) == (200, False)


def test_people_see_only_their_conversations(slack, client):
    client.chat_postEphemeral(channel="CGENERAL", user="UADA", text="for Ada")
    seen = {
        user: json.loads(ask(slack, f"state?as={user}&place=CGENERAL")[1])
        for user in ("UADA", "UJONAS", "UGITA")
    }
    assert [each["name"] for each in seen["UGITA"]["places"]] == ["with-guests", ""]
    assert "GSTRATEGY" not in [each["id"] for each in seen["UJONAS"]["places"]]
    assert [each["text"] for each in seen["UADA"]["messages"] if each["private"]] == ["for Ada"]
    assert not [each for each in seen["UJONAS"]["messages"] if each["private"]]
    assert seen["UGITA"]["place"] == "CPARTNERS"


def test_stopping_does_not_wait_for_pages_that_look():
    slack = open_workspace()
    path = "/demo/" + slack.page_url.rpartition("/demo/")[2]
    version = json.loads(ask(slack, "state?as=UADA")[1])["version"]
    waiting = http.client.HTTPConnection("127.0.0.1", slack.port, timeout=10)
    waiting.request("GET", f"{path}state?as=UADA&since={version + 1000}")
    assert ask(slack)[0] == 200  # so the one before it was taken, too
    started = time.monotonic()
    slack.stop()
    assert waiting.getresponse().status == 200
    waiting.close()
    assert time.monotonic() - started < 5


def test_a_port_that_is_taken_is_named(slack):
    with pytest.raises(SlackError, match=f"127.0.0.1:{slack.port}"):
        open_workspace(slack.port)


PEOPLE = {"AI Strategist": "UBOT", "Ada Lang": "UADA", "Ada": "UX"}


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("@AI Strategist why?", "<@UBOT> why?"),
        ("@ai strategist, a < b & c", "<@UBOT>, a &lt; b &amp; c"),
        ("ask @Ada Lang and @Ada.", "ask <@UADA> and <@UX>."),
        ("mail me@Ada or @Adam", "mail me@Ada or @Adam"),
        ("see https://a.example/x?y=1&z=2, please", "see <https://a.example/x?y=1&amp;z=2>, please"),
        ("in #general now", "in <#C1|general> now"),
        ("<@UBOT> <!channel>", "&lt;@UBOT&gt; &lt;!channel&gt;"),
    ],
)
def test_typed_texts_go_over_the_wire_as_slack_writes_them_and_back(text, wire):
    assert sent(text, PEOPLE, {"general": "C1"}) == wire
    assert sent(typed(wire, PEOPLE), PEOPLE, {"general": "C1"}) == wire


# -- in a browser ------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<svg onload=window.hacked=1>",
    "[click](javascript:window.hacked=1)",
    "[click](JaVaScRiPt&#58;window.hacked=1)",
    "[click](data:text/html,<script>window.hacked=1</script>)",
    "[click]( vbscript:x )",
    "<javascript:window.hacked=1|click>",
    "<https://a.example/|<img src=x onerror=window.hacked=1>>",
    '[a](https://a.example/"onmouseover="window.hacked=1)',
    "&lt;script&gt;window.hacked = 1&lt;/script&gt;",
    "&#60;script&#62;window.hacked = 1&#60;/script&#62;",
    "```\n<script>window.hacked = 1</script>\n```",
    "| a | b |\n|---|---|\n| <img src=x onerror=window.hacked=1> | <iframe src=javascript:window.hacked=1> |",
    "{{constructor.constructor('window.hacked=1')()}} ${window.hacked=1}",
    "__proto__ constructor **" + "*_" * 3000,
    "[" * 3000 + "a" + "](x)" * 50,
    "> " * 3000 + "deep",
    "`" * 4000 + "a",
    "\u202e<script>\u0000window.hacked=1</script>",
]


def safe(browser):
    """Nothing ran, no element stands there that a text could have made, and no link leads anywhere odd."""
    foreign = (
        "script, iframe, img, object, embed, form:not(.write), [onerror], [onload], [onmouseover], [style]"
    )
    return browser.run(
        f"""({{
          hacked: typeof window.hacked,
          foreign: [...document.querySelectorAll('.list')].flatMap(
            (list) => [...list.querySelectorAll({json.dumps(foreign)})].map((each) => each.outerHTML)),
          links: [...document.querySelectorAll('.list a')].map((each) => each.protocol)
        }})"""
    )


@needs_browser
@pytest.mark.parametrize("kind", ["typed", "text", "markdown", "blocks", "home"])
def test_hostile_texts_stay_texts(slack, client, page, kind):
    slack.limits.largest_message = 100_000
    home = []
    for text in HOSTILE:
        plain = {"type": "plain_text", "text": text[:75]}
        if kind == "typed":
            slack.person("UADA").says("CGENERAL", text)
        elif kind == "text":
            client.chat_postMessage(channel="CGENERAL", text=text)
        elif kind == "markdown":
            client.chat_postMessage(channel="CGENERAL", markdown_text=text)
        elif kind == "blocks":
            cell = {"type": "raw_text", "text": text}
            link = {"type": "link", "url": "javascript:window.hacked=1", "text": text}
            rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]}
            button = {"type": "button", "action_id": "a", "text": plain, "url": "javascript:window.hacked=1"}
            blocks = [
                section(text[:3000]),
                {"type": "table", "rows": [[cell]]},
                rich,
                CONTAINER | {"title": plain},
            ]
            blocks.append({"type": "actions", "elements": [button]})
            client.chat_postMessage(channel="CGENERAL", text=text, blocks=blocks[:3] + blocks[4:])
        else:
            home += [section(text[:3000]), {"type": "header", "text": plain}]
    if kind == "home":
        client.views_publish(user_id="UADA", view={"type": "home", "blocks": home})
        page.click("#apps button")
        page.until("document.querySelector('#tabs button')")
        page.click("#tabs button", 0)
        page.until(f"document.querySelectorAll('#homepage .header').length === {len(HOSTILE)}")
    else:
        page.until(f"document.querySelectorAll('#messages article').length === {len(HOSTILE) + 1}")
    page.run("document.querySelectorAll('.list button[data-action]').forEach((each) => each.click())")
    found = safe(page)
    assert found["hacked"] == "undefined"
    assert not found["foreign"]
    assert set(found["links"]) <= {"http:", "https:", "mailto:"}
    page.told = [each for each in page.told if "javascript:" not in str(each)]


@needs_browser
def test_hostile_names_of_people_channels_and_files_stay_texts(slack, page):
    text = "<img src=x onerror=window.hacked=1>"
    slack.add_user("UEVIL", name=text)
    slack.add_channel("CEVIL", name=text, members=("UADA", "UEVIL"))
    slack.person("UEVIL").says("CEVIL", "<@UEVIL> <#CEVIL>", files=[(text, b"x")])
    page.until("document.querySelectorAll('#channels button').length === 4")
    page.click("#channels button", 3)
    page.until("document.querySelector('#messages .file')")
    assert page.run("document.querySelectorAll('img').length") == 0
    assert safe(page)["hacked"] == "undefined"
    assert text in page.text("#messages")


MARKDOWN = """# Head
**Bold *both* and** _em_, ~~gone~~, `code <b>`, snake_case_word, 2 * 3 * 4, \\*not\\*

- one [a](https://a.example/x_(y))
- two
  - inner
- three

3. third
4. fourth

| A | B |
|---|---|
| 1 | a \\| b |

> quoted &amp; **bold**

<@UADA> <!channel> <https://b.example|label>
"""


@needs_browser
def test_markdown_and_mrkdwn_are_drawn_as_slack_draws_them(slack, client, page):
    client.chat_postMessage(channel="CGENERAL", markdown_text=MARKDOWN)
    client.chat_postMessage(
        channel="CGENERAL", text="*b* _i_ ~s~ `c` a*b*c\n&gt;quote\nplain &lt;x&gt;\n```x\ny```"
    )
    page.until("document.querySelectorAll('#messages article').length === 3")
    drawn = page.run(
        "[...document.querySelectorAll('#messages .blocks')].slice(1).map((each) => each.innerHTML)"
    )
    for part in (
        *("<h1>Head</h1>", "<strong>Bold <em>both</em> and</strong>", "<em>em</em>", "<s>gone</s>"),
        *("<code>code &lt;b&gt;</code>", "snake_case_word, 2 * 3 * 4, *not*", "<ul><li>inner</li></ul>"),
        *('href="https://a.example/x_(y)"', '<ol start="3"><li>third</li><li>fourth</li></ol>'),
        *(
            "<th>A</th>",
            "<td>a | b</td>",
            "<blockquote><p>quoted &amp; <strong>bold</strong></p></blockquote>",
        ),
        *('<span class="mention">@Ada Lang</span>', '<span class="alarm">@channel</span>', "label</a>"),
    ):
        assert part in drawn[0], part
    for part in (
        *("<strong>b</strong> <em>i</em> <s>s</s> <code>c</code> a*b*c", "<blockquote>quote</blockquote>"),
        *("<p>plain &lt;x&gt;</p>", "<pre><code>x\ny</code></pre>"),
    ):
        assert part in drawn[1], part


FUZZ = """(() => {
  const parts = ["*", "_", "**", "~~", "`", "```", "[", "](", ")", "<", ">", "|", "-", "#", " ", "\\n",
    "\\n\\n", "> ", "- ", "1. ", "a", "b ", "&amp;", "&#60;", "\\\\", "<@U1>", "<https://a.b|c>", "    ",
    "***", "<img src=x>"];
  let seed = 7, worst = 0;
  const any = (list) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return list[Math.floor(seed / 0x80000000 * list.length)];
  };
  for (let round = 0; round < 150; round += 1) {
    const few = [any(parts), any(parts), any(parts), any(parts)];
    let text = "";
    while (text.length < 3000) text += any(few);
    for (const drawn of [markdown, mrkdwn]) {
      const start = performance.now(), box = el("div", {}, drawn(text, {}));
      worst = Math.max(worst, performance.now() - start);
      if (box.querySelector("img, script")) return "an element came out of " + text;
    }
  }
  return worst < 5000 ? "" : "it took " + worst;
})()"""


@needs_browser
def test_no_text_breaks_the_renderers_or_keeps_them_busy(page):
    assert page.run(FUZZ) == ""


class ABot:
    """A bot that streams, goes on when it is told to, and opens a modal on a verdict."""

    def __init__(self, slack):
        self.go, self.stopped, self.submitted = threading.Event(), threading.Event(), []
        self._app = App(client=WebClient(slack.bot_token, base_url=slack.api_url))
        self._handler = SocketModeHandler(self._app, slack.app_token, ping_interval=1)
        self._app.event("app_mention")(self._asked)
        self._app.event("message")(self._written_to)
        self._app.event("agent_session_stopped")(self._stop)
        self._app.event("app_home_opened")(self._opened)
        self._app.command("/strategy")(self._commanded)
        self._app.action("verdict")(self._judged)
        self._app.view("reason")(self._reasoned)

    def __enter__(self):
        self._handler.connect()
        return self

    def __exit__(self, *_):
        self.go.set()
        hang_up(self._handler.client)
        self._app.listener_runner.listener_executor.shutdown()

    def _asked(self, event, client):
        place = {"channel_id": event["channel"], "thread_ts": event["ts"]}
        client.agents_sessions_setStatus(**place, status="processing", title="Risk")
        client.assistant_threads_setStatus(**place, status="is reading")
        whom = {"recipient_team_id": "T1", "recipient_user_id": event["user"]}
        stream = {"channel": event["channel"], "thread_ts": event["ts"], "markdown_text": "**Half**"}
        ts = client.chat_startStream(**stream, **whom)["ts"]
        self.go.wait(20)
        last = {} if self.stopped.is_set() else {"markdown_text": " and whole"}
        client.chat_stopStream(channel=event["channel"], ts=ts, blocks=[CONTAINER, FEEDBACK], **last)

    def _written_to(self, event, client):
        if event["channel_type"] == "im" and "bot_id" not in event and "subtype" not in event:
            self._asked(event, client)

    def _stop(self):
        self.stopped.set()
        self.go.set()

    def _opened(self, event, client):
        if event["tab"] == "home":
            view = {"type": "home", "blocks": [section("*Home* of mine")]}
            client.views_publish(user_id=event["user"], view=view)
        else:
            prompts = [{"title": "Risk", "message": "What is our risk?"}]
            client.assistant_threads_setSuggestedPrompts(channel_id=event["channel"], prompts=prompts)

    def _commanded(self, ack, command, respond):
        ack()
        respond(f"you said {command['text']}")

    def _judged(self, ack, body, client):
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    def _reasoned(self, ack, view):
        self.submitted.append(view["state"]["values"]["why"]["reason"]["value"])
        ack()


@needs_browser
def test_a_question_is_asked_with_completion_streams_and_is_judged(slack, page):
    with ABot(slack) as bot:
        page.type("#write textarea", "@ai")
        page.until("!document.querySelector('#write .suggest').hidden")
        page.press("Enter")
        page.type("#write textarea", "what now?")
        page.press("Enter")
        page.until("document.querySelector('#thread .growing')")
        assert slack.messages("CGENERAL")[-1]["text"] == "<@UBOT> what now?"
        assert page.text("#thread .growing strong") == "Half"
        assert "Risk" in page.text("#threadtitle")
        assert page.run("document.querySelector('#stop').offsetParent !== null")
        bot.go.set()
        page.until("!document.querySelector('#thread .growing') && document.querySelector('#thread details')")
        assert "Half and whole" in page.text("#thread")
        assert page.run("document.querySelector('#working').hidden")
        assert page.run("document.querySelector('#thread details').open") is False
        page.click("#thread button[data-action=verdict]", 1)
        page.until("document.querySelector('#modal').open")
        page.click("#modal button[type=submit]")
        page.until("document.querySelector('#modal .wrong').innerText")
        page.type("#modal input", "too short")
        page.click("#modal button[type=submit]")
        page.until("!document.querySelector('#modal').open")
        assert bot.submitted == ["too short"]


@needs_browser
def test_stop_a_command_the_home_page_and_another_person(slack, page):
    with ABot(slack) as bot:
        page.click("#apps button")
        page.until("document.querySelector('#prompts button')")
        page.click("#prompts button")
        page.until(
            "document.querySelector('#stop').offsetParent && document.querySelector('#thread .growing')"
        )
        page.click("#stop")
        page.until("document.querySelector('#working').hidden")
        assert bot.stopped.is_set()
        page.click("#tabs button", 0)
        page.until("document.querySelector('#homepage strong')")
        assert page.text("#homepage") == "Home of mine"
        page.click("#channels button", 0)
        page.until("document.querySelector('#title').innerText.includes('general')")
        page.type("#write textarea", "/strategy status")
        page.press("Escape")
        page.press("Enter")
        page.until("document.querySelector('#messages .private')")
        assert "you said status" in page.text("#messages .private")
        page.run("document.querySelector('#me').value = 'UGITA'")
        page.run("document.querySelector('#me').dispatchEvent(new Event('change'))")
        page.until("document.querySelectorAll('#channels button').length === 1")
        assert "with-guests" in page.text("#title")
        assert "you said" not in page.text("#messages")


@needs_browser
def test_own_messages_are_edited_and_deleted_and_files_attached(slack, page):
    ts = slack.person("UADA").says("CGENERAL", "<@UBOT> a &amp; b")
    page.until("document.querySelectorAll('#messages article').length === 2")
    button = "[...document.querySelectorAll('#messages article:last-child .tools button')]"
    page.run(f"{button}.find((each) => each.innerText === 'Edit').click()")
    page.until("document.querySelector('#write textarea').value")
    assert page.run("document.querySelector('#write textarea').value") == "@AI Strategist a & b"
    page.type("#write textarea", " and c")
    page.press("Enter")
    assert slack.wait_for(lambda: slack.messages("CGENERAL")[-1]["text"] == "<@UBOT> a &amp; b and c")
    page.until("document.querySelector('#messages article:last-child .when').innerText.includes('edited')")
    page.run(f"{button}.find((each) => each.innerText === 'Delete').click()")
    assert slack.wait_for(lambda: ts not in [each["ts"] for each in slack.messages("CGENERAL")])
    page.run(
        """(() => {
          const file = new DataTransfer();
          file.items.add(new File(['the plan'], 'plan.txt'));
          const field = document.querySelector('#write input[type=file]');
          field.files = file.files;
          field.dispatchEvent(new Event('change'));
        })()"""
    )
    page.until("document.querySelector('#write .bar').innerText.includes('plan.txt')")
    page.press("Enter")
    assert slack.wait_for(lambda: "files" in slack.messages("CGENERAL")[-1])
    assert slack.world.contents[slack.messages("CGENERAL")[-1]["files"][0]["id"]] == b"the plan"

"""A headless Chromium, spoken to over its own protocol, for tests of the demo's page."""

import base64
import itertools
import json
import shutil
import subprocess
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--remote-debugging-port=0", "--remote-allow-origins=*", "--hide-scrollbars"),
)


class Browser:
    """One browser with one page. Use it in a `with`."""

    def __init__(self, folder, width=1280, height=860):
        self._profile = Path(folder) / "profile"
        flags = [*FLAGS, f"--user-data-dir={self._profile}", f"--window-size={width},{height}"]
        self._process = subprocess.Popen(
            [PROGRAM, *flags, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._numbers = itertools.count(1)
        self.told = []  # what the page said on its console, and errors of its scripts
        self._open = ExitStack()
        self._socket = None

    def __enter__(self):
        from websockets.sync.client import connect

        port = int(self._soon(self._port))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            page = next(each for each in json.load(answer) if each["type"] == "page")
        link = connect(page["webSocketDebuggerUrl"], max_size=None, proxy=None, ping_interval=None)
        self._socket = self._open.enter_context(link)
        for domain in ("Runtime", "Page", "Log"):
            self.ask(f"{domain}.enable")
        return self

    def __exit__(self, *_):
        self._open.close()
        self._process.terminate()
        self._process.wait(20)

    def ask(self, method, **given):
        """One call of the browser's protocol."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": given}))
        while True:
            told = json.loads(self._socket.recv(timeout=60))
            if told.get("id") == number:
                assert "error" not in told, told
                return told["result"]
            self._note(told)

    def open(self, url):
        """Go to an address."""
        self.ask("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def run(self, script):
        """The value of an expression in the page; a promise is waited for."""
        told = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def until(self, script, seconds=15):
        """Wait until an expression holds in the page."""
        return self._soon(lambda: self.run(f"Boolean({script})"), seconds)

    def text(self, selector):
        """The text that a reader sees there."""
        return self.run(f"(document.querySelector({json.dumps(selector)}) || {{}}).innerText")

    def click(self, selector, number=0):
        """Click the first of these (or the one of that number)."""
        self.run(f"document.querySelectorAll({json.dumps(selector)})[{number}].click()")

    def type(self, selector, text):
        """Put the cursor there and type, letter for letter as far as the page can tell."""
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.ask("Input.insertText", text=text)

    def press(self, key):
        """Press a key: Enter, Tab, Escape, ArrowDown."""
        code = {"Enter": 13, "Tab": 9, "Escape": 27, "ArrowDown": 40}[key]
        text = {"Enter": "\r"}.get(key, "")
        named = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.ask("Input.dispatchKeyEvent", type="keyDown", **named, **({"text": text} if text else {}))
        self.ask("Input.dispatchKeyEvent", type="keyUp", **named)

    def shoot(self, path):
        """Take a picture."""
        picture = self.ask("Page.captureScreenshot", format="png")["data"]
        Path(path).write_bytes(base64.b64decode(picture))

    def _note(self, told):
        if told.get("method") in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
            self.told.append(told["params"])

    def _port(self):
        found = self._profile / "DevToolsActivePort"
        return found.read_text().split()[0] if found.exists() and found.read_text().strip() else ""

    def _soon(self, found, seconds=30):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if value := found():
                return value
            time.sleep(0.05)
        raise AssertionError(f"nothing came in {seconds} s; the page said {self.told}")

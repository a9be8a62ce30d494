#!/usr/bin/env python3
"""Opens a report in Chromium by its DevTools protocol and looks at it as a person would (report_in_browser.sh).

    python3 tests/peers/report_in_browser.py out/report.html FOLDER_FOR_SCREENSHOTS
"""
import base64
import json
import os
import subprocess
import sys
import tempfile

WIDTHS = {"wide": 1280, "narrow": 390}


class Failure(Exception):
    pass


def expect(holds, what):
    if not holds:
        raise Failure(what)


class Browser:
    """Messages are JSON that ends with a zero byte, to the browser's descriptor 3 and from its descriptor 4."""

    def __init__(self, profile):
        to_browser, self.out = os.pipe()
        self.into, from_browser = os.pipe()
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                   "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        # The shell moves the pipes to where they are expected.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "bash", *command],
            pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser), os.close(from_browser)
        self.unread, self.number, self.session, self.events = b"", 0, None, []

    def read(self):
        while b"\0" not in self.unread:
            some = os.read(self.into, 1 << 16)
            expect(some, "the browser has left")
            self.unread += some
        message, self.unread = self.unread.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                expect("error" not in answer, f"{method}: {answer.get('error')}")
                return answer["result"]
            self.events.append(answer)

    def value(self, script):
        """Of a script in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        expect("exceptionDetails" not in answer, f"{script}: {answer.get('exceptionDetails')}")
        return answer["result"].get("value")

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.read())

    def told(self, method):
        return [event["params"] for event in self.events if event.get("method") == method]


def look(browser, page, scheme, width, picture):
    browser.events.clear()
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    browser.call("Page.navigate", url=page)
    browser.wait_for("Page.loadEventFired")
    size = browser.value("document.fonts.ready.then(() => ({wide: document.documentElement.scrollWidth,"
                         " tall: document.documentElement.scrollHeight}))")
    shot = browser.call("Page.captureScreenshot", captureBeyondViewport=True, clip={
        "x": 0, "y": 0, "width": width, "height": size["tall"], "scale": 1})
    with open(picture, "wb") as f:
        f.write(base64.b64decode(shot["data"]))

    expect(size["wide"] <= width, f"{picture}: the page is {size['wide']} wide, the window {width}")
    paper = browser.value("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    expect((sum(paper) > 384) == (scheme == "light"), f"{picture}: the page has the colour {paper}")
    small = browser.value("[...document.images].filter(i => !i.complete || !i.naturalWidth).length")
    expect(small == 0, f"{picture}: {small} pictures cannot be seen")
    # The table of worlds, by the column of its head that is clicked; a world that is pointed at, in all diagrams.
    rows = "[...document.querySelectorAll('table.worlds tbody tr')].map(r => parseFloat(r.cells[0].textContent))"
    before = browser.value(rows)
    browser.value("document.querySelector('table.worlds thead th').click()")
    after = browser.value(rows)
    expect(len(before) > 1 and after == sorted(before), f"{picture}: sorted by world: {before}, {after}")
    hot = browser.value("(() => { const row = document.querySelector('table.worlds tbody tr[data-w]');"
                        " row.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}));"
                        " return document.querySelectorAll('svg g.hot').length; })()")
    expect(hot > 0, f"{picture}: pointing at a world shows it nowhere")

    fetched = [r["request"]["url"][:100] for r in browser.told("Network.requestWillBeSent")]
    others = [url for url in fetched if url != page and not url.startswith("data:")]
    expect(page in fetched and not others, f"{picture}: fetches {others}")
    said = browser.told("Log.entryAdded") + browser.told("Runtime.consoleAPICalled") + browser.told(
        "Runtime.exceptionThrown")
    expect(not said, f"{picture}: on the console: {said}")


def main(report, folder):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            target = browser.call("Target.createTarget", url="about:blank")["targetId"]
            browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Network", "Log", "Runtime"):
                browser.call(f"{domain}.enable")
            for scheme in ("light", "dark"):
                for name, width in WIDTHS.items():
                    picture = os.path.join(folder, f"report-{scheme}-{name}.png")
                    look(browser, f"file://{os.path.abspath(report)}", scheme, width, picture)
                    print(f"{picture}: nothing fetched, nothing on the console, nothing sticks out")
        except Failure as failure:
            print(f"report_in_browser: {failure}", file=sys.stderr)
            return 1
        finally:
            browser.process.kill()
            browser.process.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""A browser that people use, driven through its debugging pipe: pages are opened, read, filled in, clicked and
looked at. Where it is not installed a test says so.

    with chromium() as page:
        page.go("https://...")
        page.fill("card_number", "4242 4242 4242 4242")
        page.click("button")
"""
import base64
import contextlib
import fcntl
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import time

PATIENCE = 60
PROGRAM = shutil.which("chromium") or shutil.which("google-chrome")


class Page:
    def __init__(self, to, come):
        self.to, self.come, self.serial, self.rest = to, come, 0, b""
        self.session = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.said = []  # what the page's own console and policy have said
        for domain in ("Page", "Runtime", "Log"):
            self.ask(domain + ".enable")

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.come, 1 << 16)
            assert more, "the browser has ended"
            self.rest += more
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **params):
        self.serial += 1
        message = {"id": self.serial, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            got = self.message()
            if got.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
                self.said.append(got["params"])
            if got.get("id") == self.serial:
                assert "error" not in got, (method, got)
                return got["result"]

    def run(self, script):
        """What a script says, run from outside: the page's own policy forbids scripts."""
        got = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        return got.get("result", {}).get("value") if "exceptionDetails" not in got else None

    def until(self, what, say):
        end = time.monotonic() + PATIENCE
        while True:
            got = what()
            if got:
                return got
            assert time.monotonic() < end, (say, self.address(), self.text())
            time.sleep(0.05)

    def address(self):
        return self.run("location.href")

    def text(self):
        return self.run("document.body ? document.body.innerText : ''") or ""

    def go(self, url):
        got = self.ask("Page.navigate", url=url)
        assert not got.get("errorText"), (url, got)
        self.until(lambda: self.run("document.readyState") == "complete" and self.address() != "about:blank", url)

    def shows(self, *texts):
        self.until(lambda: all(text in self.text() for text in texts), texts)

    def fill(self, name, value):
        self.run(f"document.getElementsByName({json.dumps(name)})[0].value = {json.dumps(value)}")

    def click(self, selector):
        assert self.run(f"(e => e ? (e.click(), true) : false)(document.querySelector({json.dumps(selector)}))"), selector

    def wait_for(self, script):
        """What a promise comes to."""
        got = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in got, got
        return got["result"].get("value")

    def screen(self, width=420, height=800, colours="light", media=""):
        """How wide it is, whether its owner likes it "dark", and whether it is paper ("print")."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 800)
        self.ask("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": colours}])

    def picture(self, path, whole=False, **screen):
        self.screen(**screen)
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))


def nobody():
    """Not as root: the browser would give up its own walls."""
    who = pwd.getpwnam("nobody")
    os.setgid(who.pw_gid)
    os.setuid(who.pw_uid)


@contextlib.contextmanager
def chromium():
    """A page; None where there is no such browser."""
    if not PROGRAM:
        yield None
        return
    folder = tempfile.mkdtemp(prefix="plc-", dir="/tmp")
    os.chmod(folder, 0o777)
    commands, to = os.pipe()
    come, answers = os.pipe()

    def stand():
        """The pipe is at 3 and 4, wherever it was before."""
        high = [fcntl.fcntl(one, fcntl.F_DUPFD, 10) for one in (commands, answers)]
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)
        if os.geteuid() == 0:
            nobody()

    # Certificates of a private authority; walls that a container without user namespaces has not.
    process = subprocess.Popen(
        [PROGRAM, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-extensions", "--disable-background-networking", "--ignore-certificate-errors", f"--user-data-dir={folder}", "about:blank"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=stand, close_fds=False,
        env={"PATH": os.environ.get("PATH", ""), "HOME": folder, "LANG": "C.UTF-8"}, start_new_session=True)
    os.close(commands)
    os.close(answers)
    try:
        yield Page(to, come)
    finally:
        os.close(to)  # it ends when nobody drives it any more
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(come)
        shutil.rmtree(folder, ignore_errors=True)

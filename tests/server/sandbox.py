"""A running partyline-sandbox for tests, a client of its API, and a receiver of webhooks.

    with sandbox() as s:
        status, intent = s.post("/v1/payment_intents", amount=2599, currency="gbp")
"""
import base64
import contextlib
import http.client
import http.server
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse

BUILD = os.environ.get("BUILD", "build/asan")
PATIENCE = 20


def until(what, seconds=PATIENCE):
    """The first true answer of `what`; None when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = what()
        if answer:
            return answer
        time.sleep(0.02)
    return None


def pairs(value, name=""):
    """A nested value as form pairs: {"card": {"moto": True}} -> card[moto]=true."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from pairs(inner, f"{name}[{key}]" if name else key)
    elif isinstance(value, (list, tuple)):
        for i, inner in enumerate(value):
            yield from pairs(inner, f"{name}[{i}]")
    else:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)


class Reply(tuple):
    """(status, decoded body), with the headers beside."""
    headers = {}


class Sandbox:
    def __init__(self, folder, *options):
        self.folder, self.options = folder, options
        self.process = self.port = None

    def start(self, listen="127.0.0.1:0"):
        self.process = subprocess.Popen(
            [os.path.join(BUILD, "partyline-sandbox"), "--dir", self.folder, "--listen", listen, *self.options],
            stdout=subprocess.PIPE, stderr=open(self.folder + ".log", "ab"), text=True)
        line = self.process.stdout.readline()
        if not line.startswith("ready http://"):
            raise RuntimeError("the sandbox did not start: " + open(self.folder + ".log").read())
        self.port = int(line.rsplit(":", 1)[1])
        with open(os.path.join(self.folder, "key"), encoding="ascii") as file:
            self.key = file.read().strip()
        return self

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code

    def request(self, method, path, body=None, headers=None, timeout=PATIENCE):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def call(self, method, path, form=None, key=None, headers=None, timeout=PATIENCE):
        """One request of the API: a Reply."""
        send = {"Authorization": "Basic " + base64.b64encode(f"{self.key}:".encode()).decode()}
        body = None
        if method == "POST":
            send["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode(list(pairs(form or {})))
        elif form:
            path += "?" + urllib.parse.urlencode(list(pairs(form)))
        if key:
            send["Idempotency-Key"] = key
        send.update(headers or {})
        status, got, text = self.request(method, path, body, send, timeout)
        reply = Reply((status, json.loads(text)))
        reply.headers = got
        return reply

    def post(self, path, key=None, headers=None, timeout=PATIENCE, **form):
        return self.call("POST", path, form, key, headers, timeout)

    def get(self, path, **form):
        return self.call("GET", path, form)

    def delete(self, path):
        return self.call("DELETE", path)

    def all(self, path, **form):
        """Every object of a list, oldest first."""
        found, after = [], {}
        while True:
            page = self.get(path, limit=100, **after, **form)[1]
            found += page["data"]
            if not page["has_more"]:
                return found[::-1]
            after = {"starting_after": page["data"][-1]["id"]}

    def pay(self, method="pm_card_visa", amount=1000, key=None, **more):
        return self.post("/v1/payment_intents", key=key, amount=amount, currency="gbp", payment_method=method,
                         confirm=True, **more)

    def fault(self, kind, count=1, path="", **more):
        fault = {"kind": kind, "count": count, **more}
        if path:
            fault["path"] = path
        assert self.post("/sandbox/control", fault=fault)[0] == 200

    def webhooks(self, **what):
        assert self.post("/sandbox/control", webhooks=what)[0] == 200

    def reset(self):
        assert self.post("/sandbox/control", reset=True)[0] == 200


@contextlib.contextmanager
def sandbox(*options):
    folder = tempfile.mkdtemp(prefix="pls-")
    one = Sandbox(os.path.join(folder, "d"), *options)
    try:
        yield one.start()
    finally:
        if one.process and one.process.poll() is None:
            one.stop()
        log = one.folder + ".log"
        text = open(log, errors="replace").read() if os.path.exists(log) else ""
        shutil.rmtree(folder, ignore_errors=True)
        if "Sanitizer" in text or "runtime error" in text:
            raise RuntimeError(text)


class Receiver:
    """A webhook endpoint: keeps (headers, body) of everything that comes; `answers` are the next statuses."""

    def __init__(self):
        self.got, self.answers, self.lock = [], [], threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.lock:
                    outer.got.append((dict(self.headers), body))
                    status = outer.answers.pop(0) if outer.answers else 200
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def events(self):
        with self.lock:
            return [json.loads(body) for _, body in self.got]

    def types(self):
        return [event["type"] for event in self.events()]

    def close(self):
        self.server.shutdown()
        self.server.server_close()

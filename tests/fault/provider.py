"""The payment provider of a trial: what it has written down, read without it, and how it is made to fail."""
import base64
import contextlib
import http.client
import json
import os
import threading
import urllib.parse

# How an answer is lost, and how often each of them is asked for.
FAULTS = ("charged_silent", "charged_silent", "charged_cut", "charged_500", "silent", "429", "500", "slow", "forget")
FORGETS = "/v1/payment_intents$"  # a payment that is made; not what becomes of it


class Journal:
    """The last state of each object in the sandbox's journal: a checksum, a blank, a change as JSON per line."""

    def __init__(self, folder):
        self.objects = {}
        with open(os.path.join(folder, "sandbox/journal"), encoding="utf-8") as file:
            for line in file:
                if not line.endswith("\n"):
                    break
                change = json.loads(line.split(" ", 1)[1])
                for one in change["put"]:
                    self.objects[one["id"]] = one
                for name in change["drop"]:
                    self.objects.pop(name, None)

    def of(self, kind):
        return [one for one in self.objects.values() if one["object"] == kind]


class Trouble(threading.Thread):
    """Every now and then the provider loses an answer, forgets, refuses to work."""

    def __init__(self, s, rng, pause):
        super().__init__(daemon=True)
        self.s, self.rng, self.pause, self.ends, self.asked = s, rng, pause, threading.Event(), 0

    def control(self, form):
        folder = os.path.join(self.s.folder, "sandbox")
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            with open(os.path.join(folder, "key"), encoding="ascii") as file:
                key = file.read().strip()
            with open(os.path.join(folder, "port"), encoding="ascii") as file:
                port = int(file.read())
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
            with contextlib.closing(link):
                link.request("POST", "/sandbox/control", urllib.parse.urlencode(form), {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()})
                return link.getresponse().status == 200
        return False

    def run(self):
        while not self.ends.wait(self.pause * (0.5 + self.rng.random())):
            kind = self.rng.choice(FAULTS)
            path = FORGETS if kind == "forget" else self.rng.choice(("/v1/payment_intents", "/v1/payment_intents", "/v1/refunds"))
            self.asked += self.control({"fault[kind]": kind, "fault[count]": self.rng.randint(1, 3), "fault[path]": path,
                                        "fault[method]": "POST"})

    def calm(self):
        self.ends.set()
        self.join()
        return self.control({"reset": "true"})

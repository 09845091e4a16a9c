"""The bundled payment provider beside a test server, as a test sees it."""
import base64
import contextlib
import http.client
import json
import os
import re
import urllib.parse


class Provider:
    """The sandbox beside the server, as a test sees it."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "sandbox")
        with open(os.path.join(self.folder, "key"), encoding="ascii") as file:
            self.key = file.read().strip()
        with open(os.path.join(self.folder, "port"), encoding="ascii") as file:
            self.port = int(file.read())

    def send(self, method, path, form=None, signed_in=True):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if signed_in:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{self.key}:".encode()).decode()
        with contextlib.closing(link):
            link.request(method, path, urllib.parse.urlencode(form or {}), headers)
            reply = link.getresponse()
            return reply.status, reply.headers, reply.read().decode()

    def call(self, method, path, form=None):
        status, _, text = self.send(method, path, form)
        assert status == 200, (path, status, text)
        return json.loads(text)

    def fault(self, kind, path="", count=1, method="POST"):
        self.call("POST", "/sandbox/control", {"fault[kind]": kind, "fault[count]": count, "fault[path]": path, "fault[method]": method})

    def calm(self):
        self.call("POST", "/sandbox/control", {"reset": "true"})

    def has_failed(self):
        """As often as it was told to."""
        return self.call("GET", "/sandbox/control")["fault"]["count"] == 0

    def intents(self, order):
        """What the provider has of an order, but what was declined."""
        found, after = [], ""
        while True:
            page = self.call("GET", "/v1/payment_intents?limit=100" + after)
            found += [i for i in page["data"] if i["metadata"].get("order") == order and i["status"] != "requires_payment_method"]
            if not page["has_more"]:
                return found
            after = "&starting_after=" + page["data"][-1]["id"]

    def pay(self, url, number="4242424242424242"):
        """The payer's page: the form is filled in and sent; where it leads."""
        path = urllib.parse.urlsplit(url).path
        status, _, page = self.send("GET", path, signed_in=False)
        assert status == 200, page
        form = dict.fromkeys(re.findall(r'<input[^>]* name="([^"]+)"', page), "")
        form.update({k: v for k, v in {"card_number": number, "expiry": "12/34", "cvc": "123", "name": "Ann Payer",
                                               "email": "ann@payer.example"}.items() if k in form})
        return self.send("POST", path, form, signed_in=False)

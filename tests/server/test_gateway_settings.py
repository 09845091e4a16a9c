#!/usr/bin/python3
"""The gateway's settings: the secret key goes nowhere but over a connection that is known to be the provider's;
settings that are wrong make questions wait, and refuse nobody's card; and the process has no other rights."""
import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from desk import Desk, line  # noqa: E402
from served import demo_server, free_port, program, ulid  # noqa: E402

cases = Cases("test_gateway_settings")
PATIENCE = 60


def until(what, why):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = what()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError("never: " + why)


def checked():
    """What --check-config says of a gateway_url."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        conf = os.path.join(folder, "conf")
        for url, key, good in (("https://api.stripe.com", True, True), ("http://127.0.0.1:4242", True, True), ("http://localhost:1", True, True),
                               ("http://[::1]:4242", True, True), ("none", False, True), ("https://api.stripe.com", False, False),
                               ("http://api.stripe.com", True, False), ("http://127.0.0.1.evil.example/", True, False),
                               ("http://127.0.0.1:80@evil.example", True, False), ("https://me:you@evil.example", True, False),
                               ("http://localhost.evil.example", True, False), ("ftp://127.0.0.1/", True, False), ("https://", True, False),
                               ("https://x.example/?a=", True, False), ("", True, False), (None, True, False)):
            with open(conf, "w", encoding="utf-8") as file:
                if url is not None:
                    file.write(f'gateway_url = "{url}"\n')
                if key:
                    file.write('gateway_key_file = "/nowhere/key"\n')
            run = subprocess.run([program("partylined"), "-f", conf, "--embedded", folder, "--check-config"], capture_output=True, text=True, check=False)
            assert run.returncode == (0 if good else 78), (url, key, run.returncode, run.stderr)
            assert good or "gateway_" in run.stderr, run.stderr


@contextlib.contextmanager
def provider(folder):
    """The sandbox behind TLS, with a certificate that an authority of its own has signed."""
    os.makedirs(folder)
    for command in (["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test authority", "-days", "2"],
                    ["req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=localhost"],
                    ["x509", "-req", "-in", "tls.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-out", "tls.pem",
                     "-extfile", "names"]):
        with open(os.path.join(folder, "names"), "w", encoding="ascii") as names:
            names.write("subjectAltName=DNS:localhost\n")
        subprocess.run(["openssl", *command], cwd=folder, capture_output=True, check=True)
    port = free_port()
    process = subprocess.Popen([program("partyline-sandbox"), "--dir", os.path.join(folder, "data"), "--listen", f"127.0.0.1:{port}",
                                "--certificate", os.path.join(folder, "tls.pem"), "--tls-key", os.path.join(folder, "tls.key")],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline().startswith("ready https://")
        with open(os.path.join(folder, "data", "key"), encoding="ascii") as key:
            yield port, key.read().strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


class Office(Desk):
    def __init__(self, s, folder, port):
        super().__init__(s)
        self.conf, self.folder, self.port = os.path.join(os.path.dirname(s.folder), "conf"), folder, port
        self.log = os.path.join(os.path.dirname(s.folder), "stderr")

    def settings(self, url, key, ca):
        with open(os.path.join(self.folder, "key"), "w", encoding="ascii") as file:
            file.write(key + "\n")
        os.chmod(os.path.join(self.folder, "key"), 0o644)
        with open(self.conf, "w", encoding="utf-8") as file:
            file.write(f'gateway_url = "{url}"\ngateway_key_file = "{self.folder}/key"\n' + (f'gateway_ca_file = "{self.folder}/ca.pem"\n' if ca else ""))

    def reload(self):
        before = self.gateway()
        self.s.process.send_signal(signal.SIGHUP)
        until(lambda: self.gateway() not in (None, before), "another gateway")

    def gateway(self):
        """Its process, as its connection to the database tells."""
        with open(self.log, encoding="utf-8") as file:
            started = re.findall(r"worker_started what=gateway slot=\d+ pid=(\d+)", file.read())
        return int(started[-1]) if started else None

    def asked(self):
        return self.s.psql("SELECT tries || ' ' || coalesce(outcome ->> 'outcome', '') FROM gateway_task ORDER BY id DESC LIMIT 1")

    def comes_to(self, number, state):
        def there():
            self.s.psql("UPDATE gateway_task SET not_before = now() WHERE state = 'waiting'")
            return self.s.psql(f"SELECT payment_state FROM orders WHERE number = '{number}'") == state
        until(there, f"{number} is {state}: {self.asked()}")


def wrong_and_right(d, key):
    order = d.place([line(d.s.ids["skus"][0], 1)], note=ulid())
    status, _, got = d.call("POST", f"/orders/{order['number']}/payments", {"tenders": [{"kind": "link", "amount": order["total"]}]},
                            {"Idempotency-Key": ulid()}, "B-02")
    assert status == 200, got
    until(lambda: int(d.asked().split()[0]) > 1, "asked twice")
    assert d.asked().split()[1] == "later" and d.s.psql("SELECT payment_state FROM orders ORDER BY id DESC LIMIT 1") == "authorising"
    # Its authority is known now; but the key is wrong.
    d.settings(f"https://localhost:{d.port}", "sk_test_wrong", ca=True)
    d.reload()
    with open(d.log, encoding="utf-8") as log:
        assert "key_refused" not in log.read(), "nothing was asked of whom nobody knows"

    def refused():
        d.s.psql("UPDATE gateway_task SET not_before = now() WHERE state = 'waiting'")
        with open(d.log, encoding="utf-8") as log:
            return re.search(r" error gateway_asked .*outcome=later code=key_refused", log.read())
    until(refused, "the key is refused, loudly")
    # The name in the certificate is another.
    d.settings(f"https://127.0.0.1:{d.port}", key, ca=True)
    d.reload()
    tries = int(d.asked().split()[0])

    def again():
        d.s.psql("UPDATE gateway_task SET not_before = now() WHERE state = 'waiting'")
        return int(d.asked().split()[0]) > tries + 1
    until(again, "asked by another name")
    assert d.asked().split()[1] == "later"
    # What cannot be used is not taken: the old settings stay.
    with open(d.conf, "w", encoding="utf-8") as file:
        file.write(f'gateway_url = "http://provider.example"\ngateway_key_file = "{d.folder}/key"\n')
    d.s.process.send_signal(signal.SIGHUP)

    def kept():
        with open(d.log, encoding="utf-8") as log:
            return "gateway_url must begin with https" in log.read()
    until(kept, "refused")
    d.settings(f"https://localhost:{d.port}", key, ca=True)
    d.reload()

    def made():
        d.s.psql("UPDATE gateway_task SET not_before = now() WHERE state = 'waiting'")
        return next((p["url"] for p in d.read(order["number"])["payments"] if p["url"]), None)
    assert until(made, "a link").startswith(f"https://127.0.0.1:{d.port}/")
    with open(d.log, encoding="utf-8") as log:
        text = log.read()
    assert key not in text and "sk_test_wrong" not in text
    d.clean()


def no_other_rights(d):
    """The process signs in to the database as itself, and listens nowhere."""
    rows = d.s.psql("SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'partyline' AND query ~ 'gateway_(take|result|stand)'")
    assert rows == "partyline_gateway", rows
    inodes = set()
    for name in os.listdir(f"/proc/{d.gateway()}/fd"):
        with contextlib.suppress(OSError):
            found = re.match(r"socket:\[(\d+)\]", os.readlink(f"/proc/{d.gateway()}/fd/{name}"))
            inodes |= {found[1]} if found else set()
    listening = set()
    for table in ("tcp", "tcp6"):
        with open("/proc/net/" + table, encoding="ascii") as file:
            listening |= {row.split()[9] for row in file.readlines()[1:] if row.split()[3] == "0A"}
    assert inodes and not inodes & listening, inodes & listening


def main():
    cases.run("a gateway_url is checked", checked)
    with tempfile.TemporaryDirectory(prefix="gw-", dir="/tmp") as parent:
        os.chmod(parent, 0o755)
        folder = os.path.join(parent, "provider")
        with provider(folder) as (port, key):
            with open(os.path.join(folder, "key"), "w", encoding="ascii") as file:
                file.write(key + "\n")
            os.chmod(os.path.join(folder, "key"), 0o644)
            settings = f'gateway_url = "https://localhost:{port}"\ngateway_key_file = "{folder}/key"\n'
            with demo_server(settings=settings) as s:
                d = Office(s, folder, port)
                cases.run("whom nobody knows is told nothing; what is wrong waits until it is right", wrong_and_right, d, key)
                cases.run("the gateway may do nothing else", no_other_rights, d)
                cases.check("a company with a provider of its own has no sandbox", not os.path.exists(os.path.join(s.folder, "sandbox")))
    cases.end()


main()

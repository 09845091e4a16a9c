"""A running server for tests: the small demonstration company on a free port, in a temporary folder.

    with demo_server() as s:
        s.ids                                   # what `partylinectl demo --json` prints
        status, headers, body = s.call("GET", "/api/v1/items/40216", token=s.token())
"""
import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

BUILD = os.environ.get("BUILD", "build/asan")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PASSWORD = "partyline-demo"


def free_port():
    """A port below 32768 (never one that the kernel gives to outgoing connections)."""
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def ulid():
    stamp = int(time.time() * 1000)
    value = (stamp << 80) | random.getrandbits(80)
    return "".join(CROCKFORD[(value >> (5 * i)) & 31] for i in range(25, -1, -1))


def program(name):
    return os.path.join(BUILD, name)


class Server:
    def __init__(self, process, folder, port):
        self.process, self.folder, self.port = process, folder, port
        self.context = ssl.create_default_context(cafile=os.path.join(folder, "ca.pem"))
        self.tokens, self.ids = {}, {}

    def call(self, method, path, body=None, token=None, headers=None, raw=None):
        """One request on a connection of its own: (status, headers, decoded body or text)."""
        send = dict(headers or {})
        if token:
            send["Authorization"] = "Bearer " + token
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        if data is not None:
            send.setdefault("Content-Type", "application/json")
        link = http.client.HTTPSConnection("localhost", self.port, context=self.context, timeout=60)
        try:
            link.request(method, path, data, send)
            reply = link.getresponse()
            text = reply.read().decode()
        finally:
            link.close()
        kind = reply.headers.get("Content-Type", "")
        return reply.status, reply.headers, json.loads(text) if "json" in kind else text

    def token(self, login="CC-07", password=PASSWORD):
        """Signs in once per login."""
        if login not in self.tokens:
            status, _, body = self.call("POST", "/api/v1/sessions", {"login": login, "password": password})
            assert status == 201, (status, body)
            self.tokens[login] = body["token"]
        return self.tokens[login]

    def port_is_free(self):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
                return True
            except OSError:
                return False

    def ctl(self, *arguments, check=True):
        return subprocess.run([program("partylinectl"), "--embedded", self.folder, *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=check)

    def psql(self, sql):
        """As the owner of the private cluster; unaligned text."""
        run = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", os.path.join(self.folder, "run"), "-p", "5432",
                              "-U", "partyline", "-d", "partyline", "-c", sql],
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if run.returncode:
            raise RuntimeError(run.stderr.strip())
        return run.stdout.rstrip("\n")


@contextlib.contextmanager
def demo_server(*options, scale=0, settings='gateway_url = "none"\n'):
    """`settings`: its configuration file; without it the server brings its own payment provider."""
    folder = tempfile.mkdtemp(prefix="pl-", dir="/tmp")
    os.chmod(folder, 0o755)
    with open(os.path.join(folder, "conf"), "w", encoding="utf-8") as conf:
        conf.write(settings)
    port = free_port()
    log = open(os.path.join(folder, "stderr"), "w+", encoding="utf-8")
    process = subprocess.Popen(
        [program("partylined"), "-f", os.path.join(folder, "conf"), "--embedded", os.path.join(folder, "data"), "--demo", "--demo-scale", str(scale),
         "--listen", f"127.0.0.1:{port}", *options],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        for line in process.stdout:
            if line.startswith("ready "):
                break
        else:
            log.seek(0)
            raise RuntimeError("the server did not start: " + log.read())
        server = Server(process, os.path.join(folder, "data"), port)
        server.ids = json.loads(server.ctl("demo", "--json").stdout)
        yield server
    except BaseException:
        log.seek(0)
        print("".join(log.readlines()[-40:]))
        raise
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stdout.close()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)

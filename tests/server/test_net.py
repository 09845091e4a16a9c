#!/usr/bin/python3
"""server/net through the wire: strict framing, deadlines, TLS, workers, reloads and drains.

Runs build/V/tests/server/net_echo (BUILD names the build folder, default build/asan). Python's
standard library only. Ends with `test_net: N passed, N failed`."""
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

BUILD = os.environ.get("BUILD", "build/asan")
PROGRAM = os.path.join(BUILD, "tests/server/net_echo")
DEADLINE_MS = 1000
LINGER_MS = 500
PATIENCE = 10  # seconds that a test waits before it calls something a hang
TESTS = []
warnings.simplefilter("ignore", DeprecationWarning)  # old TLS is asked for on purpose


def test(function):
    TESTS.append(function)
    return function


def free_port():
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def until(condition, seconds, what):
    """Polls: what other processes do has no event to wait for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds} s")


class Server:
    def __init__(self, workers=2, deadline=DEADLINE_MS, linger=LINGER_MS, folder=None, env=None):
        self.own_folder = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="test_net.")
        self.port = free_port()
        self.log = open(os.path.join(self.folder, "log"), "a+b")
        self.process = subprocess.Popen(
            [PROGRAM, f"127.0.0.1:{self.port}", self.folder, str(workers), str(deadline),
             str(linger)],
            stdout=subprocess.PIPE, stderr=self.log, env=dict(os.environ, **(env or {})))
        self.ready_line = self.process.stdout.readline().decode().split()

    def __enter__(self):
        assert self.ready_line[:2] == ["ready", f"127.0.0.1:{self.port}"], self.log_text()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            code = self.process.wait(PATIENCE)
            assert code == 0, f"exit code {code}\n{self.log_text()}"
        self.process.stdout.close()
        text = self.log_text()
        self.log.close()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        for word in ("Sanitizer", "runtime error", "BUG:", "Assertion"):
            assert word not in text, text

    def log_text(self):
        self.log.seek(0)
        return self.log.read().decode()

    def context(self):
        context = ssl.create_default_context(cafile=os.path.join(self.folder, "ca.pem"))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    def tls(self, context=None):
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        try:
            return (context or self.context()).wrap_socket(raw, server_hostname="localhost")
        except BaseException:
            raw.close()
            raise

    def client(self):
        return http.client.HTTPSConnection("localhost", self.port, timeout=PATIENCE,
                                           context=self.context())

    def get(self, path, method="GET", body=None, headers=None):
        client = self.client()
        try:
            client.request(method, path, body, headers or {})
            reply = client.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            client.close()

    def metric(self, name):
        text = self.get("/metrics")[2].decode()
        return int(re.search(rf"^partyline_{name} (\d+)$", text, re.M).group(1))

    def workers(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as f:
            return [int(pid) for pid in f.read().split()]


def read_all(sock):
    data = b""
    try:
        while True:
            piece = sock.recv(65536)
            if not piece:
                return data
            data += piece
    except (ConnectionResetError, ssl.SSLEOFError):
        return data


def exchange(server, data, pieces=1, close=False):
    """Sends bytes, returns all that comes back until the server closes."""
    with server.tls() as sock:
        step = max(1, -(-len(data) // pieces))
        for at in range(0, len(data), step):
            sock.sendall(data[at:at + step])
        if close:
            sock.unwrap()
        return read_all(sock)


def codes(answer):
    return [int(code) for code in re.findall(rb"HTTP/1\.[01] (\d\d\d) ", answer)]


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as f:
        return f.read().rsplit(")", 1)[1].split()[0] != "Z"


# ---- requests and replies ---------------------------------------------------------------------


@test
def keeps_a_connection_and_echoes(server):
    client = server.client()
    client.connect()
    assert client.sock.version() in ("TLSv1.2", "TLSv1.3")
    sock = client.sock
    for i in range(20):
        body = b"x" * (i * 997)
        client.request("POST", f"/echo/a%20b%C3%A9?q=x+y%26{i}&z", body, {"X-Test": "t"})
        reply = client.getresponse()
        said = json.loads(reply.read())
        assert reply.status == 200 and client.sock is sock
        assert said["path"] == "/echo/a bé" and said["q"] == f"x y&{i}", said
        assert said["body"] == len(body) and said["header"] == "t" and said["peer"] == "127.0.0.1"
        assert re.fullmatch("[0-9a-f]{16}", said["id"]) and reply.headers["X-Request-Id"] == said["id"]
    client.close()


@test
def every_reply_carries_the_security_headers(server):
    bad = exchange(server, b"GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n").decode()
    for headers in (server.get("/echo")[1], server.get("/nothing")[1],
                    http.client.parse_headers(__import__("io").BytesIO(bad.split("\r\n", 1)[1].encode()))):
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert re.fullmatch("[0-9a-f]{16}", headers["X-Request-Id"])
        assert headers["Content-Length"] and headers["Date"]
        assert len(headers.keys()) == len({key.lower() for key in headers.keys()})


@test
def answers_head_without_a_body_and_204_without_a_length(server):
    client = server.client()
    for method, path, length in (("HEAD", "/json", "200"), ("GET", "/none", None),
                                 ("GET", "/json", "200")):
        client.request(method, path)
        reply = client.getresponse()
        body = reply.read()
        assert reply.headers["Content-Length"] == length
        assert len(body) == (200 if (method, path) == ("GET", "/json") else 0)
    client.close()


@test
def reads_chunks_continues_and_pipelines_in_any_pieces(server):
    chunked = (b"POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: Chunked\r\n\r\n"
               b"5\r\nhello\r\nB\r\n, \0ld world\r\n0\r\n\r\n")
    last = b"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    post = b"POST /echo?q=2 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
    for pieces in (1, 2, 7, 10000):
        answer = exchange(server, chunked + post + last, pieces)
        assert codes(answer) == [200, 200, 200], answer
        assert b'"body":16' in answer and b'"q":"2"' in answer
    assert codes(exchange(server, post + b"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n")) == [200, 400]
    with server.tls() as sock:
        sock.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                     b"Content-Length: 4\r\nConnection: close\r\n\r\n")
        assert sock.recv(1000).startswith(b"HTTP/1.1 100 ")
        sock.sendall(b"body")
        assert codes(read_all(sock)) == [200]


REFUSED = [
    ("two lengths", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
    ("a list of lengths", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na", 400),
    ("a signed length", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na", 400),
    ("a length in words", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: one\r\n\r\na", 400),
    ("an endless length", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n", 400),
    ("length and coding", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("two codings", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("an odd coding", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
    ("a hidden coding", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n", 400),
    ("a blank before the colon", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 1\r\n\r\na", 400),
    ("coding in 1.0", b"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("a chunk extension", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\na\r\n0\r\n\r\n", 400),
    ("a chunk size with 0x", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n", 400),
    ("a negative chunk", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n", 400),
    ("a trailer", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n", 400),
    ("a chunk longer than it says", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 400),
    ("a HEAD with a body", b"HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na", 400),
    ("no host", b"GET / HTTP/1.1\r\nA: b\r\n\r\n", 400),
    ("two hosts", b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400),
    ("a bad host", b"GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400),
    ("an empty host", b"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
    ("an unknown method", b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    ("OPTIONS", b"OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    ("TRACE", b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    ("CONNECT", b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    ("a small method", b"get / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    ("HTTP/2's preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 405),
    ("no method", b" / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("an empty line first", b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("NUL in a header", b"GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 400),
    ("NUL in the target", b"GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("a control byte in a header", b"GET / HTTP/1.1\r\nHost: x\r\nA: b\x1bc\r\n\r\n", 400),
    ("DEL in a header", b"GET / HTTP/1.1\r\nHost: x\r\nA: b\x7fc\r\n\r\n", 400),
    ("a byte above 127 in a header", b"GET / HTTP/1.1\r\nHost: x\r\nA: b\xc3\xa9\r\n\r\n", 400),
    ("a bare CR", b"GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", 400),
    ("a bare LF in the line", b"GET / HTTP/1.1\nHost: x\r\n\r\n", 400),
    ("a bare LF in a header", b"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400),
    ("a bare LF at the end", b"GET / HTTP/1.1\r\nHost: x\r\n\n", 400),
    ("a folded header", b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400),
    ("a header without a colon", b"GET / HTTP/1.1\r\nHost: x\r\nAbc\r\n\r\n", 400),
    ("a header without a name", b"GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n", 400),
    ("an absolute target", b"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("an authority", b"GET //x/y HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("a star", b"GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("a relative target", b"GET echo HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("a fragment", b"GET /echo#a HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("two blanks", b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("no version", b"GET /\r\n\r\n", 400),
    ("another version", b"GET / HTTP/1.2\r\nHost: x\r\n\r\n", 400),
    ("HTTP/0.9's way", b"GET / HTTP/0.9\r\n\r\n", 400),
    ("a broken escape", b"GET /a%2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
    ("an encoded NUL", b"GET /a%00b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
    ("an encoded line end", b"GET /a%0ab HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
    ("a path that is not UTF-8", b"GET /a%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
    ("another expectation", b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\na", 400),
    ("a long line", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 413),
    ("a long header", b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 9000 + b"\r\n\r\n", 413),
    ("many headers", b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 2000 + b"\r\n", 413),
    ("a large body", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n", 413),
    ("a large body sent", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n" + b"b" * 5000000, 413),
    ("a large body asked for", b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 200000\r\n\r\n", 413),
    ("a large chunk", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n186A1\r\n", 413),
    ("many chunks", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"FFFF\r\n" + b"c" * 0xFFFF + b"\r\n") * 2, 413),
]


@test
def refuses_what_could_be_read_in_two_ways(server):
    wrong = []
    for name, data, code in REFUSED:
        for pieces in (1, 2, 50):
            begin = time.monotonic()
            answer = exchange(server, data, pieces)
            head, _, body = answer.partition(b"\r\n\r\n")
            fine = (codes(answer) == [code] and b"application/problem+json" in head and
                    json.loads(body)["status"] == code and
                    json.loads(body)["type"].startswith("https://partyline.example/problems/"))
            if not fine or time.monotonic() - begin > 3:
                wrong.append((name, pieces, answer[:300], time.monotonic() - begin))
    assert not wrong, wrong


@test
def never_takes_a_refused_request_for_two(server):
    # What a lenient reader would take for a second request must not be answered.
    for name, data, code in REFUSED:
        smuggled = data + b"GET /echo?smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
        if b"Connection: close" not in data and len(data) < 4000:
            assert codes(exchange(server, smuggled)) == [code], name


@test
def believes_only_its_own_proxy(server):
    asked = {"X-Forwarded-For": "6.6.6.6, 10.1.2.3", "X-Request-Id": "0123456789abcdef-77"}
    said = json.loads(server.get("/echo", headers=asked)[2])
    assert said["peer"] == "127.0.0.1" and said["id"] != asked["X-Request-Id"]
    with Server(env={"NET_ECHO_PROXY": "1"}) as behind:
        said = json.loads(behind.get("/echo", headers=asked)[2])
        assert said["peer"] == "10.1.2.3" and said["id"] == asked["X-Request-Id"], said
        for bad in ("unknown", "1.2.3.4\t,x", ""):
            said = json.loads(behind.get("/echo", headers={"X-Forwarded-For": bad})[2])
            assert said["peer"] == "127.0.0.1", said


# ---- slow, broken and hostile clients -----------------------------------------------------------


def seconds_until_closed(sock, trickle):
    begin = time.monotonic()
    sock.settimeout(0.1)
    while time.monotonic() - begin < PATIENCE:
        try:
            if trickle:
                sock.sendall(trickle)
            if not sock.recv(1000):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - begin


@test
def cuts_slow_requests_at_the_deadline(server):
    for begin, trickle in ((b"GET / HTTP/1.1\r\nHost: x\r\n", b"A: b\r\n"), (b"G", b""),
                           (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", b"a"),
                           (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                            b"1\r\na\r\n")):
        with server.tls() as sock:
            sock.sendall(begin)
            took = seconds_until_closed(sock, trickle)
            assert 0.7 < took < 2.5, (begin, took)


@test
def cuts_slow_handshakes_and_slow_readers(server):
    failures = server.metric("tls_failures_total")
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.sendall(b"\x16\x03\x01\x02\x00\x01")
        took = seconds_until_closed(sock, b"")
        assert 0.7 < took < 2.5, took
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        took = seconds_until_closed(sock, b"")
        assert took < 2.5, took
    counted = server.metric("tls_failures_total") - failures
    assert counted == 2, counted
    with server.tls() as sock:
        sock.sendall(b"GET /big?n=50000000 HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: server.metric("connections") == 1, 4, "the slow reader is cut")
        got = len(read_all(sock))
        assert got < 50000000, got


@test
def keeps_an_idle_connection_longer_than_the_deadline(server):
    client = server.client()
    client.connect()
    sock = client.sock
    for _ in range(2):
        time.sleep(1.5 * DEADLINE_MS / 1000)
        client.request("GET", "/json")
        assert client.getresponse().read()[:1] == b"{" and client.sock is sock
    client.close()


@test
def survives_clients_that_leave_before_the_reply(server):
    pids = sorted(server.workers())
    for i in range(20):
        with server.tls() as sock:
            sock.sendall(b"GET /slow?ms=300 HTTP/1.1\r\nHost: x\r\n\r\n")
            if i % 2:  # reset instead of a close
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    slow = server.get("/slow?ms=400")
    assert slow[0] == 200 and slow[1]["X-Slow"] == "yes"
    until(lambda: server.metric("connections") == 1, 3, "the gauge of connections")
    assert sorted(server.workers()) == pids


@test
def closes_connections_above_the_limit_and_goes_on(_):
    with Server(workers=1, deadline=5000) as server:
        socks = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(520)]
        closed = 0
        for sock in socks:
            sock.settimeout(0.02 if closed else 0.005)
            try:
                closed += sock.recv(1) == b""
            except TimeoutError:
                pass
            except ConnectionResetError:
                closed += 1
        assert closed == 20, closed
        for sock in socks:
            sock.close()
        assert until(lambda: server.get("/json")[0] == 200, 3, "room again")


@test
def waits_quietly_when_it_has_no_descriptors(_):
    with Server(workers=1, deadline=8000) as server:
        pid = server.workers()[0]
        subprocess.run(["prlimit", f"--pid={pid}", "--nofile=40:40"], check=True)
        socks = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(60)]
        until(lambda: "accept_failed" in server.log_text(), 3, "accept fails")
        before = sum(map(int, open(f"/proc/{pid}/stat").read().split()[13:15]))
        time.sleep(1)
        used = sum(map(int, open(f"/proc/{pid}/stat").read().split()[13:15])) - before
        assert used < 30, f"{used} of 100 ticks"
        for sock in socks:
            sock.close()
        assert server.get("/json")[0] == 200


# ---- TLS ----------------------------------------------------------------------------------------


@test
def speaks_only_good_tls(server):
    def offered(change):
        context = server.context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        change(context)
        with server.tls(context) as sock:
            return sock.version(), sock.cipher()[0]

    def at_most(version):
        def change(context):
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = version
        return change

    def only(ciphers):
        def change(context):
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(ciphers + ":@SECLEVEL=0")
        return change

    assert offered(lambda context: None)[0] == "TLSv1.3"
    assert offered(at_most(ssl.TLSVersion.TLSv1_2))[0] == "TLSv1.2"
    assert offered(only("ECDHE-ECDSA-AES128-GCM-SHA256"))[1] == "ECDHE-ECDSA-AES128-GCM-SHA256"
    for bad in (at_most(ssl.TLSVersion.TLSv1_1), only("ECDHE-ECDSA-AES128-SHA"),
                only("ECDHE-ECDSA-AES256-SHA384"), only("AES128-GCM-SHA256")):
        try:
            raise AssertionError(offered(bad))
        except (ssl.SSLError, ConnectionResetError):
            pass
    bare = ssl.create_default_context()
    try:
        server.tls(bare)
        raise AssertionError("trusted without the CA")
    except ssl.SSLCertVerificationError:
        pass


@test
def does_not_renegotiate(server):
    result = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_2", "-quiet",
         "-no_ign_eof"], input=b"R\n", capture_output=True, timeout=PATIENCE)
    assert b"renegotiation" in result.stderr or b"alert" in result.stderr, result.stderr


@test
def makes_its_private_ca_once(_):
    folder = tempfile.mkdtemp(prefix="test_net.")

    def contents():
        return {name: open(os.path.join(folder, name), "rb").read()
                for name in ("ca.pem", "ca.key", "server.pem", "server.key")}

    try:
        with Server(folder=folder):
            first = contents()
            assert os.stat(os.path.join(folder, "ca.key")).st_mode & 0o777 == 0o600
            assert os.stat(os.path.join(folder, "server.key")).st_mode & 0o777 == 0o600
        with Server(folder=folder):
            assert contents() == first
        # An interrupted run: a new key beside the old certificate.
        shutil.copy(os.path.join(folder, "ca.key"), os.path.join(folder, "server.key"))
        with Server(folder=folder) as server:
            second = contents()
            assert second["ca.pem"] == first["ca.pem"] and second["server.pem"] != first["server.pem"]
            assert server.get("/json")[0] == 200
        os.unlink(os.path.join(folder, "ca.key"))
        with Server(folder=folder) as server:  # not needed until the certificate must be renewed
            assert server.get("/json")[0] == 200
        os.unlink(os.path.join(folder, "server.pem"))
        failed = subprocess.run([PROGRAM, "127.0.0.1:0", folder, "1", "1", "1"],
                                capture_output=True, timeout=PATIENCE)
        assert failed.returncode == 1 and b"ca.key is missing" in failed.stderr, failed
    finally:
        shutil.rmtree(folder)


# ---- processes ----------------------------------------------------------------------------------


class Load:
    """Threads of keep-alive clients. A request has failed when it was sent on an established
    connection and not answered with 200; `refused` counts connections that could not be made."""

    def __init__(self, server, threads=8):
        self.server, self.failed, self.refused, self.done = server, [], 0, 0
        self.running = True
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run) for _ in range(threads)]
        for thread in self.threads:
            thread.start()

    def note(self, failed=None, refused=0, done=0):
        with self.lock:
            self.done += done
            self.refused += refused
            if failed:
                self.failed.append(failed)

    def run(self):
        context = self.server.context()
        while self.running:
            client = http.client.HTTPSConnection("localhost", self.server.port, timeout=PATIENCE,
                                                 context=context)
            try:
                client.connect()
            except OSError:
                self.note(refused=1)
                time.sleep(0.02)
                continue
            self.requests(client)
            client.close()

    def requests(self, client):
        while self.running and client.sock:
            try:
                client.request("POST", "/echo", b"b" * 500)
                reply = client.getresponse()
                reply.read()
                self.note(done=1, failed=None if reply.status == 200 else reply.status)
            except (OSError, http.client.HTTPException) as error:
                self.note(failed=repr(error))
                return

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join(PATIENCE)
        return self


@test
def reloads_under_load_without_a_failed_request(_):
    with Server() as server:
        load = Load(server)
        for _ in range(5):
            before = server.workers()
            server.process.send_signal(signal.SIGHUP)
            until(lambda: not set(before) & set(server.workers()) and len(server.workers()) == 2,
                  PATIENCE, "new workers")
            done = load.done
            until(lambda: load.done > done + 20, PATIENCE, "the load goes on")
        load.stop()
        assert not load.failed and not load.refused, (load.failed, load.refused)
        assert server.metric("worker_starts_total") == 12
        assert server.metric("connections") == 1


@test
def stops_under_load_without_a_failed_request(_):
    with Server() as server:
        load = Load(server)
        until(lambda: load.done > 200, PATIENCE, "load")
        with server.tls() as slow:
            slow.sendall(b"GET /slow?ms=1200 HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.1)
            server.process.send_signal(signal.SIGTERM)
            answer = read_all(slow)
            assert codes(answer) == [200] and b"Connection: close" in answer, answer
        assert server.process.wait(PATIENCE) == 0
        load.stop()
        assert not load.failed and load.refused, load.failed
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", server.port))
            again.listen()


@test
def keeps_what_runs_when_a_reload_fails(_):
    with Server() as server:
        before = sorted(server.workers())
        pem = os.path.join(server.folder, "server.pem")
        good = open(pem).read()
        os.unlink(pem)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: "reload_refused" in server.log_text(), 3, "refused")
        with open(pem, "w") as f:
            f.write("no certificate")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: "workers_cannot_live" in server.log_text(), 8, "given up")
        until(lambda: sorted(server.workers()) == before, 3, "the old workers")
        assert server.get("/json")[0] == 200
        with open(pem, "w") as f:
            f.write(good)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: len(server.workers()) == 2 and not set(before) & set(server.workers()),
              5, "new workers")
        assert server.get("/json")[0] == 200


@test
def goes_on_trying_while_workers_are_killed(_):
    """Whoever kills them, before they are ready: that is no sign that they cannot live."""
    with Server() as server:
        pem = os.path.join(server.folder, "server.pem")
        os.rename(pem, pem + ".good")
        os.mkfifo(pem)  # who reads it waits: nobody gets ready
        dead = set()

        def others():
            found = set(server.workers())
            return found if len(found) == 2 and not found & dead else None

        for _ in range(4):
            for pid in until(others, PATIENCE, "new workers"):
                os.kill(pid, signal.SIGKILL)
                dead.add(pid)
        until(others, PATIENCE, "new workers")
        os.rename(pem + ".good", pem)
        for pid in server.workers():
            os.kill(pid, signal.SIGKILL)
        until(lambda: server.process.poll() is not None or server.get("/json")[0] == 200, 2 * PATIENCE, "answers")
        assert server.process.poll() is None, server.log_text()


@test
def gives_up_when_no_worker_can_live(_):
    folder = tempfile.mkdtemp(prefix="test_net.")
    try:
        with Server(folder=folder) as server:
            os.unlink(os.path.join(folder, "server.pem"))
            open(os.path.join(folder, "server.pem"), "w").close()
            for pid in server.workers():
                os.kill(pid, signal.SIGKILL)
            assert server.process.wait(PATIENCE * 2) == 1
            assert "certificate" in server.log_text()
    finally:
        shutil.rmtree(folder)


@test
def replaces_a_killed_worker(_):
    with Server() as server:
        for _ in range(3):
            before = server.workers()
            os.kill(before[0], signal.SIGKILL)
            until(lambda: before[0] not in server.workers() and len(server.workers()) == 2, 3,
                  "replaced")
            assert server.get("/json")[0] == 200
        time.sleep(0.3)
        assert server.metric("connections") == 1  # the dead left no gauge behind
        load = Load(server, 2)
        try:
            server.get("/abort")
        except OSError:
            pass
        until(lambda: len(server.workers()) == 2, 3, "replaced")
        load.stop()


@test
def a_killed_parent_leaves_nothing_behind(_):
    with Server() as server:
        pids = server.workers()
        load = Load(server, 4)
        idle = server.tls()
        until(lambda: load.done > 50, PATIENCE, "load")
        server.process.kill()
        server.process.wait()

        def port_is_free():
            with socket.socket() as again:
                again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    again.bind(("127.0.0.1", server.port))
                    again.listen()
                    return True
                except OSError:
                    return False

        until(port_is_free, 2, "the port is free")
        until(lambda: not any(alive(pid) for pid in pids), 3, "the workers have gone")
        load.stop()
        idle.close()
        assert not load.failed, load.failed


@test
def takes_the_socket_that_systemd_passes(_):
    folder = tempfile.mkdtemp(prefix="test_net.")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))
        listener.listen()
        port = listener.getsockname()[1]
        script = (f"exec 3<&{listener.fileno()}; LISTEN_FDS=1 LISTEN_PID=$$ exec {PROGRAM} "
                  f"127.0.0.1:1 {folder} 1 1000 100")
        process = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, pass_fds=[listener.fileno()])
    try:
        assert process.stdout.readline().split()[1] == f"127.0.0.1:{port}".encode()
        context = ssl.create_default_context(cafile=os.path.join(folder, "ca.pem"))
        client = http.client.HTTPSConnection("localhost", port, timeout=PATIENCE, context=context)
        client.request("GET", "/json")
        assert client.getresponse().status == 200
        client.close()
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0
        process.stdout.close()
        shutil.rmtree(folder)


@test
def listens_where_it_is_told(_):
    folder = tempfile.mkdtemp(prefix="test_net.")

    def start(address):
        process = subprocess.Popen([PROGRAM, address, folder, "1", "1000", "100"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = process.stdout.readline().decode().split()
        process.terminate()
        error = process.communicate(timeout=PATIENCE)[1].decode()
        return (line[1] if line else None), process.returncode, error

    try:
        for address, pattern in (("127.0.0.1:0", r"127\.0\.0\.1:\d\d+"),
                                 ("localhost:0", r"localhost:\d\d+"),
                                 ("0.0.0.0:0", r"127\.0\.0\.1:\d\d+"),
                                 ("[::1]:0", r"\[::1\]:\d\d+")):
            actual, code, error = start(address)
            if address == "[::1]:0" and "Cannot assign" in error:
                continue  # no IPv6 here
            assert actual and re.fullmatch(pattern, actual) and code == 0, (address, actual, error)
        for address in ("8443", "::1:8443", "127.0.0.1:", ":1", "127.0.0.1:99999x", "[::1:80",
                        "no-such-host.invalid:1"):
            actual, code, error = start(address)
            assert actual is None and code == 1 and error.count("\n") == 1, (address, actual, error)
    finally:
        shutil.rmtree(folder)


def main():
    wanted = sys.argv[1:]
    passed = failed = 0
    common = Server()
    with common:
        for function in TESTS:
            if wanted and function.__name__ not in wanted:
                continue
            try:
                function(common)
                passed += 1
            except Exception as error:  # a test's failure must not end the run
                failed += 1
                print(f"test_net: {function.__name__} failed: {type(error).__name__}: {error}",
                      flush=True)
    print(f"test_net: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

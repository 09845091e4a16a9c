"""One who listens to an event stream, as a client does that knows nothing but the bytes."""
import contextlib
import json
import socket
import time

PATIENCE = 20


class Listener:
    """`watch` as the API takes it. Events come as (event, data, id)."""

    def __init__(self, server, watch, token=None, last=None, query="", buffer=None):
        plain = socket.socket()
        if buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        plain.connect(("127.0.0.1", server.port))
        self.link = server.context.wrap_socket(plain, server_hostname="localhost")
        self.text, self.body, self.over, self.id = b"", b"", False, last
        lines = [f"GET /api/v1/events?watch={watch}{query} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token or server.token()}"]
        lines += [f"Last-Event-ID: {last}"] if last else []
        self.link.sendall("\r\n".join([*lines, "", ""]).encode())
        while b"\r\n\r\n" not in self.text:
            self.more(time.monotonic() + PATIENCE)
        head, self.text = self.text.split(b"\r\n\r\n", 1)
        first, *rest = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
        if self.headers.get("transfer-encoding") == "chunked":
            self.chunks()

    def more(self, until):
        """Reads on; TimeoutError when nothing comes."""
        self.link.settimeout(max(until - time.monotonic(), 0.01))
        try:
            data = self.link.recv(65536)
        except (ConnectionError, OSError) as why:
            if isinstance(why, TimeoutError):
                raise
            data = b""
        self.over = self.over or not data
        self.text += data
        if self.over and b"\r\n\r\n" not in self.text and not hasattr(self, "status"):
            raise ConnectionError("no answer")

    def chunks(self):
        while b"\r\n" in self.text:
            size, rest = self.text.split(b"\r\n", 1)
            n = int(size, 16)
            if len(rest) < n + 2:
                return
            self.body += rest[:n]
            self.text = rest[n + 2:]
            if n == 0:
                self.over = True
                return

    def next(self, patience=PATIENCE):
        """The next event; None when the stream is over. Comments are not told."""
        until = time.monotonic() + patience
        while True:
            while b"\n\n" in self.body:
                block, self.body = self.body.split(b"\n\n", 1)
                found = dict(line.split(": ", 1) for line in block.decode().split("\n") if not line.startswith(":"))
                self.id = found.get("id", self.id)
                if "event" in found:
                    return found["event"], json.loads(found["data"]), found.get("id")
            if self.over:
                return None
            self.more(until)
            self.chunks()

    def until(self, what):
        """The first event of which it is true; what came before it is passed over."""
        while True:
            event = self.next()
            assert event, "the stream is over"
            if what(*event[:2]):
                return event

    def all(self, n):
        return [self.next() for _ in range(n)]

    def close(self):
        with contextlib.suppress(OSError):
            self.link.close()

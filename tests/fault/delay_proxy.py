#!/usr/bin/python3
"""A bad link: passes TCP on, late and not always. What goes through is not looked into.

    with delay_proxy(server.port, rtt=0.5, drop=0.01, seed=7) as link:
        connect to 127.0.0.1:link.port
    link.figures        # what was done to the connections, once it is closed

By hand: delay_proxy.py '{"to": 8443, "rtt": 0.5}' prints its port, and its figures when stdin ends."""
import asyncio
import collections
import contextlib
import json
import os
import random
import socket
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from served import free_port  # noqa: E402

# Each way takes rtt/2 seconds, and up to `jitter` more; bytes never overtake each other. Whatever the
# client sends after a pause (a request, mostly) is with the chance `drop` the last that is meant to
# be answered: within the following round trip the connection is reset at both ends, or,
# with the chance `half` among these, only the way back is closed and the way there stays open.
# `bandwidth`: bytes a second, each way; 0: no limit.
DEFAULTS = {"to": 0, "rtt": 0.0, "jitter": 0.0, "drop": 0.0, "half": 0.0, "bandwidth": 0, "seed": 1}
CHUNK = 65536
AHEAD = 4 * CHUNK  # what one way holds back before it stops reading
LINGER_NOT = struct.pack("ii", 1, 0)


class Way(asyncio.Protocol):
    """One end of a connection; what it reads goes to the other end later."""

    def __init__(self, link, is_client):
        self.link, self.is_client, self.transport = link, is_client, None
        self.due, self.held, self.ended, self.passed_on = 0.0, 0, False, False
        self.queue = collections.deque()  # (moment, function, arguments): timers of one moment keep no order

    def connection_made(self, transport):
        self.transport = transport
        if self.is_client:  # the kernel has answered at once: its round trip comes first
            self.due = asyncio.get_running_loop().time() + self.link.setting["rtt"] * 1.5
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def when(self, size):
        """The moment at which `size` bytes read now come out at the other end."""
        setting, now = self.link.setting, asyncio.get_running_loop().time()
        at = now + setting["rtt"] / 2
        if setting["jitter"]:
            at += self.link.rng.random() * setting["jitter"]
        if setting["bandwidth"]:
            at = max(at, self.due) + size / setting["bandwidth"]
        self.due = max(at, self.due)
        return self.due

    def later(self, size, function, *arguments):
        self.queue.append((self.when(size), function, arguments))
        if len(self.queue) == 1:
            asyncio.get_running_loop().call_at(self.due, self.run)

    def run(self):
        loop = asyncio.get_running_loop()
        while self.queue and self.queue[0][0] <= loop.time():
            _, function, arguments = self.queue.popleft()
            function(*arguments)
        if self.queue:
            loop.call_at(self.queue[0][0], self.run)

    def data_received(self, data):
        if self.is_client:
            self.link.asked()
        self.held += len(data)
        if self.held > AHEAD:
            self.transport.pause_reading()
        self.later(len(data), self.give, data)

    def give(self, data):
        self.held -= len(data)
        if self.held <= AHEAD and not self.ended:
            with contextlib.suppress(RuntimeError):
                self.transport.resume_reading()
        self.link.give(self, data)

    def eof_received(self):
        self.ended = True
        self.later(0, self.link.end, self)
        return True  # the other way stays open

    def connection_lost(self, exc):
        self.ended = True
        if exc is not None:
            self.later(0, self.link.reset)


class Link:
    """The two ends of one connection."""

    def __init__(self, setting, rng, figures):
        self.setting, self.rng, self.figures = setting, rng, figures
        self.client, self.server = Way(self, True), Way(self, False)
        self.open, self.doomed, self.silent, self.last_asked = True, False, False, 0.0
        self.early = []  # what the client sent before the server was reached
        figures["connections"] += 1

    async def reach(self):
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self.setting["rtt"])
        try:
            await loop.create_connection(lambda: self.server, "127.0.0.1", self.setting["to"])
        except OSError:
            self.reset()
            return
        if not self.open:  # reset meanwhile
            self.server.transport.abort()
            return
        for data in self.early:
            self.server.transport.write(data)

    def asked(self):
        """The client sends; after a pause that is a request of its own, which may be the last."""
        loop = asyncio.get_running_loop()
        pause, self.last_asked = loop.time() - self.last_asked, loop.time()
        if pause < 0.002 or self.doomed:
            return
        self.figures["requests"] += 1
        if self.rng.random() >= self.setting["drop"]:
            return
        self.doomed = True
        how = self.half_close if self.rng.random() < self.setting["half"] else self.drop
        loop.call_later(self.rng.random() * (self.setting["rtt"] + 0.002), how)

    def give(self, way, data):
        other = self.server if way is self.client else self.client
        if other is self.client and self.silent:
            return
        self.figures["up" if way is self.client else "down"] += len(data)
        if other.transport is None:
            self.early.append(data)
        elif self.open and not other.transport.is_closing():
            other.transport.write(data)

    def end(self, way):
        other = self.server if way is self.client else self.client
        if self.open and other.transport and not other.transport.is_closing():
            with contextlib.suppress(OSError, RuntimeError):
                other.transport.write_eof()
        way.passed_on = True
        if self.client.passed_on and self.server.passed_on:
            self.close()

    def half_close(self):
        if self.open and not self.silent and not self.client.transport.is_closing():
            self.figures["half_closed"] += 1
            self.silent = True
            with contextlib.suppress(OSError, RuntimeError):
                self.client.transport.write_eof()

    def drop(self):
        if self.open:
            self.figures["dropped"] += 1
            self.reset()

    def reset(self):
        """Both ends are told by RST."""
        if not self.open:
            return
        self.open = False
        for way in (self.client, self.server):
            if way.transport:
                with contextlib.suppress(OSError):
                    way.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
                way.transport.abort()

    def close(self):
        self.open = False
        for way in (self.client, self.server):
            if way.transport:
                way.transport.close()


async def serve(setting):
    rng = random.Random(setting["seed"])
    figures = {"connections": 0, "requests": 0, "dropped": 0, "half_closed": 0, "up": 0, "down": 0}
    loop, port, kept = asyncio.get_running_loop(), free_port(), set()

    def accept():
        link = Link(setting, rng, figures)
        task = loop.create_task(link.reach())
        kept.add(task)
        task.add_done_callback(kept.discard)
        return link.client

    server = await loop.create_server(accept, "127.0.0.1", port, backlog=1024)
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()
    print(json.dumps(figures), flush=True)


class Proxy:
    """A proxy in a process of its own."""

    def __init__(self, to, **setting):
        self.figures = None
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), json.dumps({"to": to, **setting})],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        said = self.process.stdout.read()
        self.process.wait(30)
        self.process.stdout.close()
        self.figures = json.loads(said)


@contextlib.contextmanager
def delay_proxy(to, **setting):
    proxy = Proxy(to, **setting)
    try:
        yield proxy
    finally:
        proxy.close()


if __name__ == "__main__":
    asyncio.run(serve({**DEFAULTS, **json.loads(sys.argv[1])}))

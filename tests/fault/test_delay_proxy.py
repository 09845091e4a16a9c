#!/usr/bin/python3
"""The bad link of delay_proxy.py does what it says: late, in order, cut off, closed by halves."""
import contextlib
import os
import random
import socket
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
sys.dont_write_bytecode = True
from cases import Cases  # noqa: E402
from delay_proxy import delay_proxy  # noqa: E402

cases = Cases("test_delay_proxy")


class Echo:
    """Answers each connection with what it says, until that ends; knows how each ended."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.ends = self.socket.getsockname()[1], []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.serve, args=(self.socket.accept()[0],), daemon=True).start()

    def serve(self, link):
        try:
            while data := link.recv(65536):
                link.sendall(data)
            self.ends.append("end")
        except OSError as error:
            self.ends.append(type(error).__name__)
        link.close()


def connect(port):
    link = socket.create_connection(("127.0.0.1", port), timeout=30)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def take(link, n):
    data = b""
    while len(data) < n and (more := link.recv(n - len(data))):
        data += more
    return data


def passes_all(echo):
    """A megabyte there and back is the same megabyte, and an end is an end."""
    payload = random.Random(1).randbytes(1 << 20)
    with delay_proxy(echo.port, rtt=0.02, jitter=0.01) as proxy:
        link = connect(proxy.port)
        sender = threading.Thread(target=lambda: (link.sendall(payload), link.shutdown(socket.SHUT_WR)))
        sender.start()
        back = take(link, len(payload) + 1)
        sender.join()
    cases.check("what goes through a late link comes out unchanged, in order, and ends", back == payload, len(back))
    cases.equal("both ways are counted", (proxy.figures["up"], proxy.figures["down"]), (1 << 20, 1 << 20))


def is_late(echo):
    """Connecting and the first answer take two round trips, the next ones a single one."""
    with delay_proxy(echo.port, rtt=0.2) as proxy:
        begun = time.monotonic()
        link = connect(proxy.port)
        took = []
        for _ in range(3):
            link.sendall(b"x")
            take(link, 1)
            took.append(time.monotonic() - begun)
            begun = time.monotonic()
        link.close()
    cases.check("no answer comes before its round trips", took[0] >= 0.4 and min(took[1:]) >= 0.2, took)


def is_narrow(echo):
    with delay_proxy(echo.port, bandwidth=200_000) as proxy:
        link, begun = connect(proxy.port), time.monotonic()
        sender = threading.Thread(target=link.sendall, args=(bytes(40_000),))
        sender.start()
        take(link, 40_000)
        took = time.monotonic() - begun
        sender.join()
        link.close()
    cases.check("40 kB at 200 kB/s take 0.2 s", took >= 0.2, took)


def exchanges(port, n):
    """How `n` exchanges ended, each on a connection of its own."""
    ends = []
    for _ in range(n):
        with contextlib.closing(connect(port)) as link:
            try:
                link.sendall(b"x" * 100)
                ends.append("answered" if len(take(link, 100)) == 100 else "closed")
            except OSError as error:
                ends.append(type(error).__name__)
    return ends


def drops(echo):
    with delay_proxy(echo.port, rtt=0.004, drop=0.25, seed=3) as proxy:
        ends = exchanges(proxy.port, 200)
    cases.check("a quarter is dropped, by reset", 25 <= ends.count("ConnectionResetError") <= 60 and
                set(ends) <= {"answered", "ConnectionResetError"}, {end: ends.count(end) for end in set(ends)})
    cases.check("all the others are answered", ends.count("answered") >= 140, ends.count("answered"))


def closes_by_halves(echo):
    before = len(echo.ends)
    with delay_proxy(echo.port, rtt=0.05, drop=1, half=1, seed=5) as proxy:
        ends = exchanges(proxy.port, 12)
    cases.check("the way back is closed without reset", "closed" in ends and set(ends) <= {"answered", "closed"}, ends)
    cases.check("and the server's end sees no reset", "ConnectionResetError" not in echo.ends[before:], echo.ends[before:])
    cases.check("it is counted", proxy.figures["half_closed"] >= ends.count("closed"), proxy.figures)


def main():
    echo = Echo()
    for sentence, function in [("a link passes all", passes_all), ("a link is late", is_late),
                               ("a link is narrow", is_narrow), ("a link drops", drops),
                               ("a link closes by halves", closes_by_halves)]:
        cases.run(sentence, function, echo)
    echo.socket.close()
    cases.end()


main()

"""The real client on a pseudo terminal of ours, without anything between: what it is sent and what it
draws, byte by byte. For measuring, and for many clients at once; driver.py (tmux) is for looking."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from served import program  # noqa: E402

F9 = b"\033[20~"
SCREENS = ("HOME", "ORDER", "REVIEW", "FIND", "STOCK", "PLACED")


class Gone(Exception):
    """The client has ended."""


class Reader:
    """Follows on a pyte.Screen what is drawn; with what xterm can do and pyte does not know: a character
    that is repeated (b), and rows that are scrolled up (S) and down (T)."""
    unknown = re.compile(rb"\033\[(\d*)([bST])")
    unfinished = re.compile(rb"\033(\[[0-9;?]*)?$")

    def __init__(self, screen):
        import pyte  # slow to load, and most of many clients are not looked at
        self.screen, self.stream = screen, pyte.ByteStream(screen)
        self.rest, self.last = b"", b""

    def plain(self, data):
        self.stream.feed(data)
        self.last = data[-1:] or self.last

    def scroll(self, downwards, rows):
        screen = self.screen
        at, top = (screen.cursor.y, screen.cursor.x), screen.margins.top if screen.margins else 0
        screen.cursor.y = top
        (screen.insert_lines if downwards else screen.delete_lines)(rows)
        screen.cursor.y, screen.cursor.x = at

    def feed(self, data):
        data = self.rest + data
        cut = self.unfinished.search(data)
        whole = cut.start() if cut else len(data)
        data, self.rest = data[:whole], data[whole:]
        done = 0
        for found in self.unknown.finditer(data):
            self.plain(data[done:found.start()])
            done, count = found.end(), int(found[1] or 1)
            if found[2] == b"b":
                self.plain(self.last * count)
            else:
                self.scroll(found[2] == b"T", count)
        self.plain(data[done:])


class PtyClient:
    """`screen`: a pyte.Screen that follows what is drawn, or None for a client nobody looks at."""

    def __init__(self, url, ca, user, screen=None, cols=80, rows=24, options=(), **env):
        self.received, self.screen, self.stream = 0, screen, None
        if screen is not None:
            self.stream = Reader(screen)
        command = [program("partyline"), "--server", url, "--ca", ca, "--user", user, *options]
        env = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent",
               "TZ": "UTC", **{name: os.environ[name] for name in os.environ if name.endswith("SAN_OPTIONS")}, **env}
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                os.execve(command[0], command, env)
            finally:
                os._exit(127)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        os.set_blocking(self.fd, False)

    def send(self, data):
        """All of it, reading what is drawn meanwhile: neither side may wait for the other."""
        while data:
            try:
                data = data[os.write(self.fd, data):]
            except BlockingIOError:
                self.read(0.05)

    def read(self, seconds):
        """What comes within so many seconds, and when it came; b"" for nothing."""
        if not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return b"", time.perf_counter()
        at = time.perf_counter()
        try:
            data = os.read(self.fd, 65536)
        except BlockingIOError:
            return b"", at
        except OSError:
            raise Gone(self.ended()) from None
        self.received += len(data)
        if self.stream:
            self.stream.feed(data)
        return data, at

    def wait(self, what, seconds=20):
        """Until the screen holds the text, or `what` says so of it; when that was drawn."""
        end = time.monotonic() + seconds
        shows = what if callable(what) else lambda screen: any(what in row for row in screen.display)
        at = time.perf_counter()
        while not shows(self.screen):
            if time.monotonic() > end:
                raise TimeoutError("waited for %r on\n%s" % (what, "\n".join(self.screen.display)))
            _, at = self.read(0.2)
        return at

    def settle(self, seconds=0.2):
        """Until nothing more is drawn for so long."""
        while self.read(seconds)[0]:
            pass

    def sign_on(self, password, seconds=20):
        self.wait("Password")
        self.send(b"\x15" + password.encode() + b"\r")
        self.wait("My drafts", seconds)

    def high_water_kb(self):
        with open(f"/proc/{self.pid}/status", encoding="utf-8") as file:
            return int(next(line for line in file if line.startswith("VmHWM")).split()[1])

    def ended(self):
        """Its exit code, or minus the signal; None while it runs."""
        if self.pid:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid, self.status = 0, os.waitstatus_to_exitcode(status)
        return self.status if not self.pid else None

    def close(self, seconds=20):
        """Hangs up; the exit code."""
        os.close(self.fd)
        end = time.monotonic() + seconds
        while self.ended() is None:
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                _, status = os.waitpid(self.pid, 0)
                self.pid, self.status = 0, os.waitstatus_to_exitcode(status)
            time.sleep(0.005)
        return self.status

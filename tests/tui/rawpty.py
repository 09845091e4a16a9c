"""The real client on a pty of our own: what it sends is kept byte by byte (`Pane.sent`) and drawn by
pyte, a terminal in Python. For what tmux would hide: the bytes on the wire, keys split in the middle,
hostile text, cells and their attributes. Everything is awaited, never slept for."""
import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import tempfile
import termios
import time
import unicodedata

import pyte
from wcwidth import wcwidth

from driver import PROGRAM, WAIT, Failed, sanitizers


class Screen(pyte.Screen):
    """pyte forgets the rest of a text behind a mark of class 0, as U+20E3 is; terminals go on."""
    def draw(self, data):
        super().draw("".join(c for c in data if wcwidth(c) != 0 or unicodedata.combining(c)))


class Pane:
    def __init__(self, world, args=(), cols=80, rows=24, term="xterm-256color", env=None, program=None):
        command = [program or PROGRAM, "--server", world["server"], *args]
        if world.get("ca"):
            command += ["--ca", world["ca"]]
        self.world = world
        self.state = tempfile.mkdtemp(prefix="pl-state-", dir="/tmp")  # its journal
        setting = {"PATH": os.environ["PATH"], "TERM": term, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
                   "HOME": "/nonexistent", "XDG_STATE_HOME": self.state, "TZ": "UTC", **sanitizers(), **(env or {})}
        self.sent = b""
        self.screen = Screen(cols, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.code = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                os.execve(command[0], command, setting)
            finally:
                os._exit(127)
        self.size(cols, rows)

    def size(self, cols, rows):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def resize(self, cols, rows):
        self.screen.resize(rows, cols)
        self.size(cols, rows)
        os.kill(self.pid, signal.SIGWINCH)

    def write(self, data):
        os.write(self.fd, data if isinstance(data, bytes) else data.encode())

    def pump(self, seconds=0.0):
        """Takes what has come; waits for the first byte at most so long. False at the end."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        self.sent += data
        self.stream.feed(data)
        return bool(data)

    def pause(self, seconds):
        """A gap between two keys, which is what the test is about."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and self.pump(left):
            pass

    def until(self, done, what):
        """Waits for what is shown, or for anything else, while it is drawn."""
        deadline = time.monotonic() + WAIT
        while not done():
            left = deadline - time.monotonic()
            if left < 0 or not self.pump(min(left, 0.1)) and not done():
                raise Failed("waited for %s on\n%s" % (what() if callable(what) else what, "\n".join(self.rows())))
        return self

    def wait(self, *texts, absent=()):
        def done():
            shown = "\n".join(self.rows())
            return all(t.search(shown) if hasattr(t, "search") else t in shown for t in texts) and \
                not any(t in shown for t in absent)
        return self.until(done, "%r without %r" % (texts, absent))

    def rows(self):
        return [row.rstrip() for row in self.screen.display]

    def cursor(self):
        """(row, column), from 1."""
        return self.screen.cursor.y + 1, self.screen.cursor.x + 1

    def row(self, n):
        """Row n, from 1; negative ones from the end. Cheaper than all of them."""
        line = self.screen.buffer[n - 1 if n > 0 else self.screen.lines + n]
        return "".join(line[x].data for x in range(self.screen.columns)).rstrip()

    def entry(self):
        """What stands in the entry line, the last but one."""
        return self.row(-2)[2:].split("  ")[0]

    def quiet(self, seconds):
        """The bytes that come within so long."""
        before = len(self.sent)
        self.pause(seconds)
        return self.sent[before:]

    def sign_on(self, world):
        self.wait("Password")
        self.write(world["password"] + "\r")
        self.wait("My drafts", absent=["signing on"])
        return self

    def line(self, text):
        self.write(text + "\r")
        return self

    def wait_end(self):
        while self.pump(WAIT):
            pass
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code

    def close(self):
        """Hangs up; the errors of sanitizers came to the same terminal."""
        if self.code is None:
            os.kill(self.pid, signal.SIGHUP)
            self.wait_end()
        os.close(self.fd)
        shutil.rmtree(self.state, ignore_errors=True)
        if b"ERROR: AddressSanitizer" in self.sent or b"runtime error" in self.sent:
            raise Failed("the client's errors:\n%s" % self.sent[-4000:].decode(errors="replace"))

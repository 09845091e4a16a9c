"""Drives the real client in tmux: keys in, screen out. Waits for what is to appear, never for time;
a wait that fails shows the screen."""
import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time

SOCKET = "partyline-test-%d" % os.getpid()
WAIT = float(os.environ.get("SCREEN_WAIT", "20"))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build/asan"))
PROGRAM = os.path.join(BUILD, "partyline")


states = []  # folders of the clients' journals
ending = []  # (pid, file of its errors) of clients whose terminal is gone


class Failed(Exception):
    pass


def until(happens, say, seconds=WAIT):
    """Waits until it does, and gives what that was. For everything that is not on the screen: what a server
    has stored, files, processes. `say` tells what is wrong otherwise, now or when called."""
    deadline = time.monotonic() + seconds
    while not (found := happens()):
        if time.monotonic() > deadline:
            raise Failed(say() if callable(say) else say)
        time.sleep(0.01)
    return found


def tmux(*args):
    done = subprocess.run(["tmux", "-L", SOCKET, "-f", "/dev/null", *args], capture_output=True, text=True)
    if done.returncode:
        raise Failed("tmux %s: %s" % (args[0], done.stderr.strip()))
    return done.stdout


def begin():
    """The server of all panes, which would end with the last of them."""
    tmux("new-session", "-d", "-s", "keep", "exec sleep 100000", ";", "set", "-g", "status", "off", ";",
         "set", "-sg", "escape-time", "0")
    while "keep" not in subprocess.run(["tmux", "-L", SOCKET, "ls"], capture_output=True, text=True).stdout:
        time.sleep(0.01)


def end():
    subprocess.run(["tmux", "-L", SOCKET, "kill-server"], capture_output=True)
    said = [errors_after(*one) for one in ending]
    ending.clear()
    while states:
        shutil.rmtree(states.pop(), ignore_errors=True)
    if any(said):
        raise Failed("the clients' errors:\n" + "".join(said))


def end_of(pid):
    """Waits for the end of a client whose terminal is gone. The SIGCONT of a hang-up can take away the
    SIGSTOP with which the leak check of AddressSanitizer begins, and both would wait for ever: then it
    is killed, with the process that checks it."""
    deadline = time.monotonic() + WAIT
    while os.path.exists("/proc/%d" % pid):
        if time.monotonic() > deadline:
            checkers = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
            for one in [*map(int, checkers), pid]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
            return
        time.sleep(0.01)


def errors_after(pid, path):
    """What the sanitizers had to say at the end of that client; "" for nothing."""
    end_of(pid)
    with open(path, errors="replace") as file:
        errors = file.read()[:4000]
    os.unlink(path)
    return errors if "ERROR: " in errors or "runtime error" in errors else ""


def sanitizers():
    """Without the search for leaks at the end: when the terminal goes away, the helper process of that
    search goes with it, and the client would wait for it for ever, at full speed."""
    return {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0",
            "UBSAN_OPTIONS": os.environ.get("UBSAN_OPTIONS", "")}


class Client:
    """One client in one pane. `keys` counts what was pressed."""
    count = 0

    def __init__(self, world, args=(), cols=80, rows=24, term="xterm-256color", env=None, program=None):
        Client.count += 1
        self.name = "c%d" % Client.count
        self.keys = 0
        command = [program or PROGRAM, "--server", world["server"], *args]
        if world.get("ca"):
            command += ["--ca", world["ca"]]
        # locale, home and colours are the test's own
        states.append(tempfile.mkdtemp(prefix="pl-state-", dir="/tmp"))  # its journal; `env` may name another
        setting = {"TERM": term, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "TZ": "UTC",
                   "XDG_STATE_HOME": states[-1], "NO_COLOR": "", "PARTYLINE_SERVER": "", "PARTYLINE_CA": "",
                   **sanitizers(), **(env or {})}
        shell = "env %s %s 2>%s" % (
            " ".join(k + "=" + shlex.quote(v) for k, v in setting.items()),
            " ".join(map(shlex.quote, command)), shlex.quote(self.errors_path()))
        tmux("new-session", "-d", "-s", self.name, "-x", str(cols), "-y", str(rows),
             "%s; printf '\\r\\nended %%d\\r\\n' $?; exec sleep 1000" % shell)
        self.resize(cols, rows)

    def errors_path(self):
        return "/tmp/%s-%s.err" % (SOCKET, self.name)

    def resize(self, cols, rows):
        tmux("resize-window", "-t", self.name, "-x", str(cols), "-y", str(rows))

    def screen(self):
        return tmux("capture-pane", "-p", "-t", self.name)

    def screen_escaped(self):
        """With colours and attributes."""
        return tmux("capture-pane", "-e", "-p", "-t", self.name)

    def row(self, n):
        """Row n, counted from 1; negative ones from the end."""
        rows = self.screen().split("\n")[:-1]
        return rows[n - 1] if n > 0 else rows[n]

    def cursor(self):
        """(row, column), from 1."""
        x, y = tmux("display", "-p", "-t", self.name, "#{cursor_x} #{cursor_y}").split()
        return int(y) + 1, int(x) + 1

    def cursor_at(self, row, column):
        """Waits for it; drawing comes in pieces."""
        until(lambda: self.cursor() == (row, column), lambda: "the cursor is at %d %d, not at %d %d\n%s" % (
            *self.cursor(), row, column, self.screen()))

    def wait(self, *texts, absent=()):
        """Until all texts are on the screen and the absent ones are not; a text may be a compiled
        pattern."""
        deadline = time.monotonic() + WAIT
        while True:
            screen = self.screen()
            missing = [t for t in texts if not (t.search(screen) if hasattr(t, "search") else t in screen)]
            extra = [t for t in absent if t in screen]
            if not missing and not extra:
                return screen
            if time.monotonic() > deadline:
                raise Failed("waited for %s%s on\n%s\n%s" % (
                    missing, ", for %s to go," % extra if extra else "", screen, self.errors()))
            time.sleep(0.01)

    def errors(self):
        with open(self.errors_path(), errors="replace") as file:
            return file.read()[:4000]

    # ---- keys
    def type(self, text):
        """Characters, each a key."""
        self.keys += len(text)
        tmux("send-keys", "-t", self.name, "-l", text)

    def press(self, *names):
        """Keys by tmux's names: F9, Enter, Up."""
        self.keys += len(names)
        tmux("send-keys", "-t", self.name, *names)

    def line(self, text):
        self.type(text)
        self.press("Enter")

    def bytes(self, data):
        tmux("send-keys", "-t", self.name, "-H", *["%02x" % b for b in data])

    def shell(self):
        return int(tmux("display", "-p", "-t", self.name, "#{pane_pid}"))

    def pid(self):
        return int(subprocess.run(["pgrep", "-P", str(self.shell())], capture_output=True, text=True).stdout.split()[0])

    def sign_on(self, world):
        self.wait("Operator", "Password")
        self.type(world["password"])
        self.press("Enter")
        self.wait("My drafts")
        self.wait("My drafts", absent=["  ..\n"])
        return self

    def close(self):
        """The terminal goes away; what the client then says is looked at in the end()."""
        with contextlib.suppress(IndexError):
            ending.append((self.pid(), self.errors_path()))
        tmux("kill-session", "-t", self.name)


def masked(screen, world):
    """What differs from run to run, by # of the same width; no blanks at ends of rows."""
    def hashes(found):
        return re.sub(r"\w", "#", found.group(0))
    screen = screen.replace(world["server"], "SERVER")
    screen = re.sub(r"\d\d:\d\d(?=  (ok|LOST|--|SIGN IN))", hashes, screen)
    screen = re.sub(r"(?:(?<=ok )|(?<=LOST )|(?<=SIGN IN ))\s*\d+ms", lambda m: "#".rjust(len(m.group(0)) - 2) + "ms", screen)
    screen = re.sub(r"(?<=placed )\d+", hashes, screen)
    screen = re.sub(r"(?<=tail )\d+\.\d(?= s)", "#.#", screen)
    return "\n".join(row.rstrip() for row in screen.split("\n")).rstrip() + "\n"


def settled(look):
    """What it looks like once it has not changed for a while."""
    seen = [look()]
    while len(seen) < 10 or len(set(seen[-10:])) > 1:
        time.sleep(0.05)
        seen.append(look())
    return seen[-1]


def compare(look, name):
    """Waits until it looks as in golden/NAME.txt; UPDATE_GOLDEN=1 writes what it settles on."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden", name + ".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(settled(look))
        return
    with open(path) as file:
        want = file.read()
    until(lambda: look() == want, lambda: "golden/%s.txt differs (UPDATE_GOLDEN=1 takes the new one)\n--- want\n%s--- have\n%s" % (
        name, want, look()))


def golden(client, world, name):
    """The screen and the cursor are, or become, those of golden/NAME.txt."""
    compare(lambda: masked(client.screen(), world) + "cursor %d %d\n" % client.cursor(), name)

"""A server under trial: started in a folder of its own, killed and started again; its processes are
found by who started them, and only those are ever signalled."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import psycopg2

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from served import Server, free_port, program  # noqa: E402

# So that what was started is stopped when the test itself is asked to end.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

START_S = 120   # with the demonstration company of scale 1 to be loaded first


def wait_for(what, seconds, condition, pause=0.005):
    """The condition's first true value; an exception that says what did not come."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise RuntimeError(f"waited {seconds} s for {what}")
        time.sleep(pause)


def _stat(pid):
    """(name, state, parent) of a process, None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return None
    name, rest = text[text.index("(") + 1:].rsplit(")", 1)
    fields = rest.split()
    return name, fields[0], int(fields[1])


def alive(pid):
    stat = _stat(pid)
    return stat is not None and stat[1] not in "ZX"


def children(pid, name=None):
    found = []
    for entry in os.listdir("/proc"):
        stat = _stat(entry) if entry.isdigit() else None
        if stat and stat[2] == pid and stat[1] not in "ZX" and (not name or stat[0] == name):
            found.append(int(entry))
    return found


def command_line(pid):
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
            return file.read()
    return ""


def listening(port):
    """The listening socket of a port, as /proc/PID/fd names it; None where nobody listens."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError), open(table, encoding="ascii") as file:
            for fields in map(str.split, file):
                if fields[3] == "0A" and fields[1].endswith(f":{port:04X}"):
                    return f"socket:[{fields[9]}]"
    return None


def holds(pid, what):
    """Whether the process has that file open."""
    folder = f"/proc/{pid}/fd"
    with contextlib.suppress(OSError):
        for entry in os.listdir(folder):
            with contextlib.suppress(OSError):
                if os.readlink(f"{folder}/{entry}") == what:
                    return True
    return False


def postmaster_of(folder):
    try:
        with open(os.path.join(folder, "pg/postmaster.pid"), encoding="utf-8") as file:
            pid = int(file.readline())
        return pid if os.readlink(f"/proc/{pid}/cwd") == os.path.join(folder, "pg") else 0
    except (OSError, ValueError):
        return 0


def kill_all(pids):
    """SIGKILL to each; returns when all have vanished."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_for(f"processes {pids} to vanish", 30, lambda: not any(alive(pid) for pid in pids))


class Service(Server):
    """An embedded server with the demonstration company in `folder`/data."""

    def __init__(self, folder, *options, scale=0, conf=None):
        self.home, self.scale, self.starts = folder, scale, 0
        self.conf = os.path.join(folder, "partyline.conf")
        with open(self.conf, "w", encoding="utf-8") as file:
            file.write(conf or "")
        self.command = [program("partylined"), "-f", self.conf, "--embedded", os.path.join(folder, "data"),
                        "--demo", "--demo-scale", str(scale), *options]
        port = free_port()
        self.command += ["--listen", f"127.0.0.1:{port}"]
        process = self.start()
        super().__init__(process, os.path.join(folder, "data"), port)
        self.pid = process.pid

    def start(self, command=None, **more):
        """Starts it and waits until it is ready; the process."""
        self.starts += 1
        out = os.path.join(self.home, f"out-{self.starts}")
        with open(out, "wb") as stdout, open(os.path.join(self.home, "log"), "ab") as log:
            process = subprocess.Popen(command or self.command, stdin=subprocess.DEVNULL, stdout=stdout,
                                       stderr=log, start_new_session=True, **more)

        def ready():
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode}:\n{self.last_words()}")
            with open(out, encoding="utf-8") as said:
                return "\nready " in "\n" + said.read()
        try:
            wait_for("the server to be ready", START_S * max(self.scale, 1), ready)
        except BaseException:
            process.terminate()  # so that it stops its PostgreSQL, too
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
            process.kill()
            process.wait()
            raise
        self.process, self.pid = process, process.pid
        return process

    def last_words(self, lines=8):
        with open(os.path.join(self.home, "log"), encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-lines:])

    def _children(self, serves):
        socket = listening(self.port)
        return [pid for pid in children(self.pid, "partylined") if holds(pid, socket) == serves]

    def workers(self):
        """Who answers requests."""
        return self._children(True)

    def gateway(self):
        """Who asks the payment provider: it serves nobody."""
        return self._children(False)

    def sandbox(self):
        """The payment provider that the demonstration company brings."""
        return children(self.pid, "partyline-sandb")  # as much of a name as the kernel keeps

    def kill_parent(self):
        """The parent alone; its workers notice by themselves."""
        self.process.kill()
        self.process.wait()

    def postmaster(self):
        """Process id of the running PostgreSQL, 0 when there is none."""
        return postmaster_of(self.folder)

    def backends(self):
        """PostgreSQL's processes that serve a connection."""
        return [pid for pid in children(self.postmaster() or -1) if "[local]" in command_line(pid)]

    def connect(self):
        link = psycopg2.connect(self.conninfo())
        link.autocommit = True
        return link

    def conninfo(self):
        return f"host={self.folder}/run port=5432 user=partyline dbname=partyline"

    def query(self, sql, *values):
        """Rows; as the owner of the database."""
        with contextlib.closing(self.connect()) as link, link.cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def load_command(self, mode, *options):
        return [program("tests/bench/load"), "--port", str(self.port), "--ca", os.path.join(self.folder, "ca.pem"),
                "--token", self.token(), *[str(o) for o in options], mode]

    def load(self, mode, *options):
        """Runs the load driver to its end; its figures."""
        done = subprocess.run(self.load_command(mode, *options), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=600, check=False)
        if not done.stdout.strip():
            raise RuntimeError(f"load {mode}: {done.stderr}")
        if done.stderr:
            print(done.stderr.rstrip())
        return json.loads(done.stdout)

    def ready(self):
        try:
            return self.call("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def stop(self, seconds=60):
        """In good order; a server that does not obey is killed. True when it obeyed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            self.kill_parent()
            return False


@contextlib.contextmanager
def service(*options, **more):
    """A Service that is gone, with its folder, at the end."""
    folder = tempfile.mkdtemp(prefix="plf-", dir="/tmp")
    os.chmod(folder, 0o755)
    started = None
    try:
        started = Service(folder, *options, **more)
        yield started
    finally:
        if started:
            started.stop()
        left = postmaster_of(os.path.join(folder, "data"))
        if left:  # of a server that was killed, or that ended before it was ready
            kill_all([left, *children(left)])
        if os.environ.get("FAULT_KEEP"):
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)

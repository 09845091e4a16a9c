"""PostgreSQL for tests: a cluster of one's own on a unix socket in a temporary folder.

    with scratch_cluster() as pg:            # a new one, removed at the end
        db = pg.create_db()                  # or create_db("template")
        psycopg2.connect(pg.conninfo + " dbname=" + db)

    with shared_cluster() as pg:             # the one of the run (TEST_PG), else a new one

It never listens on TCP, never runs as root, and is stopped by its process id; when the program that
made it is killed, the kernel stops it. Durability is on, as in production.
"""
import contextlib
import getpass
import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time

PORT = 54317  # only names the socket file
_serial = itertools.count()


def bindir():
    """Where initdb and postgres are; Debian keeps them out of PATH."""
    for folder in ("/usr/lib/postgresql/15/bin", *os.environ.get("PATH", "").split(":")):
        if os.access(os.path.join(folder, "initdb"), os.X_OK):
            return folder
    raise RuntimeError("no initdb: run `make deps`")


def as_owner(command):
    """The command as the user who owns the cluster: `postgres` when we are root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]


class Cluster:
    def __init__(self, conninfo):
        self.conninfo = conninfo
        self.host = re.search(r"host=(\S+)", conninfo).group(1)
        self.databases = []

    def psql(self, sql, db="postgres"):
        """Runs SQL, returns the output as text: unaligned, no headers."""
        done = subprocess.run(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", f"{self.conninfo} dbname={db}", "-c", sql],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{sql}: {done.stderr.strip()}")
        return done.stdout.rstrip("\n")

    def create_db(self, template="template1", name=None):
        """A new database, its name returned; dropped with the cluster."""
        name = name or f"test_{os.getpid()}_{next(_serial)}"
        self.psql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self.databases.append(name)
        return name

    def drop_databases(self):
        for name in self.databases:
            self.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.databases = []


def _configure(folder, data):
    with open(os.path.join(data, "postgresql.conf"), "a", encoding="utf-8") as conf:
        conf.write(f"""
listen_addresses = ''
unix_socket_directories = '{folder}'
unix_socket_permissions = 0777
port = {PORT}
max_connections = 200
shared_buffers = 64MB
fsync = on
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
""")
    # Whoever runs the tests may be any of the roles below; nobody else gets in.
    with open(os.path.join(data, "pg_hba.conf"), "w", encoding="utf-8") as hba:
        hba.write("local all all peer map=test\n")
    with open(os.path.join(data, "pg_ident.conf"), "w", encoding="utf-8") as ident:
        for user in sorted({getpass.getuser(), "root", "postgres", "partyline"}):
            for role in ("postgres", "partyline"):
                ident.write(f"test {user} {role}\n")


def _start(folder, data, log):
    command = ["setpriv", "--pdeathsig=INT", os.path.join(bindir(), "postgres"), "-D", data]
    if os.geteuid() == 0:
        command[1:1] = ["--reuid=postgres", "--regid=postgres", "--init-groups"]
    with open(log, "wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/",
                                   start_new_session=True)
    pg = Cluster(f"host={folder} port={PORT} user=postgres")
    deadline = time.monotonic() + 60
    while True:
        try:
            pg.psql("SELECT 1")
            return process, pg
        except RuntimeError:
            if process.poll() is not None or time.monotonic() > deadline:
                with open(log, encoding="utf-8", errors="replace") as text:
                    raise RuntimeError("PostgreSQL did not start:\n" + text.read()) from None
            time.sleep(0.05)


def _stop(process):
    for how, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        if process.poll() is not None:
            return
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


@contextlib.contextmanager
def scratch_cluster():
    """A new cluster; its socket folder is short, for a socket's path has at most 107 bytes."""
    folder = tempfile.mkdtemp(prefix="pg-", dir="/tmp")
    data, log = os.path.join(folder, "data"), os.path.join(folder, "log")
    process = None
    try:
        os.chmod(folder, 0o755)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        done = subprocess.run(
            as_owner([os.path.join(bindir(), "initdb"), "-k", "-U", "postgres", "-A", "peer", "-E", "UTF8",
                      "--locale=C.UTF-8", "--no-sync", "--no-instructions", "-D", data]),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", check=False)
        if done.returncode:
            raise RuntimeError("initdb failed:\n" + done.stdout + done.stderr)
        _configure(folder, data)
        process, pg = _start(folder, data, log)
        yield pg
    finally:
        if process:
            _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def shared_cluster():
    """The cluster of the whole run, of which only the databases made here are removed again."""
    conninfo = os.environ.get("TEST_PG")
    if not conninfo:
        with scratch_cluster() as pg:
            yield pg
        return
    pg = Cluster(conninfo)
    try:
        yield pg
    finally:
        pg.drop_databases()

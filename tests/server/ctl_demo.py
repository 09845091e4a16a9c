"""The tiny demonstration company in a database of one's own, and partylinectl beside it."""
import contextlib
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import psycopg2  # noqa: E402
import pg  # noqa: E402

PROGRAM = os.environ.get("BUILD", "build/asan") + "/partylinectl"


class Report:
    """Counts checks and tells which failed; the closing line is for tests/run-all."""

    def __init__(self, name):
        self.name, self.passed, self.failed = name, 0, 0

    def check(self, what, ok, seen=""):
        self.passed, self.failed = self.passed + bool(ok), self.failed + (not ok)
        if not ok:
            print(f"FAILED: {what}: {seen}")

    def close(self):
        print(f"{self.name}: {self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)


class Company:
    def __init__(self, cluster, name):
        self.cluster, self.name = cluster, name
        self.conninfo = f"{cluster.conninfo} dbname={name}"
        self.connect()

    def connect(self):
        self.connection = psycopg2.connect(self.conninfo)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()

    @contextlib.contextmanager
    def copy(self):
        """The same company once more, to be spoiled."""
        self.connection.close()
        name = self.cluster.create_db(self.name)
        self.connect()
        copy = Company(self.cluster, name)
        try:
            yield copy
        finally:
            copy.connection.close()
            self.cluster.psql(f'DROP DATABASE "{name}" WITH (FORCE)')

    def ctl(self, *arguments):
        done = subprocess.run([PROGRAM, "--database", self.conninfo, *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False)
        return done.returncode, done.stdout, done.stderr

    def rows(self, sql, *parameters):
        self.cursor.execute(sql, parameters or None)
        return self.cursor.fetchall() if self.cursor.description else []

    def value(self, sql, *parameters):
        return self.rows(sql, *parameters)[0][0]


@contextlib.contextmanager
def demo_company():
    """Schema and the company of scale 0, by the programs themselves."""
    with pg.shared_cluster() as cluster:
        company = Company(cluster, cluster.create_db())
        for command in (("init",), ("demo", "--scale", "0")):
            code, out, err = company.ctl(*command)
            if code:
                raise RuntimeError(f"{command}: {out}{err}")
        try:
            yield company
        finally:
            company.connection.close()

"""Servers on a database that is not their own: several of them are one."""
import os
import signal
import subprocess

import psycopg2

from served import Server, free_port, program
from service import wait_for


class External(Server):
    """A server with the certificate of make_certificate(home) on the database `conninfo`."""

    def __init__(self, home, name, conninfo, *options):
        self.home, self.database, self.log = home, conninfo, os.path.join(home, name + ".log")
        self.out, self.options = os.path.join(home, name + ".out"), options
        port = free_port()
        super().__init__(self.start(port), home, port)

    def start(self, port):
        with open(self.log, "ab") as log, open(self.out, "wb") as out:
            process = subprocess.Popen(
                [program("partylined"), "-f", os.path.join(self.home, "partyline.conf"), "--database", self.database,
                 "--workers", "1", "--listen", f"127.0.0.1:{port}", *self.options],
                stdin=subprocess.DEVNULL, stdout=out, stderr=log)
        try:
            wait_for("the server to be ready", 120, lambda: self.said("ready ") or process.poll() is not None)
            assert process.poll() is None, self.words()
        except BaseException:
            process.kill()
            raise
        return process

    def again(self):
        """Where it was, after it was killed."""
        self.process.wait()
        wait_for("its workers to end", 60, self.port_is_free)
        self.options = ()
        self.process = self.start(self.port)

    def said(self, text):
        with open(self.out, encoding="utf-8") as out:
            return text in out.read()

    def words(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def query(self, sql, *values):
        link = psycopg2.connect(self.database)
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(sql, values or None)
            rows = cursor.fetchall() if cursor.description else []
        link.close()
        return rows

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def make_certificate(home, per_address):
    """One for all servers of the folder; it is its own authority. Beside it their configuration."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", os.path.join(home, "key.pem"), "-out", os.path.join(home, "ca.pem")],
                   check=True, capture_output=True)
    with open(os.path.join(home, "partyline.conf"), "w", encoding="utf-8") as conf:
        conf.write(f'certificate = "{home}/ca.pem"\nkey = "{home}/key.pem"\n'
                   f"sign_in_per_address = {per_address}\ndb_timeout_ms = 3000\n")

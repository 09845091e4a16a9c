#!/usr/bin/python3
"""partylinectl user: who may sign in, with the database looked at from outside."""
import os
import pty
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import pg  # noqa: E402

BUILD = os.environ.get("BUILD", "build/asan")
GOOD, OTHER = "seventeen blue kettles", "eleven green saucepans"
passed = failed = 0


def check(name, ok, seen=""):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    if not ok:
        print(f"FAILED: {name}: {seen}")


class Ctl:
    def __init__(self, conninfo):
        self.start = [BUILD + "/partylinectl", "--database", conninfo]

    def __call__(self, *arguments, says=None):
        done = subprocess.run([*self.start, *arguments], input=says, capture_output=True, text=True,
                              env=dict(os.environ, SUDO_USER="amy"), check=False)
        return done.returncode, done.stdout, done.stderr

    def at_terminal(self, *arguments, types):
        """What stands on the terminal while `types` are typed, one for each prompt; and the exit code."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(self.start[0], [*self.start, *arguments])
        shown, prompts = "", 0
        while True:
            try:
                data = os.read(terminal, 1000)
            except OSError:
                break
            if not data:
                break
            shown += data.decode()
            if len(re.findall("Password: |Again: ", shown)) > prompts:
                os.write(terminal, types[prompts].encode())
                prompts += 1
        return shown, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def add_and_refuse(ctl, sql):
    code, out, err = ctl("user", "add", "cc-07", "--name", "Amy Pond", "--role", "operator,counter",
                         "--market", "GB", "--password-stdin", says=GOOD + "\n")
    check("a login is added", code == 0 and out == "CC-07 can sign in\n", (code, out, err))
    check("its row is what was said", sql("SELECT kind, name, market, roles::text, left(password_hash, 31)"
          " FROM login WHERE login = 'CC-07'") == "staff|Amy Pond|GB|{operator,counter}|$argon2id$v=19$m=19456,t=2,p=1$")
    check("the audit names who did it", sql("SELECT object, detail->>'by' FROM audit WHERE action = 'login.add'")
          == "login CC-07|amy")
    for what, code, arguments, says in (
            ("twice", 1, ("cc-07", "--name", "X", "--role", "office"), GOOD),
            ("an unknown role", 64, ("cc-08", "--name", "X", "--role", "boss"), GOOD),
            ("a role of another kind", 64, ("cc-08", "--name", "X", "--role", "operator,distributor"), GOOD),
            ("no role", 64, ("cc-08", "--name", "X"), GOOD),
            ("an empty role", 64, ("cc-08", "--name", "X", "--role", ""), GOOD),
            ("no name", 64, ("cc-08", "--role", "office"), GOOD),
            ("a login with a space", 64, ("cc 08", "--name", "X", "--role", "office"), GOOD),
            ("an unknown kind", 64, ("cc-08", "--kind", "boss", "--name", "X", "--role", "office"), GOOD),
            ("an unknown market", 1, ("cc-08", "--name", "X", "--role", "office", "--market", "ZZ"), GOOD),
            ("no such distributor", 1, ("5555516", "--kind", "distributor"), GOOD),
            ("a short password", 1, ("cc-08", "--name", "X", "--role", "office"), "kx8!Vq2pLw9"),
            ("a password with the person's name", 1, ("cc-08", "--name", "Rory Williams", "--role", "office"), "rory-williams"),
            ("no password", 1, ("cc-08", "--name", "X", "--role", "office"), "")):
        got, _, err = ctl("user", "add", *arguments, "--password-stdin", says=says)
        check(f"{what}: refused in one line", got == code and err.count("\n") == 1, (got, err))
    check("nothing was added", sql("SELECT count(*) FROM login WHERE kind <> 'service'") == "1")
    code, out, err = ctl("user", "add", "5555503", "--kind", "distributor", "--password-stdin", says=GOOD)
    check("a distributor's login has the person's name and market", code == 0 and sql(
        "SELECT kind, name, market, roles::text, person_id IS NOT NULL FROM login WHERE login = '5555503'")
        == "distributor|JONES, Sarah|GB|{distributor}|t", (code, err))


def session(sql):
    sql("INSERT INTO session (token_hash, login_id, idle, expires_at) SELECT sha256(random()::text::bytea), id,"
        " '15min', now() + interval '1h' FROM login WHERE login = 'CC-07'")


def change(ctl, sql):
    session(sql)
    before = sql("SELECT password_hash FROM login WHERE login = 'CC-07'")
    sql("INSERT INTO guard VALUES ('login:CC-07', 11, now(), now() + interval '30min'),"
        " ('login:CC-070', 11, now(), now() + interval '30min')")
    check("a locked login is listed so", "(locked)" in ctl("user", "list")[1])
    code, _, err = ctl("user", "passwd", "CC-07", "--password-stdin", says=OTHER)
    check("a password is changed", code == 0 and sql("SELECT password_hash FROM login WHERE login = 'CC-07'")
          != before, err)
    check("its sessions have ended", sql("SELECT count(*) FROM session") == "0")
    check("it is unlocked, and nobody else", sql("SELECT key FROM guard") == "login:CC-070")
    check("an unknown login is refused", ctl("user", "passwd", "NOBODY", "--password-stdin", says=OTHER)[0] == 1)

    session(sql)
    code, out, err = ctl("user", "totp", "CC-07")
    check("the second factor is shown as a URI",
          re.fullmatch(r"otpauth://totp/\w+:CC-07\?secret=[A-Z2-7]{32}&issuer=\w+&algorithm=SHA1&digits=6&period=30\n", out), (out, err))
    check("it is the one that is kept, and ended the sessions", sql(
        "SELECT length(totp_secret), totp_last, (SELECT count(*) FROM session) FROM login WHERE login = 'CC-07'") == "20|0|0")
    check("it is listed", "(second factor)" in ctl("user", "list")[1])
    check("it can be removed", ctl("user", "totp", "CC-07", "--remove")[0] == 0
          and sql("SELECT totp_secret IS NULL FROM login WHERE login = 'CC-07'") == "t")

    session(sql)
    check("a disabled login has no session", ctl("user", "disable", "cc-07")[0] == 0 and sql(
        "SELECT disabled, (SELECT count(*) FROM session) FROM login WHERE login = 'CC-07'") == "t|0")
    session(sql)
    check("an enabled one keeps them", ctl("user", "enable", "cc-07")[0] == 0 and sql(
        "SELECT disabled, (SELECT count(*) FROM session) FROM login WHERE login = 'CC-07'") == "f|1")
    sql("INSERT INTO guard VALUES ('login:5555503|192.0.2.7', 11, now(), now() + interval '30min')")
    check("a distributor is unlocked at every address", ctl("user", "unlock", "5555503")[0] == 0
          and sql("SELECT key FROM guard") == "login:CC-070")
    check("every change is in the audit, and no secret", sql(
        "SELECT string_agg(action, ' ' ORDER BY id), bool_or(detail::text ~ '[A-Z2-7]{32}|argon2') FROM audit") ==
        "login.add login.add login.password login.totp login.totp-remove login.disable login.enable login.unlock|f")
    for wrong in ((), ("boss",), ("add",), ("list", "x"), ("passwd", "A", "B"), ("unlock", "A", "--remove")):
        check(f"user {wrong} tells the usage", ctl("user", *wrong)[0] == 64)


def terminal(ctl, sql):
    before = sql("SELECT password_hash FROM login WHERE login = 'CC-07'")
    shown, code = ctl.at_terminal("user", "passwd", "CC-07", types=[GOOD + "\n", OTHER + "\n"])
    check("two different passwords are refused", code == 1 and "not the same" in shown, shown)
    shown, code = ctl.at_terminal("user", "passwd", "CC-07", types=[GOOD + "\n", "\x03"])
    check("Ctrl-C ends it", code == -2, (code, shown))
    check("and changes nothing", sql("SELECT password_hash FROM login WHERE login = 'CC-07'") == before)
    shown, code = ctl.at_terminal("user", "passwd", "CC-07", types=[GOOD + "\n", GOOD + "\n"])
    check("a password is typed twice and not shown", code == 0 and "kettles" not in shown, shown)
    check("without a terminal it says what to do",
          "--password-stdin" in ctl("user", "passwd", "CC-07", says=GOOD)[2])


def main():
    with pg.shared_cluster() as cluster:
        name = cluster.create_db()
        ctl = Ctl(f"{cluster.conninfo} dbname={name}")
        code, _, err = ctl("init")
        check("the schema is made", code == 0, err)
        sql = lambda text: cluster.psql(text, name)  # noqa: E731
        sql("INSERT INTO market (code, name, currency, exponent, zone, default_region)"
            " VALUES ('GB', 'Britain', 'GBP', 2, 'Europe/London', 'GB');"
            "INSERT INTO rank VALUES (1, 'D', 'Distributor');"
            "INSERT INTO person (name) VALUES ('JONES, Sarah');"
            "INSERT INTO distributor (id, number, market, status, rank, joined)"
            " SELECT id, '5555503', 'GB', 'active', 1, '2024-01-01' FROM person")
        add_and_refuse(ctl, sql)
        change(ctl, sql)
        terminal(ctl, sql)
    print(f"user: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()

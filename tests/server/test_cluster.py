#!/usr/bin/python3
"""partylinectl with an embedded data folder, from the outside: init, status, backup, restore, refusals.

BUILD names the build folder (default build/asan); PARTYLINECTL overrides the program. Makes everything
in temporary folders and leaves no process behind. Run as root it also tests the drop to another user.
"""
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("BUILD", "build/asan")
CTL = os.path.abspath(os.environ.get("PARTYLINECTL", f"{BUILD}/partylinectl"))
ROOT = os.geteuid() == 0
# The cluster of the run is not ours: what names it would also name the port of those started here.
for name in [n for n in os.environ if n.startswith("PG")]:
    del os.environ[name]
made = []  # folders to remove, with what runs in them


class Failed(Exception):
    pass


def ctl(*words, cwd=None, env=None, stdin=None):
    """(exit code, output and errors together)"""
    run = subprocess.run([CTL, *words], cwd=cwd, stdin=stdin or subprocess.DEVNULL, timeout=120,
                         env={**os.environ, **(env or {})}, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return run.returncode, run.stdout


def expect(condition, *what):
    if not condition:
        raise Failed(" ".join(str(w) for w in what))


def expect_run(code, pattern, *words, **more):
    got, said = ctl(*words, **more)
    expect(got == code and re.search(pattern, said), words, "->", got, repr(said), "expected", code,
           pattern)
    if code != 0:
        expect(re.match(r"partylinectl: \S", said.splitlines()[-1]), "not a clear line:", repr(said))
    return said


def folder():
    """A name for a data folder; it does not exist yet."""
    path = tempfile.mkdtemp(prefix="partyline-ctl-", dir="/tmp")
    os.rmdir(path)
    made.append(path)
    return path


def processes_in(path):
    found = []
    for link in glob.glob("/proc/[0-9]*/cwd"):
        try:
            if os.readlink(link).startswith(path):
                found.append(int(link.split("/")[2]))
        except OSError:
            pass
    return found


def start_postgres(path):
    """PostgreSQL as a killed server would have left it."""
    user = shutil.which("setpriv")
    owner = os.stat(f"{path}/pg")
    postgres = [sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))[-1], "-D", f"{path}/pg", "-k",
                f"{path}/run", "-c", "listen_addresses="]
    if ROOT:
        postgres = [user, f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups", *postgres]
    subprocess.Popen(postgres, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                     start_new_session=True)
    end = time.time() + 20
    while time.time() < end:
        try:
            with open(f"{path}/pg/postmaster.pid") as file:
                if "ready" in file.read():
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise Failed("PostgreSQL did not start")


def psql(path, sql):
    return subprocess.run(["psql", "-XAtq", "-h", f"{path}/run", "-U", "partyline", "partyline", "-c", sql],
                          check=True, text=True, stdout=subprocess.PIPE,
                          env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}).stdout.strip()


def edit(path, old, new):
    with open(path, "r+") as file:
        text = re.sub(old, new, file.read())
        file.seek(0)
        file.truncate()
        file.write(text)


# ---- the cases -------------------------------------------------------------------------------------

def usage_is_checked():
    expect_run(0, "usage: partylinectl", "--help")
    expect_run(0, r"partylinectl \d", "--version")
    expect_run(64, "which command", "--embedded", "/tmp/x")
    expect_run(64, "no command bogus", "--embedded", "/tmp/x", "bogus")
    expect_run(64, "no option", "--bogus", "status")
    expect_run(64, "needs a value", "--embedded")
    expect_run(64, "exclude each other", "--embedded", "/tmp/x", "--database", "", "status")
    expect_run(64, "usage: partylinectl .*restore", "--database", "host=/nonexistent", "restore")


def configuration_is_checked():
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        def config(text):
            file.seek(0)
            file.truncate()
            file.write(text)
            file.flush()
            return "-f", file.name, "status"
        expect_run(78, r"\.conf:2: no such option 'listn'", *config("workers = 2\nlistn = \"x\"\n"))
        expect_run(78, r"\.conf:1: workers must be from 0 to 31", *config("workers = 99\n"))
        expect_run(78, r"\.conf:3: .*log_level", *config("\n\nlog_level = \"loud\"\n"))
        expect_run(78, r"\.conf:1: ", *config("workers = many\n"))
        expect_run(78, "belong together",
                   *config('database = "host=/x"\ncertificate = "/x"\n'))
        expect_run(78, "exclude", *config('database = "host=/x"\nembedded = "/y"\n'))
        expect_run(1, "cannot be reached", *config('database = "host=/nonexistent"\nproxies = {"::1"}\n'))
    expect_run(78, "cannot read /nonexistent.conf", "-f", "/nonexistent.conf", "status")


def init_makes_everything_once():
    path = folder()
    expect_run(0, "schema has version", "--embedded", path, "init")
    begin = time.time()
    expect_run(0, "schema has version", "--embedded", path, "init")
    expect(time.time() - begin < 3, "the second init took", time.time() - begin)
    said = expect_run(0, r"schema +the schema has version", "--embedded", path, "status")
    for line in (r"server +not running", r"PostgreSQL +not running", r"size +\d", r"last backup +none"):
        expect(re.search(line, said), line, repr(said))
    expect(not processes_in(path), "left behind:", processes_in(path))
    expect(os.stat(path).st_mode & 0o777 == 0o711, "folder's mode", oct(os.stat(path).st_mode))
    for name in ("pg", "run", "log"):
        expect(os.stat(f"{path}/{name}").st_mode & 0o077 == 0, name, "is open to others")
    with open(f"{path}/pg/pg_hba.conf") as file:
        rules = [line.split() for line in file if line.strip() and not line.startswith("#")]
    expect(all(rule[-1] == "reject" for rule in rules if rule[0].startswith("host")), rules)


def nothing_there_is_said():
    expect_run(1, "no data in .*partylinectl init", "--embedded", folder(), "status")


def backup_and_restore():
    path, other = folder(), folder()
    expect_run(0, "", "--embedded", path, "init")
    start_postgres(path)  # backup works beside it
    psql(path, "CREATE TABLE canary AS SELECT 'Zoë' AS name")
    said = expect_run(0, r"/backup/partyline-\d{8}T\d{6}Z\.dump", "--embedded", path, "backup").strip()
    expect(processes_in(path), "backup stopped a PostgreSQL that is not its own")
    expect_run(1, "not empty", "--embedded", path, "restore", said)
    psql(path, "UPDATE canary SET name = 'changed'")
    expect_run(0, "restored", "--embedded", path, "restore", "--replace", said)
    expect(psql(path, "SELECT name FROM canary") == "Zoë", "not what was backed up")
    expect_run(0, "last backup +2", "--embedded", path, "status")

    shutil.copy(said, f"{path}.dump")
    os.chmod(f"{path}.dump", 0o644)
    with open(f"{path}.dump", "r+b") as file:
        file.truncate(os.stat(said).st_size // 2)
    psql(path, "UPDATE canary SET name = 'kept'")
    expect_run(1, "as it was", "--embedded", path, "restore", "--replace", f"{path}.dump")
    os.unlink(f"{path}.dump")
    expect(psql(path, "SELECT name FROM canary") == "kept", "a broken backup has done harm")

    expect_run(0, "restored", "--embedded", other, "restore", said)
    start_postgres(other)
    expect(psql(other, "SELECT name FROM canary") == "Zoë", "not in the new folder")
    # A backup of a restored database is no different.
    again = expect_run(0, "dump", "--embedded", other, "backup").strip()
    lists = [subprocess.run(["pg_restore", "--list", dump], check=True, text=True,
                            stdout=subprocess.PIPE).stdout for dump in (said, again)]
    names = [sorted(re.findall(r"^\d+; \d+ \d+ (.*)$", text, re.M)) for text in lists]
    expect(names[0] == names[1], "objects differ", set(names[0]) ^ set(names[1]))


def a_served_folder_is_not_restored():
    path = folder()
    expect_run(0, "", "--embedded", path, "init")
    dump = expect_run(0, "dump", "--embedded", path, "backup").strip()
    holder = subprocess.Popen([sys.executable, "-c",
                               "import fcntl, sys, time\n"
                               "f = open(sys.argv[1], 'r+'); fcntl.lockf(f, fcntl.LOCK_EX)\n"
                               "print('held', flush=True); time.sleep(60)", f"{path}/server.lock"],
                              stdout=subprocess.PIPE)
    holder.stdout.readline()
    try:
        expect_run(1, f"served by process {holder.pid}", "--embedded", path, "restore", "--replace", dump)
        start_postgres(path)
        expect_run(0, f"running, process {holder.pid}", "--embedded", path, "status")
    finally:
        holder.kill()
        holder.wait()


def another_version_is_refused():
    path = folder()
    expect_run(0, "", "--embedded", path, "init")
    edit(f"{path}/pg/PG_VERSION", r"\d+", "12")
    said = expect_run(1, "made by PostgreSQL 12", "--embedded", path, "status")
    for words in ("PARTYLINE_PGBIN=/usr/lib/postgresql/12/bin", "backup", f"mv {path}/pg", "restore"):
        expect(words in said, words, "is missing in", repr(said))


def an_unsafe_database_is_refused():
    path = folder()
    expect_run(0, "", "--embedded", path, "init")
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        edit(f"{path}/pg/postgresql.conf", rf"\n{name} = on", f"\n{name} = off")
        said = ctl("--embedded", path, "init")
        expect(said[0] == 1 and f"{name} off" in said[1], name, said)
        edit(f"{path}/pg/postgresql.conf", rf"\n{name} = off", f"\n{name} = on")
    expect_run(0, "", "--embedded", path, "init")


def a_newer_schema_is_refused():
    path = folder()
    expect_run(0, "", "--embedded", path, "init")
    start_postgres(path)
    psql(path, "INSERT INTO schema_version (version, name) VALUES (9999, 'tomorrow')")
    expect_run(1, "9999, this program knows only", "--embedded", path, "migrate")
    code, said = ctl("--embedded", path, "status")
    expect(code == 1 and "9999" in said, code, said)


def a_missing_migration_is_made():
    path = folder()
    expect_run(0, "", "--embedded", path, "init")
    start_postgres(path)
    files = int(psql(path, "SELECT count(*) FROM schema_version"))
    psql(path, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    procs = [subprocess.Popen([CTL, "--embedded", path, "migrate"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) for _ in range(3)]
    said = [p.communicate()[0] for p in procs]  # three at once: one does it, the others wait
    expect(all(p.returncode == 0 for p in procs), said)
    expect(int(psql(path, "SELECT count(*) FROM schema_version")) == files, "not each file once")
    psql(path, "DROP TABLE schema_version")
    expect_run(1, "other things than Partyline", "--embedded", path, "init")


def sockets_in_tmp():
    return {name for name in glob.glob("/tmp/partyline-[0-9]*-*") if os.path.isdir(name)}


others_sockets = sockets_in_tmp()


def forget_sockets():
    """Those that a case has made: for a folder whose own name would not do."""
    sockets = sockets_in_tmp() - others_sockets
    made.extend(sockets)
    return sockets


def a_long_path_gets_a_short_socket():
    base = folder()
    os.mkdir(base)
    os.chmod(base, 0o777)
    path = f"{base}/{'long-' * 20}/data"
    expect_run(0, "schema has version", "--embedded", path, "init")
    sockets = forget_sockets()
    expect(sockets and all(os.stat(name).st_mode & 0o777 == 0o700 for name in sockets), sockets)
    expect_run(0, "schema has version", "--embedded", path, "status")


def an_odd_path_is_fine():
    base = folder()
    os.mkdir(base)
    os.chmod(base, 0o777)
    path = f"{base}/it's a \\ \"shop\", 陳"
    expect_run(0, "schema has version", "--embedded", path, "init")
    expect_run(0, "dump", "--embedded", path, "backup")
    forget_sockets()


def roots_home_is_not_reachable():
    home = tempfile.mkdtemp(prefix="partyline-ctl-", dir="/root")
    made.append(home)
    try:
        expect_run(0, "data in /var/lib/partyline/", "--embedded", "data", "init", cwd=home)
        said = expect_run(0, r"data folder +/var/lib/partyline/", "--embedded", f"{home}/data/", "status")
        used = re.search(r"/var/lib/partyline/\S+", said)[0]
        made.append(used)
        expect(os.stat(used).st_uid != 0, "still root's")
        expect(not os.path.exists(f"{home}/data"), "something was made in root's home")
        # Files that only root can reach are written and read all the same.
        said = expect_run(0, r"^my\.dump$", "--embedded", "data", "backup", "my.dump", cwd=home)
        expect(os.listdir(home) == ["my.dump"], os.listdir(home))
        expect_run(0, "restored", "--embedded", "data", "restore", "--replace", "my.dump", cwd=home)
        expect_run(1, "cannot write", "--embedded", "data", "backup", "/nonexistent/x.dump", cwd=home)
    finally:
        shutil.rmtree(home)


def anothers_folder_is_refused():
    path = folder()
    os.mkdir(path)
    os.mkdir(f"{path}/things")
    expect_run(1, "belongs to", "--embedded", path, "init")


CASES = [usage_is_checked, configuration_is_checked, init_makes_everything_once, nothing_there_is_said,
         backup_and_restore, a_served_folder_is_not_restored, another_version_is_refused,
         an_unsafe_database_is_refused, a_newer_schema_is_refused, a_missing_migration_is_made,
         a_long_path_gets_a_short_socket, an_odd_path_is_fine]
ROOT_CASES = [roots_home_is_not_reachable, anothers_folder_is_refused]


def clean():
    while made:
        path = made.pop()
        for pid in processes_in(path):
            try:
                os.kill(pid, signal.SIGQUIT)
            except OSError:
                pass
        end = time.time() + 10
        while processes_in(path) and time.time() < end:
            time.sleep(0.02)
        shutil.rmtree(path, ignore_errors=True)


def main():
    passed = failed = 0
    had_fallback = os.path.exists("/var/lib/partyline")
    only = sys.argv[1:]
    for case in CASES + (ROOT_CASES if ROOT else []):
        if only and case.__name__ not in only:
            continue
        try:
            case()
            passed += 1
        except (Failed, subprocess.SubprocessError, OSError, TypeError) as error:
            failed += 1
            print(f"FAILED: {case.__name__.replace('_', ' ')}\n   {error}")
        finally:
            clean()
    if ROOT and not had_fallback and os.path.isdir("/var/lib/partyline"):
        os.rmdir("/var/lib/partyline")
    print(f"test_cluster: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

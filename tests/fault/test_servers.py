#!/usr/bin/python3
"""Two servers on one external database, as one; and databases that a server refuses to work on."""
import os
import random
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
sys.dont_write_bytecode = True
import pg  # noqa: E402
import shop  # noqa: E402
from cases import Cases  # noqa: E402
from external import External, make_certificate  # noqa: E402
from served import free_port, program, ulid  # noqa: E402
from service import wait_for  # noqa: E402

SEED = int(os.environ.get("TEST_SEED", random.randrange(1, 10**6)))
PER_ADDRESS = 40  # sign-ins from one address in a while; every one of this test comes from the same
cases = Cases("test_servers")
API = "/api/v1"


# ---- two servers --------------------------------------------------------------------------------

def order_is_read_by_the_other(a, b, items):
    quoter = shop.Quoter(a)
    body = quoter.order(shop.draft(shop.buyers(a, 1)[0], [(sku, 1) for _, sku in items[:2]]))
    quoter.close()
    key = ulid()
    status, _, placed = a.call("POST", API + "/orders", raw=body.encode(), token=a.token(),
                               headers={"Idempotency-Key": key})
    assert status == 201, (status, placed)
    status, _, read = b.call("GET", f"{API}/orders/{placed['number']}", token=b.token("CC-08"))
    assert status == 200 and read["total"] == placed["total"] and len(read["lines"]) == 2, (status, read)
    status, _, again = b.call("POST", API + "/orders", raw=body.encode(), token=b.token("CC-08"),
                              headers={"Idempotency-Key": key})
    assert (status, again) == (200, placed), (status, again)


def session_of_one_is_known_to_the_other(a, b):
    assert b.call("GET", API + "/sessions/current", token=a.token())[0] == 200
    _, _, made = a.call("POST", API + "/sessions", {"login": "CC-08", "password": "partyline-demo"})
    assert b.call("DELETE", API + "/sessions/current", token=made["token"])[0] in (200, 204)
    assert a.call("GET", API + "/sessions/current", token=made["token"])[0] == 401


def lease_holds_across(a, b, items):
    name, body = ulid(), shop.draft(shop.buyers(a, 1)[0], [(items[0][1], 1)])
    path = f"{API}/drafts/{name}"
    mine, other = a.token(), b.token("CC-08")
    status, headers, _ = a.call("PUT", path, body, mine, {"If-None-Match": "*"})
    assert status == 201, status
    assert a.call("POST", path + "/lock", {}, mine)[0] == 200
    status, _, said = b.call("POST", path + "/lock", {}, other)
    assert status == 409 and said["type"].endswith("/locked") and said["locked_by"], (status, said)
    assert b.call("POST", path + "/take-over", {}, other)[0] == 200
    body["lines"][0]["qty"] = 2
    status, _, said = a.call("PUT", path, body, mine, {"If-Match": headers["ETag"]})
    assert status == 201 and said["recovered_from"] == name and said["ulid"] != name, (status, said)
    status, _, seen = b.call("GET", path, token=other)
    assert status == 200 and seen.get("lines", seen.get("draft", {}).get("lines"))[0]["qty"] == 1, seen


def price_change_is_seen_by_both(a, b, items):
    _, sku = items[3]
    tokens = {a: a.token(), b: b.token("CC-08")}
    path = f"{API}/items/{sku}?market=GB"
    _, _, before = a.call("GET", path, token=tokens[a])
    a.query("""UPDATE price SET amount = amount + 111 WHERE item_id = %s AND list_id =
               (SELECT id FROM price_list WHERE market = 'GB' AND audience = 'retail' AND code = %s)""",
            items[3][0], before["list"])
    begun = time.monotonic()
    for server in (a, b):
        wait_for("the new price", 10, lambda server=server: server.call("GET", path, token=tokens[server])[2]["price"]
                 == before["price"] + 111)
    took = time.monotonic() - begun
    assert took <= 2, f"{took:.2f} s"
    print(f"a new price was seen by both servers after {took:.2f} s")


def sign_in(server, login, password="partyline-demo"):
    status, headers, _ = server.call("POST", API + "/sessions", {"login": login, "password": password})
    return status, headers.get("Retry-After")


def lock_out_holds_across(a, b):
    for i in range(10):
        assert sign_in((a, b)[i % 2], "W-12", "wrong")[0] == 401, i
    for server in (a, b):
        status, after = sign_in(server, "W-12")
        assert status == 429 and int(after) > 60, (status, after)
    assert sign_in(a, "B-02")[0] == 201, "another login is not locked"


def address_limit_holds_across(a, b):
    """What came before counts as well: so at most PER_ADDRESS more."""
    answers = []
    while len(answers) <= PER_ADDRESS and 429 not in answers:
        answers.append(sign_in((a, b)[len(answers) % 2], "B-03")[0])
    assert answers[-1] == 429 and set(answers[:-1]) <= {201}, answers
    tries = a.query("SELECT tries FROM guard WHERE key = 'peer:127.0.0.1'")[0][0]
    assert tries == PER_ADDRESS + 1, tries
    assert sign_in(a, "B-03")[0] == sign_in(b, "B-03")[0] == 429


def settings_that_become_unsafe(a, cluster, name):
    """A server that runs notices on its next connections."""
    cluster.psql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    drop = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    cluster.psql(drop)
    wait_for("503 on an unsafe database", 20, lambda: a.call("GET", "/readyz")[0] == 503, 0.05)
    wait_for("a line in the log", 20, lambda: "synchronous_commit is off" in a.words(), 0.05)
    cluster.psql(f"ALTER DATABASE {name} RESET synchronous_commit")
    wait_for("readiness on a safe one", 20, lambda: a.call("GET", "/readyz")[0] == 200, 0.05)


def two_servers(home, cluster):
    name = cluster.create_db()
    conninfo = f"{cluster.conninfo} dbname={name}"
    a = External(home, "a", conninfo, "--demo", "--demo-scale", "0")
    b = External(home, "b", conninfo)
    try:
        items = shop.plain_skus(a, 4)
        shop.fill_up(a, items)
        cases.run("an order placed through one server is read through the other",
                  order_is_read_by_the_other, a, b, items)
        cases.run("a session of one server holds on the other, until it is closed on either",
                  session_of_one_is_known_to_the_other, a, b)
        cases.run("a draft's lease holds across both servers", lease_holds_across, a, b, items)
        cases.run("a new price is seen by both servers within 2 s", price_change_is_seen_by_both, a, b, items)
        cases.run("wrong passwords at both servers add up, and lock both", lock_out_holds_across, a, b)
        cases.run("sign-ins from one address are counted over both servers", address_limit_holds_across, a, b)
        cases.run("a server notices that its database has become unsafe",
                  settings_that_become_unsafe, a, cluster, name)
    finally:
        codes = a.stop(), b.stop()
    cases.equal("both stop in good order", codes, (0, 0))


# ---- refusals -----------------------------------------------------------------------------------

def refusal(home, conninfo, *options):
    """(exit code, lines that are not log lines) of a server that should not start."""
    run = subprocess.run([program("partylined"), "-f", os.path.join(home, "partyline.conf"), "--database", conninfo,
                          "--listen", f"127.0.0.1:{free_port()}", *options],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    return run.returncode, run.stderr.splitlines(), run.stdout


def refused(sentence, home, conninfo, *words):
    code, lines, out = refusal(home, conninfo)
    good = (code != 0 and len(lines) == 1 and lines[0].startswith("partylined: ") and all(w in lines[0] for w in words)
            and "ready" not in out)
    cases.check(sentence, good, f"exit code {code}, said {lines}")


def refusals(home, cluster):
    empty = cluster.create_db()
    refused("a database without schema is refused, saying what to do", home, f"{cluster.conninfo} dbname={empty}",
            "partylinectl")
    name = cluster.create_db()
    conninfo = f"{cluster.conninfo} dbname={name}"
    subprocess.run([program("partylinectl"), "--database", conninfo, "init"], check=True, capture_output=True,
                   stdin=subprocess.DEVNULL)
    for setting in ("fsync", "full_page_writes"):
        cluster.psql(f"ALTER SYSTEM SET {setting} = off")
        cluster.psql("SELECT pg_reload_conf()")
        wait_for(setting, 10, lambda setting=setting: cluster.psql(f"SHOW {setting}") == "off")
        refused(f"{setting} = off is refused", home, conninfo, setting, "off")
        cluster.psql(f"ALTER SYSTEM RESET {setting}")
        cluster.psql("SELECT pg_reload_conf()")
        wait_for(setting, 10, lambda setting=setting: cluster.psql(f"SHOW {setting}") == "on")
    for where in (f"DATABASE {name}", "ROLE postgres"):
        cluster.psql(f"ALTER {where} SET synchronous_commit = off")
        refused(f"synchronous_commit = off is refused, set on the {where.split()[0].lower()}", home, conninfo,
                "synchronous_commit", "off")
        cluster.psql(f"ALTER {where} RESET synchronous_commit")
    refused("synchronous_commit = off is refused, set by the connection string", home,
            conninfo + " options='-c synchronous_commit=off'", "synchronous_commit", "off")
    cluster.psql("INSERT INTO schema_version (version, name) VALUES (9999, 'of the future')", name)
    refused("a newer schema is refused", home, conninfo, "9999")
    refused("a database that is not there is refused", home, f"{cluster.conninfo} dbname=nowhere", "nowhere")


def main():
    print(f"seed {SEED}")
    random.seed(SEED)
    with tempfile.TemporaryDirectory(prefix="pls-", dir="/tmp") as home, pg.scratch_cluster() as cluster:
        make_certificate(home, PER_ADDRESS)
        two_servers(home, cluster)
        refusals(home, cluster)
    cases.end()


main()

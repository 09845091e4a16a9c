#!/usr/bin/python3
"""Two operators with the real client, each on a server of their own, both servers on one database, and
one draft: the lease, the take-over, the copy. Nothing of either is lost, nothing is merged."""
import os
import re
import shutil
import signal
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, ".."), os.path.join(HERE, "../tui")]
sys.dont_write_bytecode = True
import pg  # noqa: E402
import shop  # noqa: E402
from cases import Cases  # noqa: E402
from external import External, make_certificate  # noqa: E402
from rawpty import Pane  # noqa: E402
from service import children, kill_all, wait_for  # noqa: E402

F = {n: b"\033[%d~" % code for n, code in {6: 17, 7: 18, 8: 19, 9: 20}.items()}
cases = Cases("test_two_operators")


class Floor:
    """Both servers, the operators' machines, and what the database has."""

    def __init__(self, home, a, b):
        self.home, self.a, self.b = home, a, b
        self.skus = [sku for _, sku in shop.plain_skus(a, 40)]
        self.buyers = iter(shop.buyers(a, 100))
        self.states = {}

    def operator(self, server, login):
        state = self.states.setdefault(login, tempfile.mkdtemp(prefix="pl-op-", dir="/tmp"))
        world = {"server": f"https://localhost:{server.port}", "ca": os.path.join(self.home, "ca.pem"),
                 "password": "partyline-demo"}
        return Pane(world, ["--user", login], env={"XDG_STATE_HOME": state}).sign_on(world)

    def maria(self):
        return self.operator(self.a, "CC-07")

    def tom(self):
        return self.operator(self.b, "CC-08")

    def drafts(self):
        """{ulid: (owner, [(sku, quantity)], copy of)} of the open drafts."""
        rows = self.a.query("""SELECT d.ulid, l.login, d.body->'lines', d.recovered_from FROM draft d
                                 JOIN login l ON l.id = d.owner_id WHERE d.state = 'open'""")
        return {ulid: (owner, [(x["sku"], x["qty"]) for x in lines], origin) for ulid, owner, lines, origin in rows}

    def begin(self, pane, n=2):
        """A new order of n lines, stored; its name."""
        self.a.query("UPDATE draft SET state = 'dropped' WHERE state = 'open'")
        self.buyer = next(self.buyers)
        pane.line(self.buyer)
        for sku in self.skus[:n]:
            pane.line(sku)
        pane.wait(f"pending 0 of {n}")
        wait_for("the draft to be stored", 10, lambda: [len(d[1]) for d in self.drafts().values()] == [n])
        return list(self.drafts())[0]

    def keyed(self, *numbers):
        return [(self.skus[i], 1) for i in numbers]


def choose(pane):
    """Everybody's drafts, the first of them."""
    pane.write(F[7] + F[7])
    pane.wait("Everybody's drafts", " 1 ")
    pane.wait(re.compile(r"\n  1 \d{7}"), absent=["  .."])
    pane.write("1")
    return pane


def take_over(pane):
    choose(pane).wait("has it open since", "F8 takes it over")
    pane.write(F[8])
    pane.wait("ORDER draft", "taken over", "pending 0 of")


def lease(floor, maria, tom):
    """While she has it he is told who and since when, and it stays hers."""
    name = floor.begin(maria)
    choose(tom).wait("F8 takes it over")
    said = "\n".join(tom.rows())
    assert re.search(r"\S+ has it open since \d\d:\d\d\.", said), said
    assert re.search(r"1 %s .*open: \S+ \d\d:\d\d" % floor.buyer, said), said
    maria.line(floor.skus[2])
    maria.wait("pending 0 of 3")
    wait_for("her line", 10, lambda: floor.drafts()[name][1] == floor.keyed(0, 1, 2))
    assert len(floor.drafts()) == 1


def released(floor, maria, tom):
    """Held by her it is free for him, without asking."""
    name = floor.begin(maria)
    maria.write(F[6])
    maria.wait("My drafts", "2 ln")
    choose(tom).wait("ORDER draft", "pending 0 of 2")
    tom.line(floor.skus[5])
    tom.wait("pending 0 of 3")
    wait_for("his line", 10, lambda: floor.drafts()[name][1] == floor.keyed(0, 1, 5))


def taken_over(floor, maria, tom):
    """He takes it over and keys on; what she keys then is a copy of hers, and she is told so."""
    name = floor.begin(maria)
    take_over(tom)
    tom.line(floor.skus[7])
    tom.wait("pending 0 of 3")
    maria.line(floor.skus[3])
    maria.wait("a copy of your own", "pending 0 of 3")
    maria.line(floor.skus[4])
    maria.wait("pending 0 of 4")
    wait_for("both", 10, lambda: sorted(len(d[1]) for d in floor.drafts().values()) == [3, 4])
    found = floor.drafts()
    assert found.pop(name)[:2] == ("CC-07", floor.keyed(0, 1, 7)), found
    (copy,) = found.values()
    assert copy == ("CC-07", floor.keyed(0, 1, 3, 4), name), copy
    tom.line(floor.skus[8])
    tom.wait("pending 0 of 4")
    wait_for("his line", 10, lambda: floor.drafts()[name][1] == floor.keyed(0, 1, 7, 8))
    assert len(floor.drafts()) == 2, floor.drafts()


def both_place(floor, maria, tom):
    """Each places their own: two orders, his under the draft's key; hers not before she has seen that
    there is another."""
    name = floor.begin(maria)
    take_over(tom)
    maria.line(floor.skus[9])
    maria.wait("a copy of your own", "pending 0 of 3")
    for pane in (tom, maria):
        pane.write(F[9] + F[9])
        pane.wait(re.compile(r"placed \d+"))
    keys = [key for key, in floor.a.query("SELECT key FROM orders ORDER BY id DESC LIMIT 2")]
    assert keys[1] == name and keys[0] != name, (keys, name)


def learns_by_heartbeat(floor, maria, tom):
    """Who keys nothing learns it by the lease's heartbeat; there is no copy before there is anything to
    be kept in it."""
    name = floor.begin(maria)
    take_over(tom)
    wait_for("her heartbeat", 40, lambda: maria.pump(0.1) and "has taken this draft over" in "\n".join(maria.rows()))
    assert list(floor.drafts()) == [name], floor.drafts()
    maria.line(floor.skus[6])
    maria.wait("pending 0 of 3")
    wait_for("her copy", 10, lambda: len(floor.drafts()) == 2)
    found = floor.drafts()
    assert found.pop(name)[1] == floor.keyed(0, 1)
    assert list(found.values()) == [("CC-07", floor.keyed(0, 1, 6), name)], found


def dies_and_is_taken_over(floor, maria, tom):
    """Her client dies with lines that its server never got; he takes the draft over and changes it. Her
    next sign-on brings her lines back as a copy."""
    name = floor.begin(maria)
    kill_all([floor.a.process.pid, *children(floor.a.process.pid)])
    maria.line(floor.skus[3])
    maria.wait("LOST", re.compile(r"pending \d of 3"))
    os.kill(maria.pid, signal.SIGKILL)
    maria.wait_end()
    choose(tom).wait(re.compile("F8 takes it over|ORDER draft"))
    if "F8 takes" in "\n".join(tom.rows()):
        tom.write(F[8])
    tom.wait("ORDER draft", "pending 0 of 2")
    tom.line(floor.skus[4])
    tom.wait("pending 0 of 3")
    floor.a.again()
    back = floor.maria()
    back.wait("1 as copies", re.compile("3 ln .*copy"))
    found = floor.drafts()
    assert found.pop(name)[1] == floor.keyed(0, 1, 4), found
    assert list(found.values()) == [("CC-07", floor.keyed(0, 1, 3), name)], found
    back.close()


def with_both(run, floor):
    panes = floor.maria(), floor.tom()
    try:
        run(floor, *panes)
    finally:
        for pane in panes:
            if pane.code is None:
                pane.close()


def main():
    with tempfile.TemporaryDirectory(prefix="plo-", dir="/tmp") as home, pg.scratch_cluster() as cluster:
        make_certificate(home, 1000)
        conninfo = f"{cluster.conninfo} dbname={cluster.create_db()}"
        a = External(home, "a", conninfo, "--demo", "--demo-scale", "0")
        b = External(home, "b", conninfo)
        floor = Floor(home, a, b)
        try:
            shop.fill_up(a, shop.plain_skus(a, 40))
            for run in (lease, released, taken_over, both_place, learns_by_heartbeat, dies_and_is_taken_over):
                cases.run(re.sub(r"\s+", " ", run.__doc__), with_both, run, floor)
            cases.equal("the books agree", a.query("SELECT count(*) FROM orders WHERE state IS NULL")[0][0], 0)
        finally:
            a.stop(), b.stop()
            for state in floor.states.values():
                shutil.rmtree(state, ignore_errors=True)
    cases.end()


main()

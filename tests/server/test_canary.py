#!/usr/bin/python3
"""No card number is kept: numbers of test cards, in several ways of writing, are put into every free-text field of
the interface and typed at the terminal, entered or not; each is refused, and afterwards they are nowhere in what
the server and the client have on their disks: tables, indexes, write-ahead log, logs, drafts, journals, dumps."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, ".."), os.path.join(HERE, "../tui")]
import driver  # noqa: E402
import hostile  # noqa: E402
from cases import Cases  # noqa: E402
from served import PASSWORD, demo_server  # noqa: E402

PAN = "4111111111111111"
WIDE = "".join(chr(0xFF10 + int(d)) for d in PAN)
CARDS = {"plain": PAN, "in blanks": "4111 1111 1111 1111", "with dashes": "4111-1111-1111-1111",
         "within words": "card %s exp 12/27 cvv 123" % PAN, "in wide digits": WIDE}
TRACES = [text.encode() for text in (PAN, CARDS["in blanks"], CARDS["with dashes"], WIDE)]
hostile.HOSTILE.clear()
hostile.HOSTILE.update(CARDS)
import test_hostile_fields as every  # noqa: E402

cases = Cases("test_canary")


def traces(folder):
    """(file, which) wherever one of them is found."""
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                bytes_ = file.read()
            for trace in TRACES:
                if trace in bytes_:
                    yield path, trace


def interface(server):
    found = every.fields(server.call("GET", every.A + "/openapi.json")[2])
    taken = every.look_at_all(server, found).taken
    whole = {field: [kind for kind in kinds if "shortened" not in kind] for field, kinds in taken.items()}
    cases.equal("no field takes a card number", {field: kinds for field, kinds in whole.items() if kinds}, {})
    for card in CARDS.values():  # and what is said of a sign-in is no place for one either
        server.call("POST", every.A + "/sessions", {"login": card, "password": card})


def terminal(server, state):
    world = {"server": "https://127.0.0.1:%d" % server.port, "ca": os.path.join(server.folder, "ca.pem"),
             "operator": "CC-07", "password": PASSWORD}
    client = driver.Client(world, ["--user", "CC-07"], env={"XDG_STATE_HOME": state}).sign_on(world)
    client.line(PAN)
    client.wait("card")
    client.line(server.ids["manager"])
    client.line(server.ids["skus"][0])
    client.wait("pending 0 of 1")
    for text in ("n " + PAN, "n pays with 4111 1111 1111 1111", "s " + PAN, "c " + PAN, "cp " + PAN, "a 5 Dock Rd %s, Leeds" % PAN):
        client.line(text)
        client.wait("card")
    client.type("n 4111 1111 1111 1111")  # not entered: what is mirrored ends before it
    client.wait("n 4111")
    driver.until(lambda: server.psql("SELECT count(*) FROM draft WHERE body ->> 'typed' LIKE 'n%'") != "0", "what is typed is mirrored")
    os.kill(client.pid(), 9)


def main():
    driver.begin()
    with demo_server() as server:
        state = os.path.join(server.folder, "..", "client")
        os.makedirs(state, 0o700)
        interface(server)
        cases.run("at the terminal", terminal, server, state)
        dump = os.path.join(server.folder, "..", "dump")
        server.ctl("backup", dump)
        server.psql("CHECKPOINT")
        subprocess.run(["sync"], check=True)
        named = [(server.psql("SELECT relname FROM pg_class WHERE relfilenode::text = '%s'" % os.path.basename(path).split(".")[0])
                  if os.path.basename(path).split(".")[0].isdigit() else path, trace) for path, trace in sorted(traces(server.folder))]
        cases.equal("nowhere on the server's disk", named, [])
        cases.equal("nowhere in the dump", sorted(t for t in traces(os.path.dirname(dump)) if t[0] == dump), [])
        cases.equal("nowhere in what the client keeps", sorted(traces(state)), [])
        cases.check("and it would have been found", [trace for trace in TRACES if trace in open(__file__, "rb").read()])
    driver.end()
    cases.end()


main()

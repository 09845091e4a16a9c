#!/usr/bin/python3
"""Operators key side by side over a link of half a second that drops one exchange in a hundred: what
they keyed is what is stored. OPERATORS (default 4), OPERATOR_KEYS (default 2000, altogether), OPERATOR_RATE
(keys a second each), OPERATOR_RTT (ms); `make fault` takes more of everything."""
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
sys.dont_write_bytecode = True
import operators  # noqa: E402
from cases import Cases  # noqa: E402
from service import service  # noqa: E402

SEED = int(os.environ.get("TEST_SEED", random.randrange(1, 10**6)))
COUNT = int(os.environ.get("OPERATORS", "4"))
KEYS = int(os.environ.get("OPERATOR_KEYS", "2000"))
RATE = float(os.environ.get("OPERATOR_RATE", "60"))
RTT = float(os.environ.get("OPERATOR_RTT", "500")) / 1000
CONF = "sign_in_per_address = 100000\nsession_idle_minutes = 600\n"
cases = Cases("test_operators")


def main():
    print(f"seed {SEED}", flush=True)
    with service(conf=CONF) as s:
        found = operators.run(s, COUNT, KEYS, SEED, RATE, rtt=RTT, jitter=RTT / 10, drop=0.01, half=0.2)
        print(f"{found.keys} keys of {COUNT} operators in {found.seconds:.0f} s "
              f"({found.keys / found.seconds / COUNT:.0f} keys/s each), {found.orders} orders, {found.drafts} drafts; "
              f"link: {found.link}")
        for said in found.differences[:20]:
            print("  " + said)
        cases.equal("every order and draft is what was keyed", len(found.differences), 0)
        cases.check("orders were placed and drafts are left", found.orders and found.drafts)
        cases.equal("every client ends in good order", found.exits, [0] * COUNT)
        cases.check("partylinectl check is clean", s.ctl("check", check=False).returncode == 0)
    cases.end()


main()

#!/usr/bin/python3
"""partylinectl till: tills are added with an empty drawer, each mistake is told, nothing is half there."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ctl_demo  # noqa: E402

REPORT = ctl_demo.Report("till")
check = REPORT.check


def main():
    with ctl_demo.demo_company() as company:
        code, out, err = company.ctl("till", "list")
        rows = out.splitlines()
        check("the demonstration company has two tills at least in each market", code == 0 and all(
            sum(f"  {market}  " in row for row in rows) >= 2 for market in ("GB", "US", "CN")), (out, err))
        walk_in = company.value("SELECT min(walk_in_id)::text FROM till t JOIN site s ON s.id = t.site_id WHERE s.market = 'GB'")
        foreign = company.value("SELECT min(walk_in_id)::text FROM till t JOIN site s ON s.id = t.site_id WHERE s.market = 'US'")
        for arguments, why in ((("leeds-9", "LEEDS", "Till"), "capital letters"), (("LEEDS-1", "LEEDS", "Till"), "there is a till"),
                               (("LEEDS-9", "NOWHERE", "Till"), "no such site"), (("LEEDS-9", "LEEDS", " "), "needs a name"),
                               (("LEEDS-9", "LEEDS", "Till", "--walk-in", foreign), "no customer"),
                               (("LEEDS-9", "LEEDS", "Till", "--walk-in", "x"), "no customer")):
            code, out, err = company.ctl("till", "add", *arguments)
            check(f"{arguments} is refused", code == 1 and why in err, (code, out, err))
        for wrong in ((), ("add", "LEEDS-9"), ("list", "x"), ("add", "A", "B", "C", "--walk-out", "1")):
            check(f"{wrong} is no command", company.ctl("till", *wrong)[0] == 64)
        check("nothing was added", "LEEDS-9" not in company.ctl("till", "list")[1])
        for arguments in (("LEEDS-9", "LEEDS", "Showroom Leeds, till 9", "--walk-in", walk_in), ("HULL-9", "HULL", "Without a walk-in")):
            code, out, err = company.ctl("till", "add", *arguments)
            check(f"{arguments[0]} is added", code == 0 and out == f"till: {arguments[0]} stands at {arguments[1]}\n", (code, out, err))
        check("with a drawer of its own, which is empty",
              company.rows("SELECT a.kind, a.balance, a.floor, t.walk_in_id::text FROM till t JOIN account a ON a.till_id = t.id WHERE t.code = 'LEEDS-9'")
              == [("cash", 0, 0, walk_in)])
        check("and is in the list", "Showroom Leeds, till 9" in company.ctl("till", "list")[1])
        check("the books are whole", company.ctl("check")[0] == 0)
    REPORT.close()


main()

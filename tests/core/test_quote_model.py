#!/usr/bin/python3
"""Core's prices against an independent model (quote_model.py): every amount, volume, need and problem
of 20,000 random drafts. TEST_SEED=N repeats a run."""
import json
import os
import subprocess
import sys

import quote_model

DRAFTS = 20000
SHOWN = 5


def differences(catalogue, row):
    expected, problems = quote_model.price(catalogue, row["draft"], row["buyer"], row["stock"])
    got = row["quote"]
    for name, value in expected.items():
        if name != "lines" and got[name] != value:
            yield f"{name}: model {value}, core {got[name]}"
    if len(got["lines"]) != len(expected["lines"]):
        yield f"{len(got['lines'])} lines of {len(expected['lines'])}"
    for i, (mine, theirs) in enumerate(zip(expected["lines"], got["lines"])):
        for name, value in mine.items():
            if theirs[name] != value:
                yield f"line {i}, {name}: model {value}, core {theirs[name]}"
    if sorted(problems) != sorted(row["problems"]):
        yield f"problems: model {sorted(problems)}, core {sorted(row['problems'])}"
    from_balance, due, over, problems = quote_model.tenders(row["draft"], row["buyer"], got["total"])
    if sorted(problems) != sorted(row["tender_problems"]):
        yield f"tenders: model {problems}, core {row['tender_problems']}"
    elif not problems and (from_balance, due, over) != (row["from_balance"], row["due"], row["over"]):
        yield f"paid, due, over: model {from_balance}, {due}, {over}, core {row['from_balance']}, {row['due']}, {row['over']}"


def main():
    program = os.path.join(os.environ.get("BUILD", "build/asan"), "tests/core/quote_dump")
    seed = os.environ.get("TEST_SEED", "20251122")
    print(f"seed {seed} (TEST_SEED={seed} repeats it)")
    passed = failed = orders = 0
    catalogue = None
    with subprocess.Popen([program, str(DRAFTS), seed], stdout=subprocess.PIPE, text=True) as dump:
        for line in dump.stdout:
            row = json.loads(line)
            if "catalogue" in row:
                catalogue = row["catalogue"]
                continue
            found = list(differences(catalogue, row))
            passed, failed = passed + (not found), failed + bool(found)
            orders += bool(row["quote"]["lines"]) and all(p[0] == "back_ordered" for p in row["problems"])
            if found and failed <= SHOWN:
                print(f"FAILED: draft {passed + failed} of seed {seed}\n   " + "\n   ".join(found[:6]))
                print("   draft: " + json.dumps(row["draft"]))
    if dump.returncode != 0 or passed + failed != DRAFTS:
        print(f"FAILED: {program} ended with {dump.returncode} after {passed + failed} drafts")
        failed += 1
    print(f"{orders} of the drafts could be placed")
    if orders < DRAFTS // 20:
        failed += 1
        print("FAILED: hardly any draft is a real order")
    print(f"test_quote_model: {passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())

#!/usr/bin/python3
"""Core's prices with promotions against an independent model (promotion_model.py), which reads the
promotions from their text itself: every amount, share, state, gift and problem of random drafts.
PROMOTION_DRAFTS=N compares that many, TEST_SEED=N repeats a run."""
import collections
import json
import os
import subprocess
import sys

from promotion_model import Promoted

DRAFTS = int(os.environ.get("PROMOTION_DRAFTS", "3000"))
SHOWN = 5
NEEDS = ("spend", "quantity", "order", "first_order", "party", "recruits", "pieces", "goods", "stock",
         "limit_uses", "limit_person", "limit_budget")


def compare(what, expected, got):
    if isinstance(expected, dict):
        for name, value in expected.items():
            yield from compare(f"{what}.{name}", value, got[name])
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for i, (mine, theirs) in enumerate(zip(expected, got)):
            yield from compare(f"{what}[{i}]", mine, theirs)
    elif expected != got:
        yield f"{what}: model {expected}, core {got}"


def differences(row, quote, promoted, problems):
    yield from compare("quote", quote, row["quote"])
    yield from compare("promoted", promoted, row["promoted"])
    if sorted(problems) != sorted(row["problems"]):
        yield f"problems: model {sorted(problems)}, core {sorted(row['problems'])}"


def note(seen, row, promoted):
    seen["bounded"] += promoted["bounded"]
    for p in promoted["promotions"]:
        seen[p["state"]] += 1
        if p["state"] == "failed":
            seen["failed: " + p["need"]] += 1
    seen["gifts"] += sum(line["gift_of"] is not None for line in promoted["lines"])
    seen["shares"] += sum(len(line["shares"]) for line in promoted["lines"])
    for code, _ in row["problems"]:
        seen[code] += 1


def main():
    program = os.path.join(os.environ.get("BUILD", "build/asan"), "tests/core/promotion_dump")
    seed = os.environ.get("TEST_SEED", "20251122")
    print(f"seed {seed} (TEST_SEED={seed} repeats it)")
    passed = failed = 0
    seen = collections.Counter()
    with subprocess.Popen([program, str(DRAFTS), seed], stdout=subprocess.PIPE, text=True) as dump:
        for text in dump.stdout:
            row = json.loads(text)
            if "catalogue" in row:
                catalogue = row["catalogue"]
            elif "groups" in row:
                shop = row
            else:
                quote, promoted, problems = Promoted(catalogue, shop, row).price()
                found = list(differences(row, quote, promoted, problems))
                passed, failed = passed + (not found), failed + bool(found)
                note(seen, row, promoted)
                if found and failed <= SHOWN:
                    print(f"FAILED: draft {passed + failed} of seed {seed}\n   " + "\n   ".join(found[:8]))
                    print("   " + json.dumps({name: row[name] for name in ("draft", "facts")}))
                    print("\n".join(row["texts"]))
    if dump.returncode != 0 or passed + failed != DRAFTS:
        print(f"FAILED: {program} ended with {dump.returncode} after {passed + failed} drafts")
        failed += 1
    for rule in ("applied", "lost", "bounded", "gifts", "pick_too_many", "pick_not_offered", "pick_not_earned",
                 *(f"failed: {need}" for need in NEEDS)):
        if not seen[rule] and DRAFTS >= 1000:
            failed += 1
            print(f"FAILED: no draft shows {rule}")
    print(", ".join(f"{n} {name}" for name, n in sorted(seen.items())))
    print(f"test_promotion_model: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""The books, read by programs that we did not write: hledger and beancount take the whole demonstration company
after thousands of random payments, cash, refunds, cancellations and gift certificates; their balances are ours, and a
cent that is not where it was is found by both."""
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ctl_demo  # noqa: E402

REPORT = ctl_demo.Report("ledger")
check = REPORT.check
SEED = int(os.environ.get("TEST_SEED", random.randrange(2**32)))
STEPS = int(os.environ.get("LEDGER_STEPS", "10000"))
READERS = {"hledger": ["hledger", "check", "-f"], "beancount": ["bean-check"]}

# Random operations on placed orders, by the functions that the server calls; what is refused is refused whole.
WALK = """
DO $$
DECLARE
    step int := 0; n text; m text; due bigint; kind text; part bigint; t record; holder text := 'walk'; s shift; id_ bigint;
BEGIN
    PERFORM setseed(%s);
    WHILE step < %s LOOP
        step := step + 1;
        IF step %% 500 = 1 THEN -- at one till of each market a shift ends, and the next begins
            FOR t IN SELECT min(k.code) AS till, row_number() OVER (ORDER BY w.market) AS login FROM till k JOIN site w ON w.id = k.site_id GROUP BY w.market LOOP
                PERFORM shift_close(x.id, NULL, 'walk close' || x.id, 'h', t.login, '', false, greatest(0, a.balance + (random() * 9)::int - 4), '[]', '')
                   FROM shift x JOIN account a ON a.till_id = x.till_id WHERE x.login_id = t.login AND x.closed_at IS NULL;
                PERFORM shift_open(t.till, NULL, 'walk open' || step || t.till, 'h', t.login, '', (random() * 20000)::int);
            END LOOP;
        END IF;
        id_ := 1 + floor(random() * (SELECT max(id) FROM orders))::bigint;
        IF random() < 0.2 THEN -- few are due: those are paid in many small parts
            id_ := coalesce((SELECT p.order_id FROM payment p WHERE p.state = 'due' ORDER BY p.amount DESC LIMIT 1), id_);
        END IF;
        SELECT o.number, o.market, (SELECT coalesce(sum(p.amount), 0) FROM payment p WHERE p.order_id = o.id AND p.state = 'due')
          INTO n, m, due FROM orders o WHERE o.id = id_;
        CONTINUE WHEN n IS NULL;
        SELECT x.* INTO s FROM shift x WHERE x.closed_at IS NULL AND till_market(x.till_id) = m;
        IF random() < 0.02 THEN
            PERFORM shift_move(s.id, NULL, 'walk' || step, 'h', s.login_id, '', CASE WHEN random() < 0.7 THEN 'pay_out' ELSE 'pay_in' END, 1 + (random() * 9000)::int, 'x');
        ELSIF due > 0 AND random() < 0.9 THEN
            part := 1 + ((due - 1) * random() / 50)::bigint;
            PERFORM counter_pay(n, NULL, 'walk' || step, 'h', s.login_id, NULL, '', s.id, '{cash}', ARRAY[part], ARRAY[(part + 500)::text]);
        ELSIF due > 0 THEN
            kind := (ARRAY['transfer', 'cheque', 'card_present', 'balance', 'credit', 'link'])[1 + floor(random() * 6)::int];
            part := greatest(1, (due * random() * 1.2)::bigint);
            PERFORM order_pay(n, NULL, 'walk' || step, 'h', 1, NULL, '', ARRAY[kind], ARRAY[part], ARRAY[CASE WHEN kind IN ('transfer', 'cheque', 'card_present') THEN 'x' ELSE '' END]);
        ELSIF random() < 0.3 THEN
            PERFORM order_cancel(n, 'walk' || step, 'h', 1, NULL, '', '');
        ELSIF random() < 0.3 THEN
            PERFORM order_release(n, NULL, 'walk' || step, 'h', 1, '');
        ELSE
            PERFORM wallet_fund((SELECT distributor_id FROM orders WHERE number = n), 1 + (random() * 5000)::bigint, 'walk' || step, NULL);
        END IF;
        IF step %% 7 = 0 THEN
            FOR t IN SELECT g.task, g.act FROM gateway_take(holder, 5) g LOOP
                PERFORM gateway_result(t.task, holder, CASE t.act WHEN 'session' THEN 'captured' WHEN 'refund' THEN 'refunded' WHEN 'cancel' THEN 'cancelled'
                        WHEN 'authorise' THEN (ARRAY['authorised', 'declined', 'captured'])[1 + floor(random() * 3)::int] ELSE 'captured' END,
                        CASE t.act WHEN 'refund' THEN 're_' ELSE 'pi_' END || t.task, '{}');
            END LOOP;
        END IF;
    END LOOP;
END $$"""


def exported(company, name, folder):
    path = os.path.join(folder, name)
    code, out, err = company.ctl("export", "ledger", "--format", name, path)
    check(f"{name}: it is written", code == 0 and out.startswith("ledger: "), (code, out, err))
    return path


def reads(name, path):
    done = subprocess.run([*READERS[name], path], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0, (done.stdout + done.stderr)[:500]


def balances(company, path):
    """Every account with a kept balance, and the sums of the others, as hledger adds them up."""
    done = subprocess.run(["hledger", "balance", "-f", path, "--flat", "--no-total", "-E", "-O", "csv"], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=True)
    theirs = {}
    for row in done.stdout.splitlines()[1:]:
        name, _, amount = row.strip('"').partition('","')
        theirs[name] = sum(int(part.split()[-1].replace(".", "")) for part in amount.split(", ") if part.strip('" ') not in ("0", ""))
    ours = {name: int(amount) for name, amount in company.rows("""
        SELECT k.class || ':' || k.title || ':' || a.market || coalesce(':' || coalesce(d.number, 'C' || a.owner_id, 'G' || a.certificate_id, w.code), ''),
               coalesce(sum(CASE WHEN t.debit_id = a.id THEN t.amount ELSE -t.amount END), 0)
          FROM account a JOIN account_kind k ON k.kind = a.kind LEFT JOIN distributor d ON d.id = a.owner_id
          LEFT JOIN till w ON w.id = a.till_id
          LEFT JOIN transfer t ON a.id IN (t.debit_id, t.credit_id) GROUP BY a.id, k.class, k.title, d.number, w.code""")}
    wrong = {name: (theirs.get(name), amount) for name, amount in ours.items() if theirs.get(name, 0) != amount}
    check("every balance is ours", not wrong and len(theirs) <= len(ours), list(wrong.items())[:5])


def one_cent(company, path, name):
    """A posting in the file, a transfer in the database: both are found."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    at = random.choice([i for i, line in enumerate(lines) if line.startswith("  ") and line.rstrip()[-1:].isalnum() and "=" not in line])
    words = lines[at].split(" ")
    where = next(i for i in range(len(words) - 1, 0, -1) if "." in words[i] and words[i][-1].isdigit())
    words[where] = words[where][:-1] + str((int(words[where][-1]) + 1) % 10)
    lines[at] = " ".join(words)
    with open(path + ".one", "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    good, said = reads(name, path + ".one")
    check(f"{name}: a cent in the file is found", not good, said)


def spoiled(company, folder):
    with company.copy() as copy:
        copy.rows("BEGIN")
        copy.rows("SET LOCAL session_replication_role = replica")
        copy.rows("UPDATE transfer SET amount = amount + 1 WHERE id = (SELECT max(t.id) FROM transfer t JOIN account a ON a.id = t.credit_id WHERE a.balance IS NOT NULL)")
        copy.rows("COMMIT")
        for name in READERS:
            good, said = reads(name, exported(copy, name, folder))
            check(f"{name}: a cent in the books is found", not good, said)


def main():
    print(f"seed {SEED}")
    random.seed(SEED)
    with ctl_demo.demo_company() as company, tempfile.TemporaryDirectory(prefix="pl-") as folder:
        os.chmod(folder, 0o777)
        company.rows(WALK % (random.uniform(-1, 1), STEPS))
        code, out, err = company.ctl("check")
        check("the books balance", code == 0, (code, out, err))
        cash = company.rows("SELECT count(*) FILTER (WHERE kind = 'sale'), count(*) FILTER (WHERE kind = 'drop'), count(*) FILTER (WHERE kind IN ('over', 'short')) FROM drawer_move")[0]
        check("drawers were filled and counted", cash[0] > STEPS // 200 and cash[1] > STEPS // 1000 and cash[2] > 0, cash)
        check("something has happened", company.rows("SELECT count(DISTINCT kind) FROM journal")[0][0] >= 6, company.rows("SELECT kind, count(*) FROM journal GROUP BY 1"))
        for name in READERS:
            path = exported(company, name, folder)
            good, said = reads(name, path)
            check(f"{name} takes it", good, said)
            one_cent(company, path, name)
            if name == "hledger":
                balances(company, path)
        spoiled(company, folder)
        for wrong in (("ledger",), ("ledger", "--format", "ods"), ("ledger", "--format", "hledger", "a", "b")):
            check(f"{wrong} is refused", company.ctl("export", *wrong)[0] == 64)
        code, out, _ = company.ctl("export", "ledger", "--format", "hledger", "/nowhere/books")
        check("a folder that is not there", code == 1, out)
    REPORT.close()


main()

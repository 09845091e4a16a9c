#!/usr/bin/python3
"""partylinectl import: good files come in whole, bad ones not at all, with every fault in its place."""
import csv
import io
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ctl_demo  # noqa: E402
from hostile import HOSTILE  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from damm import damm  # noqa: E402

REPORT = ctl_demo.Report("import")
check = REPORT.check
COMMANDS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\u061c]")


class Desk:
    def __init__(self, company, folder):
        self.company, self.folder = company, folder

    def imported(self, kind, text, name="file.csv"):
        """Exit code, output with the folder taken out, and errors."""
        path = os.path.join(self.folder, name)
        with open(path, "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, 0o644)
        code, out, err = self.company.ctl("import", kind, path)
        return code, out.replace(self.folder + "/", ""), err.replace(self.folder + "/", "")

    def good(self, what, kind, text, says):
        seen = self.imported(kind, text)
        check(what, seen == (0, says + "\n", ""), seen)

    def bad(self, what, kind, text, *faults):
        """Every fault is listed, in order, and nothing else."""
        before = self.company.rows("SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM price),"
                                   " (SELECT count(*) FROM person), (SELECT count(*) FROM movement), (SELECT count(*) FROM audit)")
        code, out, err = self.imported(kind, text)
        check(what, code == 1 and out == "".join(f"file.csv:{fault}\n" for fault in faults)
              and err.startswith("partylinectl: nothing was imported: "), (code, out, err))
        after = self.company.rows("SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM price),"
                                  " (SELECT count(*) FROM person), (SELECT count(*) FROM movement), (SELECT count(*) FROM audit)")
        check(what + ": nothing came in", before == after, (before, after))


def items(desk):
    one, two = damm("9901"), damm("9902")
    text = (f"\ufeffsku,name,spoken,group,barcode,weight_g,max_per_order,sale_from,back_order,language\r\n"
            f"{one},\"Lamp, brass\",lamp,LAMPS,,900,3,2025-01-01,yes,\r\n"
            f"{one},黄铜灯,铜灯,,,,,,,zh\r\n"
            f"{two},Lamp of tin,,LAMPS,4006381333931,,,,,\r\n")
    version = desk.company.value("SELECT version FROM catalogue_version")
    desk.good("items come in", "items", text, "items: 2 added, 0 changed, 0 as they were")
    check("as they were written", desk.company.rows(
        "SELECT n.name, n.spoken, i.max_per_order, i.on_sale::text, i.back_order, i.weight_g FROM item i JOIN item_name n"
        " ON n.item_id = i.id WHERE i.sku = %s ORDER BY n.language", one) ==
        [("Lamp, brass", "lamp", 3, "[2025-01-01,)", True, 900), ("黄铜灯", "铜灯", 3, "[2025-01-01,)", True, 900)])
    check("the catalogue has a new version", desk.company.value("SELECT version FROM catalogue_version") > version)
    desk.good("a second time changes nothing", "items", text, "items: 0 added, 0 changed, 2 as they were")
    desk.good("a column that is absent stays", "items", f"sku,name\n{one},Lamp of brass\n", "items: 0 added, 1 changed, 0 as they were")
    check("and so does what it held", desk.company.value("SELECT max_per_order FROM item WHERE sku = %s", one) == 3)
    desk.bad("every fault has its place", "items",
             "sku,name,group,barcode,weight_g,max_per_order,sale_from,back_order,kind,tax_class\n"
             "99123,A,LAMPS,,,,,,,\n"                       # check digit
             f"{damm('9903')},,LAMPS,,,,,,,\n"              # no name
             f"{damm('9904')},B,NOWHERE,,,,,,,\n"
             f"{damm('9905')},C,LAMPS,123,-1,x,2025-02-30,maybe,thing,\n"
             f"{damm('9906')},D,LAMPS,4006381333931,,,,,,none\n"
             f"{damm('9907')},E\n"
             f"{damm('99080')},F,LAMPS,,,,,,,\n"
             f"{damm('9909')},\"two\nlines\",LAMPS,,,,,,,\n"
             f"{damm('9910')},G,LAMPS,,,,,,,\n"
             f"{damm('9910')},G,LAMPS,,,,,,,\n",
             "2: sku: 99123 en: the check digit of 99123 does not fit.",
             "3: name: must not be empty",
             f"4: group: {damm('9904')} en: there is no Group NOWHERE.",
             "5: back_order: maybe is neither yes nor no.",
             "5: barcode: 123 is no EAN-13.",
             "5: kind: There is no Kind thing.",
             "5: max_per_order: x is no whole number from 0 to 1000000000.",
             "5: sale_from: 2025-02-30 is no date YYYY-MM-DD.",
             "5: weight_g: -1 is no whole number from 0 to 1000000000.",
             f"6: barcode: {damm('9906')} en: barcode 4006381333931 is item {two}'s.",
             f"6: tax_class: {damm('9906')} en: there is no Tax none.",
             "7: 2 fields, but 10 columns",
             f"8: sku: {damm('99080')} en: {damm('99080')} has not 5 digits.",
             "9: name: Name holds characters that cannot be printed.",
             f"12: {damm('9910')} en stands there twice")
    desk.bad("unknown and missing columns", "items", "sku,colour,sku\n1,2,3\n", "1: colour: there is no such column",
             "1: name: this column is missing", "1: sku: this column stands there twice")


def back(desk, kind, key):
    """The texts that came in: {column: text}."""
    if kind == "items":
        return dict(zip(("name", "spoken", "language"), desk.company.rows(
            "SELECT n.name, n.spoken, n.language FROM item i JOIN item_name n ON n.item_id = i.id WHERE i.sku = %s", key)[0]))
    columns = ("given_name", "family_name", "name", "email", "phone", "language")
    parts = ("line1", "line2", "city", "postcode", "region")
    return dict(zip(columns + parts, desk.company.rows(
        "SELECT p." + ", p.".join(columns) + ", a." + ", a.".join(parts) + " FROM person p JOIN distributor d ON d.id = p.id"
        " LEFT JOIN address a ON a.person_id = p.id AND a.position = 1 WHERE d.number = %s", key)[0]))


def one_row(kind, key, field, text):
    base = {"items": {"sku": key, "name": "x", "group": "LAMPS"},
            "distributors": {"number": key, "market": "GB", "family_name": "X", "name": "X", "joined": "2025-01-01", "line1": "1 Road",
                             "city": "Bath", "country": "GB"}}[kind]
    return {**base, field: text}


def csv_of(columns, rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


# columns whose text has to be one that is known, or of a form: there hostile text is refused
FORMS = {"items": ("sku", "kind", "group", "tax_class", "barcode", "weight_g", "max_per_order", "age_limit", "sale_from", "sale_to",
                   "back_order", "legacy"),
         "distributors": ("number", "market", "joined", "sponsor", "status", "rank", "country")}
TEXTS = {"items": ("name", "spoken"),
         "distributors": ("given_name", "family_name", "name", "email", "phone", "language", "line1", "line2", "city", "postcode", "region")}


def hostile(desk):
    """Every kind in every column: it comes in as it was, or a line that names row and column refuses it,
    and says so without a command to the terminal."""
    known = {sku for sku, in desk.company.rows("SELECT sku FROM item")}
    free = [sku for sku in map(damm, map(str, range(1000, 9000))) if sku not in known]
    for kind, texts in TEXTS.items():
        columns, line, rows = [*texts, *FORMS[kind]], 2, []
        for number, (field, name) in enumerate((field, name) for field in columns for name in HOSTILE):
            key = free[number] if kind == "items" else damm("77%04d" % number)
            rows.append((line, key, field, name, one_row(kind, key, field, HOSTILE[name])))
            line += 1 + HOSTILE[name].count("\n")
        code, out, err = desk.imported(kind, csv_of(columns, [row for *_, row in rows]))
        check(f"{kind}: what is refused is listed", code == 1, err)
        check(f"{kind}: nothing in it is for the terminal", not COMMANDS.search(out + err), COMMANDS.findall(out + err))
        check(f"{kind}: no line is without end", max(map(len, out.split("\n"))) < 300, out)
        taken = []
        for line, key, field, name, row in rows:
            if f"file.csv:{line}: {field}: " not in out:
                check(f"{kind}.{field}, {name}: refused by row and column", field in texts and f"file.csv:{line}:" not in out)
                taken.append((key, field, name, row))
        check(f"{kind}: most texts are taken", len(taken) >= len(texts) * 14, len(taken))
        desk.good(f"{kind}: the others come in", kind, csv_of(columns, [row for *_, row in taken]),
                  f"{kind}: {len(taken)} added, 0 changed, 0 as they were")
        for key, field, name, row in taken:
            have = back(desk, kind, key)[field]
            check(f"{kind}.{field}, {name}: as it was", have == row[field], (have, row[field]))
    for name, text in HOSTILE.items():
        code, out, err = desk.imported("items", "sku," + '"' + text + '"\n1,2\n')
        check(f"a column {name}", code == 1 and "file.csv:1" in out + err and not COMMANDS.search(out + err), (code, out, err))
    for what, bad in (("bytes that are no UTF-8", b"sku,name\n11111,a\xff\xfeb\n"), ("a NUL", b"sku,name\n11111,a\0b\n")):
        code, out, err = desk.imported("items", bad)
        check(what, code == 1 and "file.csv:2:" in err, (code, out, err))


def prices(desk):
    sku = damm("9901")
    desk.good("prices come in", "prices", f"market,list,sku,amount,cv,pv\nGB,AUTUMN-2,{sku},12.50,6.9,6.9\n",
              "prices: 1 added, 0 changed, 0 as they were")
    desk.good("a new one", "prices", f"market,list,sku,amount\nGB,AUTUMN-2,{sku},13\n", "prices: 0 added, 1 changed, 0 as they were")
    check("in minor units, the volumes kept", desk.company.rows(
        "SELECT p.amount, p.cv, p.pv FROM price p JOIN price_list l ON l.id = p.list_id JOIN item i ON i.id = p.item_id"
        " WHERE l.market = 'GB' AND l.code = 'AUTUMN-2' AND i.sku = %s", sku) == [(1300, 690, 690)])
    desk.good("a list that is new", "prices", f"market,list,audience,sku,amount,valid_from,valid_to,list_name\n"
              f"GB,HOST-1,host,{sku},9.99,2025-11-01,2026-02-01,For hosts\n", "prices: 1 added, 0 changed, 0 as they were")
    check("is made", desk.company.rows("SELECT name, valid::text FROM price_list WHERE code = 'HOST-1'")
          == [("For hosts", "[2025-11-01,2026-02-01)")])
    desk.bad("faults of prices", "prices",
             "market,list,audience,sku,amount,valid_from\n"
             f"FR,AUTUMN-2,,{sku},1.00,\n"
             f"GB,AUTUMN-2,,{sku},1.005,\n"
             f"GB,WINTER-9,,{sku},1.00,\n"
             f"GB,AUTUMN-2,,{damm('9999')},1.00,\n"
             f"GB,AUTUMN-2,everybody,{sku},1.00,\n"
             f"GB,AUTUMN-2,,{sku},99999999999999999999,\n",
             "2: market: there is no market FR",
             "3: amount: 1.005 is no amount of at most 2 decimals.",
             f"4: list: GB retail WINTER-9 {sku}: there is no List WINTER-9.",
             f"5: sku: GB retail AUTUMN-2 {damm('9999')}: there is no SKU {damm('9999')}.",
             "6: audience: There is no Audience everybody.",
             "7: amount: 99999999999999999999 is no amount of at most 2 decimals.")
    desk.bad("a list that overlaps with others", "prices", f"market,list,sku,amount,valid_from\nGB,AUTUMN-9,{sku},1.00,2025-12-01\n",
             " valid_to: GB retail AUTUMN-2 overlaps with AUTUMN-9 from 2025-12-01 on.",
             "2: valid_to: GB retail AUTUMN-9 overlaps with SPRING-2 from 2026-02-01 on.")


def distributors(desk):
    mother, child, known = damm("950001"), damm("950002"), desk.company.value("SELECT number FROM distributor WHERE id = 5")
    desk.good("distributors come in, the child before the mother", "distributors",
              "number,market,given_name,family_name,joined,sponsor,rank,email,line1,city,postcode\n"
              f"{child},GB,Ann,Lee,2025-10-02,{mother},,ann@example.com,1 Hill Road,York,YO1 1AA\n"
              f"{mother},GB,Eve,Lee,2025-10-01,{known},MGR,,,,\n", "distributors: 2 added, 0 changed, 0 as they were")
    check("with person, sponsor and rank", desk.company.rows(
        "SELECT p.name, d.status, d.rank, s.number, a.city FROM distributor d JOIN person p ON p.id = d.id"
        " JOIN distributor s ON s.id = d.sponsor_id LEFT JOIN address a ON a.person_id = d.id WHERE d.number IN (%s, %s)"
        " ORDER BY d.joined", mother, child) ==
        [("LEE, Eve", "active", 4, known, None), ("LEE, Ann", "active", 1, mother, "York")])
    one, two = damm("950003"), damm("950004")
    desk.bad("faults of distributors", "distributors",
             "number,market,family_name,joined,sponsor,rank,status,line1\n"
             f"{mother},GB,Lee,2025-10-01,,,,\n"
             f"{one},GB,Lee,2025-10-01,{two},,,\n"
             f"{two},GB,Lee,2025-10-01,{one},,,\n"
             f"{damm('950005')},GB,Lee,2026-10-01,{damm('959999')},KING,,\n"
             f"{damm('950006')},GB,Lee,2025-10-01,,,retired,\n"
             f"1234567,GB,Lee,01.10.2025,,,,\n"
             f"{damm('950007')},GB,Lee,2025-10-01,,,,1 Hill Road\n",
             f"2: number: {mother} exists already",
             "3: sponsor: the sponsors go round in a circle",
             "4: sponsor: the sponsors go round in a circle",
             "5: joined: is in the future",
             "5: rank: there is no rank KING",
             f"5: sponsor: there is no distributor {damm('959999')}",
             "6: status: There is no status retired.",
             "7: joined: 01.10.2025 is no date YYYY-MM-DD.",
             "7: number: 1234567 is mistyped: its check digit does not fit.",
             "8: city: an address needs line1 and city")


def stock(desk):
    sku, on_hand = damm("9901"), "SELECT on_hand FROM stock k JOIN item i ON i.id = k.item_id WHERE i.sku = %s AND site_id = 1"
    text = f"site,sku,qty,location,lot,expires\nLEEDS,{sku},100,M-01-01,L1,2027-01-01\nLEEDS,{sku},20,M-01-02,L2,\n"
    desk.good("stock comes in", "stock", text, "stock: 2 added, 0 changed, 0 as they were")
    check("as what is on hand", desk.company.value(on_hand, sku) == 120)
    desk.good("a second time changes nothing", "stock", text, "stock: 0 added, 0 changed, 2 as they were")
    desk.good("a count of one lot", "stock", f"site,sku,qty,location,lot\nLEEDS,{sku},90,M-01-01,L1\n", "stock: 0 added, 1 changed, 0 as they were")
    check("makes one movement", desk.company.rows(
        "SELECT m.qty, m.reason, m.document, m.expires::text FROM movement m JOIN item i ON i.id = m.item_id WHERE i.sku = %s ORDER BY m.id", sku) ==
        [(100, "opening", "file.csv", "2027-01-01"), (20, "opening", "file.csv", None), (-10, "count", "file.csv", "2027-01-01")])
    desk.company.rows("UPDATE stock SET reserved = 105 WHERE item_id = (SELECT id FROM item WHERE sku = %s)", sku)
    kit = desk.company.value("SELECT min(sku) FROM item WHERE kind = 'kit'")
    desk.bad("faults of stock", "stock", "site,sku,qty,location,lot\n"
             f"LEEDS,{sku},80,M-01-01,L1\n"
             f"MARS,{sku},1,,\n"
             f"LEEDS,{kit},1,,\n"
             f"HULL,{sku},1,,\nHULL,{sku},2,,\n",
             "2: qty: 105 are reserved, but only 100 would be there",
             "3: site: there is no site MARS",
             f"4: sku: {kit} is a kit and has no stock",
             f"6: sku: {sku} stands there twice for this site, location and lot")
    desk.company.rows("UPDATE stock SET reserved = 0 WHERE item_id = (SELECT id FROM item WHERE sku = %s)", sku)


def broken_files(desk):
    for what, text, says in (
            ("an open quote", "sku,name\n\"12,x\n", "file.csv:2:1: this quote is never closed"),
            ("Latin-1", b"sku,name\n12345,caf\xe9\n", "file.csv:2:7: not UTF-8"),
            ("an empty file", "", "file.csv is empty")):
        seen = desk.imported("items", text)
        check(what, seen == (1, "", f"partylinectl: {says}\n"), seen)
    seen = desk.company.ctl("import", "items", desk.folder + "/none.csv")
    check("a file that is not there", seen[0] == 1 and "No such file" in seen[2], seen)
    check("an unknown kind", desk.company.ctl("import", "shoes", "x.csv")[0] == 64)
    check("no file", desk.company.ctl("import", "items")[0] == 64)


def large(desk):
    rows = "".join(f"{damm(str(100000 + n))},Item of many {n},LAMPS,yes\n" for n in range(20000))
    code, out, err = desk.imported("items", "sku,name,group,legacy\n" + rows)
    check("twenty thousand rows", (code, out) == (0, "items: 20000 added, 0 changed, 0 as they were\n"), (code, out[:200], err[:200]))


def main():
    with ctl_demo.demo_company() as company, tempfile.TemporaryDirectory(prefix="import-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        desk = Desk(company, folder)
        for part in (items, prices, distributors, stock, hostile, broken_files, large):
            part(desk)
        seen = company.ctl("check")
        check("the books are clean afterwards", seen[0] == 0, seen)
    REPORT.close()


main()

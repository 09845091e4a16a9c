#!/usr/bin/python3
"""partylinectl export: what is exported comes back in without a change, as CSV and as XLSX; spreadsheet programs
read it, and what they write is read; no text becomes a formula."""
import csv
import datetime
import io
import os
import sys
import tempfile

import openpyxl

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ctl_demo  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from damm import damm  # noqa: E402

REPORT = ctl_demo.Report("export")
check = REPORT.check
SHEETS = ("items", "prices", "lists", "discounts", "delivery", "tax", "kits", "choices")
RISKY = ("=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''=x", "'quoted'", 'a "b", c', "陳 美玲", "  x")


class Desk:
    def __init__(self, company, folder):
        self.company, self.folder = company, folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def exported(self, kind, name):
        seen = self.company.ctl("export", kind, self.path(name))
        check(f"{kind} into {name}", seen[0] == 0 and seen[2] == "", seen)
        with open(self.path(name), "rb") as file:
            return file.read()

    def imported(self, kind, name, *options):
        return self.company.ctl("import", *options, kind, self.path(name))

    def everything(self):
        return self.company.rows("SELECT (SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM item t), (SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM item_name t),"
                                 " (SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM price t), (SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM price_list t),"
                                 " (SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM rank_discount t), (SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM delivery_charge t),"
                                 " (SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM tax_rate t), (SELECT version FROM catalogue_version)")


def there_and_back(desk):
    for ending in ("csv", "xlsx"):
        for kind in SHEETS:
            before = desk.everything()
            first = desk.exported(kind, f"{kind}.{ending}")
            code, out, err = desk.imported(kind, f"{kind}.{ending}")
            check(f"{kind}.{ending} comes back", code == 0 and out.startswith(f"{kind}: 0 added, 0 changed, "), (code, out[:500], err))
            check(f"{kind}.{ending} has changed nothing", desk.everything() == before)
            if ending == "csv":
                check(f"{kind} is the same file again", desk.exported(kind, f"{kind}-2.csv") == first)


def spreadsheets_read_it(desk):
    desk.exported("prices", "prices.xlsx")
    rows = list(openpyxl.load_workbook(desk.path("prices.xlsx")).active.iter_rows(values_only=True))
    sku, list_, amount = desk.company.rows(
        "SELECT i.sku, l.code, p.amount FROM price p JOIN price_list l ON l.id = p.list_id JOIN item i ON i.id = p.item_id"
        " WHERE l.market = 'GB' AND l.audience = 'retail' ORDER BY l.code, i.sku LIMIT 1")[0]
    head = dict(zip(rows[0], range(len(rows[0]))))
    found = [row for row in rows if row[head["sku"]] == sku and row[head["list"]] == list_ and row[head["market"]] == "GB"]
    check("an amount is a number, a SKU is text", len(found) == 1 and found[0][head["amount"]] == amount / 100 and isinstance(found[0][head["sku"]], str), found)


def what_they_write_is_read(desk):
    """Numbers, real dates and truths, blank rows, empty cells at the end, texts in pieces."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["sku", "name", "group", "weight_g", "sale_from", "back_order", "legacy"])
    one, two = damm("9701"), damm("9702")
    sheet.append([int(one), "Cup, blue", "LAMPS", 350, datetime.date(2025, 12, 24), True])
    sheet.append([])
    sheet.append([two, "陳 <&> \"x\"", "LAMPS", 0.1 + 0.2 + 0.7])
    book.save(desk.path("new.xlsx"))
    code, out, err = desk.imported("items", "new.xlsx")
    check("what a spreadsheet program writes is read", (code, out) == (0, "items: 2 added, 0 changed, 0 as they were\n"), (code, out, err))
    check("as it was meant", desk.company.rows(
        "SELECT n.name, i.weight_g, lower(i.on_sale)::text, i.back_order FROM item i JOIN item_name n ON n.item_id = i.id WHERE i.sku IN (%s, %s) ORDER BY i.sku", one, two)
        == [("Cup, blue", 350, "2025-12-24", True), ("陳 <&> \"x\"", 1, None, False)])
    sheet.append([damm("9703"), "Plate", "NOWHERE"])
    book.save(desk.path("bad.xlsx"))
    code, out, err = desk.imported("items", "bad.xlsx")
    check("faults have the rows of the sheet", code == 1 and ":5: group: " in out, (code, out, err))
    with open(desk.path("broken.xlsx"), "wb") as file:
        file.write(b"PK\3\4 this is none")
    code, out, err = desk.imported("items", "broken.xlsx")
    check("a file that is none is told", code == 1 and "not a spreadsheet" in err, (code, out, err))


def no_text_becomes_a_formula(desk):
    skus = [damm(f"96{n:02d}") for n in range(len(RISKY))]
    for sku, text in zip(skus, RISKY):
        desk.company.cursor.execute("INSERT INTO item (sku, kind, group_id, tax_class) VALUES (%s, 'gift', 1, 1) RETURNING id", (sku,))
        desk.company.cursor.execute("INSERT INTO item_name VALUES (%s, 'en', %s, 'x')", (desk.company.cursor.fetchone()[0], text))
    before = desk.everything()
    text = desk.exported("items", "risky.csv").decode()
    for ending in ("csv", "xlsx"):
        desk.exported("items", "risky." + ending)
        code, out, err = desk.imported("items", "risky." + ending)
        check(f"risky texts come back from {ending}", code == 0 and "0 added, 0 changed" in out and desk.everything() == before, (out, err))
    import csv
    cells = [cell for row in csv.reader(text.split("\r\n")) for cell in row]
    check("no field begins as a formula", not [cell for cell in cells if cell[:1] in tuple("=+-@\t")], text[:0])
    sheet = openpyxl.load_workbook(desk.path("risky.xlsx")).active
    check("texts are texts", all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row))


def a_draft_waits_for_whoever_publishes_it(desk):
    sku = desk.company.value("SELECT min(i.sku) FROM item i JOIN price p ON p.item_id = i.id")
    with open(desk.path("draft.csv"), "w", encoding="utf-8") as file:
        file.write(f"\ufeffsku,language,name,max_per_order\n{sku},en,A new name,7\n")
    before = desk.company.value("SELECT max_per_order FROM item WHERE sku = %s", sku)
    code, out, err = desk.imported("items", "draft.csv", "--draft", "b-02")
    check("a draft is made", code == 0 and "1 changed" in out and "waits for b-02" in out, (code, out, err))
    check("nothing is changed by it", desk.company.value("SELECT max_per_order FROM item WHERE sku = %s", sku) == before)
    check("it is theirs", desk.company.rows("SELECT l.login, c.state, c.title, r.new->>'name' FROM changeset c JOIN login l ON l.id = c.owner_id"
                                            " JOIN changeset_row r ON r.changeset = c.ulid") == [("B-02", "draft", "draft.csv", "A new name")])


def certificates(desk):
    """What is owed, by certificate: a part is spent of one; the whole numbers are nowhere."""
    company = desk.company
    (number, owner), = company.rows("SELECT c.number, o.number FROM certificate c JOIN orders o ON o.market = c.market AND o.state NOT IN ('cancelled', 'received')"
                                    " JOIN payment p ON p.order_id = o.id AND p.state = 'due' AND p.amount > 700 ORDER BY c.amount DESC, o.id LIMIT 1")
    result = company.value("SELECT result FROM order_pay(%s, NULL, 'k', 'h', 1, NULL, '', '{certificate}', '{700}', ARRAY[%s])", owner, number)
    check("a part of one is spent", result == "paid", result)
    company.rows("UPDATE person SET name = '=1+1' WHERE id = (SELECT seller_id FROM certificate WHERE number = %s)", number)
    owed = company.value("SELECT sum(a.balance) FROM account a WHERE a.kind = 'certificate'")
    text = desk.exported("certificates", "certificates.csv").decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    check("every one is there", len(rows) == company.value("SELECT count(*) FROM certificate"), rows)
    check("what is left is what is owed", sum(round(float(row["left"]) * 100) for row in rows) == owed, (rows, owed))
    (mine,) = [row for row in rows if float(row["spent"])]
    check("spent, left and sold", (mine["certificate"], mine["sold"], mine["spent"], mine["left"]) == ("..." + number[-4:], "100.00", "7.00", "93.00"), mine)
    check("no number can be spent, no name is a formula", number not in text and mine["seller_name"] == "'=1+1", mine)
    desk.exported("certificates", "certificates.xlsx")
    sheet = openpyxl.load_workbook(desk.path("certificates.xlsx")).active
    cells = {row[1].value: row for row in sheet.iter_rows(min_row=2)}["..." + number[-4:]]
    check("amounts are numbers, names are texts", (cells[6].value, cells[6].data_type, cells[10].value, cells[10].data_type) == (93, "n", "=1+1", "s"), cells)
    check("a file is named", company.ctl("export", "certificates")[0] == 64)


def main():
    with ctl_demo.demo_company() as company, tempfile.TemporaryDirectory(prefix="export-", dir="/tmp") as folder:
        os.chmod(folder, 0o777)
        desk = Desk(company, folder)
        for part in (there_and_back, spreadsheets_read_it, what_they_write_is_read, a_draft_waits_for_whoever_publishes_it, no_text_becomes_a_formula,
                     certificates):
            part(desk)
        check("unknown sheets are refused", company.ctl("export", "shoes", "x.csv")[0] == 64)
    REPORT.close()


main()

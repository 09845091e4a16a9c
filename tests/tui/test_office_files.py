#!/usr/bin/python3
"""Sheets as files at the terminal, against the real server: a sheet goes out, is edited, comes back into the changes, and
its new price is seen at an operator's open order; what cannot be taken is shown row by row, and nothing is lost."""
import csv
import os
import shutil
import stat
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))
import driver  # noqa: E402
import openpyxl  # noqa: E402
from cases import Cases  # noqa: E402
from driver import Client, golden  # noqa: E402
from served import demo_server  # noqa: E402

cases = Cases("test_office_files")


def office(world, folder, login="B-02", size=(80, 24)):
    client = Client(world, ["--user", login, *(["--files", folder] if folder else [])], *size)
    client.wait("Operator", "Password")
    client.type(world["password"])
    client.press("Enter")
    client.wait("BACK OFFICE", "1  Items")
    return client


def sheet(client, number, *texts):
    client.line(number)
    client.wait("SHEET", *texts, absent=["  .."])


def money(minor):
    return "%d.%02d" % divmod(minor, 100)


def price(s, sku):
    return int(s.psql("SELECT p.amount FROM price p JOIN price_list l ON l.id = p.list_id JOIN item i ON i.id = p.item_id"
                      f" WHERE l.market = 'GB' AND l.audience = 'retail' AND l.code = 'AUTUMN-2' AND i.sku = '{sku}'"))


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def a_file_goes_out_is_edited_and_published(s, world, folder):
    sku = s.ids["skus"][0]
    was = price(s, sku)
    operator = Client(world, ["--user", "CC-07"]).sign_on(world)
    operator.line(s.ids["manager"])
    operator.wait("Balance")
    operator.line(sku)
    operator.wait("pending 0 of 1", money(was))
    client = office(world, folder)
    sheet(client, "2", "AUTUMN-2", "Farmhouse")
    client.press("F8")
    client.wait("> prices.GB.AUTUMN-2.csv", "F8 again writes it under this name")
    golden(client, world, "office_export")
    assert os.listdir(folder) == [], "only the name was offered"
    client.press("F8")
    client.wait("written: prices.GB.AUTUMN-2.csv")
    path = os.path.join(folder, "prices.GB.AUTUMN-2.csv")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600 and os.listdir(folder) == ["prices.GB.AUTUMN-2.csv"]
    rows = read(path)
    assert len(rows) == int(s.psql("SELECT count(*) FROM price p JOIN price_list l ON l.id = p.list_id WHERE code = 'AUTUMN-2' AND market = 'GB' AND audience = 'retail'"))
    row = next(r for r in rows if r["sku"] == sku)
    assert row["amount"] == money(was)
    row["amount"] = money(was + 55)
    write(path, rows)
    client.press("F11")
    client.wait("> prices.GB.AUTUMN-2.csv", "F11 again reads the file of this name")
    client.press("F11")
    client.wait("prices.GB.AUTUMN-2.csv: 1 row is changed by it", "1 row changed", absent=["  .."])
    assert price(s, sku) == was
    client.press("F9")
    client.wait("CHANGES", "all is well", "%s -> %s" % (money(was), money(was + 55)))
    client.press("F9")
    client.wait("published: 1 row")
    assert price(s, sku) == was + 55
    driver.until(lambda: s.call("GET", f"/api/v1/items/{sku}", token=s.token())[2]["price"] == was + 55, "no worker knows")
    operator.press("F5")
    operator.wait(money(was + 55))
    operator.press("F6")
    operator.wait("held")
    operator.close()
    client.close()


def a_spreadsheet_carries_the_changes_that_are_open(s, world, folder):
    client = office(world, folder)
    sheet(client, "5", "Tax", "GB")
    client.line("17.5")
    client.wait("17.5*", "1 row changed")
    client.type("rates.xlsx")
    client.press("F8")
    client.wait("written: rates.xlsx")
    rows = list(openpyxl.load_workbook(os.path.join(folder, "rates.xlsx")).active.iter_rows(values_only=True))
    assert 17.5 in [row[list(rows[0]).index("percent")] for row in rows[1:]], rows
    # once more: it is asked about
    client.type("rates.xlsx")
    client.press("F8")
    client.wait("rates.xlsx is there already: F8 again replaces it", "> rates.xlsx")
    before = os.stat(os.path.join(folder, "rates.xlsx"))
    client.press("F8")
    client.wait("written: rates.xlsx")
    driver.until(lambda: os.stat(os.path.join(folder, "rates.xlsx")).st_ino != before.st_ino, "it was not replaced")
    client.close()


def rows_that_are_refused_are_shown(s, world, folder):
    skus = s.psql("SELECT string_agg(sku, ' ' ORDER BY sku) FROM item i JOIN price p ON p.item_id = i.id JOIN price_list l ON l.id = p.list_id"
                  " WHERE l.code = 'AUTUMN-2' AND l.market = 'GB' AND l.audience = 'retail'").split()
    with open(os.path.join(folder, "bad.csv"), "w", encoding="utf-8") as file:
        file.write("market,list,sku,amount\n" f"GB,AUTUMN-2,{skus[0]},77.77\n" f"GB,AUTUMN-2,{skus[1]},oops\n" f"XX,AUTUMN-2,{skus[2]},1.00\n")
    client = office(world, folder)
    sheet(client, "2", "AUTUMN-2", "Farmhouse")
    client.press("Down")
    client.line("66.66")
    client.wait("66.66*", "1 row changed")
    client.type("bad.csv")
    client.press("F11")
    client.wait("IMPORTED", "3 rows: 1 changed, 0 as they were, 2 not taken", "line 3, amount: oops is no amount", "line 4, market: there is no market XX")
    golden(client, world, "office_imported")
    client.press("F12")
    client.wait("SHEET", "77.77*", "66.66*", "2 rows changed", absent=["  .."])
    client.close()


def what_cannot_be_read_is_told_and_nothing_is_lost(s, world, folder):
    client = office(world, folder)
    sheet(client, "2", "AUTUMN-2", "Farmhouse")
    client.line("55.55")
    client.wait("55.55*", "1 row changed")
    for name, data, says in (("none.csv", None, "none.csv cannot be read: No such file"), ("../x.csv", None, "../x.csv is no plain name"), ("x.pdf", None, "x.pdf is no plain name"),
                             ("quote.csv", b"market,list,sku,amount\n\"1,x\n", "this quote is never closed"), ("empty.csv", b"", "there is nothing in the file"),
                             ("large.csv", b"x" * ((1 << 20) + 1), "larger than 1 MiB"), ("zip.xlsx", b"PK\3\4 none", "not a spreadsheet")):
        if data is not None:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        client.press("C-u")
        client.type(name)
        client.press("F11")
        client.wait(says, "55.55*", "1 row changed")
    client.press("C-u")
    with open(os.path.join(folder, "columns.csv"), "w", encoding="utf-8") as file:
        file.write("sku,colour\n1,2\n")
    client.type("columns.csv")
    client.press("F11")
    client.wait("IMPORTED", "line 1, colour: there is no such column", "Its first line names the columns")
    client.press("F12")
    client.wait("SHEET", "55.55*", "1 row changed")
    client.close()


def a_kit_is_changed_in_its_sheet(s, world, folder):
    """As a row that is typed over, and by a file of its own."""
    kit, part = s.psql("SELECT k.sku, i.sku FROM kit_component c JOIN item k ON k.id = kit_id JOIN item i ON i.id = item_id ORDER BY 1, 2 LIMIT 1").split("|")
    client = office(world, folder)
    sheet(client, "7", "Kits", part, "Pieces")
    client.type("kits.csv")
    client.press("F8")
    client.wait("written: kits.csv")
    rows = read(os.path.join(folder, "kits.csv"))
    next(r for r in rows if (r["kit"], r["sku"]) == (kit, part))["qty"] = "4"
    write(os.path.join(folder, "kits.csv"), rows)
    client.press("F11")
    client.wait("> kits.csv")
    client.press("F11")
    client.wait("kits.csv: 1 row is changed by it", "1 row changed", "4*", absent=["  .."])
    golden(client, world, "office_kits")
    client.press("F9")
    client.wait("CHANGES", "all is well", "Pieces: 1 -> 4")
    client.press("F9")
    client.wait("published: 1 row")
    assert s.psql(f"SELECT qty FROM kit_component c JOIN item k ON k.id = kit_id JOIN item i ON i.id = item_id WHERE k.sku = '{kit}' AND i.sku = '{part}'") == "4"
    client.press("F12")
    sheet(client, "8", "Choices in kits", "Chosen")
    golden(client, world, "office_choices")
    client.close()


def without_a_folder_there_are_no_files(s, world, folder):
    client = office(world, None)
    sheet(client, "2", "AUTUMN-2", "Farmhouse")
    for key in ("F8", "F11"):
        client.press(key)
        client.wait("this terminal has no folder for files")
    client.close()


def main():
    driver.begin()
    try:
        with demo_server("--workers", "1") as s:
            world = dict(s.ids, server=f"https://localhost:{s.port}", ca=os.path.join(s.folder, "ca.pem"))
            for case in (a_file_goes_out_is_edited_and_published, a_spreadsheet_carries_the_changes_that_are_open, rows_that_are_refused_are_shown,
                         what_cannot_be_read_is_told_and_nothing_is_lost, a_kit_is_changed_in_its_sheet, without_a_folder_there_are_no_files):
                if not sys.argv[1:] or any(word in case.__name__ for word in sys.argv[1:]):
                    s.psql("UPDATE changeset SET state = 'dropped' WHERE state = 'draft'")
                    folder = tempfile.mkdtemp(prefix="pl-files-", dir="/tmp")
                    try:
                        cases.run(case.__name__.replace("_", " "), case, s, world, folder)
                    finally:
                        shutil.rmtree(folder)
    finally:
        driver.end()
    cases.end()


main()

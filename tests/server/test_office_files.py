#!/usr/bin/python3
"""Sheets as files over the interface: what is written comes back without a change, what was edited goes into a
change set, each row that cannot be taken is told with line and column, and a bad file loses nothing."""
import csv
import io
import os
import ssl
import sys
import tempfile
import urllib.request
import zipfile

import openpyxl

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from cases import Cases  # noqa: E402
from damm import damm  # noqa: E402
from served import demo_server, ulid  # noqa: E402

cases = Cases("test_office_files")
A = "/api/v1"
SHEETS = ("items", "prices", "lists", "discounts", "delivery", "tax", "kits", "choices")


def exported(s, sheet, login="B-02", **query):
    """The bytes of a sheet's file."""
    text = "&".join(f"{k}={v}" for k, v in query.items())
    request = urllib.request.Request(f"https://localhost:{s.port}{A}/sheets/{sheet}/file?{text}",
                                     headers={"Authorization": "Bearer " + s.token(login)})
    with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=os.path.join(s.folder, "ca.pem"))) as reply:
        wanted = "spreadsheetml" if query.get("format") == "xlsx" else "text/csv"
        assert wanted in reply.headers["Content-Type"] and sheet in reply.headers["Content-Disposition"]
        return reply.read()


def imported(s, sheet, data, one=None, login="B-02", status=200, headers=None):
    """(change set, reply)"""
    one = one or ulid()
    got = s.call("PUT", f"{A}/changesets/{one}/file?sheet={sheet}", token=s.token(login), headers=headers,
                 raw=data if isinstance(data, bytes) else data.encode())
    assert got[0] == status, got
    return one, got[2]


def table(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


def text_of(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def rows_of(s, one):
    return s.call("GET", f"{A}/changesets/{one}/rows?limit=500", token=s.token("B-02"))[2]["items"]


def counts(got):
    return {name: got[name] for name in ("rows", "taken", "same", "refused")}


def told(got):
    return [(p["line"], p["column"]) for p in got["problems"]]


# ---- there and back -----------------------------------------------------------------------------

def what_is_written_comes_back_without_a_change(s):
    for sheet in SHEETS:
        for ending in ("csv", "xlsx"):
            data = exported(s, sheet, format=ending)
            one, got = imported(s, sheet, data)
            assert got["rows"] > 0 and counts(got) == {"rows": got["rows"], "taken": 0, "same": got["rows"], "refused": 0}, (sheet, ending, got)
            assert rows_of(s, one) == []


def it_is_the_same_file_as_partylinectl_writes(s):
    """For a sheet that is the same in every market."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o777)
        path = os.path.join(folder, "kits.csv")
        s.ctl("export", "kits", path)
        with open(path, "rb") as file:
            assert file.read() == exported(s, "kits")


def a_file_has_the_rows_of_its_market_list_and_language(s):
    rows = table(exported(s, "prices", market="US", audience="retail"))
    assert {(r["market"], r["audience"], r["list"]) for r in rows} == {("US", "retail", s.psql("SELECT sheet_list_today('US', 'retail')"))}
    assert len(rows) == int(s.psql("SELECT count(*) FROM price p JOIN price_list l ON l.id = p.list_id"
                                   " WHERE l.market = 'US' AND audience = 'retail' AND l.code = sheet_list_today('US', 'retail')"))
    rows = table(exported(s, "items", lang="zh"))
    assert {r["language"] for r in rows} == {"zh"} and len(rows) == int(s.psql("SELECT count(*) FROM item_name WHERE language = 'zh'"))


def edited_cells_become_rows_of_the_change_set(s):
    rows = table(exported(s, "prices"))
    was = [int(float(r["amount"]) * 100 + .5) for r in rows]
    rows[0]["amount"], rows[2]["cv"] = "%d.%02d" % divmod(was[0] + 7, 100), "3.21"
    one, got = imported(s, "prices", text_of(rows))
    assert counts(got) == {"rows": len(rows), "taken": 2, "same": len(rows) - 2, "refused": 0}
    assert [(r["key"].split("/")[3], r["new"]) for r in rows_of(s, one)] == [(rows[0]["sku"], {"amount": was[0] + 7}), (rows[2]["sku"], {"cv": 321})]
    # what the change set has is in its file, and once more changes nothing
    again = table(exported(s, "prices", changeset=one))
    assert [r for r in again if r not in table(exported(s, "prices"))] == [{**rows[0]}, {**rows[2]}]
    _, got = imported(s, "prices", text_of(rows), one)
    assert got["refused"] == 0 and len(rows_of(s, one)) == 2
    # back to what it was: it leaves the change set
    rows[0]["amount"] = "%d.%02d" % divmod(was[0], 100)
    imported(s, "prices", text_of(rows), one)
    assert [r["new"] for r in rows_of(s, one)] == [{"cv": 321}]


def an_edited_spreadsheet_is_taken(s):
    book = openpyxl.load_workbook(io.BytesIO(exported(s, "items", format="xlsx")))
    sheet = book.active
    head = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(5, head["max_per_order"], 9)
    sku = sheet.cell(5, head["sku"]).value
    new = damm("9811")
    sheet.append([int(new) if name == "sku" else {"language": "en", "name": "=1+1", "group": sheet.cell(5, head["group"]).value}.get(name) for name in head])
    sheet.cell(sheet.max_row, head["name"]).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    one, got = imported(s, "items", out.getvalue())
    assert (got["taken"], got["refused"]) == (2, 0), got
    assert [(r["key"], r["new"].get("max_per_order"), r["new"].get("name")) for r in rows_of(s, one)] == [(sku + "/en", 9, None), (new + "/en", None, "=1+1")]
    # it does not become a formula on its way back
    assert "'=1+1" in exported(s, "items", changeset=one).decode()
    cells = openpyxl.load_workbook(io.BytesIO(exported(s, "items", format="xlsx", changeset=one))).active
    assert all(cell.data_type != "f" for row in cells.iter_rows() for cell in row)


def an_empty_field_stays_and_a_dash_empties(s):
    rows = [r for r in table(exported(s, "items")) if r["barcode"]][:2]
    rows[0]["barcode"], rows[1]["barcode"] = "", "-"
    one, got = imported(s, "items", text_of(rows))
    assert [(r["key"], r["new"]) for r in rows_of(s, one)] == [(rows[1]["sku"] + "/en", {"barcode": None})], got


# ---- what cannot be taken -----------------------------------------------------------------------

def rows_that_cannot_be_taken_are_told_and_the_others_are_taken(s):
    sku = [r["sku"] for r in table(exported(s, "prices"))][:6]
    one, got = imported(s, "prices", "market,list,sku,amount,cv\n"
                        f"GB,AUTUMN-2,{sku[0]},1.01,\n"
                        f"GB,AUTUMN-2,{sku[1]},1.015,\n"      # too many decimals
                        f"XX,AUTUMN-2,{sku[2]},1.01,\n"       # no such market
                        f"GB,AUTUMN-2,{sku[3]},,\n"           # a price has an amount
                        f"GB,AUTUMN-2,{sku[4]},2.02,x,y\n"    # more fields than columns
                        f"GB,AUTUMN-2,{sku[0]},3.03,\n"       # a second time
                        f"GB,AUTUMN-2,{sku[5]},5.05,-0.01\n")  # less than nothing
    assert counts(got) == {"rows": 7, "taken": 1, "same": 0, "refused": 6}
    assert told(got) == [(3, "amount"), (4, "market"), (5, "amount"), (6, ""), (7, ""), (8, "cv")], got
    assert all(p["say"] and "\n" not in p["say"] for p in got["problems"])
    assert [(r["key"].split("/")[3], r["new"]["amount"]) for r in rows_of(s, one)] == [(sku[0], 101)]


def reasons_are_in_the_language_of_who_asks(s):
    _, got = imported(s, "items", "sku,name,colour\n1,2,3\n", headers={"Accept-Language": "de"})
    assert told(got) == [(1, "colour")] and got["refused"] == 0 and got["rows"] == 0
    assert got["problems"][0]["say"] == "diese Spalte gibt es nicht", got


def a_bad_file_loses_nothing(s):
    sku = table(exported(s, "prices"))[0]["sku"]
    one, _ = imported(s, "prices", f"market,list,sku,amount\nGB,AUTUMN-2,{sku},1.23\n")
    before = rows_of(s, one)
    for data, line in ((b"", None), (b"sku,\"name\nx", 1), (b"market,list,sku,amount\nGB,AUTUMN-2,1\xff,2\n", 2), (b"PK\3\4 none", None),
                       (b"\0\0", 1)):
        _, got = imported(s, "prices", data, one, status=400)
        assert got["detail"] and got.get("line") == line, (data, got)
        assert rows_of(s, one) == before
    _, got = imported(s, "prices", "market,list,sku,amount\nGB,AUTUMN-2,%s,oops\n" % sku, one)
    assert (got["taken"], got["refused"]) == (0, 1) and rows_of(s, one) == before


def zip_of(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr({"sheet": "xl/worksheets/sheet1.xml", "texts": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}[name], text)
    return out.getvalue()


def what_unpacks_to_too_much_is_refused(s):
    one = ulid()
    blank = b" " * (17 << 20)
    rows = b"<row/>" * 30000
    texts = b"<si/>" * 900000
    bombs = (zip_of(sheet=b"<worksheet>" + blank + b"</worksheet>"), zip_of(sheet=b"<worksheet>" + rows + b"</worksheet>"),
             zip_of(texts=b"<sst>" + texts + b"</sst>", sheet=b"<worksheet/>"))
    for data in bombs:
        assert len(data) < 200000
        _, got = imported(s, "prices", data, one, status=400)
        assert "too large" in got["detail"], got
    laughs = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 1000 + b'">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 100) for n in range(6)) + b"]><worksheet><row><c t='str'><v>&g;</v></c></row></worksheet>"
    imported(s, "prices", zip_of(sheet=laughs), one, status=400)
    many = "sku,language,name,max_per_order\n" + "".join(f"{damm(str(100000 + n))},en,x,1\n" for n in range(20001))
    assert len(many) < 1 << 20
    _, got = imported(s, "items", many, one, status=400)
    assert "too many rows" in got["detail"], got
    assert s.call("GET", f"{A}/changesets/{one}", token=s.token("B-02"))[0] == 404, "a refused file has made a change set"
    imported(s, "items", b"x" * ((1 << 20) + 1), one, status=413)


def a_card_number_is_not_taken(s):
    sku = table(exported(s, "items"))[0]["sku"]
    _, got = imported(s, "items", f"sku,language,name\n{sku},en,pay 4111 1111 1111 1111\n")
    assert told(got) == [(2, "name")] and "4111 1111" not in str(got)


# ---- who, and where -----------------------------------------------------------------------------

def only_the_back_office_and_its_own_market(s):
    sku = table(exported(s, "prices"))[0]["sku"]
    for login in ("CC-07", "S-04"):
        assert s.call("GET", f"{A}/sheets/items/file", token=s.token(login))[0] == 403
        assert s.call("PUT", f"{A}/changesets/{ulid()}/file?sheet=items", token=s.token(login), raw=b"sku\n")[0] == 403
    assert s.call("GET", f"{A}/sheets/shoes/file", token=s.token("B-02"))[0] == 404
    assert s.call("GET", f"{A}/sheets/items/file?format=pdf", token=s.token("B-02"))[0] == 400
    assert s.call("PUT", f"{A}/changesets/{ulid()}/file?sheet=shoes", token=s.token("B-02"), raw=b"sku\n")[0] == 404
    assert s.call("PUT", f"{A}/changesets/nonsense/file?sheet=items", token=s.token("B-02"), raw=b"sku\n")[0] == 404
    s.psql("UPDATE login SET market = 'US' WHERE login = 'B-03'")
    try:
        assert s.call("GET", f"{A}/sheets/prices/file?market=GB", token=s.token("B-03"))[0] == 404
        _, got = imported(s, "prices", f"market,list,sku,amount\nGB,AUTUMN-2,{sku},1.23\n", login="B-03")
        assert (got["taken"], told(got)) == (0, [(2, "")]), got
        _, got = imported(s, "items", f"sku,language,name\n{sku},en,Mine\n", login="B-03")
        assert (got["taken"], told(got)) == (0, [(2, "")]), got
    finally:
        s.psql("UPDATE login SET market = NULL WHERE login = 'B-03'")


def a_closed_change_set_takes_no_file(s):
    sku = table(exported(s, "prices"))[0]["sku"]
    one, _ = imported(s, "prices", f"market,list,sku,amount\nGB,AUTUMN-2,{sku},1.24\n")
    assert s.call("POST", f"{A}/changesets/{one}/publish", {}, s.token("B-02"), {"Idempotency-Key": ulid()})[0] == 200
    imported(s, "prices", f"market,list,sku,amount\nGB,AUTUMN-2,{sku},1.25\n", one, status=409)
    assert {r["sku"]: r["amount"] for r in table(exported(s, "prices"))}[sku] == "1.24"


def main():
    with demo_server("--workers", "1") as s:
        for case in (what_is_written_comes_back_without_a_change, it_is_the_same_file_as_partylinectl_writes,
                     a_file_has_the_rows_of_its_market_list_and_language,
                     edited_cells_become_rows_of_the_change_set, an_edited_spreadsheet_is_taken, an_empty_field_stays_and_a_dash_empties,
                     rows_that_cannot_be_taken_are_told_and_the_others_are_taken, reasons_are_in_the_language_of_who_asks, a_bad_file_loses_nothing,
                     what_unpacks_to_too_much_is_refused, a_card_number_is_not_taken, only_the_back_office_and_its_own_market,
                     a_closed_change_set_takes_no_file):
            if not sys.argv[1:] or any(word in case.__name__ for word in sys.argv[1:]):
                cases.run(case.__name__.replace("_", " "), case, s)
    cases.end()


main()

#!/usr/bin/python3
"""What the database holds to by itself, whoever asks: append-only books, guarded balances, stock
that cannot be oversold, roles that cannot write around the functions, and one table of moves."""
import os
import re
import sys

import psycopg2

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from cases import Cases  # noqa: E402
from pg import shared_cluster  # noqa: E402

cases = Cases("test_schema")
ROOT = os.path.join(HERE, "../..")
COMPANY = """
INSERT INTO company (name, default_market, sku_length, distributor_length, order_length)
    VALUES ('Test', 'GB', 5, 7, 9);
INSERT INTO market (code, name, currency, exponent, zone, default_region)
    VALUES ('GB', 'Britain', 'GBP', 2, 'Europe/London', 'GB');
INSERT INTO rank VALUES (1, 'C', 'Consultant');
INSERT INTO person (name) VALUES ('JONES, Sarah');
INSERT INTO distributor (id, number, market, status, rank, joined) VALUES (1, '1000009', 'GB', 'active', 1, '2025-01-01');
INSERT INTO login (login, kind, name, roles, password_hash) VALUES ('CC-1', 'staff', 'MARIA', '{operator}', 'x');
INSERT INTO site VALUES (1, 'LEEDS', 'Leeds', 'GB', true);
INSERT INTO item_group VALUES (1, NULL, 'G', 'Group');
INSERT INTO tax_class VALUES (1, 'standard');
INSERT INTO item (id, sku, kind, group_id, tax_class) VALUES (1, '40217', 'product', 1, 1);
"""


def load(link):
    folder = os.path.join(ROOT, "sql/schema")
    with link.cursor() as cursor:
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                cursor.execute(file.read())
        damm = "SELECT n FROM generate_series(40210, 40219) n WHERE damm_digit(n::text) = 0"
        cursor.execute(damm)
        sku = str(cursor.fetchone()[0])
        cursor.execute("SELECT n FROM generate_series(1000000, 1000009) n WHERE damm_digit(n::text) = 0")
        number = str(cursor.fetchone()[0])
        cursor.execute(COMPANY.replace("40217", sku).replace("1000009", number))
    link.commit()


def refused(link, sentence, sql, role=None, state=None):
    """The statement fails, with that SQLSTATE if given, and nothing stays."""
    with link.cursor() as cursor:
        try:
            if role:
                cursor.execute(f"SET LOCAL ROLE {role}")
            cursor.execute(sql)
            cases.check(sentence, False, "it was accepted: " + sql)
        except psycopg2.Error as error:
            cases.check(sentence, state is None or error.pgcode == state, f"{error.pgcode} {error}")
    link.rollback()


def accepted(link, sentence, sql, role=None):
    with link.cursor() as cursor:
        try:
            if role:
                cursor.execute(f"SET LOCAL ROLE {role}")
            cursor.execute(sql)
            cases.check(sentence, True)
        except psycopg2.Error as error:
            cases.check(sentence, False, str(error))
    link.rollback()


def one(link, sql):
    with link.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    link.commit()
    return row[0]


def books(link):
    one(link, "SELECT wallet_fund(1, 5000, 'opening', NULL)")
    one(link, "SELECT stock_move(1, 1, 10, 'opening', 'test', NULL)")
    for table in ("transfer", "journal", "movement", "audit", "order_event"):
        for verb in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            refused(link, f"{verb.split()[0]} on {table} is refused", verb)
    cases.equal("a wallet's balance is what was transferred to it", one(link, "SELECT balance FROM account WHERE kind = 'wallet'"), 5000)
    refused(link, "a wallet cannot go below its floor", "UPDATE account SET balance = -1 WHERE kind = 'wallet'", state="23514")
    refused(link, "a transfer of nothing is refused", "INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount) "
            "SELECT 1, min(id), max(id), 'GBP', 0 FROM account", state="23514")
    refused(link, "a transfer to the same account is refused", "INSERT INTO transfer (journal_id, debit_id, credit_id, currency, amount) "
            "SELECT 1, min(id), min(id), 'GBP', 1 FROM account", state="23514")
    refused(link, "the same document is booked once", "INSERT INTO journal (kind, ref, at) VALUES ('wallet_funding', 'opening', now())", state="23505")


def stock(link):
    refused(link, "more cannot be reserved than is there", "UPDATE stock SET reserved = 11", state="23514")
    refused(link, "stock cannot be negative", "SELECT stock_move(1, 1, -11, 'issue', 'test', NULL)", state="23514")


def numbers(link):
    refused(link, "an item's number needs its check digit", "UPDATE item SET sku = '40210'" if one(link, "SELECT sku FROM item") != "40210"
            else "UPDATE item SET sku = '40211'", state="23514")
    refused(link, "two price lists of an audience cannot overlap",
            "INSERT INTO price_list (market, code, name, audience, tax_included, valid) VALUES "
            "('GB', 'A', 'A', 'retail', true, '[2025-01-01,2025-06-01)'), ('GB', 'B', 'B', 'retail', true, '[2025-05-31,)')", state="23P01")
    accepted(link, "one price list may follow another",
             "INSERT INTO price_list (market, code, name, audience, tax_included, valid) VALUES "
             "('GB', 'A', 'A', 'retail', true, '[2025-01-01,2025-06-01)'), ('GB', 'B', 'B', 'retail', true, '[2025-06-01,)')")
    made = set()
    for _ in range(200):
        number = one(link, "SELECT order_number_next()")
        made.add(number)
    cases.check("order numbers have nine digits, none leading 0", all(re.fullmatch(r"[1-9]\d{8}", n) for n in made) and len(made) == 200)


def role(link):
    app = "partyline_app"
    for table in ("orders", "account", "transfer", "stock", "login", "session", "draft", "price", "audit", "company"):
        refused(link, f"the server's role cannot write {table} directly", f"DELETE FROM {table}", app, "42501")
    accepted(link, "it can read what it shows", "SELECT count(*) FROM orders, login, stock", app)
    accepted(link, "it can use the functions", "SELECT draft_release('01ARZ3NDEKTSV4RRFFQ69G5FAV', 1)", app)
    refused(link, "it cannot drop a trigger", "DROP TRIGGER audit_append_only ON audit", app, "42501")


def moves(link):
    with open(os.path.join(ROOT, "core/order.def"), encoding="utf-8") as file:
        text = file.read()
    states = {(m, s) for m, s in re.findall(r"^MACHINE_STATE\((\w+), (\w+)\)", text, re.M)}
    table = {tuple(row) for row in re.findall(r"^MACHINE_MOVE\((\w+), (\w+), (\w+)\)", text, re.M)}
    with link.cursor() as cursor:
        cursor.execute("SELECT machine, from_state, to_state FROM machine_move")
        stored = set(cursor.fetchall())
    link.commit()
    cases.equal("core and database allow the same moves", table, stored)
    cases.check("every move is between states that exist", all((m, a) in states and (m, b) in states for m, a, b in table))
    refused(link, "a move that is not in the table is refused",
            "SELECT machine_step('order', 1, 0, 'shipped', 'placed', NULL, '')", state="23001")


with shared_cluster() as pg:
    database = pg.create_db()
    connection = psycopg2.connect(f"{pg.conninfo} dbname={database}")
    load(connection)
    for case in (books, stock, numbers, role, moves):
        case(connection)
    connection.close()
cases.end()

"""The statements of one order as a pgbench script: the server's own SQL (sql/q), with the arguments that
orders placed through the API have really had. One prepared text for all of them: what differs from order
to order is picked by a random number, so that nothing is planned twice."""
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
KEY = "(lpad(:a::text, 13, '0') || lpad(:b::text, 13, '0'))"
HEAD = "\\set r random(1, {n})\n\\set a random(0, 999999999999)\n\\set b random(0, 999999999999)\n"

# Everything that order_place was given, from what it has stored; see server/api/orders.c.
ARGUMENTS = """
SELECT o.body_hash, o.placed_by, o.acting_for, 'bench', o.channel, o.market, o.type, o.distributor_id, d.version,
       o.customer_id, o.list_id, o.pricing_date, o.currency, o.exponent, o.tax_included, o.region, o.goods, o.discount,
       o.delivery, o.delivery_tax, o.tax, o.tax_added, o.total, o.cv, o.pv, o.destination, o.ship_to::text,
       nullif(o.note, ''), o.fingerprint, NULL, 0, l.*, n.*, d.number
  FROM orders o JOIN distributor d ON d.id = o.distributor_id,
       LATERAL (SELECT array_agg(client_id ORDER BY line)::text, array_agg(item_id ORDER BY line)::text,
                       array_agg(sku ORDER BY line)::text, array_agg(name ORDER BY line)::text,
                       array_agg(qty ORDER BY line)::text, array_agg(unit ORDER BY line)::text,
                       array_agg(discount ORDER BY line)::text, array_agg(tax ORDER BY line)::text,
                       array_agg(tax_ppm ORDER BY line)::text, array_agg(cv ORDER BY line)::text,
                       array_agg(pv ORDER BY line)::text FROM order_line WHERE order_id = o.id) l,
       LATERAL (SELECT array_agg(line ORDER BY item_id, line)::text, array_agg(item_id ORDER BY item_id, line)::text,
                       array_agg(reserved + back_ordered ORDER BY item_id, line)::text,
                       array_agg(1 ORDER BY item_id, line)::text, array_agg(false ORDER BY item_id, line)::text
                  FROM reservation WHERE order_id = o.id) n
 WHERE o.number = ANY (%s) ORDER BY o.id"""
STOCK_ITEMS, FINGERPRINT = -5, 28  # columns of the above; the last is the distributor's number


def queries():
    """name -> text of every statement in sql/q, without comments."""
    found = {}
    folder = os.path.join(ROOT, "sql/q")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for block in re.split(r"^-- name: ", file.read(), flags=re.M)[1:]:
                words, _, text = block.partition("\n")
                lines = [line for line in text.splitlines() if not line.startswith("--")]
                found[words.split()[0]] = "\n".join(lines).strip().rstrip(";")
    return found


def literal(value):
    if value is None:
        return "NULL"
    return "'" + str(value).replace("'", "''") + "'"


def chosen(values):
    """One of the values, by :r."""
    if len(set(values)) == 1:
        return literal(values[0])
    return "(ARRAY[" + ",".join(literal(v) for v in values) + "])[:r::int]"


def filled(text, arguments):
    """The statement with its $1, $2, ... replaced. pgbench takes a colon before a letter for a variable."""
    text = text.replace("HH24:MI:SS", "HH24-MI-SS").replace("HH24:MI", "HH24-MI")
    return re.sub(r"\$(\d+)", lambda m: arguments[int(m[1]) - 1], text)


def protect(text):
    """No value may look like a variable of pgbench's."""
    return re.sub(r"(?<!:):(?=[A-Za-z_0-9])(?!(?:a|b|r)\b)", "-", text)


def order_script(s, numbers, token_hash):
    q, rows = queries(), s.query(ARGUMENTS, numbers)
    columns = list(zip(*rows, strict=True))
    market = literal(rows[0][5])
    values = [chosen(column) for column in columns[:-1]]
    load = [filled(q["session_get"], [literal("\\x" + token_hash)]),
            filled(q["buyer_facts"], [market, chosen(columns[-1]), "NULL", "'distributor'", "'0'"]),
            filled(q["stock_free"], [market, chosen(columns[STOCK_ITEMS])]),
            filled(q["order_duplicates"], [chosen(columns[FINGERPRINT])]),
            filled(q["order_by_key"], [KEY])]
    nothing_more = ["NULL", *["'{}'"] * 6]  # promotions; what was confirmed, and parts of kits
    place = filled(q["order_place"], [KEY, *values, *nothing_more])
    script = "\\startpipeline\n" + "".join(text + ";\n" for text in load) + "\\endpipeline\n" + place + ";\n"
    return HEAD.format(n=len(rows)) + protect(script)


def look_up_script(skus):
    return HEAD.format(n=len(skus)) + f"""SELECT i.sku, n.name, p.amount, p.cv, p.pv, s.on_hand, s.reserved
  FROM item i JOIN item_name n ON n.item_id = i.id AND n.language = 'en'
  JOIN price_list l ON l.market = 'GB' AND l.audience = 'retail' AND l.valid @> current_date
  JOIN price p ON p.list_id = l.id AND p.item_id = i.id
  JOIN site w ON w.market = 'GB' AND w.ships JOIN stock s ON s.site_id = w.id AND s.item_id = i.id
 WHERE i.sku = {chosen(skus)};
"""


if __name__ == "__main__":
    sys.exit("this is a part of tests/bench/run")

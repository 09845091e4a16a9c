"""The statements of one order as a pgbench script: the server's own SQL (sql/q), with the arguments that
orders placed through the API have really had. One prepared text for all of them: what differs from order
to order is picked by a random number, so that nothing is planned twice."""
import os
import re
import sys

from served import ulid

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
KEY = "(lpad(:a::text, 13, '0') || lpad(:b::text, 13, '0'))"
HEAD = "\\set r random(1, {n})\n\\set a random(0, 999999999999)\n\\set b random(0, 999999999999)\n"

# Everything that order_place was given, from what it has stored, and what the server knows of the buyers: see
# sql/schema/019_placing.sql.
ARGUMENTS = """
SELECT jsonb_populate_record(r, jsonb_build_object('known', order_known(r)))::text FROM (
SELECT (ROW(o.body_hash, o.placed_by, o.acting_for, 'bench', o.channel, o.market, o.type, o.distributor_id, d.version,
            o.customer_id, o.list_id, o.pricing_date, o.currency, o.exponent, o.tax_included, o.region, o.goods, o.discount,
            o.delivery, o.delivery_tax, o.tax, o.tax_added, o.total, o.cv, o.pv, o.destination, o.ship_to,
            nullif(o.note, ''), o.fingerprint, NULL, t.*, l.*, n.*, NULL, '{}', '{}', '{}', '{}', '{}', '{}',
            true, %s::bytea, 'distributor', 0, '{}', '{}', '{}', '{}', '{}', NULL)::priced_order) AS r
  FROM orders o JOIN distributor d ON d.id = o.distributor_id,
       LATERAL (SELECT array_agg(client_id ORDER BY line), array_agg(item_id ORDER BY line),
                       array_agg(sku ORDER BY line), array_agg(name ORDER BY line),
                       array_agg(qty ORDER BY line), array_agg(unit ORDER BY line),
                       array_agg(discount ORDER BY line), array_agg(tax ORDER BY line),
                       array_agg(tax_ppm ORDER BY line), array_agg(cv ORDER BY line),
                       array_agg(pv ORDER BY line) FROM order_line WHERE order_id = o.id) l,
       LATERAL (SELECT array_agg(line ORDER BY item_id, line), array_agg(item_id ORDER BY item_id, line),
                       array_agg(reserved + back_ordered ORDER BY item_id, line),
                       array_agg(1 ORDER BY item_id, line), array_agg(false ORDER BY item_id, line)
                  FROM reservation WHERE order_id = o.id) n,
       LATERAL (SELECT coalesce(array_agg(kind ORDER BY id), '{}'), coalesce(array_agg(amount ORDER BY id), '{}'),
                       coalesce(array_agg(coalesce(token_id::text, ref) ORDER BY id), '{}')
                  FROM payment WHERE order_id = o.id AND kind <> 'later') t
 WHERE o.number = ANY (%s) ORDER BY o.id) each"""


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
    text = queries()["order_place"]
    records = [row[0] for row in s.query(ARGUMENTS, "\\x" + token_hash, numbers)]
    script = filled(text, [KEY, chosen(records)])
    once = filled(text, [literal(ulid()), literal(records[0])])
    assert s.query(once.replace("%", "%%"))[0][0] == "placed", once
    return HEAD.format(n=len(records)) + protect(script) + ";\n"


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

"""What the runs sell: plain items with plenty of stock, and order bodies with their true totals."""
import http.client
import json

from service import wait_for

PLENTY = 10_000_000
MARKET = "GB"


def canonical(body):
    """As the server writes it down before it hashes it: so both sides' hashes can be compared."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def plain_skus(s, most):
    """SKUs of today's price list that nothing special is said about: [(item, sku)]."""
    return s.query("""
        SELECT i.id, i.sku FROM item i JOIN price p ON p.item_id = i.id JOIN price_list l ON l.id = p.list_id
         WHERE l.market = %s AND l.audience = 'retail' AND l.valid @> business_date(%s)
           AND i.on_sale @> business_date(%s) AND i.kind = 'product' AND i.max_per_order = 0
           AND i.age_limit = 0 AND p.amount > 0 ORDER BY i.id LIMIT %s""", MARKET, MARKET, MARKET, most)


def shipping_site(s):
    return s.query("SELECT id FROM site WHERE market = %s AND ships", MARKET)[0][0]


def fill_up(s, items, qty=PLENTY):
    site = shipping_site(s)
    for item, _ in items:
        s.query("SELECT stock_move(%s, %s, %s, 'receipt', 'for the test', NULL)", site, item, qty)


def set_free(s, item, free):
    """Makes exactly `free` pieces free at the site that ships."""
    site = shipping_site(s)
    now = s.query("SELECT on_hand - reserved FROM stock WHERE site_id = %s AND item_id = %s", site, item)
    change = free - (now[0][0] if now else 0)
    if change:
        s.query("SELECT stock_move(%s, %s, %s, 'count', 'for the test', NULL)", site, item, change)


def buyers(s, most):
    return [row[0] for row in s.query("""
        SELECT d.number FROM distributor d JOIN address a ON a.person_id = d.id AND a.position = 1
         WHERE d.market = %s AND d.status = 'active' ORDER BY d.id LIMIT %s""", MARKET, most)]


def cards(s, numbers, method="pm_card_visa"):
    """Stored cards of distributors, which the payment provider knows: {number: card}. The gateway has to run."""
    s.query("""WITH made AS (INSERT INTO card_setup (person_id, market, method)
                             SELECT id, market, %s FROM distributor WHERE number = ANY (%s) RETURNING id)
               INSERT INTO gateway_task (act, setup_id, amount) SELECT 'adopt', id, 0 FROM made""", method, numbers)

    def known():
        found = dict(s.query("""SELECT d.number, t.id::text FROM card_setup c JOIN payment_token t ON t.id = c.token_id
                                  JOIN distributor d ON d.id = c.person_id WHERE c.method = %s AND d.number = ANY (%s)""",
                             method, numbers))
        return found if len(found) == len(set(numbers)) else None
    return wait_for("the cards to be known", 60, known, 0.05)


def draft(buyer, lines):
    return {"market": MARKET, "type": "personal", "distributor": buyer, "customer": None,
            "ship_to": {"kind": "distributor"},
            "lines": [{"id": chr(97 + i) if i < 26 else str(i), "sku": sku, "qty": qty}
                      for i, (sku, qty) in enumerate(lines)]}


class Quoter:
    """Quotes over one kept connection."""

    def __init__(self, s):
        self.link = http.client.HTTPSConnection("localhost", s.port, context=s.context, timeout=60)
        self.headers = {"Authorization": "Bearer " + s.token(), "Content-Type": "application/json"}

    def quote(self, body):
        self.link.request("POST", "/api/v1/quotes", json.dumps(body), self.headers)
        reply = self.link.getresponse()
        text = json.loads(reply.read())
        if reply.status != 200:
            raise RuntimeError(f"quote answered {reply.status}: {text}")
        wrong = [p for p in text["problems"] if p["code"] != "duplicate"]
        if wrong:
            raise RuntimeError(f"a quote of {body} has problems: {wrong}")
        return text

    def order(self, body, pay=lambda total: [], **more):
        """The body of an order that will be accepted, canonical; `pay` makes tenders of its total."""
        total = self.quote(body)["total"]
        return canonical({**body, "expect_total": total, "tenders": pay(total), "accept": ["duplicate", "age"], **more})

    def close(self):
        self.link.close()


def order_bodies(s, rng, items, n, lines=5, most=3, nbuyers=40, pay=lambda buyer, total: []):
    """n order bodies of `lines` different items for several distributors."""
    quoter, who, skus, bodies = Quoter(s), buyers(s, nbuyers), [sku for _, sku in items], []
    for _ in range(n):
        buyer = rng.choice(who)
        body = draft(buyer, [(sku, rng.randint(1, most)) for sku in rng.sample(skus, lines)])
        bodies.append(quoter.order(body, lambda total, buyer=buyer: pay(buyer, total)))
    quoter.close()
    return bodies


def write_lines(path, lines):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    return path

"""What the runs sell: plain items with plenty of stock, and order bodies with their true totals."""
import http.client
import json

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

    def order(self, body, **more):
        """The body of an order that will be accepted, canonical."""
        return canonical({**body, "expect_total": self.quote(body)["total"], "tenders": [], "accept": ["duplicate", "age"],
                          **more})

    def close(self):
        self.link.close()


def order_bodies(s, rng, items, n, lines=5, most=3, nbuyers=40):
    """n order bodies of `lines` different items for several distributors."""
    quoter, who, skus = Quoter(s), buyers(s, nbuyers), [sku for _, sku in items]
    bodies = [quoter.order(draft(rng.choice(who), [(sku, rng.randint(1, most)) for sku in rng.sample(skus, lines)]))
              for _ in range(n)]
    quoter.close()
    return bodies


def write_lines(path, lines):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    return path

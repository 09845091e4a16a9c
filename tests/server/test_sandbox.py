#!/usr/bin/python3
"""The sandbox's payments as Stripe's API tells them: lives, declines, captures, refunds, customers, keys."""
import os
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import Cases  # noqa: E402
from sandbox import sandbox, until  # noqa: E402

t = Cases("test_sandbox")


def error_of(reply):
    return reply[0], reply[1].get("error", {}).get("type"), reply[1].get("error", {}).get("code")


def lives(s):
    status, intent = s.post("/v1/payment_intents", amount=2599, currency="gbp", description="Order 1",
                            metadata={"order": "1"})
    t.equal("an intent is made without a card", (status, intent["status"]), (200, "requires_payment_method"))
    t.equal("it says what was asked", (intent["amount"], intent["currency"], intent["metadata"], intent["description"]),
            (2599, "gbp", {"order": "1"}, "Order 1"))
    t.check("its secret begins with its id", intent["client_secret"].startswith(intent["id"] + "_secret_"))
    t.equal("without a card it cannot be confirmed", error_of(s.post(f"/v1/payment_intents/{intent['id']}/confirm")),
            (400, "invalid_request_error", "payment_intent_unexpected_state"))
    status, done = s.post(f"/v1/payment_intents/{intent['id']}/confirm", payment_method="pm_card_visa")
    t.equal("with one it is charged", (status, done["status"], done["amount_received"]), (200, "succeeded", 2599))
    charge = s.get(f"/v1/charges/{done['latest_charge']}")[1]
    t.equal("the charge tells of the card what a receipt shows",
            (charge["status"], charge["captured"], charge["payment_method_details"]["card"]["last4"],
             charge["payment_method_details"]["card"]["brand"]), ("succeeded", True, "4242", "visa"))
    t.equal("what is read is what was answered", s.get(f"/v1/payment_intents/{intent['id']}")[1], done)
    t.equal("it is not confirmed again", error_of(s.post(f"/v1/payment_intents/{intent['id']}/confirm")),
            (400, "invalid_request_error", "payment_intent_unexpected_state"))
    t.equal("nor cancelled", error_of(s.post(f"/v1/payment_intents/{intent['id']}/cancel")),
            (400, "invalid_request_error", "payment_intent_unexpected_state"))
    waiting = s.post("/v1/payment_intents", amount=100, currency="gbp", payment_method="pm_card_visa")[1]
    t.equal("with a card it waits to be confirmed", waiting["status"], "requires_confirmation")
    gone = s.post(f"/v1/payment_intents/{waiting['id']}/cancel", cancellation_reason="duplicate")[1]
    t.equal("and can be cancelled", (gone["status"], gone["cancellation_reason"]), ("canceled", "duplicate"))
    changed = s.post("/v1/payment_intents", amount=100, currency="gbp")[1]
    changed = s.post(f"/v1/payment_intents/{changed['id']}", amount=200, metadata={"a": "b"})[1]
    t.equal("an open one can be changed", (changed["amount"], changed["metadata"]), (200, {"a": "b"}))
    slow = s.pay("pm_card_processing")[1]
    t.equal("some are processing first", slow["status"], "processing")
    t.check("and succeed a moment later",
            until(lambda: s.get(f"/v1/payment_intents/{slow['id']}")[1]["status"] == "succeeded"))
    slow = s.pay("pm_card_processingDeclined")[1]
    t.check("or do not",
            until(lambda: s.get(f"/v1/payment_intents/{slow['id']}")[1]["status"] == "requires_payment_method"))


def captures(s):
    held = s.pay(amount=5000, capture_method="manual")[1]
    t.equal("manual capture authorises", (held["status"], held["amount_capturable"], held["amount_received"]),
            ("requires_capture", 5000, 0))
    charge = s.get(f"/v1/charges/{held['latest_charge']}")[1]
    t.equal("the charge is there and not captured", (charge["status"], charge["captured"]), ("succeeded", False))
    t.equal("what is not captured is not refunded", s.post("/v1/refunds", payment_intent=held["id"])[0], 400)
    path = f"/v1/payment_intents/{held['id']}/capture"
    t.equal("more than was authorised is not captured", error_of(s.post(path, amount_to_capture=5001)),
            (400, "invalid_request_error", "amount_too_large"))
    done = s.post(path, amount_to_capture=3000)[1]
    t.equal("less is, and the rest let go", (done["status"], done["amount_received"], done["amount_capturable"]),
            ("succeeded", 3000, 0))
    charge = s.get(f"/v1/charges/{held['latest_charge']}")[1]
    t.equal("as the charge tells", (charge["amount_captured"], charge["amount_refunded"], charge["refunded"]),
            (3000, 2000, False))
    t.equal("once", error_of(s.post(path))[2], "payment_intent_unexpected_state")
    t.equal("no more comes back than was captured", s.post("/v1/refunds", payment_intent=held["id"], amount=3001)[0],
            400)
    held = s.pay(amount=5000, capture_method="manual")[1]
    void = s.post(f"/v1/payment_intents/{held['id']}/cancel")[1]
    charge = s.get(f"/v1/charges/{held['latest_charge']}")[1]
    t.equal("a cancelled authorisation lets all go", (void["status"], charge["refunded"], charge["amount_captured"]),
            ("canceled", True, 0))


def declines(s):
    for name, code, decline_code in (("chargeDeclined", "card_declined", "generic_decline"),
                                     ("chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
                                     ("chargeDeclinedExpiredCard", "expired_card", None),
                                     ("chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
                                     ("chargeDeclinedProcessingError", "processing_error", None)):
        reply = s.pay("pm_card_" + name)
        error = reply[1]["error"]
        t.equal(f"{name} is a card error", error_of(reply) + (error.get("decline_code"),),
                (402, "card_error", code, decline_code))
        intent = s.get(f"/v1/payment_intents/{error['payment_intent']['id']}")[1]
        t.equal("the intent needs another card and keeps the error",
                (intent["status"], intent["payment_method"], intent["last_payment_error"]["code"]),
                ("requires_payment_method", None, code))
        charge = s.get(f"/v1/charges/{error['charge']}")[1]
        t.equal("its charge failed", (charge["status"], charge["paid"], charge["failure_code"]), ("failed", False, code))
    again = s.post(f"/v1/payment_intents/{intent['id']}/confirm", payment_method="pm_card_visa")[1]
    t.equal("another card pays", (again["status"], again["last_payment_error"]), ("succeeded", None))
    reply = s.pay("pm_card_authenticationRequired", off_session=True)
    t.equal("who is not there cannot be asked", error_of(reply), (402, "card_error", "authentication_required"))
    reply = s.pay("pm_card_authenticationRequired", error_on_requires_action=True)
    t.equal("or shall not be", error_of(reply), (402, "card_error", "authentication_required"))
    reply = s.pay("pm_card_authenticationRequired", payment_method_options={"card": {"moto": True}})
    t.equal("by telephone nobody is asked", reply[1]["status"], "succeeded")
    asked = s.pay("pm_card_authenticationRequired", return_url="https://shop.example/back")[1]
    t.equal("otherwise the payer is", (asked["status"], asked["next_action"]["type"],
                                       asked["next_action"]["redirect_to_url"]["return_url"]),
            ("requires_action", "redirect_to_url", "https://shop.example/back"))
    disputed = s.pay("pm_card_createDispute")[1]
    t.check("a dispute comes after the payment",
            until(lambda: s.get("/v1/disputes", payment_intent=disputed["id"])[1]["data"]))
    t.equal("and what is disputed is not refunded", error_of(s.post("/v1/refunds", payment_intent=disputed["id"])),
            (400, "invalid_request_error", "charge_disputed"))


def disputes(s):
    """Charge-backs: money and fee go at once, and come back when the evidence wins."""
    def of(paid):
        return until(lambda: s.get("/v1/disputes", payment_intent=paid["id"])[1]["data"])[0]

    def moves(dispute):
        return [(m["amount"], m["fee"], m["net"]) for m in dispute["balance_transactions"]]

    def comes_to(dispute, status):
        return until(lambda: (d := s.get(f"/v1/disputes/{dispute['id']}")[1])["status"] == status and d)

    def told(dispute):
        return [e["type"] for e in s.all("/v1/events") if e["data"]["object"]["id"] == dispute["id"]]

    paid = s.pay("pm_card_createDispute", amount=2500)[1]
    dispute = of(paid)
    t.equal("a charge-back wants an answer", (dispute["status"], dispute["reason"], dispute["amount"], dispute["is_charge_refundable"]),
            ("needs_response", "fraudulent", 2500, False))
    t.equal("amount and fee are withdrawn", moves(dispute), [(-2500, 1500, -4000)])
    t.equal("which two events tell", told(dispute), ["charge.dispute.created", "charge.dispute.funds_withdrawn"])
    url = f"/v1/disputes/{dispute['id']}"
    draft = s.post(url, evidence={"product_description": "Soap"}, submit=False)[1]
    t.equal("evidence may be kept for later", (draft["status"], draft["evidence"]["product_description"],
                                               draft["evidence_details"]["has_evidence"]), ("needs_response", "Soap", True))
    t.equal("submitted, it is looked at", s.post(url, evidence={"uncategorized_text": "winning_evidence"})[1]["status"], "under_review")
    won = comes_to(dispute, "won")
    t.equal("and brings back amount and fee", moves(won), [(-2500, 1500, -4000), (2500, -1500, 4000)])
    t.equal("as events tell", told(dispute)[-2:], ["charge.dispute.closed", "charge.dispute.funds_reinstated"])
    t.equal("it is over then", s.post(url, submit=True)[0], 400)
    t.equal("and the payment can be refunded", s.post("/v1/refunds", payment_intent=paid["id"])[0], 200)
    lost = of(s.pay("pm_card_createDisputeProductNotReceived")[1])
    t.equal("another reason", lost["reason"], "product_not_received")
    s.post(f"/v1/disputes/{lost['id']}", evidence={"uncategorized_text": "losing_evidence"}, submit=True)
    t.equal("lost, nothing comes back", len(moves(comes_to(lost, "lost"))), 1)
    t.equal("nor is it refunded", error_of(s.post("/v1/refunds", payment_intent=lost["payment_intent"]))[2], "charge_disputed")
    given = of(s.pay("pm_card_createDispute")[1])
    t.equal("who gives in has lost", s.post(f"/v1/disputes/{given['id']}/close")[1]["status"], "lost")
    asked = of(s.pay("pm_card_createDisputeInquiry")[1])
    t.equal("an inquiry costs nothing", (asked["status"], moves(asked), asked["is_charge_refundable"]),
            ("warning_needs_response", [], True))
    s.post(f"/v1/disputes/{asked['id']}", evidence={"uncategorized_text": "escalate_inquiry_evidence"}, submit=True)
    t.equal("until it is a charge-back", len(moves(comes_to(asked, "needs_response"))), 1)
    calm = of(s.pay("pm_card_createDisputeInquiry")[1])
    s.post(f"/v1/disputes/{calm['id']}", evidence={"uncategorized_text": "winning_evidence"}, submit=True)
    t.equal("or nothing", moves(comes_to(calm, "warning_closed")), [])


def refunds(s):
    paid = s.pay(amount=1000)[1]
    status, part = s.post("/v1/refunds", payment_intent=paid["id"], amount=300, reason="requested_by_customer",
                          metadata={"r": "1"})
    t.equal("a part is refunded", (status, part["amount"], part["status"], part["charge"], part["payment_intent"]),
            (200, 300, "succeeded", paid["latest_charge"], paid["id"]))
    over = s.post("/v1/refunds", charge=paid["latest_charge"], amount=701)
    t.equal("more than is left is not", (over[0], over[1]["error"]["param"]), (400, "amount"))
    charge = s.get(f"/v1/charges/{paid['latest_charge']}")[1]
    t.equal("and changes nothing", (charge["amount_refunded"], charge["refunded"]), (300, False))
    rest = s.post("/v1/refunds", charge=paid["latest_charge"])[1]
    t.equal("the rest is", rest["amount"], 700)
    t.check("then all is refunded", s.get(f"/v1/charges/{paid['latest_charge']}")[1]["refunded"])
    t.equal("and nothing more", error_of(s.post("/v1/refunds", charge=paid["latest_charge"]))[2],
            "charge_already_refunded")
    t.equal("refunds are listed by their payment, newest first",
            [one["id"] for one in s.get("/v1/refunds", payment_intent=paid["id"])[1]["data"]], [rest["id"], part["id"]])
    t.equal("and read", s.get(f"/v1/refunds/{part['id']}")[1], part)
    late = s.post("/v1/refunds", payment_intent=s.pay("pm_card_pendingRefund")[1]["id"])[1]
    t.equal("some wait", late["status"], "pending")
    t.check("and come", until(lambda: s.get(f"/v1/refunds/{late['id']}")[1]["status"] == "succeeded"))
    lost = s.post("/v1/refunds", payment_intent=s.pay("pm_card_refundFail")[1]["id"])[1]
    t.check("some fail later", until(lambda: s.get(f"/v1/refunds/{lost['id']}")[1]["status"] == "failed"))
    t.equal("and are not counted", s.get(f"/v1/charges/{lost['charge']}")[1]["amount_refunded"], 0)


def stored_cards(s):
    ann = s.post("/v1/customers", name="Ann Äpfel", email="ann@example.org", metadata={"number": "12"})[1]
    t.equal("a customer is read as made", s.get(f"/v1/customers/{ann['id']}")[1], ann)
    bob = s.post("/v1/customers", name="Bob")[1]
    method = s.post("/v1/payment_methods/pm_card_visa/attach", customer=ann["id"])[1]
    t.check("a test id becomes a card of its own", method["id"].startswith("pm_") and method["customer"] == ann["id"])
    t.check("without a number", "4242424242424242" not in str(method))
    paid = s.pay(method["id"], customer=ann["id"], off_session=True)[1]
    t.equal("it pays while its owner is away", paid["status"], "succeeded")
    t.equal("again and again", s.pay(method["id"], customer=ann["id"], off_session=True)[0], 200)
    t.equal("but not for others", s.pay(method["id"], customer=bob["id"])[0], 400)
    t.equal("nor for nobody", s.pay(method["id"])[0], 400)
    t.equal("payments are listed by customer", len(s.get("/v1/payment_intents", customer=ann["id"])[1]["data"]), 2)
    t.equal("cards too", [one["id"] for one in s.get(f"/v1/customers/{ann['id']}/payment_methods")[1]["data"]],
            [method["id"]])
    t.equal("a card that always declines is not kept",
            error_of(s.post("/v1/payment_methods/pm_card_chargeDeclined/attach", customer=ann["id"])),
            (402, "card_error", "card_declined"))
    later = s.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=ann["id"])[1]
    t.equal("one that declines later is, and declines",
            error_of(s.pay(later["id"], customer=ann["id"], off_session=True)), (402, "card_error", "card_declined"))
    t.equal("detached, it is nobody's", s.post(f"/v1/payment_methods/{method['id']}/detach")[1]["customer"], None)
    t.equal("and pays no more", error_of(s.pay(method["id"], customer=ann["id"]))[2], "payment_method_unexpected_state")
    once = s.post("/v1/payment_methods", type="card", card={"token": "tok_visa"})[1]
    t.equal("a card without owner pays", s.pay(once["id"])[1]["status"], "succeeded")
    t.equal("once", error_of(s.pay(once["id"]))[2], "payment_method_unexpected_state")
    setup = s.post("/v1/setup_intents", customer=bob["id"], payment_method="pm_card_visa", confirm=True)[1]
    t.equal("a set-up keeps a card for its customer",
            (setup["status"], s.get(f"/v1/payment_methods/{setup['payment_method']}")[1]["customer"]),
            ("succeeded", bob["id"]))
    t.equal("which pays", s.pay(setup["payment_method"], customer=bob["id"], off_session=True)[1]["status"], "succeeded")
    asked = s.post("/v1/setup_intents", customer=bob["id"], payment_method="pm_card_authenticationRequiredOnSetup",
                   confirm=True)[1]
    t.equal("a set-up may ask", asked["status"], "requires_action")
    t.equal("or be declined", error_of(s.post("/v1/setup_intents", payment_method="pm_card_chargeDeclined", confirm=True)),
            (402, "card_error", "card_declined"))
    kept = s.pay(amount=10, customer=bob["id"], setup_future_usage="off_session")[1]
    t.equal("a payment may keep its card", s.get(f"/v1/payment_methods/{kept['payment_method']}")[1]["customer"],
            bob["id"])
    gone = s.delete(f"/v1/customers/{bob['id']}")[1]
    t.equal("a customer can go", gone, {"id": bob["id"], "object": "customer", "deleted": True})
    t.equal("and pays no more", error_of(s.pay(setup["payment_method"], customer=bob["id"]))[:2],
            (400, "invalid_request_error"))


def keys(s):
    first = s.pay(key="k-1", amount=700)
    again = s.pay(key="k-1", amount=700)
    t.equal("the same key has the same answer", (again[0], again[1]), (first[0], first[1]))
    t.equal("and says so", (again.headers.get("Idempotent-Replayed"), first.headers.get("Idempotent-Replayed")),
            ("true", None))
    t.equal("the same key for something else is refused", error_of(s.pay(key="k-1", amount=701)),
            (400, "idempotency_error", None))
    t.equal("also for another resource", error_of(s.post("/v1/customers", key="k-1"))[1], "idempotency_error")
    bad = s.pay("pm_card_chargeDeclined", key="k-2")
    t.equal("a decline is repeated, not tried again", (s.pay("pm_card_chargeDeclined", key="k-2")[1]), bad[1])
    t.equal("a bad request leaves the key free", (s.post("/v1/customers", key="k-3", nonsense=1)[0],
                                                   s.post("/v1/customers", key="k-3", name="A")[0]), (400, 200))
    before = len(s.all("/sandbox/charges"))
    results, lock = [], threading.Lock()

    def one():
        reply = s.pay(key="k-64", amount=640)
        with lock:
            results.append(reply)

    threads = [threading.Thread(target=one) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    t.equal("64 at once make one charge", len(s.all("/sandbox/charges")) - before, 1)
    t.equal("all that were answered have the same intent", len({r[1]["id"] for r in results if r[0] == 200}), 1)
    t.check("the others are told to wait", all(r[0] == 200 or error_of(r) == (409, "idempotency_error",
                                                                              "idempotency_key_in_use") for r in results))
    s.post("/sandbox/control", clock={"advance": 86401})
    t.equal("after a day a key is free", s.pay(key="k-1", amount=701)[0], 200)
    s.reset()


with sandbox() as running:
    for part in (lives, captures, declines, disputes, refunds, stored_cards, keys):
        t.run(part.__name__, part, running)
    t.equal("it ends when asked", running.stop(), 0)
t.end()

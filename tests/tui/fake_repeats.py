"""The repeat orders of the fake server: schedules are kept, and what becomes of a day is what the test says."""
DAYS = ["2025-12-15", "2026-01-15", "2026-02-15", "2026-03-15", "2026-04-15"]


def row(fake, repeat):
    return dict({k: repeat[k] for k in ("id", "state", "market", "every", "unit", "day", "pays", "due", "retry")},
                distributor={"id": repeat["distributor"], "name": fake.name_of(repeat["distributor"])}, customer=None)


def listed(handler, fake, body):
    wanted = handler.query.get("distributor")
    rows = [dict(row(fake, r), lines=len(r["lines"])) for r in reversed(fake.repeats) if wanted in (None, r["distributor"])]
    return handler.answer(200, {"items": rows, "next": None})


def find(fake, number):
    return next((r for r in fake.repeats if r["id"] == number), None)


def one(handler, fake, body, number):
    repeat = find(fake, number)
    if not repeat:
        return handler.trouble(404)
    at = DAYS.index(repeat["due"])
    return handler.answer(200, dict(
        row(fake, repeat), type=repeat["type"], lines=repeat["lines"], ship_to=repeat["ship_to"], note=repeat.get("note"), attempts=0,
        told_total=None, currency="GBP", exponent=2, version=str(repeat["version"]), created_at="2025-11-22T12:00:00Z",
        created_by="CC-07", then=DAYS[at + 1:at + 3], runs=repeat["runs"], charge=repeat.get("charge")))


def begin(handler, fake, body):
    key = handler.headers["Idempotency-Key"]
    have = next((r for r in fake.repeats if r["key"] == key), None)
    if not have:
        have = dict(body, id=str(len(fake.repeats) + 1), key=key, state="active", due=DAYS[0], retry=None, version=1, runs=[])
        fake.repeats.append(have)
    return handler.answer(201, {"id": have["id"]})


def change(handler, fake, body, number):
    repeat = find(fake, number)
    if handler.headers.get("If-Match") != '"%d"' % repeat["version"]:
        return handler.trouble(412)
    repeat.update(body, version=repeat["version"] + 1)
    return handler.answer(200, {"id": number})


def act(handler, fake, body, number, verb):
    repeat = find(fake, number)
    repeat["version"] += 1
    if verb == "skip":
        repeat["runs"].insert(0, {"due": repeat["due"], "at": "2025-11-22T12:00:00Z", "result": "skipped", "attempt": 0,
                                  "order": None, "total": None, "detail": {}})
        repeat["due"] = DAYS[DAYS.index(repeat["due"]) + 1]
    else:
        repeat["state"] = {"pause": "paused", "resume": "active", "stop": "stopped"}[verb]
    return handler.answer(200, {"id": number, "state": repeat["state"], "due": repeat["due"]})


ROUTES = [("GET", "/autosaves", listed), ("POST", "/autosaves", begin), ("GET", "/autosaves/([^/]+)", one),
          ("PATCH", "/autosaves/([^/]+)", change), ("POST", "/autosaves/([^/]+)/(skip|pause|resume|stop)", act)]

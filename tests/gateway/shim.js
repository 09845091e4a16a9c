// Payment intents for stripe-stateful-mock, which knows charges only. Test code: each request of the
// gateway's becomes one of the mock's, with the same Idempotency-Key, and the mock's words come back as
// they are; only the object is called by its other name. What was asked is kept in order, for the test.
//   node shim.js FOLDER      prints "ready URL"; FOLDER has node_modules
"use strict";
const http = require("http");
const path = require("path");
const folder = path.resolve(process.argv[2]);
const { createExpressApp } = require(path.join(folder, "node_modules", "stripe-stateful-mock"));

const asked = [];
let mock;

// One request to the mock.
function send(method, to, form, headers) {
    return new Promise((resolve, reject) => {
        const body = method === "POST" ? form.toString() : "";
        const request = http.request({ port: mock, host: "127.0.0.1", method, path: to, headers: {
            ...headers, "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) } }, reply => {
            let text = "";
            reply.on("data", piece => { text += piece; });
            reply.on("end", () => resolve({ code: reply.statusCode, headers: reply.headers, body: JSON.parse(text) }));
        });
        request.on("error", reject);
        request.end(body);
    });
}

function intent(charge) {
    const back = charge.amount_refunded >= charge.amount && !charge.captured;
    return { id: "pi_" + charge.id, object: "payment_intent", amount: charge.amount, currency: charge.currency,
        amount_received: charge.captured ? charge.amount_captured : 0, metadata: charge.metadata, latest_charge: charge.id,
        capture_method: "manual", last_payment_error: null, created: charge.created,
        status: charge.status === "failed" ? "requires_payment_method" : back ? "canceled" : charge.captured ? "succeeded" : "requires_capture" };
}

const charge = name => name.replace(/^pi_/, "");

// The gateway's form as the mock wants it: the intent's words for the charge's.
function form(from, words) {
    const to = new URLSearchParams();
    for (const [name, value] of from) {
        const word = name in words ? words[name] : name.startsWith("metadata[") ? name : null;
        if (word) to.append(word, value);
    }
    return to;
}

const routes = [
    ["POST", /^\/v1\/payment_intents$/, async (_, body, h) => {
        const to = form(body, { amount: "amount", currency: "currency", payment_method: "source", description: "description" });
        to.append("capture", body.get("capture_method") === "manual" ? "false" : "true");
        return [await send("POST", "/v1/charges", to, h), intent];
    }],
    ["GET", /^\/v1\/payment_intents$/, async (_, __, h) => [await send("GET", "/v1/charges?limit=100", null, h),
        list => ({ ...list, data: list.data.map(intent) })]],
    ["GET", /^\/v1\/payment_intents\/(\w+)$/, async (m, _, h) => [await send("GET", "/v1/charges/" + charge(m[1]), null, h), intent]],
    ["POST", /^\/v1\/payment_intents\/(\w+)\/capture$/, async (m, body, h) =>
        [await send("POST", `/v1/charges/${charge(m[1])}/capture`, form(body, { amount_to_capture: "amount" }), h), intent]],
    // A charge that is not captured is let go by a refund of all of it.
    ["POST", /^\/v1\/payment_intents\/(\w+)\/cancel$/, async (m, _, h) => {
        const reply = await send("POST", "/v1/refunds", new URLSearchParams({ charge: charge(m[1]) }), h);
        const now = reply.code === 200 ? await send("GET", "/v1/charges/" + charge(m[1]), null, { authorization: h.authorization }) : reply;
        return [{ ...reply, body: now.body }, intent];
    }],
    ["POST", /^\/v1\/refunds$/, async (_, body, h) => {
        const to = form(body, { amount: "amount" });
        to.append("charge", charge(body.get("payment_intent")));
        return [await send("POST", "/v1/refunds", to, h), refund => refund];
    }],
    ["GET", /^\/v1\/refunds$/, async (_, query, h) =>
        [await send("GET", "/v1/refunds?limit=100&charge=" + charge(query.get("payment_intent")), null, h), list => list]],
    ["GET", /^\/v1\/refunds\/(\w+)$/, async (m, _, h) => [await send("GET", "/v1/refunds/" + m[1], null, h), refund => refund]],
];

async function answer(request, text) {
    const url = new URL(request.url, "http://shim");
    const headers = {};
    for (const name of ["authorization", "idempotency-key"])
        if (request.headers[name]) headers[name] = request.headers[name];
    const body = request.method === "POST" ? new URLSearchParams(text) : url.searchParams;
    asked.push({ method: request.method, path: url.pathname, key: headers["idempotency-key"] || null, body: text });
    for (const [method, pattern, act] of routes) {
        const match = method === request.method && url.pathname.match(pattern);
        if (!match) continue;
        const [reply, name] = await act(match, body, headers);
        return { ...reply, body: reply.code === 200 ? name(reply.body) : reply.body };
    }
    return { code: 404, headers: {}, body: { error: { type: "invalid_request_error", message: "Unrecognized request URL" } } };
}

http.createServer((request, response) => {
    let text = "";
    request.on("data", piece => { text += piece; });
    request.on("end", async () => {
        if (request.url === "/asked") {
            response.end(JSON.stringify(asked));
            return;
        }
        let reply;
        try {
            reply = await answer(request, text);
        } catch (error) {
            reply = { code: 500, headers: {}, body: { error: { type: "api_error", message: String(error) } } };
        }
        const headers = { "content-type": "application/json" };
        if (reply.headers["idempotent-replayed"]) headers["idempotent-replayed"] = reply.headers["idempotent-replayed"];
        response.writeHead(reply.code, headers);
        response.end(JSON.stringify(reply.body));
    });
}).listen(0, "127.0.0.1", function () {
    const door = createExpressApp().listen(0, "127.0.0.1", () => {
        mock = door.address().port;
        process.stdout.write(`ready http://127.0.0.1:${this.address().port}\n`);
    });
});

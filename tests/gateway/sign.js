// Signs what comes on standard input as Stripe's own SDK does, or checks what we have signed:
//   node sign.js FOLDER sign SECRET [SECONDS-AGO]      prints the Stripe-Signature header
//   node sign.js FOLDER check SECRET HEADER            prints the event's id
"use strict";
const fs = require("fs");
const path = require("path");
const [folder, act, secret, more] = process.argv.slice(2);
const Stripe = require(path.join(path.resolve(folder), "node_modules", "stripe"));
const stripe = new Stripe("sk_test_unused");
const payload = fs.readFileSync(0, "utf8");
if (act === "sign") {
    const timestamp = Math.floor(Date.now() / 1000) - Number(more || 0);
    process.stdout.write(stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp }));
} else {
    process.stdout.write(stripe.webhooks.constructEvent(payload, more, secret).id);
}

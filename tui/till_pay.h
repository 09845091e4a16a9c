/* What pays a sum that is due at a till and is no sale that is being keyed: of goods that are
 * picked up, of what goes out in place of what came back. */
#pragma once

#include "core/entry.h"
#include "tui/order_pay.h"

struct app;
struct json_out;
struct till_pay {
    struct pay_pick picks[PAY_PICKS];
    size_t n;
};

/* Cash, a slip, a cheque or a certificate, as it was keyed; what is said is said. False: nothing
 * was chosen. */
bool till_pay_keyed(struct app *app, struct till_pay *pay, const struct entry_command *command,
                    int64_t due);
/* What each pays of it; `out` has room for PAY_PICKS. */
size_t till_pay_plan(const struct till_pay *pay, int64_t due, struct draft_tender out[PAY_PICKS]);
/* The member `tenders`, unless there are none. */
void till_pay_write(struct json_out *out, const struct draft_tender *plan, size_t n);

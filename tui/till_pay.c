#include "tui/till_pay.h"

#include "core/wire/json_out.h"
#include "tui/app.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

/* One of the same kind and number takes its place. */
static bool pick(struct app *app, struct till_pay *pay, enum tender_kind kind, int64_t amount,
                 const char *ref)
{
    char keyed[MONEY_TEXT];
    size_t i = 0;
    while (i < pay->n && (pay->picks[i].kind != kind || strcmp(pay->picks[i].ref, ref) != 0))
        i++;
    if (i == PAY_PICKS) {
        app_say(app, ROLE_STOP, "a sale is paid in at most %d ways.", PAY_PICKS);
        return false;
    }
    pay->picks[i] = (struct pay_pick){.kind = kind, .amount = amount, .most = -1};
    snprintf(pay->picks[i].ref, PAY_REF, "%s", ref);
    pay->n += i == pay->n;
    if (kind == TENDER_cash)
        app_say(app, ROLE_OK, "ok  cash %s", app_amount(app, keyed, amount));
    else
        app_say(app, ROLE_OK, "ok  %s %s", tongue_word("tender", tender_info(kind)->name), ref);
    return true;
}

static bool cash(struct app *app, struct till_pay *pay, const struct entry_command *command,
                 int64_t due)
{
    char keyed[MONEY_TEXT], text[MONEY_TEXT];
    if (!command->is_bare || pay->n || command->amount.minor >= due)
        return pick(app, pay, TENDER_cash, command->amount.minor, "");
    app_amount(app, keyed, command->amount.minor);
    app_say(app, ROLE_STOP, "%s is less than the %s to be paid; ca %s takes it as a part.", keyed,
            app_amount(app, text, due), keyed);
    return false;
}

bool till_pay_keyed(struct app *app, struct till_pay *pay, const struct entry_command *command,
                    int64_t due)
{
    static const struct {
        enum entry_kind entry;
        enum tender_kind tender;
    } kinds[] = {{ENTRY_SLIP, TENDER_card_present},
                 {ENTRY_CHEQUE, TENDER_cheque},
                 {ENTRY_CERTIFICATE, TENDER_certificate}};
    if (command->kind == ENTRY_CASH)
        return cash(app, pay, command, due);
    if (command->check_fails) {
        app_say(app, ROLE_STOP, "%s is mistyped: its check digit does not fit.", command->text);
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (kinds[i].entry == command->kind)
            return pick(app, pay, kinds[i].tender, command->has_amount ? command->amount.minor : 0,
                        command->text);
    return false;
}

size_t till_pay_plan(const struct till_pay *pay, int64_t due, struct draft_tender out[PAY_PICKS])
{
    struct tender_pick picks[PAY_PICKS];
    for (size_t i = 0; i < pay->n; i++)
        picks[i] =
            (struct tender_pick){pay->picks[i].kind, pay->picks[i].amount, pay->picks[i].most,
                                 *pay->picks[i].ref ? pay->picks[i].ref : NULL};
    return tender_plan(picks, pay->n, due, out);
}

void till_pay_write(struct json_out *out, const struct draft_tender *plan, size_t n)
{
    if (!n)
        return;
    json_out_open(out, "tenders", '[');
    for (size_t i = 0; i < n; i++) {
        json_out_open(out, NULL, '{');
        json_out_string(out, "kind", plan[i].kind);
        json_out_int(out, "amount", plan[i].amount);
        if (plan[i].ref)
            json_out_string(out, "ref", plan[i].ref);
        if (plan[i].given)
            json_out_int(out, "given", plan[i].given);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

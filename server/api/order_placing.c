#include "server/api/order_placing.h"

#include "server/api/order_store.h"
#include "server/api/order_tenders.h"
#include "server/db/db_record.h"

/* Most orders fit; a longer one grows. */
enum { ROOM = 3000 };

static void add_head(struct db_record *r, struct call *c, const struct pricing *p,
                     const struct order_terms *t)
{
    const struct quote *q = &p->quote;
    char date[DATE_TEXT];
    db_record_word(r, t->hash);
    db_record_word(r, c->actor.login_id);
    db_record_word(r, c->actor.acting_for);
    db_record_word(r, c->request->id);
    db_record_word(r, channel_name(p->buyer.channel));
    db_record_word(r, q->catalogue->market);
    db_record_word(r, order_type_info(p->draft.type)->name);
    db_record_word(r, p->distributor_id);
    db_record_word(r, p->distributor_version);
    db_record_word(r, p->buyer.customer);
    db_record_int(r, q->list->id);
    db_record_word(r, date_format(date, q->date));
    db_record_word(r, q->catalogue->currency);
    db_record_int(r, q->catalogue->exponent);
    db_record_bool(r, q->tax_included);
    db_record_text(r, q->region);
}

static void add_tenders(struct db_record *r, struct call *c, const struct order_terms *t)
{
    const struct draft_tender *tenders = t->tenders;
    DB_RECORD_TEXTS(r, t->ntenders, tenders[i].kind);
    DB_RECORD_INTS(r, t->ntenders, tenders[i].amount);
    DB_RECORD_TEXTS(r, t->ntenders, order_tender_ref(c->arena, &tenders[i]));
}

static void add_sums(struct db_record *r, struct call *c, const struct pricing *p,
                     const struct order_terms *t)
{
    const struct quote *q = &p->quote;
    const int64_t sums[] = {q->goods.minor,        q->discount.minor, q->delivery.minor,
                            q->delivery_tax.minor, q->tax.minor,      q->tax_added.minor,
                            q->total.minor,        q->cv.hundredths,  q->pv.hundredths};
    for (size_t i = 0; i < ARRAY_LEN(sums); i++)
        db_record_int(r, sums[i]);
    db_record_word(r, destination_name(p->draft.destination));
    if (t->known && !p->draft.has_address && !p->draft.method)
        db_record_fields(r, t->known->ship_to);
    else
        db_record_text(r, order_ship_to(c->arena, &p->buyer, p->draft.method));
    db_record_text(r, p->draft.note);
    db_record_word(r, p->fingerprint);
    db_record_word(r, t->rev);
    add_tenders(r, c, t);
}

static void add_lines(struct db_record *r, const struct quote *q)
{
    const struct quote_line *lines = q->lines;
    size_t n = q->nlines;
    DB_RECORD_TEXTS(r, n, lines[i].draft->id);
    DB_RECORD_INTS(r, n, lines[i].item->id);
    DB_RECORD_TEXTS(r, n, lines[i].item->sku);
    DB_RECORD_TEXTS(r, n, lines[i].item->name);
    DB_RECORD_INTS(r, n, lines[i].draft->qty);
    DB_RECORD_INTS(r, n, lines[i].unit.minor);
    DB_RECORD_INTS(r, n, lines[i].discount.minor);
    DB_RECORD_INTS(r, n, lines[i].tax.minor);
    DB_RECORD_INTS(r, n, lines[i].tax_rate.ppm);
    DB_RECORD_INTS(r, n, lines[i].cv.hundredths);
    DB_RECORD_INTS(r, n, lines[i].pv.hundredths);
}

/* Priced as if nothing were short, it must not wait for anything either. */
static void add_needs(struct db_record *r, const struct quote *q, bool may_wait)
{
    const struct stock_need *needs = q->needs;
    size_t n = q->nneeds;
    DB_RECORD_INTS(r, n, needs[i].line + 1);
    DB_RECORD_INTS(r, n, q->catalogue->items[needs[i].item].id);
    DB_RECORD_INTS(r, n, needs[i].qty);
    DB_RECORD_INTS(r, n, needs[i].per);
    db_record_open(r);
    for (size_t i = 0; i < n; i++)
        db_record_add_bool(r, may_wait && needs[i].back_order);
    db_record_close(r);
}

static void add_confirmed(struct db_record *r, const struct order_terms *t)
{
    db_record_open(r);
    if (t->duplicate)
        db_record_add_text(r, "duplicate");
    if (t->age)
        db_record_add_text(r, "age");
    db_record_close(r);
}

static void add_parts(struct db_record *r, struct call *c, const struct quote *q)
{
    struct order_part *parts;
    size_t n = order_parts(c->arena, q, &parts);
    DB_RECORD_TEXTS(r, n, parts[i].client);
    DB_RECORD_INTS(r, n, q->catalogue->items[parts[i].part.item].id);
    DB_RECORD_INTS(r, n, parts[i].part.slot);
    DB_RECORD_INTS(r, n, parts[i].part.qty);
    DB_RECORD_INTS(r, n, parts[i].part.share.minor);
}

/* With nothing known: the fields from `token` to the end of the type are NULL. */
static void add_known(struct db_record *r, const struct order_terms *t)
{
    db_record_bool(r, t->accept_duplicate);
    db_record_fields(r, t->known ? t->known->fields : ",,,,,,,,");
}

const char *order_placing(struct call *c, const struct pricing *p, const struct order_terms *t)
{
    struct db_record r;
    db_record_begin(&r, c->arena, ROOM);
    add_head(&r, c, p, t);
    add_sums(&r, c, p, t);
    add_lines(&r, &p->quote);
    add_needs(&r, &p->quote, !t->known && !p->shift);
    db_record_text(&r, order_promotions(c->arena, p));
    add_confirmed(&r, t);
    add_parts(&r, c, &p->quote);
    add_known(&r, t);
    return db_record_end(&r);
}

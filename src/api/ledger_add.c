/* A document on an order of a ledger, and what it does to the table. */
#include "api/ledger.h"

#include "api/activity.h"
#include "api/ledger_shares.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "domain/money.h"
#include "domain/standing.h"
#include "http/request.h"

#include <string.h>

static void take_off(struct ledger_line *line, const char *kind, int64_t quantity)
{
    line->amounts.quantity -= quantity;
    line->voided += strcmp(kind, "void") == 0 ? quantity : 0;
}

static void read_document(struct request *r, db_slot slot, int row, struct ledger_order *o)
{
    const char *kind = db_text(r->db, slot, row, COL_LEDGER_DOCUMENTS_KIND);
    const char *item_id = db_text(r->db, slot, row, COL_LEDGER_DOCUMENTS_ITEM_ID);
    struct ledger_line *line = item_id != NULL ? ledger_find_line(o, item_id) : NULL;
    if (strcmp(kind, "service_charge_waived") == 0)
        o->service_waived = true;
    else if (strcmp(kind, "discount") != 0 && line != NULL)
        take_off(line, kind, db_int(r->db, slot, row, COL_LEDGER_DOCUMENTS_QUANTITY));
    if (strcmp(kind, "discount") != 0 || db_bool(r->db, slot, row, COL_LEDGER_DOCUMENTS_IS_REFUND))
        return;
    bool is_rate = db_text(r->db, slot, row, COL_LEDGER_DOCUMENTS_RATE_PPM) != NULL;
    o->discounts[o->n_discounts++] = (struct order_discount){
        .amount = is_rate ? 0 : db_int(r->db, slot, row, COL_LEDGER_DOCUMENTS_AMOUNT),
        .rate_ppm = is_rate ? (int32_t)db_int(r->db, slot, row, COL_LEDGER_DOCUMENTS_RATE_PPM) : NO_RATE,
        .line = line != NULL ? (size_t)(line - o->lines) : WHOLE_ORDER,
    };
}

enum err ledger_read_lines(struct request *r, struct ledger_order *o)
{
    if (o->lines != NULL)
        return ERR_OK;
    db_slot lines = DB_QUEUE(r->db, STMT_LEDGER_LINES, r->restaurant_id, o->id);
    db_slot documents = DB_QUEUE(r->db, STMT_LEDGER_DOCUMENTS, r->restaurant_id, o->id);
    TRY(transaction_run(r));
    o->n_lines = (size_t)db_rows(r->db, lines);
    o->lines = arena_array(r->arena, o->n_lines, sizeof *o->lines);
    /* Those that are there, that of the order itself, and as many as a request can add. */
    o->discounts = arena_array(r->arena, (size_t)db_rows(r->db, documents) + 1 + ORDER_LINES_MAX, sizeof *o->discounts);
    for (size_t i = 0; i < o->n_lines; i++) {
        int row = (int)i;
        o->lines[i] = (struct ledger_line){
            .id = db_text(r->db, lines, row, COL_LEDGER_LINES_ID),
            .status = db_text(r->db, lines, row, COL_LEDGER_LINES_STATUS),
            .ordered = db_int(r->db, lines, row, COL_LEDGER_LINES_QUANTITY),
            .amounts = {.price = db_int(r->db, lines, row, COL_LEDGER_LINES_PRICE),
                        .modifiers = db_int(r->db, lines, row, COL_LEDGER_LINES_CUSTOMIZATION_AMOUNT),
                        .quantity = db_int(r->db, lines, row, COL_LEDGER_LINES_QUANTITY),
                        .tax_rate_ppm = (int32_t)db_int(r->db, lines, row, COL_LEDGER_LINES_TAX_RATE_PPM)},
        };
    }
    o->discounts[o->n_discounts++] = (struct order_discount){o->placed_discount, NO_RATE, WHOLE_ORDER};
    for (int row = 0; row < db_rows(r->db, documents); row++)
        read_document(r, documents, row, o);
    o->shares = ledger_shares(r, o);
    return ERR_OK;
}

static void fall(struct ledger_order *o)
{
    o->is_ending = o->stands;
    o->stands = false;
    o->extras = (struct order_extras){0, 0};
    o->account.cancelled = true;
}

static bool is_all_void(const struct ledger_order *o)
{
    for (size_t i = 0; i < o->n_lines; i++)
        if (o->lines[i].voided < o->lines[i].ordered)
            return false;
    return true;
}

/* Money that goes back lowers the sale first, then the tip. What comes off the sale later leaves
 * the tip alone. */
static void give_back(struct ledger_order *o, int64_t amount)
{
    int64_t sale = ledger_sale(o), beyond = amount > sale ? amount - sale : 0;
    o->given_back += amount;
    o->tip_back += beyond;
}

/* Does to the order what the document says. One whose last line is void no longer
 * stands. */
static void apply(struct ledger_order *o, const struct ledger_document *d)
{
    struct ledger_line *line = d->item_id != NULL ? ledger_find_line(o, d->item_id) : NULL;
    bool is_discount = strcmp(d->kind, "discount") == 0;
    if (d->refund_id != NULL)
        o->account.refunded = true;
    if (strcmp(d->kind, "cancelled") == 0 || strcmp(d->kind, "deleted") == 0) {
        fall(o);
    } else if (strcmp(d->kind, "service_charge_waived") == 0) {
        o->service_waived = true;
    } else if (is_discount && d->refund_id != NULL) {
        give_back(o, d->amount.value);
    } else if (is_discount) {
        o->discounts[o->n_discounts++] = (struct order_discount){
            .amount = d->amount.value,
            .rate_ppm = d->rate_ppm.is_set ? (int32_t)d->rate_ppm.value : NO_RATE,
            .line = line != NULL ? (size_t)(line - o->lines) : WHOLE_ORDER,
        };
    } else if (line != NULL) {
        take_off(line, d->kind, d->quantity);
        if (is_all_void(o))
            fall(o);
    }
}

static struct order_line_amounts *copy_lines(struct request *r, const struct ledger_order *o)
{
    struct order_line_amounts *lines = arena_array(r->arena, o->n_lines, sizeof *lines);
    for (size_t i = 0; i < o->n_lines; i++)
        lines[i] = o->lines[i].amounts;
    return lines;
}

/* What the order's lines come to now, with the service charge and the taxes that it
 * bore: as table_settle() wants it. */
static enum err compute_again(struct request *r, const struct ledger_order *o, struct order_terms *terms,
                              struct order_figures *f)
{
    struct order_line_amounts *lines = copy_lines(r, o);
    size_t line;
    *terms = o->terms;
    if (o->service_waived)
        terms->service_charge_ppm = 0;
    if (order_bases_compute(lines, o->n_lines, o->discounts, o->n_discounts, terms, f, &line) != ORDER_TOTAL_OK)
        return ERR_INTERNAL; /* it was placed with more */
    order_carry_over(f, &o->settled, terms);
    return ERR_OK;
}

/* An order of which nothing was given back, and to which nothing happens now, is taken
 * as it stands. */
static enum err stand(struct request *r, struct ledger_order *o, bool is_changed, struct order_terms *terms,
                      struct standing_order *s)
{
    *s = (struct standing_order){.terms = terms, .extras = o->extras, .is_changed = is_changed};
    *terms = o->terms;
    if (!o->stands)
        return ERR_OK; /* nothing */
    if (is_changed || o->given_back > 0) {
        TRY(ledger_read_lines(r, o));
        return compute_again(r, o, terms, &s->figures);
    }
    if (o->settled.service_base == 0)
        terms->service_charge_ppm = 0; /* waived, or nothing left to charge it on */
    s->figures = o->settled;
    order_service_out(&s->figures, terms);
    return ERR_OK;
}

static int64_t part_of(const struct order_figures *f, int32_t rate_ppm, size_t part, int64_t *taxable)
{
    *taxable = 0;
    for (size_t i = 0; i < f->n_taxes; i++) {
        if (f->taxes[i].rate_ppm != rate_ppm)
            continue;
        *taxable = f->taxes[i].taxable;
        return f->taxes[i].parts[part];
    }
    return 0;
}

static void subtract_tax(struct order_figures *out, const struct order_figures *after,
                         const struct order_figures *before, int32_t rate_ppm, size_t n_parts)
{
    struct order_tax d = {.rate_ppm = rate_ppm};
    int64_t is, was;
    bool any = false;
    for (size_t k = 0; k < n_parts; k++) {
        d.parts[k] = part_of(after, rate_ppm, k, &is) - part_of(before, rate_ppm, k, &was);
        d.amount += d.parts[k];
        d.taxable = is - was;
        any = any || d.parts[k] != 0 || d.taxable != 0;
    }
    if (any)
        *order_tax_at(out, rate_ppm) = d;
}

/* What has changed of an order's figures; rates of which nothing has are left out. */
static void subtract(const struct order_figures *after, const struct order_figures *before, size_t n_parts,
                     struct order_figures *out)
{
    *out = (struct order_figures){
        .subtotal = after->subtotal - before->subtotal,
        .discount_amount = after->discount_amount - before->discount_amount,
        .service_charge_amount = after->service_charge_amount - before->service_charge_amount,
        .tax_amount = after->tax_amount - before->tax_amount,
        .total_amount = after->total_amount - before->total_amount,
    };
    for (size_t i = 0; i < after->n_taxes; i++)
        subtract_tax(out, after, before, after->taxes[i].rate_ppm, n_parts);
    for (size_t i = 0; i < before->n_taxes; i++)
        subtract_tax(out, after, before, before->taxes[i].rate_ppm, n_parts);
}

static const char *optional_text(struct request *r, struct optional_int value)
{
    return value.is_set ? request_int_text(r, value.value) : NULL;
}

static const char *queue_document(struct request *r, struct ledger_order *o, const struct ledger_document *d,
                                  const struct order_figures *change, const struct order_extras *extras)
{
    const char *id = request_new_id(r);
    struct text taxes;
    text_init(&taxes, r->arena);
    figures_taxes_json(change, &o->terms.parts, &o->names, &taxes);
    DB_QUEUE(r->db, STMT_ORDER_ADJUSTMENT_INSERT, r->restaurant_id, id, o->id, d->kind, d->item_id,
             d->quantity > 0 ? request_int_text(r, d->quantity) : NULL, optional_text(r, d->amount),
             optional_text(r, d->rate_ppm), d->reason, request_int_text(r, change->subtotal),
             request_int_text(r, change->discount_amount), request_int_text(r, change->service_charge_amount),
             request_int_text(r, change->tax_amount), request_int_text(r, extras->tip_amount),
             request_int_text(r, extras->deposit_used), request_int_text(r, change->total_amount), taxes.bytes,
             d->refund_id, d->transfer_order_id, actor_role(r), r->who.id, bool_text(o->is_ending),
             ledger_shares_changed(r, o));
    o->is_ending = false;
    return id;
}

static bool is_nothing(const struct order_figures *change)
{
    return change->n_taxes == 0 && change->service_charge_amount == 0 && change->total_amount == 0 &&
           change->subtotal == 0 && change->discount_amount == 0;
}

/* Takes over what the table's rounding made of an order; queues its document. */
static const char *take_over(struct request *r, struct ledger_order *o, const struct standing_order *s,
                             const struct ledger_document *d, const struct order_extras *extras_before)
{
    static const struct ledger_document rounding = {.kind = "rounding"};
    struct order_figures adjusted = s->figures, *change = arena_alloc(r->arena, sizeof *change);
    if (o->stands && o->given_back > 0)
        order_give_back(&adjusted, s->terms, &o->extras, o->given_back - o->tip_back, o->tip_back);
    order_fit_deposit(&adjusted, &o->extras);
    struct order_extras extras = {o->extras.tip_amount - adjusted.tip_given_back -
                                      (extras_before->tip_amount - o->adjusted.tip_given_back),
                                  o->extras.deposit_used - extras_before->deposit_used};
    subtract(&adjusted, &o->adjusted, o->terms.parts.n, change);
    bool moved = o->settled.service_charge_amount != s->figures.service_charge_amount ||
                 o->settled.tax_amount != s->figures.tax_amount || extras.deposit_used != 0;
    o->settled = s->figures;
    o->settled.total_amount += s->extras.deposit_used - o->extras.deposit_used;
    o->adjusted = adjusted;
    o->account.total = adjusted.total_amount;
    if (d == NULL && is_nothing(change) && !moved)
        return NULL;
    o->is_written = true;
    return d != NULL || !is_nothing(change) || extras.deposit_used != 0
               ? queue_document(r, o, d != NULL ? d : &rounding, change, &extras)
               : NULL;
}

/* What the standing orders come to by rate. */
static void sum_table(struct request *r, struct ledger *ledger, const struct standing_order *standing)
{
    size_t room = ORDER_TAXES_MAX;
    for (size_t i = 0; i < ledger->n; i++)
        room += standing[i].figures.n_taxes;
    ledger->sums.table =
        (struct table_sums){.taxes = arena_array(r->arena, room, sizeof(struct tax_sum)),
                            .services = arena_array(r->arena, ledger->n + 1, sizeof(struct service_sum))};
    for (size_t i = 0; i < ledger->n; i++)
        order_join_table(&ledger->sums.table, &standing[i].figures, standing[i].terms);
}

static enum err settle(struct request *r, struct ledger *ledger, struct ledger_order *changed,
                       const struct ledger_document *document, const struct order_extras *extras_before,
                       const char **id)
{
    struct standing_order *standing = arena_array(r->arena, ledger->n, sizeof *standing);
    struct order_terms *terms = arena_array(r->arena, ledger->n, sizeof *terms);
    for (size_t i = 0; i < ledger->n; i++)
        TRY(stand(r, &ledger->orders[i], &ledger->orders[i] == changed, &terms[i], &standing[i]));
    if (!table_settle(standing, ledger->n))
        return ERR_INTERNAL; /* it has become less */
    for (size_t i = 0; i < ledger->n; i++) {
        struct ledger_order *o = &ledger->orders[i];
        bool is_it = o == changed;
        const struct order_extras as_it_was = o->extras;
        const char *made = take_over(r, o, &standing[i], is_it ? document : NULL, is_it ? extras_before : &as_it_was);
        if (is_it && id != NULL)
            *id = made;
    }
    sum_table(r, ledger, standing);
    return ERR_OK;
}

/* A rate is one of what stands. The lines do not know what was given back with the sale:
 * after that, a rate is made the amount that it comes to. */
static enum err fix_rate(struct request *r, struct ledger_order *o, struct ledger_document *d)
{
    struct order_line_amounts *lines = copy_lines(r, o);
    struct order_figures f;
    size_t fault;
    int64_t amount;
    if (strcmp(d->kind, "discount") != 0 || !d->rate_ppm.is_set || o->given_back == 0)
        return ERR_OK;
    if (order_bases_compute(lines, o->n_lines, o->discounts, o->n_discounts, &o->terms, &f, &fault) != ORDER_TOTAL_OK)
        return ERR_INTERNAL; /* it was placed with more */
    int64_t whole = f.subtotal - f.discount_amount, part = whole,
            stands = o->adjusted.subtotal - o->adjusted.discount_amount;
    for (size_t i = 0; i < o->n_lines; i++)
        if (d->item_id != NULL && strcmp(o->lines[i].id, d->item_id) == 0)
            part = lines[i].subtotal - lines[i].discount;
    if (!money_share(part, stands > 0 ? stands : 0, whole > 0 ? whole : 1, &amount) ||
        !money_share(amount, d->rate_ppm.value, RATE_ONE, &amount))
        return ERR_INTERNAL; /* cannot be: it is at most what stands */
    d->rate_ppm = (struct optional_int){0};
    d->amount = (struct optional_int){true, amount};
    return ERR_OK;
}

enum err ledger_add(struct request *r, struct ledger *ledger, struct ledger_order *order,
                    const struct ledger_document *document, const char **id)
{
    const struct order_extras before = order->extras;
    struct ledger_document as_made = *document;
    TRY(ledger_read_lines(r, order));
    TRY(fix_rate(r, order, &as_made));
    apply(order, &as_made);
    return settle(r, ledger, order, &as_made, &before, id);
}

void ledger_concerns(struct request *r, struct ledger *ledger, const struct ledger_order *o, const char *item_id)
{
    struct ledger_concern *concern = &ledger->concern;
    concern->diner_id = o->diner_id;
    if (concern->item_ids == NULL)
        concern->item_ids = arena_array(r->arena, o->n_lines, sizeof *concern->item_ids);
    for (size_t i = 0; i < o->n_lines; i++)
        if (item_id == NULL || strcmp(o->lines[i].id, item_id) == 0)
            concern->item_ids[concern->n_items++] = o->lines[i].id;
}

enum err ledger_join(struct request *r, struct ledger *ledger)
{
    return settle(r, ledger, NULL, NULL, NULL, NULL);
}

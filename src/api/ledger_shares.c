#include "api/ledger_shares.h"

#include "base/arena.h"
#include "base/text.h"
#include "domain/line_share.h"
#include "http/request.h"

struct line_share *ledger_shares(struct request *r, const struct ledger_order *o)
{
    struct line_share *shares = arena_array(r->arena, o->n_lines, sizeof *shares);
    struct order_line_amounts *lines = arena_array(r->arena, o->n_lines, sizeof *lines);
    struct order_figures *bases = arena_alloc(r->arena, sizeof *bases);
    size_t fault;
    for (size_t i = 0; i < o->n_lines; i++) {
        lines[i] = o->lines[i].amounts;
        shares[i] = (struct line_share){0};
    }
    if (o->stands && order_bases_compute(lines, o->n_lines, o->discounts, o->n_discounts, &o->terms, bases, &fault) ==
                         ORDER_TOTAL_OK)
        order_lines_share(lines, o->n_lines, &o->adjusted, &o->terms, shares);
    return shares;
}

static void write_change(struct text *json, const char *id, const struct line_share *is, const struct line_share *was)
{
    struct line_share d = {is->quantity - was->quantity, is->subtotal - was->subtotal, is->discount - was->discount,
                           is->tax - was->tax};
    if (d.quantity == 0 && d.subtotal == 0 && d.discount == 0 && d.tax == 0)
        return;
    text_json_comma(json);
    text_puts(json, "{");
    text_json_member(json, "id", id);
    text_json_member_int(json, "quantity", d.quantity);
    text_json_member_int(json, "subtotal", d.subtotal);
    text_json_member_int(json, "discount_amount", d.discount);
    text_json_member_int(json, "tax_amount", d.tax);
    text_puts(json, "}");
}

const char *ledger_shares_changed(struct request *r, struct ledger_order *o)
{
    struct text json;
    if (o->shares == NULL)
        return NULL;
    struct line_share *now = ledger_shares(r, o);
    text_init(&json, r->arena);
    text_puts(&json, "[");
    for (size_t i = 0; i < o->n_lines; i++)
        write_change(&json, o->lines[i].id, &now[i], &o->shares[i]);
    text_puts(&json, "]");
    o->shares = now;
    return json.bytes;
}

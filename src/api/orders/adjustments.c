/* What happens to an order later: a line void or on the house, a discount, no service
 * charge. Each is a document; the order stays as it was placed. */
#include "api/orders/adjustments.h"
#include "api/activity.h"
#include "api/caller.h"
#include "api/card_guard.h"
#include "api/if_match.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "domain/money.h"
#include "http/request.h"

#include <inttypes.h>
#include <string.h>

struct adjustment_input {
    const char *kind, *item_id, *reason;
    struct optional_int quantity, amount, rate_ppm;
};

static const char *const kinds[] = {"void", "comp", "discount", "service_charge_waived", NULL};

static const struct field fields[] = {
    {AT(adjustment_input, kind), .type = FIELD_CHOICE, .required = true, .choices = kinds},
    {AT(adjustment_input, item_id), .type = FIELD_UUID},
    {AT(adjustment_input, quantity), .type = FIELD_INT, .min = 1, .max = ORDER_QUANTITY_MAX},
    {AT(adjustment_input, amount), .type = FIELD_INT, .min = 1, .max = MONEY_MAX},
    {AT(adjustment_input, rate_ppm), .type = FIELD_INT, .min = 1, .max = RATE_ONE},
    {AT(adjustment_input, reason), .type = FIELD_TEXT, .required = true, .min = 1, .max = 500},
};

static bool is_kind(const struct adjustment_input *in, const char *kind)
{
    return in->kind != NULL && strcmp(in->kind, kind) == 0;
}

static void check_discount(struct request *r, const struct adjustment_input *in)
{
    if (!fields_is_given(r->json, "amount") && !fields_is_given(r->json, "rate_ppm"))
        problem_fault(r, "/amount", "required", "must be given, or rate_ppm");
    if (in->amount.is_set && in->rate_ppm.is_set)
        problem_fault(r, "/rate_ppm", "mismatch", "must not be given together with amount");
    if (in->quantity.is_set)
        problem_fault(r, "/quantity", "mismatch", "is only for void and comp");
}

static enum err read_input(struct request *r, struct adjustment_input *in)
{
    fields_read(r, r->json, "", FIELDS(fields), in);
    card_guard_check(r, in->reason, "/reason");
    bool takes_item = is_kind(in, "void") || is_kind(in, "comp"), is_discount = is_kind(in, "discount");
    if (takes_item && in->item_id == NULL)
        problem_fault(r, "/item_id", "required", "must be given");
    if (is_kind(in, "service_charge_waived") && (in->item_id != NULL || in->quantity.is_set))
        problem_fault(r, "/item_id", "mismatch", "the service charge is of the whole table");
    if (is_discount)
        check_discount(r, in);
    else if (in->kind != NULL && (in->amount.is_set || in->rate_ppm.is_set))
        problem_fault(r, "/amount", "mismatch", "is only for a discount");
    return problem_verdict(r);
}

static enum err check_role(struct request *r, const struct adjustment_input *in, const struct ledger_order *o,
                           const struct ledger_line *line)
{
    bool sold_out = strcmp(in->reason, "sold_out") == 0;
    if (is_kind(in, "void") && !line_may_be_void(r->who.role, o->status, line->status, sold_out))
        return caller_refuse(r, "void a line that is %s in an order that is %s", line->status,
                             order_status_name(o->status));
    if (is_kind(in, "comp") && !(r->who.role & ROLES_MANAGERS))
        return caller_refuse(r, "give anything on the house");
    if ((is_kind(in, "discount") || is_kind(in, "service_charge_waived")) && !(r->who.role & ROLES_CASHIERS))
        return caller_refuse(r, "lower a bill");
    return ERR_OK;
}

/* The line that is named, and how much of it. */
static enum err find_line(struct request *r, const struct adjustment_input *in, struct ledger_order *o,
                          struct ledger_line **line, int64_t *quantity)
{
    *line = in->item_id != NULL ? ledger_find_line(o, in->item_id) : NULL;
    if (in->item_id == NULL)
        return ERR_OK;
    if (*line == NULL) {
        problem_fault(r, "/item_id", "not_found", "is not a line of this order");
        return problem_verdict(r);
    }
    int64_t stands = (*line)->amounts.quantity;
    *quantity = is_kind(in, "discount") ? 0 : in->quantity.is_set ? in->quantity.value : stands;
    if (stands == 0 || *quantity > stands)
        problem_fault(r, in->quantity.is_set ? "/quantity" : "/item_id", "out_of_range",
                      "only %" PRId64 " of this line stands", stands);
    return problem_verdict(r);
}

/* A discount of nothing, or no service charge where there is none, would say what is not
 * so. */
static enum err check_effect(struct request *r, const struct adjustment_input *in, const struct ledger_order *o,
                             const struct ledger_line *line)
{
    int64_t left = o->adjusted.subtotal - o->adjusted.discount_amount;
    if (line != NULL)
        left = (line->amounts.price + line->amounts.modifiers) * line->amounts.quantity;
    if (is_kind(in, "discount") && in->amount.is_set && in->amount.value > left)
        problem_fault(r, "/amount", "out_of_range", "must not be more than the %" PRId64 " that stands", left);
    if (is_kind(in, "service_charge_waived") && o->service_waived)
        problem_fault(r, "/kind", "invalid_choice", "the service charge is waived already");
    return problem_verdict(r);
}

/* How far the least far of the lines that stand has come. */
static int lowest_rank(const struct ledger_order *o)
{
    int lowest = line_rank("served");
    for (size_t i = 0; i < o->n_lines; i++)
        if (o->lines[i].voided < o->lines[i].ordered && line_rank(o->lines[i].status) < lowest)
            lowest = line_rank(o->lines[i].status);
    return lowest;
}

/* A line that was not made no longer holds up its order. */
static enum order_status status_after(const struct ledger_order *o)
{
    if (!o->stands)
        return ORDER_CANCELLED;
    int lowest = lowest_rank(o);
    if (o->status < ORDER_SERVED && lowest >= line_rank("served"))
        return ORDER_SERVED;
    return o->status < ORDER_READY && lowest >= line_rank("ready") ? ORDER_READY : o->status;
}

void order_queue_void(struct request *r, const struct ledger *ledger, struct ledger_order *o,
                      const struct ledger_line *line, const char *reason)
{
    enum order_status status = status_after(o);
    DB_QUEUE(r->db, STMT_ORDER_ITEM_VOID, r->restaurant_id, line->id, request_int_text(r, line->voided));
    if (status == o->status)
        return;
    history_queue(r, o->id, order_status_name(o->status), order_status_name(status), reason);
    if (status == ORDER_CANCELLED && ledger->session_id != NULL)
        activity_queue(r, ledger->session_id, "order_cancelled",
                       arena_printf(r->arena, "{\"order_id\":\"%s\"}", o->id));
    o->status = status;
}

/* The service charge is of the table: all its orders lose it, and later ones have none. */
static enum err waive_others(struct request *r, struct ledger *ledger, const struct ledger_order *named,
                             const struct ledger_document *document)
{
    ledger->sums.service_waived = true;
    for (size_t i = 0; i < ledger->n; i++) {
        struct ledger_order *o = &ledger->orders[i];
        if (o == named || !o->stands || o->terms.service_charge_ppm == 0)
            continue;
        TRY(ledger_read_lines(r, o));
        if (!o->service_waived)
            TRY(ledger_add(r, ledger, o, document, NULL));
    }
    return ERR_OK;
}

static void log_adjustment(struct request *r, const struct ledger *ledger, const struct ledger_order *o,
                           const struct adjustment_input *in, const char *id)
{
    if (ledger->session_id != NULL)
        activity_queue(r, ledger->session_id, "order_adjusted",
                       arena_printf(r->arena, "{\"order_id\":\"%s\",\"adjustment_id\":\"%s\",\"kind\":\"%s\"}", o->id,
                                    id, in->kind));
}

enum err order_adjust(struct request *r)
{
    struct adjustment_input in = {0};
    struct ledger ledger = {0};
    struct ledger_order *o;
    struct ledger_line *line;
    int64_t quantity = 0;
    const char *id;
    TRY(read_input(r, &in));
    TRY(ledger_lock_order(r, r->args[0], NULL, &ledger, &o));
    if (o->is_deleted)
        return ERR_NOT_FOUND;
    TRY(if_match_check(r, o->version));
    if (o->status == ORDER_CANCELLED)
        return ERR_ORDER_CANCELLED;
    TRY(ledger_read_lines(r, o));
    TRY(find_line(r, &in, o, &line, &quantity));
    TRY(check_role(r, &in, o, line));
    TRY(check_effect(r, &in, o, line));
    const struct ledger_document document = {.kind = in.kind,
                                             .item_id = in.item_id,
                                             .quantity = quantity,
                                             .amount = in.amount,
                                             .rate_ppm = in.rate_ppm,
                                             .reason = in.reason};
    TRY(ledger_add(r, &ledger, o, &document, &id));
    if (is_kind(&in, "service_charge_waived"))
        TRY(waive_others(r, &ledger, o, &document));
    if (is_kind(&in, "void"))
        order_queue_void(r, &ledger, o, line, in.reason);
    if (!is_kind(&in, "service_charge_waived")) /* which is of the whole table */
        ledger_concerns(r, &ledger, o, in.item_id);
    log_adjustment(r, &ledger, o, &in, id);
    TRY(ledger_write(r, &ledger));
    r->response.location = arena_printf(r->arena, "/api/orders/%s/adjustments", o->id);
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_ORDER_ADJUSTMENT_GET, r->restaurant_id, id));
    return ERR_OK;
}

enum err order_adjustments(struct request *r)
{
    const char *own = NULL;
    if (r->who.role == ROLE_DINER) {
        TRY(transaction_run(r)); /* tells which session it is in now */
        own = r->who.session_id;
    }
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_ORDER_ADJUSTMENTS_LIST, r->restaurant_id, r->args[0], own));
    return ERR_OK;
}

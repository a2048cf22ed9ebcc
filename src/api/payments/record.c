/* Payments that staff take and record, and the list of all payments. */
#include "api/card_guard.h"
#include "api/paging.h"
#include "api/payments/target.h"
#include "api/payments/write.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "domain/money.h"
#include "http/request.h"

#include <string.h>

struct payment_input {
    struct payment_target target;
    const char *id;
    struct optional_int amount, tip_amount;
    const char *method, *provider, *provider_ref, *card_brand, *card_last4;
};

static const struct field fields[] = {
    {AT(payment_input, id), .type = FIELD_UUID},
    {.name = "order_id", .type = FIELD_UUID, .offset = offsetof(struct payment_input, target.order_id)},
    {.name = "session_id", .type = FIELD_UUID, .offset = offsetof(struct payment_input, target.session_id)},
    {AT(payment_input, amount), .type = FIELD_INT, .required = true, .min = 1, .max = MONEY_MAX},
    {AT(payment_input, tip_amount), .type = FIELD_INT, .min = 0, .max = MONEY_MAX},
    {AT(payment_input, method), .type = FIELD_CHOICE, .required = true, .choices = payment_methods},
    {AT(payment_input, provider), .type = FIELD_LINE, .max = 60},
    {AT(payment_input, provider_ref), .type = FIELD_LINE, .max = 255},
    {AT(payment_input, card_brand), .type = FIELD_LINE, .max = 30},
    {AT(payment_input, card_last4), .type = FIELD_LINE, .max = 19},
    {.name = "currency", .type = FIELD_NEVER},
    {.name = "payment_status", .type = FIELD_NEVER},
};

static enum err read_input(struct request *r, struct payment_input *in)
{
    fields_read(r, r->json, "", FIELDS(fields), in);
    payment_target_check(r, &in->target);
    card_guard_check(r, in->provider, "/provider");
    card_guard_check(r, in->provider_ref, "/provider_ref");
    card_guard_check(r, in->card_brand, "/card_brand");
    card_guard_check(r, in->card_last4, "/card_last4");
    if (in->card_last4 != NULL && (strlen(in->card_last4) != 4 || strspn(in->card_last4, "0123456789") != 4))
        problem_fault(r, "/card_last4", "invalid_format", "must be four digits");
    return problem_verdict(r);
}

/* Spreads the amount, or refuses it. An order that was named also takes what a
 * refund left room for; a session's orders take what is due. */
static enum err spread(struct request *r, const struct payment_input *in, const struct accounts *accounts,
                       int64_t *amounts)
{
    int64_t *rooms = arena_array(r->arena, accounts->n, sizeof *rooms);
    for (size_t i = 0; i < accounts->n; i++) {
        const struct account *account = &accounts->orders[i].account;
        rooms[i] = in->target.order_id != NULL ? account_room(account) : account_open(account);
    }
    if (account_spread(in->amount.value, rooms, accounts->n, amounts) > 0)
        return payment_refuse_amount(r, accounts, in->amount.value);
    return ERR_OK;
}

enum err payment_record(struct request *r)
{
    struct payment_input in = {0};
    struct accounts accounts;
    TRY(read_input(r, &in));
    TRY(payment_target_lock(r, &in.target, &accounts));
    int64_t *amounts = arena_array(r->arena, accounts.n, sizeof *amounts);
    TRY(spread(r, &in, &accounts, amounts));
    const struct payment_draft draft = {
        .id = in.id != NULL ? in.id : request_new_id(r),
        .order_id = in.target.order_id,
        .session_id = payment_target_session(&in.target, &accounts),
        .amount = in.amount.value,
        .tip_amount = in.tip_amount.value,
        .currency = accounts.currency,
        .method = in.method,
        .provider = in.provider,
        .provider_ref = in.provider_ref,
        .card_brand = in.card_brand,
        .card_last4 = in.card_last4,
        .staff_id = r->who.id,
    };
    transaction_on_conflict(r, ERR_PAYMENT_EXISTS);
    payment_write(r, &draft, &accounts, amounts, "payment_recorded");
    r->response.location = arena_printf(r->arena, "/api/payments/%s", draft.id);
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_PAYMENT_GET, r->restaurant_id, draft.id));
    return ERR_OK;
}

enum err payment_get(struct request *r)
{
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_PAYMENT_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}

struct payments_filter {
    struct paging paging;
    const char *order_id, *session_id;
};

static const struct field list_fields[] = {
    {PAGING_LIMIT},
    {PAGING_CURSOR},
    {.name = "order_id", .type = FIELD_UUID, .offset = offsetof(struct payments_filter, order_id)},
    {.name = "session_id", .type = FIELD_UUID, .offset = offsetof(struct payments_filter, session_id)},
};
const struct query_spec payments_query = {FIELDS(list_fields), sizeof(struct payments_filter)};

enum err payments_list(struct request *r, const void *query)
{
    const struct payments_filter *f = query;
    const char *before, *limit = paging_limit(r, &f->paging);
    db_slot slot;
    TRY(paging_id(r, &f->paging, &before));
    if (f->order_id != NULL)
        slot = DB_QUEUE(r->db, STMT_PAYMENTS_LIST_ORDER, r->restaurant_id, limit, before, f->order_id, f->session_id);
    else if (f->session_id != NULL)
        slot = DB_QUEUE(r->db, STMT_PAYMENTS_LIST_SESSION, r->restaurant_id, limit, before, f->session_id);
    else
        slot = DB_QUEUE(r->db, STMT_PAYMENTS_LIST, r->restaurant_id, limit, before);
    transaction_answer(r, 200, slot);
    return ERR_OK;
}

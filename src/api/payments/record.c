/* Payments that staff take and record, and the list of all payments. */
#include "api/card_guard.h"
#include "api/paging.h"
#include "api/payments/cash.h"
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
    const char *id, *purpose;
    struct optional_int amount, tip_amount;
    const char *method, *provider, *provider_ref, *card_brand, *card_last4;
};

static const char *const purposes[] = {"bill", "deposit", NULL};

static const struct field fields[] = {
    {AT(payment_input, id), .type = FIELD_UUID},
    {.name = "order_id", .type = FIELD_UUID, .offset = offsetof(struct payment_input, target.order_id)},
    {.name = "session_id", .type = FIELD_UUID, .offset = offsetof(struct payment_input, target.session_id)},
    {.name = "diner_id", .type = FIELD_UUID, .offset = offsetof(struct payment_input, target.diner_id)},
    {.name = "share_id", .type = FIELD_UUID, .offset = offsetof(struct payment_input, target.share_id)},
    {AT(payment_input, purpose), .type = FIELD_CHOICE, .choices = purposes},
    {AT(payment_input, amount), .type = FIELD_INT, .required = true, .min = 0, .max = MONEY_MAX},
    {AT(payment_input, tip_amount), .type = FIELD_INT, .min = 0, .max = MONEY_MAX},
    {AT(payment_input, method), .type = FIELD_CHOICE, .required = true, .choices = payment_methods},
    {AT(payment_input, provider), .type = FIELD_LINE, .max = 60},
    {AT(payment_input, provider_ref), .type = FIELD_LINE, .max = 255},
    {AT(payment_input, card_brand), .type = FIELD_LINE, .max = 30},
    {AT(payment_input, card_last4), .type = FIELD_LINE, .max = 19},
    {.name = "currency", .type = FIELD_NEVER},
    {.name = "payment_status", .type = FIELD_NEVER},
};

static bool is_deposit(const struct payment_input *in)
{
    return in->purpose != NULL && strcmp(in->purpose, "deposit") == 0;
}

/* It is taken before there is anything to pay. */
static void check_deposit(struct request *r, const struct payment_input *in)
{
    const struct payment_target *t = &in->target;
    if (t->order_id != NULL || t->session_id != NULL || t->diner_id != NULL || t->share_id != NULL)
        problem_fault(r, "/purpose", "mismatch", "a deposit is for no order and no session yet");
    if (in->amount.is_set && in->amount.value == 0)
        problem_fault(r, "/amount", "out_of_range", "must be above zero");
}

static enum err read_input(struct request *r, struct payment_input *in)
{
    fields_read(r, r->json, "", FIELDS(fields), in);
    if (!is_deposit(in))
        payment_target_check(r, &in->target);
    else
        check_deposit(r, in);
    card_guard_check(r, in->provider, "/provider");
    card_guard_check(r, in->provider_ref, "/provider_ref");
    card_guard_check(r, in->card_brand, "/card_brand");
    card_guard_check(r, in->card_last4, "/card_last4");
    if (in->card_last4 != NULL && (strlen(in->card_last4) != 4 || strspn(in->card_last4, "0123456789") != 4))
        problem_fault(r, "/card_last4", "invalid_format", "must be four digits");
    return problem_verdict(r);
}

/* A payment of just what settles the target; the difference to what is open is its rounding. */
static int64_t rounding_of(struct request *r, db_slot terms, const struct payment_input *in, const struct rooms *rooms)
{
    int64_t settles = payment_rooms_settle(rooms, payment_coin(r, terms, in->method));
    return in->amount.value == settles ? settles - payment_rooms_open(rooms) : 0;
}

static enum err take(struct request *r, const struct payment_input *in, db_slot terms, struct rooms *rooms,
                     int64_t *rounding)
{
    *rounding = rounding_of(r, terms, in, rooms);
    if (in->amount.value == 0 && in->tip_amount.value == 0 && *rounding == 0) {
        problem_fault(r, "/amount", "out_of_range", "must be above zero, or tip_amount");
        return problem_verdict(r);
    }
    return payment_rooms_take(rooms, in->amount.value - *rounding) ? ERR_OK
                                                                   : payment_refuse_amount(r, rooms, in->amount.value);
}

static struct payment_draft draft_of(struct request *r, const struct payment_input *in)
{
    return (struct payment_draft){
        .id = in->id != NULL ? in->id : request_new_id(r),
        .order_id = in->target.order_id,
        .amount = in->amount.value,
        .tip_amount = in->tip_amount.value,
        .for_diner_id = in->target.diner_id,
        .method = in->method,
        .provider = in->provider,
        .provider_ref = in->provider_ref,
        .card_brand = in->card_brand,
        .card_last4 = in->card_last4,
        .staff_id = r->who.id,
    };
}

/* -1 for what is no cash. */
static db_slot queue_drawer(struct request *r, const struct payment_input *in)
{
    return strcmp(in->method, "cash") == 0 ? cash_queue_drawer(r, NULL) : -1;
}

static enum err find_drawer(struct request *r, db_slot drawer, struct payment_draft *draft)
{
    return drawer >= 0 ? cash_drawer(r, drawer, &draft->drawer_id) : ERR_OK;
}

static enum err record_deposit(struct request *r, const struct payment_input *in, struct payment_draft *draft)
{
    db_slot terms = DB_QUEUE(r->db, STMT_PAYMENT_TERMS, r->restaurant_id), drawer = queue_drawer(r, in);
    TRY(transaction_run(r));
    TRY(find_drawer(r, drawer, draft));
    draft->currency = db_text(r->db, terms, 0, COL_PAYMENT_TERMS_CURRENCY);
    DB_QUEUE(r->db, STMT_DEPOSIT_INSERT, r->restaurant_id, draft->id, request_int_text(r, draft->amount),
             request_int_text(r, draft->tip_amount), draft->currency, draft->method, in->provider, in->provider_ref,
             in->card_brand, in->card_last4, draft->staff_id, draft->drawer_id);
    return ERR_OK;
}

/* A tip alone is for service that is not accounted for yet. */
static enum err check_tip(struct request *r, const struct payment_input *in, int64_t rounding,
                          const struct ledger *ledger)
{
    if (in->amount.value > 0 || rounding != 0)
        return ERR_OK;
    db_slot slot = DB_QUEUE(r->db, STMT_TIP_IS_LATE, r->restaurant_id, ledger->session_id,
                            ledger->session_id == NULL ? in->target.order_id : NULL);
    TRY(transaction_run(r));
    if (!db_bool(r->db, slot, 0, COL_TIP_IS_LATE_IS_LATE))
        return ERR_OK;
    problem_detail(r, "What the tip is for ended on a business day that is closed");
    return ERR_DAY_CLOSED;
}

static enum err record_bill(struct request *r, const struct payment_input *in, struct payment_draft *draft)
{
    struct ledger ledger;
    struct rooms rooms;
    db_slot terms = DB_QUEUE(r->db, STMT_PAYMENT_TERMS, r->restaurant_id), drawer = queue_drawer(r, in);
    TRY(payment_target_lock(r, &in->target, &ledger, &rooms));
    if (in->amount.value > 0) /* a tip alone is for nobody's share */
        TRY(payment_target_check_share(&ledger, &rooms));
    TRY(take(r, in, terms, &rooms, &draft->rounding_amount));
    TRY(check_tip(r, in, draft->rounding_amount, &ledger));
    TRY(find_drawer(r, drawer, draft));
    draft->session_id = ledger.session_id;
    draft->at_settlement = db_bool(r->db, terms, 0, COL_PAYMENT_TERMS_RECEIPT_AT_SETTLEMENT);
    draft->currency = ledger.currency != NULL ? ledger.currency : db_text(r->db, terms, 0, COL_PAYMENT_TERMS_CURRENCY);
    return payment_write(r, draft, &ledger, &rooms, "payment_recorded");
}

enum err payment_record(struct request *r)
{
    struct payment_input in = {0};
    TRY(read_input(r, &in));
    struct payment_draft draft = draft_of(r, &in);
    transaction_on_conflict(r, ERR_PAYMENT_EXISTS);
    TRY(is_deposit(&in) ? record_deposit(r, &in, &draft) : record_bill(r, &in, &draft));
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

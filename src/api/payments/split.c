/* Splitting a session's bill: by guest, into equal parts, or by what each had. What was
 * paid of earlier shares stays paid; the rest is divided. */
#include "api/activity.h"
#include "api/payments/guests.h"
#include "api/payments/split_items.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "domain/spread.h"
#include "http/request.h"

#include <json-c/json.h>
#include <string.h>

enum { PARTS_MAX = 100 };

struct split_input {
    const char *by;
    struct optional_int parts;
    struct json_object *shares;
};

static const char *const ways[] = {"diner", "equal", "item", NULL};

static const struct field fields[] = {
    {AT(split_input, by), .type = FIELD_CHOICE, .required = true, .choices = ways},
    {AT(split_input, parts), .type = FIELD_INT, .min = 1, .max = PARTS_MAX},
    {AT(split_input, shares), .type = FIELD_ARRAY, .min = 1, .max = PARTS_MAX},
};

static bool is_by(const struct split_input *in, const char *way)
{
    return in->by != NULL && strcmp(in->by, way) == 0;
}

static void check_input(struct request *r, const struct split_input *in)
{
    if (is_by(in, "equal") != in->parts.is_set && in->by != NULL)
        problem_fault(r, "/parts", in->parts.is_set ? "mismatch" : "required", "goes with an equal split");
    if (is_by(in, "item") != (in->shares != NULL) && in->by != NULL)
        problem_fault(r, "/shares", in->shares != NULL ? "mismatch" : "required", "goes with a split by item");
}

/* A guest splits the bill of the own table only. */
static enum err lock_session(struct request *r, struct ledger *ledger)
{
    if (r->who.role == ROLE_DINER) {
        TRY(transaction_run(r)); /* tells which session it is in now */
        if (strcmp(r->args[0], r->who.session_id) != 0)
            return ERR_NOT_FOUND;
    }
    return ledger_lock_session(r, r->args[0], ledger);
}

static int64_t sum_due(const struct ledger *ledger, bool *held)
{
    int64_t due = 0;
    *held = false;
    for (size_t i = 0; i < ledger->n; i++) {
        due += account_due(&ledger->orders[i].account);
        *held = *held || ledger->orders[i].account.held > 0;
    }
    return due;
}

static void split_into_parts(struct request *r, const struct ledger *ledger, struct shares *shares, size_t n,
                             int64_t due)
{
    const struct share share = {.split_by = "equal"};
    int64_t *parts = arena_array(r->arena, n, sizeof *parts);
    spread_equally(due, n, parts);
    for (size_t i = 0; i < n; i++)
        shares_add(r, ledger, shares, &share, arena_printf(r->arena, "%zu", i + 1), parts[i]);
}

/* Each guest has what is due of the own orders, and a part of what is nobody's in
 * particular. */
static void split_by_diner(struct request *r, const struct ledger *ledger, struct shares *shares,
                           const struct guest_dues *guests)
{
    for (size_t i = 0; i < guests->n; i++) {
        const struct share share = {.split_by = "diner", .diner_id = guests->list[i].diner_id};
        shares_add(r, ledger, shares, &share, NULL, guests->list[i].own + guests->list[i].shared);
    }
}

static enum err divide(struct request *r, const struct split_input *in, struct ledger *ledger, int64_t due,
                       const struct guest_dues *guests, const struct shares *old)
{
    size_t room = ledger->n + guests->n + PARTS_MAX + 1;
    struct shares shares = {arena_array(r->arena, room, sizeof *shares.list),
                            arena_array(r->arena, room, sizeof *shares.amounts), 0, room};
    if (is_by(in, "item"))
        return split_items(r, in->shares, ledger, old, &shares);
    if (is_by(in, "diner") && guests->n > 0)
        split_by_diner(r, ledger, &shares, guests);
    else
        split_into_parts(r, ledger, &shares, in->parts.is_set ? (size_t)in->parts.value : 1, due);
    return ERR_OK;
}

enum err split_make(struct request *r)
{
    struct split_input in = {0};
    struct ledger ledger = {0};
    struct shares old;
    bool held;
    fields_read(r, r->json, "", FIELDS(fields), &in);
    check_input(r, &in);
    TRY(problem_verdict(r));
    TRY(lock_session(r, &ledger));
    int64_t due = sum_due(&ledger, &held);
    if (held)
        return ERR_PAYMENT_HELD;
    if (due == 0)
        return ERR_NOTHING_DUE;
    db_slot slot = guest_dues_queue(r, ledger.session_id);
    TRY(shares_read(r, &ledger, 0, &old));
    DB_QUEUE(r->db, STMT_SHARES_END, r->restaurant_id, ledger.session_id);
    TRY(transaction_run(r));
    const struct guest_dues guests = guest_dues_read(r, slot);
    TRY(divide(r, &in, &ledger, due, &guests, &old));
    ledger.sums.has_split = true;
    activity_queue(r, ledger.session_id, "bill_split", arena_printf(r->arena, "{\"by\":\"%s\"}", in.by));
    DB_QUEUE(r->db, STMT_SESSION_CHANGED, r->restaurant_id, ledger.session_id);
    TRY(ledger_write(r, &ledger));
    r->response.location = arena_printf(r->arena, "/api/sessions/%s/split", ledger.session_id);
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_SPLIT_GET, r->restaurant_id, ledger.session_id));
    return ERR_OK;
}

enum err split_get(struct request *r)
{
    if (r->who.role == ROLE_DINER) {
        TRY(transaction_run(r)); /* tells which session it is in now */
        if (strcmp(r->args[0], r->who.session_id) != 0)
            return ERR_NOT_FOUND;
    }
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_SPLIT_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}

/* One bill again; only while nothing of the split is paid or held. */
enum err split_end(struct request *r)
{
    struct ledger ledger = {0};
    struct shares shares;
    bool held;
    TRY(lock_session(r, &ledger));
    if (!ledger.sums.has_split)
        return ERR_NOT_FOUND;
    sum_due(&ledger, &held);
    if (held)
        return ERR_PAYMENT_HELD;
    TRY(shares_read(r, &ledger, 0, &shares));
    for (size_t i = 0; i < shares.n; i++)
        if (shares.amounts[i].paid > 0)
            return ERR_SPLIT_PAID;
    DB_QUEUE(r->db, STMT_SHARES_END, r->restaurant_id, ledger.session_id);
    ledger.sums.has_split = false;
    activity_queue(r, ledger.session_id, "split_ended", NULL);
    DB_QUEUE(r->db, STMT_SESSION_CHANGED, r->restaurant_id, ledger.session_id);
    TRY(ledger_write(r, &ledger));
    r->response.status = 204;
    return ERR_OK;
}

/* Placing an order, and the quote for one: the same reading, the same rules,
 * the same figures. One round trip reads, one writes and commits. */
#include "api/activity.h"
#include "api/offline_change.h"
#include "api/orders/draft.h"
#include "api/orders/write.h"
#include "api/routes.h"
#include "api/session_start.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "http/request.h"

#include <string.h>

/* The look-ups of where the order belongs; -1 if one is not needed. */
struct whereabouts {
    db_slot session, table, session_of_table, session_then, session_still, session_of_diner, deposit;
};

static void queue_session_at_table(struct request *r, const char *table_id, struct whereabouts *w)
{
    const char *taken = offline_change_time(r);
    if (taken == NULL) {
        w->session_of_table = DB_QUEUE(r->db, STMT_SESSION_OF_TABLE, r->restaurant_id, table_id);
        return;
    }
    w->session_then = DB_QUEUE(r->db, STMT_SESSION_OF_TABLE_THEN, r->restaurant_id, table_id, taken);
    w->session_still = DB_QUEUE(r->db, STMT_SESSION_OF_TABLE_STILL, r->restaurant_id, table_id, taken);
}

static struct whereabouts queue_whereabouts(struct request *r, const struct order_input *in)
{
    struct whereabouts w = {-1, -1, -1, -1, -1, -1, -1};
    if (r->who.role == ROLE_DINER)
        return w; /* its own session: the check of the caller finds it */
    if (in->session_id != NULL)
        w.session = DB_QUEUE(r->db, STMT_SESSION_FOR_ORDER, r->restaurant_id, in->session_id);
    if (in->table_id != NULL) {
        w.table = DB_QUEUE(r->db, STMT_TABLE_FIND, r->restaurant_id, in->table_id);
        if (in->session_id == NULL)
            queue_session_at_table(r, in->table_id, &w);
    }
    if (in->diner_id != NULL) /* with the session locked, its guests stay */
        w.session_of_diner = DB_QUEUE(r->db, STMT_SESSION_OF_DINER, r->restaurant_id, in->diner_id);
    if (in->deposit_id != NULL)
        w.deposit = DB_QUEUE(r->db, STMT_DEPOSIT_LOCK, r->restaurant_id, in->deposit_id);
    return w;
}

/* What is used of a deposit was taken before, and is still there. */
static void check_deposit(struct request *r, const struct order_input *in, db_slot deposit)
{
    if (in->deposit_id == NULL)
        return;
    if (deposit < 0 || db_rows(r->db, deposit) == 0)
        problem_fault(r, "/deposit_id", "not_found", "is not a deposit");
    else if (in->deposit_used.value == 0)
        problem_fault(r, "/deposit_used", "required", "must be given, above zero, with deposit_id");
    else if (in->deposit_used.value > db_int(r->db, deposit, 0, COL_DEPOSIT_LOCK_AMOUNT_LEFT))
        problem_fault(r, "/deposit_used", "out_of_range", "must not be more than the %lld left of the deposit",
                      (long long)db_int(r->db, deposit, 0, COL_DEPOSIT_LOCK_AMOUNT_LEFT));
}

static enum err refuse_place(struct request *r, const char *pointer)
{
    problem_fault(r, pointer, "forbidden_field", "may not be set by the role diner");
    r->problem.forbidden = true;
    return problem_verdict(r);
}

static enum err place_of_diner(struct request *r, const struct order_input *in, struct order_place *place)
{
    *place = (struct order_place){r->who.table_id, r->who.session_id, r->session_sums, r->session_seconds_left};
    if (in->session_id != NULL && strcmp(in->session_id, place->session_id) != 0)
        return refuse_place(r, "/session_id");
    if (in->table_id != NULL && strcmp(in->table_id, place->table_id) != 0)
        return refuse_place(r, "/table_id");
    return r->session_overdue ? ERR_SESSION_OVERDUE : ERR_OK; /* may be paid, and staff may order */
}

/* Leaves the place without a session where none runs. */
static void take_session_of_table(struct request *r, db_slot slot, struct order_place *place)
{
    if (db_rows(r->db, slot) == 0)
        return;
    place->session_id = db_text(r->db, slot, 0, COL_SESSION_OF_TABLE_ID);
    place->session_sums = db_text(r->db, slot, 0, COL_SESSION_OF_TABLE_SUMS);
    place->session_seconds_left = db_int(r->db, slot, 0, COL_SESSION_OF_TABLE_SECONDS_LEFT);
}

/* The session that runs at the table, or for an order that was taken offline
 * the one that ran there then, wherever it is now; NULL without one. */
static enum err session_at_table(struct request *r, const struct whereabouts *w, struct order_place *place)
{
    if (w->session_of_table >= 0) {
        take_session_of_table(r, w->session_of_table, place);
        return ERR_OK;
    }
    place->session_id = db_text(r->db, w->session_then, 0, COL_SESSION_OF_TABLE_THEN_ID);
    TRY(transaction_still_in(r, place->session_id,
                             db_text(r->db, w->session_still, 0, COL_SESSION_OF_TABLE_STILL_SESSION_ID)));
    if (place->session_id == NULL)
        return ERR_OK;
    place->table_id = db_text(r->db, w->session_then, 0, COL_SESSION_OF_TABLE_THEN_TABLE_ID);
    place->session_sums = db_text(r->db, w->session_then, 0, COL_SESSION_OF_TABLE_THEN_SUMS);
    return db_bool(r->db, w->session_then, 0, COL_SESSION_OF_TABLE_THEN_IS_RUNNING) ? ERR_OK : ERR_SESSION_CLOSED;
}

/* A guest for whom staff order sits in the order's session. */
static void check_diner(struct request *r, db_slot session_of_diner, const struct order_place *place)
{
    if (session_of_diner < 0)
        return;
    const char *session_id = db_rows(r->db, session_of_diner) > 0
                                 ? db_text(r->db, session_of_diner, 0, COL_SESSION_OF_DINER_SESSION_ID)
                                 : NULL;
    if (session_id == NULL || place->session_id == NULL || strcmp(session_id, place->session_id) != 0)
        problem_fault(r, "/diner_id", "not_found", "is not a guest of the order's session");
}

/* Only notes faults: the items may have some too. */
static enum err place_of_staff(struct request *r, const struct order_input *in, const struct whereabouts *w,
                               struct order_place *place)
{
    *place = (struct order_place){NULL, NULL, NULL, INT64_MAX};
    if (in->session_id == NULL && in->table_id == NULL && strcmp(in->order_type, "dine_in") == 0)
        problem_fault(r, "/table_id", "required", "must be given, or session_id, for an order to eat here");
    bool table_known = w->table >= 0 && db_rows(r->db, w->table) > 0;
    bool session_known = w->session >= 0 && db_rows(r->db, w->session) > 0;
    if (w->table >= 0 && !table_known)
        problem_fault(r, "/table_id", "not_found", "is not a table");
    if (w->session >= 0 && !session_known)
        problem_fault(r, "/session_id", "not_found", "is not a session");
    if (session_known && !db_bool(r->db, w->session, 0, COL_SESSION_FOR_ORDER_IS_RUNNING))
        return ERR_SESSION_CLOSED;
    if (session_known)
        *place = (struct order_place){db_text(r->db, w->session, 0, COL_SESSION_FOR_ORDER_TABLE_ID), in->session_id,
                                      db_text(r->db, w->session, 0, COL_SESSION_FOR_ORDER_SUMS),
                                      db_int(r->db, w->session, 0, COL_SESSION_FOR_ORDER_SECONDS_LEFT)};
    else if (table_known)
        place->table_id = in->table_id;
    if (table_known && w->session < 0)
        TRY(session_at_table(r, w, place));
    if (session_known && table_known && strcmp(in->table_id, place->table_id) != 0)
        problem_fault(r, "/table_id", "mismatch", "is not the session's table");
    check_diner(r, w->session_of_diner, place);
    return ERR_OK;
}

/* Nothing at a table is on nobody's bill: what staff enter for one where nobody sits opens
 * its session. Its PIN is known to nobody until staff ask for a new one. */
static enum err open_table(struct request *r, const struct order_input *in, struct order_place *place)
{
    char pin[PIN_TEXT_SIZE];
    const char *session_id;
    if (r->who.role == ROLE_DINER || place->table_id == NULL || place->session_id != NULL ||
        strcmp(in->order_type, "dine_in") != 0)
        return ERR_OK;
    enum err err = session_start(r, place->table_id, PIN_MAX, (struct optional_int){0}, pin, &session_id);
    if (err == ERR_OK) {
        place->session_id = session_id;
        activity_queue(r, session_id, "session_opened", NULL);
    }
    if (err != ERR_SESSION_ACTIVE)
        return err;
    if (offline_change_time(r) != NULL)
        return ERR_OK; /* others sit there by now: it is not theirs */
    db_slot slot = DB_QUEUE(r->db, STMT_SESSION_OF_TABLE, r->restaurant_id, place->table_id);
    TRY(transaction_run(r)); /* somebody opened it just now */
    take_session_of_table(r, slot, place);
    return place->session_id != NULL ? ERR_OK : ERR_BUSY;
}

/* Everything up to the figures. `opens`: the table, where nobody sits there yet. */
static enum err draft_order(struct request *r, struct order_input *in, bool opens, struct order_draft *draft,
                            struct order_place *place)
{
    TRY(order_input_read(r, in));
    order_draft_queue(r, draft, in);
    struct whereabouts w = queue_whereabouts(r, in);
    TRY(transaction_run(r));
    TRY(r->who.role == ROLE_DINER ? place_of_diner(r, in, place) : place_of_staff(r, in, &w, place));
    check_deposit(r, in, w.deposit);
    if (opens)
        TRY(open_table(r, in, place));
    return order_draft_make(r, draft, place->session_sums);
}

/* What the rounding over the table moves is taken: somebody may have ordered since the
 * quote. */
static enum err check_expected(struct request *r, const struct order_input *in, const struct order_draft *draft,
                               const struct order_place *place)
{
    struct text figures;
    if (!in->expected_total.is_set || in->expected_total.value == draft->figures.total_amount)
        return ERR_OK;
    if (place->session_id != NULL &&
        order_total_may_be(&draft->figures, &draft->terms, &draft->extras, in->expected_total.value))
        return ERR_OK;
    text_init(&figures, r->arena);
    order_draft_figures_json(draft, &figures);
    r->problem.extension = figures.bytes;
    problem_detail(r, "The total is now %lld, not %lld", (long long)draft->figures.total_amount,
                   (long long)in->expected_total.value);
    return ERR_TOTAL_CHANGED;
}

enum err order_place(struct request *r)
{
    struct order_input in;
    struct order_place place;
    struct order_draft *draft = arena_alloc(r->arena, sizeof *draft);
    TRY(draft_order(r, &in, true, draft, &place));
    TRY(check_expected(r, &in, draft, &place));
    const char *order_id = in.id != NULL ? in.id : request_new_id(r);
    transaction_on_conflict(r, ERR_ORDER_EXISTS);
    return order_write(r, draft, &place, order_id);
}

enum err order_quote(struct request *r)
{
    struct order_input in;
    struct order_place place;
    struct text json;
    struct order_draft *draft = arena_alloc(r->arena, sizeof *draft);
    TRY(draft_order(r, &in, false, draft, &place));
    TRY(check_expected(r, &in, draft, &place));
    text_init(&json, r->arena);
    order_draft_quote_json(draft, &json);
    response_json(&r->response, 200, json.bytes);
    return ERR_OK;
}

/* A session's bill, and how its guests may share what is due. */
#include "api/payments/guests.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "domain/money.h"
#include "domain/spread.h"
#include "http/request.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHARES_MAX = 100 };

struct bill_filter {
    const char *split, *amounts;
    struct optional_int parts;
};

static const char *const splits[] = {"none", "equal", "diner", "amount", NULL};

static const struct field fields[] = {
    {.name = "split", .type = FIELD_CHOICE, .offset = offsetof(struct bill_filter, split), .choices = splits},
    {.name = "parts", .type = FIELD_INT, .offset = offsetof(struct bill_filter, parts), .min = 1, .max = SHARES_MAX},
    {.name = "amounts", .type = FIELD_LINE, .offset = offsetof(struct bill_filter, amounts), .min = 1, .max = 1800},
};
const struct query_spec bill_query = {FIELDS(fields), sizeof(struct bill_filter)};

struct share {
    const char *diner_id, *display_name; /* NULL for nobody's in particular */
    int64_t amount;
};

struct shares {
    struct share *list;
    size_t n;
};

static struct shares shares_new(struct request *r, size_t n)
{
    return (struct shares){arena_array(r->arena, n, sizeof(struct share)), n};
}

/* Adds the amount in equal parts. */
static void add_equally(struct request *r, struct shares *shares, int64_t amount)
{
    int64_t *parts = arena_array(r->arena, shares->n, sizeof *parts);
    spread_equally(amount, shares->n, parts);
    for (size_t i = 0; i < shares->n; i++)
        shares->list[i].amount += parts[i];
}

static enum err bad_amounts(struct request *r)
{
    problem_fault(r, "amounts", "invalid_format", "must be amounts above zero, separated by commas, at most %d",
                  SHARES_MAX);
    return problem_verdict(r);
}

/* The requested amounts, and what they leave. */
static enum err by_amount(struct request *r, const char *text, int64_t due, struct shares *out)
{
    *out = shares_new(r, SHARES_MAX + 1);
    out->n = 0;
    for (const char *at = text; *at != '\0';) {
        size_t len = strspn(at, "0123456789");
        int64_t amount = len >= 1 && len <= 16 ? strtoll(at, NULL, 10) : 0;
        bool ends = at[len] == '\0', goes_on = at[len] == ',' && at[len + 1] != '\0';
        if (amount == 0 || amount > MONEY_MAX || out->n == SHARES_MAX || !(ends || goes_on))
            return bad_amounts(r);
        out->list[out->n++].amount = amount;
        due -= amount;
        at += ends ? len : len + 1;
        if (due < 0) {
            problem_fault(r, "amounts", "out_of_range", "must not be more than is due");
            return problem_verdict(r);
        }
    }
    if (due > 0 || out->n == 0)
        out->list[out->n++].amount = due;
    return ERR_OK;
}

/* Each guest pays the own orders and a part of what staff ordered; without guests it is
 * nobody's in particular. */
static struct shares by_diner(struct request *r, const struct guest_dues *guests)
{
    struct shares shares = shares_new(r, guests->n > 0 ? guests->n : 1);
    if (guests->n == 0)
        shares.list[0].amount = guests->nobodys;
    for (size_t i = 0; i < guests->n; i++)
        shares.list[i] = (struct share){guests->list[i].diner_id, guests->list[i].display_name,
                                        guests->list[i].own + guests->list[i].shared};
    return shares;
}

static enum err share_out(struct request *r, const struct bill_filter *filter, const char *split,
                          const struct guest_dues *guests, struct shares *out)
{
    int64_t due = guests->nobodys;
    for (size_t i = 0; i < guests->n; i++)
        due += guests->list[i].own;
    if (strcmp(split, "amount") == 0)
        return by_amount(r, filter->amounts, due, out);
    if (strcmp(split, "diner") == 0) {
        *out = by_diner(r, guests);
        return ERR_OK;
    }
    size_t parts = filter->parts.is_set ? (size_t)filter->parts.value : guests->n > 0 ? guests->n : 1;
    *out = shares_new(r, strcmp(split, "equal") == 0 ? parts : 1);
    add_equally(r, out, due);
    return ERR_OK;
}

static enum err check_filter(struct request *r, const struct bill_filter *filter, const char *split)
{
    bool by_amounts = strcmp(split, "amount") == 0;
    if (by_amounts && filter->amounts == NULL)
        problem_fault(r, "amounts", "required", "must be given with split=amount");
    if (!by_amounts && filter->amounts != NULL)
        problem_fault(r, "amounts", "mismatch", "is only allowed with split=amount");
    if (strcmp(split, "equal") != 0 && filter->parts.is_set)
        problem_fault(r, "parts", "mismatch", "is only allowed with split=equal");
    return problem_verdict(r);
}

static const char *bill_json(struct request *r, const char *bill, const char *split, const struct shares *shares)
{
    struct text json;
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_member(&json, "split", split);
    text_json_key(&json, "shares");
    text_puts(&json, "[");
    for (size_t i = 0; i < shares->n; i++) {
        text_json_comma(&json);
        text_puts(&json, "{");
        text_json_member(&json, "diner_id", shares->list[i].diner_id);
        text_json_member(&json, "display_name", shares->list[i].display_name);
        text_json_member_int(&json, "amount", shares->list[i].amount);
        text_puts(&json, "}");
    }
    text_puts(&json, "], ");
    text_puts(&json, bill + 1); /* the members of an object that is never empty */
    return json.bytes;
}

enum err session_bill(struct request *r, const void *query)
{
    const struct bill_filter *filter = query;
    const char *split = filter->split != NULL ? filter->split : "none", *session_id = r->args[0];
    struct shares shares;
    TRY(check_filter(r, filter, split));
    TRY(transaction_run(r)); /* tells the session a diner is in now */
    if (r->who.role == ROLE_DINER && strcmp(session_id, r->who.session_id) != 0)
        return ERR_NOT_FOUND;
    db_slot bill = DB_QUEUE(r->db, STMT_SESSION_BILL, r->restaurant_id, session_id);
    db_slot slot = guest_dues_queue(r, session_id);
    TRY(transaction_run(r));
    if (db_rows(r->db, bill) == 0)
        return ERR_NOT_FOUND;
    const struct guest_dues guests = guest_dues_read(r, slot);
    TRY(share_out(r, filter, split, &guests, &shares));
    response_json(&r->response, 200, bill_json(r, db_text(r->db, bill, 0, COL_SESSION_BILL_ANSWER), split, &shares));
    return ERR_OK;
}

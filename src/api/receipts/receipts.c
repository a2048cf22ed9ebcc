/* Receipts: documents that are stored as they were issued, and drafts of them. SQL makes and
 * numbers them (receipt_issue, receipt_document); what changes a bill corrects them
 * (api/ledger_write.c). */
#include "api/card_guard.h"
#include "api/ledger.h"
#include "api/paging.h"
#include "api/period.h"
#include "api/receipts/paper.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/json_arena.h"
#include "base/text.h"
#include "http/request.h"

#include <json-c/json.h>
#include <string.h>

struct receipt_input {
    const char *share_id;
    struct json_object *buyer;
};

struct buyer_input {
    const char *name, *tax_id, *address;
};

static const struct field buyer_fields[] = {
    {AT(buyer_input, name), .type = FIELD_LINE, .required = true, .min = 1, .max = 200},
    {AT(buyer_input, tax_id), .type = FIELD_LINE, .min = 1, .max = 60},
    {AT(buyer_input, address), .type = FIELD_TEXT, .min = 1, .max = 500},
};

static const struct field session_fields[] = {
    {AT(receipt_input, share_id), .type = FIELD_UUID},
    {AT(receipt_input, buyer), .type = FIELD_OBJECT},
};
static const struct field order_fields[] = {
    {AT(receipt_input, buyer), .type = FIELD_OBJECT},
};

static void add_text(struct text *json, const char *name, const char *value)
{
    if (value != NULL)
        text_json_member(json, name, value);
}

/* What the statements need besides the session, orders or share. */
static enum err read_head(struct request *r, const struct field *fields, size_t n, struct receipt_input *in,
                          const char **head)
{
    struct buyer_input buyer = {0};
    struct text json;
    if (r->json != NULL)
        fields_read(r, r->json, "", fields, n, in);
    if (in->buyer != NULL)
        fields_read(r, in->buyer, "/buyer", FIELDS(buyer_fields), &buyer);
    card_guard_check(r, buyer.name, "/buyer/name");
    card_guard_check(r, buyer.tax_id, "/buyer/tax_id");
    card_guard_check(r, buyer.address, "/buyer/address");
    TRY(problem_verdict(r));
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_member(&json, "staff_id", r->who.id);
    if (in->buyer != NULL) {
        text_json_key(&json, "buyer");
        text_puts(&json, "{");
        add_text(&json, "name", buyer.name);
        add_text(&json, "tax_id", buyer.tax_id);
        add_text(&json, "address", buyer.address);
        text_puts(&json, "}");
    }
    text_puts(&json, "}");
    *head = json.bytes;
    return ERR_OK;
}

static enum err receipted(struct request *r, const char *why)
{
    problem_detail(r, "%s", why);
    return ERR_ALREADY_RECEIPTED;
}

/* What became of it, as receipt_of_session() says. */
static enum err judge(struct request *r, const char *outcome)
{
    if (outcome == NULL)
        return ERR_INTERNAL;
    if (strcmp(outcome, "issued") == 0)
        return ERR_OK;
    if (strcmp(outcome, "shares") == 0)
        return receipted(r, "The bill has receipts for its shares");
    if (strcmp(outcome, "orders") == 0)
        return receipted(r, "Orders of the bill have receipts of their own, so its shares can have none");
    if (strcmp(outcome, "cancelled") == 0)
        return ERR_ORDER_CANCELLED;
    if (strcmp(outcome, "receipted") == 0)
        return receipted(r, "Nothing is left that has no receipt");
    if (strcmp(outcome, "missing") == 0) {
        problem_fault(r, "/share_id", "not_found", "is not a share of the session");
        return problem_verdict(r);
    }
    problem_detail(r, "There is nothing on the bill");
    return ERR_NOTHING_DUE;
}

static void answer_issued(struct request *r, const char *id)
{
    r->response.location = arena_printf(r->arena, "/api/receipts/%s", id);
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_RECEIPT_GET, r->restaurant_id, id));
}

enum err receipt_of_session(struct request *r)
{
    struct receipt_input in = {0};
    struct ledger ledger = {0};
    const char *head, *id = request_new_id(r);
    TRY(read_head(r, FIELDS(session_fields), &in, &head));
    transaction_on_conflict(r, ERR_ALREADY_RECEIPTED);
    TRY(ledger_lock_session(r, r->args[0], &ledger));
    db_slot slot = DB_QUEUE(r->db, STMT_RECEIPT_FOR_SESSION, r->restaurant_id, id, r->args[0], in.share_id, head);
    TRY(transaction_run(r));
    TRY(judge(r, db_text(r->db, slot, 0, COL_RECEIPT_FOR_SESSION_OUTCOME)));
    answer_issued(r, id);
    return ERR_OK;
}

enum err receipt_of_order(struct request *r)
{
    struct receipt_input in = {0};
    struct ledger ledger = {0};
    struct ledger_order *order;
    const char *head, *id = request_new_id(r);
    TRY(read_head(r, FIELDS(order_fields), &in, &head));
    transaction_on_conflict(r, ERR_ALREADY_RECEIPTED);
    TRY(ledger_lock_order(r, r->args[0], NULL, &ledger, &order));
    db_slot slot = DB_QUEUE(r->db, STMT_RECEIPT_FOR_ORDER, r->restaurant_id, id, r->args[0], head);
    TRY(transaction_run(r));
    TRY(judge(r, db_text(r->db, slot, 0, COL_RECEIPT_FOR_ORDER_OUTCOME)));
    answer_issued(r, id);
    return ERR_OK;
}

SAME_COLUMN(RECEIPT_GET, RECEIPT_SHOWN, ANSWER);
SAME_COLUMN(RECEIPT_GET, RECEIPT_OF_DINER, ANSWER);

static const char *const papers[] = {"80mm", "a4", NULL};

struct receipt_query {
    const char *paper, *share_id;
};

static const struct field paper_fields[] = {
    {AT(receipt_query, paper), .type = FIELD_CHOICE, .choices = papers},
};
static const struct field shown_fields[] = {
    {AT(receipt_query, paper), .type = FIELD_CHOICE, .choices = papers},
    {AT(receipt_query, share_id), .type = FIELD_UUID},
};
const struct query_spec receipt_query = {FIELDS(paper_fields), sizeof(struct receipt_query)};
const struct query_spec receipt_shown_query = {FIELDS(shown_fields), sizeof(struct receipt_query)};

/* The first paper that staff get of a receipt is the original. */
static enum err print(struct request *r, const char *id, bool *is_copy)
{
    db_slot printed = DB_QUEUE(r->db, STMT_RECEIPT_PRINTED, r->restaurant_id, id);
    TRY(transaction_run(r));
    *is_copy = db_rows(r->db, printed) == 0;
    return ERR_OK;
}

/* The document in the slot's first column, in the form that was asked for. */
static enum err answer_document(struct request *r, const struct receipt_query *query, db_slot slot)
{
    enum paper_form form = paper_wanted(r);
    TRY(transaction_run(r));
    const char *json = db_text(r->db, slot, 0, COL_RECEIPT_GET_ANSWER);
    r->response.by_accept = true;
    if (json == NULL)
        return ERR_NOT_FOUND;
    if (form == PAPER_NONE) {
        response_json(&r->response, 200, json);
        return ERR_OK;
    }
    struct json_object *document = json_arena_parse(r->arena, json);
    const char *id = json_object_get_string(json_object_object_get(document, "id"));
    bool is_copy = json_object_get_boolean(json_object_object_get(document, "copy"));
    if (id != NULL && !is_copy && strcmp(r->method, "HEAD") != 0)
        TRY(print(r, id, &is_copy));
    return paper_answer(r, form, query->paper, document, is_copy);
}

enum err receipt_get(struct request *r, const void *query)
{
    return answer_document(r, query, DB_QUEUE(r->db, STMT_RECEIPT_GET, r->restaurant_id, r->args[0]));
}

enum err receipt_get_of_session(struct request *r, const void *query)
{
    const struct receipt_query *q = query;
    return answer_document(r, q, DB_QUEUE(r->db, STMT_RECEIPT_SHOWN, r->restaurant_id, r->args[0], NULL, q->share_id));
}

enum err receipt_get_of_order(struct request *r, const void *query)
{
    return answer_document(r, query, DB_QUEUE(r->db, STMT_RECEIPT_SHOWN, r->restaurant_id, NULL, r->args[0], NULL));
}

/* A guest reads the own session's while it runs, and for a day after; what guests read is a copy. */
enum err receipt_get_of_diner(struct request *r, const void *query)
{
    const struct receipt_query *q = query;
    TRY(transaction_run(r)); /* tells which session it is in now */
    return answer_document(
        r, q, DB_QUEUE(r->db, STMT_RECEIPT_OF_DINER, r->restaurant_id, r->who.session_id, r->who.id, q->share_id));
}

struct receipts_filter {
    struct paging paging;
    const char *from, *to;
};

static const struct field list_fields[] = {
    {PAGING_LIMIT},
    {PAGING_CURSOR},
    {AT(receipts_filter, from), .type = FIELD_DATE},
    {AT(receipts_filter, to), .type = FIELD_DATE},
};
const struct query_spec receipts_query = {FIELDS(list_fields), sizeof(struct receipts_filter)};

enum err receipts_list(struct request *r, const void *query)
{
    const struct receipts_filter *f = query;
    const char *before;
    TRY(paging_id(r, &f->paging, &before));
    TRY(period_check_list(r, f->from, f->to));
    transaction_answer(
        r, 200,
        DB_QUEUE(r->db, STMT_RECEIPTS_LIST, r->restaurant_id, paging_limit(r, &f->paging), before, f->from, f->to));
    return ERR_OK;
}

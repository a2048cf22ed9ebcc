/* Reports: figures by business day, as JSON or, for spreadsheets, as CSV,
 * written from the same rows. */
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/csv.h"
#include "http/request.h"

#include <string.h>

enum { DAYS_MAX = 400 };

struct sales_filter {
    const char *from, *to, *by;
};

static const char *const kinds[] = {"day", "item", "hour", "method", NULL};

static const struct field fields[] = {
    {AT(sales_filter, from), .type = FIELD_DATE, .required = true},
    {AT(sales_filter, to), .type = FIELD_DATE, .required = true},
    {AT(sales_filter, by), .type = FIELD_CHOICE, .choices = kinds},
};
const struct query_spec sales_query = {FIELDS(fields), sizeof(struct sales_filter)};

/* A kind of report: a statement whose columns are the report's. Texts come
 * first, then numbers. */
struct kind {
    const char *by;
    enum statement statement;
    int first_number;
};

static const struct kind sales_kinds[] = {
    {"day", STMT_SALES_BY_DAY, COL_SALES_BY_DAY_ORDERS},
    {"hour", STMT_SALES_BY_HOUR, COL_SALES_BY_HOUR_ORDERS},
    {"item", STMT_SALES_BY_ITEM, COL_SALES_BY_ITEM_QUANTITY},
    {"method", STMT_SALES_BY_METHOD, COL_SALES_BY_METHOD_PAYMENTS},
};

/* The rows of a report; the last one in the slot is their sum. */
struct rows {
    struct request *r;
    const struct kind *kind;
    db_slot slot;
    int n;
};

static const struct kind *find_kind(const char *by)
{
    const struct kind *kind = sales_kinds;
    while (strcmp(kind->by, by) != 0)
        kind++;
    return kind;
}

static enum err check_days(struct request *r, const struct sales_filter *f)
{
    int from, to;
    if (!clock_day_number(f->from, &from) || !clock_day_number(f->to, &to))
        return ERR_INTERNAL;
    if (to < from)
        problem_fault(r, "to", "out_of_range", "must not be before the first day");
    else if (to - from >= DAYS_MAX)
        problem_fault(r, "to", "out_of_range", "must make the period at most %d days long", DAYS_MAX);
    return problem_verdict(r);
}

/* A row as an object with the columns that it has. */
static void write_object(struct text *json, const struct rows *rows, int row)
{
    text_puts(json, "{");
    for (int i = 0; i < db_columns(rows->r->db, rows->slot); i++) {
        const char *value = db_text(rows->r->db, rows->slot, row, i);
        if (value == NULL)
            continue;
        text_json_key(json, db_column_name(rows->r->db, rows->slot, i));
        if (i < rows->kind->first_number)
            text_json_string(json, value);
        else
            text_puts(json, value);
    }
    text_puts(json, "}");
}

static void answer_json(struct request *r, const struct sales_filter *f, db_slot head, const struct rows *rows)
{
    const struct {
        const char *key, *value;
    } texts[] = {
        {"from", f->from},
        {"to", f->to},
        {"by", rows->kind->by},
        {"currency", db_text(r->db, head, 0, COL_SALES_HEAD_CURRENCY)},
        {"timezone", db_text(r->db, head, 0, COL_SALES_HEAD_TIMEZONE)},
        {"business_day_start", db_text(r->db, head, 0, COL_SALES_HEAD_BUSINESS_DAY_START)},
    };
    struct text json;
    text_init(&json, r->arena);
    text_puts(&json, "{");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        text_json_member(&json, texts[i].key, texts[i].value);
    }
    text_json_key(&json, "rows");
    text_puts(&json, "[");
    for (int row = 0; row < rows->n; row++) {
        text_json_comma(&json);
        write_object(&json, rows, row);
    }
    text_puts(&json, "]");
    text_json_key(&json, "totals");
    write_object(&json, rows, rows->n);
    text_puts(&json, "}");
    response_json(&r->response, 200, json.bytes);
}

static void answer_csv(struct request *r, const struct sales_filter *f, db_slot head, const struct rows *rows)
{
    struct text csv;
    text_init(&csv, r->arena);
    int n_columns = db_columns(r->db, rows->slot);
    for (int i = 0; i < n_columns; i++)
        csv_text(&csv, db_column_name(r->db, rows->slot, i));
    csv_end(&csv);
    for (int row = 0; row < rows->n; row++) {
        for (int i = 0; i < n_columns; i++)
            (i < rows->kind->first_number ? csv_text : csv_number)(&csv, db_text(r->db, rows->slot, row, i));
        csv_end(&csv);
    }
    r->response.status = 200;
    r->response.content_type = CSV_TYPE;
    r->response.body = csv.bytes;
    r->response.body_len = csv.len;
    r->response.file_name = arena_printf(r->arena, "sales-%s-%s-%s-%s.csv",
                                         db_text(r->db, head, 0, COL_SALES_HEAD_SLUG), f->from, f->to, rows->kind->by);
}

enum err report_sales(struct request *r, const void *query)
{
    const struct sales_filter *f = query;
    TRY(check_days(r, f));
    struct rows rows = {.r = r, .kind = find_kind(f->by != NULL ? f->by : kinds[0])};
    db_slot head = DB_QUEUE(r->db, STMT_SALES_HEAD, r->restaurant_id);
    rows.slot = DB_QUEUE(r->db, rows.kind->statement, r->restaurant_id, f->from, f->to);
    TRY(transaction_run(r));
    if (db_rows(r->db, head) == 0)
        return ERR_NOT_FOUND;
    rows.n = db_rows(r->db, rows.slot) - 1;
    bool csv = accept_rank(r->accept, "text/csv") > accept_rank(r->accept, "application/json");
    (csv ? answer_csv : answer_json)(r, f, head, &rows);
    r->response.by_accept = true;
    return ERR_OK;
}

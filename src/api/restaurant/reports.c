/* Reports: figures by business day, as JSON or, for spreadsheets, as CSV,
 * written from the same rows. */
#include "api/period.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "http/csv.h"
#include "http/request.h"

#include <string.h>

enum { DAYS_MAX = 400 };

struct sales_filter {
    const char *from, *to, *by;
};

static const char *const kinds[] = {
    "day", "hour", "item", "category", "method", "tax_rate", "staff", "table", "order_type", "reason", NULL,
};

static const struct field fields[] = {
    {AT(sales_filter, from), .type = FIELD_DATE, .required = true},
    {AT(sales_filter, to), .type = FIELD_DATE, .required = true},
    {AT(sales_filter, by), .type = FIELD_CHOICE, .choices = kinds},
};
const struct query_spec sales_query = {FIELDS(fields), sizeof(struct sales_filter)};

/* A way to cut sales: what the key of a row is called, and the texts beside it, NULL for none. */
struct kind {
    const char *by, *key, *name, *kind;
    bool is_number; /* the key */
    bool of_lines;  /* an order has several, so orders are not counted */
};

static const struct kind sales_kinds[] = {
    {"day", "business_date", NULL, NULL, false, false},
    {"hour", "hour", NULL, NULL, false, false},
    {"item", "menu_item_id", "name", "category", false, true},
    {"category", "category_id", "name", NULL, false, true},
    {"method", "method", NULL, NULL, false, false},
    {"tax_rate", "tax_rate_ppm", NULL, NULL, true, true},
    {"staff", "staff_id", "name", NULL, false, false},
    {"table", "table_id", "name", NULL, false, false},
    {"order_type", "order_type", NULL, NULL, false, false},
    {"reason", "reason", "reason", "kind", false, false},
};

enum { FIRST_NUMBER = COL_SALES_REPORT_ORDERS };

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

/* What a column is called in this report; NULL: it has none. */
static const char *column_name(const struct rows *rows, int column)
{
    switch (column) {
    case COL_SALES_REPORT_KEY:
        return strcmp(rows->kind->by, "reason") == 0 ? NULL : rows->kind->key;
    case COL_SALES_REPORT_NAME:
        return rows->kind->name;
    case COL_SALES_REPORT_KIND:
        return rows->kind->kind;
    case COL_SALES_REPORT_ORDERS:
        return rows->kind->of_lines ? NULL : "orders";
    default:
        return db_column_name(rows->r->db, rows->slot, column);
    }
}

static bool is_number(const struct rows *rows, int column)
{
    return column >= FIRST_NUMBER || (column == COL_SALES_REPORT_KEY && rows->kind->is_number);
}

/* A row as an object; the sum has no texts. */
static void write_object(struct text *json, const struct rows *rows, int row, int first_column)
{
    text_puts(json, "{");
    for (int i = first_column; i < db_columns(rows->r->db, rows->slot); i++) {
        const char *name = column_name(rows, i), *value = db_text(rows->r->db, rows->slot, row, i);
        if (name == NULL)
            continue;
        text_json_key(json, name);
        if (value == NULL)
            text_puts(json, "null");
        else if (is_number(rows, i))
            text_puts(json, value);
        else
            text_json_string(json, value);
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
        write_object(&json, rows, row, 0);
    }
    text_puts(&json, "]");
    text_json_key(&json, "totals");
    write_object(&json, rows, rows->n, FIRST_NUMBER);
    text_puts(&json, "}");
    response_json(&r->response, 200, json.bytes);
}

static void write_cell(struct text *csv, const struct rows *rows, int row, int column)
{
    const char *value = db_text(rows->r->db, rows->slot, row, column);
    if (column_name(rows, column) == NULL)
        return;
    if (value != NULL && is_number(rows, column))
        csv_number(csv, value);
    else
        csv_text(csv, value);
}

static void answer_csv(struct request *r, const struct sales_filter *f, db_slot head, const struct rows *rows)
{
    struct text csv;
    text_init(&csv, r->arena);
    int n_columns = db_columns(r->db, rows->slot);
    for (int i = 0; i < n_columns; i++)
        if (column_name(rows, i) != NULL)
            csv_text(&csv, column_name(rows, i));
    csv_end(&csv);
    for (int row = 0; row < rows->n; row++) {
        for (int i = 0; i < n_columns; i++)
            write_cell(&csv, rows, row, i);
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
    int days;
    TRY(period_check(r, f->from, f->to, DAYS_MAX, &days));
    struct rows rows = {.r = r, .kind = find_kind(f->by != NULL ? f->by : kinds[0])};
    db_slot head = DB_QUEUE(r->db, STMT_SALES_HEAD, r->restaurant_id);
    rows.slot = DB_QUEUE(r->db, STMT_SALES_REPORT, r->restaurant_id, f->from, f->to, rows.kind->by);
    TRY(transaction_run(r));
    if (db_rows(r->db, head) == 0)
        return ERR_NOT_FOUND;
    rows.n = db_rows(r->db, rows.slot) - 1;
    bool csv = accept_rank(r->accept, "text/csv") > accept_rank(r->accept, "application/json");
    (csv ? answer_csv : answer_json)(r, f, head, &rows);
    r->response.by_accept = true;
    return ERR_OK;
}

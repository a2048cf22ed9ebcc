/* Reports: figures by business day, as JSON or, for spreadsheets, as CSV,
 * written from the same rows, some at a time. */
#include "api/period.h"
#include "api/routes.h"
#include "api/stream.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "http/csv.h"
#include "http/request.h"

#include <string.h>

enum { DAYS_MAX = 400, PIECE_ROWS = 500 };

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

/* A report, and how far it has come. The last row in the slot is the sum of the others. */
struct report {
    const struct sales_filter *filter;
    const struct kind *kind;
    db_slot head, slot;
    int n, next; /* rows without the sum: how many, and which is next */
};

static const struct kind *find_kind(const char *by)
{
    const struct kind *kind = sales_kinds;
    while (strcmp(kind->by, by) != 0)
        kind++;
    return kind;
}

/* What a column is called in this report; NULL: it has none. */
static const char *column_name(struct request *r, const struct report *report, int column)
{
    switch (column) {
    case COL_SALES_REPORT_KEY:
        return strcmp(report->kind->by, "reason") == 0 ? NULL : report->kind->key;
    case COL_SALES_REPORT_NAME:
        return report->kind->name;
    case COL_SALES_REPORT_KIND:
        return report->kind->kind;
    case COL_SALES_REPORT_ORDERS:
        return report->kind->of_lines ? NULL : "orders";
    default:
        return db_column_name(r->db, report->slot, column);
    }
}

static bool is_number(const struct report *report, int column)
{
    return column >= FIRST_NUMBER || (column == COL_SALES_REPORT_KEY && report->kind->is_number);
}

/* ---- JSON */

/* A row as an object; the sum has no texts. */
static void write_object(struct request *r, const struct report *report, int row, int first_column, struct text *json)
{
    text_puts(json, "{");
    for (int i = first_column; i < db_columns(r->db, report->slot); i++) {
        const char *name = column_name(r, report, i), *value = db_text(r->db, report->slot, row, i);
        if (name == NULL)
            continue;
        text_json_key(json, name);
        if (value == NULL)
            text_puts(json, "null");
        else if (is_number(report, i))
            text_puts(json, value);
        else
            text_json_string(json, value);
    }
    text_puts(json, "}");
}

static void begin_json(struct request *r, const struct report *report, struct text *json)
{
    const struct {
        const char *key, *value;
    } texts[] = {
        {"from", report->filter->from},
        {"to", report->filter->to},
        {"by", report->kind->by},
        {"currency", db_text(r->db, report->head, 0, COL_SALES_HEAD_CURRENCY)},
        {"timezone", db_text(r->db, report->head, 0, COL_SALES_HEAD_TIMEZONE)},
        {"business_day_start", db_text(r->db, report->head, 0, COL_SALES_HEAD_BUSINESS_DAY_START)},
    };
    text_puts(json, "{");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        text_json_member(json, texts[i].key, texts[i].value);
    text_json_key(json, "rows");
    text_puts(json, "[");
}

static void end_json(struct request *r, const struct report *report, struct text *json)
{
    text_puts(json, "]");
    text_json_key(json, "totals");
    write_object(r, report, report->n, FIRST_NUMBER, json);
    text_puts(json, "}");
}

/* ---- CSV */

static void write_cell(struct request *r, const struct report *report, int row, int column, struct text *csv)
{
    const char *value = db_text(r->db, report->slot, row, column);
    if (value != NULL && is_number(report, column))
        csv_number(csv, value);
    else
        csv_text(csv, value);
}

/* row: -1 for the columns' names. */
static void write_record(struct request *r, const struct report *report, int row, struct text *csv)
{
    for (int i = 0; i < db_columns(r->db, report->slot); i++) {
        const char *name = column_name(r, report, i);
        if (name != NULL && row < 0)
            csv_text(csv, name);
        else if (name != NULL)
            write_cell(r, report, row, i, csv);
    }
    csv_end(csv);
}

/* ---- Pieces */

static enum err produce_json(struct request *r, void *state, struct text *piece, bool *has_more)
{
    struct report *report = state;
    if (report->next == 0)
        begin_json(r, report, piece);
    for (int end = report->next + PIECE_ROWS; report->next < report->n && report->next < end; report->next++) {
        text_puts(piece, report->next > 0 ? "," : "");
        write_object(r, report, report->next, 0, piece);
    }
    *has_more = report->next < report->n;
    if (!*has_more)
        end_json(r, report, piece);
    return ERR_OK;
}

static enum err produce_csv(struct request *r, void *state, struct text *piece, bool *has_more)
{
    struct report *report = state;
    if (report->next == 0)
        write_record(r, report, -1, piece);
    for (int end = report->next + PIECE_ROWS; report->next < report->n && report->next < end; report->next++)
        write_record(r, report, report->next, piece);
    *has_more = report->next < report->n;
    return ERR_OK;
}

enum err report_sales(struct request *r, const void *query)
{
    const struct sales_filter *f = query;
    int days;
    TRY(period_check(r, f->from, f->to, DAYS_MAX, &days));
    struct report *report = arena_alloc(r->arena, sizeof *report);
    *report = (struct report){.filter = f, .kind = find_kind(f->by != NULL ? f->by : kinds[0])};
    report->head = DB_QUEUE(r->db, STMT_SALES_HEAD, r->restaurant_id);
    report->slot = DB_QUEUE(r->db, STMT_SALES_REPORT, r->restaurant_id, f->from, f->to, report->kind->by);
    TRY(transaction_run(r));
    if (db_rows(r->db, report->head) == 0)
        return ERR_NOT_FOUND;
    report->n = db_rows(r->db, report->slot) - 1;
    bool csv = accept_rank(r->accept, "text/csv") > accept_rank(r->accept, "application/json");
    stream_answer(r, csv ? produce_csv : produce_json, report);
    r->response.content_type = csv ? CSV_TYPE : "application/json";
    r->response.by_accept = true;
    if (csv)
        r->response.file_name =
            arena_printf(r->arena, "sales-%s-%s-%s-%s.csv", db_text(r->db, report->head, 0, COL_SALES_HEAD_SLUG),
                         f->from, f->to, report->kind->by);
    return ERR_OK;
}

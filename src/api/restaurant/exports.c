/* Exports for accountants: every document of some business days, streamed, as JSON lines or as CSV. */
#include "api/period.h"
#include "api/routes.h"
#include "api/stream.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/decimal.h"
#include "base/json_arena.h"
#include "base/text.h"
#include "domain/currency.h"
#include "http/csv.h"
#include "http/request.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

enum { DAYS_MAX = 31, PAGE = 200 };

struct documents_filter {
    const char *from, *to;
};

static const struct field fields[] = {
    {AT(documents_filter, from), .type = FIELD_DATE, .required = true},
    {AT(documents_filter, to), .type = FIELD_DATE, .required = true},
};
const struct query_spec documents_query = {FIELDS(fields), sizeof(struct documents_filter)};

/* How far an export has come. */
struct progress {
    const char *first_day;
    int days, day; /* how many, and which is next, from 0 */
    bool as_csv, has_begun;
    int64_t documents;
    /* The day's last document so far; without an id: it has just begun. */
    char us[24], rank[12], id[40];
};

/* ---- CSV */

enum cell { CELL_TEXT, CELL_NUMBER, CELL_MONEY, CELL_TIME, CELL_RATES };

/* The columns, and the member of a document that each shows. Those of money are called as in reports. */
static const struct column {
    const char *name, *member;
    enum cell cell;
} columns[] = {
    {"type", "type", CELL_TEXT},
    {"number", "number", CELL_TEXT},
    {"id", "id", CELL_TEXT},
    {"business_date", "business_date", CELL_TEXT},
    {"time", NULL, CELL_TIME},
    {"order_date", "order_date", CELL_TEXT},
    {"order_number", "order_number", CELL_NUMBER},
    {"staff", "staff_name", CELL_TEXT},
    {"method", "method", CELL_TEXT},
    {"kind", "kind", CELL_TEXT},
    {"reason", "reason", CELL_TEXT},
    {"currency", "currency", CELL_TEXT},
    {"subtotal", "subtotal", CELL_MONEY},
    {"discount_amount", "discount_amount", CELL_MONEY},
    {"service_charge_amount", "service_charge_amount", CELL_MONEY},
    {"tax_amount", "tax_amount", CELL_MONEY},
    {"tip_amount", "tip_amount", CELL_MONEY},
    {"deposit_used", "deposit_used", CELL_MONEY},
    {"total_amount", "total_amount", CELL_MONEY},
    {"paid", "paid", CELL_MONEY},
    {"tips", "tips", CELL_MONEY},
    {"deposits", "deposits", CELL_MONEY},
    {"rounding_amount", "rounding_amount", CELL_MONEY},
    {"refunded", "refunded", CELL_MONEY},
    {"refunded_tips", "refunded_tips", CELL_MONEY},
    {"refunded_deposits", "refunded_deposits", CELL_MONEY},
    {"amount", "amount", CELL_MONEY},
    {"tax_rates", "taxes", CELL_RATES},
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

static int64_t member_int(struct json_object *object, const char *key)
{
    return json_object_get_int64(json_object_object_get(object, key));
}

/* Each rate with what is taxed at it and the tax: "5%:12.00/0.60; 12%:7.00/0.84". */
static const char *rates(struct request *r, struct json_object *taxes, int exponent)
{
    struct text out;
    text_init(&out, r->arena);
    size_t n = taxes != NULL ? json_object_array_length(taxes) : 0;
    for (size_t i = 0; i < n; i++) {
        struct json_object *tax = json_object_array_get_idx(taxes, i);
        text_printf(&out, "%s%s%%:%s/%s", i > 0 ? "; " : "", decimal_percent(r->arena, member_int(tax, "rate_ppm")),
                    decimal_text(r->arena, member_int(tax, "taxable"), exponent),
                    decimal_text(r->arena, member_int(tax, "amount"), exponent));
    }
    return out.bytes;
}

/* value: NULL for a member that the document does not have, or that is null. */
static void write_cell(struct request *r, enum cell cell, struct json_object *value, int exponent, struct text *csv)
{
    if (value == NULL)
        csv_text(csv, NULL);
    else if (cell == CELL_MONEY)
        csv_number(csv, decimal_text(r->arena, json_object_get_int64(value), exponent));
    else if (cell == CELL_RATES)
        csv_text(csv, rates(r, value, exponent));
    else if (cell == CELL_NUMBER)
        csv_number(csv, json_object_get_string(value));
    else
        csv_text(csv, json_object_get_string(value));
}

static void write_record(struct request *r, const char *json, const char *local_time, struct text *csv)
{
    struct json_object *document = json_arena_parse(r->arena, json);
    int exponent = currency_exponent(json_object_get_string(json_object_object_get(document, "currency")));
    for (size_t i = 0; i < COLUMNS; i++)
        if (columns[i].cell == CELL_TIME)
            csv_text(csv, local_time);
        else
            write_cell(r, columns[i].cell, json_object_object_get(document, columns[i].member), exponent, csv);
    csv_end(csv);
}

static void write_header(struct text *csv)
{
    for (size_t i = 0; i < COLUMNS; i++)
        csv_text(csv, columns[i].name);
    csv_end(csv);
}

/* ---- JSON lines */

/* PostgreSQL begins a line for each element of an array; in strings a line feed is escaped. */
static void write_line(const char *json, struct text *lines)
{
    for (const char *end; (end = strchr(json, '\n')) != NULL; json = end + 1)
        text_add(lines, json, (size_t)(end - json));
    text_puts(lines, json);
    text_add(lines, "\n", 1);
}

/* Tells a whole file from one that broke off. */
static void write_end(const struct progress *p, struct text *lines)
{
    text_printf(lines, "{\"type\":\"end\",\"documents\":%" PRId64 "}\n", p->documents);
}

/* ---- Pages */

static void copy(char *out, size_t size, const char *text)
{
    size_t len = strlen(text);
    memcpy(out, text, len < size ? len + 1 : 0);
}

static void remember(struct request *r, struct progress *p, db_slot page, int row)
{
    copy(p->us, sizeof p->us, db_text(r->db, page, row, COL_DOCUMENTS_PAGE_US));
    copy(p->rank, sizeof p->rank, db_text(r->db, page, row, COL_DOCUMENTS_PAGE_RANK));
    copy(p->id, sizeof p->id, db_text(r->db, page, row, COL_DOCUMENTS_PAGE_ID));
}

static enum err write_page(struct request *r, struct progress *p, struct text *out)
{
    bool goes_on = p->id[0] != '\0';
    db_slot page =
        DB_QUEUE(r->db, STMT_DOCUMENTS_PAGE, r->restaurant_id, p->first_day, request_int_text(r, p->day),
                 goes_on ? p->us : NULL, goes_on ? p->rank : NULL, goes_on ? p->id : NULL, request_int_text(r, PAGE));
    TRY(transaction_run(r));
    int n = db_rows(r->db, page);
    for (int row = 0; row < n; row++) {
        const char *document = db_text(r->db, page, row, COL_DOCUMENTS_PAGE_DOCUMENT);
        if (p->as_csv)
            write_record(r, document, db_text(r->db, page, row, COL_DOCUMENTS_PAGE_LOCAL_TIME), out);
        else
            write_line(document, out);
    }
    p->documents += n;
    if (n == PAGE) {
        remember(r, p, page, n - 1);
    } else {
        p->day++;
        p->id[0] = '\0';
    }
    return ERR_OK;
}

/* A page of a day's documents, past days without any. */
static enum err produce(struct request *r, void *state, struct text *piece, bool *has_more)
{
    struct progress *p = state;
    if (p->as_csv && !p->has_begun)
        write_header(piece);
    p->has_begun = true;
    int64_t before = p->documents;
    while (p->day < p->days && p->documents == before)
        TRY(write_page(r, p, piece));
    *has_more = p->day < p->days;
    if (!*has_more && !p->as_csv)
        write_end(p, piece);
    return ERR_OK;
}

enum err export_documents(struct request *r, const void *query)
{
    const struct documents_filter *f = query;
    struct progress *p = arena_alloc(r->arena, sizeof *p);
    p->first_day = f->from;
    TRY(period_check(r, f->from, f->to, DAYS_MAX, &p->days));
    db_slot head = DB_QUEUE(r->db, STMT_SALES_HEAD, r->restaurant_id);
    TRY(transaction_run(r));
    if (db_rows(r->db, head) == 0)
        return ERR_NOT_FOUND;
    p->as_csv = accept_rank(r->accept, "text/csv") > accept_rank(r->accept, "application/x-ndjson");
    stream_answer(r, produce, p);
    r->response.content_type = p->as_csv ? CSV_TYPE : "application/x-ndjson";
    r->response.by_accept = true;
    r->response.file_name =
        arena_printf(r->arena, "documents-%s-%s-%s.%s", db_text(r->db, head, 0, COL_SALES_HEAD_SLUG), f->from, f->to,
                     p->as_csv ? "csv" : "jsonl");
    return ERR_OK;
}

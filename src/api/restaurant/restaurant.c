/* The restaurant's own settings. */
#include "api/if_match.h"
#include "api/resource.h"
#include "api/restaurant/hours.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/clock.h"
#include "domain/currency.h"
#include "domain/money.h"
#include "domain/tax.h"
#include "http/request.h"

#include <json-c/json.h>
#include <string.h>

struct settings {
    const char *name, *currency, *timezone, *business_day_start, *session_opening;
    struct optional_int tax_rate_ppm, pin_length, session_expiry_minutes;
    struct optional_int takeaway_tax_rate_ppm, service_charge_ppm, service_charge_tax_rate_ppm, cash_rounding;
    struct optional_bool prices_include_tax, is_open;
    struct optional_bool takeaway_at_tables, discount_reduces_tax, round_all_methods;
    struct json_object *tax_parts;
    const char *legal_name, *address, *tax_number, *receipt_footer, *fiscal_year_start;
    struct optional_bool receipts_are_fiscal, receipt_at_settlement;
    struct optional_int day_close_hours;
    struct json_object *opening_hours;
};

/* In minor units: the largest coin that bills are rounded to. */
enum { CASH_ROUNDING_MAX = 100000 };
/* Hours after a business day's end: a month. */
enum { DAY_CLOSE_HOURS_MAX = 720 };

static const char *const openings[] = {"diner", "staff", NULL};

static const struct field fields[] = {
    {AT(settings, name), .required = true, .type = FIELD_LINE, .min = 1, .max = 120},
    {AT(settings, currency), .required = true, .type = FIELD_LINE, .min = 3, .max = 3},
    {AT(settings, timezone), .required = true, .type = FIELD_LINE, .min = 1, .max = 60},
    {AT(settings, business_day_start), .required = true, .type = FIELD_LINE, .min = 5, .max = 5},
    {AT(settings, tax_rate_ppm), .required = true, .type = FIELD_INT, .min = 0, .max = 1000000},
    {AT(settings, prices_include_tax), .required = true, .type = FIELD_BOOL},
    {AT(settings, pin_length), .required = true, .type = FIELD_INT, .min = 4, .max = 8},
    {AT(settings, session_expiry_minutes), .required = true, .type = FIELD_INT, .min = 5, .max = 1440},
    {AT(settings, session_opening), .required = true, .type = FIELD_CHOICE, .choices = openings},
    {AT(settings, is_open), .required = true, .type = FIELD_BOOL},
    {AT(settings, takeaway_tax_rate_ppm), .type = FIELD_INT, .min = 0, .max = RATE_ONE},
    {AT(settings, takeaway_at_tables), .required = true, .type = FIELD_BOOL},
    {AT(settings, discount_reduces_tax), .required = true, .type = FIELD_BOOL},
    {AT(settings, service_charge_ppm), .required = true, .type = FIELD_INT, .min = 0, .max = RATE_ONE},
    {AT(settings, service_charge_tax_rate_ppm), .type = FIELD_INT, .min = 0, .max = RATE_ONE},
    {AT(settings, tax_parts), .type = FIELD_ARRAY, .max = TAX_PARTS_MAX},
    {AT(settings, cash_rounding), .type = FIELD_INT, .min = 1, .max = CASH_ROUNDING_MAX},
    {AT(settings, round_all_methods), .required = true, .type = FIELD_BOOL},
    {AT(settings, legal_name), .type = FIELD_LINE, .max = 200},
    {AT(settings, address), .type = FIELD_TEXT, .max = 500},
    {AT(settings, tax_number), .type = FIELD_LINE, .max = 60},
    {AT(settings, receipt_footer), .type = FIELD_TEXT, .max = 1000},
    {AT(settings, receipts_are_fiscal), .required = true, .type = FIELD_BOOL},
    {AT(settings, receipt_at_settlement), .required = true, .type = FIELD_BOOL},
    {AT(settings, fiscal_year_start), .required = true, .type = FIELD_LINE, .min = 5, .max = 5},
    {AT(settings, opening_hours), .type = FIELD_ARRAY, .max = HOURS_MAX},
    {AT(settings, day_close_hours), .type = FIELD_INT, .min = 0, .max = DAY_CLOSE_HOURS_MAX},
};

struct tax_part_input {
    const char *name;
    struct optional_int share_ppm;
};

static const struct field tax_part_fields[] = {
    {AT(tax_part_input, name), .required = true, .type = FIELD_LINE, .min = 1, .max = 20},
    {AT(tax_part_input, share_ppm), .required = true, .type = FIELD_INT, .min = 1, .max = RATE_ONE},
};

static const struct resource restaurant = {.fields = fields, .n_fields = sizeof fields / sizeof fields[0]};

/* A day of every year, such as 04-01. */
static bool is_day_of_year(struct request *r, const char *day)
{
    int number;
    return clock_day_number(arena_printf(r->arena, "2001-%s", day), &number);
}

static void check_formats(struct request *r, const struct settings *in)
{
    if (in->currency != NULL && currency_exponent(in->currency) < 0)
        problem_fault(r, "/currency", "invalid_choice", "must be a currency of ISO 4217, such as EUR");
    if (in->business_day_start != NULL && !hours_is_time_of_day(in->business_day_start))
        problem_fault(r, "/business_day_start", "invalid_format", "must be a time of day, such as 04:00");
    if (in->fiscal_year_start != NULL && !is_day_of_year(r, in->fiscal_year_start))
        problem_fault(r, "/fiscal_year_start", "invalid_format",
                      "must be a month and a day of every year, such as 04-01");
}

/* Shares of each rate. None: it is not divided. */
static void check_tax_parts(struct request *r, struct json_object *parts)
{
    size_t n = parts != NULL ? json_object_array_length(parts) : 0;
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        struct tax_part_input part = {0};
        fields_read(r, json_object_array_get_idx(parts, i), arena_printf(r->arena, "/tax_parts/%zu", i),
                    FIELDS(tax_part_fields), &part);
        sum += part.share_ppm.value;
    }
    if (n > 0 && sum != RATE_ONE)
        problem_fault(r, "/tax_parts", "mismatch", "must have shares that add up to %d", RATE_ONE);
}

/* An empty list is stored as none. */
static void put_list(struct request *r, const char *name, struct json_object *list)
{
    struct json_object *given;
    if (!json_object_object_get_ex(r->json, name, &given))
        return;
    if (list == NULL || json_object_array_length(list) == 0)
        json_object_object_add(r->json, name, NULL);
}

enum err restaurant_get(struct request *r)
{
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_RESTAURANT_GET, r->restaurant_id));
    return ERR_OK;
}

/* Nothing has amounts in it, and no order can be added until the transaction ends. */
static enum err check_currency_unused(struct request *r)
{
    DB_QUEUE(r->db, STMT_ORDER_COUNTER_HOLD, r->restaurant_id);
    db_slot slot = DB_QUEUE(r->db, STMT_CURRENCY_USED, r->restaurant_id);
    TRY(transaction_run(r));
    return db_bool(r->db, slot, 0, COL_CURRENCY_USED_FOUND) ? ERR_CURRENCY_FIXED : ERR_OK;
}

/* Numbers follow each other within a fiscal year: it may begin on another day only where none was given yet. */
static enum err check_no_receipts(struct request *r)
{
    db_slot slot = DB_QUEUE(r->db, STMT_RECEIPTS_EXIST, r->restaurant_id);
    TRY(transaction_run(r));
    if (!db_bool(r->db, slot, 0, COL_RECEIPTS_EXIST_FOUND))
        return ERR_OK;
    problem_detail(r, "Receipts were issued within a year: their numbers belong to the fiscal year as it is");
    return ERR_CONFLICT;
}

enum err restaurant_change(struct request *r)
{
    struct settings in = {0};
    resource_read(r, &restaurant, true, &in);
    check_formats(r, &in);
    check_tax_parts(r, in.tax_parts);
    hours_check(r, in.opening_hours);
    TRY(problem_verdict(r));
    put_list(r, "tax_parts", in.tax_parts);
    put_list(r, "opening_hours", in.opening_hours);
    db_slot zone = in.timezone != NULL ? DB_QUEUE(r->db, STMT_TIMEZONE_EXISTS, in.timezone) : -1;
    db_slot lock = DB_QUEUE(r->db, STMT_RESTAURANT_LOCK, r->restaurant_id);
    TRY(transaction_run(r));
    TRY(if_match_check(r, db_text(r->db, lock, 0, COL_RESTAURANT_LOCK_VERSION)));
    if (zone >= 0 && db_rows(r->db, zone) == 0)
        problem_fault(r, "/timezone", "invalid_choice", "must be an IANA time zone, such as Europe/Rome");
    TRY(problem_verdict(r));
    if (in.currency != NULL && strcmp(in.currency, db_text(r->db, lock, 0, COL_RESTAURANT_LOCK_CURRENCY)) != 0)
        TRY(check_currency_unused(r));
    if (in.fiscal_year_start != NULL &&
        strcmp(in.fiscal_year_start, db_text(r->db, lock, 0, COL_RESTAURANT_LOCK_FISCAL_YEAR_START)) != 0)
        TRY(check_no_receipts(r));
    DB_QUEUE(r->db, STMT_RESTAURANT_UPDATE, r->restaurant_id, resource_body(r));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_RESTAURANT_GET, r->restaurant_id));
    return ERR_OK;
}

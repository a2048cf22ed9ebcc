#include "api/figures.h"

#include "base/arena.h"
#include "base/json_arena.h"
#include "base/text.h"
#include "http/request.h"

#include <json-c/json.h>

static int64_t member_int(struct json_object *object, const char *key)
{
    return json_object_get_int64(json_object_object_get(object, key));
}

static size_t length(struct json_object *array)
{
    return array != NULL ? json_object_array_length(array) : 0;
}

void figures_parts_read(struct request *r, const char *stored, struct tax_parts *parts, struct part_names *names)
{
    *parts = tax_undivided;
    *names = (struct part_names){{NULL}};
    if (stored == NULL)
        return;
    struct json_object *array = json_arena_parse(r->arena, stored);
    parts->n = length(array) < TAX_PARTS_MAX ? length(array) : TAX_PARTS_MAX;
    for (size_t i = 0; i < parts->n; i++) {
        struct json_object *part = json_object_array_get_idx(array, i);
        names->name[i] = json_object_get_string(json_object_object_get(part, "name"));
        parts->share_ppm[i] = (int32_t)member_int(part, "share_ppm");
    }
}

static void add_parts(const struct order_tax *tax, const struct tax_parts *parts, const struct part_names *names,
                      struct text *json)
{
    text_json_key(json, "parts");
    text_puts(json, "[");
    for (size_t i = 0; i < parts->n; i++) {
        text_json_comma(json);
        text_puts(json, "{");
        text_json_member(json, "name", names->name[i]);
        text_json_member_int(json, "amount", tax->parts[i]);
        text_puts(json, "}");
    }
    text_puts(json, "]");
}

void figures_taxes_json(const struct order_figures *f, const struct tax_parts *parts, const struct part_names *names,
                        struct text *json)
{
    text_puts(json, "[");
    for (size_t i = 0; i < f->n_taxes; i++) {
        const struct order_tax *tax = &f->taxes[i];
        text_json_comma(json);
        text_puts(json, "{");
        text_json_member_int(json, "rate_ppm", tax->rate_ppm);
        text_json_member_int(json, "taxable", tax->taxable);
        text_json_member_int(json, "amount", tax->amount);
        if (names->name[0] != NULL)
            add_parts(tax, parts, names, json);
        text_puts(json, "}");
    }
    text_puts(json, "]");
}

static void read_taxes(struct json_object *taxes, const struct tax_parts *parts, struct order_figures *f)
{
    f->n_taxes = length(taxes) < ORDER_TAXES_MAX ? length(taxes) : ORDER_TAXES_MAX;
    for (size_t i = 0; i < f->n_taxes; i++) {
        struct json_object *entry = json_object_array_get_idx(taxes, i);
        struct json_object *amounts = json_object_object_get(entry, "parts");
        struct order_tax *tax = &f->taxes[i];
        *tax = (struct order_tax){.rate_ppm = (int32_t)member_int(entry, "rate_ppm"),
                                  .taxable = member_int(entry, "taxable"),
                                  .amount = member_int(entry, "amount")};
        tax->parts[0] = tax->amount;
        for (size_t k = 0; k < parts->n && k < length(amounts); k++)
            tax->parts[k] = member_int(json_object_array_get_idx(amounts, k), "amount");
    }
}

void figures_taxes_read(struct request *r, const char *taxes, const struct tax_parts *parts, struct order_figures *f)
{
    read_taxes(json_arena_parse(r->arena, taxes), parts, f);
}

void figures_members_json(const struct order_figures *f, const struct order_extras *extras,
                          const struct tax_parts *parts, const struct part_names *names, struct text *json)
{
    text_json_member_int(json, "subtotal", f->subtotal);
    text_json_member_int(json, "discount_amount", f->discount_amount);
    text_json_member_int(json, "service_charge_amount", f->service_charge_amount);
    text_json_member_int(json, "tax_amount", f->tax_amount);
    text_json_key(json, "taxes");
    figures_taxes_json(f, parts, names, json);
    text_json_member_int(json, "tip_amount", extras->tip_amount - f->tip_given_back);
    text_json_member_int(json, "deposit_used", extras->deposit_used);
    text_json_member_int(json, "total_amount", f->total_amount);
}

const char *figures_standing_text(struct request *r, const struct order_figures *settled,
                                  const struct order_figures *adjusted, const struct order_extras *extras,
                                  const struct tax_parts *parts, const struct part_names *names)
{
    struct text json;
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_key(&json, "settled");
    text_puts(&json, "{");
    text_json_member_int(&json, "service_base", settled->service_base);
    figures_members_json(settled, extras, parts, names, &json);
    text_puts(&json, "}");
    text_json_key(&json, "adjusted");
    text_puts(&json, "{");
    figures_members_json(adjusted, extras, parts, names, &json);
    text_puts(&json, "}}");
    return json.bytes;
}

static void read_figures(struct json_object *object, const struct tax_parts *parts, struct order_figures *f)
{
    f->subtotal = member_int(object, "subtotal");
    f->discount_amount = member_int(object, "discount_amount");
    f->service_charge_amount = member_int(object, "service_charge_amount");
    f->service_base = member_int(object, "service_base");
    f->tax_amount = member_int(object, "tax_amount");
    f->total_amount = member_int(object, "total_amount");
    read_taxes(json_object_object_get(object, "taxes"), parts, f);
}

void figures_standing_read(struct request *r, const char *standing, const struct tax_parts *parts,
                           struct order_figures *settled, struct order_figures *adjusted, struct order_extras *extras)
{
    struct json_object *object = json_arena_parse(r->arena, standing);
    read_figures(json_object_object_get(object, "settled"), parts, settled);
    read_figures(json_object_object_get(object, "adjusted"), parts, adjusted);
    extras->deposit_used = member_int(json_object_object_get(object, "adjusted"), "deposit_used");
    adjusted->tip_given_back =
        extras->tip_amount - member_int(json_object_object_get(object, "adjusted"), "tip_amount");
}

/* {"taxes": [[rate, is inclusive, base, shares...]], "services": [[rate, base]], flags} */
void figures_sums_read(struct request *r, const char *stored, struct session_sums *sums)
{
    struct json_object *object = stored != NULL ? json_arena_parse(r->arena, stored) : NULL;
    struct json_object *taxes = json_object_object_get(object, "taxes");
    struct json_object *services = json_object_object_get(object, "services");
    *sums = (struct session_sums){
        .table = {.taxes = arena_array(r->arena, length(taxes) + ORDER_TAXES_MAX, sizeof(struct tax_sum)),
                  .services = arena_array(r->arena, length(services) + 1, sizeof(struct service_sum))},
        .service_waived = json_object_get_boolean(json_object_object_get(object, "service_waived")),
        .has_credit = json_object_get_boolean(json_object_object_get(object, "has_credit")),
        .has_split = json_object_get_boolean(json_object_object_get(object, "has_split")),
    };
    for (size_t i = 0; i < length(taxes); i++) {
        struct json_object *entry = json_object_array_get_idx(taxes, i);
        struct tax_sum *sum = &sums->table.taxes[sums->table.n_taxes++];
        sum->rule.rate_ppm = (int32_t)json_object_get_int64(json_object_array_get_idx(entry, 0));
        sum->rule.inclusive = json_object_get_boolean(json_object_array_get_idx(entry, 1));
        sum->base = json_object_get_int64(json_object_array_get_idx(entry, 2));
        for (size_t k = 3; k < length(entry) && sum->rule.parts.n < TAX_PARTS_MAX; k++)
            sum->rule.parts.share_ppm[sum->rule.parts.n++] =
                (int32_t)json_object_get_int64(json_object_array_get_idx(entry, k));
    }
    for (size_t i = 0; i < length(services); i++) {
        struct json_object *entry = json_object_array_get_idx(services, i);
        sums->table.services[sums->table.n_services++] =
            (struct service_sum){(int32_t)json_object_get_int64(json_object_array_get_idx(entry, 0)),
                                 json_object_get_int64(json_object_array_get_idx(entry, 1))};
    }
}

static void add_tax_sum(const struct tax_sum *sum, struct text *json)
{
    text_json_comma(json);
    text_puts(json, "[");
    text_json_int(json, sum->rule.rate_ppm);
    text_puts(json, sum->rule.inclusive ? ",true," : ",false,");
    text_json_int(json, sum->base);
    for (size_t i = 0; i < sum->rule.parts.n; i++) {
        text_puts(json, ",");
        text_json_int(json, sum->rule.parts.share_ppm[i]);
    }
    text_puts(json, "]");
}

static void add_service_sum(const struct service_sum *sum, struct text *json)
{
    text_json_comma(json);
    text_puts(json, "[");
    text_json_int(json, sum->rate_ppm);
    text_puts(json, ",");
    text_json_int(json, sum->base);
    text_puts(json, "]");
}

static void add_flag(struct text *json, const char *key, bool value)
{
    if (value)
        text_json_member_bool(json, key, true);
}

const char *figures_sums_text(struct request *r, const struct session_sums *sums)
{
    struct text json;
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_key(&json, "taxes");
    text_puts(&json, "[");
    for (size_t i = 0; i < sums->table.n_taxes; i++)
        add_tax_sum(&sums->table.taxes[i], &json);
    text_puts(&json, "]");
    text_json_key(&json, "services");
    text_puts(&json, "[");
    for (size_t i = 0; i < sums->table.n_services; i++)
        add_service_sum(&sums->table.services[i], &json);
    text_puts(&json, "]");
    add_flag(&json, "service_waived", sums->service_waived);
    add_flag(&json, "has_credit", sums->has_credit);
    add_flag(&json, "has_split", sums->has_split);
    text_puts(&json, "}");
    return json.bytes;
}

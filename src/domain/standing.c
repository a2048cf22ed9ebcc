#include "domain/standing.h"

#include "domain/money.h"
#include "domain/spread.h"

#include <string.h>

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* Moves an order's value towards what is missing, within its bounds. */
static void take(struct standing_order *o, int64_t *missing)
{
    int64_t value = clamp(o->value + *missing, o->low, o->high);
    *missing -= value - o->value;
    o->value = value;
}

/* Makes the values add up to the target: changed orders first, then the newest. */
static void distribute(struct standing_order *orders, size_t n, int64_t target)
{
    int64_t missing = target;
    for (size_t i = 0; i < n; i++) {
        orders[i].value = orders[i].counts ? clamp(orders[i].value, orders[i].low, orders[i].high) : 0;
        missing -= orders[i].value;
    }
    for (int changed = 1; changed >= 0; changed--)
        for (size_t i = n; i-- > 0;)
            if (orders[i].counts && orders[i].is_changed == (changed == 1))
                take(&orders[i], &missing);
}

static bool settle_service(struct standing_order *orders, size_t n, int32_t rate_ppm)
{
    int64_t base = 0, target;
    for (size_t i = 0; i < n; i++) {
        struct standing_order *o = &orders[i];
        o->counts = o->terms->service_charge_ppm == rate_ppm;
        if (!o->counts)
            continue;
        o->value = o->figures.service_charge_amount;
        if (!money_add(base, o->figures.service_base, &base) ||
            !money_share_floor(o->figures.service_base, rate_ppm, RATE_ONE, &o->low) ||
            !money_share_ceiling(o->figures.service_base, rate_ppm, RATE_ONE, &o->high))
            return false;
    }
    if (!money_share(base, rate_ppm, RATE_ONE, &target))
        return false;
    distribute(orders, n, target);
    for (size_t i = 0; i < n; i++) {
        struct order_figures *f = &orders[i].figures;
        if (!orders[i].counts)
            continue;
        f->service_charge_amount = 0;
        if (!order_service_add(f, orders[i].terms, orders[i].value))
            return false;
    }
    return true;
}

/* The order's entry under the rule, NULL if it has none. */
static struct order_tax *entry(struct standing_order *o, const struct tax_rule *rule)
{
    for (size_t i = 0; i < o->figures.n_taxes; i++) {
        struct tax_rule own = order_tax_rule(o->terms, o->figures.taxes[i].rate_ppm);
        if (tax_rule_equal(&own, rule))
            return &o->figures.taxes[i];
    }
    return NULL;
}

static bool read_part(struct standing_order *o, const struct tax_rule *rule, size_t part, int64_t *base)
{
    const struct order_tax *tax = entry(o, rule);
    o->counts = tax != NULL;
    if (tax == NULL)
        return true;
    o->value = tax->parts[part];
    return money_add(*base, tax->taxable, base) && tax_part_floor(rule, part, tax->taxable, &o->low) &&
           tax_part_ceiling(rule, part, tax->taxable, &o->high);
}

static bool settle_part(struct standing_order *orders, size_t n, const struct tax_rule *rule, size_t part)
{
    int64_t base = 0, target;
    for (size_t i = 0; i < n; i++)
        if (!read_part(&orders[i], rule, part, &base))
            return false;
    if (!tax_part(rule, part, base, &target))
        return false;
    distribute(orders, n, target);
    for (size_t i = 0; i < n; i++)
        if (orders[i].counts)
            entry(&orders[i], rule)->parts[part] = orders[i].value;
    return true;
}

static bool is_first_with(struct standing_order *orders, size_t i, const struct tax_rule *rule)
{
    for (size_t k = 0; k < i; k++)
        if (entry(&orders[k], rule) != NULL)
            return false;
    return true;
}

static bool settle_taxes(struct standing_order *orders, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < orders[i].figures.n_taxes; k++) {
            struct tax_rule rule = order_tax_rule(orders[i].terms, orders[i].figures.taxes[k].rate_ppm);
            if (!is_first_with(orders, i, &rule))
                continue;
            for (size_t part = 0; part < rule.parts.n; part++)
                if (!settle_part(orders, n, &rule, part))
                    return false;
        }
    }
    return true;
}

static bool is_first_service(const struct standing_order *orders, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (orders[k].terms->service_charge_ppm == orders[i].terms->service_charge_ppm)
            return false;
    return true;
}

bool table_settle(struct standing_order *orders, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_first_service(orders, i) && !settle_service(orders, n, orders[i].terms->service_charge_ppm))
            return false;
    if (!settle_taxes(orders, n))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!order_figures_sum(&orders[i].figures, orders[i].terms, &orders[i].extras))
            return false;
    return true;
}

void order_carry_over(struct order_figures *f, const struct order_figures *settled, const struct order_terms *terms)
{
    f->service_charge_amount = settled->service_charge_amount;
    if (f->service_base > 0 && terms->service_tax_rate_ppm != NO_RATE)
        order_tax_at(f, terms->service_tax_rate_ppm);
    for (size_t i = 0; i < settled->n_taxes; i++)
        for (size_t k = 0; k < f->n_taxes; k++)
            if (f->taxes[k].rate_ppm == settled->taxes[i].rate_ppm)
                memcpy(f->taxes[k].parts, settled->taxes[i].parts, sizeof f->taxes[k].parts);
}

void order_service_out(struct order_figures *f, const struct order_terms *terms)
{
    if (terms->service_tax_rate_ppm == NO_RATE || f->service_charge_amount == 0)
        return;
    struct order_tax *tax = order_tax_at(f, terms->service_tax_rate_ppm);
    tax->taxable -= f->service_charge_amount;
    tax->charged -= f->service_charge_amount;
}

/* The tax in `given` at the rate, within what the order bears. */
static int64_t tax_in(const struct order_tax *tax, const struct order_terms *terms, int64_t given)
{
    int64_t amount = 0, net = terms->prices_include_tax ? tax->charged - tax->amount : tax->charged;
    if (!money_share(given, tax->rate_ppm, RATE_ONE + tax->rate_ppm, &amount))
        amount = 0; /* cannot be: it is less than given */
    return clamp(amount, clamp(given - net, 0, tax->amount), tax->amount);
}

static void lower_tax(struct order_tax *tax, const struct order_terms *terms, int64_t given, struct order_figures *f)
{
    int64_t in_it = tax_in(tax, terms, given), parts[TAX_PARTS_MAX];
    int64_t net = given - (terms->prices_include_tax ? 0 : in_it);
    spread_by_weight(in_it, tax->parts, terms->parts.n, parts);
    for (size_t i = 0; i < terms->parts.n; i++)
        tax->parts[i] -= parts[i];
    tax->taxable = tax->taxable > net ? tax->taxable - net : 0;
    tax->charged -= net;
    f->discount_amount += net;
}

void order_give_back(struct order_figures *f, const struct order_terms *terms, const struct order_extras *extras,
                     int64_t of_sale, int64_t of_tip)
{
    int64_t weights[ORDER_TAXES_MAX + 1], parts[ORDER_TAXES_MAX + 1], sale = 0;
    size_t untaxed = f->n_taxes;
    weights[untaxed] = terms->service_tax_rate_ppm == NO_RATE ? f->service_charge_amount : 0;
    for (size_t i = 0; i < f->n_taxes; i++)
        weights[i] = f->taxes[i].charged + (terms->prices_include_tax ? 0 : f->taxes[i].amount);
    for (size_t i = 0; i <= untaxed; i++)
        sale += weights[i];
    spread_by_weight(clamp(of_sale, 0, sale), weights, untaxed + 1, parts);
    for (size_t i = 0; i < f->n_taxes; i++)
        lower_tax(&f->taxes[i], terms, parts[i], f);
    f->discount_amount += parts[untaxed];
    f->tip_given_back = clamp(of_tip, 0, extras->tip_amount);
    order_figures_sum(f, terms, extras); /* fits: it has become less */
}

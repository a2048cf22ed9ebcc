#include "domain/order_total.h"

#include "domain/money.h"
#include "domain/spread.h"

#include <string.h>

struct tax_rule order_tax_rule(const struct order_terms *terms, int32_t rate_ppm)
{
    return (struct tax_rule){rate_ppm, terms->prices_include_tax, terms->parts};
}

struct order_tax *order_tax_at(struct order_figures *f, int32_t rate_ppm)
{
    size_t i = 0;
    while (i < f->n_taxes && f->taxes[i].rate_ppm < rate_ppm)
        i++;
    if (i == f->n_taxes || f->taxes[i].rate_ppm != rate_ppm) {
        memmove(&f->taxes[i + 1], &f->taxes[i], (f->n_taxes - i) * sizeof f->taxes[0]);
        f->taxes[i] = (struct order_tax){.rate_ppm = rate_ppm};
        f->n_taxes++;
    }
    return &f->taxes[i];
}

static enum order_total_fault price_line(struct order_figures *f, struct order_line_amounts *line)
{
    int64_t each;
    line->discount = 0;
    if (!money_add(line->price, line->modifiers, &each))
        return ORDER_TOTAL_LINE_OVERFLOW;
    if (each < 0)
        return ORDER_TOTAL_LINE_NEGATIVE;
    if (!money_multiply(each, line->quantity, &line->subtotal))
        return ORDER_TOTAL_LINE_OVERFLOW;
    return money_add(f->subtotal, line->subtotal, &f->subtotal) ? ORDER_TOTAL_OK : ORDER_TOTAL_OVERFLOW;
}

/* What of the discount falls to lines that come to `left`. */
static int64_t cut(const struct order_discount *discount, int64_t left)
{
    int64_t amount = discount->amount;
    if (discount->rate_ppm != NO_RATE && !money_share(left, discount->rate_ppm, RATE_ONE, &amount))
        amount = left; /* cannot be: a rate is at most RATE_ONE */
    return amount < left ? amount : left;
}

static void apply_discount(const struct order_discount *discount, struct order_line_amounts *lines, size_t n,
                           struct order_figures *f)
{
    int64_t left[ORDER_LINES_MAX] = {0}, parts[ORDER_LINES_MAX] = {0}, whole = 0;
    for (size_t i = 0; i < n; i++) {
        left[i] = discount->line == WHOLE_ORDER || discount->line == i ? lines[i].subtotal - lines[i].discount : 0;
        whole += left[i];
    }
    int64_t amount = cut(discount, whole);
    spread_by_weight(amount, left, n, parts);
    for (size_t i = 0; i < n; i++)
        lines[i].discount += parts[i];
    f->discount_amount += amount;
}

enum order_total_fault order_bases_compute(struct order_line_amounts *lines, size_t n,
                                           const struct order_discount *discounts, size_t n_discounts,
                                           const struct order_terms *terms, struct order_figures *f, size_t *line)
{
    *f = (struct order_figures){0};
    for (size_t i = 0; i < n; i++) {
        enum order_total_fault fault = price_line(f, &lines[i]);
        if (fault != ORDER_TOTAL_OK) {
            *line = i;
            return fault;
        }
    }
    for (size_t i = 0; i < n_discounts; i++)
        apply_discount(&discounts[i], lines, n, f);
    for (size_t i = 0; i < n; i++) {
        if (lines[i].quantity == 0)
            continue;
        struct order_tax *tax = order_tax_at(f, lines[i].tax_rate_ppm);
        tax->charged += lines[i].subtotal - lines[i].discount;
        tax->taxable += lines[i].subtotal - (terms->discount_reduces_tax ? lines[i].discount : 0);
    }
    f->service_base = terms->service_charge_ppm > 0 ? f->subtotal - f->discount_amount : 0;
    return ORDER_TOTAL_OK;
}

bool order_service_add(struct order_figures *f, const struct order_terms *terms, int64_t amount)
{
    if (!money_add(f->service_charge_amount, amount, &f->service_charge_amount))
        return false;
    if (terms->service_tax_rate_ppm == NO_RATE || amount == 0)
        return true;
    struct order_tax *tax = order_tax_at(f, terms->service_tax_rate_ppm);
    tax->charged += amount;
    return money_add(tax->taxable, amount, &tax->taxable);
}

/* The service charge: what the order moves the table's by. */
static bool charge_service(struct order_figures *f, const struct order_terms *terms, const struct table_sums *table)
{
    int64_t before = table_service_base(table, terms->service_charge_ppm), was, is, after;
    if (f->service_base == 0)
        return true;
    if (!money_add(before, f->service_base, &after) ||
        !money_share(before, terms->service_charge_ppm, RATE_ONE, &was) ||
        !money_share(after, terms->service_charge_ppm, RATE_ONE, &is))
        return false;
    return order_service_add(f, terms, is - was);
}

static bool charge_tax(struct order_tax *tax, const struct order_terms *terms, const struct table_sums *table)
{
    struct tax_rule rule = order_tax_rule(terms, tax->rate_ppm);
    int64_t before = table_base(table, &rule), after, was, is;
    if (!money_add(before, tax->taxable, &after))
        return false;
    for (size_t i = 0; i < rule.parts.n; i++) {
        if (!tax_part(&rule, i, before, &was) || !tax_part(&rule, i, after, &is))
            return false;
        tax->parts[i] = is - was;
    }
    return true;
}

bool order_figures_sum(struct order_figures *f, const struct order_terms *terms, const struct order_extras *extras)
{
    f->tax_amount = 0;
    for (size_t i = 0; i < f->n_taxes; i++) {
        struct order_tax *tax = &f->taxes[i];
        tax->amount = 0;
        for (size_t k = 0; k < terms->parts.n; k++)
            if (!money_add(tax->amount, tax->parts[k], &tax->amount))
                return false;
        if (!money_add(f->tax_amount, tax->amount, &f->tax_amount))
            return false;
    }
    f->total_amount = f->subtotal - f->discount_amount;
    return money_add(f->total_amount, f->service_charge_amount, &f->total_amount) &&
           money_add(f->total_amount, terms->prices_include_tax ? 0 : f->tax_amount, &f->total_amount) &&
           money_add(f->total_amount, extras->tip_amount - f->tip_given_back, &f->total_amount) &&
           money_add(f->total_amount, -extras->deposit_used, &f->total_amount);
}

void order_fit_deposit(struct order_figures *f, struct order_extras *extras)
{
    if (f->total_amount >= 0)
        return;
    extras->deposit_used += f->total_amount;
    f->total_amount = 0;
}

enum order_total_fault order_total_compute(struct order_line_amounts *lines, size_t n, int64_t discount_amount,
                                           const struct order_extras *extras, const struct order_terms *terms,
                                           const struct table_sums *table, struct order_figures *f, size_t *line)
{
    const struct order_discount discount = {discount_amount, NO_RATE, WHOLE_ORDER};
    enum order_total_fault fault = order_bases_compute(lines, n, &discount, 1, terms, f, line);
    if (fault != ORDER_TOTAL_OK)
        return fault;
    if (f->discount_amount < discount_amount)
        return ORDER_TOTAL_DISCOUNT;
    bool fits = charge_service(f, terms, table);
    for (size_t i = 0; fits && i < f->n_taxes; i++)
        fits = charge_tax(&f->taxes[i], terms, table);
    if (!fits || !order_figures_sum(f, terms, extras))
        return ORDER_TOTAL_OVERFLOW;
    return f->total_amount < 0 ? ORDER_TOTAL_NEGATIVE : ORDER_TOTAL_OK;
}

/* All rounded up, or all down: as far as it can go. */
static bool total_rounded(const struct order_figures *figures, const struct order_terms *terms,
                          const struct order_extras *extras, bool up, int64_t *total)
{
    bool (*const share)(int64_t, int64_t, int64_t, int64_t *) = up ? money_share_ceiling : money_share_floor;
    bool (*const part)(const struct tax_rule *, size_t, int64_t, int64_t *) = up ? tax_part_ceiling : tax_part_floor;
    struct order_figures f = *figures;
    int64_t service;
    if (!share(f.service_base, terms->service_charge_ppm, RATE_ONE, &service) ||
        !order_service_add(&f, terms, service - f.service_charge_amount))
        return false;
    for (size_t i = 0; i < f.n_taxes; i++) {
        struct tax_rule rule = order_tax_rule(terms, f.taxes[i].rate_ppm);
        for (size_t k = 0; k < rule.parts.n; k++)
            if (!part(&rule, k, f.taxes[i].taxable, &f.taxes[i].parts[k]))
                return false;
    }
    bool fits = order_figures_sum(&f, terms, extras);
    *total = f.total_amount;
    return fits;
}

bool order_total_may_be(const struct order_figures *figures, const struct order_terms *terms,
                        const struct order_extras *extras, int64_t total)
{
    int64_t least, most;
    return total_rounded(figures, terms, extras, false, &least) && total_rounded(figures, terms, extras, true, &most) &&
           least <= total && total <= most;
}

static void move_sums(struct table_sums *table, const struct order_figures *f, const struct order_terms *terms,
                      int64_t sign)
{
    for (size_t i = 0; i < f->n_taxes; i++) {
        struct tax_rule rule = order_tax_rule(terms, f->taxes[i].rate_ppm);
        table_add(table, &rule, sign * f->taxes[i].taxable);
    }
    if (f->service_base != 0)
        table_add_service(table, terms->service_charge_ppm, sign * f->service_base);
}

void order_join_table(struct table_sums *table, const struct order_figures *f, const struct order_terms *terms)
{
    move_sums(table, f, terms, 1);
}

void order_leave_table(struct table_sums *table, const struct order_figures *f, const struct order_terms *terms)
{
    move_sums(table, f, terms, -1);
}

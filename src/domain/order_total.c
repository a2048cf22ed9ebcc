#include "domain/order_total.h"

#include "domain/money.h"

#include <stdbool.h>
#include <string.h>

/* The entry for the rate, inserted in rising order if it is new. */
static struct order_tax *tax_of_rate(struct order_figures *f, int32_t rate_ppm)
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

static enum order_total_fault add_line(struct order_figures *f, struct order_line_amounts *line)
{
    int64_t each;
    if (!money_add(line->price, line->modifiers, &each))
        return ORDER_TOTAL_LINE_OVERFLOW;
    if (each < 0)
        return ORDER_TOTAL_LINE_NEGATIVE;
    if (!money_multiply(each, line->quantity, &line->subtotal))
        return ORDER_TOTAL_LINE_OVERFLOW;
    struct order_tax *tax = tax_of_rate(f, line->tax_rate_ppm);
    if (!money_add(f->subtotal, line->subtotal, &f->subtotal) ||
        !money_add(tax->taxable, line->subtotal, &tax->taxable))
        return ORDER_TOTAL_OVERFLOW;
    return ORDER_TOTAL_OK;
}

enum order_total_fault order_total_compute(struct order_line_amounts *lines, size_t n,
                                           const struct order_adjustments *adjustments, int prices_include_tax,
                                           struct order_figures *figures, size_t *line)
{
    *figures = (struct order_figures){0};
    for (size_t i = 0; i < n; i++) {
        enum order_total_fault fault = add_line(figures, &lines[i]);
        if (fault != ORDER_TOTAL_OK) {
            *line = i;
            return fault;
        }
    }
    for (size_t i = 0; i < figures->n_taxes; i++) {
        struct order_tax *tax = &figures->taxes[i];
        int64_t whole = prices_include_tax ? RATE_ONE + tax->rate_ppm : RATE_ONE;
        if (!money_share(tax->taxable, tax->rate_ppm, whole, &tax->amount) ||
            !money_add(figures->tax_amount, tax->amount, &figures->tax_amount))
            return ORDER_TOTAL_OVERFLOW;
    }
    int64_t total = figures->subtotal;
    bool fits = money_add(total, prices_include_tax ? 0 : figures->tax_amount, &total) &&
                money_add(total, adjustments->tip_amount, &total) &&
                money_add(total, -adjustments->discount_amount, &total) &&
                money_add(total, -adjustments->deposit_used, &total);
    if (!fits)
        return ORDER_TOTAL_OVERFLOW;
    if (total < 0)
        return ORDER_TOTAL_NEGATIVE;
    figures->total_amount = total;
    return ORDER_TOTAL_OK;
}

#include "domain/line_share.h"

#include "domain/spread.h"

static int64_t left_of(const struct line_share *s)
{
    return s->subtotal - s->discount;
}

static void share_rest_of_discount(int64_t discount_amount, size_t n, struct line_share *out)
{
    int64_t weights[ORDER_LINES_MAX] = {0}, parts[ORDER_LINES_MAX] = {0}, whole = 0;
    for (size_t i = 0; i < n; i++) {
        discount_amount -= out[i].discount;
        weights[i] = left_of(&out[i]);
        whole += weights[i];
    }
    if (discount_amount <= 0)
        return;
    spread_by_weight(discount_amount < whole ? discount_amount : whole, weights, n, parts);
    for (size_t i = 0; i < n; i++)
        out[i].discount += parts[i];
}

static void share_tax(const struct order_tax *tax, const struct order_line_amounts *lines, size_t n, int64_t service,
                      struct line_share *out)
{
    int64_t weights[ORDER_LINES_MAX + 1] = {0}, parts[ORDER_LINES_MAX + 1] = {0};
    for (size_t i = 0; i < n; i++)
        weights[i] = lines[i].tax_rate_ppm == tax->rate_ppm ? left_of(&out[i]) : 0;
    weights[n] = service;
    spread_by_weight(tax->amount, weights, n + 1, parts);
    for (size_t i = 0; i < n; i++)
        out[i].tax += parts[i];
}

void order_lines_share(const struct order_line_amounts *lines, size_t n, const struct order_figures *f,
                       const struct order_terms *terms, struct line_share *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (struct line_share){
            .quantity = lines[i].quantity, .subtotal = lines[i].subtotal, .discount = lines[i].discount};
    share_rest_of_discount(f->discount_amount, n, out);
    for (size_t i = 0; i < f->n_taxes; i++)
        share_tax(&f->taxes[i], lines, n,
                  f->taxes[i].rate_ppm == terms->service_tax_rate_ppm ? f->service_charge_amount : 0, out);
}

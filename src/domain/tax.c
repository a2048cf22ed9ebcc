#include "domain/tax.h"

#include "domain/money.h"

const struct tax_parts tax_undivided = {1, {RATE_ONE}};

bool tax_rule_equal(const struct tax_rule *a, const struct tax_rule *b)
{
    bool equal = a->rate_ppm == b->rate_ppm && a->inclusive == b->inclusive && a->parts.n == b->parts.n;
    for (size_t i = 0; equal && i < a->parts.n; i++)
        equal = a->parts.share_ppm[i] == b->parts.share_ppm[i];
    return equal;
}

static int64_t numerator(const struct tax_rule *rule, size_t part)
{
    return (int64_t)rule->rate_ppm * rule->parts.share_ppm[part];
}

static int64_t denominator(const struct tax_rule *rule)
{
    return (int64_t)(rule->inclusive ? RATE_ONE + rule->rate_ppm : RATE_ONE) * RATE_ONE;
}

bool tax_part(const struct tax_rule *rule, size_t part, int64_t base, int64_t *out)
{
    return money_share(base, numerator(rule, part), denominator(rule), out);
}

bool tax_part_floor(const struct tax_rule *rule, size_t part, int64_t base, int64_t *out)
{
    return money_share_floor(base, numerator(rule, part), denominator(rule), out);
}

bool tax_part_ceiling(const struct tax_rule *rule, size_t part, int64_t base, int64_t *out)
{
    return money_share_ceiling(base, numerator(rule, part), denominator(rule), out);
}

static size_t find_tax(const struct table_sums *sums, const struct tax_rule *rule)
{
    size_t i = 0;
    while (i < sums->n_taxes && !tax_rule_equal(&sums->taxes[i].rule, rule))
        i++;
    return i;
}

static size_t find_service(const struct table_sums *sums, int32_t rate_ppm)
{
    size_t i = 0;
    while (i < sums->n_services && sums->services[i].rate_ppm != rate_ppm)
        i++;
    return i;
}

int64_t table_base(const struct table_sums *sums, const struct tax_rule *rule)
{
    size_t i = find_tax(sums, rule);
    return i < sums->n_taxes ? sums->taxes[i].base : 0;
}

int64_t table_service_base(const struct table_sums *sums, int32_t rate_ppm)
{
    size_t i = find_service(sums, rate_ppm);
    return i < sums->n_services ? sums->services[i].base : 0;
}

void table_add(struct table_sums *sums, const struct tax_rule *rule, int64_t amount)
{
    size_t i = find_tax(sums, rule);
    if (i == sums->n_taxes)
        sums->taxes[sums->n_taxes++] = (struct tax_sum){*rule, 0};
    sums->taxes[i].base += amount;
    if (sums->taxes[i].base == 0)
        sums->taxes[i] = sums->taxes[--sums->n_taxes];
}

void table_add_service(struct table_sums *sums, int32_t rate_ppm, int64_t amount)
{
    size_t i = find_service(sums, rate_ppm);
    if (i == sums->n_services)
        sums->services[sums->n_services++] = (struct service_sum){rate_ppm, 0};
    sums->services[i].base += amount;
    if (sums->services[i].base == 0)
        sums->services[i] = sums->services[--sums->n_services];
}

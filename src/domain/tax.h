/* Tax at one rate, with its parts: in India half of each rate is CGST and half
 * SGST, and each half is rounded by itself (CGST act 2017, s. 170).
 *
 * Rounding is a table's, not an order's: with B the sum of what all standing
 * documents of the table come to at a rate, the tax of the table is round(rate * B),
 * halves away from zero (EN 16931, BT-117: tax = base * rate). What a document bears
 * is what it moves this by. Amounts in minor units, rates in millionths. */
#ifndef OZ_DOMAIN_TAX_H
#define OZ_DOMAIN_TAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TAX_PARTS_MAX = 4 };

/* How a rate is divided: shares of it in millionths, which add up to RATE_ONE. One
 * share of RATE_ONE where it is not divided. */
struct tax_parts {
    size_t n;
    int32_t share_ppm[TAX_PARTS_MAX];
};

struct tax_rule {
    int32_t rate_ppm;
    bool inclusive; /* the prices hold the tax */
    struct tax_parts parts;
};

extern const struct tax_parts tax_undivided;

bool tax_rule_equal(const struct tax_rule *a, const struct tax_rule *b);

/* A part of the tax on a base of at least zero, rounded halves up; false beyond
 * MONEY_MAX. */
bool tax_part(const struct tax_rule *rule, size_t part, int64_t base, int64_t *out);
/* The same, rounded down and up. */
bool tax_part_floor(const struct tax_rule *rule, size_t part, int64_t base, int64_t *out);
bool tax_part_ceiling(const struct tax_rule *rule, size_t part, int64_t base, int64_t *out);

/* What a table's documents come to at one rule, or for a service charge at one rate. */
struct tax_sum {
    struct tax_rule rule;
    int64_t base;
};
struct service_sum {
    int32_t rate_ppm;
    int64_t base;
};

/* The sums of a table: B for each rule that its documents have. The arrays belong to
 * the caller and have room for what is added. */
struct table_sums {
    struct tax_sum *taxes;
    size_t n_taxes;
    struct service_sum *services;
    size_t n_services;
};

/* The sum at the rule or rate; zero where there is none. */
int64_t table_base(const struct table_sums *sums, const struct tax_rule *rule);
int64_t table_service_base(const struct table_sums *sums, int32_t rate_ppm);
/* Adds to it; amounts may be below zero. An entry that comes to zero is dropped. */
void table_add(struct table_sums *sums, const struct tax_rule *rule, int64_t amount);
void table_add_service(struct table_sums *sums, int32_t rate_ppm, int64_t amount);

#endif

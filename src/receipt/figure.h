/* Amounts and rates as text. */
#ifndef OZ_RECEIPT_FIGURE_H
#define OZ_RECEIPT_FIGURE_H

#include <stdint.h>

struct arena;

enum { FIGURE_EXPONENT_MAX = 4 };

/* "−1,234.50": exponent is 0 to FIGURE_EXPONENT_MAX. The minus is U+2212. */
const char *figure_amount(struct arena *arena, int64_t amount, int exponent);

/* Millionths as percent, with the decimals that it has: "8.875 %". */
const char *figure_rate(struct arena *arena, int64_t rate_ppm);

#endif

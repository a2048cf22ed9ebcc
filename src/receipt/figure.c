#include "receipt/figure.h"

#include "base/arena.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char minus[] = "\xe2\x88\x92";
enum { PPM_DECIMALS = 4, GROUP = 3 }; /* 1 % is 10^4 millionths */

/* The digits of the amount without its sign, at least one before the point. */
static int digits_of(int64_t amount, int exponent, char *out, size_t size)
{
    uint64_t magnitude = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
    return snprintf(out, size, "%0*" PRIu64, exponent + 1, magnitude);
}

const char *figure_amount(struct arena *arena, int64_t amount, int exponent)
{
    char digits[32];
    struct text out;
    int whole = digits_of(amount, exponent, digits, sizeof digits) - exponent;
    text_init(&out, arena);
    text_puts(&out, amount < 0 ? minus : "");
    for (int i = 0; i < whole; i++) {
        text_puts(&out, i > 0 && (whole - i) % GROUP == 0 ? "," : "");
        text_add(&out, &digits[i], 1);
    }
    text_puts(&out, exponent > 0 ? "." : "");
    text_puts(&out, digits + whole);
    return out.bytes;
}

const char *figure_rate(struct arena *arena, int64_t rate_ppm)
{
    char digits[32];
    int whole = digits_of(rate_ppm, PPM_DECIMALS, digits, sizeof digits) - PPM_DECIMALS;
    int decimals = PPM_DECIMALS;
    while (decimals > 0 && digits[whole + decimals - 1] == '0')
        decimals--;
    return arena_printf(arena, "%s%.*s%s%.*s %%", rate_ppm < 0 ? minus : "", whole, digits, decimals > 0 ? "." : "",
                        decimals, digits + whole);
}

#include "base/decimal.h"

#include "base/arena.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PERCENT_DECIMALS = 4 }; /* 1 % is 10^4 millionths */

const char *decimal_text(struct arena *arena, int64_t value, int decimals)
{
    char digits[32]; /* at least one before the point */
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int shown = decimals > 0 ? decimals : 0;
    int whole = snprintf(digits, sizeof digits, "%0*" PRIu64, shown + 1, magnitude) - shown;
    return arena_printf(arena, "%s%.*s%s%s", value < 0 ? "-" : "", whole, digits, shown > 0 ? "." : "", digits + whole);
}

const char *decimal_percent(struct arena *arena, int64_t ppm)
{
    const char *text = decimal_text(arena, ppm, PERCENT_DECIMALS);
    size_t len = strlen(text);
    while (text[len - 1] == '0')
        len--;
    return arena_strndup(arena, text, text[len - 1] == '.' ? len - 1 : len);
}

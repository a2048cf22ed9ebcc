#include "receipt/figure.h"

#include "base/arena.h"
#include "base/decimal.h"
#include "base/text.h"

#include <string.h>

static const char minus[] = "\xe2\x88\x92";
enum { GROUP = 3 };

const char *figure_amount(struct arena *arena, int64_t amount, int exponent)
{
    const char *digits = decimal_text(arena, amount, exponent);
    struct text out;
    text_init(&out, arena);
    if (*digits == '-') {
        text_puts(&out, minus);
        digits++;
    }
    size_t whole = strcspn(digits, ".");
    for (size_t i = 0; i < whole; i++) {
        text_puts(&out, i > 0 && (whole - i) % GROUP == 0 ? "," : "");
        text_add(&out, &digits[i], 1);
    }
    text_puts(&out, digits + whole);
    return out.bytes;
}

const char *figure_rate(struct arena *arena, int64_t rate_ppm)
{
    const char *percent = decimal_percent(arena, rate_ppm);
    bool below = *percent == '-';
    return arena_printf(arena, "%s%s %%", below ? minus : "", percent + below);
}

#include "domain/card_number.h"

#include <ctype.h>
#include <stddef.h>

enum { DIGITS_MIN = 13, DIGITS_MAX = 19 };

static bool passes_luhn(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = digits[n - 1 - i] - '0';
        if (i % 2 == 1)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return sum % 10 == 0;
}

/* Whether a card number begins with the group of digits at p and ends with
 * this group or a later one, with single spaces or hyphens between them. */
static bool begins_at(const char *p)
{
    char digits[DIGITS_MAX];
    size_t n = 0;
    for (;;) {
        for (; isdigit((unsigned char)*p); p++, n++) {
            if (n == DIGITS_MAX)
                return false;
            digits[n] = *p;
        }
        if (n >= DIGITS_MIN && passes_luhn(digits, n))
            return true;
        if ((*p != ' ' && *p != '-') || !isdigit((unsigned char)p[1]))
            return false;
        p++;
    }
}

bool card_number_in(const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        if (isdigit((unsigned char)*p) && (p == text || !isdigit((unsigned char)p[-1])) && begins_at(p))
            return true;
    return false;
}

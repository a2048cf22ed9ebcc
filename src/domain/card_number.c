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

bool card_number_in(const char *text)
{
    char digits[DIGITS_MAX];
    size_t n = 0; /* of the run; more than DIGITS_MAX is no card number */
    for (const char *p = text;; p++) {
        if (isdigit((unsigned char)*p)) {
            if (n < DIGITS_MAX)
                digits[n] = *p;
            n++;
            continue;
        }
        if ((*p == ' ' || *p == '-') && n > 0 && isdigit((unsigned char)p[1]))
            continue;
        if (n >= DIGITS_MIN && n <= DIGITS_MAX && passes_luhn(digits, n))
            return true;
        n = 0;
        if (*p == '\0')
            return false;
    }
}

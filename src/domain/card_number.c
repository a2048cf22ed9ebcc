#include "domain/card_number.h"

#include <ctype.h>
#include <stddef.h>

enum { DIGITS_MIN = 12, DIGITS_MAX = 19 };

/* What numbers of the networks begin with, and how long these are: as they
 * publish them, and as compiled at en.wikipedia.org/wiki/Payment_card_number. */
/* clang-format off */
static const struct issuer {
    int prefix_len, first, last, digits_min, digits_max;
} issuers[] = {
    {1, 4, 4, 13, 13}, {1, 4, 4, 16, 16}, {1, 4, 4, 19, 19}, /* Visa */
    {2, 51, 55, 16, 16}, {4, 2221, 2720, 16, 16}, /* Mastercard */
    {2, 34, 34, 15, 15}, {2, 37, 37, 15, 15}, /* American Express */
    {4, 6011, 6011, 16, 19}, {3, 644, 649, 16, 19}, {2, 65, 65, 16, 19}, /* Discover */
    {2, 36, 36, 14, 19}, {2, 38, 39, 14, 19}, {3, 300, 305, 14, 19}, {4, 3095, 3095, 14, 19}, /* Diners Club */
    {4, 3528, 3589, 16, 19}, /* JCB */
    {2, 62, 62, 16, 19}, {2, 81, 81, 16, 19}, /* UnionPay */
    {2, 50, 50, 12, 19}, {2, 56, 58, 12, 19}, {1, 6, 6, 12, 19}, /* Maestro */
    {2, 82, 82, 16, 16}, /* RuPay, whose 60, 65, 81 and 508 are among the others */
    {4, 2200, 2204, 16, 19}, /* Mir */
};
/* clang-format on */

static bool begins_as_an_issuers(const char *digits, size_t n)
{
    for (size_t i = 0; i < sizeof issuers / sizeof issuers[0]; i++) {
        const struct issuer *issuer = &issuers[i];
        int prefix = 0;
        for (int k = 0; k < issuer->prefix_len; k++)
            prefix = prefix * 10 + digits[k] - '0';
        if (prefix >= issuer->first && prefix <= issuer->last && (int)n >= issuer->digits_min &&
            (int)n <= issuer->digits_max)
            return true;
    }
    return false;
}

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
        if (n >= DIGITS_MIN && begins_as_an_issuers(digits, n) && passes_luhn(digits, n))
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

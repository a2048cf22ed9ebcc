/* domain/currency: the decimals of ISO 4217, and what is no currency. */
#include "unit.h"

#include "domain/currency.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void test_decimals(void **state)
{
    static const struct {
        const char *code;
        int exponent;
    } some[] = {
        {"EUR", 2}, {"INR", 2}, {"USD", 2}, {"CHF", 2}, {"MGA", 2}, {"MRU", 2}, {"XCG", 2}, {"ZWG", 2}, {"AED", 2},
        {"JPY", 0}, {"KRW", 0}, {"CLP", 0}, {"VND", 0}, {"ISK", 0}, {"BIF", 0}, {"XPF", 0}, {"UGX", 0}, {"XAF", 0},
        {"BHD", 3}, {"KWD", 3}, {"IQD", 3}, {"TND", 3}, {"JOD", 3}, {"LYD", 3}, {"OMR", 3}, {"CLF", 4}, {"UYW", 4},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(some); i++)
        CHECK(currency_exponent(some[i].code) == some[i].exponent, "%s: %d", some[i].code,
              currency_exponent(some[i].code));
}

static void test_none(void **state)
{
    static const char *const none[] = {"",    "E",   "EU",  "EURO", "eur", "Eur", "EUR ", " EU", "UR ", "R G", "ABC",
                                       "ZZZ", "XXX", "XTS", "XAU",  "XDR", "DEM", "ITL",  "HRK", "123", "E1R", "€"};
    (void)state;
    for (size_t i = 0; i < LENGTH(none); i++)
        CHECK(currency_exponent(none[i]) == -1, "'%s': %d", none[i], currency_exponent(none[i]));
}

/* Every code of Debian's list (package iso-codes) is one of ours, but for those
 * without a minor unit and those that were withdrawn since. */
static void test_the_codes_are_debians(void **state)
{
    static const char *const left_out = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX "
                                        "ANG BGN CUC HRK SLL ZWL ";
    static const char begin[] = "\"alpha_3\": \"";
    FILE *file = fopen("/usr/share/iso-codes/json/iso_4217.json", "r");
    char line[256];
    int n = 0, known = 0;
    (void)state;
    if (file == NULL)
        fail_msg("iso-codes is not installed");
    while (fgets(line, sizeof line, file) != NULL) {
        char *code = strstr(line, begin);
        if (code == NULL)
            continue;
        code += sizeof begin - 1;
        code[3] = '\0';
        bool out = strstr(left_out, code) != NULL;
        CHECK(out == (currency_exponent(code) < 0), "%s", code);
        n++;
        known += !out;
    }
    fclose(file);
    CHECK(n > 170 && known > 150, "%d of %d", known, n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decimals),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_the_codes_are_debians),
    };
    return cmocka_run_group_tests_name("currency", tests, NULL, NULL);
}

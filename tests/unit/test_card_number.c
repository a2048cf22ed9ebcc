/* domain/card_number: the networks' published test numbers are found however
 * people write them; other digits are left alone. */
#include "unit.h"

#include "domain/card_number.h"

#include <stdio.h>
#include <string.h>

/* 12 to 19 digits, each beginning as an issuer's and passing the Luhn check. */
static const char *const numbers[] = {
    "4222222222222",                                                                      /* Visa, 13 */
    "30569309025904",                                                                     /* Diners Club, 14 */
    "378282246310005",                                                                    /* American Express, 15 */
    "371449635398431",     "4111111111111111",                                            /* Visa, 16 */
    "4000056655665556",    "5555555555554444",                                            /* Mastercard */
    "2223003122003222",    "6011111111111117",                                            /* Discover */
    "3530111333300000",                                                                   /* JCB */
    "6200000000000005",                                                                   /* UnionPay */
    "6759649826438453",                                                                   /* Maestro */
    "621234567890123457",                                                                 /* 18 */
    "6799990100000000019",                                                                /* Maestro, 19 */
    "501800000009",        "6763946698971",                                               /* 12 and 13 */
    "6521111111111110",    "8100000000000002",                                            /* RuPay */
    "5085000000000007",    "8200000000000001", "2200000000000053", "2204000000000000006", /* Mir */
    "36227206271667",      "30950000000000",                                              /* Diners Club */
    "3589000000000000009",                                                                /* JCB, 19 */
    "4000000000000000006",                                                                /* Visa, 19 */
};

static void test_networks(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(numbers); i++)
        CHECK(card_number_in(numbers[i]), "%s passed", numbers[i]);
}

/* Every other last digit fails the check. */
static void test_luhn(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        char number[20];
        size_t last = strlen(numbers[i]) - 1;
        strcpy(number, numbers[i]);
        for (int d = 0; d < 10; d++) {
            number[last] = (char)('0' + d);
            CHECK(card_number_in(number) == (number[last] == numbers[i][last]), "%s", number);
        }
    }
}

static void spread(const char *number, size_t group, char separator, char *out)
{
    for (size_t i = 0; number[i] != '\0'; i++) {
        if (i > 0 && i % group == 0)
            *out++ = separator;
        *out++ = number[i];
    }
    *out = '\0';
}

static void test_groups_with_spaces_or_hyphens(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        for (size_t group = 1; group <= 6; group++) {
            char text[64];
            spread(numbers[i], group, ' ', text);
            CHECK(card_number_in(text), "%s passed", text);
            spread(numbers[i], group, '-', text);
            CHECK(card_number_in(text), "%s passed", text);
        }
    }
    assert_true(card_number_in("3782 822463 10005"));
    assert_true(card_number_in("4111-1111 1111-1111"));
}

static void test_in_a_text(void **state)
{
    static const char *const before[] = {"", "card: ", "no.", "x", "#", "a-", " - ", "\xe2\x82\xb9", "12, ", "(", "\n"};
    static const char *const behind[] = {"", " please", ".", "x", ")", "-", " -", "/12", ", 27", "\n", "\xc2\xa0"};
    (void)state;
    for (size_t i = 0; i < LENGTH(before); i++) {
        for (size_t k = 0; k < LENGTH(behind); k++) {
            char text[128];
            snprintf(text, sizeof text, "%s4111 1111 1111 1111%s", before[i], behind[k]);
            CHECK(card_number_in(text), "'%s' passed", text);
        }
    }
    assert_true(card_number_in("first 4111111111111112, then 4111111111111111"));
}

static void test_what_is_none(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "-",
        "no onions, please",
        "table 12, 4 guests, 18:30",
        "411111111117",         /* 12 digits that pass */
        "41111111111111111115", /* 20 digits that pass */
        "4111111111111111411111111111111141111111111111114111111111111111",
        "4111111111111112",
        "1234567890123456",
        "10000000000008", /* pass the check, but are no issuer's: an order's number, bar codes */
        "9780306406156",
        "8600000000000007",
        "0000000000000000",
        "41111111111114", /* nor at this length */
        "411111111111116",
        "55555555555553",
        "3400000000000000",
        "2721000000000004",
        "2205000000000009",
        "30600000000001",
        "3527000000000008",
        "+86 138 0000 0004", /* nor do these begin as one */
        "0091 90000 00005",
        "+91 98765 43210", /* phone numbers: 12 digits and fewer */
        "+49 30 901820",
        "+1 (212) 555-0123",
        "0044 20 7946 0958 12",
        "+919876543210",
        "2026-11-22 18:30",
        "4111 1111, 1111 1111", /* what ends a run */
        "4111  1111 1111 1111",
        "4111--1111-1111-1111",
        "4111 - 1111 - 1111 - 1111",
        "4111_1111_1111_1111",
        "4111\n1111\n1111\n1111",
        "0196f0c2-3b4a-7c1d-8e5f-0123456789ab",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++)
        CHECK(!card_number_in(texts[i]), "'%s' was taken for one", texts[i]);
}

static void check_found(const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        CHECK(card_number_in(texts[i]), "'%s' passed", texts[i]);
}

/* An unbroken run of 16 digits that passes the check stays a card
 * number when other digits stand beside it, as an expiry date, a check code or
 * a table's number do. */
static void test_unbroken_with_other_digits_beside_it(void **state)
{
    static const char *const texts[] = {
        "4111111111111111 12/27", "4111111111111111 12 27",
        "4111111111111111 123",   "4111111111111111-123",
        "2 4111111111111111",     "5555555555554444 12/27 123",
        "5 5555555555554444",     "4111111111111111 4111111111111112",
    };
    (void)state;
    check_found(texts, LENGTH(texts));
}

/* So does one in groups, cut where the groups are cut. */
static void test_groups_with_other_digits_beside_them(void **state)
{
    static const char *const texts[] = {
        "4111 1111 1111 1111 12/27", "4111 1111 1111 1111 12 27 123", "4111-1111-1111-1111 123",
        "1 4111 1111 1111 1111",     "3782 822463 10005 12/27",
    };
    (void)state;
    check_found(texts, LENGTH(texts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_luhn),
        cmocka_unit_test(test_groups_with_spaces_or_hyphens),
        cmocka_unit_test(test_in_a_text),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_unbroken_with_other_digits_beside_it),
        cmocka_unit_test(test_groups_with_other_digits_beside_them),
    };
    return cmocka_run_group_tests_name("card_number", tests, NULL, NULL);
}

/* domain/phone_number: numbers by ITU-T E.164 as people write them. */
#include "unit.h"

#include "domain/phone_number.h"

static void test_numbers(void **state)
{
    static const char *const numbers[] = {
        "+49 151 00000000", "+86 138 0000 0004", "+55 11 90000-0000", "0091 90000 00005", "0049 151 00000008",
        "+44700000000",     "+91-90000-00000",   "+1 (212) 555-0123", "+49 (0)30/901820", "+39.06.0000.0000",
        "+683 10000000",    "+123456789012345",  "00123456789012345", "+ 49 30 901820",   "+12345678",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(numbers); i++)
        CHECK(phone_number_is(numbers[i]), "'%s' was refused", numbers[i]);
}

static void test_what_is_none(void **state)
{
    static const char *const others[] = {
        "",
        "+",
        "00",
        "4111111111111111", /* a country code is needed: 16 digits may be a card's */
        "+4111111111111111",
        "004111111111111111",
        "+1234567",
        "+0123456789",
        "000123456789",
        "0 0491510000000",
        "0151 00000000",
        "+49 151 00000000 x",
        "+49 151 00000000, +49 151 00000001",
        "call +49 151 00000000",
        "+49 151 0000\n0000",
        "+49_151_00000000",
        "++49 151 00000000",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(others); i++)
        CHECK(!phone_number_is(others[i]), "'%s' was taken", others[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_what_is_none),
    };
    return cmocka_run_group_tests_name("phone_number", tests, NULL, NULL);
}

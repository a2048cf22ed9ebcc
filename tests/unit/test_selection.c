/* domain/selection: which values of an item's options go together, and what is
 * reported first where several things are wrong. */
#include "unit.h"

#include "domain/selection.h"

#include <string.h>

/* One of three sizes, at most two of three extras, any number of sauces. */
static const struct option_value sizes[] = {
    {"small", "Small", -2000, true}, {"large", "Large", 3000, true}, {"giant", "Giant", 9000, false}};
static const struct option_value extras[] = {{"cheese", "Cheese", 4000, true},
                                             {"olives", "Olives", 2500, true},
                                             {"truffle", "Truffle", 90000, false},
                                             {"onions", "Onions", 0, true}};
static const struct option_value sauces[] = {{"mint", "Mint", 0, true}, {"small", "Small pot", 500, true}};

static const struct item_option options[] = {
    {"size", "Size", 1, 1, false, sizes, LENGTH(sizes)},
    {"extra", "Extras", 0, 2, false, extras, LENGTH(extras)},
    {"sauce", "Sauce", 0, 9, false, sauces, LENGTH(sauces)},
};

/* The same where values may be chosen again: two to four extras. */
static const struct item_option repeated[] = {
    {"extra", "Extras", 2, 4, true, extras, LENGTH(extras)},
    {"sauce", "Sauce", 0, 50, true, sauces, LENGTH(sauces)},
};

enum { NO_OPTION = -1, CHOICES_MAX = 6 };

struct selection_case {
    const char *about;
    const char *choices[CHOICES_MAX][2]; /* option, value */
    enum selection_fault_kind fault;
    size_t index; /* of the choice that is at fault; SIZE_MAX: does not matter */
    int option;   /* the option reported */
};

static const struct selection_case cases[] = {
    {"the least", {{"size", "small"}}, SELECTION_OK, SIZE_MAX, NO_OPTION},
    {"the most",
     {{"size", "large"}, {"extra", "cheese"}, {"extra", "olives"}, {"sauce", "mint"}, {"sauce", "small"}},
     SELECTION_OK,
     SIZE_MAX,
     NO_OPTION},
    {"in any order", {{"extra", "olives"}, {"sauce", "mint"}, {"size", "small"}}, SELECTION_OK, SIZE_MAX, NO_OPTION},
    {"values of one name in two options", {{"size", "small"}, {"sauce", "small"}}, SELECTION_OK, SIZE_MAX, NO_OPTION},

    {"nothing where one is needed", {{NULL, NULL}}, SELECTION_TOO_FEW, SIZE_MAX, 0},
    {"only others", {{"extra", "cheese"}}, SELECTION_TOO_FEW, SIZE_MAX, 0},
    {"two sizes", {{"size", "small"}, {"size", "large"}}, SELECTION_TOO_MANY, 1, 0},
    {"three extras",
     {{"size", "small"}, {"extra", "cheese"}, {"extra", "olives"}, {"extra", "onions"}},
     SELECTION_TOO_MANY,
     3,
     1},
    {"three extras, the last before others",
     {{"extra", "cheese"}, {"extra", "olives"}, {"extra", "onions"}, {"size", "small"}},
     SELECTION_TOO_MANY,
     2,
     1},

    {"another item's option", {{"size", "small"}, {"spice", "hot"}}, SELECTION_UNKNOWN_OPTION, 1, NO_OPTION},
    {"another item's option alone", {{"spice", "hot"}}, SELECTION_UNKNOWN_OPTION, 0, NO_OPTION},
    {"an option's name is not its id", {{"Size", "small"}}, SELECTION_UNKNOWN_OPTION, 0, NO_OPTION},
    {"no id", {{"", ""}}, SELECTION_UNKNOWN_OPTION, 0, NO_OPTION},
    {"another item's value", {{"size", "medium"}}, SELECTION_UNKNOWN_VALUE, 0, 0},
    {"another option's value", {{"size", "small"}, {"size", "cheese"}}, SELECTION_UNKNOWN_VALUE, 1, 0},
    {"a value's beginning", {{"size", "smal"}}, SELECTION_UNKNOWN_VALUE, 0, 0},
    {"unavailable", {{"size", "giant"}}, SELECTION_UNAVAILABLE, 0, 0},
    {"unavailable extra", {{"size", "small"}, {"extra", "truffle"}}, SELECTION_UNAVAILABLE, 1, 1},

    {"twice", {{"size", "small"}, {"extra", "cheese"}, {"extra", "cheese"}}, SELECTION_TWICE, 2, 1},
    {"twice with another between", {{"sauce", "mint"}, {"size", "small"}, {"sauce", "mint"}}, SELECTION_TWICE, 2, 2},
    {"twice is reported before too many", {{"size", "small"}, {"size", "small"}}, SELECTION_TWICE, 1, 0},

    {"the first wrong choice is reported", {{"size", "giant"}, {"spice", "hot"}}, SELECTION_UNAVAILABLE, 0, 0},
    {"the first wrong choice, the other way round",
     {{"spice", "hot"}, {"size", "giant"}},
     SELECTION_UNKNOWN_OPTION,
     0,
     NO_OPTION},
    {"a wrong choice before a missing one", {{"extra", "bacon"}}, SELECTION_UNKNOWN_VALUE, 0, 1},
    {"unavailable before twice", {{"extra", "truffle"}, {"extra", "truffle"}}, SELECTION_UNAVAILABLE, 0, 1},
    {"options in their order: too few before too many",
     {{"extra", "cheese"}, {"extra", "olives"}, {"extra", "onions"}},
     SELECTION_TOO_FEW,
     SIZE_MAX,
     0},
};

static size_t take(const struct selection_case *c, struct choice *choices)
{
    size_t n = 0;
    memset(choices, 0, CHOICES_MAX * sizeof *choices);
    while (n < CHOICES_MAX && c->choices[n][0] != NULL) {
        choices[n] = (struct choice){.option_id = c->choices[n][0], .value_id = c->choices[n][1], .quantity = 1};
        n++;
    }
    return n;
}

/* The kind of the first fault, its choice and its option. */
static enum selection_fault_kind first_fault(const struct item_option *of, size_t n_options, struct choice *choices,
                                             size_t n_choices, size_t *index, const struct item_option **option)
{
    struct selection_fault faults[20];
    size_t n = selection_check(of, n_options, choices, n_choices, faults, LENGTH(faults));
    if (n == 0)
        return SELECTION_OK;
    *index = faults[0].index;
    *option = faults[0].option;
    return faults[0].kind;
}

static void test_every_fault_is_told(void **state)
{
    struct choice choices[] = {{"spice", "hot", 1, NULL, NULL},
                               {"extra", "cheese", 1, NULL, NULL},
                               {"extra", "cheese", 1, NULL, NULL},
                               {"extra", "truffle", 1, NULL, NULL},
                               {"extra", "onions", 1, NULL, NULL}};
    static const enum selection_fault_kind wanted[] = {SELECTION_UNKNOWN_OPTION, SELECTION_TWICE, SELECTION_UNAVAILABLE,
                                                       SELECTION_TOO_FEW, SELECTION_TOO_MANY};
    struct selection_fault faults[20];
    (void)state;
    size_t n = selection_check(options, LENGTH(options), choices, LENGTH(choices), faults, LENGTH(faults));
    assert_int_equal(n, LENGTH(wanted));
    for (size_t i = 0; i < n; i++)
        assert_int_equal(faults[i].kind, wanted[i]);
    assert_int_equal(selection_check(options, LENGTH(options), choices, LENGTH(choices), faults, 2), 2);
}

/* Quantities count: each, and those of one value together. */
static void test_quantities(void **state)
{
    static const struct {
        const char *about;
        struct choice choices[3];
        enum selection_fault_kind fault;
        size_t index;
    } quantities[] = {
        {"twice by quantity", {{"extra", "cheese", 2, NULL, NULL}}, SELECTION_OK, 0},
        {"twice by naming it twice",
         {{"extra", "cheese", 1, NULL, NULL}, {"extra", "cheese", 1, NULL, NULL}},
         SELECTION_OK,
         0},
        {"one is too few", {{"extra", "cheese", 1, NULL, NULL}}, SELECTION_TOO_FEW, 0},
        {"five are too many",
         {{"extra", "cheese", 3, NULL, NULL}, {"extra", "olives", 2, NULL, NULL}},
         SELECTION_TOO_MANY,
         1},
        {"nine of a sauce", {{"extra", "olives", 2, NULL, NULL}, {"sauce", "mint", 9, NULL, NULL}}, SELECTION_OK, 0},
        {"ten of a sauce",
         {{"extra", "olives", 2, NULL, NULL}, {"sauce", "mint", 9, NULL, NULL}, {"sauce", "mint", 1, NULL, NULL}},
         SELECTION_TOO_OFTEN,
         2},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(quantities); i++) {
        struct choice choices[3];
        const struct item_option *option = NULL;
        size_t index = 0, n = 0;
        memcpy(choices, quantities[i].choices, sizeof choices);
        while (n < LENGTH(choices) && choices[n].option_id != NULL)
            n++;
        int fault = (int)first_fault(repeated, LENGTH(repeated), choices, n, &index, &option);
        CHECK(fault == (int)quantities[i].fault, "%s: %d", quantities[i].about, fault);
        CHECK(fault == SELECTION_OK || fault == SELECTION_TOO_FEW || index == quantities[i].index, "%s: choice %zu",
              quantities[i].about, index);
    }
    struct choice two = {"extra", "cheese", 2, NULL, NULL};
    const struct item_option *option = NULL;
    size_t index;
    assert_int_equal(first_fault(&options[1], 1, &two, 1, &index, &option), SELECTION_TWICE);
}

static void test_selections(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct selection_case *c = &cases[i];
        struct choice choices[CHOICES_MAX];
        const struct item_option *option = NULL;
        size_t index = SIZE_MAX, n = take(c, choices);
        int fault = (int)first_fault(options, LENGTH(options), choices, n, &index, &option);
        CHECK(fault == (int)c->fault, "%s: %d", c->about, fault);
        if (fault == SELECTION_OK)
            continue;
        CHECK(c->index == SIZE_MAX || index == c->index, "%s: choice %zu", c->about, index);
        CHECK(option == (c->option == NO_OPTION ? NULL : &options[c->option]), "%s: another option", c->about);
    }
}

static void test_choices_are_found(void **state)
{
    struct choice choices[] = {{"sauce", "small", 1, NULL, NULL}, {"size", "small", 1, NULL, NULL}};
    const struct item_option *option = NULL;
    size_t index = 0;
    (void)state;
    assert_int_equal(first_fault(options, LENGTH(options), choices, LENGTH(choices), &index, &option), SELECTION_OK);
    assert_ptr_equal(choices[0].option, &options[2]);
    assert_ptr_equal(choices[0].value, &sauces[1]);
    assert_ptr_equal(choices[1].option, &options[0]);
    assert_ptr_equal(choices[1].value, &sizes[0]);
    assert_int_equal(choices[1].value->price_modifier, -2000);
}

static void test_item_without_options(void **state)
{
    struct choice choice = {"size", "small", 1, NULL, NULL};
    const struct item_option *option = NULL;
    size_t index = SIZE_MAX;
    (void)state;
    assert_int_equal(first_fault(NULL, 0, NULL, 0, &index, &option), SELECTION_OK);
    assert_int_equal(first_fault(NULL, 0, &choice, 1, &index, &option), SELECTION_UNKNOWN_OPTION);
    assert_int_equal(index, 0);
    assert_null(option);
}

/* Every number of values chosen against every range. */
static void test_ranges(void **state)
{
    static const char *const ids[] = {"a", "b", "c", "d"};
    struct option_value values[4];
    (void)state;
    for (size_t i = 0; i < 4; i++)
        values[i] = (struct option_value){ids[i], ids[i], 0, true};
    for (int min = 0; min <= 4; min++) {
        for (int max = min; max <= 4; max++) {
            const struct item_option one = {"o", "O", min, max, false, values, 4};
            for (int n = 0; n <= 4; n++) {
                struct choice choices[4];
                const struct item_option *option = NULL;
                size_t index = 0;
                for (int i = 0; i < n; i++)
                    choices[i] = (struct choice){.option_id = "o", .value_id = ids[i], .quantity = 1};
                int wanted = n < min ? SELECTION_TOO_FEW : n > max ? SELECTION_TOO_MANY : SELECTION_OK;
                int fault = (int)first_fault(&one, 1, choices, (size_t)n, &index, &option);
                CHECK(fault == wanted, "%d of %d..%d: %d", n, min, max, fault);
                assert_true(fault == SELECTION_OK || option == &one);
            }
        }
    }
}

/* An option that needs a value of which none can be had cannot be met. */
static void test_required_but_unavailable(void **state)
{
    static const struct option_value none[] = {{"a", "A", 0, false}};
    static const struct item_option one = {"o", "O", 1, 1, false, none, 1}, empty = {"o", "O", 1, 1, false, NULL, 0};
    struct choice choice = {"o", "a", 1, NULL, NULL};
    const struct item_option *option = NULL;
    size_t index = 0;
    (void)state;
    assert_int_equal(first_fault(&one, 1, &choice, 1, &index, &option), SELECTION_UNAVAILABLE);
    assert_int_equal(first_fault(&one, 1, NULL, 0, &index, &option), SELECTION_TOO_FEW);
    assert_int_equal(first_fault(&empty, 1, &choice, 1, &index, &option), SELECTION_UNKNOWN_VALUE);
}

/* An item is possible while what each option asks for can be chosen of the values left. */
static void test_possible(void **state)
{
    static const struct option_value values[] = {{"a", "A", 0, true}, {"b", "B", 0, false}, {"c", "C", 0, true}};
    (void)state;
    for (int min = 0; min <= 3; min++) {
        const struct item_option two[] = {{"s", "S", 0, 9, false, values, 3}, {"o", "O", min, 3, false, values, 3}};
        CHECK(selection_is_possible(two, 2) == (min <= 2), "%d of two that are left", min);
    }
    for (int min = 17; min <= 20; min++) {
        const struct item_option again = {"o", "O", min, 50, true, values, 3};
        CHECK(selection_is_possible(&again, 1) == (min <= 18), "%d of two that may be chosen nine times each", min);
    }
    const struct item_option empty = {"o", "O", 1, 1, false, NULL, 0}, optional = {"o", "O", 0, 1, false, NULL, 0};
    assert_false(selection_is_possible(&empty, 1));
    assert_true(selection_is_possible(&optional, 1));
    assert_true(selection_is_possible(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_fault_is_told),
        cmocka_unit_test(test_quantities),
        cmocka_unit_test(test_selections),
        cmocka_unit_test(test_choices_are_found),
        cmocka_unit_test(test_item_without_options),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_required_but_unavailable),
        cmocka_unit_test(test_possible),
    };
    return cmocka_run_group_tests_name("selection", tests, NULL, NULL);
}

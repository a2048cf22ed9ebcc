/* domain/principal: the roles' names, the groups of roles, who manages whom. */
#include "unit.h"

#include "domain/principal.h"

static const struct {
    enum role role;
    const char *name;
} roles[] = {
    {ROLE_DINER, "diner"},     {ROLE_KITCHEN, "kitchen"}, {ROLE_WAITER, "waiter"},
    {ROLE_CASHIER, "cashier"}, {ROLE_MANAGER, "manager"}, {ROLE_OWNER, "owner"},
};

static void test_names_there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(roles); i++) {
        assert_string_equal(role_name(roles[i].role), roles[i].name);
        assert_int_equal(role_parse(roles[i].name), roles[i].role);
    }
}

static void test_other_names_are_nobody(void **state)
{
    static const char *const others[] = {"",       "nobody", "admin",  "Owner", "OWNER",         "owner ",
                                         " owner", "own",    "owners", "staff", "manager,owner", "63"};
    (void)state;
    for (size_t i = 0; i < LENGTH(others); i++)
        CHECK(role_parse(others[i]) == ROLE_NOBODY, "'%s' is a role", others[i]);
}

static void test_none_and_several_have_no_name(void **state)
{
    (void)state;
    assert_null(role_name(ROLE_NOBODY));
    for (int bits = 0; bits <= ROLES_ALL; bits++)
        assert_int_equal(role_name((enum role)bits) != NULL, __builtin_popcount((unsigned)bits) == 1);
}

static void test_groups(void **state)
{
    static const struct {
        int group;
        const char *members; /* one letter a role, in the order of `roles` */
    } groups[] = {
        {ROLES_MANAGERS, "....mo"}, {ROLES_CASHIERS, "...cmo"}, {ROLES_WAITERS, "..wcmo"},
        {ROLES_STAFF, ".kwcmo"},    {ROLES_ALL, "dkwcmo"},      {ROLE_NOBODY, "......"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(groups); i++)
        for (size_t k = 0; k < LENGTH(roles); k++)
            assert_int_equal((groups[i].group & (int)roles[k].role) != 0, groups[i].members[k] != '.');
}

static void test_roles_are_single_bits(void **state)
{
    int together = 0;
    (void)state;
    for (size_t i = 0; i < LENGTH(roles); i++) {
        assert_int_equal(__builtin_popcount(roles[i].role), 1);
        assert_int_equal(together & (int)roles[i].role, 0);
        together |= (int)roles[i].role;
    }
    assert_int_equal(together, ROLES_ALL);
}

/* A manager manages all but owners' accounts, an owner all; nobody else any. */
static void test_who_manages_whom(void **state)
{
    static const struct {
        enum role actor;
        const char *targets; /* one letter a role, in the order of `roles` from the kitchen on */
    } cases[] = {
        {ROLE_NOBODY, "....."},  {ROLE_DINER, "....."},   {ROLE_KITCHEN, "....."}, {ROLE_WAITER, "....."},
        {ROLE_CASHIER, "....."}, {ROLE_MANAGER, "kwcm."}, {ROLE_OWNER, "kwcmo"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        for (size_t k = 1; k < LENGTH(roles); k++)
            CHECK(principal_may_manage(cases[i].actor, roles[k].role) == (cases[i].targets[k - 1] != '.'),
                  "role %d and a %s", (int)cases[i].actor, roles[k].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_there_and_back),          cmocka_unit_test(test_other_names_are_nobody),
        cmocka_unit_test(test_none_and_several_have_no_name), cmocka_unit_test(test_groups),
        cmocka_unit_test(test_roles_are_single_bits),         cmocka_unit_test(test_who_manages_whom),
    };
    return cmocka_run_group_tests_name("principal", tests, NULL, NULL);
}

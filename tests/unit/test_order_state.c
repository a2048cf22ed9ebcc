/* domain/order_state: the whole matrix of role, from and to, as the contract
 * says it ("Who may do what", "States"), of orders and of their lines. */
#include "unit.h"

#include "domain/order_state.h"

#include <string.h>

/* One letter a step, from (down) to (across): pending, confirmed, preparing,
 * ready, served, completed, cancelled.
 *   Y allowed; R allowed with a reason; B takes a step back; N there is such a
 *   step, but not for this role; . there is no such step, for nobody. */
/* clang-format off */
static const struct matrix {
    enum role role;
    const char *from[ORDER_STATUSES];
} matrices[] = {
    /* No role: nothing. */
    {ROLE_NOBODY,
     {".NNNNNN",   /* pending */
      "..NNNNN",   /* confirmed */
      "NN.NNNN",   /* preparing */
      "..N.NN.",   /* ready */
      ".....N.",   /* served */
      ".......",   /* completed */
      "......."}}, /* cancelled */
    /* Its own order, while it is pending. */
    {ROLE_DINER,
     {".NNNNNY",
      "..NNNNN",
      "NN.NNNN",
      "..N.NN.",
      ".....N.",
      ".......",
      "......."}},
    /* Forwards up to served, over some steps; a wrong step back. */
    {ROLE_KITCHEN,
     {".NYYYNN",
      "..YYYNN",
      "BB.YYNN",
      "..B.YN.",
      ".....N.",
      ".......",
      "......."}},
    /* Orders, but not to cancel what is being prepared. */
    {ROLE_WAITER,
     {".YYYYYY",
      "..YYYYY",
      "BB.YYYN",
      "..B.YY.",
      ".....Y.",
      ".......",
      "......."}},
    /* What a waiter may. */
    {ROLE_CASHIER,
     {".YYYYYY",
      "..YYYYY",
      "BB.YYYN",
      "..B.YY.",
      ".....Y.",
      ".......",
      "......."}},
    /* All, with a reason where food is lost. */
    {ROLE_MANAGER,
     {".YYYYYY",
      "..YYYYY",
      "BB.YYYR",
      "..B.YY.",
      ".....Y.",
      ".......",
      "......."}},
    {ROLE_OWNER,
     {".YYYYYY",
      "..YYYYY",
      "BB.YYYR",
      "..B.YY.",
      ".....Y.",
      ".......",
      "......."}},
};
/* clang-format on */

static enum order_step outcome(char letter, bool has_reason)
{
    switch (letter) {
    case 'Y':
        return ORDER_STEP_ALLOWED;
    case 'R':
        return has_reason ? ORDER_STEP_ALLOWED : ORDER_STEP_NEEDS_REASON;
    case 'B':
        return ORDER_STEP_BACK;
    case 'N':
        return ORDER_STEP_FORBIDDEN;
    default:
        return ORDER_STEP_INVALID;
    }
}

static void check_matrix(const struct matrix *m, bool has_reason)
{
    for (int from = 0; from < ORDER_STATUSES; from++) {
        assert_int_equal(strlen(m->from[from]), ORDER_STATUSES);
        for (int to = 0; to < ORDER_STATUSES; to++) {
            int step = (int)order_step_check(m->role, (enum order_status)from, (enum order_status)to, has_reason);
            CHECK(step == (int)outcome(m->from[from][to], has_reason), "role %d, %s -> %s, reason %d: %d", (int)m->role,
                  order_status_name((enum order_status)from), order_status_name((enum order_status)to), has_reason,
                  step);
        }
    }
}

static void test_every_step_with_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(matrices); i++)
        check_matrix(&matrices[i], true);
}

static void test_every_step_without_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(matrices); i++)
        check_matrix(&matrices[i], false);
}

/* Whether a step exists does not depend on who asks. */
static void test_matrices_agree_on_the_steps(void **state)
{
    (void)state;
    for (size_t i = 1; i < LENGTH(matrices); i++)
        for (int from = 0; from < ORDER_STATUSES; from++)
            for (int to = 0; to < ORDER_STATUSES; to++)
                assert_int_equal(matrices[i].from[from][to] == '.', matrices[0].from[from][to] == '.');
}

static void test_ends_are_ends_and_nothing_that_was_served_returns(void **state)
{
    (void)state;
    for (int to = 0; to < ORDER_STATUSES; to++) {
        enum order_status any = (enum order_status)to;
        assert_int_equal(order_step_check(ROLE_OWNER, ORDER_COMPLETED, any, true), ORDER_STEP_INVALID);
        assert_int_equal(order_step_check(ROLE_OWNER, ORDER_CANCELLED, any, true), ORDER_STEP_INVALID);
        assert_int_equal(order_step_check(ROLE_OWNER, any, ORDER_PENDING, true),
                         any == ORDER_PREPARING ? ORDER_STEP_BACK : ORDER_STEP_INVALID);
        if (to != ORDER_COMPLETED)
            assert_int_equal(order_step_check(ROLE_OWNER, ORDER_SERVED, any, true), ORDER_STEP_INVALID);
        assert_int_equal(order_step_check(ROLE_OWNER, any, any, true), ORDER_STEP_INVALID);
    }
}

static const char *const names[ORDER_STATUSES] = {"pending", "confirmed", "preparing", "ready",
                                                  "served",  "completed", "cancelled"};

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < ORDER_STATUSES; i++) {
        enum order_status status = ORDER_STATUSES;
        assert_string_equal(order_status_name((enum order_status)i), names[i]);
        assert_true(order_status_parse(names[i], &status));
        assert_int_equal(status, i);
    }
}

static void test_other_names(void **state)
{
    static const char *const others[] = {"",         "Pending",  "PENDING", "pending ", " pending", "pend",
                                         "pendingx", "canceled", "done",    "unpaid",   "0"};
    (void)state;
    for (size_t i = 0; i < LENGTH(others); i++) {
        enum order_status status = ORDER_SERVED;
        CHECK(!order_status_parse(others[i], &status), "'%s' was taken", others[i]);
        assert_int_equal(status, ORDER_SERVED);
    }
}

static void test_lines_go_along(void **state)
{
    static const char *const lines[ORDER_STATUSES] = {NULL,     NULL,     "preparing", "ready",
                                                      "served", "served", "cancelled"};
    (void)state;
    for (int i = 0; i < ORDER_STATUSES; i++) {
        const char *status = order_line_status((enum order_status)i);
        CHECK(lines[i] == NULL ? status == NULL : status != NULL && strcmp(status, lines[i]) == 0, "to %s: %s",
              names[i], status != NULL ? status : "none");
    }
}

/* One letter a step, from (down) to (across): pending, preparing, ready,
 * served, cancelled. Y allowed; B takes a step back; N there is such a step, but
 * not for this role; . there is no such step, for nobody. */
static const char *const line_names[] = {"pending", "preparing", "ready", "served", "cancelled"};

/* clang-format off */
static const struct line_matrix {
    int roles; /* all for whom it is so */
    const char *from[5];
} line_matrices[] = {
    {ROLES_STAFF,
     {".YYY.",   /* pending */
      "B.YY.",   /* preparing */
      ".B.Y.",   /* ready */
      ".....",   /* served */
      "....."}}, /* cancelled */
    {ROLE_DINER,
     {".NNN.",
      "N.NN.",
      ".N.N.",
      ".....",
      "....."}},
};
/* clang-format on */

static void check_line_matrix(enum role role, const char *const from_rows[5])
{
    for (size_t from = 0; from < LENGTH(line_names); from++) {
        assert_int_equal(strlen(from_rows[from]), LENGTH(line_names));
        for (size_t to = 0; to < LENGTH(line_names); to++) {
            int step = (int)line_step_check(role, line_names[from], line_names[to]);
            CHECK(step == (int)outcome(from_rows[from][to], false), "role %d, line %s -> %s: %d", (int)role,
                  line_names[from], line_names[to], step);
        }
    }
}

static void test_every_step_of_a_line(void **state)
{
    int seen = 0;
    (void)state;
    for (size_t i = 0; i < LENGTH(line_matrices); i++) {
        seen |= line_matrices[i].roles;
        for (int role = ROLE_DINER; role <= ROLE_OWNER; role <<= 1)
            if (line_matrices[i].roles & role)
                check_line_matrix((enum role)role, line_matrices[i].from);
    }
    assert_int_equal(seen, ROLES_ALL);
    check_line_matrix(ROLE_NOBODY, line_matrices[LENGTH(line_matrices) - 1].from);
}

static void test_ranks_of_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(line_names); i++) /* the cancelled one is past everything */
        assert_int_equal(line_rank(line_names[i]), (int)i);
    for (int i = 0; i < ORDER_STATUSES; i++) { /* what lines take along are statuses of lines */
        const char *status = order_line_status((enum order_status)i);
        if (status != NULL)
            assert_string_equal(line_names[line_rank(status)], status);
    }
}

static void test_an_order_is_what_its_lines_are(void **state)
{
    (void)state;
    assert_int_equal(order_status_of_lines(0, 0, false), ORDER_PENDING);
    assert_int_equal(order_status_of_lines(0, 0, true), ORDER_CONFIRMED);
    for (int most = 1; most <= 3; most++) {
        assert_int_equal(order_status_of_lines(0, most, true), ORDER_PREPARING);
        assert_int_equal(order_status_of_lines(1, most, false), ORDER_PREPARING);
    }
    assert_int_equal(order_status_of_lines(2, 2, false), ORDER_READY);
    assert_int_equal(order_status_of_lines(2, 3, false), ORDER_READY);
    assert_int_equal(order_status_of_lines(3, 3, false), ORDER_SERVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_step_with_a_reason),
        cmocka_unit_test(test_every_step_without_a_reason),
        cmocka_unit_test(test_matrices_agree_on_the_steps),
        cmocka_unit_test(test_ends_are_ends_and_nothing_that_was_served_returns),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_other_names),
        cmocka_unit_test(test_lines_go_along),
        cmocka_unit_test(test_every_step_of_a_line),
        cmocka_unit_test(test_ranks_of_lines),
        cmocka_unit_test(test_an_order_is_what_its_lines_are),
    };
    return cmocka_run_group_tests_name("order_state", tests, NULL, NULL);
}

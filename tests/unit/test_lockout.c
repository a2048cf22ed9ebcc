/* domain/lockout: who has to wait at a door, and what is left to those who guess. */
#include "unit.h"

#include "domain/lockout.h"

#include <limits.h>

enum { DAY = 24 * 3600, NETWORKS = 600 };

static void test_table(void **state)
{
    static const struct {
        int failures, allowed, first, seconds;
    } cases[] = {
        {0, 5, 60, 0},    {1, 5, 60, 0},    {4, 5, 60, 0},      {5, 5, 60, 60},      {6, 5, 60, 120},
        {7, 5, 60, 240},  {8, 5, 60, 480},  {9, 5, 60, 900},    {10, 5, 60, 900},    {500, 5, 60, 900},
        {1, 1, 1, 1},     {2, 1, 1, 2},     {10, 1, 1, 512},    {11, 1, 1, 900},     {3, 3, 900, 900},
        {4, 3, 900, 900}, {3, 3, 901, 901}, {4, 3, 901, 901},   {5, 5, 3600, 3600},  {50, 5, 3600, 3600},
        {-5, 5, 60, 0},   {99, 100, 60, 0}, {100, 100, 60, 60}, {101, 100, 60, 120}, {2, 1, 450, 900},
        {2, 1, 451, 900}, {3, 1, 1, 4},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int seconds = lockout_seconds(cases[i].failures, cases[i].allowed, cases[i].first);
        CHECK(seconds == cases[i].seconds, "%d failures of %d, first %d: %d", cases[i].failures, cases[i].allowed,
              cases[i].first, seconds);
    }
}

/* Within all that the settings allow: none before the last allowed one, never
 * shorter than the last, never beyond the longest, and no overflow with years
 * of tries. */
static void test_properties(void **state)
{
    static const int firsts[] = {1, 2, 59, 60, 61, 899, 900, 901, 3600};
    (void)state;
    for (int allowed = 1; allowed <= 100; allowed++) {
        for (size_t i = 0; i < LENGTH(firsts); i++) {
            int last = 0, longest = firsts[i] > LOCKOUT_SECONDS_MAX ? firsts[i] : LOCKOUT_SECONDS_MAX;
            for (int failures = 1; failures <= allowed + 20; failures++) {
                int seconds = lockout_seconds(failures, allowed, firsts[i]);
                assert_int_equal(seconds > 0, failures >= allowed);
                if (seconds == 0)
                    continue;
                assert_true(last == 0 ? seconds == firsts[i] : seconds == (last * 2 < longest ? last * 2 : longest));
                last = seconds;
            }
            assert_int_equal(last, longest);
        }
    }
    assert_int_equal(lockout_seconds(INT_MAX, 1, 3600), 3600);
    assert_int_equal(lockout_seconds(INT_MAX, 1, 1), LOCKOUT_SECONDS_MAX);
}

static void test_strangers(void **state)
{
    const struct lockout_rule pin = lockout_pin(5, 60);
    static const struct {
        int strangers, password, pin;
    } cases[] = {
        {0, 0, 0},
        {LOCKOUT_STRANGERS_FREE - 1, 0, 0},
        {LOCKOUT_STRANGERS_FREE, 300, 900},
        {59, 3540, 10620},
        {60, 3600, 10800},
        {61, 3600, 10980},
        {479, 3600, 86220},
        {480, 3600, 86400},
        {INT_MAX, 3600, 86400},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        assert_int_equal(lockout_stranger_seconds(cases[i].strangers, &lockout_password), cases[i].password);
        assert_int_equal(lockout_stranger_seconds(cases[i].strangers, &pin), cases[i].pin);
    }
}

static void test_verdicts(void **state)
{
    static const struct {
        const char *what;
        struct lockout_record record;
        struct lockout_verdict verdict;
    } cases[] = {
        {"the first try", {.exists = false}, {true, true, 1, 0}},
        {"another", {.exists = true, .failures = 3}, {true, true, 4, 0}},
        {"one too many", {.exists = true, .failures = 9}, {true, true, 10, 60}},
        {"and again", {.exists = true, .failures = 10}, {true, true, 11, 120}},
        {"while it waits", {.exists = true, .failures = 10, .seconds = 7}, {false, false, 10, 7}},
        {"known, while it waits", {.exists = true, .known = true, .failures = 10, .seconds = 7}, {false, false, 10, 7}},
        {"known, while others try", {.exists = true, .known = true, .strangers = 480}, {true, true, 1, 0}},
        {"known, and its own tries",
         {.exists = true, .known = true, .failures = 9, .strangers = 9},
         {true, true, 10, 60}},
        {"a stranger beside few", {.exists = false, .strangers = 4}, {true, true, 1, 0}},
        {"a stranger beside many", {.exists = false, .strangers = 7}, {false, true, 0, 420}},
        {"the same, having waited", {.exists = true, .strangers = 7}, {true, true, 1, 420}},
        {"its own wait is longer", {.exists = true, .failures = 40, .strangers = 7}, {true, true, 41, 900}},
        {"years of tries", {.exists = true, .failures = INT_MAX}, {true, true, INT_MAX, 900}},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct lockout_verdict v = lockout_judge(&lockout_password, &cases[i].record), w = cases[i].verdict;
        CHECK(v.judged == w.judged && v.counted == w.counted && v.failures == w.failures && v.seconds == w.seconds,
              "%s: judged %d, counted %d, failures %d, seconds %d", cases[i].what, v.judged, v.counted, v.failures,
              v.seconds);
    }
}

/* A door as the database keeps it. */
struct door {
    struct lockout_rule rule;
    struct {
        bool exists, known;
        int failures, until;
    } networks[NETWORKS];
    int strangers;
};

/* A try at the time `now`; *wait: how long it must wait. True if it was judged. */
static bool try_at(struct door *door, int network, int now, int *wait)
{
    bool known = door->networks[network].known, exists = door->networks[network].exists;
    int until = door->networks[network].until;
    const struct lockout_record record = {
        .exists = exists,
        .known = known,
        .failures = door->networks[network].failures,
        .seconds = until > now ? until - now : 0,
        .strangers = door->strangers - (exists && !known),
    };
    struct lockout_verdict verdict = lockout_judge(&door->rule, &record);
    if (verdict.counted) {
        door->strangers += !exists && !known;
        door->networks[network].exists = true;
        door->networks[network].failures = verdict.failures;
        door->networks[network].until = now + verdict.seconds;
    }
    *wait = verdict.seconds;
    return verdict.judged;
}

/* How many guesses of that many networks, trying without a pause, are judged in a day. */
static int guesses_a_day(struct lockout_rule rule, int networks)
{
    static struct door door;
    int judged = 0, wait;
    door = (struct door){.rule = rule};
    for (int now = 0; now < DAY; now++)
        for (int n = 0; n < networks; n++)
            while (door.networks[n].until <= now && try_at(&door, n, now, &wait))
                judged++;
    return judged;
}

/* The figures that docs/internals.md gives. */
static void test_guesses_are_bounded(void **state)
{
    const struct lockout_rule pin = lockout_pin(5, 60);
    (void)state;
    assert_int_equal(guesses_a_day(lockout_password, 1), 108);
    assert_int_equal(guesses_a_day(pin, 1), 103);
    for (int n = 2; n <= NETWORKS; n += n < 70 ? 1 : 53) {
        int passwords = guesses_a_day(lockout_password, n), pins = guesses_a_day(pin, n);
        CHECK(passwords <= 1600 || passwords <= 300 + 24 * n, "%d networks: %d passwords a day", n, passwords);
        CHECK(pins <= 600, "%d networks: %d PINs a day", n, pins);
    }
}

/* However many others try, without a pause: a network that was let in before is
 * judged at once, one that is new within an hour, and not once refused for longer
 * than it was said. */
static void test_nobody_is_kept_out(void **state)
{
    static struct door door;
    (void)state;
    for (int others = 0; others < NETWORKS - 2; others += others < 8 ? 1 : 59) {
        int wait, known = NETWORKS - 1, owner = NETWORKS - 2, judged_at = -1, told = 0;
        door = (struct door){.rule = lockout_password};
        door.networks[known].exists = door.networks[known].known = true;
        for (int now = 0; now <= 7200 && judged_at < 0; now++) {
            for (int n = 0; n < others; n++)
                (void)try_at(&door, n, now, &wait);
            if (now >= 3600 && now % 60 == 0 && try_at(&door, owner, now, &wait))
                judged_at = now;
            else if (now == 3600)
                told = wait;
        }
        assert_true(try_at(&door, known, 7200, &wait));
        CHECK(judged_at >= 3600 && judged_at <= 3600 + told + 59 && told <= 3600, "%d others: judged at %d, told %d",
              others, judged_at, told);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_properties),
        cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_guesses_are_bounded),
        cmocka_unit_test(test_nobody_is_kept_out),
    };
    return cmocka_run_group_tests_name("lockout", tests, NULL, NULL);
}

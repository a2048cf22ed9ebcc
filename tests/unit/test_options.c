/* ctl/options: the words after a subcommand of orderzapctl. */
#include "unit.h"

#include "ctl/ctl.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct read {
    const char *name, *output;
    bool quiet, good;
};

/* Reads the words after the first; they end with NULL: --name is required, --output and --quiet are not. */
static struct read read_words(const char *const *words)
{
    struct read r = {0};
    const struct ctl_option options[] = {
        {"name", &r.name, NULL, true}, {"output", &r.output, NULL, false}, {"quiet", NULL, &r.quiet, false}};
    struct ctl ctl = {.argv = (char **)(uintptr_t)(words + 1)};
    while (ctl.argv[ctl.argc] != NULL)
        ctl.argc++;
    r.good = ctl_options(&ctl, options, LENGTH(options));
    return r;
}

#define READ(...) read_words((const char *const[]){"subcommand", __VA_ARGS__, NULL})

static void test_both_forms(void **state)
{
    (void)state;
    struct read r = READ("--name", "a b", "--output=x=y", "--quiet");
    assert_true(r.good && r.quiet);
    assert_string_equal(r.name, "a b");
    assert_string_equal(r.output, "x=y");
    r = READ("--quiet", "--name=");
    assert_true(r.good && r.quiet);
    assert_string_equal(r.name, "");
    r = READ("--name", "--quiet"); /* the word after it is its value, whatever it is */
    assert_true(r.good && !r.quiet);
    assert_string_equal(r.name, "--quiet");
}

static void test_what_is_refused(void **state)
{
    (void)state;
    assert_false(READ("--quiet").good); /* without --name */
    assert_false(READ("--name").good);
    assert_false(READ("--name", "a", "--name", "b").good);
    assert_false(READ("--name", "a", "--name=b").good);
    assert_false(READ("--name", "a", "--quiet=yes").good);
    assert_false(READ("--name", "a", "--other").good);
    assert_false(READ("--name", "a", "word").good);
    assert_false(READ("--nom", "a").good);
    assert_false(READ("--named", "a").good);
    assert_false(READ("name", "a").good);
    assert_false(READ("--name", "a", "").good);
}

/* What is said on standard error is not looked at here. */
static int silence(void **state)
{
    (void)state;
    return freopen("/dev/null", "w", stderr) != NULL ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_forms),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests_name("options", tests, silence, NULL);
}

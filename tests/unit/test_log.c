/* base/log: one whole JSON object a line whatever is in it, the level as a
 * filter, and a file that is reopened after a rotation. */
#include "unit.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[128], moved[128];

static int folder_setup(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/orderzap-log-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/log", folder);
    snprintf(moved, sizeof moved, "%s/log.1", folder);
    return 0;
}

static int folder_teardown(void **state)
{
    (void)state;
    log_open(LOG_LEVEL_INFO, "");
    unlink(path);
    unlink(moved);
    return rmdir(folder);
}

/* The file as it stands; a static buffer. */
static const char *contents(const char *file)
{
    static char buffer[256 * 1024];
    FILE *in = fopen(file, "re");
    size_t n = in != NULL ? fread(buffer, 1, sizeof buffer - 1, in) : 0;
    if (in != NULL)
        fclose(in);
    buffer[n] = '\0';
    return buffer;
}

/* The one line of the log, read by json-c; the caller puts it. */
static struct json_object *only_line(void)
{
    const char *text = contents(path);
    size_t len = strlen(text);
    struct json_tokener *tokener = json_tokener_new();
    json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *line = json_tokener_parse_ex(tokener, text, (int)len);
    json_tokener_free(tokener);
    CHECK(line != NULL, "no JSON: %s", text);
    CHECK(strchr(text, '\n') == text + len - 1, "not one line: %s", text);
    return line;
}

static const char *text_of(struct json_object *line, const char *key)
{
    struct json_object *value;
    CHECK(json_object_object_get_ex(line, key, &value), "no %s", key);
    return json_object_get_string(value);
}

static void test_level_names(void **state)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    static const char *const others[] = {"", "Info", "warning", "err", "info ", "3", "trace"};
    enum log_level level;
    (void)state;
    for (size_t i = 0; i < LENGTH(names); i++) {
        assert_true(log_level_parse(names[i], &level));
        assert_int_equal(level, i);
    }
    for (size_t i = 0; i < LENGTH(others); i++)
        assert_false(log_level_parse(others[i], &level));
}

static void test_what_a_line_holds(void **state)
{
    (void)state;
    assert_true(log_open(LOG_LEVEL_INFO, path));
    LOG_INFO("served", LOG_TEXT("route", "GET /health"), LOG_INT("status", 200), LOG_INT("least", INT64_MIN),
             LOG_INT("most", INT64_MAX), LOG_TEXT("none", (const char *)NULL));
    struct json_object *line = only_line();
    assert_string_equal(text_of(line, "level"), "info");
    assert_string_equal(text_of(line, "msg"), "served");
    assert_string_equal(text_of(line, "route"), "GET /health");
    assert_string_equal(text_of(line, "status"), "200");
    assert_string_equal(text_of(line, "least"), "-9223372036854775808");
    assert_string_equal(text_of(line, "most"), "9223372036854775807");
    assert_string_equal(text_of(line, "none"), "");
    assert_int_equal(atoi(text_of(line, "pid")), getpid());
    const char *when = text_of(line, "time");
    assert_int_equal(strlen(when), strlen("2026-11-22T11:50:03.120Z"));
    assert_int_equal(when[23], 'Z');
    json_object_put(line);
}

static void test_levels_filter(void **state)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    (void)state;
    for (int threshold = LOG_LEVEL_DEBUG; threshold <= LOG_LEVEL_ERROR; threshold++) {
        unlink(path);
        assert_true(log_open((enum log_level)threshold, path));
        for (int level = LOG_LEVEL_DEBUG; level <= LOG_LEVEL_ERROR; level++)
            log_write((enum log_level)level, "x", NULL, 0);
        for (int level = LOG_LEVEL_DEBUG; level <= LOG_LEVEL_ERROR; level++) {
            char wanted[32];
            snprintf(wanted, sizeof wanted, "\"level\":\"%s\"", names[level]);
            assert_int_equal(strstr(contents(path), wanted) != NULL, level >= threshold);
        }
    }
}

static void test_escapes(void **state)
{
    char all[128];
    (void)state;
    for (int c = 1; c < 0x80; c++)
        all[c - 1] = (char)c;
    all[127] = '\0';
    assert_true(log_open(LOG_LEVEL_INFO, path));
    LOG_INFO(all, LOG_TEXT("a\"\n", "b\"}\n{\"level\":\"error"));
    struct json_object *line = only_line();
    assert_string_equal(text_of(line, "msg"), all);
    assert_string_equal(text_of(line, "a\"\n"), "b\"}\n{\"level\":\"error");
    assert_string_equal(text_of(line, "level"), "info");
    json_object_put(line);
}

/* Not even bytes that are no UTF-8 spoil a line. */
static void test_bytes_that_are_no_text(void **state)
{
    char high[129];
    (void)state;
    for (int c = 0; c < 128; c++)
        high[c] = (char)(c + 128);
    high[128] = '\0';
    assert_true(log_open(LOG_LEVEL_INFO, path));
    LOG_INFO(high, LOG_TEXT("path", "\xc0\xaf\xff"));
    json_object_put(only_line());
}

static void test_appends(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_true(log_open(LOG_LEVEL_INFO, path));
        log_write(LOG_LEVEL_INFO, "again", NULL, 0);
    }
    const char *first = strchr(contents(path), '\n');
    assert_non_null(first);
    assert_non_null(strstr(first, "again"));
}

static void test_reopens_after_a_rename(void **state)
{
    (void)state;
    assert_true(log_open(LOG_LEVEL_INFO, path));
    log_write(LOG_LEVEL_INFO, "one", NULL, 0);
    assert_int_equal(rename(path, moved), 0);
    log_write(LOG_LEVEL_INFO, "two", NULL, 0);
    assert_int_equal(access(path, F_OK), -1); /* still in the old one */
    assert_true(log_reopen());
    log_write(LOG_LEVEL_INFO, "three", NULL, 0);
    assert_non_null(strstr(contents(moved), "one"));
    assert_non_null(strstr(contents(moved), "two"));
    assert_null(strstr(contents(moved), "three"));
    assert_non_null(strstr(contents(path), "three"));
    assert_null(strstr(contents(path), "two"));
}

static void test_reopening_keeps_no_descriptors(void **state)
{
    (void)state;
    assert_true(log_open(LOG_LEVEL_INFO, path));
    int before = dup(STDERR_FILENO);
    close(before);
    for (int i = 0; i < 100; i++)
        assert_true(log_reopen());
    int after = dup(STDERR_FILENO);
    close(after);
    assert_true(after <= before + 1);
}

/* A reopening that fails keeps the file that is open. */
static void test_failed_reopening_goes_on(void **state)
{
    (void)state;
    assert_true(log_open(LOG_LEVEL_INFO, path));
    assert_int_equal(rename(path, moved), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_false(log_reopen());
    log_write(LOG_LEVEL_INFO, "still here", NULL, 0);
    assert_non_null(strstr(contents(moved), "still here"));
    assert_int_equal(rmdir(path), 0);
}

/* What `write_it` writes to standard error. */
static const char *standard_error_of(void (*write_it)(void))
{
    int kept = dup(STDERR_FILENO), fd = open(moved, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(kept >= 0 && fd >= 0);
    dup2(fd, STDERR_FILENO);
    write_it();
    dup2(kept, STDERR_FILENO);
    close(fd);
    close(kept);
    return contents(moved);
}

static void write_marker(void)
{
    log_write(LOG_LEVEL_INFO, "marker", NULL, 0);
}

static void reopen_and_write_marker(void)
{
    log_reopen();
    write_marker();
}

static void test_standard_error(void **state)
{
    (void)state;
    assert_true(log_open(LOG_LEVEL_INFO, ""));
    assert_true(log_reopen()); /* nothing to open */
    assert_non_null(strstr(standard_error_of(write_marker), "marker"));
}

/* The log stays where it was, so that somebody reads why. */
static void test_unopenable_file_leaves_the_old_one(void **state)
{
    (void)state;
    assert_true(log_open(LOG_LEVEL_INFO, path));
    errno = 0;
    assert_false(log_open(LOG_LEVEL_ERROR, "/nonexistent/folder/log"));
    assert_int_equal(errno, ENOENT);
    write_marker();
    assert_non_null(strstr(contents(path), "marker"));
}

static void test_overlong_path_leaves_the_old_one(void **state)
{
    char long_path[5000] = "";
    (void)state;
    memset(long_path, 'x', sizeof long_path - 1);
    assert_true(log_open(LOG_LEVEL_INFO, path));
    errno = 0;
    assert_false(log_open(LOG_LEVEL_INFO, long_path));
    assert_int_equal(errno, ENAMETOOLONG);
    reopen_and_write_marker();
    assert_non_null(strstr(contents(path), "marker"));
}

static void test_errno_is_kept(void **state)
{
    (void)state;
    assert_true(log_open(LOG_LEVEL_INFO, "/dev/full"));
    errno = EDOM;
    log_write(LOG_LEVEL_INFO, "no room", NULL, 0);
    assert_int_equal(errno, EDOM);
}

/* Messages of every length around the end of a line, of characters that take
 * one, two and six bytes, with fields after them: always one whole line, and a
 * number that is there is the right one. */
static void test_long_lines_stay_whole(void **state)
{
    static char message[8192];
    static const char fills[] = {'a', '"', '\x01'};
    static const size_t from[] = {3700, 1900, 600};
    (void)state;
    for (size_t f = 0; f < LENGTH(fills); f++) {
        for (size_t n = from[f]; n < from[f] + 500; n++) {
            memset(message, fills[f], n);
            message[n] = '\0';
            assert_true(log_open(LOG_LEVEL_INFO, path));
            LOG_INFO(message, LOG_INT("least", INT64_MIN), LOG_TEXT("text", message), LOG_INT("last", 7));
            struct json_object *line = only_line(), *least;
            if (json_object_object_get_ex(line, "least", &least))
                assert_true(json_object_get_int64(least) == INT64_MIN);
            json_object_put(line);
            unlink(path);
        }
    }
}

/* A line that is cut is cut between characters: half of one is not
 * UTF-8, and the line no JSON. */
static void test_long_lines_are_cut_between_characters(void **state)
{
    static const char *const characters[] = {"\xc3\xa4", "\xe2\x82\xb9", "\xf0\x9f\x8d\x9b"};
    static char message[8192];
    (void)state;
    for (size_t i = 0; i < LENGTH(characters); i++) {
        for (size_t shift = 0; shift < 8; shift++) {
            memset(message, 'a', shift);
            message[shift] = '\0';
            while (strlen(message) < 5000)
                strcat(message, characters[i]);
            assert_true(log_open(LOG_LEVEL_INFO, path));
            log_write(LOG_LEVEL_INFO, message, NULL, 0);
            json_object_put(only_line());
            unlink(path);
        }
    }
}

static void test_utf8_is_read_back(void **state)
{
    static const char text[] = "paneer \xe2\x82\xb9 \xf0\x9f\x8d\x9b j\xc3\xb6rg";
    (void)state;
    assert_true(log_open(LOG_LEVEL_INFO, path));
    log_write(LOG_LEVEL_INFO, text, NULL, 0);
    struct json_object *line = only_line();
    assert_string_equal(text_of(line, "msg"), text);
    json_object_put(line);
}

static void test_huge_values_and_many_fields(void **state)
{
    static char huge[100000];
    struct log_field fields[500];
    (void)state;
    memset(huge, '\\', sizeof huge - 1);
    for (size_t i = 0; i < LENGTH(fields); i++)
        fields[i] = i % 2 == 0 ? LOG_TEXT("text", "value") : LOG_INT("number", i);
    assert_true(log_open(LOG_LEVEL_INFO, path));
    log_write(LOG_LEVEL_INFO, "many", fields, LENGTH(fields));
    json_object_put(only_line());
    unlink(path);
    assert_true(log_open(LOG_LEVEL_INFO, path));
    log_write(LOG_LEVEL_INFO, huge, fields, LENGTH(fields));
    json_object_put(only_line());
    unlink(path);
    assert_true(log_open(LOG_LEVEL_INFO, path));
    log_write(LOG_LEVEL_INFO, "", (struct log_field[]){LOG_TEXT(huge, huge), LOG_TEXT("b", huge)}, 2);
    json_object_put(only_line());
    assert_true(strlen(contents(path)) <= 4096); /* one write, one line */
}

#define FOLDER_TEST(function) cmocka_unit_test_setup_teardown(function, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_level_names),
        FOLDER_TEST(test_what_a_line_holds),
        FOLDER_TEST(test_levels_filter),
        FOLDER_TEST(test_escapes),
        FOLDER_TEST(test_bytes_that_are_no_text),
        FOLDER_TEST(test_appends),
        FOLDER_TEST(test_reopens_after_a_rename),
        FOLDER_TEST(test_reopening_keeps_no_descriptors),
        FOLDER_TEST(test_failed_reopening_goes_on),
        FOLDER_TEST(test_standard_error),
        FOLDER_TEST(test_unopenable_file_leaves_the_old_one),
        FOLDER_TEST(test_overlong_path_leaves_the_old_one),
        FOLDER_TEST(test_errno_is_kept),
        FOLDER_TEST(test_long_lines_stay_whole),
        FOLDER_TEST(test_long_lines_are_cut_between_characters),
        FOLDER_TEST(test_utf8_is_read_back),
        FOLDER_TEST(test_huge_values_and_many_fields),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}

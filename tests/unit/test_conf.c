/* conf: the table's defaults, the file's syntax, the environment over it, what
 * is refused and how, and that no secret is ever shown. */
#include "unit.h"

#include "conf/conf.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GOOD_SECRET "Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aS"

static const struct {
    const char *key, *initial;
} keys[] = {
#define SETTING(key, type, field, initial, min, max, flags, help) {key, initial},
#include "conf/settings.def"
#undef SETTING
};

static char folder[32], path[64];
static char error[CONF_ERROR_SIZE];

static int file_setup(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(keys); i++)
        unsetenv(keys[i].key);
    strcpy(folder, "/tmp/orderzap-conf-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/orderzap.env", folder);
    error[0] = '\0';
    return 0;
}

static int file_teardown(void **state)
{
    char side[64];
    unsigned readers;
    (void)state;
    unlink(path);
    for (int i = 0; conf_side_file(path, i, &readers, side, sizeof side) != NULL; i++)
        unlink(side);
    return rmdir(folder);
}

static void write_to(const char *where, const char *text)
{
    FILE *file = fopen(where, "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void write_file(const char *text)
{
    write_to(path, text);
}

/* A file beside the settings. */
static void write_side(const char *name, const char *text)
{
    char side[64];
    snprintf(side, sizeof side, "%s/%s", folder, name);
    write_to(side, text);
}

/* The settings of a file that must be good. */
static struct conf *load(const char *text)
{
    struct conf *conf;
    write_file(text);
    CHECK(conf_load(path, CONF_EVERYBODY, &conf, error), "'%s': %s", text, error);
    return conf;
}

/* The error of a file that must be bad. */
static const char *refusal(const char *text)
{
    struct conf *conf = (struct conf *)path;
    write_file(text);
    error[0] = '\0';
    CHECK(!conf_load(path, CONF_EVERYBODY, &conf, error), "'%s' was taken", text);
    assert_null(conf);
    assert_true(error[0] != '\0');
    return error;
}

static char *dump(const struct conf *conf)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    conf_dump(conf, out);
    fclose(out);
    return text;
}

static void test_defaults(void **state)
{
    struct conf *conf = load("");
    (void)state;
    assert_string_equal(conf->database_url, "");
    assert_int_equal(conf->pool_min, 4);
    assert_int_equal(conf->pool_max, 16);
    assert_int_equal(conf->access_token_minutes, 15);
    assert_int_equal(conf->session_expiry_minutes, 180);
    assert_int_equal(conf->pin_length, 4);
    assert_string_equal(conf->run_dir, "/run/orderzap");
    assert_string_equal(conf->log_level, "info");
    assert_string_equal(conf->jwt_secret, "");
    conf_free(&conf);
    assert_null(conf);
    conf_free(&conf); /* nothing there: nothing happens */
}

static void test_dump_shows_every_key(void **state)
{
    struct conf *conf = load("");
    (void)state;
    char *text = dump(conf), *line = text;
    for (size_t i = 0; i < LENGTH(keys); i++) {
        size_t len = strlen(keys[i].key);
        CHECK(strncmp(line, keys[i].key, len) == 0 && line[len] == '=', "%s is not at its place", keys[i].key);
        bool hidden = strncmp(line + len + 1, "(not set)\n", 10) == 0;
        size_t value_len = strlen(keys[i].initial);
        CHECK(hidden || (strncmp(line + len + 1, keys[i].initial, value_len) == 0 && line[len + 1 + value_len] == '\n'),
              "%s has another default", keys[i].key);
        line = strchr(line, '\n') + 1;
    }
    assert_string_equal(line, "");
    free(text);
    conf_free(&conf);
}

static void test_keys_are_distinct(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(keys); i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(keys[i].key, keys[k].key);
}

static void test_file(void **state)
{
    struct conf *conf = load("# a comment\n"
                             "; another\n"
                             "\n"
                             "   \t\n"
                             "DATABASE_URL=postgresql://app:a=b&c@127.0.0.1/orderzap?x=1\n"
                             "  DATABASE_POOL_MIN =  2  \n"
                             "DATABASE_POOL_MAX=3\r\n"
                             "LOG_LEVEL=debug\n"
                             "  # PIN_LENGTH=8\n"
                             "LOG_FILE=/var/log/a b # no comment here\n"
                             "SOCKET_GROUP=\n"
                             "PIN_LENGTH=5\n"
                             "PIN_LENGTH=6"); /* the last one counts; no newline at the end */
    (void)state;
    assert_string_equal(conf->database_url, "postgresql://app:a=b&c@127.0.0.1/orderzap?x=1");
    assert_int_equal(conf->pool_min, 2);
    assert_int_equal(conf->pool_max, 3);
    assert_string_equal(conf->log_level, "debug");
    assert_string_equal(conf->log_file, "/var/log/a b # no comment here");
    assert_string_equal(conf->socket_group, "");
    assert_int_equal(conf->pin_length, 6);
    conf_free(&conf);
}

static void test_quotes(void **state)
{
    static const struct {
        const char *line, *value;
    } cases[] = {
        {"LOG_FILE=\"\"", ""},           {"LOG_FILE=''", ""},
        {"LOG_FILE=\"a b\"", "a b"},     {"LOG_FILE='a b'", "a b"},
        {"LOG_FILE=\"  a  \"", "  a  "}, {"LOG_FILE = 'a'  ", "a"},
        {"LOG_FILE=\"a#b;c\"", "a#b;c"}, {"LOG_FILE=\"a\\\"b\"", "a\"b"},
        {"LOG_FILE=\"a\\\\\"", "a\\"},   {"LOG_FILE='a\\'", "a\\"},
        {"LOG_FILE='a\"b'", "a\"b"},     {"LOG_FILE=\"a'b\"", "a'b"},
        {"LOG_FILE=a\"b\"", "a\"b\""},   {"LOG_FILE=a'b", "a'b"},
        {"LOG_FILE=a\\b", "a\\b"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct conf *conf = load(cases[i].line);
        bool same = strcmp(conf->log_file, cases[i].value) == 0;
        conf_free(&conf);
        CHECK(same, "%s is read otherwise", cases[i].line);
    }
}

static void test_what_is_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"DATABASE_URI=x", "unknown setting 'DATABASE_URI'"},
        {"pin_length=5", "unknown setting 'pin_length'"},
        {"export PIN_LENGTH=5", "unknown setting"},
        {"=5", "unknown setting ''"},
        {"\n\nPIN_LENGHT=5", ":3:"},
        {"PIN_LENGTH", "not of the form KEY=value"},
        {"PIN_LENGTH=5\nhello world\n", ":2: not of the form"},
        {"LOG_FILE=\"a", "a quote is not closed"},
        {"LOG_FILE='a", "a quote is not closed"},
        {"LOG_FILE=\"a\\\"", "a quote is not closed"},
        {"LOG_FILE=\"a\"b", "LOG_FILE"},
        {"LOG_FILE=\"a\" # comment", "LOG_FILE"},
        {"PIN_LENGTH=", "PIN_LENGTH"},
        {"PIN_LENGTH=four", "'four' is not a whole number from 4 to 8"},
        {"PIN_LENGTH=5x", "PIN_LENGTH"},
        {"PIN_LENGTH=5.0", "PIN_LENGTH"},
        {"PIN_LENGTH=0x5", "PIN_LENGTH"},
        {"PIN_LENGTH=5 6", "PIN_LENGTH"},
        {"PIN_LENGTH=3", "PIN_LENGTH"},
        {"PIN_LENGTH=9", "PIN_LENGTH"},
        {"PIN_LENGTH=-5", "PIN_LENGTH"},
        {"PIN_LENGTH=99999999999999999999", "PIN_LENGTH"},
        {"PIN_LENGTH=4294967300", "PIN_LENGTH"}, /* 2^32 + 4 */
        {"DATABASE_POOL_MIN=0", "DATABASE_POOL_MIN"},
        {"DATABASE_POOL_MAX=501", "DATABASE_POOL_MAX"},
        {"DATABASE_TIMEOUT_MS=99", "from 100 to 60000"},
        {"RUN_DIR=", "RUN_DIR: 0 bytes long, must be 1 to 90"},
        {"LOG_LEVEL=warning", "LOG_LEVEL"},
        {"JWT_ALG=", "JWT_ALG: '' is neither HS256 nor ES256"},
        {"JWT_ALG=none", "JWT_ALG: 'none' is neither"},
        {"JWT_ALG=es256", "JWT_ALG: 'es256' is neither"},
        {"JWT_ALG=RS256", "JWT_ALG: 'RS256' is neither"},
        {"LOG_LEVEL=INFO", "not one of debug, info, warn, error"},
        {"LOG_LEVEL=note", "not one of debug, info, warn, error"},
        {"PUBLIC_URL=orders.example.com", "PUBLIC_URL: 'orders.example.com' is not an address"},
        {"PUBLIC_URL=ftp://orders.example.com", "PUBLIC_URL"},
        {"PUBLIC_URL=HTTPS://orders.example.com", "PUBLIC_URL"},
        {"PUBLIC_URL=https://", "PUBLIC_URL"},
        {"PUBLIC_URL=https:///x", "PUBLIC_URL"},
        {"PUBLIC_URL=https://:443", "PUBLIC_URL"},
        {"PUBLIC_URL=https://a b.example", "PUBLIC_URL"},
        {"PUBLIC_URL=https://a.example/\x01", "PUBLIC_URL"},
        {"PUBLIC_URL=https://a.example/?x=1", "PUBLIC_URL"},
        {"PUBLIC_URL=https://a.example/#x", "PUBLIC_URL"},
        {"PUBLIC_URL=https://ann:pw@a.example", "PUBLIC_URL"},
        {"PUBLIC_URL=https://caf\xc3\xa9.example", "PUBLIC_URL"},
        {"DATABASE_POOL_MIN=5\nDATABASE_POOL_MAX=4", "DATABASE_POOL_MIN (5) is larger than DATABASE_POOL_MAX (4)"},
        {"DATABASE_POOL_MIN=17", "DATABASE_POOL_MAX (16)"},
        {"DATABASE_POOL_MAX=3", "DATABASE_POOL_MIN (4)"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        CHECK(strstr(refusal(cases[i].text), cases[i].says) != NULL, "'%s': %s", cases[i].text, error);
}

static void test_ranges_are_inclusive(void **state)
{
    (void)state;
    struct conf *conf = load("PIN_LENGTH=4\nDATABASE_POOL_MIN=500\nDATABASE_POOL_MAX=500\nPIN_LOCK_SECONDS=3600");
    assert_int_equal(conf->pin_length, 4);
    assert_int_equal(conf->pool_min, 500);
    conf_free(&conf);
    conf = load("PIN_LENGTH=8\nDATABASE_POOL_MIN=1\nDATABASE_POOL_MAX=1");
    assert_int_equal(conf->pool_max, 1);
    conf_free(&conf);
}

static void test_lengths_are_inclusive(void **state)
{
    char text[256];
    (void)state;
    snprintf(text, sizeof text, "RUN_DIR=/%089d", 0);
    struct conf *conf = load(text);
    assert_int_equal(strlen(conf->run_dir), 90);
    conf_free(&conf);
    snprintf(text, sizeof text, "RUN_DIR=/%090d", 0);
    assert_non_null(strstr(refusal(text), "RUN_DIR: 91 bytes long"));
}

static void test_errors_stay_within_bounds(void **state)
{
    char text[4000];
    (void)state;
    memset(text, 'X', sizeof text);
    memcpy(text, "PIN_LENGTH=", 11);
    text[sizeof text - 1] = '\0';
    assert_true(strlen(refusal(text)) < CONF_ERROR_SIZE);
    memset(text, 'X', 11);
    text[2000] = '=';
    assert_true(strlen(refusal(text)) < CONF_ERROR_SIZE);
}

static void test_errors_show_no_secret(void **state)
{
    char text[1200];
    (void)state;
    snprintf(text, sizeof text, "JWT_SECRET=hunter2%01001d", 0);
    assert_null(strstr(refusal(text), "hunter2"));
    assert_null(strstr(refusal("JWT_SECRET='hunter2"), "hunter2"));
    assert_null(strstr(refusal("JWT_SECRETS=hunter2"), "hunter2"));
}

static void test_file_that_is_missing(void **state)
{
    struct conf *conf;
    (void)state;
    assert_false(conf_load("/nonexistent/orderzap.env", CONF_SERVER, &conf, error));
    assert_null(conf);
    assert_non_null(strstr(error, "/nonexistent/orderzap.env"));
    if (access(CONF_DEFAULT_FILE, F_OK) == 0)
        return; /* of an installation on this machine */
    assert_true(conf_load(NULL, 0, &conf, error));
    conf_free(&conf);
}

static void test_environment_overrides(void **state)
{
    (void)state;
    setenv("PIN_LENGTH", "7", 1);
    setenv("LOG_FILE", "\"as it is\" ", 1); /* the environment knows no quotes */
    struct conf *conf = load("PIN_LENGTH=5\nLOG_FILE=/a\nPIN_MAX_ATTEMPTS=9");
    assert_int_equal(conf->pin_length, 7);
    assert_string_equal(conf->log_file, "\"as it is\" ");
    assert_int_equal(conf->pin_max_attempts, 9);
    conf_free(&conf);
    setenv("LOG_FILE", "", 1);
    conf = load("LOG_FILE=/a");
    assert_string_equal(conf->log_file, "");
    conf_free(&conf);
    setenv("PIN_LENGTH", "many", 1);
    assert_non_null(strstr(refusal("PIN_LENGTH=5"), "PIN_LENGTH: 'many'"));
    setenv("PIN_LENGTH", "", 1);
    assert_non_null(strstr(refusal("PIN_LENGTH=5"), "PIN_LENGTH"));
}

static void test_environment_of_every_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(keys); i++) {
        setenv(keys[i].key, keys[i].initial, 1);
        struct conf *conf = load("");
        conf_free(&conf);
        unsetenv(keys[i].key);
    }
}

static void test_pools_are_compared_after_the_environment(void **state)
{
    (void)state;
    setenv("DATABASE_POOL_MAX", "2", 1);
    assert_non_null(strstr(refusal("DATABASE_POOL_MIN=3\nDATABASE_POOL_MAX=5"), "(3) is larger than"));
    setenv("DATABASE_POOL_MIN", "2", 1);
    struct conf *conf = load("DATABASE_POOL_MIN=3\nDATABASE_POOL_MAX=2");
    assert_int_equal(conf->pool_min, 2);
    conf_free(&conf);
}

static void test_public_url(void **state)
{
    static const char *const urls[] = {"",
                                       "https://orders.example.com",
                                       "https://orders.example.com/",
                                       "http://localhost:8443",
                                       "https://127.0.0.1/orders",
                                       "https://[::1]:8443/a_b~c/%20d"};
    (void)state;
    for (size_t i = 0; i < LENGTH(urls); i++) {
        char line[200];
        snprintf(line, sizeof line, "PUBLIC_URL=%s", urls[i]);
        struct conf *conf = load(line);
        assert_string_equal(conf->public_url, urls[i]);
        conf_free(&conf);
    }
}

/* Whether the server would start with this secret; else why not, in `error`. */
static bool secret_is_good(const char *secret)
{
    struct conf *conf = load("DATABASE_URL=postgresql:///orderzap");
    free(conf->jwt_secret);
    conf->jwt_secret = strdup(secret);
    bool good = conf_check_server(conf, error);
    conf_free(&conf);
    return good;
}

static void test_secrets(void **state)
{
    static const struct {
        const char *secret, *says; /* NULL: good */
    } cases[] = {
        {GOOD_SECRET, NULL},
        {"VtZ0bJ2nXq7rM4sK9wP1cL6yH3gF8dA5eU0iO2xTzQ7mN4vB", NULL},
        {"9f86d081884c7d659a2feaa0c55ad015", NULL},
        {"", "not set"},
        {"Zk3vQ9", "shorter than 32 bytes"},
        {"Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0a", "shorter than 32 bytes"}, /* 31 */
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "easy to guess"},
        {"abcabcabcabcabcabcabcabcabcabcabcabc", "easy to guess"},
        {"abcdefghiabcdefghiabcdefghiabcdefghi", "easy to guess"}, /* nine different ones */
        {"change-me-Zk3vQ9xT1mB7yR5wL8pN2cH6dF4", "easy to guess"},
        {"CHANGEME-Zk3vQ9xT1mB7yR5wL8pN2cH6dF4g", "easy to guess"},
        {"your-256-bit-Zk3vQ9xT1mB7yR5wL8pN2cH6", "easy to guess"},
        {"my-super-SECRET-Zk3vQ9xT1mB7yR5wL8pN2", "easy to guess"},
        {"Password-Zk3vQ9xT1mB7yR5wL8pN2cH6dF4g", "easy to guess"},
        {"an-example-Zk3vQ9xT1mB7yR5wL8pN2cH6dF", "easy to guess"},
        {"default-Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ", "easy to guess"},
        {"12345678901234567890123456789012", "easy to guess"},
        {"Zk3vQ9xT1mB7yR5wL8pN2cH6dF4g12345678", "easy to guess"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        bool good = secret_is_good(cases[i].secret);
        CHECK(good == (cases[i].says == NULL), "'%s': %s", cases[i].secret, good ? "taken" : error);
        if (!good) {
            CHECK(strstr(error, cases[i].says) != NULL && strncmp(error, "JWT_SECRET is", 13) == 0, "'%s': %s",
                  cases[i].secret, error);
            assert_true(cases[i].secret[0] == '\0' || strstr(error, cases[i].secret) == NULL);
        }
    }
}

static void test_server_needs_a_database(void **state)
{
    struct conf *conf = load("JWT_SECRET=" GOOD_SECRET);
    (void)state;
    assert_false(conf_check_server(conf, error));
    assert_non_null(strstr(error, "DATABASE_URL is not set"));
    conf_free(&conf);
    conf = load("JWT_SECRET=" GOOD_SECRET "\nDATABASE_URL=postgresql:///orderzap");
    assert_true(conf_check_server(conf, error));
    conf_free(&conf);
}

static void test_es256_needs_a_key(void **state)
{
    struct conf *conf = load("JWT_SECRET=" GOOD_SECRET "\nDATABASE_URL=postgresql:///orderzap\nJWT_ALG=ES256");
    (void)state;
    assert_false(conf_check_server(conf, error));
    assert_non_null(strstr(error, "JWT_PRIVATE_KEY_FILE is not set"));
    conf_free(&conf);
    conf = load("JWT_SECRET=" GOOD_SECRET "\nDATABASE_URL=postgresql:///orderzap\nJWT_ALG=ES256\n"
                "JWT_PRIVATE_KEY_FILE=/a.pem");
    assert_true(conf_check_server(conf, error));
    conf_free(&conf);
    conf = load("JWT_SECRET=short\nDATABASE_URL=postgresql:///orderzap\nJWT_ALG=ES256\nJWT_PRIVATE_KEY_FILE=/a.pem");
    assert_false(conf_check_server(conf, error)); /* other keys come from it */
    conf_free(&conf);
}

static void test_dump_hides_secrets(void **state)
{
    struct conf *conf = load("JWT_SECRET=" GOOD_SECRET "\nDATABASE_URL=postgresql://app:hunter2@db/orderzap\n"
                             "LOG_FILE=/var/log/shown");
    (void)state;
    char *text = dump(conf);
    assert_null(strstr(text, GOOD_SECRET));
    assert_null(strstr(text, "hunter2"));
    assert_non_null(strstr(text, "JWT_SECRET=(set)\n"));
    assert_non_null(strstr(text, "DATABASE_URL=(set)\n"));
    assert_non_null(strstr(text, "DATABASE_ADMIN_URL=(not set)\n"));
    assert_non_null(strstr(text, "LOG_FILE=/var/log/shown\n"));
    free(text);
    conf_free(&conf);
}

/* What was dumped can be read again, secrets aside. */
static void test_dump_is_a_file(void **state)
{
    (void)state;
    struct conf *a =
        load("PIN_LENGTH=6\nSITE_RATE=77\nLOG_LEVEL=error\nCORS_ORIGINS=https://a.example,https://b.example");
    char *text = dump(a);
    struct conf *b = load(text);
    char *again = dump(b);
    assert_int_equal(b->pin_length, 6);
    assert_string_equal(b->cors_origins, "https://a.example,https://b.example");
    free(text);
    free(again);
    conf_free(&a);
    conf_free(&b);
}

/* Quotes and blanks at the ends of a value are dumped so that they are read back. */
static void test_dump_of_what_a_reader_would_take_off(void **state)
{
    static const char *const values[][2] = {
        {"'\"a\\\"'", "\"\\\"a\\\\\\\"\""},
        {"\" a \"", "\" a \""},
        {"\"'\"", "\"'\""},
        {"'it\\s'", "it\\s"},
        {"a\"b'c", "a\"b'c"},
        {"\"\t\"", "\"\t\""},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(values); i++) {
        char line[64], wanted[64];
        snprintf(line, sizeof line, "LOG_FILE=%s\n", values[i][0]);
        snprintf(wanted, sizeof wanted, "LOG_FILE=%s\n", values[i][1]);
        struct conf *a = load(line);
        char *text = dump(a);
        CHECK(strstr(text, wanted) != NULL, "%s is dumped as %s", line, text);
        struct conf *b = load(text);
        assert_string_equal(a->log_file, b->log_file);
        free(text);
        conf_free(&a);
        conf_free(&b);
    }
}

static void test_file_with_a_nul(void **state)
{
    static const char bytes[] = "PIN_LENGTH=5\nRUN_DIR=/run/a\0b\n";
    struct conf *conf;
    (void)state;
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fwrite(bytes, 1, sizeof bytes - 1, file);
    assert_int_equal(fclose(file), 0);
    assert_false(conf_load(path, CONF_EVERYBODY, &conf, error));
    CHECK(strstr(error, ":2: ") != NULL && strstr(error, "NUL") != NULL, "%s", error);
}

static void test_help_tells_every_key(void **state)
{
    char *text;
    size_t size;
    (void)state;
    FILE *out = open_memstream(&text, &size);
    conf_help(out);
    fclose(out);
    for (size_t i = 0; i < LENGTH(keys); i++) {
        char wanted[64];
        snprintf(wanted, sizeof wanted, "  %s", keys[i].key);
        CHECK(strstr(text, wanted) != NULL, "no word of %s", keys[i].key);
    }
    assert_non_null(strstr(text, "  PIN_LENGTH (default 4)\n"));
    assert_non_null(strstr(text, "  JWT_SECRET\n"));
    free(text);
}

static char told[200];

static void tell(const char *key, bool is_site)
{
    size_t len = strlen(told);
    snprintf(told + len, sizeof told - len, "%s%s ", is_site ? "site:" : "", key);
}

static void test_what_a_reload_keeps(void **state)
{
    static const struct {
        const char *old, *fresh, *told;
    } cases[] = {
        {"", "", ""},
        {"RUN_DIR=/run/a", "RUN_DIR=/run/a", ""},
        {"PIN_LENGTH=4", "PIN_LENGTH=5", ""},
        {"", "PUBLIC_URL=https://a.example", ""},
        {"JWT_SECRET=a\nDATABASE_URL=b\nLOG_LEVEL=info", "JWT_SECRET=c\nDATABASE_URL=d\nLOG_LEVEL=warn", ""},
        {"DATABASE_POOL_MAX=16", "DATABASE_POOL_MAX=32", ""},
        {"RUN_DIR=/run/a", "RUN_DIR=/run/b", "RUN_DIR "},
        {"", "SOCKET_GROUP=www-data\nRT_DIR=/run/rt", "SOCKET_GROUP RT_DIR "},
        {"RUN_USER=x\nSOCKET_GROUP=x", "RUN_USER=y\nSOCKET_GROUP=y", "RUN_USER SOCKET_GROUP "},
        {"PIN_LENGTH=4", "PIN_LENGTH=5\nSITE_BURST=3", "site:SITE_BURST "},
        {"CORS_ORIGINS=a", "CORS_ORIGINS=A", "site:CORS_ORIGINS "},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct conf *old = load(cases[i].old), *fresh = load(cases[i].fresh);
        told[0] = '\0';
        conf_keep_fixed(fresh, old, tell);
        conf_free(&old);
        CHECK(strcmp(told, cases[i].told) == 0, "row %zu: %s", i, told);
        conf_free(&fresh);
    }
    struct conf *old = load("RUN_DIR=/run/a\nPIN_LENGTH=4\nSITE_RATE=1");
    struct conf *fresh = load("RUN_DIR=/run/b\nPIN_LENGTH=6\nSITE_RATE=2");
    conf_keep_fixed(fresh, old, tell);
    conf_free(&old);
    assert_string_equal(fresh->run_dir, "/run/a");
    assert_int_equal(fresh->pin_length, 6);
    assert_int_equal(fresh->site_rate, 2);
    conf_free(&fresh);
}

static void write_secrets(void)
{
    write_file("DATABASE_URL=app\nJWT_SECRET=tokens\nPIN_LENGTH=6\n");
    write_side("relay.env", "DATABASE_RELAY_URL=relay\n");
    write_side("admin.env", "# the owner's\nDATABASE_ADMIN_URL='admin'\n");
    write_side("sync.env", "DATABASE_SYNC_URL=sync\nCONVEX_DEPLOY_KEY=key\n");
    write_side("cleanup.env", "DATABASE_CLEANUP_URL=cleanup\n");
}

static void test_secrets_by_need(void **state)
{
    static const struct {
        unsigned readers;
        const char *app, *jwt, *relay, *admin, *sync, *key, *cleanup;
    } cases[] = {
        {0, "", "", "", "", "", "", ""},
        {CONF_SERVER, "app", "tokens", "", "", "", "", ""},
        {CONF_RELAY, "", "", "relay", "", "", "", ""},
        {CONF_ADMIN, "app", "tokens", "", "admin", "", "", ""},
        {CONF_SYNC, "", "", "", "", "sync", "key", ""},
        {CONF_CLEANUP, "", "", "", "", "", "key", "cleanup"},
        {CONF_EVERYBODY, "app", "tokens", "relay", "admin", "sync", "key", "cleanup"},
    };
    (void)state;
    write_secrets();
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct conf *conf;
        CHECK(conf_load(path, cases[i].readers, &conf, error), "row %zu: %s", i, error);
        assert_string_equal(conf->database_url, cases[i].app);
        assert_string_equal(conf->jwt_secret, cases[i].jwt);
        assert_string_equal(conf->database_relay_url, cases[i].relay);
        assert_string_equal(conf->database_admin_url, cases[i].admin);
        assert_string_equal(conf->database_sync_url, cases[i].sync);
        assert_string_equal(conf->convex_deploy_key, cases[i].key);
        assert_string_equal(conf->database_cleanup_url, cases[i].cleanup);
        assert_int_equal(conf->pin_length, 6);
        assert_null(conf->misplaced);
        conf_free(&conf);
    }
}

static void test_secrets_in_the_wrong_file(void **state)
{
    struct conf *conf;
    (void)state;
    write_file("DATABASE_ADMIN_URL=admin\nPIN_LENGTH=5\n");
    assert_true(conf_load(path, CONF_SERVER, &conf, error));
    assert_string_equal(conf->database_admin_url, ""); /* what is not needed is not taken */
    assert_string_equal(conf->misplaced, "DATABASE_ADMIN_URL");
    conf_free(&conf);
    assert_true(conf_load(path, CONF_ADMIN, &conf, error));
    assert_string_equal(conf->database_admin_url, "admin");
    conf_free(&conf);
    write_side("admin.env", "\nJWT_SECRET=hunter2\n");
    assert_false(conf_load(path, CONF_ADMIN, &conf, error));
    assert_non_null(strstr(error, "admin.env:2: JWT_SECRET belongs in"));
    assert_null(strstr(error, "hunter2"));
    write_side("admin.env", "DATABASE_SYNC_URL=hunter2\n");
    assert_false(conf_load(path, CONF_ADMIN, &conf, error));
    assert_non_null(strstr(error, "admin.env:1: DATABASE_SYNC_URL belongs in sync.env"));
    assert_true(conf_load(path, CONF_SERVER, &conf, error)); /* it does not look there */
    conf_free(&conf);
}

static const char *in_environ(const char *text)
{
    for (char **entry = environ; *entry != NULL; entry++)
        if (strstr(*entry, text) != NULL)
            return *entry;
    return NULL;
}

static void test_environment_that_repeats_the_file(void **state)
{
    struct conf *conf;
    (void)state;
    write_file("PIN_LENGTH=5\nLOG_LEVEL=\"warn\"\nPIN_MAX_ATTEMPTS=9\n");
    setenv("PIN_LENGTH", "5", 1);
    setenv("LOG_LEVEL", "warn", 1);
    setenv("PIN_MAX_ATTEMPTS", "8", 1); /* this one overrides */
    setenv("PIN_LOCK_SECONDS", "7", 1); /* and the file does not know this one */
    setenv("DATABASE_ADMIN_URL", "postgresql://hunter2", 1);
    const char *secret = in_environ("hunter2");
    assert_true(conf_load(path, CONF_SERVER, &conf, error));
    assert_string_equal(conf->overridden, "PIN_MAX_ATTEMPTS");
    assert_string_equal(conf_clean_environment(conf, CONF_SERVER), "DATABASE_ADMIN_URL");
    assert_null(in_environ("DATABASE_ADMIN_URL"));
    assert_string_equal(secret, ""); /* in place, as /proc shows it */
    conf_free(&conf);
    write_file("PIN_LENGTH=6\nLOG_LEVEL=error\nPIN_MAX_ATTEMPTS=4\n");
    assert_true(conf_load(path, CONF_SERVER, &conf, error));
    assert_int_equal(conf->pin_length, 6);
    assert_string_equal(conf->log_level, "error");
    assert_int_equal(conf->pin_max_attempts, 8);
    assert_int_equal(conf->pin_lock_seconds, 7);
    assert_null(conf_clean_environment(conf, CONF_SERVER));
    conf_free(&conf);
}

static void test_relay_needs_a_connection(void **state)
{
    struct conf *conf = load("");
    (void)state;
    assert_true(conf_check_relay(conf, error));
    conf_free(&conf);
    conf = load("RT_DIR=/run/rt");
    assert_false(conf_check_relay(conf, error));
    assert_non_null(strstr(error, "relay.env"));
    conf_free(&conf);
    write_side("relay.env", "DATABASE_RELAY_URL=relay");
    conf = load("RT_DIR=/run/rt");
    assert_true(conf_check_relay(conf, error));
    conf_free(&conf);
}

#define FILE_TEST(function) cmocka_unit_test_setup_teardown(function, file_setup, file_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(test_defaults),
        FILE_TEST(test_dump_shows_every_key),
        FILE_TEST(test_keys_are_distinct),
        FILE_TEST(test_file),
        FILE_TEST(test_quotes),
        FILE_TEST(test_what_is_refused),
        FILE_TEST(test_ranges_are_inclusive),
        FILE_TEST(test_lengths_are_inclusive),
        FILE_TEST(test_errors_stay_within_bounds),
        FILE_TEST(test_errors_show_no_secret),
        FILE_TEST(test_file_that_is_missing),
        FILE_TEST(test_environment_overrides),
        FILE_TEST(test_environment_of_every_key),
        FILE_TEST(test_pools_are_compared_after_the_environment),
        FILE_TEST(test_public_url),
        FILE_TEST(test_secrets),
        FILE_TEST(test_server_needs_a_database),
        FILE_TEST(test_es256_needs_a_key),
        FILE_TEST(test_dump_hides_secrets),
        FILE_TEST(test_dump_is_a_file),
        FILE_TEST(test_dump_of_what_a_reader_would_take_off),
        FILE_TEST(test_file_with_a_nul),
        FILE_TEST(test_help_tells_every_key),
        FILE_TEST(test_what_a_reload_keeps),
        FILE_TEST(test_secrets_by_need),
        FILE_TEST(test_secrets_in_the_wrong_file),
        FILE_TEST(test_environment_that_repeats_the_file),
        FILE_TEST(test_relay_needs_a_connection),
    };
    return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}

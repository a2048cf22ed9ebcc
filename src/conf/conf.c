#include "conf/conf.h"

#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { RELOAD = 1, SECRET = 2 };
enum type { TYPE_TEXT, TYPE_INT };

static const struct setting {
    const char *key;
    enum type type;
    size_t offset;
    const char *initial;
    long min, max;
    int flags;
    const char *help;
} settings[] = {
#define SETTING(key, type, field, initial, min, max, flags, help)                                                      \
    {key, TYPE_##type, offsetof(struct conf, field), initial, min, max, flags, help},
#include "conf/settings.def"
#undef SETTING
};
enum { SETTINGS = sizeof settings / sizeof settings[0] };

static char **text_at(const struct conf *conf, const struct setting *s)
{
    return (char **)(void *)((char *)(uintptr_t)conf + s->offset);
}

static int *int_at(const struct conf *conf, const struct setting *s)
{
    return (int *)(void *)((char *)(uintptr_t)conf + s->offset);
}

static bool set(struct conf *conf, const struct setting *s, const char *value, char *error)
{
    if (s->type == TYPE_TEXT) {
        size_t len = strlen(value);
        if ((long)len < s->min || (long)len > s->max) {
            snprintf(error, CONF_ERROR_SIZE, "%s: %zu bytes long, allowed are %ld to %ld", s->key, len, s->min, s->max);
            return false;
        }
        char *copy = strdup(value);
        if (copy == NULL) {
            snprintf(error, CONF_ERROR_SIZE, "out of memory");
            return false;
        }
        free(*text_at(conf, s));
        *text_at(conf, s) = copy;
        return true;
    }
    char *end;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (end == value || *end != '\0' || errno != 0 || number < s->min || number > s->max) {
        snprintf(error, CONF_ERROR_SIZE, "%s: '%.60s' is not a whole number from %ld to %ld", s->key, value, s->min,
                 s->max);
        return false;
    }
    *int_at(conf, s) = (int)number;
    return true;
}

static const struct setting *find(const char *key)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(settings[i].key, key) == 0)
            return &settings[i];
    return NULL;
}

/* Takes the surrounding quotes off, as systemd does. False if one is open. */
static bool unquote(char *value)
{
    char quote = value[0];
    if (quote != '"' && quote != '\'')
        return true;
    char *out = value, *in = value + 1;
    for (; *in != '\0' && *in != quote; in++) {
        if (quote == '"' && *in == '\\' && in[1] != '\0')
            in++;
        *out++ = *in;
    }
    bool closed = *in == quote && in[1] == '\0';
    *out = '\0';
    return closed;
}

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
    return text;
}

static bool read_line(struct conf *conf, char *line, const char *path, int number, char *error)
{
    char *key = trim(line);
    if (*key == '\0' || *key == '#' || *key == ';')
        return true;
    char *equals = strchr(key, '=');
    if (equals == NULL) {
        snprintf(error, CONF_ERROR_SIZE, "%s:%d: not of the form KEY=value", path, number);
        return false;
    }
    *equals = '\0';
    key = trim(key);
    char *value = trim(equals + 1);
    if (!unquote(value)) {
        snprintf(error, CONF_ERROR_SIZE, "%s:%d: %.40s: a quote is not closed", path, number, key);
        return false;
    }
    const struct setting *s = find(key);
    if (s == NULL) {
        snprintf(error, CONF_ERROR_SIZE, "%s:%d: there is no setting '%.40s'", path, number, key);
        return false;
    }
    return set(conf, s, value, error);
}

static bool read_file(struct conf *conf, const char *path, bool optional, char *error)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        if (optional && errno == ENOENT)
            return true;
        snprintf(error, CONF_ERROR_SIZE, "%.200s: %s", path, strerror(errno));
        return false;
    }
    char *line = NULL;
    size_t size = 0;
    bool good = true;
    ssize_t len;
    for (int number = 1; good && (len = getline(&line, &size, file)) >= 0; number++) {
        good = strlen(line) == (size_t)len;
        if (!good)
            snprintf(error, CONF_ERROR_SIZE, "%.200s:%d: holds a NUL byte", path, number);
        else
            good = read_line(conf, line, path, number, error);
    }
    free(line);
    fclose(file);
    return good;
}

/* An http address that a path can be appended to (RFC 3986): a host, perhaps a
 * port and a path, neither query nor fragment. */
static bool is_base_url(const char *url)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%:/[]";
    size_t scheme = strncmp(url, "https://", 8) == 0 ? 8 : strncmp(url, "http://", 7) == 0 ? 7 : 0;
    const char *host = url + scheme;
    return scheme > 0 && strchr(":/", host[0]) == NULL && host[strspn(host, allowed)] == '\0';
}

static bool check_values(const struct conf *conf, char *error)
{
    enum log_level level;
    if (!log_level_parse(conf->log_level, &level)) {
        snprintf(error, CONF_ERROR_SIZE, "LOG_LEVEL: '%s' is none of debug, info, warn, error", conf->log_level);
        return false;
    }
    if (strcmp(conf->jwt_alg, "HS256") != 0 && strcmp(conf->jwt_alg, "ES256") != 0) {
        snprintf(error, CONF_ERROR_SIZE, "JWT_ALG: '%s' is neither HS256 nor ES256", conf->jwt_alg);
        return false;
    }
    if (conf->pool_min > conf->pool_max) {
        snprintf(error, CONF_ERROR_SIZE, "DATABASE_POOL_MIN (%d) is larger than DATABASE_POOL_MAX (%d)", conf->pool_min,
                 conf->pool_max);
        return false;
    }
    if (conf->public_url[0] != '\0' && !is_base_url(conf->public_url)) {
        snprintf(error, CONF_ERROR_SIZE,
                 "PUBLIC_URL: '%.200s' is no address without a query, as in https://orders.example.com",
                 conf->public_url);
        return false;
    }
    return true;
}

bool conf_load(const char *path, struct conf **out, char error[CONF_ERROR_SIZE])
{
    struct conf *conf = *out = calloc(1, sizeof *conf);
    if (conf == NULL) {
        snprintf(error, CONF_ERROR_SIZE, "out of memory");
        return false;
    }
    bool good = true;
    for (size_t i = 0; good && i < SETTINGS; i++)
        good = set(conf, &settings[i], settings[i].initial, error);
    good = good && read_file(conf, path != NULL ? path : CONF_DEFAULT_FILE, path == NULL, error);
    for (size_t i = 0; good && i < SETTINGS; i++) {
        const char *value = getenv(settings[i].key);
        if (value != NULL)
            good = set(conf, &settings[i], value, error);
    }
    good = good && check_values(conf, error);
    if (!good)
        conf_free(&conf);
    *out = conf;
    return good;
}

void conf_free(struct conf **conf)
{
    if (*conf == NULL)
        return;
    for (size_t i = 0; i < SETTINGS; i++) {
        if (settings[i].type != TYPE_TEXT)
            continue;
        char *value = *text_at(*conf, &settings[i]);
        if (value != NULL && settings[i].flags & SECRET)
            explicit_bzero(value, strlen(value));
        free(value);
    }
    free(*conf);
    *conf = NULL;
}

/* A secret that people would type, or that an example shows. */
static bool is_weak(const char *secret)
{
    static const char *const words[] = {"change", "secret", "password", "example", "default", "your-", "12345678"};
    bool seen[256] = {false};
    int distinct = 0;
    for (const unsigned char *p = (const unsigned char *)secret; *p != '\0'; p++) {
        if (!seen[*p])
            distinct++;
        seen[*p] = true;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasestr(secret, words[i]) != NULL)
            return true;
    return strlen(secret) < 32 || distinct < 10;
}

bool conf_check_server(const struct conf *conf, char error[CONF_ERROR_SIZE])
{
    if (conf->database_url[0] == '\0') {
        snprintf(error, CONF_ERROR_SIZE,
                 "DATABASE_URL is not set: give the connection of the role orderzap_app, "
                 "as in postgresql://orderzap_app:...@127.0.0.1/orderzap");
        return false;
    }
    if (is_weak(conf->jwt_secret)) {
        snprintf(error, CONF_ERROR_SIZE, "JWT_SECRET is %s: make one with 'openssl rand -base64 48' and put it there",
                 conf->jwt_secret[0] == '\0'     ? "not set"
                 : strlen(conf->jwt_secret) < 32 ? "shorter than 32 bytes"
                                                 : "easy to guess");
        return false;
    }
    if (strcmp(conf->jwt_alg, "ES256") == 0 && conf->jwt_private_key_file[0] == '\0') {
        snprintf(error, CONF_ERROR_SIZE,
                 "JWT_PRIVATE_KEY_FILE is not set, and JWT_ALG is ES256: make a key with 'orderzapctl keygen --output "
                 "FILE' and name the file there");
        return false;
    }
    return true;
}

/* As it stands, or in quotes where a reader would take something off. */
static void dump_text(const char *value, FILE *out)
{
    size_t len = strlen(value);
    bool plain = len == 0 || (strchr("\"'", value[0]) == NULL && !isspace((unsigned char)value[0]) &&
                              !isspace((unsigned char)value[len - 1]));
    if (plain) {
        fputs(value, out);
        return;
    }
    fputc('"', out);
    for (; *value != '\0'; value++)
        fprintf(out, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
    fputc('"', out);
}

void conf_dump(const struct conf *conf, FILE *out)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *s = &settings[i];
        if (s->type == TYPE_INT)
            fprintf(out, "%s=%d\n", s->key, *int_at(conf, s));
        else if (s->flags & SECRET)
            fprintf(out, "%s=%s\n", s->key, **text_at(conf, s) != '\0' ? "(set)" : "(not set)");
        else {
            fprintf(out, "%s=", s->key);
            dump_text(*text_at(conf, s), out);
            fputc('\n', out);
        }
    }
}

void conf_help(FILE *out)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *s = &settings[i];
        fprintf(out, "  %s%s%s%s\n      %s\n", s->key, s->initial[0] != '\0' ? " (default " : "", s->initial,
                s->initial[0] != '\0' ? ")" : "", s->help);
    }
}

const char *conf_fixed_difference(const struct conf *a, const struct conf *b)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *s = &settings[i];
        bool same = s->type == TYPE_INT ? *int_at(a, s) == *int_at(b, s) : strcmp(*text_at(a, s), *text_at(b, s)) == 0;
        if (!same && !(s->flags & RELOAD))
            return s->key;
    }
    return NULL;
}

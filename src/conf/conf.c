#include "conf/conf.h"

#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    RELOAD = 1,
    SITE = 2,
    SECRET = 4,
    BY_RELAY = CONF_RELAY << 4,
    BY_ADMIN = CONF_ADMIN << 4,
    BY_SYNC = CONF_SYNC << 4,
    BY_CLEANUP = CONF_CLEANUP << 4,
    LINE_SIZE = 8192,
    PATH_SIZE = 1024
};
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

/* Files of secrets that the workers do not need. A secret that several
 * programs read is in the first one's file. */
static const struct {
    const char *name;
    unsigned reader;
} side_files[] = {
    {"relay.env", CONF_RELAY}, {"admin.env", CONF_ADMIN}, {"sync.env", CONF_SYNC}, {"cleanup.env", CONF_CLEANUP}};
enum { SIDE_FILES = sizeof side_files / sizeof side_files[0] };

/* A file as it is read. */
struct reading {
    struct conf *conf;
    const char *path;
    const char *name; /* of a side file; NULL: the settings themselves */
    unsigned readers;
    int line;
    char *error;
};

static unsigned readers_of(const struct setting *s)
{
    unsigned named = (unsigned)s->flags >> 4;
    return named != 0 ? named : s->flags & SECRET ? CONF_SERVER | CONF_ADMIN : CONF_EVERYBODY;
}

static bool is_wanted(const struct setting *s, unsigned readers)
{
    return !(s->flags & SECRET) || (readers_of(s) & readers) != 0;
}

/* The name of the side file that a setting belongs in; NULL if it belongs in
 * none. */
static const char *home_of(const struct setting *s)
{
    unsigned named = (unsigned)s->flags >> 4;
    for (int i = 0; i < SIDE_FILES; i++)
        if (named & side_files[i].reader)
            return side_files[i].name;
    return NULL;
}

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
            snprintf(error, CONF_ERROR_SIZE, "%s: %zu bytes long, must be %ld to %ld", s->key, len, s->min, s->max);
            return false;
        }
        char *copy = strdup(value);
        if (copy == NULL) {
            snprintf(error, CONF_ERROR_SIZE, "out of memory");
            return false;
        }
        if (*text_at(conf, s) != NULL && s->flags & SECRET)
            explicit_bzero(*text_at(conf, s), strlen(*text_at(conf, s)));
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

/* Takes the surrounding quotes off. False if one is not closed. */
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

/* Says what is wrong with the line; returns false. */
static bool refuse(const struct reading *in, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(const struct reading *in, const char *format, ...)
{
    int len = snprintf(in->error, CONF_ERROR_SIZE, "%.200s:%d: ", in->path, in->line);
    va_list args;
    va_start(args, format);
    vsnprintf(in->error + len, CONF_ERROR_SIZE - (size_t)len, format, args);
    va_end(args);
    return false;
}

static bool take_value(const struct reading *in, const struct setting *s, const char *value)
{
    const char *home = home_of(s);
    if (in->name != NULL && (home == NULL || strcmp(home, in->name) != 0))
        return refuse(in, "%s belongs in %s", s->key, home != NULL ? home : "the file of all other settings");
    if (in->name == NULL && home != NULL)
        in->conf->misplaced = s->key;
    in->conf->sources[s - settings] = CONF_FROM_FILE;
    return !is_wanted(s, in->readers) || set(in->conf, s, value, in->error);
}

static bool read_line(const struct reading *in, char *line)
{
    char *key = trim(line);
    if (*key == '\0' || *key == '#' || *key == ';')
        return true;
    char *equals = strchr(key, '=');
    if (equals == NULL)
        return refuse(in, "not of the form KEY=value");
    *equals = '\0';
    key = trim(key);
    char *value = trim(equals + 1);
    if (!unquote(value))
        return refuse(in, "%.40s: a quote is not closed", key);
    const struct setting *s = find(key);
    return s != NULL ? take_value(in, s, value) : refuse(in, "unknown setting '%.40s'", key);
}

/* Leaves nothing of the file in memory. */
static bool read_lines(struct reading *in, FILE *file)
{
    static char buffer[LINE_SIZE];
    size_t size = LINE_SIZE;
    char *line = malloc(size);
    bool good = line != NULL && setvbuf(file, buffer, _IOFBF, sizeof buffer) == 0;
    if (!good)
        snprintf(in->error, CONF_ERROR_SIZE, "out of memory");
    ssize_t len;
    for (in->line = 1; good && (len = getline(&line, &size, file)) >= 0; in->line++)
        good = strlen(line) == (size_t)len ? read_line(in, line) : refuse(in, "holds a NUL byte");
    if (line != NULL)
        explicit_bzero(line, size);
    free(line);
    fclose(file);
    explicit_bzero(buffer, sizeof buffer);
    return good;
}

static bool read_file(struct reading *in, bool optional)
{
    FILE *file = fopen(in->path, "re");
    if (file != NULL)
        return read_lines(in, file);
    /* We may have no right to read others' secrets. */
    if (optional && (errno == ENOENT || (errno == EACCES && in->name != NULL)))
        return true;
    snprintf(in->error, CONF_ERROR_SIZE, "%.200s: %s", in->path, strerror(errno));
    return false;
}

const char *conf_side_file(const char *path, int n, unsigned *readers, char *out, size_t size)
{
    if (n < 0 || n >= SIDE_FILES)
        return NULL;
    path = path != NULL ? path : CONF_DEFAULT_FILE;
    const char *slash = strrchr(path, '/');
    int folder = slash != NULL ? (int)(slash - path) + 1 : 0;
    snprintf(out, size, "%.*s%s", folder, path, side_files[n].name);
    *readers = side_files[n].reader;
    return out;
}

/* Whether a side file may hold secrets of these readers: their own, or those
 * that they share with others. */
static bool holds_secrets_of(const char *name, unsigned readers)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const char *home = home_of(&settings[i]);
        if (home != NULL && strcmp(home, name) == 0 && (readers_of(&settings[i]) & readers))
            return true;
    }
    return false;
}

static bool read_files(struct conf *conf, const char *path, unsigned readers, char *error)
{
    char side[PATH_SIZE];
    unsigned reader;
    struct reading in = {conf, path != NULL ? path : CONF_DEFAULT_FILE, NULL, readers, 0, error};
    if (!read_file(&in, path == NULL))
        return false;
    for (int i = 0; conf_side_file(path, i, &reader, side, sizeof side) != NULL; i++) {
        in.path = side;
        in.name = side_files[i].name;
        if (holds_secrets_of(in.name, readers) && !read_file(&in, true))
            return false;
    }
    return true;
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
        snprintf(error, CONF_ERROR_SIZE, "LOG_LEVEL: '%s' is not one of debug, info, warn, error", conf->log_level);
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
                 "PUBLIC_URL: '%.200s' is not an address without a query, such as https://orders.example.com",
                 conf->public_url);
        return false;
    }
    return true;
}

static bool is_value(const struct conf *conf, const struct setting *s, const char *value)
{
    char number[16];
    snprintf(number, sizeof number, "%d", s->type == TYPE_INT ? *int_at(conf, s) : 0);
    return strcmp(value, s->type == TYPE_INT ? number : *text_at(conf, s)) == 0;
}

static bool read_environment(struct conf *conf, unsigned readers, char *error)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *s = &settings[i];
        const char *value = is_wanted(s, readers) ? getenv(s->key) : NULL;
        if (value == NULL)
            continue;
        bool in_file = conf->sources[i] == CONF_FROM_FILE, same = is_value(conf, s, value);
        conf->sources[i] = in_file && same ? CONF_FROM_BOTH : CONF_FROM_ENVIRONMENT;
        if (in_file && !same)
            conf->overridden = s->key;
        if (!set(conf, s, value, error))
            return false;
    }
    return true;
}

bool conf_load(const char *path, unsigned readers, struct conf **out, char error[CONF_ERROR_SIZE])
{
    struct conf *conf = *out = calloc(1, sizeof *conf);
    if (conf == NULL) {
        snprintf(error, CONF_ERROR_SIZE, "out of memory");
        return false;
    }
    bool good = true;
    for (size_t i = 0; good && i < SETTINGS; i++)
        good = set(conf, &settings[i], settings[i].initial, error);
    good = good && read_files(conf, path, readers, error) && read_environment(conf, readers, error) &&
           check_values(conf, error);
    if (!good)
        conf_free(&conf);
    *out = conf;
    return good;
}

/* Where the variable is in the environment that the process was given. */
static char *environment_entry(const char *key)
{
    size_t len = strlen(key);
    for (char **entry = environ; *entry != NULL; entry++)
        if (strncmp(*entry, key, len) == 0 && (*entry)[len] == '=')
            return *entry;
    return NULL;
}

const char *conf_clean_environment(const struct conf *conf, unsigned readers)
{
    const char *erased = NULL;
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *s = &settings[i];
        char *entry = environment_entry(s->key);
        bool foreign = !is_wanted(s, readers);
        if (entry == NULL || (!foreign && conf->sources[i] != CONF_FROM_BOTH))
            continue;
        if (foreign)
            erased = s->key;
        unsetenv(s->key);
        explicit_bzero(entry, strlen(entry));
    }
    return erased;
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

/* A secret that people would type, or that is in an example. */
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
                 "such as postgresql://orderzap_app:...@127.0.0.1/orderzap");
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
                 "JWT_PRIVATE_KEY_FILE is not set, but JWT_ALG is ES256: make a key with 'orderzapctl keygen --output "
                 "FILE' and name the file there");
        return false;
    }
    return true;
}

bool conf_check_relay(const struct conf *conf, char error[CONF_ERROR_SIZE])
{
    if (conf->rt_dir[0] == '\0' || conf->database_relay_url[0] != '\0')
        return true;
    snprintf(error, CONF_ERROR_SIZE,
             "DATABASE_RELAY_URL is not set, but RT_DIR is: put the connection of the role orderzap_relay into "
             "relay.env beside the settings, where orderzapd's user can read it");
    return false;
}

/* As it is, or in quotes if a reader would otherwise remove something. */
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

static bool differs(const struct conf *a, const struct conf *b, const struct setting *s)
{
    return s->type == TYPE_INT ? *int_at(a, s) != *int_at(b, s) : strcmp(*text_at(a, s), *text_at(b, s)) != 0;
}

void conf_keep_fixed(struct conf *fresh, struct conf *old, void (*tell)(const char *key, bool is_site))
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *s = &settings[i];
        if (s->flags & (RELOAD | SECRET) || !differs(fresh, old, s))
            continue;
        tell(s->key, s->flags & SITE);
        if (s->flags & SITE)
            continue;
        if (s->type == TYPE_INT) {
            *int_at(fresh, s) = *int_at(old, s);
        } else {
            char *kept = *text_at(old, s);
            *text_at(old, s) = *text_at(fresh, s);
            *text_at(fresh, s) = kept;
        }
    }
}

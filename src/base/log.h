/* The log: one JSON object a line, to standard error or to a file that is
 * reopened on request. Never a body, a token, a PIN or a query string: callers
 * pass what may be seen, field by field. */
#ifndef OZ_BASE_LOG_H
#define OZ_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level {
    LOG_LEVEL_DEBUG,
    LOG_LEVEL_INFO,
    LOG_LEVEL_WARN,
    LOG_LEVEL_ERROR,
    LOG_LEVEL_OFF /* for programs that speak to people */
};

struct log_field {
    const char *key;
    const char *text; /* NULL: the number counts */
    int64_t number;
};

#define LOG_TEXT(k, v) ((struct log_field){(k), (v) != NULL ? (v) : "", 0})
#define LOG_INT(k, v)  ((struct log_field){(k), NULL, (int64_t)(v)})

/* `path` empty: standard error. False, with errno, if it cannot be opened; the
 * log stays as it was then. */
bool log_open(enum log_level level, const char *path);
/* Opens the file again, after a rotation moved it away. */
bool log_reopen(void);
/* The level by its name: debug, info, warn, error. */
bool log_level_parse(const char *name, enum log_level *level);

void log_write(enum log_level level, const char *message, const struct log_field *fields, size_t n);

#define LOG_FIELDS_(...)                                                                                               \
    (struct log_field[]){__VA_ARGS__}, sizeof((struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field)
#define LOG_DEBUG(message, ...) log_write(LOG_LEVEL_DEBUG, message, LOG_FIELDS_(__VA_ARGS__))
#define LOG_INFO(message, ...)  log_write(LOG_LEVEL_INFO, message, LOG_FIELDS_(__VA_ARGS__))
#define LOG_WARN(message, ...)  log_write(LOG_LEVEL_WARN, message, LOG_FIELDS_(__VA_ARGS__))
#define LOG_ERROR(message, ...) log_write(LOG_LEVEL_ERROR, message, LOG_FIELDS_(__VA_ARGS__))

#endif

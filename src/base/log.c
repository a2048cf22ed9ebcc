#include "base/log.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 4096 };

/* The only global state of a process: where its log goes. */
static struct {
    enum log_level level;
    int fd;
    char path[1024];
} sink = {LOG_LEVEL_INFO, STDERR_FILENO, ""};

static const char *const level_names[] = {"debug", "info", "warn", "error"};

bool log_level_parse(const char *name, enum log_level *level)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

/* The log's destination changes only if the file can be opened. */
static bool use_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
        return false;
    if (sink.fd != STDERR_FILENO)
        close(sink.fd);
    sink.fd = fd;
    return true;
}

bool log_reopen(void)
{
    return sink.path[0] == '\0' || use_file(sink.path);
}

bool log_open(enum log_level level, const char *path)
{
    if (strlen(path) >= sizeof sink.path) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (path[0] != '\0' && !use_file(path))
        return false;
    if (path[0] == '\0' && sink.fd != STDERR_FILENO) {
        close(sink.fd);
        sink.fd = STDERR_FILENO;
    }
    strcpy(sink.path, path);
    sink.level = level;
    return true;
}

struct line {
    char bytes[LINE_SIZE];
    size_t len;
};

static void put(struct line *line, const char *bytes, size_t len)
{
    const size_t room = LINE_SIZE - 3 - line->len; /* for the closing quote, brace, newline */
    if (len > room)
        len = room;
    memcpy(line->bytes + line->len, bytes, len);
    line->len += len;
}

static void put_number(struct line *line, long long number)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%lld", number);
    put(line, digits, (size_t)len);
}

/* Always a whole JSON string: cut between characters if the line is full, with
 * U+FFFD for invalid UTF-8. */
static void put_string(struct line *line, const char *string)
{
    static const char hex[] = "0123456789abcdef";
    const unsigned char *p = (const unsigned char *)string, *end = p + strlen(string);
    put(line, "\"", 1);
    while (p < end && line->len <= LINE_SIZE - 16) {
        size_t n = utf8_length(p, end);
        if (n == 0)
            put(line, "\\ufffd", 6);
        else if (*p == '"' || *p == '\\')
            put(line, (char[]){'\\', (char)*p}, 2);
        else if (*p < 0x20 || *p == 0x7f)
            put(line, (char[]){'\\', 'u', '0', '0', hex[*p >> 4], hex[*p & 15]}, 6);
        else
            put(line, (const char *)p, n);
        p += n > 0 ? n : 1;
    }
    put(line, "\"", 1);
}

void log_write(enum log_level level, const char *message, const struct log_field *fields, size_t n)
{
    if (level < sink.level)
        return;
    int saved = errno;
    struct line line = {.len = 0};
    char time[CLOCK_TEXT_SIZE];
    clock_rfc3339(clock_real_us(), time);
    put(&line, "{\"time\":", 8);
    put_string(&line, time);
    put(&line, ",\"level\":", 9);
    put_string(&line, level_names[level]);
    put(&line, ",\"pid\":", 7);
    put_number(&line, getpid());
    put(&line, ",\"msg\":", 7);
    put_string(&line, message);
    for (size_t i = 0; i < n && line.len < LINE_SIZE - 128; i++) {
        put(&line, ",", 1);
        put_string(&line, fields[i].key);
        put(&line, ":", 1);
        if (fields[i].text != NULL)
            put_string(&line, fields[i].text);
        else
            put_number(&line, fields[i].number);
    }
    memcpy(line.bytes + line.len, "}\n", 2);
    ssize_t ignored = write(sink.fd, line.bytes, line.len + 2);
    (void)ignored; /* a full disk must not stop an order */
    errno = saved;
}

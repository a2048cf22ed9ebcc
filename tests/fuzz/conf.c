/* conf: a file of settings that is taken is read back from what is dumped of it,
 * but for secrets; what is refused is refused with a sentence. */
#include "fuzz.h"

#include "conf/conf.h"

#include <sys/mman.h>
#include <unistd.h>

/* A file in memory with these bytes; its path goes to *path. */
static int make_file(const void *bytes, size_t len, char path[32])
{
    int fd = memfd_create("settings", 0);
    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
        abort();
    snprintf(path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

static const struct {
    const char *key;
    bool is_secret;
} settings[] = {
#define RELOAD                                                    0
#define SITE                                                      0
#define BY_RELAY                                                  0
#define BY_ADMIN                                                  0
#define BY_SYNC                                                   0
#define BY_CLEANUP                                                0
#define SECRET                                                    1
#define SETTING(key, type, field, initial, min, max, flags, help) {key, flags},
#include "conf/settings.def"
#undef SETTING
};

/* Whether the line is of a secret, of which a dump does not tell. */
static bool is_secret(const char *line)
{
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (strncmp(line, settings[i].key, strlen(settings[i].key)) == 0 && line[strlen(settings[i].key)] == '=')
            return settings[i].is_secret;
    return false;
}

/* What is dumped, without the lines of secrets. */
static const char *dump(struct arena *arena, const struct conf *conf)
{
    char *bytes, *rest;
    size_t len;
    FILE *out = open_memstream(&bytes, &len);
    if (out == NULL)
        abort();
    conf_dump(conf, out);
    fclose(out);
    arena_defer(arena, free, bytes);
    char *kept = arena_alloc(arena, len + 1), *to = kept;
    rest = arena_strdup(arena, bytes);
    for (char *line; (line = strsep(&rest, "\n")) != NULL;)
        if (line[0] != '\0' && !is_secret(line))
            to += sprintf(to, "%s\n", line);
    return kept;
}

static bool load(struct arena *arena, const void *bytes, size_t len, struct conf **conf)
{
    char path[32], *error = arena_alloc(arena, CONF_ERROR_SIZE);
    int fd = make_file(bytes, len, path);
    bool good = conf_load(path, CONF_EVERYBODY, conf, error);
    close(fd);
    HOLDS(good || (error[0] != '\0' && *conf == NULL), "refused without a word");
    HOLDS(good || memchr(error, '\0', CONF_ERROR_SIZE) != NULL, "an endless sentence");
    return good;
}

static void refuse_difference(const char *key, bool is_site)
{
    (void)is_site;
    HOLDS(false, "%s differs", key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct conf *conf, *again;
    if (load(arena, data, size, &conf)) {
        char error[CONF_ERROR_SIZE];
        const char *text = dump(arena, conf);
        HOLDS(memchr(data, '\0', size) == NULL, "a NUL was taken");
        conf_check_server(conf, error);
        HOLDS(load(arena, text, strlen(text), &again), "the dump is refused:\n%s", text);
        HOLDS(strcmp(dump(arena, again), text) == 0, "read back as\n%snot\n%s", dump(arena, again), text);
        conf_keep_fixed(again, conf, refuse_difference);
        conf_free(&again);
        conf_free(&conf);
    }
    arena_destroy(&arena);
    return 0;
}

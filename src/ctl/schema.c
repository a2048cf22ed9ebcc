#include "ctl/schema.h"

#include "base/arena.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct source embedded[] = {
#define FILE(kind, name, text) {kind, name, text},
#include "ctl/schema.inc"
#undef FILE
};

/* const char schema_seed[], schema_history[] */
#include "ctl/seed.inc"

enum { SOURCES_MAX = 500 };

static const char *read_whole(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = arena_alloc(arena, (size_t)(size < 0 ? 0 : size) + 1);
    size_t n = fread(text, 1, (size_t)(size < 0 ? 0 : size), file);
    fclose(file);
    return size >= 0 && n == (size_t)size ? text : NULL;
}

static int is_sql(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 4 && strcmp(entry->d_name + len - 4, ".sql") == 0;
}

static int load_folder(struct arena *arena, const char *dir, const char *kind, struct source *out, size_t *n)
{
    struct dirent **entries;
    const char *folder = arena_printf(arena, "%s/%ss", dir, kind);
    int found = scandir(folder, &entries, is_sql, alphasort), status = found < 0 ? -1 : 0;
    for (int i = 0; i < found; i++) {
        const char *name = entries[i]->d_name;
        const char *sql = read_whole(arena, arena_printf(arena, "%s/%s", folder, name));
        if (sql == NULL || *n == SOURCES_MAX)
            status = -1;
        else
            out[(*n)++] = (struct source){kind, arena_strndup(arena, name, strlen(name) - 4), sql};
        free(entries[i]);
    }
    if (found >= 0)
        free(entries);
    return status;
}

const struct source *schema_load(struct arena *arena, const char *dir, size_t *n)
{
    *n = sizeof embedded / sizeof embedded[0];
    if (dir == NULL)
        return embedded;
    struct source *all = arena_array(arena, SOURCES_MAX, sizeof *all);
    size_t found = 0;
    for (size_t i = 0; i < *n; i++)
        if (strcmp(embedded[i].kind, "setup") == 0)
            all[found++] = embedded[i];
    if (load_folder(arena, dir, "function", all, &found) != 0 || load_folder(arena, dir, "migration", all, &found) != 0)
        return NULL;
    *n = found;
    return all;
}

#include "qr/qr.h"

#include "base/arena.h"

#include <string.h>

const char *qr_url(struct arena *arena, const char *public_url, const char *slug, const char *code)
{
    size_t len = strlen(public_url);
    while (len > 0 && public_url[len - 1] == '/')
        len--;
    return arena_printf(arena, "%.*s/api/r/%s/tables/%s", (int)len, public_url, slug, code);
}

#include "api/paging.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/uuid7.h"
#include "http/request.h"

#include <inttypes.h>
#include <string.h>

const char *paging_limit(struct request *r, const struct paging *paging)
{
    return arena_printf(r->arena, "%" PRId64, paging->limit.is_set ? paging->limit.value : PAGE_DEFAULT);
}

static enum err bad_cursor(struct request *r)
{
    problem_fault(r, "cursor", "invalid_format", "is not a cursor of this list");
    return ERR_VALIDATION_FAILED;
}

enum err paging_id(struct request *r, const struct paging *paging, const char **id)
{
    *id = NULL;
    if (paging->cursor == NULL)
        return ERR_OK;
    char *text = arena_alloc(r->arena, UUID_TEXT_SIZE);
    *id = text;
    return uuid_parse(paging->cursor, text) ? ERR_OK : bad_cursor(r);
}

enum err paging_number(struct request *r, const struct paging *paging, const char **date, const char **number)
{
    *date = *number = NULL;
    if (paging->cursor == NULL)
        return ERR_OK;
    size_t date_len = strcspn(paging->cursor, "_"), digits;
    const char *day = arena_strndup(r->arena, paging->cursor, date_len);
    const char *rest = paging->cursor + date_len + (paging->cursor[date_len] == '_');
    int unused;
    digits = strspn(rest, "0123456789");
    if (!clock_day_number(day, &unused) || digits == 0 || digits > 9 || rest[0] == '0' || rest[digits] != '\0')
        return bad_cursor(r);
    *date = day;
    *number = rest;
    return ERR_OK;
}

enum err paging_date(struct request *r, const struct paging *paging, const char **date)
{
    int unused;
    *date = paging->cursor;
    return paging->cursor == NULL || clock_day_number(paging->cursor, &unused) ? ERR_OK : bad_cursor(r);
}

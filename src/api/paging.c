#include "api/paging.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/uuid7.h"
#include "http/request.h"

#include <inttypes.h>
#include <stdio.h>

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
    int year, month, day, n, end = 0;
    *date = *number = NULL;
    if (paging->cursor == NULL)
        return ERR_OK;
    if (sscanf(paging->cursor, "%4d-%2d-%2d_%9d%n", &year, &month, &day, &n, &end) != 4 ||
        paging->cursor[end] != '\0' || !clock_date_exists(year, month, day) || n < 1)
        return bad_cursor(r);
    *date = arena_printf(r->arena, "%04d-%02d-%02d", year, month, day);
    *number = arena_printf(r->arena, "%d", n);
    return ERR_OK;
}

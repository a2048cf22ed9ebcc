/* api/paging: a cursor that was given out is read back; what is taken is what one
 * would be written as. */
#include "fuzz.h"

#include "api/paging.h"
#include "base/clock.h"
#include "base/uuid7.h"
#include "http/request.h"

#include <strings.h>

static void check_number(struct request *r, const struct paging *paging)
{
    const char *date, *number;
    int day;
    if (paging_number(r, paging, &date, &number) != ERR_OK) {
        HOLDS(r->problem.n_faults == 1, "%zu faults", r->problem.n_faults);
        return;
    }
    HOLDS(clock_day_number(date, &day), "%s", date);
    HOLDS(strcmp(arena_printf(r->arena, "%s_%ld", date, strtol(number, NULL, 10)), paging->cursor) == 0,
          "'%s' is %s and %s", paging->cursor, date, number);
}

static void check_id(struct request *r, const struct paging *paging)
{
    const char *id;
    if (paging_id(r, paging, &id) == ERR_OK)
        HOLDS(strcasecmp(id, paging->cursor) == 0 && strlen(id) == UUID_TEXT_SIZE - 1, "'%s' is %s", paging->cursor,
              id);
}

static void check_written(struct request *r, uint64_t random)
{
    char time[CLOCK_TEXT_SIZE];
    int wanted = 1 + (int)((random >> 32) % 999999999);
    const char *date, *number;
    clock_rfc3339((int64_t)(random % UINT64_C(253402300800000000)), time);
    const char *cursor = arena_printf(r->arena, "%.10s_%d", time, wanted);
    struct paging paging = {.cursor = cursor};
    HOLDS(paging_number(r, &paging, &date, &number) == ERR_OK, "%s", cursor);
    HOLDS(strcmp(arena_printf(r->arena, "%s_%s", date, number), cursor) == 0, "%s", cursor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    struct request r = {.arena = arena};
    struct paging paging = {.cursor = take_line(&in)};
    check_number(&r, &paging);
    check_id(&r, &paging);
    check_written(&r, take_u64(&in));
    arena_destroy(&arena);
    return 0;
}

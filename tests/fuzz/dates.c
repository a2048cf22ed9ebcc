/* base/clock: a day's text and number, a time's text and microseconds, each
 * against the C library's calendar. */
#include "fuzz.h"

#include "base/clock.h"

#include <time.h>

static const int64_t day_of_epoch = 719163; /* 1970-01-01, where 0001-01-01 is 1 */

static void check_day(const char *text)
{
    int number = 0, year, month, day, end = 0;
    bool shaped = strlen(text) == 10 && text[4] == '-' && text[7] == '-' && strspn(text, "-0123456789") == 10 &&
                  strchr(text + 8, '-') == NULL && strcspn(text, "-") == 4 && strcspn(text + 5, "-") == 2;
    bool good = clock_day_number(text, &number);
    if (!shaped) {
        HOLDS(!good, "'%s'", text);
        return;
    }
    sscanf(text, "%d-%d-%d%n", &year, &month, &day, &end);
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    time_t seconds = timegm(&tm);
    bool exists = year >= 1 && tm.tm_year == year - 1900 && tm.tm_mon == month - 1 && tm.tm_mday == day;
    HOLDS(good == exists && clock_date_exists(year, month, day) == exists, "'%s'", text);
    HOLDS(!good || number == seconds / 86400 + day_of_epoch, "'%s' is day %d", text, number);
}

static void check_written(uint64_t random)
{
    char text[CLOCK_TEXT_SIZE], day[16];
    int64_t real_us = (int64_t)(random % UINT64_C(253402300800000000)), ms; /* up to the year 9999 */
    struct tm tm = {0};
    int number = 0;
    clock_rfc3339(real_us, text);
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    HOLDS(rest != NULL && rest[0] == '.' && strlen(rest) == 5 && rest[4] == 'Z', "%s", text);
    ms = strtol(rest + 1, NULL, 10);
    HOLDS(timegm(&tm) * 1000 + ms == real_us / 1000, "%s", text);
    snprintf(day, sizeof day, "%.10s", text);
    HOLDS(clock_day_number(day, &number) && number == real_us / 86400000000 + day_of_epoch, "%s is day %d", day,
          number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    check_day(take_line(&in));
    check_written(take_u64(&in));
    arena_destroy(&arena);
    return 0;
}

/* The two clocks, and times as text. */
#ifndef OZ_BASE_CLOCK_H
#define OZ_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Microseconds of a clock that only goes forward. */
int64_t clock_monotonic_us(void);
/* Microseconds since 1970-01-01T00:00:00Z. */
int64_t clock_real_us(void);

enum { CLOCK_TEXT_SIZE = 32 };
/* RFC 3339 in UTC with milliseconds: 2026-11-22T11:50:03.120Z. */
void clock_rfc3339(int64_t real_us, char out[CLOCK_TEXT_SIZE]);

/* Whether the day exists in the Gregorian calendar, from year 1 on. */
bool clock_date_exists(int year, int month, int day);

/* The number of the day written as 2026-01-31; 0001-01-01 is day 1. False if
 * the text is not a valid day. */
bool clock_day_number(const char *date, int *number);

#endif

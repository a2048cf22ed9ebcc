/* Opening hours, as a restaurant tells them: [{days, from, to}]. They are shown and decide
 * nothing. */
#ifndef OZ_API_RESTAURANT_HOURS_H
#define OZ_API_RESTAURANT_HOURS_H

#include <stdbool.h>

struct json_object;
struct request;

enum { HOURS_MAX = 50 };

/* HH:MM, from 00:00 to 23:59. */
bool hours_is_time_of_day(const char *text);

/* Notes faults of a list, NULL for none: `days` are some of mon to sun, each once; `to` may be 24:00, and
 * where it is before `from`, it is of the next day. */
void hours_check(struct request *r, struct json_object *list);

#endif

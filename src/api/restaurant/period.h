/* The business days that a report or an export is asked for. */
#ifndef OZ_API_RESTAURANT_PERIOD_H
#define OZ_API_RESTAURANT_PERIOD_H

#include "base/err.h"

struct request;

/* Notes faults of a period that ends before it begins or is too long; *days: of how many it is. */
enum err period_check(struct request *r, const char *from, const char *to, int most, int *days);

#endif

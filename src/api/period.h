/* The business days that something is asked for. */
#ifndef OZ_API_PERIOD_H
#define OZ_API_PERIOD_H

#include "base/err.h"

struct request;

/* Notes faults of a period that ends before it begins or is too long; *days: of how many it is. */
enum err period_check(struct request *r, const char *from, const char *to, int most, int *days);

/* Notes a fault of a list's period that ends before it begins; its first and last day may be NULL. */
enum err period_check_list(struct request *r, const char *from, const char *to);

#endif

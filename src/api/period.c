#include "api/period.h"

#include "base/clock.h"
#include "http/request.h"

#include <string.h>

enum err period_check(struct request *r, const char *from, const char *to, int most, int *days)
{
    int first, last;
    if (!clock_day_number(from, &first) || !clock_day_number(to, &last))
        return ERR_INTERNAL;
    *days = last - first + 1;
    if (*days <= 0)
        problem_fault(r, "to", "out_of_range", "must not be before the first day");
    else if (*days > most)
        problem_fault(r, "to", "out_of_range", "must make the period at most %d days long", most);
    return problem_verdict(r);
}

enum err period_check_list(struct request *r, const char *from, const char *to)
{
    if (from != NULL && to != NULL && strcmp(to, from) < 0)
        problem_fault(r, "to", "out_of_range", "must not be before the first day");
    return problem_verdict(r);
}

#include "domain/lockout.h"

#include <limits.h>

const struct lockout_rule lockout_password = {
    .allowed = 10, .first = 60, .stranger_step = 60, .stranger_longest = 3600};

/* A PIN has few digits, and staff who give a new one are near: those who guess
 * are bounded all together, however long strangers wait. */
struct lockout_rule lockout_pin(int allowed, int first)
{
    return (struct lockout_rule){
        .allowed = allowed, .first = first, .stranger_step = 180, .stranger_longest = 180 * LOCKOUT_STRANGERS_MAX};
}

int lockout_seconds(int failures, int allowed, int first)
{
    if (failures < allowed)
        return 0;
    int longest = first > LOCKOUT_SECONDS_MAX ? first : LOCKOUT_SECONDS_MAX;
    int seconds = first;
    for (int further = failures - allowed; further > 0 && seconds < longest; further--)
        seconds *= 2;
    return seconds < longest ? seconds : longest;
}

int lockout_stranger_seconds(int strangers, const struct lockout_rule *rule)
{
    if (strangers < LOCKOUT_STRANGERS_FREE)
        return 0;
    return strangers < rule->stranger_longest / rule->stranger_step ? strangers * rule->stranger_step
                                                                    : rule->stranger_longest;
}

struct lockout_verdict lockout_judge(const struct lockout_rule *rule, const struct lockout_record *record)
{
    struct lockout_verdict verdict = {.failures = record->failures, .seconds = record->seconds};
    if (record->seconds > 0)
        return verdict;
    verdict.counted = true;
    verdict.seconds = record->known ? 0 : lockout_stranger_seconds(record->strangers, rule);
    if (!record->exists && verdict.seconds > 0)
        return verdict;
    verdict.judged = true;
    if (verdict.failures < INT_MAX)
        verdict.failures++;
    int own = lockout_seconds(verdict.failures, rule->allowed, rule->first);
    if (own > verdict.seconds)
        verdict.seconds = own;
    return verdict;
}

#include "domain/lockout.h"

int lockout_seconds(int failures, int allowed, int first)
{
    if (failures <= 0 || failures % allowed != 0)
        return 0;
    int longest = first > LOCKOUT_SECONDS_MAX ? first : LOCKOUT_SECONDS_MAX;
    int seconds = first;
    for (int lock = failures / allowed; lock > 1 && seconds < longest; lock--)
        seconds *= 2;
    return seconds < longest ? seconds : longest;
}

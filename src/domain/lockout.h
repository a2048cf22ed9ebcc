/* Guessing at a door, which is a staff account's password or a session's PIN:
 * who must wait, and for how long. Tries are counted for each network at each
 * door, so that nobody is kept out by others' tries; docs/internals.md says what
 * that leaves to those who guess. */
#ifndef OZ_DOMAIN_LOCKOUT_H
#define OZ_DOMAIN_LOCKOUT_H

#include <stdbool.h>

enum {
    LOCKOUT_SECONDS_MAX = 900,   /* the longest wait for one's own wrong tries */
    LOCKOUT_STRANGERS_FREE = 5,  /* this many other strangers delay nobody */
    LOCKOUT_STRANGERS_MAX = 480, /* more of them need not be counted */
};

struct lockout_rule {
    int allowed;          /* wrong tries in a row before the first wait */
    int first;            /* its seconds */
    int stranger_step;    /* seconds that a stranger waits for each other stranger, */
    int stranger_longest; /* at most */
};

/* A staff account's rule. For a PIN the first two values are settings. */
extern const struct lockout_rule lockout_password;
struct lockout_rule lockout_pin(int allowed, int first);

/* What is known about a network at a door. */
struct lockout_record {
    bool exists;   /* it tried before */
    bool known;    /* and was let in, so it is not a stranger */
    int failures;  /* wrong tries in a row */
    int seconds;   /* for which it is still refused */
    int strangers; /* other networks that tried lately and were never let in */
};

/* The outcome of a try. */
struct lockout_verdict {
    bool judged;  /* its password or PIN may be checked */
    bool counted; /* the record changes to what follows, unless the try is right */
    int failures;
    int seconds; /* to wait from now on */
};

/* Seconds of wait after the `failures`th wrong try in a row: none before
 * `allowed`, then `first`, then twice as many each time, up to
 * LOCKOUT_SECONDS_MAX (or `first`, if longer). */
int lockout_seconds(int failures, int allowed, int first);

/* Seconds that a stranger waits at a door where that many others have tried. */
int lockout_stranger_seconds(int strangers, const struct lockout_rule *rule);

/* A try that is refused does not prolong the wait. A stranger's first try where
 * many others tried is not judged: it only begins its wait. */
struct lockout_verdict lockout_judge(const struct lockout_rule *rule, const struct lockout_record *record);

#endif

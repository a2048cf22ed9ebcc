/* Guesses at a door (a staff account's password, a session's PIN), counted for
 * each network by the rules of domain/lockout.h. Whoever calls holds the lock
 * of the door's own row, so that tries at it follow one another. */
#ifndef OZ_API_GUESS_H
#define OZ_API_GUESS_H

#include "db/db.h"
#include "domain/lockout.h"

struct request;

struct guess {
    const char *door_id; /* of the account or the session */
    const char *address; /* the network's hash */
    struct lockout_rule rule;
    bool is_trusted; /* whoever tries is in already: no stranger */
    db_slot found;
};

/* Queues the look at what is known of the request's network at this door. */
void guess_begin(struct request *r, const char *door_id, struct lockout_rule rule, struct guess *guess);

/* The same for a caller who is signed in and tries again: not the network
 * counts but the sign-in, so that nobody else can spoil it. */
void guess_begin_signed_in(struct request *r, const char *door_id, struct lockout_rule rule, struct guess *guess);

/* After that ran: what becomes of the try. Where it is to be counted, queues
 * that: it counts as wrong until guess_right() says otherwise. */
struct lockout_verdict guess_judge(struct request *r, const struct guess *guess);

/* Queues that the request's network was let in, which is remembered for `days`. */
void guess_right(struct request *r, const char *door_id, int days);

/* Queues that a caller who is in calls from the request's network. Its wrong
 * tries stay counted. */
void guess_seen(struct request *r, const char *door_id, int days);

/* Queues that all wrong tries at the door are forgotten. */
void guess_forget(struct request *r, const char *door_id);

#endif

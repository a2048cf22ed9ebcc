/* What the parts of orderzap-sync share. */
#ifndef OZ_SYNC_SYNC_H
#define OZ_SYNC_SYNC_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct conf;
struct convex;
struct db;

/* Exit statuses. */
enum {
    SYNC_ALL_SENT = 0,
    SYNC_SOME_LEFT = 1, /* for later: the mirror or the database cannot be reached, or refuses some rows */
    SYNC_HALTED = 2     /* key, URL or deployment is wrong: a person has to correct it */
};

struct sync {
    const struct conf *conf;
    struct arena *arena; /* of one batch */
    struct db *db;
    struct convex *convex;
    const char *started; /* the database's clock when the run began */
    bool quiet, left;    /* left: something must wait for a later run */
    long sent, refused;
};

#endif

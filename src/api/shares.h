/* The stored shares of a session whose bill was split, in step with its ledger. */
#ifndef OZ_API_SHARES_H
#define OZ_API_SHARES_H

#include "base/err.h"
#include "domain/split.h"

struct ledger;
struct request;

struct share {
    const char *id, *diner_id, *split_by;
    const char *items; /* JSON of an item split, or NULL */
    bool is_rest, is_new, is_changed;
    bool is_cut;  /* lowered to what was paid of it when the bill was split again */
    int64_t held; /* by pending online payments */
};

struct shares {
    struct share *list;
    struct split_share *amounts; /* of the same shares */
    size_t n, room;
};

/* Reads the shares of the ledger's session, which is locked; there is room for `more`. */
enum err shares_read(struct request *r, const struct ledger *ledger, size_t more, struct shares *shares);

/* SIZE_MAX: not one of them. */
size_t shares_find(const struct shares *shares, const char *id);

/* Adds a share; its label may be NULL. Queues it. */
size_t shares_add(struct request *r, const struct ledger *ledger, struct shares *shares, const struct share *share,
                  const char *label, int64_t amount);

/* Brings the shares in step with what the ledger's orders come to and what was paid, and
 * queues what has changed. Called by ledger_write(). */
enum err shares_follow(struct request *r, struct ledger *ledger);

#endif

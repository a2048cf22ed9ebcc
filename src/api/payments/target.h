/* What a payment is for: an order, a session and so its orders, or a guest's part of a
 * session. */
#ifndef OZ_API_PAYMENTS_TARGET_H
#define OZ_API_PAYMENTS_TARGET_H

#include "api/ledger.h"

struct payment_target {
    const char *order_id, *session_id; /* one of them */
    const char *diner_id;              /* with session_id: that guest's part */
    const char *share_id;              /* or a share of a bill that is split */
};

/* How much of each order of a ledger a payment may take, in the order in which it does. */
struct rooms {
    size_t n;
    struct ledger_order **orders;
    int64_t *room, *amounts; /* amounts: what it takes */
    int64_t most;            /* of all of it, where it is a share's */
    int64_t held;            /* of it, by others' online payments, and so not to be taken */
    const char *share_id;
};

/* Room for n orders; no share's, and no bound but theirs. */
void payment_rooms_init(struct request *r, size_t n, struct rooms *rooms);

/* Notes a fault unless exactly one is named. */
void payment_target_check(struct request *r, const struct payment_target *target);

/* Locks what is to be paid and reads its ledger. A diner can pay only in their own
 * session; what the diner holds already is not counted as held. A target that is not
 * found is a fault at its pointer; a cancelled order is ERR_ORDER_CANCELLED. */
enum err payment_target_lock(struct request *r, const struct payment_target *target, struct ledger *ledger,
                             struct rooms *rooms);

/* ERR_SHARE_REQUIRED if the bill is split and no share is named. */
enum err payment_target_check_share(const struct ledger *ledger, const struct rooms *rooms);

/* What is open of all of it. */
int64_t payment_rooms_open(const struct rooms *rooms);
/* The smallest coin in which a payment of the method is made, 1 where it is not rounded. `terms` is the
 * answer of STMT_PAYMENT_TERMS. */
int64_t payment_coin(struct request *r, db_slot terms, const char *method);
/* What a payment in coins settles it with: that in the nearest coins; while somebody else holds
 * some of it, and it would not be settled, just what is open. */
int64_t payment_rooms_settle(const struct rooms *rooms, int64_t coin);
/* Fills rooms->amounts. False if the amount is more than is open. */
bool payment_rooms_take(struct rooms *rooms, int64_t amount);

/* ERR_OVERPAID with figures: what is due and how much of it is held. */
enum err payment_refuse_amount(struct request *r, const struct rooms *rooms, int64_t amount);

#endif

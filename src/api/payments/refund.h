/* Giving money back: what it lowers, and what it makes due again. */
#ifndef OZ_API_PAYMENTS_REFUND_H
#define OZ_API_PAYMENTS_REFUND_H

#include "api/payments/write.h"

enum { REFUND_ITEMS_MAX = 100 };

struct refund_item {
    const char *item_id;
    struct optional_int quantity;
};

/* What is asked for: an amount, or items. */
struct refund_input {
    struct optional_int amount, tip_amount;
    const char *reason, *order_id;
    struct optional_bool reopens_due;
    struct optional_int lowers; /* the sale, by so much at most */
    struct json_object *items;  /* read into list */
    struct refund_item *list;
    size_t n_items;
};

/* A payment, locked, and what is left of it. */
struct refund_source {
    const char *payment_id;
    const char *refund_id; /* that is being done: it is not among those that wait; else NULL */
    struct ledger ledger;
    struct rooms rooms; /* what is left with each order, newest first */
    int64_t amount_left, tip_left, unallocated, pending, pending_tip;
    int64_t own_promised; /* credit that this payment's pending refunds are to give back */
    int64_t promised;     /* the same of all payments of the ledger */
    int64_t whole;        /* what is left with all orders, and with none */
    int64_t rounding;     /* of the payment, where nothing of it was given back yet */
    const char *method, *intent_id, *version;
    bool is_of_closed_day;
    bool is_deposit, is_refunded; /* is_refunded: some of it was given back, or will be */
    bool is_counted;              /* the drawer with its cash was closed */
    db_slot terms;                /* the restaurant's coins */
};

/* Locks the payment and the ledger that it is in; source has at most a refund_id. A void one is ERR_PAYMENT_VOID. */
enum err refund_lock(struct request *r, const char *payment_id, struct refund_source *source);

/* Reads what is asked for from a JSON object; notes faults. */
void refund_read(struct request *r, struct json_object *json, struct refund_input *in);

/* What of a refund that a provider will give back is credit now, and not of another one
 * that waits. */
enum err refund_promise(struct request *r, const struct refund_input *in, struct refund_source *source,
                        int64_t *credit);

/* What the refund takes of the payment and lowers; queues its documents and all that
 * follows. *amount: the money that is given back, *rounding: what of it is rounding.
 * ERR_REFUND_EXCEEDS_PAYMENT if there is not so much left. */
enum err refund_do(struct request *r, const struct refund_input *in, struct refund_source *source,
                   const char *refund_id, int64_t *amount, int64_t *rounding);

/* Whether so much is left, what waits for a provider not counted. */
enum err refund_check(struct request *r, const struct refund_input *in, const struct refund_source *source);

/* Takes an amount of the payment from a room's order, and from its share. */
void refund_take(struct refund_source *source, size_t room, int64_t amount);

/* ERR_REFUND_EXCEEDS_PAYMENT, with figures. */
enum err refund_refuse(struct request *r, int64_t amount, int64_t tip_amount);

#endif

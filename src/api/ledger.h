/* The orders of a table and their money, locked: what was ordered, the documents
 * that came after, what was paid. Whoever changes what an order comes to, or pays,
 * reads the ledger, changes it, and writes it back; so all figures of a table go on
 * adding up (domain/standing.h, domain/account.h).
 *
 * An order without a session is a table of its own. The session is locked first, then
 * its orders, oldest first. */
#ifndef OZ_API_LEDGER_H
#define OZ_API_LEDGER_H

#include "api/figures.h"
#include "base/err.h"
#include "db/db.h"
#include "domain/account.h"
#include "domain/order_state.h"
#include "http/fields.h"

struct line_share;
struct request;

struct ledger_line {
    const char *id, *status;
    struct order_line_amounts amounts; /* the quantity is what stands of it */
    int64_t ordered, voided;
};

struct ledger_order {
    const char *id, *diner_id, *version, *payment_status;
    enum order_status status; /* may be set, and is written if the order is */
    bool is_deleted;          /* the same */
    bool stands;              /* neither cancelled nor deleted */
    struct order_terms terms;
    struct part_names names;
    struct order_extras extras;    /* zero once it does not stand */
    struct order_figures settled;  /* as the table's rounding counts it */
    struct order_figures adjusted; /* the same less what was given back: as it is shown */
    struct account account;

    /* Known once its lines were read. */
    struct ledger_line *lines;
    size_t n_lines;
    struct order_discount *discounts;
    size_t n_discounts;
    bool service_waived;
    struct line_share *shares; /* what the lines bear, as of the last document */

    int64_t placed_discount;
    int64_t kept_before;
    int64_t given_back; /* money that went back with the sale, but for no item */
    int64_t tip_back;   /* the part of it that lowered the tip, not the sale */
    bool is_written;    /* what it stands at is to be written */
    bool is_ending;     /* by the document that is being made: an order ends once */
};

/* A document on an order, as it is asked for. NULL and zero where it does not apply. */
struct ledger_document {
    const char *kind;
    const char *item_id;
    int64_t quantity;
    struct optional_int amount, rate_ppm; /* of a discount */
    const char *reason, *refund_id, *transfer_order_id;
};

/* Whose share of a split bill something is of: the share that is named, else those that
 * have one of the items, of a bill split by item, else the guest's. */
struct ledger_concern {
    const char *share_id, *diner_id;
    const char **item_ids;
    size_t n_items;
    int64_t paid; /* what was paid of the share, below zero if it was given back */
};

struct ledger {
    const char *session_id; /* NULL without one */
    const char *currency;   /* NULL without orders */
    struct ledger_order *orders;
    size_t n;
    struct session_sums sums;
    bool has_receipts;                             /* about some of its orders */
    int64_t session_seconds_left, session_seconds; /* see session_push() */
    /* Set before it is read: what this payer's pending online payments hold, or what this
     * intent holds, is not counted as held. NULL: all is. */
    const char *payer_id, *intent_id;
    struct ledger_concern concern; /* set before it is written */
};

/* Locks and reads a session's ledger; ERR_NOT_FOUND without such a session. */
enum err ledger_lock_session(struct request *r, const char *session_id, struct ledger *ledger);

/* The ledger that an order is in, and the order; ERR_NOT_FOUND without such an order, or
 * if own_session is not NULL and the order's is another. Deleted ones are found too. */
enum err ledger_lock_order(struct request *r, const char *order_id, const char *own_session, struct ledger *ledger,
                           struct ledger_order **order);

/* NULL: not in this ledger. */
struct ledger_order *ledger_find(struct ledger *ledger, const char *order_id);
struct ledger_line *ledger_find_line(struct ledger_order *order, const char *item_id);

/* What is sold of it by now, with tax and service charge, before a deposit. */
int64_t ledger_sale(const struct ledger_order *o);

/* Reads an order's lines and what was taken off them, once. */
enum err ledger_read_lines(struct request *r, struct ledger_order *order);

/* ERR_ORDER_PAID if there is money on the order, kept or held: it is given back first. */
enum err ledger_check_unpaid(struct request *r, const struct ledger_order *order);

/* Adds a document to an order, and settles the table. Queues the document, and one for
 * each other order that the rounding has moved to. *id: the document's, NULL if not
 * needed. Its lines are read. */
enum err ledger_add(struct request *r, struct ledger *ledger, struct ledger_order *order,
                    const struct ledger_document *document, const char **id);

/* What happens is of the order: of one of its items, or NULL for all. Its lines are read. */
void ledger_concerns(struct request *r, struct ledger *ledger, const struct ledger_order *order, const char *item_id);

/* Settles the table's rounding where no document brought it about: two tables became
 * one. */
enum err ledger_join(struct request *r, struct ledger *ledger);

/* Queues all that is left: credits are moved to what is due, orders have their new
 * standing and payment status, the session its sums, receipts their credit notes. Runs the
 * transaction if there is credit to move, or a receipt. The last step before the answer. */
enum err ledger_write(struct request *r, struct ledger *ledger);

#endif

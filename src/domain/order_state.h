/* The states of an order and who may move it from one to the next. */
#ifndef OZ_DOMAIN_ORDER_STATE_H
#define OZ_DOMAIN_ORDER_STATE_H

#include "domain/principal.h"

#include <stdbool.h>

enum order_status {
    ORDER_PENDING,
    ORDER_CONFIRMED,
    ORDER_PREPARING,
    ORDER_READY,
    ORDER_SERVED,
    ORDER_COMPLETED,
    ORDER_CANCELLED,
    ORDER_STATUSES
};

/* Their names, in their order; ends with NULL. */
extern const char *const order_statuses[ORDER_STATUSES + 1];

const char *order_status_name(enum order_status status);
bool order_status_parse(const char *name, enum order_status *out);

enum order_step {
    ORDER_STEP_ALLOWED,
    ORDER_STEP_INVALID,   /* no such step exists */
    ORDER_STEP_FORBIDDEN, /* it exists, but not for this role */
    ORDER_STEP_NEEDS_REASON,
    ORDER_STEP_BACK /* takes a step back: allowed for ORDER_STEP_BACK_SECONDS */
};

/* How long after a step it may be taken back. */
enum { ORDER_STEP_BACK_SECONDS = 600 };

/* pending -> confirmed -> preparing -> ready -> served -> completed; staff may
 * step over some of them; cancelled from pending, confirmed and, by a manager
 * with a reason, from preparing. Back, one at a time: ready -> preparing, and
 * from there to confirmed or pending, whichever it came from. */
enum order_step order_step_check(enum role role, enum order_status from, enum order_status to, bool has_reason);

/* The status that an order's lines move to when the order moves to `to`; NULL
 * if they stay as they are. */
const char *order_line_status(enum order_status to);

/* The status of an order whose lines, as ranks, begin with `least` and go up to
 * `most`, the cancelled ones left out; confirmed: what it is while none has
 * been begun. */
enum order_status order_status_of_lines(int least, int most, bool confirmed);

/* How far a line has come: pending 0, preparing 1, ready 2, served 3; a
 * cancelled line is past everything. */
int line_rank(const char *line_status);

/* pending -> preparing -> ready -> served by staff, who may step over some of
 * them; back, one at a time, before it was served. */
enum order_step line_step_check(enum role role, const char *from, const char *to);

/* Whether a role may say that a line was not made or not served: waiters while it is
 * pending, the kitchen until it is ready if it is sold out, managers until the order is
 * completed. */
bool line_may_be_void(enum role role, enum order_status order, const char *line_status, bool is_sold_out);

#endif

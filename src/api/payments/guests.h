/* What each guest of a session has to pay: what is due of the own orders, and a part of
 * what nobody in particular ordered. Amounts in minor units. */
#ifndef OZ_API_PAYMENTS_GUESTS_H
#define OZ_API_PAYMENTS_GUESTS_H

#include "db/db.h"

#include <stddef.h>
#include <stdint.h>

struct request;

struct guest_due {
    const char *diner_id, *display_name;
    int64_t own, shared;
};

/* In the order in which they joined; those who were sent away come last, and share nothing
 * unless all were. */
struct guest_dues {
    struct guest_due *list;
    size_t n;
    int64_t nobodys; /* what is due of the orders that are nobody's in particular */
};

db_slot guest_dues_queue(struct request *r, const char *session_id);
struct guest_dues guest_dues_read(struct request *r, db_slot slot);

/* NULL: not a guest of the session. */
const struct guest_due *guest_dues_find(const struct guest_dues *guests, const char *diner_id);

#endif

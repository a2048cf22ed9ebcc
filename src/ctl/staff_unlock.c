/* orderzapctl staff unlock: an owner's way back in while others guess. */
#include "ctl/ctl.h"
#include "ctl/people.h"

#include <stdio.h>
#include <sysexits.h>

int ctl_staff_unlock(struct ctl *ctl)
{
    const char *slug = NULL, *email = NULL;
    const struct ctl_option options[] = {
        {"restaurant", &slug, NULL, true},
        {"email", &email, NULL, true},
    };
    if (!ctl_options(ctl, options, 2))
        return EX_USAGE;
    const char *restaurant_id = restaurant_find(ctl, slug);
    if (restaurant_id == NULL)
        return EX_DATAERR;
    db_slot found = DB_QUEUE(ctl->db, STMT_CTL_STAFF_FIND, restaurant_id, email);
    if (!ctl_run(ctl, "staff"))
        return EX_SOFTWARE;
    const char *id = db_text(ctl->db, found, 0, COL_CTL_STAFF_FIND_ID);
    if (id == NULL) {
        fprintf(stderr, "orderzapctl: %s has no account there\n", email);
        return EX_DATAERR;
    }
    db_slot forgotten = DB_QUEUE(ctl->db, STMT_CTL_STAFF_UNLOCK, restaurant_id, id);
    if (!ctl_run(ctl, "staff"))
        return EX_SOFTWARE;
    printf("%d networks with wrong tries forgotten\n", db_affected(ctl->db, forgotten));
    return EX_OK;
}

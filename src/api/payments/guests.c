#include "api/payments/guests.h"

#include "base/arena.h"
#include "domain/account.h"
#include "http/request.h"

#include <string.h>

db_slot guest_dues_queue(struct request *r, const char *session_id)
{
    return DB_QUEUE(r->db, STMT_GUEST_DUES, r->restaurant_id, session_id);
}

static void share_out(struct request *r, db_slot slot, struct guest_dues *guests)
{
    int64_t *paid = arena_array(r->arena, guests->n, sizeof *paid),
            *parts = arena_array(r->arena, guests->n, sizeof *parts);
    size_t here = 0;
    for (size_t i = 0; i < guests->n; i++)
        paid[i] = db_int(r->db, slot, (int)i, COL_GUEST_DUES_SHARED_PAID);
    while (here < guests->n && db_bool(r->db, slot, (int)here, COL_GUEST_DUES_IS_HERE))
        here++;
    accounts_share(guests->nobodys, paid, here > 0 ? here : guests->n, parts);
    for (size_t i = 0; i < guests->n; i++)
        guests->list[i].shared = parts[i];
}

struct guest_dues guest_dues_read(struct request *r, db_slot slot)
{
    int n = db_rows(r->db, slot) - 1;
    struct guest_dues guests = {arena_array(r->arena, (size_t)n, sizeof *guests.list), (size_t)n,
                                db_int(r->db, slot, n, COL_GUEST_DUES_DUE)};
    for (int i = 0; i < n; i++)
        guests.list[i] = (struct guest_due){.diner_id = db_text(r->db, slot, i, COL_GUEST_DUES_ID),
                                            .display_name = db_text(r->db, slot, i, COL_GUEST_DUES_DISPLAY_NAME),
                                            .own = db_int(r->db, slot, i, COL_GUEST_DUES_DUE)};
    if (n > 0)
        share_out(r, slot, &guests);
    return guests;
}

const struct guest_due *guest_dues_find(const struct guest_dues *guests, const char *diner_id)
{
    for (size_t i = 0; i < guests->n; i++)
        if (strcmp(guests->list[i].diner_id, diner_id) == 0)
            return &guests->list[i];
    return NULL;
}

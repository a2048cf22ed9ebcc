#include "ctl/people.h"

#include "auth/password.h"
#include "base/uuid7.h"

#include <stdio.h>

int people_add(struct ctl *ctl, const struct person *person)
{
    char id[UUID_TEXT_SIZE], hash[PASSWORD_HASH_SIZE];
    if (!password_hash(person->password, hash)) {
        fputs("orderzapctl: no memory to hash a password\n", stderr);
        return -1;
    }
    uuid7_make(id);
    db_slot slot = DB_QUEUE(ctl->db, STMT_CTL_STAFF_INSERT, person->restaurant_id, id, person->email, person->name,
                            person->role, hash);
    return ctl_run(ctl, "staff") ? db_affected(ctl->db, slot) : -1;
}

const char *restaurant_find(struct ctl *ctl, const char *slug)
{
    db_slot slot = DB_QUEUE(ctl->db, STMT_SLUG_FIND, slug);
    if (!ctl_run(ctl, "restaurant"))
        return NULL;
    const char *id = db_text(ctl->db, slot, 0, COL_SLUG_FIND_RESTAURANT_ID);
    if (id == NULL)
        fprintf(stderr, "orderzapctl: restaurant '%s' not found\n", slug);
    return id;
}

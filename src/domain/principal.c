#include "domain/principal.h"

#include <stddef.h>
#include <string.h>

const char *const staff_roles[] = {"kitchen", "waiter", "cashier", "manager", "owner", NULL};

/* In the order of staff_roles. */
static const enum role staff[] = {ROLE_KITCHEN, ROLE_WAITER, ROLE_CASHIER, ROLE_MANAGER, ROLE_OWNER};
static const char diner[] = "diner";

const char *role_name(enum role role)
{
    for (size_t i = 0; staff_roles[i] != NULL; i++)
        if (staff[i] == role)
            return staff_roles[i];
    return role == ROLE_DINER ? diner : NULL;
}

enum role role_parse(const char *name)
{
    for (size_t i = 0; staff_roles[i] != NULL; i++)
        if (strcmp(staff_roles[i], name) == 0)
            return staff[i];
    return strcmp(name, diner) == 0 ? ROLE_DINER : ROLE_NOBODY;
}

bool principal_may_manage(enum role actor, enum role target)
{
    return actor == ROLE_OWNER || (actor == ROLE_MANAGER && target != ROLE_OWNER);
}

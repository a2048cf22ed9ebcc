#include "domain/principal.h"

#include <stddef.h>
#include <string.h>

static const struct {
    enum role role;
    const char *name;
} names[] = {
    {ROLE_DINER, "diner"},     {ROLE_KITCHEN, "kitchen"}, {ROLE_WAITER, "waiter"},
    {ROLE_CASHIER, "cashier"}, {ROLE_MANAGER, "manager"}, {ROLE_OWNER, "owner"},
};

const char *role_name(enum role role)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].role == role)
            return names[i].name;
    return NULL;
}

enum role role_parse(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].role;
    return ROLE_NOBODY;
}

bool principal_may_manage(enum role actor, enum role target)
{
    return actor == ROLE_OWNER || (actor == ROLE_MANAGER && target != ROLE_OWNER);
}

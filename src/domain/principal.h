/* Who makes a request, and in which role. */
#ifndef OZ_DOMAIN_PRINCIPAL_H
#define OZ_DOMAIN_PRINCIPAL_H

#include <stdbool.h>

/* Bits, so that a route or a field can name several roles. */
enum role {
    ROLE_NOBODY = 0,
    ROLE_DINER = 1 << 0,
    ROLE_KITCHEN = 1 << 1,
    ROLE_WAITER = 1 << 2,
    ROLE_CASHIER = 1 << 3,
    ROLE_MANAGER = 1 << 4,
    ROLE_OWNER = 1 << 5,

    ROLES_MANAGERS = ROLE_MANAGER | ROLE_OWNER,
    ROLES_CASHIERS = ROLE_CASHIER | ROLES_MANAGERS,
    ROLES_WAITERS = ROLE_WAITER | ROLES_CASHIERS,
    ROLES_STAFF = ROLE_KITCHEN | ROLES_WAITERS,
    ROLES_ALL = ROLE_DINER | ROLES_STAFF
};

/* The names of staff's roles; ends with NULL. */
extern const char *const staff_roles[];

/* The role's name, NULL for none or several. */
const char *role_name(enum role role);
/* ROLE_NOBODY for an unknown name. */
enum role role_parse(const char *name);

/* Whether `actor` may make, change or end accounts of role `target`. */
bool principal_may_manage(enum role actor, enum role target);

struct principal {
    enum role role;
    const char *id;            /* of the diner or the member of staff */
    const char *restaurant_id; /* set whenever role is */
    const char *session_id;    /* a diner's; NULL for staff */
    const char *table_id;      /* a diner's, once a transaction for changes is open */
    const char *family_id;     /* of a member of staff's sign-in, or a diner's who came back with a code; or NULL */
    const char *email;         /* "" for diners */
};

#endif

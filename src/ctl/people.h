/* Adding members of staff, for `staff add` and the seed. */
#ifndef OZ_CTL_PEOPLE_H
#define OZ_CTL_PEOPLE_H

#include "ctl/ctl.h"

struct person {
    const char *restaurant_id, *email, *name, *role, *password;
};

/* 1 when added, 0 when the e-mail address is taken there, -1 on an error. */
int people_add(struct ctl *ctl, const struct person *person);

/* The restaurant's id, NULL if there is none of this slug, or on an error. */
const char *restaurant_find(struct ctl *ctl, const char *slug);

#endif

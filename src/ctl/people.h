/* Adding members of staff, for `staff add` and the seed. */
#ifndef OZ_CTL_PEOPLE_H
#define OZ_CTL_PEOPLE_H

#include "ctl/ctl.h"

struct person {
    const char *restaurant_id, *email, *name, *role, *password;
};

/* 1 if added, 0 if the e-mail address is already in use there, -1 on an error. */
int people_add(struct ctl *ctl, const struct person *person);

/* The restaurant's id, NULL if the slug is not found, or on an error. */
const char *restaurant_find(struct ctl *ctl, const char *slug);

#endif

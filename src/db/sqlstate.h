/* From PostgreSQL's SQLSTATE (its manual, appendix A) to our errors. */
#ifndef OZ_DB_SQLSTATE_H
#define OZ_DB_SQLSTATE_H

#include "base/err.h"

/* NULL stands for a lost connection. */
enum err sqlstate_to_err(const char *sqlstate);

#endif

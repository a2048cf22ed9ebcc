#include "db/sqlstate.h"

#include <stddef.h>
#include <string.h>

enum err sqlstate_to_err(const char *sqlstate)
{
    /* The longest matching prefix comes first. */
    static const struct {
        const char *prefix;
        enum err err;
    } map[] = {
        {"57014", ERR_BUSY},                 /* statement_timeout */
        {"55P03", ERR_BUSY},                 /* lock_timeout */
        {"40001", ERR_BUSY},                 /* serialization_failure */
        {"40P01", ERR_BUSY},                 /* deadlock_detected */
        {"25P03", ERR_DATABASE_UNAVAILABLE}, /* idle_in_transaction_session_timeout */
        {"25006", ERR_DATABASE_UNAVAILABLE}, /* read only: a standby got the writes */
        {"23505", ERR_CONFLICT},             /* unique_violation */
        {"23503", ERR_CONFLICT},             /* foreign_key_violation */
        {"OZ001", ERR_ORDER_IMMUTABLE},      /* our triggers' guard */
        {"OZ002", ERR_DAY_CLOSED},           /* the same, of closed business days */
        {"22", ERR_VALIDATION_FAILED},       /* data exception: a client's value */
        {"08", ERR_DATABASE_UNAVAILABLE},    /* connection exception */
        {"53", ERR_DATABASE_UNAVAILABLE},    /* insufficient resources */
        {"57P", ERR_DATABASE_UNAVAILABLE},   /* shutdown, start-up, crash */
        {"58", ERR_DATABASE_UNAVAILABLE},    /* system error */
    };
    if (sqlstate == NULL || sqlstate[0] == '\0')
        return ERR_DATABASE_UNAVAILABLE;
    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++)
        if (strncmp(sqlstate, map[i].prefix, strlen(map[i].prefix)) == 0)
            return map[i].err;
    return ERR_INTERNAL;
}

/* An answer that a statement puts together: the handler knows its text except
 * for what only the database can say, such as a number given at the commit. */
#ifndef OZ_API_ANSWER_PIECES_H
#define OZ_API_ANSWER_PIECES_H

#include "db/statements.h"

struct answer_pieces {
    const char *id; /* of the resource */
    const char *texts[3];
    /* Both return the answer in their first column.
     * show: $1 restaurant, $2 id, $3 to $5 the texts.
     * store, which also keeps it under the request's key: $1 restaurant, $2 id,
     * $3 caller, $4 key, $5 the request's hash, $6 to $8 the texts. */
    enum statement show, store;
};

#endif

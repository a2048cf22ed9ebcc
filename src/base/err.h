/* The list of errors (err.def) as an enum, with each one's stable code, HTTP
 * status and title. Functions that can fail return `enum err`; results go
 * through out parameters at the end. */
#ifndef OZ_BASE_ERR_H
#define OZ_BASE_ERR_H

enum err {
    ERR_OK = 0,
    ERR_ANSWERED, /* no error: the answer is already made, and nothing is left to do */
#define ERR(name, code, status, title) ERR_##name,
#include "base/err.def"
#undef ERR
    ERR_COUNT
};

/* The stable snake_case code. Never NULL. */
const char *err_code(enum err e);
/* The HTTP status, 200 for ERR_OK. */
int err_status(enum err e);
/* One sentence for people, without a full stop. Never NULL. */
const char *err_title(enum err e);

/* Returns the error of `call` from the function, if it has one. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        enum err try_err_ = (call);                                                                                    \
        if (try_err_ != ERR_OK)                                                                                        \
            return try_err_;                                                                                           \
    } while (0)

#endif

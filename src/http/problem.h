/* What went wrong with a request, as RFC 9457 problem details. Faults are
 * gathered while a request is read, so that a client learns of all of them at
 * once. */
#ifndef OZ_HTTP_PROBLEM_H
#define OZ_HTTP_PROBLEM_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct request;

enum { PROBLEM_FAULTS_MAX = 100 };

struct fault {
    const char *field;  /* JSON Pointer (RFC 6901) into the body, or a query parameter's name */
    const char *code;   /* stable snake_case */
    const char *detail; /* one sentence */
};

struct problem {
    const char *detail;
    struct fault *faults;
    size_t n_faults;       /* all of them; at most PROBLEM_FAULTS_MAX are listed */
    bool forbidden;        /* one of the faults is a field that the role may not set */
    enum err kind;         /* the error that the faults make, if not VALIDATION_FAILED */
    const char *extension; /* further members, as `"key":value` JSON text */
};

/* One sentence about this case, in place of the error's title. */
void problem_detail(struct request *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a fault. */
void problem_fault(struct request *r, const char *field, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A fault that turns the whole into a specific error, unless another came
 * first: ITEM_UNAVAILABLE, INVALID_SELECTION, CARD_NUMBER_REJECTED. */
void problem_fault_of(struct request *r, enum err kind, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ERR_OK without faults; otherwise the error that they make together. */
enum err problem_verdict(const struct request *r);

/* Makes the answer of the error: its problem body and headers. */
void problem_answer(struct request *r, enum err err);

#endif

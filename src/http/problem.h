/* What went wrong with a request, as RFC 9457 problem details. Faults are
 * gathered while a request is read, so that a client learns all at once. */
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
    size_t n_faults;       /* all; no more than PROBLEM_FAULTS_MAX are listed */
    bool forbidden;        /* one of the faults is a field that the role may not set */
    enum err kind;         /* what the faults are, if not VALIDATION_FAILED */
    const char *extension; /* further members, as `"key":value` JSON text */
};

/* One sentence about this case, instead of the error's own title. */
void problem_detail(struct request *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a fault. */
void problem_fault(struct request *r, const char *field, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A fault that makes the whole an error of its own kind, unless another came
 * first: ITEM_UNAVAILABLE, INVALID_SELECTION, CARD_NUMBER_REJECTED. */
void problem_fault_of(struct request *r, enum err kind, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ERR_OK without faults; else the error that they make together. */
enum err problem_verdict(const struct request *r);

/* Makes the answer of the error: its problem body and headers. */
void problem_answer(struct request *r, enum err err);

#endif

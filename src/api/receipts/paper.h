/* In which form a receipt is read: as JSON, or on paper. */
#ifndef OZ_API_RECEIPTS_PAPER_H
#define OZ_API_RECEIPTS_PAPER_H

#include "base/err.h"

#include <stdbool.h>

struct json_object;
struct request;

enum paper_form { PAPER_NONE, PAPER_HTML, PAPER_PDF };

/* By the Accept header; PAPER_NONE is JSON. */
enum paper_form paper_wanted(const struct request *r);

/* Answers with the document on paper of that size (80 mm, unless it is a4), marked as a copy or not. */
enum err paper_answer(struct request *r, enum paper_form form, const char *size, struct json_object *document,
                      bool is_copy);

#endif

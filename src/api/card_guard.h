/* What people write at a table must not hold card numbers. */
#ifndef OZ_API_CARD_GUARD_H
#define OZ_API_CARD_GUARD_H

struct request;

/* Notes a fault if the text, which may be NULL, holds one. */
void card_guard_check(struct request *r, const char *text, const char *pointer);

/* The same of a phone number's field, where a phone number with its country
 * code is none. */
void card_guard_check_phone(struct request *r, const char *text, const char *pointer);

#endif

/* Texts of orders and payments hold no card numbers. */
#ifndef OZ_API_CARD_GUARD_H
#define OZ_API_CARD_GUARD_H

struct request;

/* Notes a fault where the text, which may be NULL, holds one. */
void card_guard_check(struct request *r, const char *text, const char *pointer);

#endif

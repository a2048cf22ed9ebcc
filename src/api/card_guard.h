/* Texts of orders and payments must not hold card numbers. */
#ifndef OZ_API_CARD_GUARD_H
#define OZ_API_CARD_GUARD_H

struct request;

/* Notes a fault if the text, which may be NULL, holds one. */
void card_guard_check(struct request *r, const char *text, const char *pointer);

#endif

/* Card numbers have no place in an order: how to tell one in a text. */
#ifndef OZ_DOMAIN_CARD_NUMBER_H
#define OZ_DOMAIN_CARD_NUMBER_H

#include <stdbool.h>

/* Whether the text holds a run of 13 to 19 digits that passes the Luhn check
 * (ISO/IEC 7812-1, annex B). Single spaces or hyphens inside the run do not
 * end it, since so people write card numbers; nor do other digits hide it that
 * stand beside it behind such a one. */
bool card_number_in(const char *text);

#endif

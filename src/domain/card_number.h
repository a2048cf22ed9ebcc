/* Card numbers must not be in an order: how to find one in a text. */
#ifndef OZ_DOMAIN_CARD_NUMBER_H
#define OZ_DOMAIN_CARD_NUMBER_H

#include <stdbool.h>

/* Whether the text holds a run of 13 to 19 digits that passes the Luhn check
 * (ISO/IEC 7812-1, annex B). Single spaces or hyphens inside the run do not
 * end it, since people write card numbers like this, nor can further digits
 * after such a separator hide it. */
bool card_number_in(const char *text);

#endif

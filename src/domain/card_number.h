/* Card numbers must not be in an order: how to find one in a text. */
#ifndef OZ_DOMAIN_CARD_NUMBER_H
#define OZ_DOMAIN_CARD_NUMBER_H

#include <stdbool.h>

/* Whether the text holds a run of 12 to 19 digits that begins as an issuer's
 * numbers of that length do and passes the Luhn check (ISO/IEC 7812-1, annex B):
 * of other runs of digits, such as bar codes and the numbers of orders, every
 * tenth would pass that alone. Single spaces or hyphens inside the run do not
 * end it, since people write card numbers like this, nor can further digits
 * after such a separator hide it. */
bool card_number_in(const char *text);

#endif

/* Telephone numbers with their country code. */
#ifndef OZ_DOMAIN_PHONE_NUMBER_H
#define OZ_DOMAIN_PHONE_NUMBER_H

#include <stdbool.h>

/* Whether the whole text is + or 00 and a number of 8 to 15 digits, of which
 * the first is not 0 (ITU-T E.164, section 6), separated as people do: with
 * spaces, hyphens, dots, slashes and parentheses. */
bool phone_number_is(const char *text);

#endif

#include "domain/phone_number.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum { DIGITS_MIN = 8, DIGITS_MAX = 15 };

bool phone_number_is(const char *text)
{
    size_t n = 0;
    if (text[0] == '+')
        text += 1;
    else if (text[0] == '0' && text[1] == '0')
        text += 2;
    else
        return false;
    for (; *text != '\0'; text++) {
        if (isdigit((unsigned char)*text)) {
            if (n == 0 && *text == '0')
                return false;
            n++;
        } else if (strchr(" -./()", *text) == NULL) {
            return false;
        }
    }
    return n >= DIGITS_MIN && n <= DIGITS_MAX;
}

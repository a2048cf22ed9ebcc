#include "api/card_guard.h"

#include "domain/card_number.h"
#include "domain/phone_number.h"
#include "http/request.h"

#include <stddef.h>

void card_guard_check(struct request *r, const char *text, const char *pointer)
{
    if (text != NULL && card_number_in(text))
        problem_fault_of(r, ERR_CARD_NUMBER_REJECTED, pointer, "must not hold a card number");
}

void card_guard_check_phone(struct request *r, const char *text, const char *pointer)
{
    if (text != NULL && !phone_number_is(text))
        card_guard_check(r, text, pointer);
}

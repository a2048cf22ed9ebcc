/* A provider's event, as it was read, and what becomes of it. */
#ifndef OZ_API_PAYMENTS_WEBHOOK_H
#define OZ_API_PAYMENTS_WEBHOOK_H

#include "base/err.h"
#include "http/fields.h"

struct request;

struct webhook_event {
    const char *event_id, *intent_id, *refund_id, *status, *currency, *provider_ref;
    struct optional_int amount;
};

/* The answer; NULL for what there is not. */
void webhook_answer(struct request *r, const struct webhook_event *event, const char *status, const char *payment_id,
                    const char *flag);

/* Queues the event, so that it counts once. */
void webhook_remember(struct request *r, const struct webhook_event *event, const char *payment_id);

/* `captured` and `failed`: of an intent. */
enum err webhook_intent(struct request *r, const struct webhook_event *event);

/* `refunded` and `refund_failed`: of a refund that waits for its provider. */
enum err webhook_refund(struct request *r, const struct webhook_event *event);

#endif

/* An answer of any length, made and sent piece by piece. The pieces are of one
 * moment: each is read in the same transaction, which sees what was committed before its first
 * statement. Memory is needed for one of them: what the making of a piece took is given
 * back before the next. */
#ifndef OZ_API_STREAM_H
#define OZ_API_STREAM_H

#include "base/err.h"

#include <stdbool.h>

struct request;
struct text;

/* Makes the next piece; it may be empty. Runs the statements that it needs, and says
 * whether there are further pieces. What it keeps for them is in its state. */
typedef enum err stream_producer(struct request *r, void *state, struct text *piece, bool *has_more);

/* The answer of a handler of a TX_READ route, 200. What the handler says of it, such as its
 * content type, is sent with the first piece; an error until then is answered as any other. */
void stream_answer(struct request *r, stream_producer *producer, void *state);

/* Make a piece: r->response.body, and has_more. For the transaction. */
enum err stream_first(struct request *r);
enum err stream_next(struct request *r);

#endif

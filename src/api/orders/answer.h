/* The answer to an order just placed, as the API shows it. Everything that
 * SQL's order_json() says of it is already known here, except its number and
 * its times: so the text is made here, in the pieces around those. A test
 * compares the two. */
#ifndef OZ_API_ORDERS_ANSWER_H
#define OZ_API_ORDERS_ANSWER_H

struct order_draft;
struct order_place;
struct request;

/* Has the order answered, 201. line_ids: one for each line of the draft. */
void order_answer(struct request *r, const struct order_draft *draft, const struct order_place *place,
                  const char *order_id, const char *const *line_ids);

#endif

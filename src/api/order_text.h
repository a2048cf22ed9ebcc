/* An order just placed, as the API shows it. What SQL's order_json() says of it
 * is known here already, but for its number and its time: so the text is made
 * here, in the pieces that stand around those. A test compares the two. */
#ifndef OZ_API_ORDER_TEXT_H
#define OZ_API_ORDER_TEXT_H

struct order_draft;
struct order_place;
struct request;

struct order_text {
    const char *id;
    const char *before_number, *between, *behind_times; /* JSON */
};

/* line_ids: one for each line of the draft. Everything lives in the request's
 * arena. */
struct order_text order_text_make(struct request *r, const struct order_draft *draft, const struct order_place *place,
                                  const char *order_id, const char *const *line_ids);

#endif

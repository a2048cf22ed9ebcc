#include "http/csv.h"

#include "base/text.h"

#include <string.h>

/* A comma, except before a record's first field. No field ends in a line feed:
 * a field that contains one is quoted. */
static void separate(struct text *out)
{
    if (out->len > 0 && out->bytes[out->len - 1] != '\n')
        text_add(out, ",", 1);
}

void csv_text(struct text *out, const char *value)
{
    separate(out);
    if (value == NULL)
        value = "";
    const char *guard = value[0] != '\0' && strchr("=+-@\t\r\n", value[0]) != NULL ? "'" : "";
    if (value[0] != '\0' && value[strcspn(value, ",\"\r\n")] == '\0') {
        text_puts(out, guard);
        text_puts(out, value);
        return;
    }
    /* Quotes also an empty one: an empty first field would not be seen as a
     * field. */
    text_add(out, "\"", 1);
    text_puts(out, guard);
    for (const char *quote; (quote = strchr(value, '"')) != NULL; value = quote + 1) {
        text_add(out, value, (size_t)(quote + 1 - value));
        text_add(out, "\"", 1);
    }
    text_puts(out, value);
    text_add(out, "\"", 1);
}

void csv_number(struct text *out, const char *digits)
{
    separate(out);
    text_puts(out, digits);
}

void csv_end(struct text *out)
{
    text_add(out, "\r\n", 2);
}

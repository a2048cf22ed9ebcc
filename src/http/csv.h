/* Comma-separated values (RFC 4180), safe to open in a spreadsheet. */
#ifndef OZ_HTTP_CSV_H
#define OZ_HTTP_CSV_H

struct text;

#define CSV_TYPE "text/csv; charset=utf-8; header=present"

/* A field of free text. One that a spreadsheet would take for a formula gets
 * an apostrophe in front. NULL is an empty field. */
void csv_text(struct text *out, const char *value);
/* A field that is a number, in digits; a minus sign stays. */
void csv_number(struct text *out, const char *digits);
/* The end of a record. */
void csv_end(struct text *out);

#endif

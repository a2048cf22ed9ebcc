/* The text of the relay's cursor file: a transaction id of twenty digits, so
 * that a write never changes the file's length. */
#ifndef OZ_RELAY_CURSOR_H
#define OZ_RELAY_CURSOR_H

#include <stddef.h>
#include <stdint.h>

enum { CURSOR_TEXT_SIZE = 20 + 1 + 1 };

void cursor_write(uint64_t cursor, char text[CURSOR_TEXT_SIZE]);

/* 0, "not known", for anything that cursor_write() would not write. */
uint64_t cursor_read(const char *text, size_t len);

#endif

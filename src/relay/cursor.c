#include "relay/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cursor_write(uint64_t cursor, char text[CURSOR_TEXT_SIZE])
{
    snprintf(text, CURSOR_TEXT_SIZE, "%20" PRIu64 "\n", cursor);
}

uint64_t cursor_read(const char *text, size_t len)
{
    char copy[CURSOR_TEXT_SIZE] = "", again[CURSOR_TEXT_SIZE];
    if (len != CURSOR_TEXT_SIZE - 1)
        return 0;
    memcpy(copy, text, len);
    uint64_t cursor = strtoull(copy, NULL, 10);
    cursor_write(cursor, again);
    return strcmp(copy, again) == 0 ? cursor : 0;
}

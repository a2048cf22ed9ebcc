#include "base/uuid7.h"

#include "base/clock.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const char hex[] = "0123456789abcdef";

/* The time with its sub-millisecond part in the 12 bits of rand_a (RFC 9562,
 * 6.2, method 3), raised by one if the clock has not moved or went back. */
static uint64_t next_stamp(void)
{
    static uint64_t last;
    static pid_t owner;
    int64_t now = clock_real_us();
    uint64_t stamp = (uint64_t)(now / 1000) << 12 | (uint64_t)(now % 1000) * 4096 / 1000;
    if (owner != getpid()) { /* a forked child starts again */
        owner = getpid();
        last = 0;
    }
    if (stamp <= last)
        stamp = last + 1;
    last = stamp;
    return stamp;
}

void uuid7_make(char out[UUID_TEXT_SIZE])
{
    unsigned char b[16];
    if (getentropy(b + 8, 8) != 0) {
        perror("getentropy");
        exit(EX_OSERR);
    }
    uint64_t stamp = next_stamp();
    for (int i = 0; i < 6; i++)
        b[i] = (unsigned char)(stamp >> (12 + 8 * (5 - i)) & 0xff);
    b[6] = (unsigned char)(0x70 | (stamp >> 8 & 0x0f));
    b[7] = (unsigned char)(stamp & 0xff);
    b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));

    char *p = out;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        *p++ = hex[b[i] >> 4];
        *p++ = hex[b[i] & 15];
    }
    *p = '\0';
}

bool uuid_parse(const char *text, char out[UUID_TEXT_SIZE])
{
    if (strlen(text) != UUID_TEXT_SIZE - 1)
        return false;
    for (int i = 0; i < UUID_TEXT_SIZE - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
        out[i] = (char)tolower((unsigned char)text[i]);
    }
    out[UUID_TEXT_SIZE - 1] = '\0';
    return true;
}

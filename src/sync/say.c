#include "sync/say.h"

#include "db/db.h"

#include <stdarg.h>
#include <stdio.h>

void sync_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("orderzap-sync: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

int sync_database_failed(const struct sync *sync)
{
    const char *error = db_last_error(sync->db);
    sync_say("the database: %s", error[0] != '\0' ? error : "it cannot be reached");
    return SYNC_SOME_LEFT;
}

#include "db/statements.h"

static const struct statement_text texts[STATEMENT_COUNT] = {
#define STATEMENT(name, worker, text) [STMT_##name] = {#name, text, worker},
#include "db/statements.inc"
#undef STATEMENT
};

const struct statement_text *statement_text(enum statement statement)
{
    return &texts[statement];
}

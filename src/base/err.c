#include "base/err.h"

static const struct {
    const char *code;
    int status;
    const char *title;
} errors[ERR_COUNT] = {
    [ERR_OK] = {"ok", 200, "Success"},
    [ERR_ANSWERED] = {"answered", 200, "Success"},
#define ERR(name, code, status, title) [ERR_##name] = {code, status, title},
#include "base/err.def"
#undef ERR
};

const char *err_code(enum err e)
{
    return errors[e].code;
}

int err_status(enum err e)
{
    return errors[e].status;
}

const char *err_title(enum err e)
{
    return errors[e].title;
}

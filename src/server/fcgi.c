#include "server/fcgi.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/request.h"

#include <fcgiapp.h>
#include <stdlib.h>
#include <string.h>

struct fcgi {
    FCGX_Request request;
    bool has_head; /* the answer's, was sent */
};

struct fcgi *fcgi_create(int socket)
{
    struct fcgi *fcgi = calloc(1, sizeof *fcgi);
    if (fcgi == NULL || FCGX_Init() != 0 || FCGX_InitRequest(&fcgi->request, socket, FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
        free(fcgi);
        return NULL;
    }
    return fcgi;
}

void fcgi_destroy(struct fcgi **fcgi)
{
    if (*fcgi == NULL)
        return;
    FCGX_Free(&(*fcgi)->request, 1);
    free(*fcgi);
    *fcgi = NULL;
}

/* A copy of a parameter: libfcgi's text is freed with its request. */
static const char *parameter(struct fcgi *fcgi, struct request *r, const char *name)
{
    const char *value = FCGX_GetParam(name, fcgi->request.envp);
    return value != NULL ? arena_strdup(r->arena, value) : "";
}

static void read_body(struct fcgi *fcgi, struct request *r)
{
    const char *length = FCGX_GetParam("CONTENT_LENGTH", fcgi->request.envp);
    unsigned long long announced = length != NULL ? strtoull(length, NULL, 10) : 0;
    r->body = "";
    if (announced > BODY_MAX) {
        r->body_too_large = true;
        return;
    }
    if (announced == 0)
        return;
    char *body = arena_alloc(r->arena, (size_t)announced + 1);
    int n = FCGX_GetStr(body, (int)announced, fcgi->request.in);
    r->body = body;
    r->body_len = n > 0 ? (size_t)n : 0;
}

/* Milliseconds since nginx passed the request on ($msec: seconds with three
 * decimals); 0 if it does not say. */
static int64_t waited_ms(const char *request_start)
{
    char *end;
    long long seconds = strtoll(request_start, &end, 10);
    if (*end != '.' || seconds <= 0)
        return 0;
    int64_t start = seconds * 1000 + strtoll(end + 1, NULL, 10);
    int64_t waited = clock_real_us() / 1000 - start;
    return waited > 0 ? waited : 0;
}

bool fcgi_accept(struct fcgi *fcgi, struct request *r)
{
    if (FCGX_Accept_r(&fcgi->request) != 0)
        return false;
    fcgi->has_head = false;
    r->started_us = clock_monotonic_us();
    r->method = parameter(fcgi, r, "REQUEST_METHOD");
    r->uri = parameter(fcgi, r, "REQUEST_URI");
    r->query = "";
    r->content_type = parameter(fcgi, r, "CONTENT_TYPE");
    r->authorization = parameter(fcgi, r, "HTTP_AUTHORIZATION");
    if (FCGX_GetParam("HTTP_IDEMPOTENCY_KEY", fcgi->request.envp) != NULL)
        r->idempotency_key = parameter(fcgi, r, "HTTP_IDEMPOTENCY_KEY");
    r->if_match = parameter(fcgi, r, "HTTP_IF_MATCH");
    r->if_none_match = parameter(fcgi, r, "HTTP_IF_NONE_MATCH");
    r->accept = parameter(fcgi, r, "HTTP_ACCEPT");
    r->signature = parameter(fcgi, r, "HTTP_X_SIGNATURE");
    r->accept_encoding = parameter(fcgi, r, "HTTP_ACCEPT_ENCODING");
    r->id = parameter(fcgi, r, "REQUEST_ID");
    r->address = parameter(fcgi, r, "REMOTE_ADDR");
    r->waited_ms = waited_ms(parameter(fcgi, r, "REQUEST_START"));
    read_body(fcgi, r);
    return true;
}

static bool put(struct fcgi *fcgi, const char *bytes, size_t len)
{
    return FCGX_PutStr(bytes, (int)len, fcgi->request.out) == (int)len;
}

bool fcgi_send(struct fcgi *fcgi, struct request *r)
{
    if (fcgi->has_head)
        return put(fcgi, r->response.body, r->response.body_len);
    struct text out;
    text_init(&out, r->arena);
    response_render(&r->response, &out);
    fcgi->has_head = true;
    return put(fcgi, out.bytes, out.len);
}

/* The connection, too, where nginx would keep it: an idle one holds a worker. */
bool fcgi_answer(struct fcgi *fcgi, struct request *r)
{
    bool sent = fcgi_send(fcgi, r) && FCGX_FFlush(fcgi->request.out) == 0;
    FCGX_Finish_r(&fcgi->request);
    FCGX_Free(&fcgi->request, 1);
    return sent;
}

void fcgi_break_off(struct fcgi *fcgi)
{
    FCGX_Free(&fcgi->request, 1);
}

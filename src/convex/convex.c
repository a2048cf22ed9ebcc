#include "convex/convex.h"

#include "base/arena.h"
#include "base/json_strict.h"
#include "base/text.h"
#include "version.h"

#include <curl/curl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_MS = 5000, ANSWER_MAX = 8 * 1024 * 1024, ERROR_SIZE = 300 };

struct convex {
    CURL *curl;
    struct curl_slist *headers;
    char *url;
    long timeout_ms, calls;
    char error[ERROR_SIZE];
};

struct answer {
    struct text body;
    bool too_large;
};

static bool add_header(struct convex *convex, const char *name, const char *value)
{
    char line[1200];
    if (snprintf(line, sizeof line, "%s%s", name, value) >= (int)sizeof line)
        return false;
    struct curl_slist *list = curl_slist_append(convex->headers, line);
    if (list != NULL)
        convex->headers = list;
    explicit_bzero(line, sizeof line);
    return list != NULL;
}

struct convex *convex_create(const char *url, const char *deploy_key, long timeout_ms)
{
    struct convex *convex = calloc(1, sizeof *convex);
    if (convex == NULL)
        return NULL;
    convex->timeout_ms = timeout_ms;
    size_t len = strlen(url);
    while (len > 0 && url[len - 1] == '/')
        len--;
    convex->url = strndup(url, len);
    bool good = convex->url != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK &&
                (convex->curl = curl_easy_init()) != NULL && add_header(convex, "Content-Type: ", "application/json") &&
                add_header(convex, "Authorization: Convex ", deploy_key) &&
                add_header(convex, "Convex-Client: orderzap-sync-", ORDERZAP_VERSION) &&
                add_header(convex, "Expect:", "");
    if (!good)
        convex_destroy(&convex);
    return convex;
}

void convex_destroy(struct convex **convex)
{
    if (*convex == NULL)
        return;
    for (struct curl_slist *h = (*convex)->headers; h != NULL; h = h->next)
        explicit_bzero(h->data, strlen(h->data));
    curl_slist_free_all((*convex)->headers);
    curl_easy_cleanup((*convex)->curl);
    curl_global_cleanup();
    free((*convex)->url);
    free(*convex);
    *convex = NULL;
}

const char *convex_error(const struct convex *convex)
{
    return convex->error;
}

long convex_calls(const struct convex *convex)
{
    return convex->calls;
}

static size_t take_answer(char *bytes, size_t size, size_t n, void *context)
{
    struct answer *answer = context;
    if (answer->body.len + size * n > ANSWER_MAX) {
        answer->too_large = true;
        return 0;
    }
    text_add(&answer->body, bytes, size * n);
    return size * n;
}

/* "" if it is missing or not a text. */
static const char *member(struct json_object *object, const char *name)
{
    struct json_object *value;
    if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, name, &value) ||
        !json_object_is_type(value, json_type_string))
        return "";
    return json_object_get_string(value);
}

static enum convex_outcome judge_status(struct convex *convex, long status, struct json_object *answer)
{
    const char *code = member(answer, "code");
    snprintf(convex->error, ERROR_SIZE, "HTTP status %ld %s: %s", status, code, member(answer, "message"));
    switch (status) {
    case 401:
    case 403:
    case 404:
        return CONVEX_HALT;
    case 408:
    case 421:
    case 425:
    case 429:
        return CONVEX_AWAY;
    case 400:
        return strcmp(code, "BackendIsNotRunning") == 0 ? CONVEX_HALT : CONVEX_REFUSED;
    default:
        return status >= 500 ? CONVEX_AWAY : CONVEX_REFUSED;
    }
}

/* A function's own error comes with 200, or 560 from older servers. */
static enum convex_outcome judge(struct convex *convex, struct arena *arena, long status, const struct answer *answer,
                                 struct json_object **value)
{
    struct json_object *json = NULL;
    struct json_fault fault;
    bool is_json = json_strict_parse(arena, answer->body.bytes, answer->body.len, &json, &fault);
    if (status != 200 && status != 560)
        return judge_status(convex, status, is_json ? json : NULL);
    const char *said = is_json ? member(json, "status") : "";
    if (strcmp(said, "success") == 0 && json_object_object_get_ex(json, "value", value))
        return CONVEX_DONE;
    if (strcmp(said, "error") == 0) {
        snprintf(convex->error, ERROR_SIZE, "the function failed: %s", member(json, "errorMessage"));
        return CONVEX_REFUSED;
    }
    snprintf(convex->error, ERROR_SIZE, "an answer that is not from Convex");
    return CONVEX_AWAY;
}

static void set_options(struct convex *convex, const char *url, const char *body, size_t len, struct answer *answer)
{
    CURL *curl = convex->curl;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, convex->headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, convex->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
}

enum convex_outcome convex_call(struct convex *convex, struct arena *arena, const char *kind, const char *path,
                                const char *args, struct json_object **value)
{
    struct answer answer = {0};
    struct text body;
    long status = 0;
    text_init(&answer.body, arena);
    text_init(&body, arena);
    text_printf(&body, "{\"path\":\"%s\",\"format\":\"json\",\"args\":", path);
    text_puts(&body, args);
    text_puts(&body, "}");
    set_options(convex, arena_printf(arena, "%s/api/%s", convex->url, kind), body.bytes, body.len, &answer);
    convex->calls++;
    convex->error[0] = '\0';
    CURLcode code = curl_easy_perform(convex->curl);
    if (answer.too_large) {
        snprintf(convex->error, ERROR_SIZE, "the answer is larger than %d bytes", ANSWER_MAX);
        return CONVEX_AWAY;
    }
    if (code != CURLE_OK) {
        snprintf(convex->error, ERROR_SIZE, "%s", curl_easy_strerror(code));
        return code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT ? CONVEX_HALT : CONVEX_AWAY;
    }
    curl_easy_getinfo(convex->curl, CURLINFO_RESPONSE_CODE, &status);
    return judge(convex, arena, status, &answer, value);
}

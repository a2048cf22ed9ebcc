#include "relay/post.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_MS = 1000, TOTAL_MS = 3000, ERROR_SIZE = 200, URL_SIZE = 100 };

struct post {
    CURL *curl;
    struct curl_slist *headers;
    char error[ERROR_SIZE];
};

/* rt answers with what it knows about the channel; nobody reads that. */
static size_t ignore(char *bytes, size_t size, size_t n, void *context)
{
    (void)bytes;
    (void)context;
    return size * n;
}

struct post *post_create(const char *socket)
{
    struct post *post = calloc(1, sizeof *post);
    if (post == NULL)
        return NULL;
    struct curl_slist *first = NULL;
    bool good = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && (post->curl = curl_easy_init()) != NULL &&
                (first = curl_slist_append(NULL, "Content-Type: application/json")) != NULL;
    post->headers = first;
    good = good && curl_slist_append(post->headers, "Expect:") != NULL;
    if (!good) {
        post_destroy(&post);
        return NULL;
    }
    curl_easy_setopt(post->curl, CURLOPT_UNIX_SOCKET_PATH, socket);
    curl_easy_setopt(post->curl, CURLOPT_HTTPHEADER, post->headers);
    curl_easy_setopt(post->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(post->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(post->curl, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
    curl_easy_setopt(post->curl, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(post->curl, CURLOPT_WRITEFUNCTION, ignore);
    return post;
}

void post_destroy(struct post **post)
{
    if (*post == NULL)
        return;
    curl_slist_free_all((*post)->headers);
    curl_easy_cleanup((*post)->curl);
    curl_global_cleanup();
    free(*post);
    *post = NULL;
}

const char *post_error(const struct post *post)
{
    return post->error;
}

static long perform(struct post *post, char kind, const char *id)
{
    char url[URL_SIZE];
    long status = 0;
    snprintf(url, sizeof url, "http://rt/pub/%c.%s", kind, id);
    curl_easy_setopt(post->curl, CURLOPT_URL, url);
    CURLcode code = curl_easy_perform(post->curl);
    if (code != CURLE_OK) {
        snprintf(post->error, ERROR_SIZE, "%s", curl_easy_strerror(code));
        return 0;
    }
    curl_easy_getinfo(post->curl, CURLINFO_RESPONSE_CODE, &status);
    snprintf(post->error, ERROR_SIZE, "HTTP status %ld", status);
    return status;
}

bool post_event(struct post *post, char kind, const char *id, const char *body)
{
    curl_easy_setopt(post->curl, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(post->curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(post->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
    long status = perform(post, kind, id);
    return status >= 200 && status < 300;
}

bool post_end(struct post *post, char kind, const char *id)
{
    curl_easy_setopt(post->curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(post->curl, CURLOPT_CUSTOMREQUEST, "DELETE");
    long status = perform(post, kind, id);
    return (status >= 200 && status < 300) || status == 404; /* nobody listens */
}

/* FastCGI, the responder's side: the only caller of libfcgi. */
#ifndef OZ_SERVER_FCGI_H
#define OZ_SERVER_FCGI_H

#include <stdbool.h>

struct fcgi;
struct request;

/* Serves the listening socket. Signal handlers must be installed before:
 * libfcgi takes over those that are not. NULL if it cannot start. */
struct fcgi *fcgi_create(int socket);
void fcgi_destroy(struct fcgi **fcgi);

/* Waits for a request and copies all of it. False if a signal came instead or
 * the connection broke. */
bool fcgi_accept(struct fcgi *fcgi, struct request *r);

/* Sends a piece of r->response, after its head if that was not yet sent. False if the web
 * server has gone. */
bool fcgi_send(struct fcgi *fcgi, struct request *r);
/* Sends r->response, or its last piece, and ends the request. */
bool fcgi_answer(struct fcgi *fcgi, struct request *r);
/* Ends the connection without an end of the request: what was sent is no whole answer. */
void fcgi_break_off(struct fcgi *fcgi);

#endif

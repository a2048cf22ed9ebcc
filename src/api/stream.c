#include "api/stream.h"

#include "base/arena.h"
#include "base/text.h"
#include "db/db.h"
#include "http/request.h"

struct stream {
    stream_producer *producer;
    void *state;
    /* Before the first piece. */
    struct arena_mark memory;
    db_slot slots;
};

void stream_answer(struct request *r, stream_producer *producer, void *state)
{
    r->stream = arena_alloc(r->arena, sizeof *r->stream);
    *r->stream = (struct stream){.producer = producer, .state = state};
    r->response.status = 200;
    r->response.is_streamed = true;
}

static enum err make_piece(struct request *r)
{
    struct text piece;
    text_init(&piece, r->arena);
    TRY(r->stream->producer(r, r->stream->state, &piece, &r->response.has_more));
    r->response.body = piece.bytes;
    r->response.body_len = piece.len;
    return ERR_OK;
}

enum err stream_first(struct request *r)
{
    r->stream->memory = arena_mark(r->arena);
    r->stream->slots = db_mark(r->db);
    return make_piece(r);
}

enum err stream_next(struct request *r)
{
    db_forget(r->db, r->stream->slots);
    arena_rewind(r->arena, r->stream->memory);
    return make_piece(r);
}

/* How diners get in: the welcome behind a QR code, opening a table's session,
 * joining it with its PIN, coming back with a code from the staff. */
#include "api/activity.h"
#include "api/card_guard.h"
#include "api/guess.h"
#include "api/routes.h"
#include "api/session_start.h"
#include "api/transaction.h"
#include "auth/keys.h"
#include "auth/pin.h"
#include "auth/token.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "conf/conf.h"
#include "http/request.h"

#include <string.h>

/* A diner's token lasts as long as the longest session, and another day, in which
 * the receipt may be read; each request checks that the session is still running. */
enum { DINER_TOKEN_SECONDS = 48 * 3600 };

/* How long a network is known from which a session was opened or joined: longer
 * than any session. */
enum { KNOWN_DAYS = 2 };

struct guest_input {
    const char *code, *pin, *display_name;
    struct optional_int guest_count;
};

/* Opening a session takes the first three, joining one the last three. */
static const struct field fields[] = {
    {AT(guest_input, guest_count), .type = FIELD_INT, .min = 1, .max = GUEST_COUNT_MAX},
    {AT(guest_input, code), .type = FIELD_LINE, .required = true, .min = 1, .max = 64},
    {AT(guest_input, display_name), .type = FIELD_LINE, .required = true, .min = 1, .max = 60},
    {AT(guest_input, pin), .type = FIELD_RAW, .required = true, .min = 1, .max = 16},
};
enum { JOIN_BEGIN = 1, OPEN_FIELDS = 3, JOIN_FIELDS = 3 };

struct door {
    const char *table_id, *session_opening;
    bool is_open;
    int pin_length;
};

/* The table behind a QR code. */
static enum err find_door(struct request *r, const char *code, struct door *door)
{
    db_slot slot = DB_QUEUE(r->db, STMT_TABLE_BY_CODE, r->restaurant_id, code);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0) {
        problem_detail(r, "No table has this QR code");
        return ERR_NOT_FOUND;
    }
    if (db_bool(r->db, slot, 0, COL_TABLE_BY_CODE_IS_RETIRED)) {
        problem_detail(r, "This QR code was replaced: scan the one that is on the table now");
        return ERR_QR_RETIRED;
    }
    *door = (struct door){
        .table_id = db_text(r->db, slot, 0, COL_TABLE_BY_CODE_TABLE_ID),
        .session_opening = db_text(r->db, slot, 0, COL_TABLE_BY_CODE_SESSION_OPENING),
        .is_open = db_bool(r->db, slot, 0, COL_TABLE_BY_CODE_IS_OPEN),
        .pin_length = (int)db_int(r->db, slot, 0, COL_TABLE_BY_CODE_PIN_LENGTH),
    };
    return ERR_OK;
}

enum err guest_welcome(struct request *r)
{
    struct door door;
    TRY(find_door(r, r->args[1], &door));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_TABLE_WELCOME, r->restaurant_id, door.table_id));
    return ERR_OK;
}

/* The answer {session, diner, token} for r->who, with the PIN if the diner should
 * know it. */
static enum err answer_in(struct request *r, const char *pin, int status)
{
    int64_t now = clock_real_us() / 1000000;
    const char *token = token_issue(r->arena, &r->keys->token, &r->who, now, now + DINER_TOKEN_SECONDS);
    if (token == NULL)
        return ERR_INTERNAL;
    db_slot session = DB_QUEUE(r->db, STMT_SESSION_GET, r->restaurant_id, r->who.session_id);
    db_slot diner = DB_QUEUE(r->db, STMT_DINER_GET, r->restaurant_id, r->who.id);
    TRY(transaction_run(r));

    struct text json;
    text_init(&json, r->arena);
    text_printf(&json, "{\"session\":%s,\"diner\":%s,\"token\":\"%s\"",
                db_text(r->db, session, 0, COL_SESSION_GET_ANSWER), db_text(r->db, diner, 0, COL_DINER_GET_ANSWER),
                token);
    if (pin != NULL)
        text_printf(&json, ",\"pin\":\"%s\"", pin);
    text_puts(&json, "}");
    response_json(&r->response, status, json.bytes);
    return ERR_OK;
}

/* Adds the diner, who becomes the caller, to the session. */
static enum err let_in(struct request *r, const char *session_id, const char *name, const char *pin, int status)
{
    r->who = (struct principal){.role = ROLE_DINER,
                                .id = request_new_id(r),
                                .restaurant_id = r->restaurant_id,
                                .session_id = session_id,
                                .email = ""};
    DB_QUEUE(r->db, STMT_DINER_INSERT, r->restaurant_id, r->who.id, session_id, name);
    if (pin == NULL)
        DB_QUEUE(r->db, STMT_SESSION_NOTE_CHANGE, r->restaurant_id, session_id);
    activity_queue(r, session_id, pin != NULL ? "session_opened" : "diner_joined", NULL);
    return answer_in(r, pin, status);
}

enum err guest_open_session(struct request *r)
{
    struct guest_input in = {0};
    struct door door;
    char pin[PIN_TEXT_SIZE];
    const char *session_id;
    fields_read(r, r->json, "", fields, OPEN_FIELDS, &in);
    card_guard_check(r, in.display_name, "/display_name");
    TRY(problem_verdict(r));
    TRY(find_door(r, in.code, &door));
    if (!door.is_open)
        return ERR_RESTAURANT_CLOSED;
    if (strcmp(door.session_opening, "diner") != 0)
        return ERR_STAFF_OPENS_SESSIONS;
    TRY(session_start(r, door.table_id, door.pin_length, in.guest_count, pin, &session_id));
    guess_right(r, session_id, KNOWN_DAYS);
    return let_in(r, session_id, in.display_name, pin, 201);
}

/* The try was counted as wrong. */
static enum err refuse(struct request *r, int seconds, enum err wrong, const char *advice)
{
    TRY(transaction_run(r));
    transaction_keep(r);
    if (seconds <= 0)
        return wrong;
    problem_detail(r, "%s: wait %d seconds%s", wrong == ERR_WRONG_PIN ? "Too many wrong PINs" : "Too many wrong codes",
                   seconds, advice);
    r->response.retry_after = seconds;
    return ERR_PIN_LOCKED;
}

enum err guest_join_session(struct request *r)
{
    struct guest_input in = {0};
    struct door door;
    struct guess guess;
    fields_read(r, r->json, "", fields + JOIN_BEGIN, JOIN_FIELDS, &in);
    card_guard_check(r, in.display_name, "/display_name");
    TRY(problem_verdict(r));
    TRY(find_door(r, in.code, &door));
    db_slot session = DB_QUEUE(r->db, STMT_SESSION_FOR_JOIN, r->restaurant_id, door.table_id);
    TRY(transaction_run(r));
    const char *session_id = db_text(r->db, session, 0, COL_SESSION_FOR_JOIN_ID);
    if (session_id == NULL) {
        problem_detail(r, "The table has no active session");
        return ERR_SESSION_CLOSED;
    }
    const char *pin_hash = db_text(r->db, session, 0, COL_SESSION_FOR_JOIN_PIN_HASH);
    guess_begin(r, session_id, lockout_pin(r->conf->pin_max_attempts, r->conf->pin_lock_seconds), &guess);
    TRY(transaction_run(r));
    struct lockout_verdict verdict = guess_judge(r, &guess);
    if (!verdict.judged || !pin_matches(r->keys, session_id, in.pin, pin_hash))
        return refuse(r, verdict.seconds, ERR_WRONG_PIN, ", or ask the staff for a new PIN");
    guess_right(r, session_id, KNOWN_DAYS);
    return let_in(r, session_id, in.display_name, NULL, 200);
}

struct resume_input {
    const char *code;
};

static const struct field resume_fields[] = {
    {AT(resume_input, code), .type = FIELD_LINE, .required = true, .min = 1, .max = 64},
};

/* Lets in whose code it is, who becomes the caller. */
static enum err let_back_in(struct request *r, const char *hash)
{
    const char *sign_in_id = request_new_id(r);
    db_slot used = DB_QUEUE(r->db, STMT_DINER_RESUME, r->restaurant_id, hash, sign_in_id);
    TRY(transaction_run(r));
    if (db_rows(r->db, used) == 0)
        return ERR_WRONG_CODE; /* removed, or given another code, in this moment */
    r->who = (struct principal){.role = ROLE_DINER,
                                .id = db_text(r->db, used, 0, COL_DINER_RESUME_ID),
                                .restaurant_id = r->restaurant_id,
                                .session_id = db_text(r->db, used, 0, COL_DINER_RESUME_SESSION_ID),
                                .family_id = sign_in_id,
                                .email = ""};
    guess_right(r, r->restaurant_id, KNOWN_DAYS);
    guess_right(r, r->who.session_id, KNOWN_DAYS);
    activity_queue(r, r->who.session_id, "diner_resumed", NULL);
    return answer_in(r, NULL, 200);
}

/* Codes are tried at the restaurant's door. They are too long to be guessed from
 * many networks, so strangers there delay nobody. */
enum err guest_resume_session(struct request *r)
{
    struct resume_input in = {0};
    struct guess guess;
    struct lockout_rule rule = lockout_pin(r->conf->pin_max_attempts, r->conf->pin_lock_seconds);
    char hash[PIN_HASH_SIZE];
    rule.stranger_longest = 0;
    fields_read(r, r->json, "", FIELDS(resume_fields), &in);
    TRY(problem_verdict(r));
    bool possible = link_hash(r->keys, r->restaurant_id, in.code, hash);
    DB_QUEUE(r->db, STMT_RESUME_HOLD, r->restaurant_id);
    guess_begin(r, r->restaurant_id, rule, &guess);
    TRY(transaction_run(r));
    struct lockout_verdict verdict = guess_judge(r, &guess);
    if (!verdict.judged || !possible)
        return refuse(r, verdict.seconds, ERR_WRONG_CODE, "");
    const char *wanted = arena_strdup(r->arena, hash);
    db_slot found = DB_QUEUE(r->db, STMT_DINER_FOR_RESUME, r->restaurant_id, wanted);
    TRY(transaction_run(r));
    if (db_rows(r->db, found) == 0)
        return refuse(r, verdict.seconds, ERR_WRONG_CODE, "");
    if (!db_bool(r->db, found, 0, COL_DINER_FOR_RESUME_IS_RUNNING))
        return ERR_SESSION_CLOSED;
    return let_back_in(r, wanted);
}

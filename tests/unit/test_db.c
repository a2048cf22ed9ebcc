/* db/db: what it makes of a server's errors, sent by one that speaks just enough of
 * PostgreSQL's protocol (its manual, 55) to fail where a test wants it. */
#include "unit.h"

#include "base/log.h"
#include "db/db.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLOTS = 48 };

/* What the server does wrong. */
struct script {
    int failing; /* the number of the execution that fails, from 1; 0: none */
    const char *sqlstate;
    bool says_farewell; /* as a server that is stopped: after the last statement, before the sync */
};

struct server {
    char dir[40], url[100];
    int socket;
    pid_t pid;
};

static void send_message(int fd, char type, const char *body, size_t len)
{
    uint32_t size = htonl((uint32_t)len + 4);
    if (write(fd, &type, 1) != 1 || write(fd, &size, 4) != 4 || write(fd, body, len) != (ssize_t)len)
        _exit(1);
}

static void send_error(int fd, const char *severity, const char *sqlstate)
{
    char body[100];
    int len = snprintf(body, sizeof body, "S%s%cV%s%cC%s%cMtold to%c", severity, 0, severity, 0, sqlstate, 0, 0);
    send_message(fd, 'E', body, (size_t)len + 1);
}

static bool read_all(int fd, char *out, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = read(fd, out + done, len - done);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool read_message(int fd, char *type)
{
    static char body[65536];
    uint32_t size;
    if (!read_all(fd, type, 1) || !read_all(fd, (char *)&size, 4))
        return false;
    return ntohl(size) - 4 <= sizeof body && read_all(fd, body, ntohl(size) - 4);
}

static void greet(int fd)
{
    char startup[2000];
    uint32_t size;
    if (!read_all(fd, (char *)&size, 4) || ntohl(size) > sizeof startup || !read_all(fd, startup, ntohl(size) - 4))
        _exit(1);
    send_message(fd, 'R', "\0\0\0\0", 4);
    send_message(fd, 'Z', "I", 1);
}

static void serve(int fd, const struct script *script)
{
    int executions = 0;
    bool skipping = false; /* up to the sync */
    char type;
    greet(fd);
    while (read_message(fd, &type) && type != 'X') {
        if (type == 'S' && script->says_farewell) {
            send_error(fd, "FATAL", "57P01");
            return;
        }
        if (type == 'S') {
            skipping = false;
            send_message(fd, 'Z', "I", 1);
        } else if (type == 'E' && !skipping && ++executions == script->failing) {
            skipping = true;
            send_error(fd, "ERROR", script->sqlstate);
        } else if (!skipping) {
            static const char from[] = "PBDE", to[] = "12nC";
            const char *at = strchr(from, type);
            if (at != NULL)
                send_message(fd, to[at - from], "COMMIT", type == 'E' ? sizeof "COMMIT" : 0);
        }
    }
}

static void start(struct server *server, const struct script *script)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(server->dir, sizeof server->dir, "/tmp/orderzap-db-XXXXXX");
    assert_non_null(mkdtemp(server->dir));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", server->dir);
    snprintf(server->url, sizeof server->url, "host=%s port=5432 user=nobody dbname=none", server->dir);
    server->socket = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(server->socket, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->socket, 1), 0);
    server->pid = fork();
    if (server->pid == 0) {
        int fd = accept(server->socket, NULL, NULL);
        serve(fd, script);
        _exit(0);
    }
}

static void stop(struct server *server)
{
    char path[80];
    close(server->socket);
    waitpid(server->pid, NULL, 0);
    snprintf(path, sizeof path, "%s/.s.PGSQL.5432", server->dir);
    unlink(path);
    rmdir(server->dir);
}

/* An error after the last statement belongs to none: it has no slot. */
static void test_farewell(void **state)
{
    static const int numbers[] = {1, SLOTS};
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        struct server server;
        start(&server, &(struct script){.says_farewell = true});
        struct db *db = db_create(server.url, "test", 5000, DB_ADMIN);
        assert_int_equal(db_start(db, *state), ERR_OK);
        for (int n = 0; n < numbers[i]; n++)
            assert_int_equal(DB_QUEUE_BARE(db, STMT_BEGIN_READ), n);
        assert_int_equal(db_run(db), ERR_DATABASE_UNAVAILABLE);
        assert_string_equal(db_last_sqlstate(db), "57P01");
        for (int n = 0; n < numbers[i]; n++)
            CHECK(db_done(db, n), "statement %d of %d was answered", n, numbers[i]);
        assert_false(db_done(db, numbers[i]));
        db_destroy(&db);
        stop(&server);
    }
}

/* A worker prepares again what the schema has outrun, on the connection that it has. */
static void test_stale_plans(void **state)
{
    static const char *const codes[] = {"0A000", "26000"};
    for (size_t i = 0; i < LENGTH(codes); i++) {
        struct server server; /* the first execution is DEALLOCATE ALL's */
        start(&server, &(struct script){.failing = 3, .sqlstate = codes[i]});
        struct db *db = db_create(server.url, "test", 5000, DB_WORKER);
        assert_int_equal(db_start(db, *state), ERR_OK);
        DB_QUEUE_BARE(db, STMT_BEGIN);
        DB_QUEUE_BARE(db, STMT_MENU_VERSION);
        DB_QUEUE_BARE(db, STMT_COMMIT);
        assert_int_equal(db_run(db), ERR_BUSY);
        assert_true(db_plans_are_stale(db));
        db_rollback(db);
        assert_int_equal(db_start(db, *state), ERR_OK);
        assert_false(db_plans_are_stale(db));
        DB_QUEUE_BARE(db, STMT_BEGIN);
        DB_QUEUE_BARE(db, STMT_COMMIT);
        assert_int_equal(db_run(db), ERR_OK);
        assert_int_equal(db_work(db).connects, 1);
        db_destroy(&db);
        stop(&server);
    }
}

/* A lost connection is reported to a caller that wants no new one. */
static void test_resume(void **state)
{
    struct server server;
    start(&server, &(struct script){.says_farewell = true});
    struct db *db = db_create(server.url, "test", 5000, DB_ADMIN);
    assert_int_equal(db_resume(db, *state), ERR_DATABASE_UNAVAILABLE);
    assert_int_equal(db_start(db, *state), ERR_OK);
    assert_int_equal(db_resume(db, *state), ERR_OK);
    DB_QUEUE_BARE(db, STMT_BEGIN_READ);
    assert_int_equal(db_run(db), ERR_DATABASE_UNAVAILABLE);
    assert_int_equal(db_resume(db, *state), ERR_DATABASE_UNAVAILABLE);
    assert_int_equal(db_work(db).connects, 1);
    db_destroy(&db);
    stop(&server);
}

/* Statements after a mark are forgotten once they ran; those before stay. */
static void test_forget(void **state)
{
    struct server server;
    start(&server, &(struct script){0});
    struct db *db = db_create(server.url, "test", 5000, DB_ADMIN);
    assert_int_equal(db_start(db, *state), ERR_OK);
    assert_int_equal(DB_QUEUE_BARE(db, STMT_BEGIN_READ), 0);
    assert_int_equal(db_run(db), ERR_OK);
    const db_slot from = db_mark(db);
    assert_int_equal(from, 1);
    for (int i = 0; i < 10000; i++) { /* more than there may be slots */
        const struct arena_mark mark = arena_mark(*state);
        assert_int_equal(DB_QUEUE_BARE(db, STMT_BEGIN_READ), from);
        assert_int_equal(db_run(db), ERR_OK);
        assert_true(db_done(db, from));
        db_forget(db, from);
        arena_rewind(*state, mark);
        assert_false(db_done(db, from));
    }
    assert_true(db_done(db, 0));
    assert_int_equal(db_run(db), ERR_OK); /* there is nothing to run */
    db_destroy(&db);
    stop(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {ARENA_TEST(test_farewell), ARENA_TEST(test_stale_plans), ARENA_TEST(test_resume),
                                       ARENA_TEST(test_forget)};
    log_open(LOG_LEVEL_OFF, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

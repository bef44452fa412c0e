/* SPDX-License-Identifier: MIT */
/*
 * test_ingest.c - what is answered is in the store, once; what cannot be taken is told, and harms
 * no other.
 */
#include "store_helper.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include <statslice/format.h>
#include <statslice/sink.h>

#include "serve/ingest.h"

/* --- commits that fail or wait, as asked for --- */

static atomic_int failing;  /* STS_E_...: the next commits fail so, while more profiles than: */
static atomic_size_t above; /* are in the batch */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER; /* held: commits wait */

int __real_sts_store_commit(struct sts_store *store, struct sts_error *err);
int __wrap_sts_store_commit(struct sts_store *store, struct sts_error *err);

int __wrap_sts_store_commit(struct sts_store *store, struct sts_error *err)
{
    int r = atomic_load(&failing);

    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    if (r == 0 || sts_store_batch_profiles(store) <= atomic_load(&above))
        return __real_sts_store_commit(store, err);
    if (err != NULL) {
        *err = (struct sts_error){ .status = (enum sts_status)r, .sys_errno = ENOSPC };
        strcpy(err->text, "as asked for");
    }
    return r;
}

/* --- requests --- */

struct asked {
    struct sts__ingest_request request;
    atomic_bool answered;
};

static void on_answer(struct sts__ingest_request *request)
{
    atomic_store(&((struct asked *)request->context)->answered, true);
}

static void ask(struct asked *asked, uint64_t asker, enum sts__ingest_kind kind, const char *body)
{
    memset(asked, 0, sizeof(*asked));
    asked->request.asker = asker;
    asked->request.kind = kind;
    asked->request.body = body;
    asked->request.len = strlen(body);
    asked->request.answer = on_answer;
    asked->request.context = asked;
    asked->request.passes_others = kind == STS__INGEST_BULK;
}

static void submit_by(uint64_t asker, struct sts__ingest *ingest, struct asked *asked,
                      enum sts__ingest_kind kind, const char *body)
{
    struct sts_error err;

    ask(asked, asker, kind, body);
    if (sts__ingest_submit(ingest, &asked->request, &err) < 0)
        fail_msg("%s", err.text);
}

static void submit(struct sts__ingest *ingest, struct asked *asked, enum sts__ingest_kind kind,
                   const char *body)
{
    submit_by(0, ingest, asked, kind, body);
}

static void nap(void)
{
    const struct timespec a_moment = { 0, 1000000 };

    nanosleep(&a_moment, NULL);
}

static const struct sts__ingest_result *wait_for(struct asked *asked)
{
    for (int i = 0; i < 20000 && !atomic_load(&asked->answered); i++)
        nap();
    assert_true(atomic_load(&asked->answered));
    return &asked->request.result;
}

static void done(struct asked *asked)
{
    sts__ingest_result_deinit(&asked->request.result);
}

static struct sts__ingest *open_ingest(const struct sts__ingest_limits *limits)
{
    struct sts__ingest *ingest = NULL;
    struct sts_error err;

    if (sts__ingest_new(store_path, limits, &ingest, &err) < 0)
        fail_msg("%s", err.text);
    return ingest;
}

static void assert_counts(const struct sts__ingest_result *result, uint64_t n_new, uint64_t n_known,
                          uint64_t n_other, uint64_t n_refused)
{
    if (result->status < 0)
        fail_msg("%s", result->failure.text);
    assert_int_equal(result->counts[STS__INGEST_NEW], n_new);
    assert_int_equal(result->counts[STS__INGEST_KNOWN], n_known);
    assert_int_equal(result->counts[STS__INGEST_OTHER], n_other);
    assert_int_equal(result->counts[STS__INGEST_REFUSED], n_refused);
    assert_int_equal(result->counts[STS__INGEST_OPEN], 0);
}

static uint64_t stored(void)
{
    struct sts_store *store = open_store(false);
    struct sts_store_list *list;
    size_t count;
    uint64_t n = 0;

    assert_int_equal(sts_store_list_open(store, &list, NULL), 0);
    const struct sts_store_series *series = sts_store_list_series(list, &count);
    for (size_t i = 0; i < count; i++)
        n += series[i].n_profiles;
    sts_store_list_close(list);
    sts_store_close(store);
    return n;
}

#define LINE(second, calls)                                                                        \
    "{\"statslice\":1,\"begin\":\"2024-05-05T12:00:" second                                        \
    "Z\",\"end\":\"2024-05-05T12:01:00Z\",\"labels\":{\"service\":\"shop\"},"                      \
    "\"func_profiles\":{\"f\":{\"ncalls\":" calls                                                  \
    ",\"tottime\":1,\"cumtime\":1,\"file_name\":\"a.py\",\"line_number\":1}}}\n"
#define BULK "{\"create\":{\"_index\":\"logs\"}}\n"

static void test_ingest__what_is_answered_is_stored_and_known_the_second_time(void **state)
{
    struct sts__ingest *ingest = open_ingest(NULL);
    struct asked a, b, c;

    (void)state;
    submit(ingest, &a, STS__INGEST_PROFILES, LINE("01", "1") LINE("02", "1"));
    assert_counts(wait_for(&a), 2, 0, 0, 0);
    assert_int_equal(stored(), 2);
    submit(ingest, &b, STS__INGEST_PROFILES, LINE("02", "1") LINE("03", "1") LINE("01", "2"));
    assert_counts(wait_for(&b), 2, 1, 0, 0);
    submit(ingest, &c, STS__INGEST_BULK, BULK LINE("03", "1") BULK LINE("04", "1"));
    assert_counts(wait_for(&c), 1, 1, 0, 0);
    assert_int_equal(c.request.result.outcomes[0], STS__INGEST_KNOWN);
    assert_int_equal(c.request.result.outcomes[1], STS__INGEST_NEW);
    sts__ingest_free(ingest);
    assert_int_equal(stored(), 5);
    done(&a);
    done(&b);
    done(&c);
}

/* Two equal lines of one body are two, as in a file; sent again, whole or in part, none is new. */
static void test_ingest__equal_profiles_of_one_request_are_two(void **state)
{
    struct sts__ingest *ingest = open_ingest(NULL);
    struct asked a[4];

    (void)state;
    pthread_mutex_lock(&gate); /* so that all come in one transaction */
    submit(ingest, &a[0], STS__INGEST_PROFILES, LINE("09", "1"));
    submit(ingest, &a[1], STS__INGEST_PROFILES, LINE("01", "1") LINE("01", "1"));
    submit(ingest, &a[2], STS__INGEST_PROFILES, LINE("01", "1") LINE("01", "1"));
    submit(ingest, &a[3], STS__INGEST_PROFILES, LINE("01", "1"));
    pthread_mutex_unlock(&gate);
    assert_counts(wait_for(&a[1]), 2, 0, 0, 0);
    assert_counts(wait_for(&a[2]), 0, 2, 0, 0);
    assert_counts(wait_for(&a[3]), 0, 1, 0, 0);
    sts__ingest_free(ingest);
    assert_int_equal(stored(), 3);
    for (size_t i = 0; i < 4; i++)
        done(&a[i]);
}

static void test_ingest__what_is_refused_is_told_line_by_line(void **state)
{
    struct sts__ingest *ingest = open_ingest(NULL);
    struct asked a, b;
    const struct sts__ingest_result *result;

    (void)state;
    submit(ingest, &a, STS__INGEST_PROFILES,
           "hello\n" LINE("01", "1") "\n" LINE("02", "-1") LINE("03", "1") "{}\n");
    result = wait_for(&a);
    assert_counts(result, 2, 0, 0, 3);
    assert_int_equal(result->refusal_count, 3);
    assert_int_equal(result->refusals[0].number, 1);
    assert_string_equal(result->refusals[0].reason, "no profile in it");
    assert_int_equal(result->refusals[1].number, 4);
    assert_non_null(strstr(result->refusals[1].reason, "at byte"));
    assert_int_equal(result->refusals[2].number, 6);
    assert_null(sts__ingest_reason(result, 1));
    assert_string_equal(sts__ingest_reason(result, 4), "no profile in it");
    submit(ingest, &b, STS__INGEST_BULK,
           BULK "{\"message\":\"hello\"}\n" BULK LINE("04", "1") BULK LINE("05", "-1") BULK
           "no JSON\n{\"delete\":{\"_id\":\"1\"}}\n{\"update\":{}}\n" LINE("06", "1"));
    result = wait_for(&b);
    assert_counts(result, 1, 0, 1, 4);
    assert_string_equal(sts__ingest_reason(result, 3), "not a JSON object");
    sts__ingest_free(ingest);
    assert_int_equal(stored(), 3);
    done(&a);
    done(&b);
}

static void test_ingest__no_more_reasons_are_told_than_the_limit(void **state)
{
    struct sts__ingest *ingest = open_ingest(NULL);
    char body[1024];
    struct asked a;
    size_t at = 0;

    (void)state;
    for (int i = 0; i < 150; i++)
        at += (size_t)snprintf(body + at, sizeof(body) - at, "x%d\n", i);
    submit(ingest, &a, STS__INGEST_PROFILES, body);
    assert_counts(wait_for(&a), 0, 0, 0, 150);
    assert_int_equal(a.request.result.refusal_count, STS__INGEST_REASONS_MAX);
    assert_int_equal(a.request.result.refusals[STS__INGEST_REASONS_MAX - 1].number,
                     STS__INGEST_REASONS_MAX);
    assert_null(sts__ingest_reason(&a.request.result, 149));
    sts__ingest_free(ingest);
    done(&a);
}

static void test_ingest__limits(void **state)
{
    struct sts__ingest_limits limits = STS__INGEST_LIMITS_INIT;
    struct sts__ingest *ingest;
    struct asked a, b, c;
    const struct sts__ingest_result *result;

    (void)state;
    limits.documents = 2;
    limits.document.functions = 1;
    limits.document.labels = 1;
    limits.document.document_bytes = 400;
    ingest = open_ingest(&limits);
    submit(ingest, &a, STS__INGEST_PROFILES,
           "\n" LINE("01", "1") "\n" LINE("02", "1") LINE("03", "1"));
    result = wait_for(&a);
    assert_int_equal(result->status, STS_E_LIMIT);
    assert_true(result->is_bad);
    assert_string_equal(result->failure.text, "more than 2 documents in one request");
    submit(ingest, &b, STS__INGEST_PROFILES,
           "{\"statslice\":1,\"begin\":\"2024-05-05T12:00:00Z\",\"end\":\"2024-05-05T12:00:01Z\","
           "\"func_profiles\":{\"f\":{\"ncalls\":1,\"tottime\":1,\"cumtime\":1,\"file_name\":\"a\","
           "\"line_number\":1},\"g\":{\"ncalls\":1,\"tottime\":1,\"cumtime\":1,\"file_name\":\"a\","
           "\"line_number\":1}}}\n"
           "{\"statslice\":1,\"begin\":\"2024-05-05T12:00:00Z\",\"end\":\"2024-05-05T12:00:01Z\","
           "\"labels\":{\"a\":\"1\",\"b\":\"2\"},\"func_profiles\":{}}\n");
    result = wait_for(&b);
    assert_counts(result, 0, 0, 0, 2);
    assert_string_equal(result->refusals[0].reason, "2 functions; at most 1 are taken");
    assert_string_equal(result->refusals[1].reason, "2 labels; at most 1 are taken");
    submit(ingest, &c, STS__INGEST_BULK,
           BULK "{\"message\":\"123456789 123456789 123456789 123456789 123456789 123456789 "
                "123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
                "123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
                "123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
                "123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
                "123456789 123456789 123456789 \"}\n");
    assert_counts(wait_for(&c), 0, 0, 0, 1);
    assert_string_equal(c.request.result.refusals[0].reason, "longer than 400 bytes");
    sts__ingest_free(ingest);
    assert_int_equal(stored(), 0);
    done(&a);
    done(&b);
    done(&c);
}

static void test_ingest__a_body_that_is_no_good_as_a_whole(void **state)
{
    struct sts__ingest *ingest = open_ingest(NULL);
    static const struct {
        enum sts__ingest_kind kind;
        const char *body, *reason;
    } cases[] = {
        { STS__INGEST_PROFILES, "", "the body is empty" },
        { STS__INGEST_PROFILES, "\x1f\x8b\x08\x01...",
          "the body is compressed: that is said by the "
          "header \"Content-Encoding: gzip\"" },
        { STS__INGEST_BULK, BULK LINE("01", "1") "what?\n",
          "line 3: no action: not an object at "
          "byte 0" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct asked a;
        submit(ingest, &a, cases[i].kind, cases[i].body);
        assert_int_equal(wait_for(&a)->status, STS_E_FORMAT);
        assert_true(a.request.result.is_bad);
        assert_string_equal(a.request.result.failure.text, cases[i].reason);
        done(&a);
    }
    sts__ingest_free(ingest);
    assert_int_equal(stored(), 0);
}

/* The reader of what `statslice convert --to json` writes. */
static void test_ingest__an_array(void **state)
{
    struct sts__ingest *ingest = open_ingest(NULL);
    struct asked a;

    (void)state;
    submit(ingest, &a, STS__INGEST_PROFILES,
           "[\n" LINE("01", "1") "," LINE("02", "1") ",7," LINE("03", "1") "\n");
    assert_counts(wait_for(&a), 3, 0, 0, 2);
    assert_int_equal(a.request.result.refusals[1].number, 5);
    sts__ingest_free(ingest);
    assert_int_equal(stored(), 3);
    done(&a);
}

static void test_ingest__labels_of_a_request_are_its_profiles(void **state)
{
    static const char *const keys[] = { "host", "service" }, *const values[] = { "h1", "till" };
    struct sts__ingest *ingest = open_ingest(NULL);
    struct sts_store *store;
    struct sts_store_list *list;
    const struct sts_store_series *series;
    size_t count;
    struct asked a = { .answered = false };

    (void)state;
    a.request = (struct sts__ingest_request){ .kind = STS__INGEST_PROFILES,
                                              .body = LINE("01", "1"),
                                              .len = strlen(LINE("01", "1")),
                                              .answer = on_answer,
                                              .context = &a };
    a.request.about.label_keys = keys;
    a.request.about.label_values = values;
    a.request.about.label_count = 2;
    assert_int_equal(sts__ingest_submit(ingest, &a.request, NULL), 0);
    assert_counts(wait_for(&a), 1, 0, 0, 0);
    sts__ingest_free(ingest);
    store = open_store(false);
    assert_int_equal(sts_store_list_open(store, &list, NULL), 0);
    series = sts_store_list_series(list, &count);
    assert_int_equal(count, 1);
    assert_string_equal(series[0].service, "till");
    assert_int_equal(series[0].label_count, 2);
    assert_string_equal(series[0].label_values[0], "h1");
    sts_store_list_close(list);
    sts_store_close(store);
    done(&a);
}

static void test_ingest__a_full_queue_takes_no_more(void **state)
{
    struct sts__ingest_limits limits = STS__INGEST_LIMITS_INIT;
    struct sts__ingest *ingest;
    struct asked a[3], b;
    struct sts_error err;
    struct sts__ingest_counts counts;

    (void)state;
    limits.queue_bytes = 2 * strlen(LINE("01", "1"));
    ingest = open_ingest(&limits);
    pthread_mutex_lock(&gate);
    submit(ingest, &a[0], STS__INGEST_PROFILES, LINE("01", "1"));
    ask(&b, 0, STS__INGEST_PROFILES, LINE("01", "1")); /* one alone has half of it */
    assert_int_equal(sts__ingest_submit(ingest, &b.request, &err), STS_E_LIMIT);
    submit_by(2, ingest, &a[1], STS__INGEST_PROFILES, LINE("02", "1"));
    ask(&b, 3, STS__INGEST_PROFILES, LINE("02", "1"));
    assert_int_equal(sts__ingest_submit(ingest, &b.request, &err), STS_E_LIMIT);
    counts = sts__ingest_counts(ingest);
    assert_int_equal(counts.queued_requests, 2);
    assert_int_equal(counts.queued_bytes, limits.queue_bytes);
    assert_int_equal(counts.n_full, 2);
    pthread_mutex_unlock(&gate);
    wait_for(&a[0]);
    wait_for(&a[1]);
    /* what is larger than the queue is taken where nothing else waits */
    submit(ingest, &a[2], STS__INGEST_PROFILES,
           LINE("03", "1") LINE("04", "1") LINE("05", "1") LINE("06", "1"));
    assert_counts(wait_for(&a[2]), 4, 0, 0, 0);
    sts__ingest_stop(ingest);
    assert_int_equal(sts__ingest_submit(ingest, &b.request, &err), STS_E_CANCELLED);
    counts = sts__ingest_counts(ingest);
    assert_int_equal(counts.queued_bytes, 0);
    assert_int_equal(counts.queued_requests, 0);
    assert_int_equal(counts.n_requests, 3);
    assert_int_equal(counts.documents[STS__INGEST_NEW], 6);
    sts__ingest_free(ingest);
    for (size_t i = 0; i < 3; i++)
        done(&a[i]);
}

static void test_ingest__what_waits_at_the_stop_is_committed(void **state)
{
    struct sts__ingest *ingest = open_ingest(NULL);
    struct asked a[3];

    (void)state;
    pthread_mutex_lock(&gate);
    submit(ingest, &a[0], STS__INGEST_PROFILES, LINE("01", "1"));
    submit(ingest, &a[1], STS__INGEST_PROFILES, LINE("02", "1"));
    submit(ingest, &a[2], STS__INGEST_PROFILES, LINE("03", "1"));
    pthread_mutex_unlock(&gate);
    sts__ingest_free(ingest);
    for (size_t i = 0; i < 3; i++) {
        assert_true(atomic_load(&a[i].answered));
        assert_counts(&a[i].request.result, 1, 0, 0, 0);
        done(&a[i]);
    }
    assert_int_equal(stored(), 3);
}

static void test_ingest__a_failing_disk_acknowledges_nothing(void **state)
{
    struct sts__ingest *ingest = open_ingest(NULL);
    struct asked a, b;

    (void)state;
    atomic_store(&failing, STS_E_IO);
    submit(ingest, &a, STS__INGEST_PROFILES, LINE("01", "1"));
    assert_int_equal(wait_for(&a)->status, STS_E_IO);
    assert_false(a.request.result.is_bad);
    assert_int_equal(a.request.result.failure.sys_errno, ENOSPC);
    assert_int_equal(a.request.result.counts[STS__INGEST_NEW], 0);
    assert_int_equal(stored(), 0);
    done(&a);
    atomic_store(&failing, 0); /* there is room again: the next one stores itself alone */
    submit(ingest, &b, STS__INGEST_PROFILES, LINE("02", "1"));
    assert_counts(wait_for(&b), 1, 0, 0, 0);
    assert_int_equal(stored(), 1);
    done(&b);
    submit(ingest, &a, STS__INGEST_PROFILES, LINE("01", "1"));
    assert_counts(wait_for(&a), 1, 0, 0, 0);
    done(&a);
    sts__ingest_free(ingest);
}

/* A transaction that cannot be for what it holds: all but the one at fault are stored. */
static void test_ingest__one_bad_request_harms_no_other(void **state)
{
    struct sts__ingest *ingest = open_ingest(NULL);
    struct asked a[4];

    (void)state;
    pthread_mutex_lock(&gate);
    submit(ingest, &a[0], STS__INGEST_PROFILES, LINE("01", "1"));
    while (sts__ingest_counts(ingest).queued_requests == 0)
        nap();
    nap();
    submit(ingest, &a[1], STS__INGEST_PROFILES, LINE("02", "1"));
    submit(ingest, &a[2], STS__INGEST_PROFILES, LINE("03", "1") LINE("04", "1"));
    submit(ingest, &a[3], STS__INGEST_PROFILES, "nothing\n" LINE("05", "1"));
    atomic_store(&above, 1);
    atomic_store(&failing, STS_E_LIMIT);
    pthread_mutex_unlock(&gate);
    assert_counts(wait_for(&a[0]), 1, 0, 0, 0);
    assert_counts(wait_for(&a[1]), 1, 0, 0, 0);
    assert_int_equal(wait_for(&a[2])->status, STS_E_LIMIT);
    assert_false(a[2].request.result.is_bad);
    assert_counts(wait_for(&a[3]), 1, 0, 0, 1);
    atomic_store(&failing, 0);
    atomic_store(&above, 0);
    sts__ingest_free(ingest);
    assert_int_equal(stored(), 3);
    for (size_t i = 0; i < 4; i++)
        done(&a[i]);
}

static void test_ingest__another_writer_of_the_same_store(void **state)
{
    struct sts__ingest *ingest = open_ingest(NULL);
    struct sts_store *other = open_store(true);
    struct asked a;

    (void)state;
    for (int n = 0; n < 20; n++) {
        add(other, "other", n, 3);
        commit(other);
        submit(ingest, &a, STS__INGEST_PROFILES, n % 2 == 0 ? LINE("01", "1") : LINE("02", "1"));
        assert_counts(wait_for(&a), n < 2, n >= 2, 0, 0);
        done(&a);
    }
    sts_store_close(other);
    sts__ingest_free(ingest);
    assert_int_equal(stored(), 22);
}

/* --- bodies that have to be made first --- */

static atomic_int n_prepared;
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER; /* held: bodies wait to be made */

static int make_body(struct sts__ingest_request *request, struct sts_error *err)
{
    (void)err;
    pthread_mutex_lock(&making);
    pthread_mutex_unlock(&making);
    atomic_fetch_add(&n_prepared, 1);
    request->body = *request->body == '1' ? LINE("01", "1") : LINE("02", "1");
    request->len = strlen(request->body);
    return 0;
}

static int refuse_body(struct sts__ingest_request *request, struct sts_error *err)
{
    (void)request;
    *err = (struct sts_error){ .status = STS_E_LIMIT };
    strcpy(err->text, "too much");
    return STS_E_LIMIT;
}

static void submit_unprepared(struct sts__ingest *ingest, struct asked *asked, const char *body,
                              int (*prepare)(struct sts__ingest_request *, struct sts_error *))
{
    memset(asked, 0, sizeof(*asked));
    asked->request = (struct sts__ingest_request){ .kind = STS__INGEST_PROFILES,
                                                   .body = body,
                                                   .len = strlen(body),
                                                   .prepare = prepare,
                                                   .answer = on_answer,
                                                   .context = asked };
    assert_int_equal(sts__ingest_submit(ingest, &asked->request, NULL), 0);
}

static void test_ingest__a_body_is_made_before_it_is_read(void **state)
{
    struct sts__ingest *ingest = open_ingest(NULL);
    struct asked a[3];

    (void)state;
    submit_unprepared(ingest, &a[0], "1", make_body);
    submit_unprepared(ingest, &a[1], "2", make_body);
    submit_unprepared(ingest, &a[2], "3", refuse_body);
    sts__ingest_stop(ingest); /* which waits for them */
    assert_counts(wait_for(&a[0]), 1, 0, 0, 0);
    assert_counts(wait_for(&a[1]), 1, 0, 0, 0);
    assert_int_equal(wait_for(&a[2])->status, STS_E_LIMIT);
    assert_true(a[2].request.result.is_bad);
    assert_int_equal(sts__ingest_counts(ingest).queued_bytes, 0);
    sts__ingest_free(ingest);
    assert_int_equal(stored(), 2);
    for (size_t i = 0; i < 3; i++)
        done(&a[i]);
}

/* What is unpacked may be much larger than what came: no more is made than there is room for. */
static void test_ingest__bodies_wait_to_be_made_while_the_queue_is_full(void **state)
{
    struct sts__ingest_limits limits = STS__INGEST_LIMITS_INIT;
    struct sts__ingest *ingest;
    struct asked a[4];

    (void)state;
    limits.queue_bytes = 10;
    ingest = open_ingest(&limits);
    atomic_store(&n_prepared, 0);
    pthread_mutex_lock(&gate);
    pthread_mutex_lock(&making); /* the first body made fills the queue: not before all are in it */
    for (size_t i = 0; i < 4; i++)
        submit_unprepared(ingest, &a[i], i % 2 == 0 ? "1" : "2", make_body);
    pthread_mutex_unlock(&making);
    for (int i = 0; i < 100; i++)
        nap();
    assert_int_equal(atomic_load(&n_prepared), 1);
    assert_int_equal(sts__ingest_counts(ingest).queued_bytes, strlen(LINE("01", "1")) + 3);
    pthread_mutex_unlock(&gate);
    for (size_t i = 0; i < 4; i++)
        assert_counts(wait_for(&a[i]), i < 2, i >= 2, 0, 0);
    assert_int_equal(atomic_load(&n_prepared), 4);
    sts__ingest_free(ingest);
    for (size_t i = 0; i < 4; i++)
        done(&a[i]);
}

/* --- pstats --- */

static char *pstats_of(const struct sts_profile *profile, size_t *ret_len)
{
    struct sts_sink *sink;
    struct sts_output *output;
    const char *bytes;
    char *copy;

    assert_int_equal(sts_sink_open_memory((size_t)1 << 20, &sink, NULL), 0);
    assert_int_equal(sts_output_open("pstats", sink, &output, NULL), 0);
    assert_int_equal(sts_output_write(output, profile, NULL), 0);
    assert_int_equal(sts_output_close(output, NULL), 0);
    bytes = sts_sink_memory(sink, ret_len);
    copy = malloc(*ret_len);
    memcpy(copy, bytes, *ret_len);
    assert_int_equal(sts_sink_close(sink, NULL), 0);
    return copy;
}

static void assert_span(const struct sts_store_series *series, int64_t begin_ns, int64_t end_ns)
{
    assert_int_equal(series->first_ns, begin_ns);
    assert_int_equal(series->last_ns, end_ns);
}

/* Functions 0 .. 2 of make_profile() have 5 + 6 + 7 ns of their own. */
static void test_ingest__a_pstats_file_and_its_span(void **state)
{
    static const char *const key = "service", *const names[] = { "a", "b", "c", "d" };
    struct sts__ingest *ingest = open_ingest(NULL);
    struct sts_profile *profile = make_profile(NULL, "x", 1, 3);
    size_t len, count;
    char *body = pstats_of(profile, &len);
    struct timespec before, after;
    struct sts_store_list *list;
    struct sts_store *store;
    const struct sts_store_series *series;

    (void)state;
    clock_gettime(CLOCK_REALTIME, &before);
    for (size_t i = 0; i < 5; i++) {
        struct asked a = { .answered = false };
        a.request = (struct sts__ingest_request){ .kind = STS__INGEST_PSTATS,
                                                  .body = body,
                                                  .len = i == 4 ? len - 1 : len,
                                                  .answer = on_answer,
                                                  .context = &a };
        a.request.about = (struct sts__decode_about){ .label_keys = &key,
                                                      .label_values = &names[i % 4],
                                                      .label_count = 1,
                                                      .has_begin = i == 1 || i == 2,
                                                      .has_end = i == 2 || i == 3,
                                                      .begin_ns = 1000,
                                                      .end_ns = 5000 };
        assert_int_equal(sts__ingest_submit(ingest, &a.request, NULL), 0);
        assert_counts(wait_for(&a), i < 4, 0, 0, i == 4);
        done(&a);
    }
    clock_gettime(CLOCK_REALTIME, &after);
    sts__ingest_free(ingest);
    store = open_store(false);
    assert_int_equal(sts_store_list_open(store, &list, NULL), 0);
    series = sts_store_list_series(list, &count);
    assert_int_equal(count, 4);
    assert_in_range(series[0].last_ns, before.tv_sec * SECOND + before.tv_nsec,
                    after.tv_sec * SECOND + after.tv_nsec);
    assert_int_equal(series[0].first_ns, series[0].last_ns - 18);
    assert_int_equal(series[0].engine, STS_ENGINE_IMPORT);
    assert_span(&series[1], 1000, 1018);
    assert_span(&series[2], 1000, 5000);
    assert_span(&series[3], 5000 - 18, 5000);
    sts_store_list_close(list);
    sts_store_close(store);
    sts_profile_free(profile);
    free(body);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_ingest__what_is_answered_is_stored_and_known_the_second_time),
        CASE(test_ingest__equal_profiles_of_one_request_are_two),
        CASE(test_ingest__what_is_refused_is_told_line_by_line),
        CASE(test_ingest__no_more_reasons_are_told_than_the_limit),
        CASE(test_ingest__limits),
        CASE(test_ingest__a_body_that_is_no_good_as_a_whole),
        CASE(test_ingest__an_array),
        CASE(test_ingest__labels_of_a_request_are_its_profiles),
        CASE(test_ingest__a_full_queue_takes_no_more),
        CASE(test_ingest__what_waits_at_the_stop_is_committed),
        CASE(test_ingest__a_failing_disk_acknowledges_nothing),
        CASE(test_ingest__one_bad_request_harms_no_other),
        CASE(test_ingest__another_writer_of_the_same_store),
        CASE(test_ingest__a_body_is_made_before_it_is_read),
        CASE(test_ingest__bodies_wait_to_be_made_while_the_queue_is_full),
        CASE(test_ingest__a_pstats_file_and_its_span),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

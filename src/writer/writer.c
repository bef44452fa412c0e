/* SPDX-License-Identifier: MIT */
/*
 * writer.c - see writer.h.
 */
#include "writer/writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "writer/encode.h"
#include "writer/quiet_thread.h"
#include "writer/slice_queue.h"

#define CLOSE_NS    INT64_C(100000000) /* a thread that is told to end may take so long */
#define PATIENCE_NS INT64_C(20000000)  /* and so long with a line that its sink takes slowly */

struct sts__writer {
    pthread_mutex_t lock; /* guards all up to the line */
    pthread_cond_t changed;
    struct sts__slice_queue queue;
    struct sts__writer_counts counts;
    struct sts__labels *labels; /* owned: the process's */
    bool by_thread;
    bool running;         /* there is a thread */
    bool joinable;        /* and it, or one that has ended, was not joined yet */
    bool ending;          /* it is asked to end */
    bool abandoned;       /* nobody holds the writer but its thread */
    bool encoding;        /* it reads a slice, and what that names */
    bool closing;         /* nobody may wait for it any more */
    bool asked;           /* something came that makes a failed line worth another try */
    bool at_hand;         /* a slice was taken, and not all of its lines are written */
    bool failed;          /* the line at hand was refused by the sink */
    bool tend_asked;      /* somebody waits for what the sink keeps */
    bool tend_woken;      /* the sink is not to be waited for */
    bool is_settled;      /* the sink keeps nothing */
    uint64_t n_setbacks;  /* failures of the sink that it gets over by itself */
    bool is_remains;      /* a fork's copy of one whose thread hung: nobody may touch it */
    uint64_t n_failures;  /* of the sink, and of want of memory */
    uint64_t done_serial; /* slices before it are written, or lost */
    uint64_t out_serial;  /* behind the slice whose lines are at hand */
    pthread_t thread;
    atomic_bool give_up;
    /* --- the thread's own --- */
    struct sts__encoder encoder;
    size_t line_begin; /* in the encoder's lines: those before it are written */
    struct sts__line_sink sink;
};

/* --- life --- */

/* A set of its own, in one block, as those of the recorder are. */
static struct sts__labels *copy_labels(const struct sts__label *labels, size_t n_labels)
{
    size_t n_bytes = sizeof(struct sts__labels) + n_labels * sizeof(struct sts__label);
    struct sts__labels *copy;
    char *text;

    for (size_t i = 0; i < n_labels; i++)
        n_bytes += strlen(labels[i].key) + strlen(labels[i].value) + 2;
    copy = calloc(1, n_bytes);
    if (copy == NULL)
        return NULL;
    copy->n_labels = n_labels;
    text = (char *)&copy->labels[n_labels];
    for (size_t i = 0; i < n_labels; i++) {
        copy->labels[i].key = strcpy(text, labels[i].key);
        text += strlen(text) + 1;
        copy->labels[i].value = strcpy(text, labels[i].value);
        text += strlen(text) + 1;
    }
    return copy;
}

static void init_locks(struct sts__writer *writer)
{
    (void)pthread_mutex_init(&writer->lock, NULL);
    sts__quiet_cond_init(&writer->changed);
}

int sts__writer_new(const struct sts__writer_options *options, struct sts__line_sink take_sink,
                    struct sts__writer **ret_writer, struct sts_error *err)
{
    struct sts__writer *writer = calloc(1, sizeof(*writer));
    struct sts__gather_options gather = options->gather;

    if (writer != NULL)
        writer->labels = copy_labels(gather.labels, gather.n_labels);
    if (writer == NULL || writer->labels == NULL) {
        free(writer);
        take_sink.kind->close(take_sink.context);
        return sts__fail_nomem(err);
    }
    init_locks(writer);
    gather.labels = writer->labels->labels;
    writer->by_thread = gather.by_thread;
    writer->sink = take_sink;
    writer->is_settled = true;
    atomic_init(&writer->give_up, false);
    sts__encoder_init(&writer->encoder, &gather);
    sts__slice_queue_init(&writer->queue, options->n_profiles_max, options->n_bytes_max);
    *ret_writer = writer;
    return 0;
}

static void join(struct sts__writer *writer)
{
    if (writer->joinable)
        (void)pthread_join(writer->thread, NULL);
    writer->joinable = false;
}

static void destroy(struct sts__writer *writer)
{
    writer->sink.kind->close(writer->sink.context);
    sts__encoder_deinit(&writer->encoder);
    sts__slice_queue_deinit(&writer->queue);
    free(writer->labels);
    (void)pthread_cond_destroy(&writer->changed);
    (void)pthread_mutex_destroy(&writer->lock);
    free(writer);
}

void sts__writer_free(struct sts__writer *writer)
{
    bool hangs;

    if (writer == NULL || writer->is_remains)
        return;
    if (!sts__writer_end(writer, CLOSE_NS)) {
        pthread_mutex_lock(&writer->lock);
        hangs = writer->abandoned = writer->running;
        if (hangs)
            (void)pthread_detach(writer->thread);
        pthread_mutex_unlock(&writer->lock);
        if (hangs)
            return;
        join(writer); /* it has ended meanwhile */
    }
    destroy(writer);
}

/* --- the thread: its lock is held on entry of each of these, and on return --- */

static void note_reason(struct sts__writer *writer, const struct sts_error *err)
{
    memcpy(writer->counts.last_error, err->text, sizeof(writer->counts.last_error));
    writer->counts.last_error[sizeof(writer->counts.last_error) - 1] = '\0';
}

static void note_failure(struct sts__writer *writer, const struct sts_error *err)
{
    writer->n_failures++;
    writer->counts.n_sink_errors++;
    note_reason(writer, err);
}

/* Drops are told by the profile that is made next, and counted again if that gets lost too. */
static void encode(struct sts__writer *writer, struct sts__slice *slice)
{
    struct sts_error err = { 0 };
    uint64_t n_told = writer->queue.n_dropped;
    int r;

    writer->out_serial = slice->serial + 1;
    writer->at_hand = writer->encoding = true;
    pthread_mutex_unlock(&writer->lock);
    r = sts__encoder_put(&writer->encoder, slice, n_told, &err);
    writer->line_begin = 0;
    pthread_mutex_lock(&writer->lock);
    writer->encoding = false;
    if (writer->encoder.n_lines > 0)
        writer->queue.n_dropped -= n_told;
    if (r < 0)
        note_failure(writer, &err);
    sts__slice_queue_count_dropped(&writer->queue, writer->encoder.n_dropped);
    sts__slice_queue_finish(&writer->queue);
}

/* Whether a line that failed is worth another try. */
static bool may_be_taken(const struct sts__writer *writer, int status)
{
    return writer->sink.kind->keeps_line && status != STS_E_FORMAT && status != STS_E_LIMIT;
}

static void write_line(struct sts__writer *writer)
{
    const char *line = writer->encoder.lines.data + writer->line_begin;
    size_t left = writer->encoder.lines.len - writer->line_begin;
    const char *newline = memchr(line, '\n', left);
    size_t len = newline == NULL ? left : (size_t)(newline - line) + 1;
    struct sts_error err = { 0 };
    int r;

    writer->asked = false;
    pthread_mutex_unlock(&writer->lock);
    r = writer->sink.kind->write(writer->sink.context, line, len, &writer->give_up, &err);
    pthread_mutex_lock(&writer->lock);
    if (r != 0)
        note_failure(writer, &err);
    if (r >= 0) {
        writer->counts.n_profiles_written++;
        writer->counts.n_bytes_written += len;
        writer->is_settled = writer->sink.kind->tend == NULL;
    } else if (!may_be_taken(writer, r)) {
        sts__slice_queue_count_dropped(&writer->queue, 1);
    }
    writer->failed = r < 0 && may_be_taken(writer, r);
    if (!writer->failed)
        writer->line_begin += len;
}

/* Returns: false when there is nothing to do. */
static bool work(struct sts__writer *writer)
{
    struct sts__slice *slice;

    if (writer->line_begin < writer->encoder.lines.len) {
        if (writer->failed && !writer->asked)
            return false;
        write_line(writer);
        return true;
    }
    writer->at_hand = false;
    writer->done_serial = writer->out_serial;
    slice = sts__slice_queue_get(&writer->queue);
    if (slice == NULL) {
        writer->done_serial = writer->queue.end_serial;
        return false;
    }
    encode(writer, slice);
    return true;
}

/* Let the sink do what it does between lines. Returns: in how many ns it has more to do. */
static int64_t tend(struct sts__writer *writer)
{
    struct sts__line_sink_news news = { 0 };
    bool is_asked = writer->tend_asked;
    int64_t wait_ns;

    if (writer->sink.kind->tend == NULL)
        return STS__LINE_SINK_IDLE;
    writer->tend_asked = writer->tend_woken = false;
    pthread_mutex_unlock(&writer->lock);
    wait_ns = writer->sink.kind->tend(writer->sink.context, is_asked, &news);
    pthread_mutex_lock(&writer->lock);
    writer->is_settled = news.is_settled;
    sts__slice_queue_count_dropped(&writer->queue, news.n_dropped);
    if (news.reason.text[0] != '\0')
        note_reason(writer, &news.reason);
    if (news.has_failed) {
        writer->n_setbacks++;
        writer->counts.n_sink_errors++;
    }
    return writer->tend_woken ? 0 : wait_ns;
}

static void wait(struct sts__writer *writer, int64_t wait_ns)
{
    if (wait_ns == STS__LINE_SINK_IDLE)
        pthread_cond_wait(&writer->changed, &writer->lock);
    else if (wait_ns > 0)
        (void)sts__quiet_cond_wait(&writer->changed, &writer->lock, sts__clock_mono_ns() + wait_ns);
}

static void *run(void *context)
{
    struct sts__writer *writer = context;
    bool abandoned;

    pthread_mutex_lock(&writer->lock);
    while (!writer->ending) {
        bool is_idle = !work(writer);
        int64_t wait_ns = is_idle ? tend(writer) : 0;

        pthread_cond_broadcast(&writer->changed);
        if (!writer->ending)
            wait(writer, wait_ns);
    }
    writer->running = false;
    abandoned = writer->abandoned;
    pthread_cond_broadcast(&writer->changed);
    pthread_mutex_unlock(&writer->lock);
    if (abandoned)
        destroy(writer);
    return NULL;
}

/* --- the calls of others --- */

/* Have the thread look at what has changed; it may be in the sink. */
static void wake(struct sts__writer *writer)
{
    writer->tend_woken = true;
    pthread_cond_broadcast(&writer->changed);
    if (writer->running && writer->sink.kind->wake != NULL)
        writer->sink.kind->wake(writer->sink.context);
}

/* A callback of the sink may call us. */
static bool is_own_thread(const struct sts__writer *writer)
{
    return writer->running && pthread_equal(writer->thread, pthread_self());
}

int sts__writer_begin(struct sts__writer *writer, struct sts_error *err)
{
    int r = 0;

    pthread_mutex_lock(&writer->lock);
    writer->ending = false;
    atomic_store(&writer->give_up, false);
    if (!writer->running) {
        join(writer);
        r = sts__quiet_thread_new(&writer->thread, run, writer, err);
        writer->running = writer->joinable = r == 0;
    }
    pthread_mutex_unlock(&writer->lock);
    return r;
}

bool sts__writer_end(struct sts__writer *writer, int64_t timeout_ns)
{
    int64_t begin_ns = sts__clock_mono_ns(), patience_ns;
    bool has_ended;

    pthread_mutex_lock(&writer->lock);
    writer->ending = true;
    if (is_own_thread(writer))
        timeout_ns = 0;
    patience_ns = timeout_ns < PATIENCE_NS ? timeout_ns : PATIENCE_NS;
    wake(writer);
    while (writer->running &&
           sts__quiet_cond_wait(&writer->changed, &writer->lock, begin_ns + patience_ns))
        continue;
    atomic_store(&writer->give_up, true);
    while (writer->running &&
           sts__quiet_cond_wait(&writer->changed, &writer->lock, begin_ns + timeout_ns))
        continue;
    while (writer->encoding) /* it takes milliseconds, and nobody may free what it reads */
        pthread_cond_wait(&writer->changed, &writer->lock);
    has_ended = !writer->running;
    if (has_ended)
        join(writer);
    pthread_mutex_unlock(&writer->lock);
    return has_ended;
}

void sts__writer_put(struct sts__writer *writer, struct sts__slice *take_slices)
{
    sts__slice_queue_measure(take_slices, writer->by_thread);
    pthread_mutex_lock(&writer->lock);
    sts__slice_queue_put(&writer->queue, take_slices);
    writer->asked = true;
    wake(writer);
    pthread_mutex_unlock(&writer->lock);
}

/* Lines at hand that are not written; the thread has ended, or hangs in its sink. */
static uint64_t count_lines(const struct sts__writer *writer)
{
    const char *lines = writer->encoder.lines.data;
    uint64_t count = 0;

    for (size_t i = writer->line_begin; i < writer->encoder.lines.len; i++)
        count += lines[i] == '\n';
    return count;
}

struct sts__slice *sts__writer_take_done(struct sts__writer *writer)
{
    struct sts__slice *slices;

    pthread_mutex_lock(&writer->lock);
    slices = sts__slice_queue_take_done(&writer->queue);
    pthread_mutex_unlock(&writer->lock);
    return slices;
}

struct sts__writer_mark sts__writer_mark(struct sts__writer *writer)
{
    struct sts__writer_mark mark;

    pthread_mutex_lock(&writer->lock);
    mark.n_failures = writer->n_failures;
    mark.n_dropped = writer->queue.n_dropped_total;
    mark.n_setbacks = writer->n_setbacks;
    pthread_mutex_unlock(&writer->lock);
    return mark;
}

static bool went_wrong(const struct sts__writer *writer, struct sts__writer_mark since)
{
    return writer->n_failures != since.n_failures ||
           writer->queue.n_dropped_total != since.n_dropped;
}

/* Whether all that came before serial has arrived. */
static bool has_arrived(const struct sts__writer *writer, uint64_t serial)
{
    return writer->done_serial >= serial && writer->is_settled;
}

bool sts__writer_flush(struct sts__writer *writer, struct sts__writer_mark since,
                       int64_t timeout_ns, bool is_patient)
{
    int64_t now_ns = sts__clock_mono_ns();
    int64_t until_ns = timeout_ns < INT64_MAX - now_ns ? now_ns + timeout_ns : INT64_MAX;
    uint64_t serial;
    bool is_done, waits;

    pthread_mutex_lock(&writer->lock);
    serial = writer->queue.end_serial;
    waits = !is_own_thread(writer);
    writer->asked = writer->tend_asked = true;
    wake(writer);
    for (;;) {
        is_done = has_arrived(writer, serial) && !went_wrong(writer, since);
        if (is_done || !waits || writer->closing || went_wrong(writer, since))
            break;
        if (!is_patient && writer->done_serial >= serial && writer->n_setbacks != since.n_setbacks)
            break; /* the sink has all of it, and keeps it */
        waits = sts__quiet_cond_wait(&writer->changed, &writer->lock, until_ns);
    }
    pthread_mutex_unlock(&writer->lock);
    return is_done;
}

/* What the sink keeps ends with the process, where it has it in memory. */
static uint64_t count_kept_in_memory(const struct sts__writer *writer)
{
    struct sts__line_sink_counts counts = { 0 };

    if (writer->sink.kind->counts != NULL)
        writer->sink.kind->counts(writer->sink.context, &counts);
    return counts.n_kept_in_memory;
}

void sts__writer_drop_waiting(struct sts__writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    sts__slice_queue_count_dropped(&writer->queue, count_kept_in_memory(writer));
    sts__slice_queue_drop_all(&writer->queue);
    if (writer->at_hand)
        sts__slice_queue_count_dropped(&writer->queue, count_lines(writer));
    pthread_mutex_unlock(&writer->lock);
}

void sts__writer_close(struct sts__writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    writer->closing = true;
    pthread_cond_broadcast(&writer->changed);
    pthread_mutex_unlock(&writer->lock);
}

void sts__writer_counts(struct sts__writer *writer, struct sts__writer_counts *ret_counts)
{
    pthread_mutex_lock(&writer->lock);
    *ret_counts = writer->counts;
    ret_counts->n_profiles_dropped = writer->queue.n_dropped_total;
    ret_counts->n_slices_waiting = writer->queue.n_waiting + (writer->at_hand ? 1 : 0);
    if (writer->sink.kind->counts != NULL) {
        writer->sink.kind->counts(writer->sink.context, &ret_counts->sink);
        ret_counts->n_profiles_written = ret_counts->sink.n_written;
        ret_counts->n_bytes_written = ret_counts->sink.n_bytes_written;
        ret_counts->sink_keeps = true;
    }
    pthread_mutex_unlock(&writer->lock);
}

/* --- fork --- */

bool sts__writer_fork_before(struct sts__writer *writer, int64_t timeout_ns)
{
    const struct sts__line_sink *sink = &writer->sink;

    if (!sts__writer_end(writer, timeout_ns))
        return false;
    pthread_mutex_lock(&writer->lock); /* two threads may fork at once */
    if (!writer->running && sink->kind->before_fork != NULL)
        sink->kind->before_fork(sink->context);
    pthread_mutex_unlock(&writer->lock);
    return true;
}

void sts__writer_fork_child(struct sts__writer *writer)
{
    writer->is_remains = writer->running;
    init_locks(writer);
}

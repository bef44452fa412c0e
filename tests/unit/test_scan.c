/* SPDX-License-Identifier: MIT */
/*
 * test_scan.c - tests src/store/scan.c with chunks in memory: what comes out is what a loop over
 * the profiles gives, raw and from rollups, by one thread and by several.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/scan.h"

#define SECOND INT64_C(1000000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

#define PROFILES          300
#define FUNCTIONS         12
#define SERIES            4
#define EDGES             9
#define LANES             3
#define CHUNKS            (STS__LEVELS * 8)
#define JOB_ROWS_AT_LEAST ((size_t)1 << 20)

static uint64_t random_state;

static int64_t random_below(int64_t end)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((random_state >> 20) % (uint64_t)end);
}

/* --- data --- */

struct row {
    bool is_there;
    struct sts_figures figures;
};

struct known {
    uint32_t series;
    int64_t begin_ns, end_ns;
    double coverage;
    struct row rows[FUNCTIONS];
};

static struct known all[PROFILES];

static void make_profile(struct known *known)
{
    static const int64_t spans[] = { 0, SECOND, 10 * SECOND, MINUTE, 11 * MINUTE, 2 * HOUR, DAY };

    memset(known, 0, sizeof(*known));
    known->series = (uint32_t)random_below(SERIES);
    known->begin_ns = random_below(3 * DAY / (10 * SECOND)) * 10 * SECOND - HOUR;
    known->end_ns = known->begin_ns + spans[random_below(random_below(3) == 0 ? 7 : 4)];
    known->coverage = random_below(4) == 0 ? 0.5 : 1.0;
    for (size_t i = 0; i < FUNCTIONS; i++) {
        struct row *row = &known->rows[i];
        row->is_there = i < 3 || random_below(3) == 0;
        if (!row->is_there || random_below(8) == 0)
            continue; /* a row of zeros is a row */
        row->figures.ncalls = (uint64_t)random_below(1000);
        row->figures.pcalls = row->figures.ncalls - (uint64_t)(random_below(2) * (i == 5));
        row->figures.pcalls = row->figures.ncalls == 0 ? 0 : row->figures.pcalls;
        row->figures.tottime_ns = random_below(1 << random_below(30));
        row->figures.cumtime_ns = row->figures.tottime_ns + (i % 2 == 0 ? random_below(1000) : 0);
    }
}

static void build(struct sts__chunk_builder *builder, unsigned span_class, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        struct known *known = &all[i];
        struct sts__chunk_profile profile = {
            known->series, known->begin_ns, known->end_ns, known->coverage, 0, NULL, 0
        };
        int at;
        if (sts__span_class(known->begin_ns, known->end_ns) != span_class)
            continue;
        at = sts__chunk_builder_profile(builder, &profile, NULL);
        assert_true(at >= 0);
        for (uint32_t f = 0; f < FUNCTIONS; f++) {
            struct sts__chunk_row row = { (uint32_t)at, f, known->rows[f].figures, { 0, 0 } };
            struct sts__chunk_edge edge = { (uint32_t)at, f, (f + 1) % FUNCTIONS, row.figures };
            if (!known->rows[f].is_there)
                continue;
            assert_int_equal(sts__chunk_builder_row(builder, &row, NULL), 0);
            assert_int_equal(sts__chunk_builder_edge(builder, &edge, NULL), 0);
        }
    }
}

/* --- chunks in memory --- */

struct memory {
    struct sts__chunk_about abouts[CHUNKS];
    struct sts__chunk_parts parts[CHUNKS];
    size_t count;
};

static void keep(struct memory *memory, struct sts__chunk_builder *builder, unsigned span_class,
                 bool is_rolled)
{
    struct sts__chunk_parts *parts = &memory->parts[memory->count];
    struct sts__chunk_about *about = &memory->abouts[memory->count];

    sts__chunk_parts_init(parts);
    assert_int_equal(sts__chunk_build(builder, parts, NULL), 0);
    if (parts->profile_count == 0) {
        sts__chunk_parts_deinit(parts);
        return;
    }
    *about = (struct sts__chunk_about){
        .id = (int64_t)memory->count,
        .level = builder->level,
        .span_class = span_class,
        .is_rolled = is_rolled,
        .is_exact = parts->exact,
        .begin_ns = parts->begin_ns,
        .end_ns = parts->end_ns,
        .row_count = JOB_ROWS_AT_LEAST, /* a job each, so that threads have something to do */
    };
    memory->count++;
}

/* Raw chunks of each class, of two parts of the profiles; the first part is in rollups as well. */
static void make_chunks(struct memory *memory)
{
    struct sts__chunk_builder raw, rolled[STS__LEVELS];

    memory->count = 0;
    for (unsigned level = 1; level < STS__LEVELS; level++)
        sts__chunk_builder_init(&rolled[level], level);
    for (unsigned span_class = 1; span_class <= STS__CLASS_NONE; span_class++) {
        sts__chunk_builder_init(&raw, 0);
        build(&raw, span_class, 0, PROFILES / 2);
        keep(memory, &raw, span_class, true);
        for (unsigned level = span_class; level < STS__LEVELS; level++)
            assert_int_equal(sts__rollup(&raw, sts__level_width_ns(level), &rolled[level], NULL),
                             0);
        sts__chunk_builder_clear(&raw);
        build(&raw, span_class, PROFILES / 2, PROFILES);
        keep(memory, &raw, span_class, false);
        sts__chunk_builder_deinit(&raw);
    }
    for (unsigned level = 1; level < STS__LEVELS; level++) {
        keep(memory, &rolled[level], 0, false);
        sts__chunk_builder_deinit(&rolled[level]);
    }
}

static void free_chunks(struct memory *memory)
{
    for (size_t i = 0; i < memory->count; i++)
        sts__chunk_parts_deinit(&memory->parts[i]);
}

static int open_reader(void *context, void **ret_reader, struct sts_error *err)
{
    (void)err;
    *ret_reader = context;
    return 0;
}

static int load(void *reader, int64_t chunk_id, uint32_t wanted,
                struct sts__part_bytes ret_parts[STS__PART_COUNT], struct sts_error *err)
{
    const struct memory *memory = reader;

    (void)err;
    for (unsigned part = 0; part < STS__PART_COUNT; part++) {
        const struct sts__bytes *bytes = &memory->parts[chunk_id].bytes[part];
        if (wanted & 1U << part && bytes->len > 0)
            ret_parts[part] = (struct sts__part_bytes){ (const uint8_t *)bytes->data, bytes->len };
    }
    return 0;
}

static void close_reader(void *reader)
{
    (void)reader;
}

/* --- answers --- */

struct sums {
    bool is_there[FUNCTIONS + 1], edge_is_there[FUNCTIONS]; /* the last function is the pool */
    int64_t values[FUNCTIONS + 1][4], edge_values[FUNCTIONS][4];
};

static uint32_t place_of(uint32_t function_id)
{
    return function_id == STS_SCAN_POOL ? FUNCTIONS : function_id;
}

struct answer {
    struct sums slices[LANES][EDGES - 1];
    uint64_t spans[LANES][EDGES - 1];
    struct sums alone; /* all of them together */
    uint64_t alone_count;
    int64_t alone_checksum; /* of their spans */
    uint64_t unwanted;
};

static void add_sums(struct sums *sums, const struct sts_scan_block *block)
{
    for (size_t i = 0; i < block->function_count; i++) {
        sums->is_there[place_of(block->function_ids[i])] = true;
        for (size_t f = 0; f < 4; f++)
            sums->values[place_of(block->function_ids[i])][f] += block->values[f][i];
    }
    for (size_t i = 0; i < block->edge_count; i++) {
        assert_int_equal(block->callee_ids[i], (block->caller_ids[i] + 1) % FUNCTIONS);
        sums->edge_is_there[block->caller_ids[i]] = true;
        for (size_t f = 0; f < 4; f++)
            sums->edge_values[block->caller_ids[i]][f] += block->edge_values[f][i];
    }
}

static const struct sts_scan *asked;

/* The spans of several slices' profiles do not tell which: each lies in one. */
static void count_span(struct answer *answer, uint32_t lane, const struct sts_scan_span *span)
{
    int64_t moment = asked->by == STS_SCAN_BY_END ? span->end_ns : span->begin_ns;

    for (size_t s = 0; s + 1 < asked->edge_count; s++)
        if (moment >= asked->edges_ns[s] && moment < asked->edges_ns[s + 1]) {
            answer->spans[lane][s]++;
            return;
        }
    fail_msg("a span in no slice");
}

static void add_several(struct answer *answer, const struct sts_scan_block *block)
{
    for (size_t i = 0; i < block->span_count; i++)
        count_span(answer, block->lane, &block->spans[i]);
    for (size_t i = 0; i < block->function_count; i++) {
        for (size_t k = 0; k < block->slice_count; k++) {
            struct sums *sums = &answer->slices[block->lane][block->slices[k]];
            /* where it has a row is told of all slices together */
            for (size_t f = 0; f < 4; f++)
                sums->values[place_of(block->function_ids[i])][f] +=
                    block->values[f][i * block->slice_count + k];
        }
    }
}

static int visit(void *context, const struct sts_scan_block *block, struct sts_error *err)
{
    struct answer *answer = context;

    (void)err;
    if (block->slice == STS_SCAN_ALONE) {
        assert_int_equal(block->span_count, 1);
        answer->alone_count++;
        answer->alone_checksum += block->alone.begin_ns * 3 + block->alone.end_ns;
        add_sums(&answer->alone, block);
        return 0;
    }
    assert_true(block->lane < LANES);
    if (block->slice == STS_SCAN_SEVERAL) {
        add_several(answer, block);
        return 0;
    }
    assert_true(block->slice < EDGES - 1);
    answer->spans[block->lane][block->slice] += block->span_count;
    add_sums(&answer->slices[block->lane][block->slice], block);
    return 0;
}

static void expect_row(struct sums *sums, uint32_t f, const struct row *row)
{
    const int64_t values[] = { (int64_t)row->figures.ncalls, (int64_t)row->figures.pcalls,
                               row->figures.tottime_ns, row->figures.cumtime_ns };

    sums->is_there[f] = sums->edge_is_there[f] = true;
    for (size_t k = 0; k < 4; k++) {
        sums->values[f][k] += values[k];
        sums->edge_values[f][k] += values[k];
    }
}

/* What a loop over the profiles gives. */
static void expect(const struct sts_scan *scan, const uint64_t *wanted, struct answer *answer)
{
    memset(answer, 0, sizeof(*answer));
    for (size_t i = 0; i < PROFILES; i++) {
        const struct known *known = &all[i];
        uint32_t lane = scan->lanes[known->series];
        bool is_span = scan->by == STS_SCAN_BY_SPAN && known->begin_ns < known->end_ns;
        int64_t moment = scan->by == STS_SCAN_BY_END ? known->end_ns : known->begin_ns;
        struct sums *sums = &answer->alone;
        if (lane == STS_SCAN_SKIP ||
            (is_span ? known->end_ns <= scan->from_ns || known->begin_ns >= scan->to_ns
                     : moment < scan->from_ns || moment >= scan->to_ns))
            continue;
        for (size_t s = 0; s + 1 < scan->edge_count; s++) {
            int64_t begin = scan->edges_ns[s], end = scan->edges_ns[s + 1];
            if (is_span ? known->begin_ns >= begin && known->end_ns <= end &&
                              known->begin_ns >= scan->from_ns && known->end_ns <= scan->to_ns
                        : moment >= begin && moment < end) {
                if (scan->part_covered_alone && known->coverage < 1.0)
                    break;
                sums = &answer->slices[lane][s];
                answer->spans[lane][s]++;
                break;
            }
        }
        if (sums == &answer->alone) {
            answer->alone_count++;
            answer->alone_checksum += known->begin_ns * 3 + known->end_ns;
        }
        for (uint32_t f = 0; f < FUNCTIONS; f++) {
            if (known->rows[f].is_there && wanted != NULL && !(*wanted >> f & 1))
                answer->unwanted |= UINT64_C(1) << f;
            if (known->rows[f].is_there)
                expect_row(sums, f, &known->rows[f]);
        }
    }
    for (uint32_t f = 0; wanted != NULL && f < FUNCTIONS; f++) {
        if (*wanted >> f & 1)
            continue;
        answer->alone.is_there[f] = false;
        memset(answer->alone.values[f], 0, sizeof(answer->alone.values[f]));
        for (size_t i = 0; i < (size_t)LANES * (EDGES - 1); i++) {
            struct sums *sums = &answer->slices[i / (EDGES - 1)][i % (EDGES - 1)];
            sums->is_there[f] = false;
            memset(sums->values[f], 0, sizeof(sums->values[f]));
        }
    }
}

/* Functions that have no row of their own are one, but where profiles stand alone. */
static void expect_pool(struct answer *answer, uint64_t own)
{
    for (size_t i = 0; i < (size_t)LANES * (EDGES - 1); i++) {
        struct sums *sums = &answer->slices[i / (EDGES - 1)][i % (EDGES - 1)];
        for (uint32_t f = 0; f < FUNCTIONS; f++) {
            if (own >> f & 1 || !sums->is_there[f])
                continue;
            sums->is_there[FUNCTIONS] = true;
            for (size_t k = 0; k < 4; k++)
                sums->values[FUNCTIONS][k] += sums->values[f][k];
            sums->is_there[f] = false;
            memset(sums->values[f], 0, sizeof(sums->values[f]));
        }
    }
}

/* Edges; and of several slices that come together, in which of them a function has a row. */
static void forget_what_is_not_told(struct answer *answer)
{
    struct sums *sums = &answer->slices[0][0];

    memset(answer->alone.edge_is_there, 0, sizeof(answer->alone.edge_is_there));
    memset(answer->alone.edge_values, 0, sizeof(answer->alone.edge_values));
    for (size_t i = 0; i < (size_t)LANES * (EDGES - 1); i++) {
        memset(sums[i].is_there, 0, sizeof(sums[i].is_there));
        memset(sums[i].edge_is_there, 0, sizeof(sums[i].edge_is_there));
        memset(sums[i].edge_values, 0, sizeof(sums[i].edge_values));
    }
}

static int64_t random_edge(void)
{
    static const int64_t units[] = { 5 * SECOND, MINUTE, 10 * MINUTE, HOUR, DAY };
    int64_t unit = units[random_below(5)];

    return random_below(4 * DAY / unit) * unit - DAY;
}

static int compare(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;

    return *a < *b ? -1 : *a > *b;
}

static size_t choose(const struct memory *memory, const struct sts__intervals *intervals,
                     struct sts__chunk_about *chosen)
{
    size_t count = 0;

    for (size_t i = 0; i < memory->count; i++) {
        const struct sts__chunk_about *about = &memory->abouts[i];
        if (about->level > 0
                ? sts__intervals_use_level(intervals, about->begin_ns, about->end_ns, about->level)
                : sts__intervals_use_raw(intervals, about->begin_ns, about->end_ns,
                                         about->span_class, about->is_rolled))
            chosen[count++] = *about;
    }
    return count;
}

static void ask(const struct memory *memory, const struct sts_scan *scan, const uint64_t *wanted,
                const uint64_t *own, unsigned threads, struct answer *answer)
{
    struct sts__chunk_about chosen[CHUNKS];
    int64_t raw[] = { -9 * DAY, 9 * DAY };
    struct sts__split split = { scan->from_ns,
                                scan->to_ns,
                                scan->edges_ns,
                                scan->edge_count,
                                scan->by == STS_SCAN_BY_END,
                                scan->raw_only ? 0 : 4,
                                raw,
                                scan->part_covered_alone ? 1 : 0,
                                NULL };
    struct sts__intervals intervals;
    struct sts__scan_source source = { (void *)(uintptr_t)memory, open_reader, load, close_reader };
    struct sts__scan_chunks chunks = {
        .scan = scan,
        .intervals = &intervals,
        .chunks = chosen,
        .wanted = { wanted, FUNCTIONS },
        .own = { own, FUNCTIONS },
        .threads = threads,
        .direct_sums = scan->edges ? 0 : 1,
    };
    struct sts__function_bits unwanted = { NULL, 0 };
    struct sts_error err = { .text = "" };

    memset(answer, 0, sizeof(*answer));
    asked = scan;
    assert_int_equal(sts__intervals_init(&intervals, &split, NULL), 0);
    chunks.chunk_count = choose(memory, &intervals, chosen);
    if (sts__scan_chunks(&chunks, &source, visit, answer, &unwanted, &err) != 0)
        fail_msg("%s", err.text);
    if (unwanted.word_count > 0)
        answer->unwanted = unwanted.words[0];
    sts__function_bits_deinit(&unwanted);
    sts__intervals_deinit(&intervals);
}

static void test_scan__gives_what_a_loop_over_the_profiles_gives(void **state)
{
    static struct answer expected, answer;
    static struct memory memory;

    (void)state;
    for (int round = 0; round < 60; round++) {
        int64_t edges[EDGES];
        uint32_t lanes[SERIES] = { 0, 1, 1, STS_SCAN_SKIP };
        const uint64_t some = UINT64_C(0xA5B), *wanted = round % 5 == 0 ? &some : NULL;
        const uint64_t few = UINT64_C(0x336), *own = round % 4 < 2 ? &few : NULL;
        struct sts_scan scan = { .edges_ns = edges,
                                 .edge_count = EDGES,
                                 .figures = 15,
                                 .edges = STS_SCAN_EDGES_ALL,
                                 .lanes = lanes,
                                 .series_count = SERIES };
        random_state = (uint64_t)round;
        for (size_t i = 0; i < PROFILES; i++)
            make_profile(&all[i]);
        make_chunks(&memory);
        for (size_t i = 0; i < EDGES; i++)
            edges[i] = random_edge();
        qsort(edges, EDGES, sizeof(*edges), compare);
        scan.from_ns = round % 3 == 0 ? INT64_MIN : random_edge();
        scan.to_ns = round % 3 == 0 ? INT64_MAX : scan.from_ns + random_below(3 * DAY) + 1;
        scan.by = (enum sts_scan_by)(round / 3 % 3);
        scan.part_covered_alone = round % 7 == 0;
        scan.edges =
            round % 2 == 0
                ? STS_SCAN_EDGES_ALL
                : STS_SCAN_EDGES_NONE; /* without them, all sums of whole slices are put directly */
        expect(&scan, wanted, &expected);
        if (own != NULL)
            expect_pool(&expected, *own);
        if (!scan.edges)
            forget_what_is_not_told(&expected);
        for (unsigned way = 0; way < 4; way++) {
            scan.raw_only = way % 2 == 0;
            ask(&memory, &scan, wanted, own, way < 2 ? 1 : 4, &answer);
            if (!scan.edges)
                forget_what_is_not_told(&answer);
            assert_memory_equal(&answer, &expected, sizeof(answer));
        }
        free_chunks(&memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan__gives_what_a_loop_over_the_profiles_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

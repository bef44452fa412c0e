/* SPDX-License-Identifier: MIT */
/*
 * pstats_read.c - a pstats file's dict of functions into a profile.
 *
 * In:   {(file, line, name): (cc, nc, tt, ct, {caller: (nc, cc, tt, ct) or calls})}
 * Out:  a row a function and an edge a caller, in the file's order.
 * Why:  straight into ids: a text or a function that the file refers to again
 *       is looked up once, and no object is made between.
 * Source: docs/formats/pstats.md.
 */
#include "format/pstats.h"

#include <math.h>

#include <statslice/profile.h>

#include "base/num.h"
#include "format/pstats_decoder.h"
#include "model/profile.h"

#define BYTES_PER_EDGE    64 /* about half as many functions as edges */
#define GUESSED_EDGES_MAX ((size_t)1 << 16)

bool sts__pstats_sniff(const uint8_t *data, size_t len)
{
    /* A dict, and behind it the tuple that is its first key, or its end. JSON has a quote there. */
    if (len < 2 || (data[0] & 0x7F) != '{')
        return false;
    return (data[1] & 0x7F) == '(' || (data[1] & 0x7F) == ')' || (data[1] == '0' && len == 2);
}

/* --- figures --- */

/*
 * Seconds to ns, rounded half to even, where one product and one look at it are enough.
 *
 * The product is off by half a unit in its last place at most, which below 2^42 is under 2^-11; so
 * where it is further than 2^-10 from the middle of two integers the exact product lies on the same
 * side of it. Times are integers of ns that became doubles: nearly all of them end here.
 * Adding and taking away 1.5 * 2^52 leaves no bits behind the point: the rounding of the addition.
 */
static bool near_ns(double seconds, int64_t *ret_ns)
{
    const double no_fraction = 0x1.8p52;
    double product = seconds * 1e9;
    double rounded;

    if (!(fabs(product) < 0x1p42))
        return false;
    rounded = (product + no_fraction) - no_fraction;
    *ret_ns = (int64_t)rounded;
    return fabs(product - rounded) < 0.5 - 0x1p-10;
}

static int64_t ns_of_seconds(struct sts__pstats_decoder *decoder, double seconds)
{
    int64_t ns = 0;

    if (near_ns(seconds, &ns))
        return ns;
    if (!isfinite(seconds))
        sts__marshal_fail(&decoder->in, STS_E_FORMAT, "a time that is not finite");
    else if (sts__num_ns_of_seconds(seconds, &ns) < 0)
        sts__marshal_fail(&decoder->in, STS_E_LIMIT, "a time of more than 290 years");
    return ns;
}

static int64_t next_time_ns(struct sts__pstats_decoder *decoder)
{
    struct sts__marshal_item item;

    sts__marshal_next(&decoder->in, &item);
    if (item.kind == STS__MARSHAL_FLOAT)
        return ns_of_seconds(decoder, item.u.real);
    if (item.kind == STS__MARSHAL_INT)
        return ns_of_seconds(decoder, (double)item.u.integer);
    sts__marshal_fail(&decoder->in, STS_E_FORMAT, "a time that is no number");
    return 0;
}

/* Two counts and two times. Of two counts that of the primitive calls is never the larger one. */
static struct sts_figures next_figures(struct sts__pstats_decoder *decoder)
{
    struct sts_figures figures;
    int64_t counts[2];
    double times[2];

    if (sts__marshal_take_figures(&decoder->in, counts, times)) {
        figures.tottime_ns = ns_of_seconds(decoder, times[0]);
        figures.cumtime_ns = ns_of_seconds(decoder, times[1]);
    } else {
        counts[0] = sts__pstats_next_int(decoder, "a count of calls");
        counts[1] = sts__pstats_next_int(decoder, "a count of calls");
        figures.tottime_ns = next_time_ns(decoder);
        figures.cumtime_ns = next_time_ns(decoder);
    }
    if (counts[0] < 0 || counts[1] < 0)
        sts__marshal_fail(&decoder->in, STS_E_FORMAT, "a count of calls below 0");
    figures.ncalls = (uint64_t)(counts[0] > counts[1] ? counts[0] : counts[1]);
    figures.pcalls = (uint64_t)(counts[0] > counts[1] ? counts[1] : counts[0]);
    return figures;
}

/* --- callers --- */

/* What a caller did: (nc, cc, tt, ct), or only how often it called, as the module profile has it.
 */
static struct sts_figures next_caller_figures(struct sts__pstats_decoder *decoder)
{
    struct sts_figures figures = { 0 };
    struct sts__marshal_item item;
    const uint8_t *entered;

    if (sts__marshal_take_tuple_head(&decoder->in, 4))
        return next_figures(decoder);
    sts__marshal_next(&decoder->in, &item);
    if (item.kind == STS__MARSHAL_INT) {
        if (item.u.integer < 0)
            sts__marshal_fail(&decoder->in, STS_E_FORMAT, "a count of calls below 0");
        figures.ncalls = (uint64_t)item.u.integer;
        return figures;
    }
    if (item.kind != STS__MARSHAL_TUPLE || item.len != 4) {
        sts__marshal_fail(&decoder->in, STS_E_FORMAT,
                          "a caller's figures that are no (nc, cc, tt, ct)");
        return figures;
    }
    entered = sts__marshal_enter(&decoder->in, &item);
    figures = next_figures(decoder);
    sts__marshal_leave(&decoder->in, &item, entered);
    return figures;
}

/* Callers and their figures up to the dict's end. */
static void read_caller_entries(struct sts__pstats_decoder *decoder)
{
    while (!sts__marshal_take_end(&decoder->in)) {
        struct sts__marshal_item caller;
        struct sts_figures figures;
        uint32_t caller_id;
        int r;

        if (!sts__pstats_take_function(decoder, &caller_id)) {
            if (!sts__marshal_next(&decoder->in, &caller))
                return;
            caller_id = sts__pstats_function(decoder, &caller);
        }
        figures = next_caller_figures(decoder);
        if (decoder->in.status < 0)
            return;
        r = sts__pstats_edges_add(&decoder->edges, caller_id, &figures, decoder->in.err);
        if (r < 0)
            sts__pstats_fail(decoder, r);
    }
}

static void read_callers(struct sts__pstats_decoder *decoder)
{
    struct sts__marshal_item callers;
    const uint8_t *entered;

    if (sts__marshal_take_dict_head(&decoder->in)) {
        read_caller_entries(decoder);
        return;
    }
    sts__marshal_next(&decoder->in, &callers);
    if (callers.kind != STS__MARSHAL_DICT) {
        sts__marshal_fail(&decoder->in, STS_E_FORMAT, "callers that are no dict");
        return;
    }
    entered = sts__marshal_enter(&decoder->in, &callers);
    read_caller_entries(decoder);
    sts__marshal_leave(&decoder->in, &callers, entered);
}

/* --- rows --- */

/* A key that is no function but a mark on the whole file: 3.15 writes ("__sampled__",): True. */
static bool is_mark(const struct sts__marshal_item *key)
{
    return key->kind == STS__MARSHAL_TUPLE && key->len == 1;
}

static void skip_mark(struct sts__pstats_decoder *decoder, const struct sts__marshal_item *key)
{
    struct sts__marshal_item value;

    sts__marshal_skip(&decoder->in, key);
    sts__marshal_next(&decoder->in, &value);
    sts__marshal_skip(&decoder->in, &value);
}

/* The items of a function's (cc, nc, tt, ct, callers). */
static void read_row_items(struct sts__pstats_decoder *decoder, uint32_t id)
{
    struct sts_figures figures = next_figures(decoder);
    bool is_new;
    int r;

    if (decoder->in.status < 0)
        return;
    is_new = sts_profile_find(decoder->profile, id) == NULL;
    r = sts_profile_add(decoder->profile, id, &figures, decoder->in.err);
    if (r >= 0)
        r = sts__pstats_edges_begin(&decoder->edges, id, is_new, decoder->in.err);
    if (r < 0)
        sts__pstats_fail(decoder, r);
    else
        read_callers(decoder);
}

static void read_row(struct sts__pstats_decoder *decoder, uint32_t id)
{
    struct sts__marshal_item value;
    const uint8_t *entered;

    if (sts__marshal_take_tuple_head(&decoder->in, 5)) {
        read_row_items(decoder, id);
        return;
    }
    sts__marshal_next(&decoder->in, &value);
    if (value.kind != STS__MARSHAL_TUPLE || value.len != 5) {
        sts__marshal_fail(&decoder->in, STS_E_FORMAT,
                          "figures that are no (cc, nc, tt, ct, callers)");
        return;
    }
    entered = sts__marshal_enter(&decoder->in, &value);
    read_row_items(decoder, id);
    sts__marshal_leave(&decoder->in, &value, entered);
}

/* Functions and their figures up to the dict's end. */
static void read_row_entries(struct sts__pstats_decoder *decoder)
{
    while (!sts__marshal_take_end(&decoder->in)) {
        struct sts__marshal_item key;
        uint32_t id;

        if (sts__pstats_take_function(decoder, &id)) {
            read_row(decoder, id);
            continue;
        }
        if (!sts__marshal_next(&decoder->in, &key))
            return;
        if (is_mark(&key))
            skip_mark(decoder, &key);
        else
            read_row(decoder, sts__pstats_function(decoder, &key));
    }
}

static void read_rows(struct sts__pstats_decoder *decoder)
{
    struct sts__marshal_item all;
    const uint8_t *entered;

    sts__marshal_next(&decoder->in, &all);
    if (all.kind != STS__MARSHAL_DICT) {
        sts__marshal_fail(&decoder->in, STS_E_FORMAT, "no dict of functions");
        return;
    }
    entered = sts__marshal_enter(&decoder->in, &all);
    read_row_entries(decoder);
    sts__marshal_leave(&decoder->in, &all, entered);
    if (decoder->in.status >= 0 && decoder->in.at < decoder->in.end) {
        decoder->in.item_at = decoder->in.at;
        sts__marshal_fail(&decoder->in, STS_E_FORMAT, "more behind the end of the dict");
    }
}

/* Room for what a file of this length holds when cProfile wrote it, in a profile without rows. */
static int reserve(struct sts_profile *profile, size_t len, struct sts_error *err)
{
    size_t edges = len / BYTES_PER_EDGE < GUESSED_EDGES_MAX ? len / BYTES_PER_EDGE : 0;

    if (sts_profile_function_count(profile) > 0)
        return 0;
    return sts__profile_reserve(profile, edges / 2, edges, err);
}

int sts__pstats_decode(const uint8_t *data, size_t len, const char *name,
                       struct sts_profile *profile, struct sts_error *err)
{
    struct sts__pstats_decoder decoder = { .profile = profile,
                                           .symbols = sts_profile_symbols(profile) };
    int status;

    sts__marshal_init(&decoder.in, data, len, name, err);
    sts__bytes_init(&decoder.text, 3 * STS_TEXT_BYTES_MAX);
    status = sts__pstats_edges_init(&decoder.edges, profile, err);
    if (status >= 0)
        status = reserve(profile, len, err);
    if (status >= 0) {
        read_rows(&decoder);
        status = decoder.in.status;
    }
    sts__pstats_edges_deinit(&decoder.edges);
    sts__bytes_deinit(&decoder.text);
    sts__marshal_deinit(&decoder.in);
    return status;
}

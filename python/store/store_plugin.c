/* SPDX-License-Identifier: MIT */
/*
 * store_plugin.c - the shared object that writes stores for the collector.
 *
 * In:   lines of the profile log.
 * Out:  their profiles in a store, each durable when its call returns.
 */
#include "writer/store_plugin.h"

#include <stdlib.h>

#include <statslice/format.h>
#include <statslice/profile.h>
#include <statslice/store.h>

#define WAIT_NS INT64_C(1000000000) /* for other writers; then the line is offered again */

struct plugin_store {
    struct sts_store *store;
    struct sts_profile *profile; /* filled by each line */
    uint64_t pending_sum;        /* of the line that is added and not committed; 0: none */
};

static void close_store(void *context)
{
    struct plugin_store *own = context;

    sts_store_close(own->store);
    sts_profile_free(own->profile);
    free(own);
}

static int fail_nomem(struct sts_error *err)
{
    *err = (struct sts_error){ .status = STS_E_NOMEM, .text = "out of memory" };
    return STS_E_NOMEM;
}

static int open_store(const char *path, void **ret_store, struct sts_error *err)
{
    const struct sts_store_options options = { .creates = true, .wait_ns = WAIT_NS };
    struct plugin_store *own = calloc(1, sizeof(*own));
    int r;

    if (own == NULL)
        return fail_nomem(err);
    own->profile = sts_profile_new(NULL);
    r = own->profile == NULL ? fail_nomem(err) : sts_store_open(path, &options, &own->store, err);
    if (r < 0) {
        close_store(own);
        return r;
    }
    *ret_store = own;
    return 0;
}

/* FNV-1a; never 0. */
static uint64_t sum_of(const char *line, size_t len)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < len; i++)
        sum = (sum ^ (unsigned char)line[i]) * UINT64_C(0x100000001b3);
    return sum | 1;
}

/* What is damaged is the store, not the line. */
static int commit(struct plugin_store *own, struct sts_error *err)
{
    int r = sts_store_commit(own->store, err);

    if (r == STS_E_FORMAT)
        r = STS_E_IO;

    if (r == 0) {
        own->pending_sum = 0;
        sts_store_new_source(own->store); /* lines of one process come once: equal ones are one */
    }
    return r;
}

static int add(struct plugin_store *own, const char *line, size_t len, struct sts_error *err)
{
    const struct sts_input_options options = { .strict = true };
    struct sts_input *input;
    int r = sts_input_open_memory(line, len, "a profile", &options, &input, err);

    if (r < 0)
        return r;
    r = sts_input_next(input, own->profile, err);
    if (r == 0) {
        *err = (struct sts_error){ .status = STS_E_FORMAT, .text = "a line without a profile" };
        r = STS_E_FORMAT;
    } else if (r > 0) {
        r = sts_store_add(own->store, own->profile, err);
    }
    sts_input_close(input);
    return r;
}

static int write_line(void *context, const char *line, size_t len, struct sts_error *err)
{
    struct plugin_store *own = context;
    uint64_t sum = sum_of(line, len);
    int r = 0;

    if (own->pending_sum != 0) { /* a commit failed; the batch is still there */
        bool same = own->pending_sum == sum;
        r = commit(own, err);
        if (r < 0 || same)
            return r;
    }
    r = add(own, line, len, err);
    if (r < 0)
        return r;
    own->pending_sum = sum;
    return commit(own, err);
}

__attribute__((visibility("default"))) extern const struct sts__store_plugin sts_store_plugin;

const struct sts__store_plugin sts_store_plugin = {
    .version = STS__STORE_PLUGIN_VERSION,
    .open = open_store,
    .write = write_line,
    .close = close_store,
};

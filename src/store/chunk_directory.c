/* SPDX-License-Identifier: MIT */
/*
 * chunk_directory.c - columns of numbers that stand in a part whole.
 */
#include "store/chunk_directory.h"

#include "base/fail.h"

#define BLOCK_BYTES_MIN 3 /* no block of up to STS__BLOCK_VALUES_MAX values takes less */

bool sts__directory_could_hold(const struct sts__varint_reader *reader, size_t count)
{
    return count / STS__BLOCK_VALUES_MAX <= (size_t)(reader->end - reader->at) / BLOCK_BYTES_MIN;
}

int sts__directory_values(struct sts__varint_reader *reader, size_t count, int64_t *ret_values,
                          struct sts_error *err)
{
    struct sts__column column;
    int r = sts__column_open(&column, reader, count, err);

    if (r == 0)
        r = sts__column_unpack(&column, 0, count, ret_values, err);
    sts__column_deinit(&column);
    return r;
}

int sts__directory_bad(struct sts_error *err, const char *name)
{
    return sts__fail(err, STS_E_FORMAT, "the %s of a chunk are damaged", name);
}

/* SPDX-License-Identifier: MIT */
/*
 * tally.c - how often each value of each label was seen.
 */
#include "cli/tally.h"

#include <stdlib.h>
#include <string.h>

#include "cli/report.h"

static int compare(const struct cli_tally_row *row, const char *key, const char *value)
{
    int order = strcmp(row->key, key);

    return order != 0 ? order : strcmp(row->value, value);
}

/* Where the row is, or where it belongs. */
static size_t find(const struct cli_tally *tally, const char *key, const char *value)
{
    size_t low = 0, high = tally->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&tally->rows[middle], key, value) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int insert(struct cli_tally *tally, size_t at, const char *key, const char *value,
                  uint64_t n, struct sts_error *err)
{
    struct cli_tally_row row = { strdup(key), strdup(value), n };
    struct cli_tally_row *rows = realloc(tally->rows, (tally->count + 1) * sizeof(*rows));

    if (rows != NULL)
        tally->rows = rows;
    if (rows == NULL || row.key == NULL || row.value == NULL) {
        free(row.key);
        free(row.value);
        return cli_fail_nomem(err);
    }
    memmove(rows + at + 1, rows + at, (tally->count - at) * sizeof(*rows));
    rows[at] = row;
    tally->count++;
    return 0;
}

int cli_tally_add(struct cli_tally *tally, const char *key, const char *value, uint64_t n,
                  struct sts_error *err)
{
    size_t at = find(tally, key, value);

    if (at < tally->count && compare(&tally->rows[at], key, value) == 0) {
        tally->rows[at].count += n;
        return 0;
    }
    if (tally->count == CLI_TALLY_ROWS_MAX) {
        tally->left_out += n;
        return 0;
    }
    return insert(tally, at, key, value, n, err);
}

void cli_tally_deinit(struct cli_tally *tally)
{
    for (size_t i = 0; i < tally->count; i++) {
        free(tally->rows[i].key);
        free(tally->rows[i].value);
    }
    free(tally->rows);
    *tally = (struct cli_tally){ .rows = NULL };
}

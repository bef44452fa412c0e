/* SPDX-License-Identifier: MIT */
/*
 * bench_chart.c - the C side of bench_chart.py.
 *
 *   bench_chart ROUNDS SLICES COLUMNS   a series of that size as SVG in memory, ROUNDS times
 *
 * Out:  a line with the seconds of each round, and a line with the bars' parts and the bytes of
 *       the drawing, by which the Python side sees that both did the same work.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <statslice/statslice.h>

#include "base/clock.h"
#include "base/timetext.h"
#include "base/zone.h"
#include "model/series.h"

#define BEGIN_NS   (INT64_C(1582000000) * STS_NS_PER_S)
#define WIDTH_NS   (10 * STS_NS_PER_S)
#define MEMORY_MAX ((size_t)1 << 30)

/* The same figures as in bench_chart.py: pseudo-random, falling from column to column. */
static int64_t figure_ns(size_t slice, size_t column)
{
    return (int64_t)((column * 7919 + slice * 104729) % 1000 + 1) * 1000000 / (int64_t)(column + 1);
}

static void fill(struct sts_series *series)
{
    for (size_t slice = 0; slice < series->slice_count; slice++) {
        int64_t begin_ns = BEGIN_NS + (int64_t)slice * WIDTH_NS;
        int64_t total_ns = 0;
        series->slices[slice] =
            (struct sts_slice){ begin_ns, begin_ns + WIDTH_NS, 1.0, 1, false, true };
        for (size_t column = 0; column < series->column_count; column++) {
            series->sums[sts__series_cell(series, slice, column)] = figure_ns(slice, column);
            total_ns += figure_ns(slice, column);
        }
        series->sums[sts__series_cell(series, slice, STS_COLUMN_TOTAL)] = total_ns;
    }
}

static struct sts_series *make_series(size_t slice_count, size_t column_count,
                                      struct sts_error *err)
{
    struct sts__zone *zone = NULL;
    struct sts_series *series;
    char name[64];
    int r = sts__zone_new("UTC", &zone, err);

    if (r < 0)
        return NULL;
    series = sts__series_new(slice_count, column_count, STS_METRIC_TOTTIME, zone, "function");
    for (size_t column = 0; series != NULL && r >= 0 && column < column_count; column++) {
        snprintf(name, sizeof(name), "shop/views.py:handler_%zu", column);
        r = sts__series_set_column(series, column, name, name + strlen("shop/"));
    }
    if (series == NULL || r < 0) {
        sts_series_free(series);
        return NULL;
    }
    series->width_ns = WIDTH_NS;
    series->group_count = column_count;
    fill(series);
    return series;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

/* One round. ret_parts: rectangles with a tooltip; counted where it is not NULL. */
static int draw(const struct sts_series *series, size_t *ret_parts, size_t *ret_bytes,
                struct sts_error *err)
{
    struct sts_sink *sink = NULL;
    const char *text;
    int r = sts_sink_open_memory(MEMORY_MAX, &sink, err);

    if (r < 0)
        return r;
    r = sts_chart_render(series, "svg", NULL, sink, err);
    text = sts_sink_memory(sink, ret_bytes);
    if (r >= 0 && ret_parts != NULL)
        *ret_parts = count_of(text, "</title></rect>");
    if (r < 0) {
        sts_sink_abandon(sink);
        return r;
    }
    return sts_sink_close(sink, err);
}

static int measure(const struct sts_series *series, unsigned long rounds, struct sts_error *err)
{
    size_t parts = 0, bytes = 0;
    int r = 0;

    for (unsigned long round = 0; r >= 0 && round < rounds; round++) {
        int64_t begin_ns = sts__clock_mono_ns();
        r = draw(series, NULL, &bytes, err);
        printf("%.9f ", (double)(sts__clock_mono_ns() - begin_ns) / 1e9);
    }
    if (r >= 0)
        r = draw(series, &parts, &bytes, err);
    printf("\n%zu %zu\n", parts, bytes);
    return r;
}

int main(int argc, char **argv)
{
    struct sts_error err = { 0 };
    struct sts_series *series;
    int r;

    if (argc != 4) {
        fprintf(stderr, "usage: bench_chart ROUNDS SLICES COLUMNS\n");
        return 2;
    }
    series = make_series(strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10), &err);
    if (series == NULL) {
        fprintf(stderr, "bench_chart: could not make a series\n");
        return 1;
    }
    r = measure(series, strtoul(argv[1], NULL, 10), &err);
    sts_series_free(series);
    if (r < 0)
        fprintf(stderr, "bench_chart: %s\n", err.text);
    return r < 0 ? 1 : 0;
}
